package dev.neurite.cli.command;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.network.LanguageFile;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.option.GenerationOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite generate`.
@Command(
        name = "generate",
        description = "Go on with a text, with a model that was trained on one, or a language model.",
        footer = {
            "",
            "The text appears token by token. With --json it is one object at the end.",
            "Equal seeds give equal texts.",
            "",
            "Examples:",
            "  neurite generate runs/2026-11-28_gospels-1 --prompt 'And he said'",
            "  neurite generate runs/2026-11-28_gospels-1 --prompt 'And he said' --temperature 0.7 --max-tokens 500",
            "  neurite generate runs/2026-11-28_gospels-1 --prompt 'And he said' --top-k 20 --seed 3",
            "  neurite generate qwen2.5-0.5b-q8_0.gguf --prompt 'The capital of France' --max-tokens 20 --temperature"
                    + " 0",
            "  neurite generate smollm2-135m --prompt 'A person: ' --json-schema person.json --json"
        })
final class GenerateCommand implements Callable<Integer> {
    private static final String PROMPT = "--prompt";
    private static final int MOST = 200; // tokens

    private final Context context;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "A run's directory, a model file, a GGUF file, or a directory of Hugging Face with"
                    + " config.json, tokenizer.json and safetensors.")
    private String run = "";

    @Option(names = PROMPT, paramLabel = "TEXT", required = true, description = "The beginning of the text.")
    private String prompt = "";

    @Mixin
    private GenerationOptions options = new GenerationOptions();

    GenerateCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        boolean language = LanguageFile.is(run);
        try {
            if (language) language();
            else ofRun();
        } catch (DataException wrong) {
            if (!wrong.where().equals("prompt")) throw wrong;
            String hint = language && !wrong.hint().isEmpty() ? GenerationOptions.TOO_LONG : wrong.hint();
            throw new ConfigException(PROMPT, wrong.problem(), hint); // by the name of the option
        }
        return 0;
    }

    private void ofRun() {
        LanguageFile.refuseNoModel(run);
        options.refuseThoseOfLanguageModels();
        LoadedModel loaded = LoadedModel.read(run);
        if (!loaded.isOfLanguage()) {
            throw new DataException(
                    loaded.file().toString(),
                    "expects a model of language, got one that "
                            + loaded.signature().words(),
                    "To train one: " + Console.commandLine("train", "TEXT.txt"));
        }
        Predictor predictor = loaded.predictor();
        context.noteMissingVectors();
        boolean json = context.json();
        try (Kernels kernels = Kernels.create(context.threads())) {
            boolean[] begun = new boolean[1]; // nothing is shown before there is a token, as the model may fail
            Prediction.Continuation text =
                    predictor.generate(prompt, options.most(MOST), options.sampling(context.seed()), kernels, piece -> {
                        if (json) return;
                        show(begun[0] ? piece : prompt + piece);
                        begun[0] = true;
                    });
            if (!json) {
                show(begun[0] ? "\n" : prompt + "\n");
                return;
            }
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("prompt", prompt);
            answer.put("text", prompt + text.text());
            context.printJson(answer);
        }
    }

    private void language() {
        Generation generation = options.generation(context.seed(), MOST);
        context.noteMissingVectors();
        try (Kernels kernels = Kernels.create(context.threads());
                LanguageModel model = LanguageModel.load(Path.of(run), options.settings(0, kernels))) {
            boolean json = context.json();
            boolean[] begun = new boolean[1]; // nothing is shown before the prompt was taken
            GeneratedText answer = model.complete(prompt, generation, piece -> {
                if (!json) show(begun[0] ? piece : prompt + piece);
                begun[0] = true;
                return true;
            });
            if (!json) show(begun[0] ? "\n" : prompt + "\n");
            if (Chat.isFull(answer, generation)) context.note(Chat.FULL);
            if (!json) return;
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("prompt", prompt);
            all.put("text", prompt + answer.text());
            all.putAll(AnswerJson.of(answer));
            context.printJson(all);
        }
    }

    /// Prints a piece of text at once.
    private void show(String piece) {
        boolean terminal = context.io().outIsTerminal();
        context.io().out().print(terminal ? Console.printable(piece) : piece);
        context.io().out().flush();
    }
}

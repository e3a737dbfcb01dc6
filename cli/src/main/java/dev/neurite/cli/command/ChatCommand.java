package dev.neurite.cli.command;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.network.LanguageFile;
import dev.neurite.cli.option.GenerationOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite chat`.
@Command(
        name = "chat",
        description = "Talk with a language model.",
        footer = {
            "",
            "A line is a message, and the answer appears token by token. Ctrl-C ends an answer, and between answers the"
                    + " program. Lines that begin with / are commands:",
            "  /help         lists these",
            "  /reset        forgets the messages, not the system prompt",
            "  /system TEXT  sets the system prompt; without TEXT there is none",
            "  /save FILE    writes the messages as JSON",
            "  /load FILE    goes on with messages of such a file",
            "  /stats        speed of the last answer, tokens, memory",
            "  /exit         ends the chat, as Ctrl-D does",
            "A message that begins with / has // instead.",
            "",
            "If standard input is no terminal, each of its lines is a message, and only answers are printed: with"
                    + " --json an object a line. The first error then ends the program.",
            "",
            "Examples:",
            "  neurite chat qwen2.5-0.5b-instruct-q8_0.gguf",
            "  neurite chat smollm2-135m-instruct --system 'Answer in one sentence.' --temperature 0.7",
            "  neurite chat model.gguf --json < questions.txt"
        })
final class ChatCommand implements Callable<Integer> {
    private static final int MOST = 1000; // tokens of an answer
    private static final int KEPT = 1; // texts

    private final Context context;

    @Parameters(
            paramLabel = "MODEL",
            description = "A GGUF file, or a directory of Hugging Face with config.json, tokenizer.json and"
                    + " safetensors.")
    private String model = "";

    @Option(names = "--system", paramLabel = "TEXT", description = "The system prompt: how the model is to answer.")
    private @Nullable String system;

    @Mixin
    private GenerationOptions options = new GenerationOptions();

    ChatCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Generation generation = options.generation(context.seed(), MOST);
        LanguageFile.require(model);
        context.noteMissingVectors();
        try (Kernels kernels = Kernels.create(context.threads());
                LanguageModel loaded = LanguageModel.load(Path.of(model), options.settings(KEPT, kernels))) {
            if (loaded.tokenizer().chatTemplate().isEmpty()) {
                throw new ConfigException(
                        model,
                        "expects a model with a chat template, got one without",
                        "Take an instruct model, or continue texts: "
                                + Console.commandLine("generate", model, "--prompt", "TEXT"));
            }
            var chat = new Chat(context, loaded, generation);
            if (system != null) chat.system(system);
            chat.run();
        }
        return 0;
    }
}

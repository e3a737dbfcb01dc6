package dev.neurite.cli.command;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.generate.Penalties;
import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Kernels;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite generate`.
@Command(
        name = "generate",
        description = "Go on with a text, with a model that was trained on one.",
        footer = {
            "",
            "The text appears token by token. With --json it is one object at the end.",
            "Equal seeds give equal texts.",
            "",
            "Examples:",
            "  neurite generate runs/2026-11-28_gospels-1 --prompt 'And he said'",
            "  neurite generate runs/2026-11-28_gospels-1 --prompt 'And he said' --temperature 0.7 --most 500",
            "  neurite generate runs/2026-11-28_gospels-1 --prompt 'And he said' --top-k 20 --seed 3"
        })
final class GenerateCommand implements Callable<Integer> {
    private static final String PROMPT = "--prompt";

    private final Context context;

    @Parameters(index = "0", paramLabel = "RUN", description = "A run's directory, or a model file.")
    private String run = "";

    @Option(names = PROMPT, paramLabel = "TEXT", required = true, description = "The beginning of the text.")
    private String prompt = "";

    @Option(names = "--most", paramLabel = "N", description = "The most tokens that follow; 200 by default.")
    private int most = 200;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Below 1 (default) prefers likely tokens, above it unlikely ones; 0 always takes the most"
                    + " likely.")
    private double temperature = 1;

    @Option(names = "--top-k", paramLabel = "K", description = "Only the K most likely tokens; 0 (default) for all.")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Only the most likely tokens that together have this probability; 1 (default) for all.")
    private double topP = 1;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description =
                    "Only tokens with this share of the probability of the most likely one; 0 (default) for" + " all.")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            description = "Divides the positive scores of tokens that were there, multiplies the negative ones; 1"
                    + " (default) for none.")
    private double repetition = 1;

    @Option(
            names = "--frequency-penalty",
            paramLabel = "F",
            description = "Is subtracted from the score of a token for each time that it was there; 0 by default.")
    private double frequency;

    @Option(
            names = "--presence-penalty",
            paramLabel = "F",
            description = "Is subtracted from the scores of tokens that were there; 0 by default.")
    private double presence;

    @Option(
            names = "--penalty-window",
            paramLabel = "N",
            description = "Penalties count the last N tokens, those of the prompt too; 64 by default.")
    private int window = Penalties.NONE.window();

    GenerateCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
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
            var sampling = new Sampling(temperature, topK, topP, minP, penalties(), context.seed());
            Prediction.Continuation text = predictor.generate(prompt, most, sampling, kernels, piece -> {
                if (json) return;
                show(begun[0] ? piece : prompt + piece);
                begun[0] = true;
            });
            if (!json) {
                show(begun[0] ? "\n" : prompt + "\n");
                return 0;
            }
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("prompt", prompt);
            answer.put("text", prompt + text.text());
            context.printJson(answer);
        } catch (DataException wrong) {
            if (!wrong.where().equals("prompt")) throw wrong;
            throw new ConfigException(PROMPT, wrong.problem(), wrong.hint()); // by the name of the option
        }
        return 0;
    }

    private Penalties penalties() {
        return new Penalties(repetition, frequency, presence, window);
    }

    /// Prints a piece of text at once.
    private void show(String piece) {
        boolean terminal = context.io().outIsTerminal();
        context.io().out().print(terminal ? Console.printable(piece) : piece);
        context.io().out().flush();
    }
}

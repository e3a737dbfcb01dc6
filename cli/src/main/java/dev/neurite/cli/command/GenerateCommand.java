package dev.neurite.cli.command;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.generate.Generator;
import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Kernels;
import dev.neurite.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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

    GenerateCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        LoadedModel loaded = LoadedModel.read(run);
        if (!loaded.isOfLanguage()) {
            throw new DataException(
                    loaded.file().toString(),
                    "expects a model of language, got another one",
                    "To train one: " + Console.commandLine("train", "TEXT.txt"));
        }
        Tokenizer tokenizer = loaded.tokenizer();
        Generator generator = Generator.of(loaded.model())
                .withMost(most)
                .withSampling(new Sampling(temperature, topK, topP, context.seed()));
        int[] ids = tokenizer.encode(prompt).ids();
        refuseUnknown(tokenizer, ids);
        if (ids.length == 0) throw new ConfigException(PROMPT, "expects a text of at least one token, got none");
        context.noteMissingVectors();
        var text = new StringBuilder(prompt);
        var shown = new int[1]; // characters: none before there is a token, as the model may fail
        List<Integer> pending = new ArrayList<>(); // the bytes of a character that is not whole yet
        try (Kernels kernels = Kernels.create(context.threads())) {
            generator.withKernels(kernels).generate(List.of(ids), (_, token) -> {
                pending.add(token);
                String piece =
                        tokenizer.decode(pending.stream().mapToInt(id -> id).toArray(), true);
                if (piece.endsWith("\uFFFD") && pending.size() < 4) return;
                pending.clear();
                text.append(piece);
                if (context.json()) return;
                show(text.substring(shown[0]));
                shown[0] = text.length();
            });
        }
        if (!context.json()) {
            show(text.substring(shown[0]) + "\n");
            return 0;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prompt", prompt);
        json.put("text", text.toString());
        context.printJson(json);
        return 0;
    }

    /// Refuses characters that the text of the training did not have.
    private void refuseUnknown(Tokenizer tokenizer, int... ids) {
        OptionalInt unknown = tokenizer.id(LoadedModel.UNKNOWN);
        if (unknown.isEmpty() || Arrays.stream(ids).noneMatch(id -> id == unknown.getAsInt())) return;
        String characters = prompt.codePoints()
                .distinct()
                .mapToObj(Character::toString)
                .filter(each -> Arrays.stream(tokenizer.encode(each).ids()).anyMatch(id -> id == unknown.getAsInt()))
                .collect(Collectors.joining());
        throw new ConfigException(
                PROMPT,
                "expects characters that the text of the training has, got '" + Console.printable(characters) + "'");
    }

    /// Prints a piece of text at once.
    private void show(String piece) {
        boolean terminal = context.io().outIsTerminal();
        context.io().out().print(terminal ? Console.printable(piece) : piece);
        context.io().out().flush();
    }
}

package dev.neurite.cli.onnx;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.console.OutputFile;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.cli.option.TrainingOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextEmbedder.Pooling;
import dev.neurite.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite embed`.
@Command(
        name = "embed",
        description = "Make vectors of texts with an ONNX model: near each other for texts of similar meaning.",
        footer = {
            "",
            "MODEL is a model as all-MiniLM-L6-v2.onnx: its inputs are input_ids and, if it has them, attention_mask",
            "and token_type_ids; its output has a vector for each token, or for each text.",
            "",
            "The output is CSV, a line for each text: its number (from 0) and its vector; with --json an object a",
            "line. --output v.npy writes an array of float32, a row for each text.",
            "",
            "Examples:",
            "  neurite embed minilm/model.onnx 'The cat sits outside.' 'A dog barks.'",
            "  neurite embed minilm/model.onnx --texts sentences.txt --output vectors.npy",
            "  sort -u names.txt | neurite embed minilm/model.onnx - --json"
        })
public final class EmbedCommand implements Callable<Integer> {
    private static final String OUTPUT = "--output";
    private static final String TOKENIZER = "--tokenizer";
    private static final String BESIDE = "tokenizer.json";
    private static final int LEAST_AT_ONCE = 256; // texts, among which those of similar lengths are computed together

    private final Context context;

    @Parameters(index = "0", paramLabel = "MODEL", description = "An ONNX model.")
    private String model = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "TEXT",
            description = "Texts; - reads standard input, one text a line.")
    private List<String> given = List.of();

    @Option(
            names = EmbedTexts.OPTION,
            paramLabel = "FILE",
            description = "Take the texts of this file in UTF-8, one a line.")
    private @Nullable String file;

    @Option(
            names = TOKENIZER,
            paramLabel = "FILE",
            description = "The model's tokenizer in the format of Hugging Face; tokenizer.json beside the model by"
                    + " default.")
    private @Nullable String tokenizer;

    @Option(
            names = "--pooling",
            paramLabel = "NAME",
            description = "How the vectors of a text's tokens become one: mean (default), or cls, that of the first.")
    private String pooling = "mean";

    @Option(names = "--no-normalize", description = "Keep the lengths of the vectors, instead of 1.")
    private boolean keepsLengths;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description =
                    "Number of texts that are computed together, 8 by default, and 1 for a model that quantizes by"
                            + " the range of its values. The vectors of other models are the same.")
    private @Nullable Integer batch;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "The most tokens that the model takes, special ones included; 512 by default. The vector of"
                    + " a longer text is the mean of its parts'.")
    private @Nullable Integer most;

    @Option(
            names = {OUTPUT, "--out"},
            paramLabel = "FILE",
            description =
                    "Write to this file instead of standard output: an array if it ends with .npy. It appears when"
                            + " all vectors are there.")
    private @Nullable String output;

    public EmbedCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        int threads = context.threads();
        Pooling chosen = EnumChoice.of("--pooling", pooling, Pooling.values());
        var together = TrainingOptions.positive("--batch", batch);
        if (!LoadedModel.isOnnx(model)) {
            throw new ConfigException(
                    "embed", "expects an ONNX model, a file that ends with .onnx, got '" + model + "'");
        }
        if (context.json() && writesArray()) {
            throw new ConfigException("--json", "expects no array as output, got " + OUTPUT + " " + output);
        }
        List<String> texts = EmbedTexts.read(given, file, context.io().in());
        try (Kernels kernels = Kernels.create(threads)) {
            OnnxModel loaded = OnnxModel.load(Path.of(model)).with(kernels);
            TextEmbedder embedder = TextEmbedder.of(loaded, Tokenizer.load(tokenizer()))
                    .withPooling(chosen)
                    .withNormalization(!keepsLengths);
            if (together.isPresent()) embedder = embedder.withBatch(together.getAsInt());
            var tokens = TrainingOptions.positive("--max-tokens", most);
            if (tokens.isPresent()) embedder = embedder.withMostTokens(tokens.getAsInt());
            context.noteMissingVectors();
            write(texts, embedder, Math.max(LEAST_AT_ONCE, 16 * together.orElse(1)));
        }
        return 0;
    }

    private Path tokenizer() {
        Path beside = Path.of(model).resolveSibling(BESIDE);
        try {
            if (tokenizer != null) return Path.of(tokenizer);
        } catch (InvalidPathException e) {
            throw new ConfigException(TOKENIZER, "expects a file, got '" + tokenizer + "': " + e.getReason());
        }
        if (Files.exists(beside)) return beside;
        throw new DataException(
                beside.toString(),
                "expects the model's tokenizer, got nothing: it does not exist",
                "Name another file with " + TOKENIZER);
    }

    /// @param atOnce the number of texts whose vectors are written together
    private void write(List<String> texts, TextEmbedder embedder, int atOnce) {
        List<String> named = new ArrayList<>(List.of(model));
        if (file != null) named.add(file);
        FilesRead read = FilesRead.of(named).and(List.of(tokenizer()));
        try (OutputFile out = OutputFile.of(OUTPUT, output, read, context.io().out())) {
            VectorWriter writer = writer(out);
            for (int from = 0; from < texts.size(); from += atOnce) {
                List<String> some = texts.subList(from, Math.min(texts.size(), from + atOnce));
                List<float[]> vectors = embedder.embed(some);
                for (int i = 0; i < some.size(); i++) writer.write(some.get(i), vectors.get(i));
                if (!out.flush()) return; // the reader of a pipe has closed it, as head does
            }
            writer.end();
            out.keep();
        }
    }

    private boolean writesArray() {
        return output != null && output.toLowerCase(Locale.ROOT).endsWith(".npy");
    }

    private VectorWriter writer(OutputFile out) {
        if (output != null && writesArray()) return new VectorWriter.Array(output, out.stream());
        boolean escapes = output == null && context.io().outIsTerminal();
        Consumer<String> lines = line -> out.stream().print((escapes ? Console.printable(line) : line) + '\n');
        return context.json() ? new VectorWriter.JsonLines(lines) : new VectorWriter.Csv(lines);
    }
}

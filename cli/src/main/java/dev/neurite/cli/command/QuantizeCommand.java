package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.exchange.ModelDirectory;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.cli.report.QuantizationCost;
import dev.neurite.cli.report.QuantizationCost.OutputChange;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.ModelFile;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Collector;
import dev.neurite.metric.Metric;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.Quantization;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite quantize`.
@Command(
        name = "quantize",
        description = "Write a trained network with weights of 8 or 4 bits, and measure what that costs.",
        footer = {
            "",
            "Weights of dense and recurrent layers, embeddings and the projections of attention get fewer bits;",
            "convolutions, biases and small matrices stay floats. DIR gets model.safetensors, which commands",
            "take as they take a run. Patterns are names of weights as this command prints them, such as",
            "dense1.weight, with * for any text; of several that match the last counts, and --keep before --store.",
            "Formats: int8 (8 bits, a scale for each row), q8_0 (8 bits) and q4_0 (4 bits), both with a scale for",
            "each 32 neighbors, f16 and bf16 (floats of 16 bits). --bits 8 is int8, --bits 4 is q4_0.",
            "",
            "With --json: file, weights (name, shape, format, bytes before and after), bytes of the files,",
            "evaluation (figures before and after, largest_change, changed_predictions; null without data), notes.",
            "",
            "Examples:",
            "  neurite quantize runs/2026-11-24_fashion-mnist-1 --bits 8 --out runs/small",
            "  neurite quantize runs/gpt --bits 4 --out runs/gpt-4 --store 'wte.weight=f16'",
            "  neurite quantize model.safetensors --out small --keep 'dense3.*' --data test.csv"
        })
final class QuantizeCommand implements Callable<Integer> {
    private static final String BITS = "--bits";
    private static final String KEEP = "--keep";
    private static final String STORE = "--store";

    private final Context context;

    @Parameters(paramLabel = "RUN", description = "A run's directory, or a model file.")
    private String run = "";

    @Option(names = BITS, paramLabel = "N", description = "Bits of a weight: 8, the default, or 4.")
    private int bits = 8;

    @Option(
            names = {"-o", ModelDirectory.OPTION},
            paramLabel = "DIR",
            description = "The directory to make, or an empty one.")
    private @Nullable String out;

    @Option(names = KEEP, paramLabel = "PATTERN,…", description = "Weights that stay floats.")
    private @Nullable String keep;

    @Option(
            names = STORE,
            paramLabel = "PATTERN=FORMAT,…",
            description = "Another format of some weights, such as f16 for a large embedding.")
    private @Nullable String store;

    @Option(
            names = EvaluationRows.DATA,
            paramLabel = "DATA",
            description = "The data to measure the cost on, as 'neurite evaluate' takes it. By default the run's test"
                    + " part.")
    private @Nullable String data;

    QuantizeCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        int threads = context.threads();
        Quantization quantization = quantization();
        if (data != null) DataSource.of(data); // refuses an unknown name before anything is read
        ModelDirectory directory = ModelDirectory.of(out);
        LoadedModel loaded = LoadedModel.read(run);
        Model small = loaded.model().quantized(quantization);
        var content = new ModelFile(small, loaded.notes(), loaded.signature());
        List<String> notes = new ArrayList<>();
        if (!context.json()) context.print(weights(loaded, small)); // the evaluation takes a while
        Optional<QuantizationCost> cost = cost(loaded, new LoadedModel(loaded.file(), content), threads, notes);
        Path file = directory.write(content);
        if (context.json()) context.printJson(json(loaded, small, file, cost, notes));
        else print(loaded, file, cost, notes);
        return 0;
    }

    // ------------------------------------------------------------------------------------------------- options

    private Quantization quantization() {
        if (bits != 8 && bits != 4) throw new ConfigException(BITS, "expects 8 or 4, got " + bits);
        Quantization chosen = bits == 8 ? Quantization.EIGHT_BITS : Quantization.FOUR_BITS;
        for (String each : listed(STORE, store)) {
            int at = each.lastIndexOf('=');
            if (at < 1) throw new ConfigException(STORE, "expects PATTERN=FORMAT, got '" + each + "'");
            BlockFormat format = EnumChoice.of(
                    STORE,
                    each.substring(at + 1).strip(),
                    BlockFormat.encodable().toArray(BlockFormat[]::new));
            chosen = chosen.with(each.substring(0, at).strip(), format);
        }
        for (String each : listed(KEEP, keep)) chosen = chosen.without(each);
        return chosen;
    }

    private static List<String> listed(String option, @Nullable String text) {
        if (text == null) return List.of();
        List<String> parts = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            if (each.isBlank())
                throw new ConfigException(option, "expects names with commas between, got '" + text + "'");
            parts.add(each.strip());
        }
        return parts;
    }

    // ------------------------------------------------------------------------------------------------- evaluation

    /// What fewer bits cost on the rows of `--data`; without it on those of the run, if they can be had.
    private Optional<QuantizationCost> cost(LoadedModel before, LoadedModel after, int threads, List<String> notes) {
        if (data != null) return Optional.of(cost(EvaluationRows.of(before, data), before, after, threads));
        try {
            return Optional.of(cost(EvaluationRows.of(before, null), before, after, threads));
        } catch (ConfigException | DataException | ResourceException none) {
            String hint = none.hint().isEmpty() ? ". Give rows with " + EvaluationRows.DATA : "";
            notes.add("Not measured what it costs: " + none.getMessage() + hint);
            return Optional.empty();
        }
    }

    private QuantizationCost cost(EvaluationRows rows, LoadedModel before, LoadedModel after, int threads) {
        context.noteMissingVectors();
        Dataset test = rows.load(context);
        Loss loss = rows.loss(test);
        List<Metric> measured = EvaluationRows.usualMetrics(test, loss, context, null);
        boolean keeps = !measured.isEmpty();
        var old = new Collector();
        var now = new Collector();
        try (Kernels kernels = Kernels.create(threads)) {
            Evaluation first = evaluation(before, test, loss, measured, old, kernels);
            Evaluation second = evaluation(after, test, loss, measured, now, kernels);
            return QuantizationCost.of(
                    rows.source().text(),
                    test,
                    loss,
                    measured,
                    first,
                    second,
                    keeps ? Optional.of(OutputChange.of(old.predictions(), now.predictions())) : Optional.empty());
        } catch (ShapeException misfit) {
            throw rows.misfit(misfit);
        }
    }

    private Evaluation evaluation(
            LoadedModel model, Dataset test, Loss loss, List<Metric> measured, Collector outputs, Kernels kernels) {
        List<Metric> all = new ArrayList<>(measured);
        if (!measured.isEmpty()) all.add(outputs);
        var choice = new ThresholdChoice(context, model, loss, Optional.empty());
        return Evaluated.of(choice, test, all, kernels).evaluation();
    }

    // ------------------------------------------------------------------------------------------------- report

    /// The memory of the weights, before and after.
    private static String weights(LoadedModel before, Model small) {
        var table = new TextTable("-weights", "-shape", "-format", "KB before", "KB after");
        for (Parameter each : small.parameters().parts()) {
            EncodedMatrix matrix = small.parameters().encoded().get(each.name());
            if (matrix == null) continue;
            table.add(
                    each.name(),
                    each.shape().toString(),
                    EnumChoice.name(matrix.format()),
                    kilobytes(bytes(each)),
                    kilobytes(matrix.bytes()));
        }
        table.add(
                "all parameters",
                "",
                "",
                kilobytes(before.model().parameters().bytes()),
                kilobytes(small.parameters().bytes()));
        return table.toString().stripTrailing();
    }

    private void print(LoadedModel before, Path file, Optional<QuantizationCost> cost, List<String> notes) {
        context.print(Text.format(
                "%s: %,d bytes, before %,d", file, ModelDirectory.size(file), ModelDirectory.size(before.file())));
        cost.ifPresent(each -> context.print(each.toString().stripTrailing()));
        for (String note : notes) context.note("note: " + note);
        String directory = String.valueOf(file.getParent());
        if (before.isOfLanguage()) context.next("generate", directory, "--prompt", "TEXT");
        else context.next("predict", directory, "FILE");
    }

    private Map<String, Object> json(
            LoadedModel before, Model small, Path file, Optional<QuantizationCost> cost, List<String> notes) {
        List<Map<String, Object>> weights = new ArrayList<>();
        for (Parameter each : small.parameters().parts()) {
            EncodedMatrix matrix = small.parameters().encoded().get(each.name());
            if (matrix == null) continue;
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", each.name());
            json.put("shape", each.shape().extents());
            json.put("format", EnumChoice.name(matrix.format()));
            json.put("bytes_before", bytes(each));
            json.put("bytes_after", matrix.bytes());
            weights.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", file.toString());
        json.put("weights", weights);
        json.put("bytes_before", ModelDirectory.size(before.file()));
        json.put("bytes_after", ModelDirectory.size(file));
        json.put("evaluation", cost.<Object>map(QuantizationCost::json).orElseGet(JsonNull::new));
        json.put("notes", notes);
        return json;
    }

    private static long bytes(Parameter part) {
        return (long) Float.BYTES * part.size();
    }

    private static String kilobytes(long bytes) {
        return Text.format("%,.1f", bytes / 1024.0);
    }
}

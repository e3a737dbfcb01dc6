package dev.neurite.cli.command;

import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.exchange.Content;
import dev.neurite.cli.network.LanguageFile;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.ModelInput;
import dev.neurite.cli.onnx.ExtentOptions;
import dev.neurite.cli.onnx.OnnxSummary;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.cli.option.TrainingOptions;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Model;
import dev.neurite.model.Summary;
import dev.neurite.model.WeightsHash;
import dev.neurite.optim.Optimizer;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Memory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite summary`.
@Command(
        name = "summary",
        description = "Show the layers of a trained network, their output shapes and numbers of parameters.",
        footer = {
            "",
            "Of an ONNX model, also of one that cannot be run: its inputs and outputs, the nodes with the shapes of",
            "their outputs, parameters and operations (MFLOP, of products, convolutions and recurrent layers), and the",
            "operators that are not supported. Of a model of Keras (.keras) its layers, as import makes them. Of"
                    + " weights",
            "(.pt, .pth, .bin, .npz, .weights.h5, .safetensors): the names and shapes of tensors. Of a",
            "language model (GGUF, or a directory of Hugging Face): sizes, types, memory, tokenizer; no weights are"
                    + " read.",
            "",
            "Examples:",
            "  neurite summary runs/2026-11-24_fashion-mnist-1",
            "  neurite summary runs/2026-11-24_fashion-mnist-1 --batch 256 --optimizer sgd:momentum=0.9",
            "  neurite summary model.safetensors --json",
            "  neurite summary runs/gpt --length 256",
            "  neurite summary bert.onnx --batch 8 --extent sequence=128",
            "  neurite summary weights.pt",
            "  neurite summary qwen2.5-0.5b-q8_0.gguf"
        })
final class SummaryCommand implements Callable<Integer> {
    private static final String LENGTH = "--length";
    private static final int SHOWN = 20; // columns
    private static final int DEFAULT_ROWS = 32; // the trainer's default, for a model file without a run

    private final Context context;

    @Parameters(
            paramLabel = "RUN",
            description =
                    "A run's directory, a model file, an ONNX model, a file that import reads, or a language model:"
                            + " a GGUF file or a directory of Hugging Face.")
    private String run = "";

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Batch size for the memory estimate; by default the run's, for a model file 32. Of an ONNX"
                    + " model the extent of the first axis of each input, if it is open; 1 by default.")
    private @Nullable Integer batch;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "Optimizer for the memory estimate; adam by default. See 'neurite list optimizers'.")
    private @Nullable String optimizer;

    @Option(
            names = LENGTH,
            paramLabel = "N",
            description = "Length of sequences, if the network takes any: for shapes, operations and memory.")
    private @Nullable Integer length;

    @Mixin
    private ExtentOptions extents = new ExtentOptions();

    SummaryCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (LoadedModel.isOnnx(run)) {
            onnx();
            return 0;
        }
        if (extents.areGiven()) {
            throw new ConfigException(
                    ExtentOptions.NAME, "expects an ONNX model, got a run", "A run has --batch and " + LENGTH);
        }
        if (LanguageFile.is(run)) {
            language();
            return 0;
        }
        if (!Content.isFile(run)) LanguageFile.refuseNoModel(run);
        Content content = Content.read(run);
        content.model()
                .ifPresentOrElse(
                        model -> model(new LoadedModel(Path.of(run), model), content.notes()), () -> weights(content));
        return 0;
    }

    private void model(LoadedModel loaded, List<String> notes) {
        int rows = TrainingOptions.positive("--batch", batch).orElseGet(this::batchOfRun);
        String named = optimizer == null ? "adam" : optimizer;
        Optimizer rule = Catalog.standard().read("--optimizer", Optimizer.class, named);
        Summary summary = summary(loaded.model());
        if (context.json()) {
            Map<String, Object> json = json(loaded, summary, rows, rule);
            json.put("notes", notes);
            context.printJson(json);
            return;
        }
        context.print("input " + inputs(loaded, summary));
        loaded.inputs().stream()
                .filter(each -> !each.columns().isEmpty())
                .forEach(each -> context.print("columns " + shown(each.columns())));
        context.print(summary.toString());
        if (summary.training().isPresent()) {
            context.print(Text.format("peak memory of training, batches of %,d by %s: ", rows, named)
                    + Memory.of(loaded.model().logits(), summary.inputs(), rows, rule));
            context.print(Text.format("peak memory of predicting, %,d rows: ", rows)
                    + Memory.ofPrediction(loaded.model(), summary.inputs(), rows, Kernels.defaultThreads()));
        } else {
            context.print("peak memory: depends on the length of sequences, " + LENGTH + " N");
        }
        List<String> classes = loaded.classNames();
        if (!classes.isEmpty()) context.print("classes " + String.join(", ", classes));
        loaded.data().ifPresent(data -> context.print("trained on " + data));
        for (String note : notes) context.print("note: " + note);
    }

    private void onnx() {
        if (length != null) {
            throw new ConfigException(
                    LENGTH, "expects a run, got an ONNX model", "Name the axis: " + ExtentOptions.NAME + " AXIS=N");
        }
        if (optimizer != null) {
            throw new ConfigException("--optimizer", "expects a run, got an ONNX model, which is not trained");
        }
        OnnxSummary summary = OnnxSummary.read(Path.of(run), extents, TrainingOptions.positive("--batch", batch));
        if (context.json()) context.printJson(summary.json());
        else context.print(summary.text());
    }

    private void language() {
        refuseThoseOfRuns("a language model");
        LanguageSummary summary = LanguageSummary.read(run);
        if (context.json()) context.printJson(summary.json());
        else context.print(summary.text());
    }

    private void refuseThoseOfRuns(String got) {
        if (length == null && optimizer == null && batch == null) return;
        String option = length != null ? LENGTH : optimizer != null ? "--optimizer" : "--batch";
        throw new ConfigException(option, "expects a run, got " + got);
    }

    private void weights(Content content) {
        refuseThoseOfRuns("weights without a network");
        WeightsSummary summary = WeightsSummary.of(content);
        if (context.json()) context.printJson(summary.json());
        else context.print(summary.text());
    }

    private Summary summary(Model model) {
        List<Shape> inputs = model.network().inputs();
        OptionalInt given = TrainingOptions.positive(LENGTH, length);
        if (given.isEmpty()) return model.summary();
        if (Shape.areKnown(inputs)) {
            throw new ConfigException(LENGTH, "expects a network that takes any length, got one for " + inputs);
        }
        return model.summary(
                inputs.stream().map(each -> each.withOpen(given.getAsInt())).toList());
    }

    private int batchOfRun() {
        Path config = Path.of(run).resolve(RunDirectory.CONFIG);
        if (!Files.isRegularFile(config)) return DEFAULT_ROWS;
        String known =
                YamlEdits.values(YamlEdits.read(config.toString(), List.of())).getOrDefault("batch", "");
        return known.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(known) : DEFAULT_ROWS;
    }

    private static Map<String, Object> json(LoadedModel loaded, Summary summary, int rows, Optimizer rule) {
        List<Map<String, Object>> layers = new ArrayList<>();
        for (BuiltNode layer : summary.layers()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("name", layer.name());
            each.put("kind", layer.node().kind());
            each.put("output", strings(layer.outputs()));
            each.put("parameters", layer.parameterCount());
            each.put("multiplications", layer.multiplications());
            each.put("frozen", layer.frozen());
            layers.add(each);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("input", strings(summary.inputs()));
        json.put("names", List.copyOf(loaded.signature().inputs().keySet()));
        json.put("columns", loaded.inputs().stream().map(ModelInput::columns).toList());
        json.put("layers", layers);
        json.put("parameters", summary.parameters());
        json.put("parameter_bytes", summary.parameterBytes());
        Map<String, String> formats = new TreeMap<>();
        summary.encoded().forEach((name, matrix) -> formats.put(name, EnumChoice.name(matrix.format())));
        json.put("formats", formats);
        json.put("multiplications", summary.multiplications());
        summary.training().ifPresent(each -> json.put("training_bytes_a_row", each.bytes(1)));
        summary.predicting().ifPresent(each -> json.put("predicting_bytes_a_row", each.bytes(1)));
        if (summary.training().isPresent()) {
            Memory training = Memory.of(loaded.model().logits(), summary.inputs(), rows, rule);
            Memory predicting = Memory.ofPrediction(loaded.model(), summary.inputs(), rows, Kernels.defaultThreads());
            json.put("batch", rows);
            json.put("optimizer", Catalog.standard().text((Record) rule));
            json.put("training_peak_bytes", training.total());
            json.put("training_bytes", training.byPart());
            json.put("predicting_peak_bytes", predicting.total());
            json.put("predicting_bytes", predicting.byPart());
        }
        json.put("classes", loaded.classNames());
        loaded.data().ifPresent(data -> json.put("data", data));
        json.put("weights", WeightsHash.sha256(loaded.model()));
        return json;
    }

    /// The shapes of inputs, of several with their names.
    private static String inputs(LoadedModel loaded, Summary summary) {
        List<String> shapes = new ArrayList<>(strings(summary.inputs()));
        if (shapes.size() > 1) {
            List<String> names = List.copyOf(loaded.signature().inputs().keySet());
            for (int i = 0; i < shapes.size(); i++) shapes.set(i, names.get(i) + " " + shapes.get(i));
        }
        return String.join(" ", shapes);
    }

    private static String shown(List<String> columns) {
        int more = columns.size() - SHOWN;
        return more <= 0
                ? String.join(", ", columns)
                : String.join(", ", columns.subList(0, SHOWN)) + " and " + more + " more";
    }

    private static List<String> strings(List<?> shapes) {
        return shapes.stream().map(Object::toString).toList();
    }
}

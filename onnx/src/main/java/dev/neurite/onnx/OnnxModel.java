package dev.neurite.onnx;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.error.Spelling;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.onnx.format.LoadedGraph;
import dev.neurite.onnx.format.OnnxReader;
import dev.neurite.onnx.format.OnnxWriter;
import dev.neurite.onnx.graph.Lookups;
import dev.neurite.onnx.layers.GraphLayers;
import dev.neurite.onnx.plan.Plan;
import dev.neurite.onnx.plan.PlanContext;
import dev.neurite.onnx.plan.Runner;
import dev.neurite.onnx.plan.Stage;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.KnownElements;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.Interceptor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// An ONNX model that can be run.
/// ```java
/// OnnxModel model = OnnxModel.load(Path.of("model.onnx"));
/// Value y = model.run(Value.of(Shape.of(1, 3, 224, 224), pixels));
/// ```
/// For each combination of the inputs' shapes a plan is made at the first run: what does not depend on elements
/// is computed, operators are joined, weights are packed, buffers shared. There is nothing to close. Safe to
/// use from many threads.
///
/// Weights are read from the file, which must not change, when they are first needed.
public final class OnnxModel {
    private static final String CLASSES = "classes"; // in the metadata of files that the library wrote
    private static final float FIRST_BEYOND_HALF = 65520; // it would be rounded to 65536

    private final String name;
    private final LoadedGraph loaded;
    private final Kernels kernels;
    private final Runner runner;
    private final Interceptor interceptor;

    private OnnxModel(String name, LoadedGraph loaded, Kernels kernels, Runner runner, Interceptor interceptor) {
        this.name = name;
        this.loaded = loaded;
        this.kernels = kernels;
        this.runner = runner;
        this.interceptor = interceptor;
    }

    /// Loads a model.
    /// @throws DataException if there is no such file
    /// @throws dev.neurite.error.ModelFormatException if it is no ONNX model, damaged, of a version that is not
    /// supported, or has operators that are not supported
    /// @throws dev.neurite.error.ResourceException if it cannot be read
    public static OnnxModel load(Path file) {
        return of(file.toString(), OnnxReader.read(file));
    }

    /// Reads a model from the bytes of its file. It must have all its data itself.
    /// @param bytes not to be changed any more
    /// @throws dev.neurite.error.ModelFormatException as [#load]
    public static OnnxModel read(byte[] bytes) {
        return of("ONNX model", OnnxReader.read(bytes, "ONNX model"));
    }

    private static OnnxModel of(String name, LoadedGraph loaded) {
        loaded.requireSupported(name);
        return of(name, loaded, Kernels.shared(), Supplier::get);
    }

    private static OnnxModel of(String name, LoadedGraph loaded, Kernels kernels, Interceptor interceptor) {
        Runner runner = new Runner(loaded.graph(), new PlanContext(kernels));
        return new OnnxModel(name, loaded, kernels, runner, interceptor);
    }

    /// The same model, computed by other kernels, as with another number of threads. They must not be closed
    /// while it is in use.
    public OnnxModel with(Kernels other) {
        return of(name, loaded, other, interceptor);
    }

    /// The same model with something around each run, such as a timer; of texts, around each call of [TextEmbedder] or
    /// [TextScorer].
    public OnnxModel with(Interceptor other) {
        return new OnnxModel(name, loaded, kernels, runner, other);
    }

    Interceptor interceptor() {
        return interceptor;
    }

    /// The inputs that must be given, in the file's order.
    public List<ValueInfo> inputs() {
        return loaded.graph().inputs();
    }

    /// The outputs, in the file's order.
    public List<ValueInfo> outputs() {
        return loaded.outputs();
    }

    /// What the producer added, by name.
    public Map<String, String> metadata() {
        return loaded.metadata();
    }

    // ------------------------------------------------------------------------------------------------------- running

    /// Runs the model.
    /// @param given all inputs, by name
    /// @return all outputs, by name, in the file's order; they are the caller's own
    /// @throws DataException for inputs that are missing, unknown or of another type
    /// @throws dev.neurite.error.ShapeException for inputs whose shapes do not fit
    /// @throws dev.neurite.error.ResourceException if values or weights do not fit into the memory, or the
    /// thread is interrupted; it stays so
    public Map<String, Value> run(Map<String, Value> given) {
        Value[] in = inOrder(given);
        Value[] out = computed(in);
        Map<String, Value> named = new LinkedHashMap<>();
        for (int i = 0; i < out.length; i++) named.put(outputs().get(i).name(), out[i]);
        return named;
    }

    /// Runs a model with one output.
    /// @param given the inputs, in the file's order
    /// @throws DataException for inputs of another number, type or shape, and a model with more outputs
    /// @throws dev.neurite.error.ResourceException as [#run(Map)]
    public Value run(Value... given) {
        if (outputs().size() != 1) {
            String named = inputs().stream()
                    .map(each -> "\"" + each.name() + "\", value")
                    .collect(Collectors.joining(", ", "run(Map.of(", "))"));
            throw new DataException(
                    name,
                    "expects a model with one output, got " + outputs().size() + ": " + outputs(),
                    "All of them, by name, gives " + named);
        }
        if (given.length != inputs().size()) {
            throw new DataException(name, "expects inputs " + inputs() + ", got " + given.length + " values");
        }
        for (int i = 0; i < given.length; i++) check(inputs().get(i), given[i]);
        return computed(given)[0];
    }

    private Value[] computed(Value... given) {
        try {
            return interceptor.around(() -> limited(runner.run(given)));
        } catch (ShapeException e) {
            ShapeException plain = extents(given).orElse(e);
            if (plain != e) plain.initCause(e);
            throw plain;
        }
    }

    /// Which extent of one name inputs have of different sizes. Models may compute them all the same, as a row
    /// beside many, so this is the reason only where they do not.
    private Optional<ShapeException> extents(Value... given) {
        Map<String, Integer> first = new HashMap<>(); // the input with each extent
        for (int i = 0; i < given.length; i++) {
            List<String> names = inputs().get(i).extents();
            for (int axis = 0; axis < names.size(); axis++) {
                String name = names.get(axis);
                if (ValueInfo.isFixed(name) || name.equals(ValueInfo.NAMELESS)) continue;
                int before = Objects.requireNonNullElse(first.putIfAbsent(name, i), i);
                int expected = given[before]
                        .shape()
                        .extent(inputs().get(before).extents().indexOf(name));
                int own = given[i].shape().extent(axis);
                if (own == expected) continue;
                return Optional.of(new ShapeException(
                        "inputs",
                        "expects one size of '" + name + "', got " + expected + " for '"
                                + inputs().get(before).name() + "' and " + own + " for '"
                                + inputs().get(i).name() + "'"));
            }
        }
        return Optional.empty();
    }

    /// Outputs of float16 are infinite where a number is beyond its greatest.
    private Value[] limited(Value... out) {
        for (int i = 0; i < out.length; i++) {
            if (!loaded.halves().get(i) || !(out[i].array() instanceof float[] all)) continue;
            for (int k = out[i].offset(); k < out[i].offset() + out[i].size(); k++) {
                if (Math.abs(all[k]) >= FIRST_BEYOND_HALF) all[k] = Math.copySign(Float.POSITIVE_INFINITY, all[k]);
            }
        }
        return out;
    }

    private Value[] inOrder(Map<String, Value> given) {
        List<String> names = inputs().stream().map(ValueInfo::name).toList();
        for (String each : given.keySet()) {
            if (names.contains(each)) continue;
            throw new DataException("input '" + each + "'", "expects one of " + names, Spelling.hint(each, names));
        }
        Value[] in = new Value[names.size()];
        for (int i = 0; i < in.length; i++) {
            Value value = given.get(names.get(i));
            if (value == null) throw new DataException("input '" + names.get(i) + "'", "expects a value, got none");
            in[i] = check(inputs().get(i), value);
        }
        return in;
    }

    /// Refuses a value of another type, or with another number of axes or other extents than the model says.
    private static Value check(ValueInfo info, Value value) {
        if (info.fits(value)) return value;
        boolean written = info.type() == ElementType.FLOAT
                && (value.type() == ElementType.INT32 || value.type() == ElementType.DOUBLE);
        throw new DataException(
                "input '" + info.name() + "'",
                "expects " + info + ", got " + value.type() + " " + value.shape(),
                written ? "Write floats as 1f" : "");
    }

    // ------------------------------------------------------------------------------------------------------ training

    /// A model of layers with the weights of this one, to freeze, cut, train and save. Outputs that are
    /// no floats, such as labels, are left out; of maps that ZipMap makes it gives the numbers, see [#classes()].
    /// The batch is the first axis of inputs; where the next is open, it is the time.
    /// Both compute two random rows, unless they would need more than 64 MB.
    /// @throws dev.neurite.error.ModelFormatException for operators that no layer stands for, with all of them,
    /// and for layers that give something else than the operators
    public Model toModel() {
        boolean own = loaded.info().producer().equals(OnnxWriter.PRODUCER);
        return GraphLayers.model(loaded.graph(), outputs(), name, own ? GraphLayers.EXPORTED : GraphLayers.NOT_TRAINED);
    }

    /// The names of the classes whose numbers it gives: of a classifier of scikit-learn the labels of ZipMap or of the
    /// classifier itself, of a file that the library wrote those in its metadata. Empty if the file has none, or
    /// several lists.
    public List<String> classes() {
        List<List<String>> labels = GraphLayers.labels(loaded.graph());
        if (labels.size() == 1) return labels.getFirst();
        String text = metadata().get(CLASSES);
        if (!labels.isEmpty()) return List.of();
        if (text == null) return GraphLayers.labelsOfOutput(loaded.graph());
        try {
            return Json.readStrings(name + ", metadata '" + CLASSES + "'", text);
        } catch (ModelFormatException _) {
            return List.of(); // of other software, which means something else by it
        }
    }

    /// The elements of an input that the model looks up first, such as the categories of a column, from which
    /// samples and examples can be made: it may refuse others.
    /// @param input its name
    public KnownElements known(String input) {
        return Lookups.of(loaded.graph()).getOrDefault(input, KnownElements.NONE);
    }

    /// What [#toModel] leaves out or changes, in sentences.
    public List<String> notes() {
        return GraphLayers.notes(loaded.graph(), outputs());
    }

    // ------------------------------------------------------------------------------------------------- looking inside

    /// The stages in which the plan for these inputs is made, from the graph as it was loaded to the one that
    /// is run.
    /// @param given all inputs, by name; only their types and shapes count
    public List<Stage> stages(Map<String, Value> given) {
        return runner.stages(inOrder(given));
    }

    /// The plan for these inputs.
    /// @param given all inputs, by name; only their types and shapes count
    public Plan plan(Map<String, Value> given) {
        return runner.plan(inOrder(given));
    }

    /// Runs a stage by itself, node by node.
    /// @param watcher sees each value when it is computed
    /// @return all outputs, by name
    public Map<String, Value> run(Stage stage, Map<String, Value> given, Plan.Watcher watcher) {
        Value[] out = runner.run(stage, watcher, inOrder(given));
        Map<String, Value> named = new LinkedHashMap<>();
        for (int i = 0; i < out.length; i++) named.put(outputs().get(i).name(), out[i]);
        return named;
    }

    /// Whether it quantizes values by their range, which rows of a batch share.
    public boolean quantizesByRange() {
        return loaded.graph().has("DynamicQuantizeLinear");
    }

    /// The kernels that compute it.
    public Kernels kernels() {
        return kernels;
    }

    /// Its name, inputs and outputs.
    @Override
    public String toString() {
        return name + " " + inputs() + " to " + outputs();
    }
}

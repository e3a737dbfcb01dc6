package dev.neurite.onnx.layers;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Graph;
import dev.neurite.model.Graph.Port;
import dev.neurite.model.Model;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.plan.PlanContext;
import dev.neurite.onnx.plan.Runner;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Makes a model of layers of a graph, with its weights: to freeze, cut, train and save.
public final class GraphLayers {
    /// What can be done with a file of which no layers can be made.
    public static final String NOT_TRAINED = "It can be run as it is, but not be trained";

    /// What can be done with one that the library wrote.
    public static final String EXPORTED = "It can be run as it is. To train on, take the model that it was exported"
            + " from, or export that with --preprocessing none (in Java RawColumns.NONE)";

    /// Operators whose results are elements of their inputs.
    private static final Set<String> MOVING = Set.of(
            "Cast",
            "Concat",
            "Dropout",
            "Flatten",
            "Identity",
            "Reshape",
            "Slice",
            "Split",
            "Squeeze",
            "Transpose",
            "Unsqueeze");

    private static final int TRAINING = 2; // the input of Dropout
    private static final int ROWS = 7; // of a batch, for which shapes are folded
    private static final List<Integer> STEPS = List.of(13, 64, 5, 2, 1); // extents of other open axes

    private final String where;
    private final String hint;
    private final OnnxGraph graph;
    private final LayerDraft draft;
    private final Map<String, List<String>> refused = new LinkedHashMap<>(); // operators, with their nodes
    private final Set<String> lost = new HashSet<>(); // values of nodes without a layer
    private boolean inTraining; // whether batch norms are

    private GraphLayers(String where, String hint, OnnxGraph graph, OnnxGraph whole, int batch) {
        this.where = where;
        this.hint = hint;
        this.graph = graph;
        draft = new LayerDraft(graph, whole, batch);
    }

    /// The model of a graph. Outputs that are no floats, such as labels, are left out; of maps that ZipMap makes it
    /// gives the numbers.
    /// @param outputs what the file says of the graph's outputs
    /// @param where the name of the file, for messages
    /// @param hint what to do where there is no layer, for messages
    /// @throws ModelFormatException for nodes that no layer stands for, with all of them, for inputs whose rows
    /// have more than one open extent, and for layers that give something else than the graph, of a few random
    /// rows
    public static Model model(OnnxGraph graph, List<ValueInfo> outputs, String where, String hint) {
        List<String> numbers = numbers(graph, outputs);
        if (numbers.isEmpty()) {
            throw new ModelFormatException(where, "expects an output of float, got " + outputs);
        }
        var needed = new OnnxGraph(graph.name(), graph.inputs(), numbers, graph.constants(), graph.nodes());
        var runner = new Runner(needed, new PlanContext(Kernels.shared()));
        Folded folded = folded(needed, runner);
        List<Shape> shapes = folded.shapes;
        int batch = shapes.isEmpty() || shapes.getFirst().rank() == 0
                ? ROWS
                : shapes.getFirst().extent(0);
        Model model = new GraphLayers(where, hint, folded.graph, needed, batch).model(graph.inputs(), numbers);
        new Comparison(where, needed, runner).require(model, shapes);
        return model;
    }

    /// The values that the model gives: outputs of floats, and floats of which ZipMap makes outputs.
    private static List<String> numbers(OnnxGraph graph, List<ValueInfo> outputs) {
        Map<String, String> zipped = new LinkedHashMap<>();
        for (OnnxNode each : graph.nodes()) {
            if (isZipMap(each))
                zipped.put(each.outputs().getFirst(), each.inputs().getFirst());
        }
        return outputs.stream()
                .flatMap(each -> each.type() == ElementType.FLOAT
                        ? Stream.of(each.name())
                        : Stream.ofNullable(zipped.get(each.name())))
                .distinct()
                .toList();
    }

    private static boolean isZipMap(OnnxNode node) {
        return node.fullOp().equals("ai.onnx.ml.ZipMap");
    }

    /// What a model of layers leaves out or changes, in sentences.
    public static List<String> notes(OnnxGraph graph, List<ValueInfo> outputs) {
        Stream<String> left = outputs.stream()
                .filter(each -> each.type() != ElementType.FLOAT)
                .map(each -> each.isMaps()
                        ? "Output '" + each.name() + "' gives numbers, not maps"
                        : "Left out, as it is no float: output '" + each.name() + "' (" + each.type() + ")");
        long odd = graph.nodes().stream().filter(NormLayers::hasOddMomentum).count();
        Stream<String> changed = Stream.of("Batch norms whose momentum no layer has, as 1, with which statistics stay: "
                        + odd + ". They get the usual one, " + NormLayers.USUAL_MOMENTUM)
                .filter(_ -> odd > 0);
        return Stream.concat(left, changed).toList();
    }

    /// The labels of each ZipMap, as texts.
    public static List<List<String>> labels(OnnxGraph graph) {
        return graph.nodes().stream()
                .filter(GraphLayers::isZipMap)
                .map(GraphLayers::labels)
                .toList();
    }

    /// The labels of a classifier, or of a ZipMap, as texts; empty for other nodes.
    private static List<String> labels(OnnxNode node) {
        Attributes with = node.attributes();
        return with.texts("classlabels_strings")
                .filter(all -> !all.isEmpty())
                .orElseGet(() -> Stream.of("classlabels_int64s", "classlabels_ints")
                        .flatMap(each -> with.integers(each).stream())
                        .flatMapToLong(Arrays::stream)
                        .mapToObj(Long::toString)
                        .toList());
    }

    /// The labels of the classifier whose label is an output of the graph; empty if there is none.
    public static List<String> labelsOfOutput(OnnxGraph graph) {
        Set<String> given = new HashSet<>(graph.outputs());
        for (OnnxNode node : graph.nodes().reversed()) {
            if (node.outputs().stream().noneMatch(given::contains)) continue;
            if (node.is("Identity")) given.addAll(node.inputs());
            boolean label = given.contains(node.outputs().getFirst());
            if (label && node.op().endsWith("Classifier")) return labels(node);
        }
        return List.of();
    }

    /// @param shapes of the inputs
    private record Folded(OnnxGraph graph, List<Shape> shapes) {}

    /// The graph with its shapes folded for sequences that are long enough for its windows, and short enough for its
    /// positions.
    private static Folded folded(OnnxGraph graph, Runner runner) {
        for (int steps : STEPS) {
            List<Shape> shapes = shapes(graph, steps);
            try {
                return new Folded(runner.recognized(shapes), shapes);
            } catch (ShapeException e) {
                if (steps == STEPS.getLast()) throw e;
            }
        }
        throw new IllegalStateException("no steps");
    }

    private static List<Shape> shapes(OnnxGraph graph, int steps) {
        return graph.inputs().stream().map(each -> sample(each, steps)).toList();
    }

    /// A shape of an input for which the graph is folded.
    private static Shape sample(ValueInfo info, int steps) {
        int[] extents = new int[info.extents().size()];
        for (int i = 0; i < extents.length; i++) {
            String extent = info.extents().get(i);
            extents[i] = ValueInfo.isFixed(extent) ? Integer.parseInt(extent) : i == 0 ? ROWS : steps;
        }
        return Shape.of(extents);
    }

    private Model model(List<ValueInfo> inputs, List<String> outputs) {
        List<Shape> rows = new ArrayList<>();
        for (ValueInfo each : inputs) {
            Shape row = row(each);
            draft.put(each.name(), Flow.rows(new Port(-1, rows.size()), row));
            if (each.type().isInteger()) draft.putIntegers(each.name());
            rows.add(row);
        }
        AttentionLayers.claim(draft, graph.nodes());
        for (OnnxNode node : graph.nodes()) if (!draft.isFinished(node) && !add(node)) refuse(node);
        refuse();
        List<Port> ends = outputs.stream().map(this::end).toList();
        return Model.of(rows, new Graph(rows.size(), draft.layers(), ends)).with(draft.weights());
    }

    private Port end(String output) {
        return draft.flow(output)
                .filter(each -> each.form() == Flow.Form.ROWS)
                .map(Flow::port)
                .orElseThrow(() -> new ModelFormatException(
                        where, "expects outputs with the batch first, got '" + output + "' of another form"));
    }

    /// The shape of a row of an input.
    private Shape row(ValueInfo info) {
        boolean known = !info.anyRank() && !info.extents().isEmpty();
        List<String> rest = known ? info.extents().subList(1, info.extents().size()) : List.of();
        int[] extents = new int[rest.size()];
        int open = 0;
        for (int i = 0; i < extents.length; i++) {
            boolean fixed = ValueInfo.isFixed(rest.get(i));
            extents[i] = fixed ? Integer.parseInt(rest.get(i)) : Shape.OPEN;
            if (!fixed) open++;
        }
        boolean numbers = info.type().isFloating() || info.type().isInteger();
        if (known && numbers && open < 2) return Shape.of(extents);
        String wanted = numbers ? "expects rows of which at most one extent is open, got " : "expects numbers, got ";
        String refused = info.type() == ElementType.STRING ? ": texts are not imported" : "";
        throw new ModelFormatException(where + ", input '" + info.name() + "'", wanted + info + refused, hint);
    }

    /// Remembers a node without a layer. One that takes what such a node computes may have a layer: it is in
    /// the way only if no such operator has one.
    private void refuse(OnnxNode node) {
        boolean after = node.inputs().stream().anyMatch(lost::contains);
        inTraining |= NormLayers.isInTraining(node);
        lost.addAll(node.outputs());
        lost.remove("");
        if (after && KnownOperator.is(node)) return;
        refused.computeIfAbsent(node.fullOp(), _ -> new ArrayList<>()).add(node.name());
    }

    private void refuse() {
        if (refused.isEmpty()) return;
        List<String> all = new ArrayList<>();
        refused.forEach(
                (operator, nodes) -> all.add(nodes.size() + " × " + operator + " (as '" + nodes.getFirst() + "')"));
        throw new ModelFormatException(
                where,
                "expects operators that layers stand for, got " + String.join(", ", all),
                inTraining
                        ? "Export it again in evaluation mode; PyTorch keeps its batch norms if it is told"
                                + " training=TrainingMode.PRESERVE and do_constant_folding=False after model.eval()"
                        : hint);
    }

    /// Adds the layer of a node.
    /// @return false if there is none
    private boolean add(OnnxNode node) {
        if (AttentionLayers.add(draft, node)) return true;
        if (node.inputs().stream().noneMatch(each -> draft.flow(each).isPresent())) return false;
        if (!KnownOperator.understands(node) || !(passes(node) || made(node))) return false;
        if (MOVING.contains(node.op()) && draft.takesIntegers(node))
            node.outputs().forEach(draft::putIntegers);
        return true;
    }

    private boolean made(OnnxNode node) {
        return ActivationLayers.add(draft, node)
                || ProductLayers.add(draft, node)
                || WindowLayers.add(draft, node)
                || NormLayers.add(draft, node)
                || RecurrentLayers.add(draft, node)
                || ShapeLayers.add(draft, node);
    }

    /// Operators that do nothing to rows.
    private boolean passes(OnnxNode node) {
        boolean passes = node.is("Identity")
                || (node.is("Dropout") && !LayerDraft.has(node, TRAINING))
                || (node.is("Cast") && casts(node));
        if (!passes) return false;
        Optional<Flow> x = draft.flow(node.inputs().getFirst());
        x.ifPresent(flow -> draft.put(node.outputs().getFirst(), flow));
        return x.isPresent();
    }

    /// To floats, or of whole numbers and of ids, which are floats here, to integers. Others would be cut off.
    private boolean casts(OnnxNode node) {
        long to = node.attributes().integer("to", 0);
        if (to == ElementType.FLOAT.code()) return true;
        boolean integers = to == ElementType.INT64.code() || to == ElementType.INT32.code();
        return integers
                && (draft.takesIntegers(node) || draft.isIds(node.outputs().getFirst()));
    }
}

package dev.neurite.onnx.layers;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Embedding;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Model;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.plan.Runner;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Compares what a model of layers gives with what its graph gives, for a few random rows: layers that were made
/// wrongly must not train without a message.
final class Comparison {
    private static final int ROWS = 2;
    private static final long MOST_ELEMENTS = 1L << 24; // of all values together: 64 MB
    private static final int IDS = 10; // for integers that no table is asked for
    private static final double BOUND = 1e-3; // relative to the largest number of an output

    private final String where;
    private final OnnxGraph graph;
    private final Runner runner;

    /// @param runner of the graph
    Comparison(String where, OnnxGraph graph, Runner runner) {
        this.where = where;
        this.graph = graph;
        this.runner = runner;
    }

    /// @param shapes of the graph's inputs; the batch is taken smaller where it is open
    /// @throws ModelFormatException if they differ
    void require(Model model, List<Shape> shapes) {
        if (elements(model.network().root(), shapes) > MOST_ELEMENTS) return;
        List<Value> given = new ArrayList<>();
        List<Tensor> rows = new ArrayList<>();
        var random = new KeyedRandom(1);
        int ids = ids(model.network().root(), Integer.MAX_VALUE);
        boolean whole = graph.nodes().stream().anyMatch(Comparison::castsToIntegers);
        for (ValueInfo each : graph.inputs()) {
            Shape shape = shape(each, shapes.get(given.size()));
            boolean integers = !each.type().isFloating() || (whole && ids < Integer.MAX_VALUE);
            float[] numbers = new float[shape.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = integers ? random.below(Math.min(ids, IDS)) : (float) (16 * random.nextDouble() - 8);
            }
            rows.add(Tensor.of(shape, numbers));
            given.add(value(each.type(), rows.getLast()));
        }
        Value[] wanted;
        try {
            wanted = runner.run(given.toArray(Value[]::new));
        } catch (ShapeException | DataException | ResourceException _) {
            return; // rows that the graph itself does not take: there is nothing to compare with
        }
        List<Tensor> got = model.predict(rows);
        for (int i = 0; i < wanted.length; i++) require(graph.outputs().get(i), got.get(i), wanted[i]);
    }

    private void require(String output, Tensor got, Value wanted) {
        boolean same = got.shape().equals(wanted.shape());
        double difference = same ? difference(got.toArray(), wanted.floats()) : Double.POSITIVE_INFINITY;
        if (difference <= BOUND) return;
        throw new ModelFormatException(
                where + ", output '" + output + "'",
                "expects layers that give what its operators give, got "
                        + (same
                                ? "numbers that differ by " + (float) difference + " of the largest"
                                : got.shape() + " instead of " + wanted.shape()),
                GraphLayers.NOT_TRAINED);
    }

    /// The largest difference, relative to the largest number that is expected.
    private static double difference(float[] got, float[] wanted) {
        double largest = Float.MIN_NORMAL;
        double difference = 0;
        for (int i = 0; i < got.length; i++) {
            if (Float.compare(got[i], wanted[i]) == 0) continue;
            if (!Float.isFinite(got[i]) || !Float.isFinite(wanted[i])) return Double.POSITIVE_INFINITY;
            difference = Math.max(difference, Math.abs((double) got[i] - wanted[i]));
        }
        for (float each : wanted) if (Float.isFinite(each)) largest = Math.max(largest, Math.abs(each));
        return difference / largest;
    }

    private static Shape shape(ValueInfo info, Shape folded) {
        boolean open = folded.rank() > 0 && !ValueInfo.isFixed(info.extents().getFirst());
        return open ? folded.row().forRows(ROWS) : folded;
    }

    private static Value value(ElementType type, Tensor rows) {
        Value value = Value.zeros(type, rows.shape());
        float[] from = rows.toArray();
        if (type.isFloating()) {
            Elements.DoubleWriter to = Elements.doubleWriter(value);
            for (int i = 0; i < from.length; i++) to.set(i, from[i]);
        } else {
            Elements.LongWriter to = Elements.longWriter(value);
            for (int i = 0; i < from.length; i++) to.set(i, (long) from[i]);
        }
        return value;
    }

    private static boolean castsToIntegers(OnnxNode node) {
        return node.is("Cast") && node.attributes().integer("to", 0) != ElementType.FLOAT.code();
    }

    /// The rows of the smallest table that ids are for.
    private static int ids(BuiltNode layer, int least) {
        int all = layer.node() instanceof Embedding table ? Math.min(least, table.vocabulary()) : least;
        for (BuiltNode each : layer.children()) all = ids(each, all);
        return all;
    }

    /// The elements of the values of all layers for the rows that are compared.
    private static long elements(BuiltNode layer, List<Shape> shapes) {
        int steps = shapes.stream()
                .filter(each -> each.rank() > 1)
                .mapToInt(each -> each.extent(1))
                .max()
                .orElse(1);
        long all = 0;
        for (Shape each : layer.outputs())
            all += (long) ROWS * each.withOpen(steps).size();
        for (BuiltNode each : layer.children()) all += elements(each, shapes);
        return all;
    }
}

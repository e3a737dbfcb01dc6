package dev.neurite.onnx.export;

import dev.neurite.layer.RelativeToLast;
import dev.neurite.layer.SequencePool;
import dev.neurite.layer.SinusoidalPositions;
import dev.neurite.model.BuiltNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;

/// Layers of sequences `[rows × time × width]`.
final class SequenceExport {
    private SequenceExport() {}

    static String pool(GraphBuilder b, SequencePool pool, String x) {
        return switch (pool.result()) {
            case MEAN -> b.reduce("ReduceMean", x, false, 1);
            case MAX -> b.reduce("ReduceMax", x, false, 1);
            case FIRST -> at(b, x, 0);
            case LAST -> at(b, x, -1);
        };
    }

    private static String at(GraphBuilder b, String x, long position) {
        return b.add("Gather", Map.of("axis", 1L), x, b.index(position));
    }

    /// Adds the rows of the table to those positions that there are.
    static String positions(GraphBuilder b, BuiltNode layer, String x) {
        String table = b.parameter(layer, "weight");
        int time = layer.inputs().getFirst().extent(0);
        int most = GraphBuilder.shape(layer, "weight").extent(0);
        if (time == most) return b.add("Add", x, table);
        String end = time == Shape.OPEN ? b.extent(x, 1) : b.longs(time);
        return b.add("Add", x, b.add("Slice", table, b.longs(0), end, b.longs(0)));
    }

    static String sinusoids(GraphBuilder b, SinusoidalPositions node, BuiltNode layer, String x) {
        Shape in = layer.inputs().getFirst();
        int pairs = in.extent(1) / 2;
        String sines = b.unsqueeze(angles(b, false, node.base(), pairs, in.extent(0), x), -1);
        String cosines = b.unsqueeze(angles(b, true, node.base(), pairs, in.extent(0), x), -1);
        return b.add("Add", x, b.reshape(b.concat(-1, List.of(sines, cosines)), 0, in.extent(1)));
    }

    /// The sines or cosines of position · base^(−i/pairs), `[time × pairs]`: computed now for a known time, else from
    /// the extent of axis 1 of x, in float64.
    /// @param cosines whether they are cosines
    static String angles(GraphBuilder b, boolean cosines, double base, int pairs, int time, String x) {
        double[] frequencies = new double[pairs];
        for (int i = 0; i < pairs; i++) frequencies[i] = StrictMath.pow(base, -(double) i / pairs);
        if (time == Shape.OPEN) {
            String all = b.constant("frequencies", Value.of(Shape.of(1, pairs), frequencies));
            String angles = b.add("Mul", b.unsqueeze(b.range(b.extent(x, 1)), 1), all);
            // Not Cos, which onnxruntime does not have for float64.
            String shifted = cosines ? b.add("Add", angles, b.wide(Math.PI / 2)) : angles;
            return b.cast(b.add("Sin", shifted), ElementType.FLOAT);
        }
        float[] values = new float[time * pairs];
        for (int t = 0; t < time; t++) {
            for (int i = 0; i < pairs; i++) {
                double angle = t * frequencies[i];
                values[t * pairs + i] = (float) (cosines ? StrictMath.cos(angle) : StrictMath.sin(angle));
            }
        }
        return b.constant(cosines ? "cosines" : "sines", Value.of(Shape.of(time, pairs), values));
    }

    // ---------------------------------------------------------------------------------------------- relative to last

    /// x with these columns relative to their last step.
    static String relative(GraphBuilder b, RelativeToLast node, BuiltNode layer, String x) {
        float[] mask = new float[layer.inputs().getFirst().extent(1)];
        for (int each : node.columns()) mask[each] = 1;
        String last = b.add("Mul", last(b, layer, x), b.constant("columns", Value.of(Shape.of(mask.length), mask)));
        return b.add("Sub", x, last);
    }

    /// The last step, `[rows × 1 × width]`.
    private static String last(GraphBuilder b, BuiltNode layer, String x) {
        int time = layer.inputs().getFirst().extent(0);
        return b.slice(x, 1, time - 1, time);
    }

    /// (d + the last step of these columns, again and again − mean)·factor
    static String addLast(GraphBuilder b, RelativeToLast node, BuiltNode layer, String x, String d) {
        int columns = node.columns().size();
        int times = layer.outputs().getFirst().size() / columns;
        long[] from = node.columns().stream().mapToLong(Integer::longValue).toArray();
        String last = b.reshape(b.add("Gather", Map.of("axis", 2L), last(b, layer, x), b.longs(from)), 0, columns);
        String again = b.add("Tile", last, b.longs(1, times));
        String sum = b.add("Sub", b.add("Add", d, again), b.parameter(layer, "mean"));
        return b.add("Mul", sum, b.parameter(layer, "factor"));
    }
}

package dev.neurite.onnx.layers;

import dev.neurite.layer.Initializers;
import dev.neurite.layer.PositionEmbedding;
import dev.neurite.layer.SinusoidalPositions;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A vector for each position of a sequence, as a sum with a constant.
final class PositionLayers {
    private static final double BASE = 10_000;
    private static final float BOUND = 1e-6f; // of sines, which other software computes otherwise

    private PositionLayers() {}

    static boolean add(LayerDraft draft, OnnxNode sum) {
        for (int i = 0; i < 2; i++) {
            Optional<Flow> x = draft.rows(sum, i).filter(each -> each.row().rank() == 2);
            int other = 1 - i;
            Optional<Tensor> c = draft.floats(sum, other);
            if (x.isEmpty() || c.isEmpty()) continue;
            Shape row = x.get().row();
            int width = row.extent(1);
            int steps = c.get().size() / width;
            boolean fits = steps > 1 && width > 1 && c.get().size() == steps * width && isRows(c.get(), width);
            if (!fits || (row.extent(0) != steps && row.isKnown())) continue;
            float[] vectors = c.get().toArray();
            String y = sum.outputs().getFirst();
            if (areSines(vectors, width)) return draft.add(sum, new SinusoidalPositions(BASE), y, x.get());
            Optional<Tensor> table = draft.table(sum.inputs().get(other)).filter(each -> begins(each, width, vectors));
            if (table.isEmpty() && !row.isKnown()) continue;
            Tensor weight = table.orElseGet(() -> c.get().reshape(Shape.of(steps, width)));
            var layer = new PositionEmbedding(weight.shape().extent(0), Initializers.normal(0, 0.02));
            return draft.add(sum, layer, y, List.of(x.get()), Map.of("weight", weight));
        }
        return false;
    }

    /// Whether the last two axes have all elements.
    private static boolean isRows(Tensor c, int width) {
        Shape shape = c.shape();
        return shape.rank() > 1
                && shape.extent(shape.rank() - 1) == width
                && (long) shape.extent(shape.rank() - 2) * width == c.size();
    }

    private static boolean begins(Tensor table, int width, float... vectors) {
        return table.shape().rank() == 2
                && table.shape().extent(1) == width
                && table.size() >= vectors.length
                && Arrays.equals(table.toArray(), 0, vectors.length, vectors, 0, vectors.length);
    }

    /// Whether these are the sines and cosines of positions.
    private static boolean areSines(float[] vectors, int width) {
        if (width % 2 != 0) return false;
        for (int at = 0; at < vectors.length; at++) {
            int feature = at % width;
            int position = at / width;
            double angle = position * StrictMath.pow(BASE, -(double) (feature / 2 * 2) / width);
            double wanted = feature % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle);
            if (!(Math.abs(vectors[at] - wanted) <= BOUND)) return false;
        }
        return true;
    }
}

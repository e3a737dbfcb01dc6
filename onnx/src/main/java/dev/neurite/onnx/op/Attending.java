package dev.neurite.onnx.op;

import dev.neurite.kernel.AttentionKernels;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.graph.Node;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Attention in one step.
public final class Attending {
    /// An operator of Neurite's own: y = softmax(scale·q·kᵀ + mask)·v for each row and head. q, k and v are `[rows
    /// × time × heads × size]`, or without the first axis for one row, and y has the shape of q; the mask is
    /// optional and broadcast to `[rows × heads × queries × keys]`.
    public static final String ATTENTION = "Attention";

    /// The attribute of [#ATTENTION] with its scale.
    public static final String SCALE = "scale";

    private Attending() {}

    static void register(Registry all) {
        all.add(Node.OWN, ATTENTION, Attending::attention);
    }

    private static Step attention(Call call) {
        Shape q = rows(call.shape(0));
        Shape k = rows(call.shape(1));
        Shape v = rows(call.shape(2));
        int heads = q.extent(2);
        int size = q.extent(3);
        boolean fits = k.extent(0) == q.extent(0)
                && v.extent(0) == q.extent(0)
                && k.extent(1) == v.extent(1)
                && k.extent(2) == heads
                && v.extent(2) == heads
                && k.extent(3) == size
                && v.extent(3) == size;
        if (!fits) throw call.misfit("expects q, k and v that fit together, got " + q + ", " + k + " and " + v);
        float factor = (float) (call.attributes().real(SCALE, 1) * Math.sqrt(size));
        boolean scales = Math.abs(factor - 1) > 1e-6f;
        Kernels kernels = call.kernels();
        AttentionKernels attention = kernels.attention();
        Mask mask = Mask.of(call, q, k.extent(1));
        return Step.of(Fact.of(ElementType.FLOAT, call.shape(0)), (in, out) -> {
            if (out[0].size() == 0) return;
            Tensor queries = in[0].tensor();
            if (scales) {
                queries = Tensor.zeros(call.shape(0));
                kernels.scale(factor, in[0].tensor(), queries);
            }
            Masking masking = Masking.of(false, Tensor.EMPTY);
            if (mask != null) masking = masking.withAdded(mask.expand(in[3].tensor()));
            attention.attention(
                    heads(queries, q),
                    heads(in[1].tensor(), k),
                    heads(in[2].tensor(), v),
                    masking,
                    out[0].tensor().reshape(flat(q)),
                    Tensor.EMPTY);
        });
    }

    private static Shape rows(Shape shape) {
        return shape.rank() == 3 ? shape.forRows(1) : shape;
    }

    /// `[rows × time × width]`.
    private static Shape flat(Shape shape) {
        return Shape.of(shape.extent(0), shape.extent(1), shape.extent(2) * shape.extent(3));
    }

    private static Heads heads(Tensor x, Shape shape) {
        return new Heads(x.reshape(flat(shape)), 0, shape.extent(2), shape.extent(3));
    }

    /// How a mask is broadcast.
    private record Mask(Broadcast broadcast, Shape shape) {
        static @Nullable Mask of(Call call, Shape q, int keys) {
            if (!call.has(3)) return null;
            Shape given = call.shape(3);
            boolean ofHeads = given.rank() >= 3 && given.extent(given.rank() - 3) > 1;
            Shape all = Shape.of(q.extent(0), ofHeads ? q.extent(2) : 1, q.extent(1), keys);
            var broadcast = new Broadcast(call, given, all);
            if (broadcast.shape().size() != all.size()) {
                throw call.misfit("expects a mask that can be broadcast to " + all + ", got " + given);
            }
            return new Mask(broadcast, ofHeads ? all : Shape.of(q.extent(0), q.extent(1), keys));
        }

        Tensor expand(Tensor mask) {
            if (mask.size() == shape.size()) return mask.reshape(shape);
            Tensor all = Tensor.zeros(shape);
            float[] from = mask.array();
            float[] to = all.array();
            broadcast.forEach((at, k, count) -> {
                for (int i = 0; i < count; i++) to[k + i] = from[mask.offset() + at[0] + i * broadcast.step(0)];
            });
            return all;
        }
    }
}

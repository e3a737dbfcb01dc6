package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.AttentionKernels;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Broadcast;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Scratch;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Attention in one step.
public final class Attending {
    /// An operator of Neurite's own: y = softmax(scale·q·kᵀ + mask)·v for each row and head,
    /// `[rows × time × heads × size]`. q, k and v are columns of its first three inputs; the mask is optional and
    /// broadcast to `[rows × heads × queries × keys]`.
    public static final String ATTENTION = "Attention";

    /// The attribute of [#ATTENTION] with its scale.
    public static final String SCALE = "scale";

    /// The attributes of [#ATTENTION] with the [Columns] of its inputs.
    public static final String QUERIES = "queries";

    /// See [#QUERIES].
    public static final String KEYS = "keys";

    /// See [#QUERIES].
    public static final String VALUES = "values";

    /// The attribute of [#ATTENTION] with the shape of y, of as many elements.
    public static final String SHAPE = "shape";

    /// The attribute of [#ATTENTION] that says that y is `[time × rows × heads × size]`.
    public static final String TIME_FIRST = "time_first";

    /// The attribute of [#ATTENTION] with the shape in which its mask is broadcast, of as many elements.
    public static final String MASK = "mask";

    /// Where the heads of a value are: it is `[rows × steps × width]`, whatever its shape.
    /// @param first the first column of the first head
    /// @param heads their number; they are neighbors
    /// @param size the columns of a head
    /// @param timeFirst whether it is `[steps × rows × width]` instead
    public record Columns(int rows, int steps, int width, int first, int heads, int size, boolean timeFirst) {
        /// Whether these are queries for such keys and values.
        public boolean fits(Columns keys, Columns values) {
            return keys.rows == rows
                    && values.rows == rows
                    && keys.heads == heads
                    && values.heads == heads
                    && keys.size == size
                    && values.size == size
                    && keys.steps == values.steps;
        }

        /// The same columns of a wider value.
        /// @param start where this value's columns begin in it
        public Columns within(int wider, int start) {
            return new Columns(rows, steps, wider, start + first, heads, size, timeFirst);
        }

        /// @param columns where those of a value go that has the time first
        Heads of(Tensor x, Scratch<Tensor> columns) {
            if (!timeFirst) return new Heads(x.reshape(Shape.of(rows, steps, width)), first, heads, size);
            Tensor copy = columns.take();
            swap(x, first, width, copy, steps, rows);
            return new Heads(copy, 0, heads, size);
        }

        private Scratch<Tensor> copies() {
            return new Scratch<>(() -> Tensor.zeros(Shape.of(rows, steps, heads * size)));
        }

        private void release(Heads of, Scratch<Tensor> columns) {
            if (timeFirst) columns.release(of.tensor());
        }
    }

    private Attending() {}

    public static void register(Operators all) {
        all.add(OnnxNode.OWN, ATTENTION, Attending::attention);
    }

    private static Columns columns(NodeCall call, String attribute) {
        return call.attributes().own(attribute, Columns.class).orElseThrow();
    }

    private static ReadyNode attention(NodeCall call) {
        Columns q = columns(call, QUERIES);
        Columns k = columns(call, KEYS);
        Columns v = columns(call, VALUES);
        Shape out = Shape.of(q.rows, q.steps, q.heads, q.size);
        Shape rows = Shape.of(q.rows, q.steps, q.heads * q.size);
        float factor = (float) (call.attributes().real(SCALE, 1) * Math.sqrt(q.size));
        boolean scales = Math.abs(factor - 1) > 1e-6f;
        Kernels kernels = call.kernels();
        AttentionKernels attention = kernels.attention();
        Mask mask = Mask.of(call, out, k.steps);
        boolean timeFirst = call.attributes().flag(TIME_FIRST, false);
        Scratch<Tensor> ofQ = q.copies();
        Scratch<Tensor> ofK = k.copies();
        return ReadyNode.of(Fact.of(ElementType.FLOAT, shape(call, out)), (in, y) -> {
            if (out.size() == 0) return;
            Tensor queries = in[0].tensor();
            if (scales) {
                queries = Tensor.zeros(queries.shape());
                kernels.scale(factor, in[0].tensor(), queries);
            }
            Masking masking = Masking.of(false, Tensor.EMPTY);
            if (mask != null) masking = masking.withAdded(mask.expand(in[3].tensor()));
            Heads headsOfQ = q.of(queries, ofQ);
            Heads headsOfK = k.of(in[1].tensor(), ofK);
            Heads headsOfV = v.of(in[2].tensor(), ofK);
            Tensor result = timeFirst ? ofQ.take() : y[0].tensor().reshape(rows);
            attention.attention(headsOfQ, headsOfK, headsOfV, masking, result, Tensor.EMPTY);
            q.release(headsOfQ, ofQ);
            k.release(headsOfK, ofK);
            v.release(headsOfV, ofK);
            if (!timeFirst) return;
            swap(result, 0, q.heads * q.size, y[0].tensor(), q.rows, q.steps);
            ofQ.release(result);
        });
    }

    /// Copies columns with the first two axes swapped.
    /// @param from `[outer × inner × width]`
    /// @param first the first of the columns
    /// @param to `[inner × outer × columns]`
    private static void swap(Tensor from, int first, int width, Tensor to, int outer, int inner) {
        int columns = to.size() / (outer * inner);
        for (int i = 0; i < outer; i++) {
            for (int j = 0; j < inner; j++) {
                int at = from.offset() + (i * inner + j) * width + first;
                System.arraycopy(from.array(), at, to.array(), to.offset() + (j * outer + i) * columns, columns);
            }
        }
    }

    /// The shape that the graph's other nodes expect.
    private static Shape shape(NodeCall call, Shape usual) {
        return call.attributes().own(SHAPE, Shape.class).orElse(usual);
    }

    /// How a mask is broadcast.
    private record Mask(Broadcast broadcast, Shape shape) {
        static @Nullable Mask of(NodeCall call, Shape q, int keys) {
            if (!call.has(3)) return null;
            Shape given = call.attributes().own(MASK, Shape.class).orElse(call.shape(3));
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

package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Attention of onnxruntime: queries, keys and values are one product of x, and attend to each other in heads.
/// States of earlier steps are not supported.
///
/// The kernels take heads of one size and scale scores by 1/√size. For other settings the weights are made to fit:
/// smaller heads get zeros, and another scale is a factor of the queries' weights.
final class MicrosoftAttention {
    private static final int WEIGHTS = 1; // inputs after x
    private static final int BIAS = 2;
    private static final int MASK = 3;
    private static final int ADDED = 5;

    private final Kernels kernels;
    private final int rows;
    private final int steps;
    private final int heads;
    private final int size; // of a head
    private final int ofQueries; // the size of a head of queries and keys in the file
    private final int ofValues;
    private final float factor; // of the queries' weights
    private final boolean causal;
    private final boolean hasBias;
    private final boolean hasMask;
    private final boolean hasAdded;
    private final float masked; // what is added to the scores of masked keys
    private final @Nullable PackedWeights weights; // null if they are no constant

    private MicrosoftAttention(NodeCall call) {
        Attributes with = call.attributes();
        kernels = call.kernels();
        refuseStates(call);
        for (int i : new int[] {0, WEIGHTS}) call.requireType(i, ElementType.FLOAT);
        call.requireRank(0, 3);
        call.requireRank(WEIGHTS, 2);
        rows = call.shape(0).extent(0);
        steps = call.shape(0).extent(1);
        heads = with.small("num_heads", 0);
        if (heads < 1) throw call.wrong("expects num_heads of at least 1, got " + heads);
        int columns = call.shape(WEIGHTS).extent(1);
        long[] widths = with.integers("qkv_hidden_sizes").orElse(new long[] {columns / 3, columns / 3, columns / 3});
        requireWidths(call, widths, columns);
        ofQueries = (int) (widths[0] / heads);
        ofValues = (int) (widths[2] / heads);
        size = Math.max(ofQueries, ofValues);
        float scale = with.real("scale", 0);
        boolean usual = scale == 0 && size == ofQueries;
        factor = usual ? 1 : (float) ((scale == 0 ? 1 / Math.sqrt(ofQueries) : scale) * Math.sqrt(size));
        causal = with.flag("unidirectional", false);
        masked = with.real("mask_filter_value", -10000);
        hasBias = call.has(BIAS);
        hasMask = call.has(MASK);
        hasAdded = call.has(ADDED);
        if (hasBias) {
            call.requireType(BIAS, ElementType.FLOAT);
            if (!call.shape(BIAS).equals(Shape.of(columns))) {
                throw call.misfit("expects a bias [" + columns + "], got " + call.shape(BIAS));
            }
        }
        if (hasMask) requireMask(call);
        if (hasAdded) requireAdded(call);
        weights = call.packed(WEIGHTS, purpose(), w -> projection(w));
    }

    public static void register(Operators all) {
        all.add(Operators.MICROSOFT, "Attention", call -> {
            var of = new MicrosoftAttention(call);
            Shape y = Shapes.of(call, of.rows, of.steps, (long) of.heads * of.ofValues);
            Shapes.of(call, of.rows, of.steps, 3L * of.heads * of.size);
            return ReadyNode.of(Fact.of(ElementType.FLOAT, y), of::run);
        });
    }

    // -------------------------------------------------------------------------------------------------------- checks

    private static void refuseStates(NodeCall call) {
        if (call.has(4) || call.has(6) || call.wants(1)) throw call.wrong("expects no past and present, got some");
        for (String each : new String[] {"do_rotary", "past_present_share_buffer"}) {
            if (call.attributes().flag(each, false)) throw call.wrong("expects " + each + " 0, got 1");
        }
        if (call.outputs() > 2) throw call.wrong("expects up to 2 outputs, got " + call.outputs());
    }

    private void requireWidths(NodeCall call, long[] widths, int columns) {
        int inputs = call.shape(0).extent(2);
        boolean fits = widths.length == 3 && inputs > 0 && call.shape(WEIGHTS).extent(0) == inputs;
        long sum = 0;
        for (long each : widths) {
            fits &= each > 0 && each <= columns && each % heads == 0;
            sum += each;
        }
        if (fits && sum == columns && widths[0] == widths[1]) return;
        throw call.misfit("expects weights for queries and keys of one width and values, in " + heads + " heads of "
                + call.shape(0) + ", got " + call.shape(WEIGHTS));
    }

    private void requireMask(NodeCall call) {
        call.requireType(MASK, ElementType.INT32);
        Shape mask = call.shape(MASK);
        boolean fits = mask.equals(Shape.of(rows))
                || mask.equals(Shape.of(2 * rows))
                || mask.equals(Shape.of(rows, steps))
                || mask.equals(Shape.of(rows, steps, steps));
        if (!fits) {
            throw call.misfit("expects a mask of " + rows + " lengths, of ends and starts, [rows × keys] or"
                    + " [rows × queries × keys], got " + mask);
        }
    }

    private void requireAdded(NodeCall call) {
        call.requireType(ADDED, ElementType.FLOAT);
        call.requireRank(ADDED, 4);
        Shape added = call.shape(ADDED);
        Shape all = Shapes.of(call, rows, heads, steps, steps);
        boolean fits = added.extent(0) == 1 || added.extent(0) == rows;
        fits &= added.extent(1) == 1 || added.extent(1) == heads;
        if (!fits || added.extent(2) != steps || added.extent(3) != steps) {
            throw call.misfit("expects an attention bias that can be broadcast to " + all + ", got " + added);
        }
    }

    // ------------------------------------------------------------------------------------------------------- weights

    private String purpose() {
        if (isPlain()) return "transposed";
        return "attention of " + heads + " heads of " + ofQueries + " and " + ofValues + ", scaled by " + factor;
    }

    /// Whether weights and biases are used as they are.
    private boolean isPlain() {
        return factor == 1 && ofQueries == ofValues;
    }

    /// The weights `[in × widths]` as `[3·heads·size × in]`.
    private Tensor projection(Tensor w) {
        Tensor turned = Products.transposed(w);
        return isPlain() ? turned : fitted(turned);
    }

    /// Rows of queries, keys and values, with heads of one size and the queries scaled.
    private Tensor fitted(Tensor given) {
        int width = given.size() / given.rows();
        Tensor all = Tensor.zeros(Shape.of(3 * heads * size, width));
        int from = given.offset();
        for (int part = 0; part < 3; part++) {
            int own = part < 2 ? ofQueries : ofValues;
            for (int head = 0; head < heads; head++, from += own * width) {
                int to = (part * heads + head) * size * width;
                System.arraycopy(given.array(), from, all.array(), to, own * width);
            }
        }
        Tensor queries = all.rows(0, heads * size);
        if (factor != 1) kernels.scale(factor, queries, queries);
        return all;
    }

    private Tensor bias(Value... in) {
        if (!hasBias) return Tensor.EMPTY;
        Tensor given = in[BIAS].tensor();
        return isPlain() ? given : fitted(given).reshape(Shape.of(3 * heads * size));
    }

    // ------------------------------------------------------------------------------------------------------- running

    private void run(Value[] in, Value[] out) {
        if (out[0].size() == 0) return;
        PackedWeights w = weights != null ? weights : PackedWeights.changing(projection(in[WEIGHTS].tensor()));
        int width = heads * size;
        Tensor all = Tensor.zeros(Shape.of(rows, steps, 3 * width));
        Shape positions = Shape.of(rows * steps, in[0].shape().extent(2));
        Shape projected = Shape.of(rows * steps, 3 * width);
        kernels.dense(in[0].tensor().reshape(positions), w, bias(in), Activation.IDENTITY, all.reshape(projected));
        Masking masking = Masking.of(causal, Tensor.EMPTY).withAdded(added(in));
        var queries = new Heads(all, 0, heads, size);
        var keys = new Heads(all, width, heads, size);
        var values = new Heads(all, 2 * width, heads, size);
        Tensor y = size == ofValues ? out[0].tensor() : Tensor.zeros(Shape.of(rows, steps, width));
        kernels.attention().attention(queries, keys, values, masking, y, Tensor.EMPTY);
        if (size == ofValues) return;
        float[] to = (float[]) out[0].array();
        for (int i = 0; i < rows * steps * heads; i++) {
            System.arraycopy(y.array(), i * size, to, out[0].offset() + i * ofValues, ofValues);
        }
    }

    /// What is added to the scores; empty for nothing.
    private Tensor added(Value... in) {
        @Nullable Value mask = hasMask ? in[MASK] : null;
        boolean hides = mask != null && hides(mask);
        if (!hasAdded) return hides && mask != null ? ofMask(mask) : Tensor.EMPTY;
        Tensor all = Tensor.zeros(Shape.of(rows, heads, steps, steps));
        Tensor given = in[ADDED].tensor();
        int square = steps * steps;
        Tensor ofRows = hides && mask != null ? ofMask(mask) : Tensor.EMPTY;
        for (int i = 0; i < rows * heads; i++) {
            int row = i / heads % given.shape().extent(0);
            int head = i % heads % given.shape().extent(1);
            int from = given.offset() + (row * given.shape().extent(1) + head) * square;
            for (int j = 0; j < square; j++) {
                float hidden = hides ? ofRows.array()[i / heads * square + j] : 0;
                all.array()[i * square + j] = given.array()[from + j] + hidden;
            }
        }
        return all;
    }

    private boolean hides(Value mask) {
        Elements.Longs of = Elements.longs(mask);
        boolean lengths = mask.shape().rank() == 1;
        for (int i = 0; i < mask.size(); i++) {
            boolean hides = !lengths ? of.get(i) <= 0 : i < rows ? of.get(i) < steps : of.get(i) > 0;
            if (hides) return true;
        }
        return false;
    }

    /// A mask as what is added to the scores, `[rows × queries × keys]`.
    private Tensor ofMask(Value mask) {
        Tensor added = Tensor.zeros(Shape.of(rows, steps, steps));
        Elements.Longs of = Elements.longs(mask);
        for (int i = 0; i < added.size(); i++) {
            int key = i % steps;
            int row = i / steps / steps;
            boolean sees = switch (mask.shape().rank()) {
                case 1 -> key < of.get(row) && (mask.size() == rows || key >= of.get(rows + row));
                case 2 -> of.get(row * steps + key) > 0;
                default -> of.get(i) > 0;
            };
            if (!sees) added.array()[i] = masked;
        }
        return added;
    }
}

package dev.neurite.onnx.op.nn;

import dev.neurite.error.DataException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.math.FusedMatMul;
import dev.neurite.onnx.op.math.PointwiseOperators;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// onnxruntime's own operators, which its optimizer puts into models of transformers. All take floats.
public final class Microsoft {
    private static final float EPSILON = 1e-12f; // of normalization

    private static final int SEGMENTS = 1; // inputs of EmbedLayerNormalization after the ids of words
    private static final int WORD_TABLE = 2;
    private static final int POSITION_TABLE = 3;
    private static final int SEGMENT_TABLE = 4;
    private static final int GAMMA = 5;
    private static final int BETA = 6;
    private static final int MASK = 7;
    private static final int POSITIONS = 8;

    private Microsoft() {}

    public static void register(Operators all) {
        all.add(Operators.MICROSOFT, "Gelu", call -> activated(call, Activation.GELU));
        all.add(Operators.MICROSOFT, "BiasGelu", call -> shifted(call, Activation.GELU));
        all.add(Operators.MICROSOFT, "FastGelu", call -> shifted(call, Activation.GELU_TANH));
        all.add(Operators.MICROSOFT, "QuickGelu", Microsoft::quickGelu);
        all.add(Operators.MICROSOFT, "SkipLayerNormalization", Microsoft::skipLayer);
        all.add(Operators.MICROSOFT, "EmbedLayerNormalization", Microsoft::embedLayer);
        FusedMatMul.register(all);
        MicrosoftAttention.register(all);
    }

    // --------------------------------------------------------------------------------------------------- activations

    private static ReadyNode activated(NodeCall call, Elementwise g) {
        call.requireType(0, ElementType.FLOAT);
        return PointwiseOperators.activation(call, g);
    }

    /// y = g(x + bias), with a bias for each index of the last axis.
    private static ReadyNode shifted(NodeCall call, Elementwise g) {
        if (!call.has(1)) return activated(call, g);
        call.requireType(0, ElementType.FLOAT);
        call.requireSameTypes(0, 1);
        Shape x = call.shape(0);
        Shape bias = call.shape(1);
        if (x.rank() == 0 || !bias.equals(Shape.of(x.extent(x.rank() - 1)))) {
            throw call.misfit("expects a bias for the last axis of " + x + ", got " + bias);
        }
        Shape rows = rows(x);
        Kernels kernels = call.kernels();
        return ReadyNode.of(Fact.of(ElementType.FLOAT, x), (in, out) -> {
            if (x.size() == 0) return;
            Tensor y = out[0].tensor().reshape(rows);
            kernels.shiftColumns(in[0].tensor().reshape(rows), in[1].tensor(), y);
            kernels.activations().activate(g, y, y);
        });
    }

    /// The shape with all axes but the last as one.
    private static Shape rows(Shape x) {
        int columns = x.extent(x.rank() - 1);
        return Shape.of(columns == 0 ? 0 : x.size() / columns, columns);
    }

    /// y = x·sigmoid(α·x).
    private static ReadyNode quickGelu(NodeCall call) {
        float alpha = call.attributes().real("alpha", 1.702f);
        if (alpha == 1) return activated(call, Activation.SILU);
        call.requireType(0, ElementType.FLOAT);
        Kernels kernels = call.kernels();
        return ReadyNode.of(Fact.of(ElementType.FLOAT, call.shape(0)), (in, out) -> {
            Tensor y = out[0].tensor();
            kernels.scale(alpha, in[0].tensor(), y);
            kernels.activations().activate(Activation.SIGMOID, y, y);
            kernels.multiply(in[0].tensor(), y, y);
        });
    }

    // ------------------------------------------------------------------------------------------------- normalization

    private static void requireVector(NodeCall call, int input, int size) {
        call.requireType(input, ElementType.FLOAT);
        if (!call.shape(input).equals(Shape.of(size))) {
            throw call.misfit("expects input " + input + " [" + size + "], got " + call.shape(input));
        }
    }

    /// Layer normalization of input + skip + bias. Further outputs are means, 1 / deviations, and that sum.
    private static ReadyNode skipLayer(NodeCall call) {
        Shape x = call.shape(0);
        Shape skip = call.shape(1);
        for (int i = 0; i <= 1; i++) call.requireType(i, ElementType.FLOAT);
        if (x.rank() < 2 || x.extent(x.rank() - 1) == 0) throw call.misfit("expects rows of features, got " + x);
        int width = x.extent(x.rank() - 1);
        for (int i = 2; i <= 4; i++) if (i == 2 || call.has(i)) requireVector(call, i, width);
        if (!isLastPart(skip, x)) throw call.misfit("expects a skip of " + x + " or its last axes, got " + skip);
        if (call.outputs() > 4) throw call.wrong("expects up to 4 outputs, got " + call.outputs());
        float epsilon = call.attributes().real("epsilon", EPSILON);
        Kernels kernels = call.kernels();
        Shape rows = rows(x);
        Shape part = Shape.of(skip.size() / width, width);
        boolean hasShift = call.has(3);
        boolean hasBias = call.has(4);
        Fact sums = Fact.of(ElementType.FLOAT, x);
        Fact ofRows = Fact.of(ElementType.FLOAT, Shapes.with(call, x, x.rank() - 1, 1));
        List<Fact> facts = List.of(sums, ofRows, ofRows, sums);
        return ReadyNode.of(facts.subList(0, Math.max(1, call.outputs())), (in, out) -> {
            if (x.size() == 0) return;
            Tensor sum = optional(out, 3, x).reshape(rows);
            Tensor from = in[0].tensor().reshape(rows);
            Tensor other = in[1].tensor().reshape(part);
            int some = part.extent(0);
            for (int row = 0; row < rows.extent(0); row += some) {
                kernels.add(from.rows(row, row + some), other, sum.rows(row, row + some));
            }
            if (hasBias) kernels.shiftColumns(sum, in[4].tensor(), sum);
            Tensor b = hasShift ? in[3].tensor() : Tensor.EMPTY;
            Tensor mean = optional(out, 1, ofRows.shape());
            Tensor factor = optional(out, 2, ofRows.shape());
            Tensor y = optional(out, 0, x).reshape(rows);
            kernels.norms().normalizeSpans(sum, width, 1, epsilon, in[2].tensor(), b, mean, factor, y);
        });
    }

    /// An output, or as many floats if it is not wanted.
    private static Tensor optional(Value[] out, int place, Shape shape) {
        Value wanted = Work.optional(out, place);
        return wanted == null ? Tensor.zeros(shape) : wanted.tensor();
    }

    /// Whether a shape, without ones at its beginning, is that of the last axes.
    private static boolean isLastPart(Shape part, Shape whole) {
        List<Integer> extents = part.extents();
        while (!extents.isEmpty() && extents.getFirst() == 1) extents = extents.subList(1, extents.size());
        int first = whole.rank() - extents.size();
        boolean wide = part.rank() > 0 && part.extent(part.rank() - 1) == whole.extent(whole.rank() - 1);
        return wide
                && first >= 0
                && whole.extents().subList(first, whole.rank()).equals(extents);
    }

    // ---------------------------------------------------------------------------------------------------- embeddings

    /// Layer normalization of the sum of the embeddings of words, positions and segments. A second output counts
    /// the words of each row, those whose mask is 1; a third one is the sum.
    private static ReadyNode embedLayer(NodeCall call) {
        call.requireRank(0, 2);
        Shape ids = call.shape(0);
        for (int i : new int[] {0, SEGMENTS, MASK, POSITIONS}) {
            if (!call.has(i)) continue;
            call.requireType(i, ElementType.INT32);
            boolean shared = i == POSITIONS && call.shape(i).equals(Shape.of(1, ids.extent(1)));
            if (!shared && !call.shape(i).equals(ids)) {
                throw call.misfit("expects input " + i + " " + ids + ", got " + call.shape(i));
            }
        }
        call.requireRank(WORD_TABLE, 2);
        int width = call.shape(WORD_TABLE).extent(1);
        if (call.has(SEGMENTS) != call.has(SEGMENT_TABLE)) {
            throw call.misfit("expects segments and a table of them, or neither");
        }
        for (int i : new int[] {WORD_TABLE, POSITION_TABLE, SEGMENT_TABLE}) {
            if (!call.has(i) && i == SEGMENT_TABLE) continue;
            call.requireRank(i, 2);
            call.requireType(i, ElementType.FLOAT);
            if (call.shape(i).extent(1) != width) {
                throw call.misfit("expects tables of " + width + " columns, got " + call.shape(i));
            }
        }
        requireVector(call, GAMMA, width);
        requireVector(call, BETA, width);
        Shape sums = Shapes.of(call, ids.extent(0), ids.extent(1), width);
        List<Fact> facts = List.of(
                Fact.of(ElementType.FLOAT, sums),
                Fact.of(ElementType.INT32, Shape.of(ids.extent(0))),
                Fact.of(ElementType.FLOAT, sums));
        if (call.outputs() > 3) throw call.wrong("expects up to 3 outputs, got " + call.outputs());
        float epsilon = call.attributes().real("epsilon", EPSILON);
        Kernels kernels = call.kernels();
        String label = call.node().label();
        Shape rows = Shape.of(ids.size(), width);
        return ReadyNode.of(facts.subList(0, Math.max(1, call.outputs())), (in, out) -> {
            Tensor sum = optional(out, 2, sums).reshape(rows);
            Value counts = Work.optional(out, 1);
            if (counts != null) count(Work.optional(in, MASK), ids, counts);
            if (sum.size() == 0) return;
            embed(label, in, sum);
            Tensor mean = Tensor.zeros(Shape.of(ids.size()));
            Tensor factor = Tensor.zeros(Shape.of(ids.size()));
            Tensor y = optional(out, 0, sums).reshape(rows);
            kernels.norms()
                    .normalizeSpans(sum, width, 1, epsilon, in[GAMMA].tensor(), in[BETA].tensor(), mean, factor, y);
        });
    }

    private static void embed(String label, Value[] in, Tensor sums) {
        int length = in[0].shape().extent(1);
        Value segments = Work.optional(in, SEGMENTS);
        Value positions = Work.optional(in, POSITIONS);
        for (int i = 0; i < sums.rows(); i++) {
            long position = positions != null ? positions.integer(i % positions.size()) : i % length;
            add(label, in[WORD_TABLE], in[0].integer(i), sums, i, false);
            add(label, in[POSITION_TABLE], position, sums, i, true);
            if (segments != null) add(label, in[SEGMENT_TABLE], segments.integer(i), sums, i, true);
        }
    }

    /// Adds a row of a table to a row of sums, or sets it.
    private static void add(String label, Value table, long id, Tensor sums, int row, boolean adds) {
        int width = table.shape().extent(1);
        int count = table.shape().extent(0);
        if (id < 0 || id >= count) {
            throw new DataException(label, "expects ids from 0 to " + (count - 1) + ", got " + id);
        }
        float[] from = (float[]) table.array();
        float[] to = sums.array();
        int x = table.offset() + (int) id * width;
        int y = sums.offset() + row * width;
        if (adds) for (int j = 0; j < width; j++) to[y + j] += from[x + j];
        else System.arraycopy(from, x, to, y, width);
    }

    private static void count(@Nullable Value mask, Shape ids, Value out) {
        int length = ids.extent(1);
        for (int row = 0; row < ids.extent(0); row++) {
            int words = 0;
            for (int i = 0; mask != null && i < length; i++) if (mask.integer(row * length + i) == 1) words++;
            Elements.longWriter(out).set(row, words);
        }
    }
}

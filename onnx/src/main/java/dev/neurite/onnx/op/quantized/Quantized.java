package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.shape.Casting;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.NarrowFloat;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Numbers as bytes: x ≈ (y − zero)·scale, with y rounded to the nearest, half to the even one.
public final class Quantized {
    private static final float MAGIC = 0x1.8p23f; // x + MAGIC − MAGIC is x rounded, for |x| < 2²²

    private static final Set<ElementType> STORED = Set.of(
            ElementType.INT16,
            ElementType.UINT16,
            ElementType.INT8,
            ElementType.UINT8,
            ElementType.INT4,
            ElementType.UINT4);
    private static final Set<ElementType> READ =
            Stream.concat(STORED.stream(), Stream.of(ElementType.INT32)).collect(Collectors.toUnmodifiableSet());

    private Quantized() {}

    public static void register(Operators all) {
        all.add("QuantizeLinear", Quantized::quantize);
        all.add("DequantizeLinear", Quantized::dequantize);
        all.add("DynamicQuantizeLinear", Quantized::dynamic);
        Centering.register(all);
        IntegerMatMul.register(all);
        RequantizedProduct.register(all);
        QuantizedDense.register(all);
        IntegerConvolving.register(all);
        QuantizedOperators.register(all);
    }

    /// The least number of a type of bytes.
    public static int least(ElementType type) {
        return type == ElementType.INT8 ? Byte.MIN_VALUE : 0;
    }

    /// The highest number of a type of bytes.
    public static int most(ElementType type) {
        return type == ElementType.INT8 ? Byte.MAX_VALUE : 255;
    }

    /// The byte that stands for a number.
    static byte nearest(double scaled, int zero, ElementType type) {
        return (byte) Math.max(least(type), Math.min(most(type), Math.rint(scaled) + zero));
    }

    /// The nearest integer to a number, clipped to bounds within ±2²¹.
    static float nearest(float x, float least, float most) {
        return Math.min(most, Math.max(least, x)) + MAGIC - MAGIC;
    }

    /// The elements as integers; a single 0 if there is no value.
    public static int[] integers(@Nullable Value of) {
        if (of == null) return new int[1];
        Elements.Longs from = Elements.longs(of);
        int[] all = new int[of.size()];
        for (int i = 0; i < all.length; i++) all[i] = (int) from.get(i);
        return all;
    }

    // -------------------------------------------------------------------------------------------------- granularity

    /// Which scale and zero point the elements of an array have.
    /// @param outer the product of the extents before the axis
    /// @param extent that of the axis
    /// @param inner the product of those after it
    /// @param block the neighbors along the axis that share a scale
    /// @param whole whether there is one scale for all
    /// @param grid whether there are scales for all outer and inner places, not for the axis alone
    private record Granularity(int outer, int extent, int inner, int block, boolean whole, boolean grid) {
        static Granularity of(NodeCall call) {
            Shape x = call.shape(0);
            Shape scale = call.shape(1);
            long block = call.attributes().integer("block_size", 0);
            call.requireType(1, ElementType.FLOAT);
            boolean single = scale.rank() <= 1 && scale.size() == 1;
            boolean fits = !call.has(2)
                    || call.shape(2).equals(scale)
                    || (single && call.shape(2).size() == 1);
            if (!fits) {
                throw call.misfit("expects as many zero points as scales " + scale + ", got " + call.shape(2));
            }
            if (block == 0 && single) return new Granularity(1, 1, x.size(), 1, true, false);
            if (block < 0 || (block == 0 && (scale.rank() != 1 || call.version() < 13))) {
                throw call.misfit(
                        "expects one scale or, from version 13 on, one for each index of an axis, got " + scale);
            }
            int axis = call.axis(call.attributes().integer("axis", 1), x.rank());
            int length = (int) Math.min(Integer.MAX_VALUE, Math.max(1, block));
            int[] extents = block == 0
                    ? new int[] {x.extent(axis)}
                    : x.extents().stream().mapToInt(Integer::intValue).toArray();
            if (block != 0) extents[axis] = Math.ceilDiv(extents[axis], length);
            if (!scale.equals(Shape.of(extents))) {
                throw call.misfit("expects scales " + Shape.of(extents) + " for " + x + ", got " + scale);
            }
            int outer = 1;
            int inner = 1;
            for (int i = 0; i < x.rank(); i++) {
                if (i < axis) outer *= x.extent(i);
                if (i > axis) inner *= x.extent(i);
            }
            return new Granularity(outer, x.extent(axis), inner, length, false, block != 0);
        }

        /// Elements whose scales are the same or neighbors.
        interface Run {
            /// @param at the first element
            /// @param scale its scale
            /// @param step 1 if the next element has the next scale, else 0
            void run(int at, int scale, int step, int count);
        }

        void forEach(Run work) {
            if (whole) {
                work.run(0, 0, 0, inner);
                return;
            }
            int blocks = Math.ceilDiv(extent, block);
            for (int i = 0; i < outer; i++) {
                if (inner == 1 && !grid) {
                    work.run(i * extent, 0, 1, extent);
                    continue;
                }
                for (int k = 0; k < extent; k++) {
                    int scale = grid ? (i * blocks + k / block) * inner : k;
                    work.run((i * extent + k) * inner, scale, grid ? 1 : 0, inner);
                }
            }
        }
    }

    // --------------------------------------------------------------------------------------------------- to integers

    private static ReadyNode quantize(NodeCall call) {
        call.requireType(0, ElementType.FLOAT, ElementType.INT32);
        var granularity = Granularity.of(call);
        ElementType type = call.has(2) ? call.type(2) : ElementType.UINT8;
        int code = call.attributes().small("output_dtype", 0);
        if (code != 0 && !call.has(2)) {
            type = ElementType.ofCode(code).orElseThrow(() -> call.wrong("expects output_dtype 2 or 3, got " + code));
        }
        NarrowFloat narrow = type != ElementType.FLOAT ? null : narrow(call, code);
        boolean known = narrow != null || STORED.contains(type);
        if (!known || (narrow == null && code != 0 && code != type.code())) {
            throw call.wrong("expects integers of 4 to 16 bits, or floats of 8 bits, as the type of the result and the "
                    + "zero point, got " + type + (code == 0 ? "" : " and output_dtype " + code));
        }
        ElementType to = type;
        if (narrow != null) return toFloats(call, granularity, narrow);
        if (to != ElementType.INT8 && to != ElementType.UINT8) return toIntegers(call, granularity, to);
        Kernels kernels = call.kernels();
        return ReadyNode.of(Fact.of(to, call.shape(0)), (in, out) -> {
            float[] scales = in[1].floats();
            int[] zeros = integers(Work.optional(in, 2));
            if (in[0].type() == ElementType.INT32) {
                wholes(granularity, (int[]) in[0].array(), in[0].offset(), scales, zeros, out[0]);
                return;
            }
            float[] x = (float[]) in[0].array();
            int at = in[0].offset();
            if (granularity.whole) {
                quantize(kernels, x, at, scales[0], zeros[0], out[0]);
                return;
            }
            byte[] y = (byte[]) out[0].array();
            int yo = out[0].offset();
            granularity.forEach((first, k, step, count) -> {
                for (int i = 0; i < (step == 0 ? 1 : count); i++) {
                    int zero = zeros[Math.min(zeros.length - 1, k + i)];
                    int n = step == 0 ? count : 1;
                    quantize(x, at + first + i, scales[k + i], zero, to, y, yo + first + i, n);
                }
            });
        });
    }

    /// The floats of 8 bits that a node says by its attribute, or by the type of its zero point.
    private static @Nullable NarrowFloat narrow(NodeCall call, int code) {
        int given = code != 0 ? code : call.attributes().small(NodeCall.NARROW, 0);
        return NarrowFloat.ofCode(given).filter(each -> each.bytes() == 1).orElse(null);
    }

    private static ReadyNode toFloats(NodeCall call, Granularity granularity, NarrowFloat narrow) {
        boolean saturates = call.attributes().flag("saturate", true);
        return ReadyNode.of(Fact.of(ElementType.FLOAT, call.shape(0)), (in, out) -> {
            float[] scales = in[1].floats();
            float[] zeros = Work.optional(in, 2) == null ? new float[1] : in[2].floats();
            Elements.Doubles x = Elements.doubles(in[0]);
            Elements.DoubleWriter y = Elements.doubleWriter(out[0]);
            granularity.forEach((first, k, step, count) -> {
                for (int i = 0; i < count; i++) {
                    int scale = k + i * step;
                    float scaled = (float) x.get(first + i) / scales[scale] + zeros[Math.min(zeros.length - 1, scale)];
                    y.set(first + i, narrow.nearest(scaled, saturates));
                }
            });
        });
    }

    private static ReadyNode toIntegers(NodeCall call, Granularity granularity, ElementType to) {
        long least = Casting.least(to);
        long most = Casting.greatest(to);
        return ReadyNode.of(Fact.of(to, call.shape(0)), (in, out) -> {
            float[] scales = in[1].floats();
            int[] zeros = integers(Work.optional(in, 2));
            Elements.Doubles x = Elements.doubles(in[0]);
            Elements.LongWriter y = Elements.longWriter(out[0]);
            granularity.forEach((first, k, step, count) -> {
                for (int i = 0; i < count; i++) {
                    int scale = k + i * step;
                    double near = Math.rint((float) x.get(first + i) / scales[scale]);
                    int zero = zeros[Math.min(zeros.length - 1, scale)];
                    y.set(first + i, (long) Math.clamp(near + zero, (double) least, (double) most));
                }
            });
        });
    }

    private static void wholes(Granularity of, int[] x, int at, float[] scales, int[] zeros, Value out) {
        byte[] y = (byte[]) out.array();
        of.forEach((first, k, step, count) -> {
            for (int i = 0; i < count; i++) {
                int scale = k + i * step;
                int zero = zeros[Math.min(zeros.length - 1, scale)];
                y[out.offset() + first + i] = nearest(x[at + first + i] / (double) scales[scale], zero, out.type());
            }
        });
    }

    /// All elements with one scale.
    static void quantize(Kernels kernels, float[] x, int at, float scale, int zero, Value out) {
        byte[] y = (byte[]) out.array();
        int yo = out.offset();
        ElementType type = out.type();
        kernels.update(0, out.size(), (from, to) -> quantize(x, at + from, scale, zero, type, y, yo + from, to - from));
    }

    /// Bytes of sums: the nearest of each times a factor, both as floats.
    static void requantize(int[] sums, int at, int count, float factor, int zero, ElementType type, byte[] y, int to) {
        float low = least(type) - zero;
        float high = most(type) - zero;
        for (int i = 0; i < count; i++) {
            y[to + i] = (byte) ((int) nearest(sums[at + i] * factor, low, high) + zero);
        }
    }

    private static void quantize(
            float[] x, int at, float scale, int zero, ElementType type, byte[] y, int to, int count) {
        float low = least(type) - zero;
        float high = most(type) - zero;
        for (int i = 0; i < count; i++) {
            y[to + i] = (byte) ((int) nearest(x[at + i] / scale, low, high) + zero);
        }
    }

    /// The least and the highest of some numbers and 0; NaN if one is. Thread-safe.
    private static final class Range {
        float least;
        float most;

        void add(float[] x, int from, int to) {
            float low = 0;
            float high = 0;
            for (int i = from; i < to; i++) {
                low = Math.min(low, x[i]);
                high = Math.max(high, x[i]);
            }
            synchronized (this) {
                least = Math.min(least, low);
                most = Math.max(most, high);
            }
        }
    }

    /// The scale and the zero point follow from the least and the highest element, and 0.
    private static ReadyNode dynamic(NodeCall call) {
        call.requireType(0, ElementType.FLOAT);
        Kernels kernels = call.kernels();
        List<Fact> facts = List.of(
                Fact.of(ElementType.UINT8, call.shape(0)),
                Fact.of(ElementType.FLOAT, Shape.SCALAR),
                Fact.of(ElementType.UINT8, Shape.SCALAR));
        if (call.outputs() > 3) throw call.wrong("expects up to 3 outputs, got " + call.outputs());
        return ReadyNode.of(facts.subList(0, Math.max(1, call.outputs())), (in, out) -> {
            float[] x = (float[]) in[0].array();
            var range = new Range();
            kernels.update(in[0].offset(), in[0].offset() + in[0].size(), (from, to) -> range.add(x, from, to));
            float scale = range.most == range.least ? 1 : (range.most - range.least) / 255;
            int zero = (int) Math.rint(Math.min(255, Math.max(0, -range.least / scale)));
            if (out[0] != null) quantize(kernels, x, in[0].offset(), scale, zero, out[0]);
            Value ofScale = Work.optional(out, 1);
            if (ofScale != null) Elements.doubleWriter(ofScale).set(0, scale);
            Value ofZero = Work.optional(out, 2);
            if (ofZero != null) Elements.longWriter(ofZero).set(0, zero);
        });
    }

    // ----------------------------------------------------------------------------------------------------- to floats

    private static ReadyNode dequantize(NodeCall call) {
        if (call.type(0) != ElementType.FLOAT) call.requireType(0, READ);
        if (call.has(2)) call.requireSameTypes(0, 2);
        var granularity = Granularity.of(call);
        Kernels kernels = call.kernels();
        if (call.type(0) == ElementType.FLOAT) return ofFloats(call, granularity);
        return ReadyNode.of(Fact.of(ElementType.FLOAT, call.shape(0)), (in, out) -> {
            float[] scales = in[1].floats();
            int[] zeros = integers(Work.optional(in, 2));
            float[] y = (float[]) out[0].array();
            int yo = out[0].offset();
            if (granularity.whole && in[0].array() instanceof byte[]) { // of 8 or 4 bits
                dequantize(kernels, in[0], zeros[0], scales[0], y, yo);
                return;
            }
            Elements.Longs x = Elements.longs(in[0]);
            granularity.forEach((first, k, step, count) -> {
                for (int i = 0; i < count; i++) {
                    int scale = k + i * step;
                    long zero = zeros[Math.min(zeros.length - 1, scale)];
                    y[yo + first + i] = (x.get(first + i) - zero) * scales[scale];
                }
            });
        });
    }

    /// Bytes that have one scale.
    static void dequantize(Kernels kernels, Value of, int zero, float scale, float[] y, int yo) {
        byte[] x = (byte[]) of.array();
        int at = of.offset();
        int mask = of.type() == ElementType.UINT8 ? 0xff : -1;
        kernels.update(0, of.size(), (from, to) -> {
            for (int i = from; i < to; i++) y[yo + i] = ((x[at + i] & mask) - zero) * scale;
        });
    }

    /// Floats of 8 bits, which are read as floats.
    private static ReadyNode ofFloats(NodeCall call, Granularity granularity) {
        return ReadyNode.of(Fact.of(ElementType.FLOAT, call.shape(0)), (in, out) -> {
            float[] scales = in[1].floats();
            float[] zeros = Work.optional(in, 2) == null ? new float[1] : in[2].floats();
            Elements.Doubles x = Elements.doubles(in[0]);
            float[] y = (float[]) out[0].array();
            granularity.forEach((first, k, step, count) -> {
                for (int i = 0; i < count; i++) {
                    int scale = k + i * step;
                    float zero = zeros[Math.min(zeros.length - 1, scale)];
                    y[out[0].offset() + first + i] = ((float) x.get(first + i) - zero) * scales[scale];
                }
            });
        });
    }
}

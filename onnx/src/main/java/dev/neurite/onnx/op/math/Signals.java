package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.Interrupts;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.shape.Casting;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/// Operators of signals: DFT, STFT, windows and MelWeightMatrix. A complex number is two elements of the last axis.
final class Signals {
    private Signals() {}

    static void register(Operators all) {
        all.add("DFT", Signals::dft);
        all.add("STFT", Signals::stft);
        all.add("HannWindow", call -> window(call, x -> 0.5 - 0.5 * Math.cos(x)));
        all.add("HammingWindow", call -> window(call, x -> 25 / 46.0 - 21 / 46.0 * Math.cos(x)));
        all.add("BlackmanWindow", call -> window(call, x -> 0.42 - 0.5 * Math.cos(x) + 0.08 * Math.cos(2 * x)));
        all.add("MelWeightMatrix", Signals::mel);
    }

    private static ElementType outputType(NodeCall call) {
        ElementType type =
                call.attributes().has("output_datatype") ? Casting.type(call, "output_datatype") : ElementType.FLOAT;
        if (!type.isFloating() && !type.isInteger())
            throw call.wrong("expects an output_datatype of numbers, got " + type);
        return type;
    }

    private static void set(Value y, int index, double x) {
        if (y.type().isFloating()) Elements.doubleWriter(y).set(index, x);
        else Elements.longWriter(y).set(index, (long) x);
    }

    private static int small(NodeCall call, int input, int least) {
        long given = Shapes.only(call, input).integer(0);
        if (given >= least && given <= 1 << 28) return (int) given;
        throw call.misfit("expects input " + input + " from " + least + " to 2²⁸, got " + given);
    }

    private static ReadyNode window(NodeCall call, DoubleUnaryOperator f) {
        call.requireType(0, ElementType.INT64, ElementType.INT32);
        int size = small(call, 0, 0);
        double period = call.attributes().flag("periodic", true) ? size : size - 1;
        return ReadyNode.of(Fact.of(outputType(call), Shape.of(size)), (_, out) -> {
            for (int i = 0; i < size; i++) set(out[0], i, f.applyAsDouble(2 * Math.PI * i / period));
        });
    }

    private static ReadyNode mel(NodeCall call) {
        for (int i = 0; i < 3; i++) call.requireType(i, ElementType.INT64, ElementType.INT32);
        int bands = small(call, 0, 1);
        int length = small(call, 1, 1);
        long rate = small(call, 2, 1);
        double low = 2595 * Math.log10(1 + Shapes.real(call, 3) / 700);
        double high = 2595 * Math.log10(1 + Shapes.real(call, 4) / 700);
        int bins = length / 2 + 1;
        int[] edges = new int[bands + 2];
        for (int i = 0; i < edges.length; i++) {
            double hertz = 700 * (Math.pow(10, (low + i * (high - low) / edges.length) / 2595) - 1);
            double bin = Math.floor((length + 1) * hertz / rate);
            if (!(bin >= 0 && bin < bins))
                throw call.misfit("expects edges below half of the rate, got " + hertz + " Hz");
            edges[i] = (int) bin;
        }
        return ReadyNode.of(Fact.of(outputType(call), Shapes.of(call, bins, bands)), (_, out) -> {
            for (int i = 0; i < bins * bands; i++) set(out[0], i, 0);
            for (int i = 0; i < bands; i++) {
                int left = edges[i];
                int center = edges[i + 1];
                int right = edges[i + 2];
                if (center == left) set(out[0], center * bands + i, 1);
                else
                    for (int k = left; k <= center; k++)
                        set(out[0], k * bands + i, (k - left) / (double) (center - left));
                for (int k = center; k < right; k++)
                    set(out[0], k * bands + i, (right - k) / (double) (right - center));
            }
        });
    }

    // ------------------------------------------------------------------------------------------------------ transforms

    private static void requireSignal(NodeCall call) {
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        Shape x = call.shape(0);
        int rank = x.rank();
        if (rank < 2 || (x.extent(rank - 1) != 1 && x.extent(rank - 1) != 2)) {
            throw call.misfit("expects a signal whose last axis has 1 or 2 elements, got " + x);
        }
    }

    private static ReadyNode dft(NodeCall call) {
        requireSignal(call);
        Shape x = call.shape(0);
        long given = call.version() < 20
                ? call.attributes().integer("axis", 1)
                : call.has(2) ? Shapes.only(call, 2).integer(0) : -2;
        int axis = call.axis(given, x.rank());
        if (axis == x.rank() - 1)
            throw call.misfit("expects an axis of the signal, got the last one, of complex numbers");
        int length = call.has(1) ? small(call, 1, 1) : x.extent(axis);
        boolean inverse = call.attributes().flag("inverse", false);
        int count = call.attributes().flag("onesided", false) ? length / 2 + 1 : length;
        long[] extents = Shapes.extents(x);
        extents[axis] = count;
        extents[x.rank() - 1] = 2;
        Shape shape = Shapes.of(call, extents);
        int parts = x.extent(x.rank() - 1);
        int inner = (int) Shapes.product(x, axis + 1, x.rank() - 1);
        int outer = (int) Shapes.product(x, 0, axis);
        int taken = Math.min(length, x.extent(axis));
        return ReadyNode.of(Fact.of(call.type(0), shape), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            var transform = new Fourier(length, inverse);
            double[] real = new double[length];
            double[] imaginary = new double[length];
            for (int k = 0; k < outer * inner; k++) {
                Interrupts.check(call.node().label());
                Arrays.fill(real, 0);
                Arrays.fill(imaginary, 0);
                for (int i = 0; i < taken; i++) {
                    int at = ((k / inner * x.extent(axis) + i) * inner + k % inner) * parts;
                    real[i] = from.get(at);
                    if (parts == 2) imaginary[i] = from.get(at + 1);
                }
                transform.run(real, imaginary);
                for (int i = 0; i < count; i++) {
                    int at = ((k / inner * count + i) * inner + k % inner) * 2;
                    to.set(at, inverse ? real[i] / length : real[i]);
                    to.set(at + 1, inverse ? imaginary[i] / length : imaginary[i]);
                }
            }
        });
    }

    private static ReadyNode stft(NodeCall call) {
        requireSignal(call);
        call.requireRank(0, 3);
        Shape x = call.shape(0);
        int samples = x.extent(1);
        int step = small(call, 1, 1);
        int ofWindow = call.has(2) ? call.shape(2).size() : samples;
        int length = call.has(3) ? small(call, 3, 1) : ofWindow;
        if (call.has(2)) call.requireSameTypes(0, 2);
        if ((call.has(2) && ofWindow != length) || length < 1 || length > samples) {
            throw call.misfit("expects a window of the length of frames, from 1 to " + samples + ", got " + ofWindow
                    + " and " + length);
        }
        int frames = 1 + (samples - length) / step;
        int count = call.attributes().flag("onesided", true) ? length / 2 + 1 : length;
        int parts = x.extent(2);
        Shape shape = Shapes.of(call, x.extent(0), frames, count, 2);
        return ReadyNode.of(Fact.of(call.type(0), shape), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.Doubles window = in.length > 2 && in[2] != null ? Elements.doubles(in[2]) : _ -> 1;
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            var transform = new Fourier(length, false);
            double[] real = new double[length];
            double[] imaginary = new double[length];
            for (int k = 0; k < x.extent(0) * frames; k++) {
                Interrupts.check(call.node().label());
                int first = k / frames * samples + k % frames * step;
                for (int i = 0; i < length; i++) {
                    real[i] = from.get((first + i) * parts) * window.get(i);
                    imaginary[i] = parts == 2 ? from.get((first + i) * parts + 1) * window.get(i) : 0;
                }
                transform.run(real, imaginary);
                for (int i = 0; i < count; i++) {
                    to.set((k * count + i) * 2, real[i]);
                    to.set((k * count + i) * 2 + 1, imaginary[i]);
                }
            }
        });
    }
}

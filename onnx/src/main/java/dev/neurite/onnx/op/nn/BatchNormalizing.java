package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// BatchNormalization: y = (x − mean) / √(variance + ε)·scale + bias, with each channel's own.
///
/// In training mode mean and variance are those of x, as where PyTorch keeps no running ones, and further outputs
/// are their averages with those that are given.
final class BatchNormalizing {
    private static final int SCALE = 1; // inputs after x
    private static final int BIAS = 2;
    private static final int MEAN = 3;
    private static final int VARIANCE = 4;

    private final Kernels kernels;
    private final int channels;
    private final float epsilon;
    private final float momentum;
    private final boolean trains;

    private BatchNormalizing(NodeCall call, int channels, boolean trains) {
        kernels = call.kernels();
        this.channels = channels;
        this.trains = trains;
        epsilon = call.attributes().real("epsilon", 1e-5f);
        momentum = call.attributes().real("momentum", 0.9f);
    }

    static void register(Operators all) {
        all.add("BatchNormalization", BatchNormalizing::step);
    }

    private static ReadyNode step(NodeCall call) {
        boolean trains = call.attributes().flag("training_mode", false);
        if (call.version() < 7 && !call.attributes().flag("is_test", false)) {
            throw call.wrong("expects a model that predicts, got one in training mode");
        }
        if (!call.attributes().flag("spatial", true)) throw call.wrong("expects spatial 1, got 0");
        for (int i = 1; i < call.outputs() && !trains; i++) {
            if (call.wants(i)) throw call.wrong("expects one output, as in a model that predicts, got more");
        }
        Fact x = call.in(0);
        if (x.shape().rank() < 2) throw call.misfit("expects x [rows × channels × …], got " + x.shape());
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        int channels = x.shape().extent(1);
        boolean single = x.type() == ElementType.FLOAT;
        for (int i = SCALE; i <= VARIANCE; i++) {
            call.requireType(i, ElementType.FLOAT, ElementType.DOUBLE);
            single &= call.type(i) == ElementType.FLOAT;
            if (!call.shape(i).equals(Shape.of(channels))) {
                throw call.misfit("expects input " + i + " [" + channels + "], got " + call.shape(i));
            }
        }
        var of = new BatchNormalizing(call, channels, trains);
        Fact y = single ? x.withoutValue() : Fact.of(x.type(), x.shape());
        Work work = single ? of::floats : of::reals;
        return ReadyNode.of(
                trains ? List.of(y, of.statistics(call, MEAN), of.statistics(call, VARIANCE)) : List.of(y), work);
    }

    private Fact statistics(NodeCall call, int like) {
        return Fact.of(call.type(like), Shape.of(channels));
    }

    private void floats(Value[] in, Value[] out) {
        Tensor x = in[0].tensor();
        Tensor mean = trains ? Tensor.zeros(Shape.of(channels)) : in[MEAN].tensor();
        Tensor variance = trains ? Tensor.zeros(Shape.of(channels)) : in[VARIANCE].tensor();
        if (trains) {
            kernels.norms().channelStatistics(x, mean, variance);
            average(in, Elements.doubles(Value.of(mean)), Elements.doubles(Value.of(variance)), out);
        }
        if (x.size() == 0 || out[0] == null) return;
        Tensor factor = Tensor.zeros(Shape.of(channels));
        kernels.norms().factors(variance, epsilon, factor);
        kernels.norms()
                .normalizeChannels(
                        x,
                        mean,
                        factor,
                        in[SCALE].tensor(),
                        in[BIAS].tensor(),
                        Tensor.EMPTY,
                        Activation.IDENTITY,
                        out[0].tensor());
    }

    private void reals(Value[] in, Value[] out) {
        Elements.Doubles x = Elements.doubles(in[0]);
        int size = in[0].size();
        int plane = size == 0 ? 0 : size / (in[0].shape().extent(0) * channels);
        Elements.Doubles mean = trains ? mean(x, size, plane, _ -> 0, 1) : in[MEAN]::number;
        Elements.Doubles variance = trains ? mean(x, size, plane, mean, 2) : in[VARIANCE]::number;
        if (trains) average(in, mean, variance, out);
        if (out[0] == null) return;
        Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
        for (int i = 0; i < size; i++) {
            int c = i / plane % channels;
            double scaled = (x.get(i) - mean.get(c)) / Math.sqrt(variance.get(c) + epsilon);
            to.set(i, scaled * in[SCALE].number(c) + in[BIAS].number(c));
        }
    }

    /// The mean of (x − center)ᵖ of each channel.
    private Elements.Doubles mean(Elements.Doubles x, int size, int plane, Elements.Doubles center, int power) {
        double[] sums = new double[channels];
        for (int i = 0; i < size; i++) {
            int c = i / plane % channels;
            sums[c] += Math.pow(x.get(i) - center.get(c), power);
        }
        for (int c = 0; c < channels; c++) sums[c] /= (double) size / channels;
        return c -> sums[c];
    }

    /// Writes the averages of given statistics and those of x.
    private void average(Value[] in, Elements.Doubles mean, Elements.Doubles variance, Value[] out) {
        average(in[MEAN], mean, Work.optional(out, 1));
        average(in[VARIANCE], variance, Work.optional(out, 2));
    }

    private void average(Value given, Elements.Doubles own, @Nullable Value y) {
        if (y == null) return;
        Elements.DoubleWriter to = Elements.doubleWriter(y);
        for (int c = 0; c < channels; c++) to.set(c, given.number(c) * momentum + own.get(c) * (1 - momentum));
    }
}

package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Normalization of spans of neighboring elements with their own statistics, and kin.
public final class Normalizing {
    private Normalizing() {}

    public static void register(Operators all) {
        BatchNormalizing.register(all);
        all.add("InstanceNormalization", Normalizing::instance);
        all.add("LayerNormalization", Normalizing::layer);
        all.add("GroupNormalization", Normalizing::group);
        all.add("LRN", Normalizing::lrn);
        all.add("LpNormalization", Normalizing::lp);
        all.add("MeanVarianceNormalization", Normalizing::meanVariance);
    }

    // -------------------------------------------------------------------------------------------------------- spans

    /// Spans of a tensor that are normalized, and their weights.
    /// @param count the number of spans
    /// @param size the elements of a span
    /// @param channels the number of weights, which come again and again
    /// @param plane the neighboring elements that share a weight
    private record Spans(int count, int size, int channels, int plane) {}

    private static ReadyNode instance(NodeCall call) {
        Fact x = call.in(0);
        if (x.shape().rank() < 3) throw call.misfit("expects x [rows × channels × …], got " + x.shape());
        int channels = x.shape().extent(1);
        requireOfChannels(call, channels);
        int spans = x.shape().extent(0) * channels;
        int size = spans == 0 ? 0 : x.shape().size() / spans;
        return spans(
                call, new Spans(spans, size, channels, size), call.attributes().real("epsilon", 1e-5f));
    }

    private static void requireOfChannels(NodeCall call, int channels) {
        for (int i = 1; i <= 2; i++) {
            if (!call.shape(i).equals(Shape.of(channels))) {
                throw call.misfit("expects input " + i + " [" + channels + "], got " + call.shape(i));
            }
        }
    }

    /// Groups of channels; until version 20 with a weight for each group.
    private static ReadyNode group(NodeCall call) {
        Fact x = call.in(0);
        if (x.shape().rank() < 2) throw call.misfit("expects x [rows × channels × …], got " + x.shape());
        int channels = x.shape().extent(1);
        int groups = call.attributes().small("num_groups", 0);
        if (groups < 1 || channels % groups != 0) {
            throw call.misfit("expects num_groups that divides " + channels + " channels, got " + groups);
        }
        boolean ofGroups = call.version() < 21;
        requireOfChannels(call, ofGroups ? groups : channels);
        int spans = x.shape().extent(0) * groups;
        int size = spans == 0 ? 0 : x.shape().size() / spans;
        int plane = ofGroups ? size : size / Math.max(1, channels / groups);
        return spans(
                call,
                new Spans(spans, size, ofGroups ? groups : channels, plane),
                call.attributes().real("epsilon", 1e-5f));
    }

    /// The last axes from the given one on.
    private static ReadyNode layer(NodeCall call) {
        Fact x = call.in(0);
        int axis = call.axis(call.attributes().integer("axis", -1), x.shape().rank());
        int spans = 1;
        int size = 1;
        int[] ofStatistics = new int[x.shape().rank()];
        for (int i = 0; i < ofStatistics.length; i++) {
            if (i < axis) spans *= x.shape().extent(i);
            else size *= x.shape().extent(i);
            ofStatistics[i] = i < axis ? x.shape().extent(i) : 1;
        }
        for (int i = 1; i <= 2 && call.has(i); i++) {
            if (call.shape(i).size() != size) {
                throw call.misfit("expects input " + i + " of " + size + " elements, got " + call.shape(i));
            }
        }
        float epsilon = call.attributes().real("epsilon", 1e-5f);
        if (call.attributes().integer("stash_type", 1) != 1) throw call.wrong("expects stash_type 1, got another");
        ReadyNode normalized = spans(call, new Spans(spans, size, size, 1), epsilon);
        if (call.outputs() == 1) return normalized;
        Fact statistics = Fact.of(ElementType.FLOAT, Shape.of(ofStatistics));
        int length = size;
        List<Fact> facts = new ArrayList<>(List.of(x.withoutValue()));
        while (facts.size() < call.outputs()) facts.add(statistics);
        return ReadyNode.of(facts, (in, out) -> {
            normalized.work().run(in, new Value[] {out[0]});
            Elements.Doubles from = Elements.doubles(in[0]);
            for (int span = 0; span < statistics.shape().size(); span++) {
                double[] own = statistics(from, span * length, length);
                if (call.wants(1)) Elements.doubleWriter(out[1]).set(span, own[0]);
                if (call.wants(2)) Elements.doubleWriter(out[2]).set(span, 1 / Math.sqrt(own[1] + epsilon));
            }
        });
    }

    private static double[] statistics(Elements.Doubles x, int from, int size) {
        double sum = 0;
        for (int i = 0; i < size; i++) sum += x.get(from + i);
        double mean = sum / size;
        double squares = 0;
        for (int i = 0; i < size; i++) {
            double d = x.get(from + i) - mean;
            squares += d * d;
        }
        return new double[] {mean, squares / size};
    }

    /// y = (x − mean) / √(variance + ε)·w + b with the mean and variance of each span; inputs 1 and 2 are w and b,
    /// b may be missing.
    private static ReadyNode spans(NodeCall call, Spans spans, float epsilon) {
        Fact x = call.in(0);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        boolean bias = call.has(2);
        boolean single = x.type() == ElementType.FLOAT
                && call.type(1) == ElementType.FLOAT
                && (!bias || call.type(2) == ElementType.FLOAT);
        if (single && spans.size > 0) {
            Kernels kernels = call.kernels();
            return ReadyNode.of(x.withoutValue(), (in, out) -> {
                if (in[0].size() == 0) return;
                Shape ofSpans = Shape.of(spans.count);
                Shape ofWeights = Shape.of(spans.channels);
                kernels.norms()
                        .normalizeSpans(
                                in[0].tensor(),
                                spans.channels,
                                spans.plane,
                                epsilon,
                                in[1].tensor().reshape(ofWeights),
                                bias ? in[2].tensor().reshape(ofWeights) : Tensor.EMPTY,
                                Tensor.zeros(ofSpans),
                                Tensor.zeros(ofSpans),
                                out[0].tensor());
            });
        }
        return ReadyNode.of(x.withoutValue(), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.Doubles w = Elements.doubles(in[1]);
            Elements.Doubles b = bias ? Elements.doubles(in[2]) : _ -> 0;
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            for (int span = 0; span < spans.count; span++) {
                double[] own = statistics(from, span * spans.size, spans.size);
                double factor = 1 / Math.sqrt(own[1] + epsilon);
                for (int i = span * spans.size; i < (span + 1) * spans.size; i++) {
                    int c = i / spans.plane % spans.channels;
                    to.set(i, (from.get(i) - own[0]) * factor * w.get(c) + b.get(c));
                }
            }
        });
    }

    // ------------------------------------------------------------------------------------------------------- others

    /// y = x / (k + α/n·Σ x²)^β, with the sum over n neighboring channels.
    private static ReadyNode lrn(NodeCall call) {
        Fact x = call.in(0);
        if (x.shape().rank() < 3) throw call.misfit("expects x [rows × channels × …], got " + x.shape());
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        int size = call.attributes().small("size", 0);
        if (size < 1) throw call.wrong("expects size from 1, got " + size);
        double alpha = call.attributes().real("alpha", 1e-4f) / (double) size;
        double beta = call.attributes().real("beta", 0.75f);
        double bias = call.attributes().real("bias", 1);
        int channels = x.shape().extent(1);
        return ReadyNode.of(x.withoutValue(), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            if (in[0].size() == 0) return;
            int plane = in[0].size() / (in[0].shape().extent(0) * channels);
            for (int i = 0; i < in[0].size(); i++) {
                int c = i / plane % channels;
                double sum = 0;
                int end = (int) Math.min(channels - 1L, c + (long) size / 2);
                for (int other = Math.max(0, c - (size - 1) / 2); other <= end; other++) {
                    double value = from.get(i + (other - c) * plane);
                    sum += value * value;
                }
                to.set(i, from.get(i) / Math.pow(bias + alpha * sum, beta));
            }
        });
    }

    /// x by its norm along an axis; 0 where that is 0.
    private static ReadyNode lp(NodeCall call) {
        Fact x = call.in(0);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        int p = call.attributes().small("p", 2);
        if (p != 1 && p != 2) throw call.wrong("expects p 1 or 2, got " + p);
        int axis = call.axis(call.attributes().integer("axis", -1), x.shape().rank());
        int size = x.shape().extent(axis);
        int inner = 1;
        for (int i = axis + 1; i < x.shape().rank(); i++) inner *= x.shape().extent(i);
        int stride = inner;
        return ReadyNode.of(x.withoutValue(), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            int rows = size == 0 ? 0 : in[0].size() / size;
            for (int row = 0; row < rows; row++) {
                int first = row / stride * stride * size + row % stride;
                double sum = 0;
                for (int i = 0; i < size; i++) {
                    double value = from.get(first + i * stride);
                    sum += p == 1 ? Math.abs(value) : value * value;
                }
                double norm = p == 1 ? sum : Math.sqrt(sum);
                for (int i = 0; i < size; i++) {
                    to.set(first + i * stride, norm == 0 ? 0 : from.get(first + i * stride) / norm);
                }
            }
        });
    }

    /// (x − mean) / deviation over some axes.
    private static ReadyNode meanVariance(NodeCall call) {
        Fact x = call.in(0);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        int rank = x.shape().rank();
        int[] axes = call.axes(call.attributes().integers("axes").orElse(new long[] {0, 2, 3}), rank);
        Heap.require(call.node().label(), (long) Integer.BYTES * x.shape().size());
        int[] group = new int[x.shape().size()]; // of each element
        int groups = 1;
        boolean[] reduced = new boolean[rank];
        for (int axis : axes) reduced[axis] = true;
        for (int i = 0; i < rank; i++) if (!reduced[i]) groups *= x.shape().extent(i);
        for (int at = 0; at < group.length; at++) {
            int left = at;
            int factor = 1;
            for (int i = rank - 1; i >= 0; i--) {
                int index = left % x.shape().extent(i);
                left /= x.shape().extent(i);
                if (reduced[i]) continue;
                group[at] += index * factor;
                factor *= x.shape().extent(i);
            }
        }
        int count = groups;
        return ReadyNode.of(x.withoutValue(), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            double[] sums = new double[count];
            double[] squares = new double[count];
            double size = (double) group.length / count;
            for (int i = 0; i < group.length; i++) sums[group[i]] += from.get(i) / size;
            for (int i = 0; i < group.length; i++)
                squares[group[i]] += Math.pow(from.get(i) - sums[group[i]], 2) / size;
            for (int i = 0; i < group.length; i++) {
                to.set(i, (from.get(i) - sums[group[i]]) / (Math.sqrt(squares[group[i]]) + 1e-9));
            }
        });
    }
}

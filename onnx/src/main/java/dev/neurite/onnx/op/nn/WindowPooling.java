package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Pools;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Pooling over windows and over whole planes.
public final class WindowPooling {
    private WindowPooling() {}

    public static void register(Operators all) {
        WindowScattering.register(all);
        Detection.register(all);
        all.add("MaxPool", WindowPooling::max);
        all.add("AveragePool", WindowPooling::average);
        all.add("LpPool", WindowPooling::lp);
        all.add("GlobalAveragePool", WindowPooling::globalAverage);
        all.add("GlobalMaxPool", call -> global(call, WindowPooling::most));
        all.add("GlobalLpPool", call -> {
            int p = call.attributes().small("p", 2);
            return global(call, (x, from, count) -> norm(x, from, count, p));
        });
    }

    private static Windows windows(NodeCall call) {
        int rank = call.shape(0).rank();
        if (rank < 3) throw call.misfit("expects x [rows × channels × …], got " + call.shape(0));
        if (!call.attributes().has("kernel_shape")) throw call.wrong("expects an attribute kernel_shape, got none");
        int[] kernel = Windows.attribute(call, "kernel_shape", rank - 2, 1);
        return Windows.of(call, call.shape(0), kernel, call.attributes().flag("ceil_mode", false));
    }

    /// The windows as the kernels take them; null if they cannot.
    private static @Nullable Pooling kernel(Windows windows) {
        if (windows.axes() > 2) return null;
        Pooling.Axis columns = axis(windows, windows.axes() - 1);
        Pooling.Axis rows = windows.axes() == 2 ? axis(windows, 0) : new Pooling.Axis(1, 1, 1, 1, 1, 0, 0);
        for (Pooling.Axis each : List.of(rows, columns)) {
            for (int i = 0; i < each.count(); i++) if (each.first(i) >= each.end(i)) return null;
        }
        return new Pooling(rows, columns);
    }

    private static Pooling.Axis axis(Windows all, int axis) {
        return new Pooling.Axis(
                all.in()[axis],
                all.out()[axis],
                all.kernel()[axis],
                all.strides()[axis],
                all.dilations()[axis],
                all.before()[axis],
                all.after()[axis]);
    }

    // ---------------------------------------------------------------------------------------------------------- max

    private static ReadyNode max(NodeCall call) {
        Windows windows = windows(call);
        Fact x = call.in(0);
        Shape out = windows.shape(x.shape().extent(0), x.shape().extent(1));
        @Nullable Pooling kernel = kernel(windows);
        Pools kernels = call.kernels().pools();
        if (x.type() == ElementType.FLOAT && kernel != null && !call.wants(1)) {
            return ReadyNode.of(Fact.of(out, x.layout()), (in, y) -> {
                if (out.size() > 0) kernels.max(kernel, in[0].tensor(), y[0].tensor());
            });
        }
        if (!x.type().isFloating() && x.type() != ElementType.INT8 && x.type() != ElementType.UINT8) {
            throw call.misfit("expects floats or bytes, got " + x.type());
        }
        boolean byColumns = call.attributes().flag("storage_order", false);
        List<Fact> facts = call.wants(1)
                ? List.of(Fact.of(x.type(), out), Fact.of(ElementType.INT64, out))
                : List.of(Fact.of(x.type(), out));
        return ReadyNode.of(facts, (in, y) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            long @Nullable [] places = y.length > 1 && y[1] != null ? (long[]) y[1].array() : null;
            int firstPlace = places == null ? 0 : y[1].offset();
            var best = new int[1];
            var most = new double[1];
            for (int k = 0; k < out.size(); k++) {
                int plane = k / windows.outSize() * windows.inSize();
                best[0] = -1;
                windows.forEachTap(k % windows.outSize(), (_, at) -> {
                    double value = from.get(plane + at);
                    if (best[0] >= 0 && !(value > most[0] || Double.isNaN(value))) return;
                    if (best[0] >= 0 && Double.isNaN(most[0])) return;
                    best[0] = at;
                    most[0] = value;
                });
                if (x.type().isFloating()) {
                    Elements.doubleWriter(y[0]).set(k, best[0] < 0 ? Double.NEGATIVE_INFINITY : most[0]);
                } else {
                    long least = x.type() == ElementType.INT8 ? Byte.MIN_VALUE : 0;
                    Elements.longWriter(y[0]).set(k, best[0] < 0 ? least : (long) most[0]);
                }
                if (places == null) continue;
                int place = byColumns ? turned(windows, best[0]) : best[0];
                places[firstPlace + k] = (long) plane + place;
            }
        });
    }

    /// The index of an element of a plane whose first axis changes fastest.
    private static int turned(Windows windows, int at) {
        int turned = 0;
        int left = at;
        int[] index = new int[windows.axes()];
        for (int i = windows.axes() - 1; i >= 0; i--) {
            index[i] = left % windows.in()[i];
            left /= windows.in()[i];
        }
        for (int i = windows.axes() - 1; i >= 0; i--) turned = turned * windows.in()[i] + index[i];
        return turned;
    }

    // ------------------------------------------------------------------------------------------------ average and Lp

    private static ReadyNode average(NodeCall call) {
        Windows windows = windows(call);
        Fact x = call.in(0);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        boolean padding = call.attributes().flag("count_include_pad", false);
        Shape out = windows.shape(x.shape().extent(0), x.shape().extent(1));
        @Nullable Pooling kernel = kernel(windows);
        boolean dense = true;
        for (int each : windows.dilations()) dense &= each == 1;
        if (x.type() == ElementType.FLOAT && kernel != null && dense) {
            Pools kernels = call.kernels().pools();
            return ReadyNode.of(Fact.of(out, x.layout()), (in, y) -> {
                if (out.size() > 0) kernels.average(kernel, padding, in[0].tensor(), y[0].tensor());
            });
        }
        int[] places = places(windows, padding);
        return sums(Fact.of(x.type(), out), windows, z -> z, (sum, window) -> sum / places[window]);
    }

    /// What a window's sum becomes.
    private interface OfSum {
        double result(double sum, int window);
    }

    /// Sums f(x) over each window.
    private static ReadyNode sums(Fact y, Windows windows, DoubleUnaryOperator f, OfSum last) {
        return ReadyNode.of(y, (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            var sum = new double[1];
            for (int k = 0; k < out[0].size(); k++) {
                int plane = k / windows.outSize() * windows.inSize();
                int window = k % windows.outSize();
                sum[0] = 0;
                windows.forEachTap(window, (_, at) -> sum[0] += f.applyAsDouble(from.get(plane + at)));
                to.set(k, last.result(sum[0], window));
            }
        });
    }

    /// The number of positions of each window that count.
    private static int[] places(Windows windows, boolean padding) {
        int[] places = new int[windows.outSize()];
        for (int window = 0; window < places.length; window++) {
            if (!padding) {
                var count = new int[1];
                windows.forEachTap(window, (_, _) -> count[0]++);
                places[window] = count[0];
                continue;
            }
            int left = window;
            places[window] = 1;
            for (int i = windows.axes() - 1; i >= 0; i--) {
                int first = left % windows.out()[i] * windows.strides()[i] - windows.before()[i];
                left /= windows.out()[i];
                int room = windows.in()[i] + windows.after()[i] - first;
                places[window] *= Math.min(windows.kernel()[i], Math.ceilDiv(room, windows.dilations()[i]));
            }
        }
        return places;
    }

    private static ReadyNode lp(NodeCall call) {
        Windows windows = windows(call);
        Fact x = call.in(0);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        int p = call.attributes().small("p", 2);
        if (p < 1) throw call.wrong("expects p from 1, got " + p);
        Shape out = windows.shape(x.shape().extent(0), x.shape().extent(1));
        return sums(Fact.of(x.type(), out), windows, z -> Math.pow(Math.abs(z), p), (sum, _) -> Math.pow(sum, 1.0 / p));
    }

    // ------------------------------------------------------------------------------------------------- whole planes

    /// Makes a number of a plane.
    private interface OfPlane {
        double of(Elements.Doubles x, int from, int count);
    }

    private static Shape ofPlanes(NodeCall call) {
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        Shape x = call.shape(0);
        if (x.rank() < 2) throw call.misfit("expects x [rows × channels × …], got " + x);
        int[] extents = new int[x.rank()];
        for (int i = 0; i < extents.length; i++) extents[i] = i < 2 ? x.extent(i) : 1;
        Shape out = Shape.of(extents);
        if (x.size() == 0 && out.size() > 0) throw call.misfit("expects planes of at least 1 element, got " + x);
        return out;
    }

    private static ReadyNode globalAverage(NodeCall call) {
        Shape out = ofPlanes(call);
        Fact x = call.in(0);
        if (x.type() != ElementType.FLOAT) {
            return global(call, (from, first, count) -> {
                double sum = 0;
                for (int i = 0; i < count; i++) sum += from.get(first + i);
                return sum / count;
            });
        }
        Pools kernels = call.kernels().pools();
        return ReadyNode.of(Fact.of(ElementType.FLOAT, out), (in, y) -> {
            if (out.size() > 0) kernels.globalAverage(in[0].tensor(), y[0].tensor());
        });
    }

    private static ReadyNode global(NodeCall call, OfPlane f) {
        Shape out = ofPlanes(call);
        return ReadyNode.of(Fact.of(call.type(0), out), (in, y) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(y[0]);
            int count = out.size() == 0 ? 0 : in[0].size() / out.size();
            for (int k = 0; k < out.size(); k++) to.set(k, f.of(from, k * count, count));
        });
    }

    private static double most(Elements.Doubles x, int from, int count) {
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) most = Math.max(most, x.get(from + i));
        return most;
    }

    private static double norm(Elements.Doubles x, int from, int count, int p) {
        double sum = 0;
        for (int i = 0; i < count; i++) sum += Math.pow(Math.abs(x.get(from + i)), p);
        return Math.pow(sum, 1.0 / p);
    }
}

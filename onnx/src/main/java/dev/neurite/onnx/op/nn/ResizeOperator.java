package dev.neurite.onnx.op.nn;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.nn.ResizedAxis.Coordinates;
import dev.neurite.onnx.op.nn.ResizedAxis.Filter;
import dev.neurite.onnx.op.nn.ResizedAxis.Mode;
import dev.neurite.onnx.op.nn.ResizedAxis.Nearest;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Resize, and Upsample, which it has replaced.
public final class ResizeOperator {
    private ResizeOperator() {}

    public static void register(Operators all) {
        GridSampling.register(all);
        all.add("Resize", ResizeOperator::resize);
        all.add("Upsample", ResizeOperator::upsample);
    }

    private static ReadyNode upsample(NodeCall call) {
        if (call.version() >= 10) throw call.wrong("expects version 9 or less, got " + call.version());
        Mode mode = call.attributes().text("mode", "nearest").equals("bilinear") && call.version() < 7
                ? Mode.LINEAR
                : choice(call, "mode", List.of(Mode.NEAREST, Mode.LINEAR));
        float[] scales = upsampleScales(call);
        for (float each : scales) if (each < 1) throw call.wrong("expects scales of at least 1, got " + each);
        Filter filter = Filter.asymmetric(mode, Nearest.FLOOR);
        return AxisResampling.step(call, scaled(call, allAxes(call), scales, filter, null), 0);
    }

    private static float[] upsampleScales(NodeCall call) {
        Attributes with = call.attributes();
        if (call.version() >= 9) return reals(call, 1);
        if (call.version() >= 7) {
            return with.reals("scales").orElseThrow(() -> call.wrong("expects an attribute 'scales', got none"));
        }
        call.requireRank(0, 4);
        return new float[] {1, 1, with.real("height_scale", Float.NaN), with.real("width_scale", Float.NaN)};
    }

    private static ReadyNode resize(NodeCall call) {
        if (call.version() < 11) {
            Mode mode = choice(call, "mode", List.of(Mode.NEAREST, Mode.LINEAR));
            Filter filter = Filter.asymmetric(mode, Nearest.TOWARDS_LONGER);
            return AxisResampling.step(call, scaled(call, allAxes(call), reals(call, 1), filter, null), 0);
        }
        Attributes with = call.attributes();
        Filter filter = filter(call);
        int[] axes = with.integers("axes")
                .map(given -> call.axes(given, call.shape(0).rank()))
                .orElseGet(() -> allAxes(call));
        double[] roi = filter.coordinates() == Coordinates.TF_CROP_AND_RESIZE ? roi(call, axes) : null;
        boolean byScales = call.has(2) && call.shape(2).size() > 0;
        boolean bySizes = call.has(3) && call.shape(3).size() > 0;
        if (byScales == bySizes) {
            throw call.misfit("expects either scales or sizes, got " + (byScales ? "both" : "none"));
        }
        ResizedAxis[] resized =
                byScales ? scaled(call, axes, reals(call, 2), filter, roi) : sized(call, axes, filter, roi);
        return AxisResampling.step(call, resized, with.real("extrapolation_value", 0));
    }

    private static Filter filter(NodeCall call) {
        Attributes with = call.attributes();
        Mode mode = choice(call, "mode", List.of(Mode.values()));
        Coordinates coordinates = choice(call, "coordinate_transformation_mode", List.of(Coordinates.values()));
        if (coordinates == Coordinates.TF_HALF_PIXEL_FOR_NN && call.version() >= 13) {
            throw call.wrong("expects tf_half_pixel_for_nn in version 11 only, got it in " + call.version());
        }
        Nearest nearest = choice(
                call,
                "nearest_mode",
                List.of(Nearest.ROUND_PREFER_FLOOR, Nearest.ROUND_PREFER_CEIL, Nearest.FLOOR, Nearest.CEIL));
        boolean antialias = with.flag("antialias", false);
        if (antialias && mode == Mode.NEAREST) throw call.wrong("expects no antialias in mode nearest, got it");
        return new Filter(
                coordinates,
                mode,
                nearest,
                with.real("cubic_coeff_a", -0.75f),
                with.flag("exclude_outside", false),
                antialias);
    }

    /// A setting that has one of some values, the first if it is not given.
    private static <E extends Enum<E>> E choice(NodeCall call, String attribute, List<E> constants) {
        String given = call.attributes().text(attribute, ResizedAxis.name(constants.getFirst()));
        for (E each : constants) if (ResizedAxis.name(each).equals(given)) return each;
        throw call.wrong("expects " + attribute + " of "
                + constants.stream().map(ResizedAxis::name).toList() + ", got '" + given + "'");
    }

    private static int[] allAxes(NodeCall call) {
        return IntStream.range(0, call.shape(0).rank()).toArray();
    }

    private static float[] reals(NodeCall call, int input) {
        call.requireType(input, ElementType.FLOAT);
        return call.value(input).floats();
    }

    /// The starts and ends of a crop.
    private static double[] roi(NodeCall call, int[] axes) {
        call.requireType(1, ElementType.FLOAT, ElementType.DOUBLE);
        Value given = call.value(1);
        if (given.size() != 2 * axes.length) {
            throw call.misfit("expects roi of " + 2 * axes.length + " numbers, got " + given.shape());
        }
        double[] roi = new double[given.size()];
        for (int i = 0; i < roi.length; i++) {
            roi[i] = given.number(i);
            if (!Double.isFinite(roi[i])) throw call.misfit("expects roi of finite numbers, got " + roi[i]);
        }
        return roi;
    }

    private static ResizedAxis[] scaled(
            NodeCall call, int[] axes, float[] scales, Filter filter, double @Nullable [] roi) {
        requireOneEach(call, "scales", scales.length, axes);
        Lengths lengths = Lengths.unchanged(call);
        for (int i = 0; i < axes.length; i++) {
            int axis = axes[i];
            lengths.scales[axis] = scales[i];
            lengths.to[axis] = Math.floor(lengths.from[axis] * scales[i]); // in single precision
            if (!(scales[i] > 0)) throw call.misfit("expects scales above 0, got " + scales[i]);
        }
        return lengths.resized(call, axes, filter, roi);
    }

    private static ResizedAxis[] sized(NodeCall call, int[] axes, Filter filter, double @Nullable [] roi) {
        long[] sizes = call.integers(3);
        requireOneEach(call, "sizes", sizes.length, axes);
        Lengths lengths = Lengths.unchanged(call);
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (int i = 0; i < axes.length; i++) {
            int axis = axes[i];
            if (sizes[i] < 0) throw call.misfit("expects sizes of at least 0, got " + sizes[i]);
            if (lengths.from[axis] == 0 && sizes[i] == 0) continue;
            lengths.to[axis] = sizes[i];
            lengths.scales[axis] = (double) sizes[i] / lengths.from[axis];
            least = Math.min(least, lengths.scales[axis]);
            most = Math.max(most, lengths.scales[axis]);
        }
        String policy = call.attributes().text("keep_aspect_ratio_policy", "stretch");
        switch (policy) {
            case "stretch" -> {}
            case "not_larger" -> lengths.keepRatio(axes, least);
            case "not_smaller" -> lengths.keepRatio(axes, most);
            default ->
                throw call.wrong(
                        "expects keep_aspect_ratio_policy stretch, not_larger or not_smaller, got '" + policy + "'");
        }
        return lengths.resized(call, axes, filter, roi);
    }

    private static void requireOneEach(NodeCall call, String what, int count, int[] axes) {
        if (count != axes.length) throw call.misfit("expects " + axes.length + " " + what + ", got " + count);
    }

    /// The extents before and after, and their ratios.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Lengths(int[] from, double[] to, double[] scales) {
        static Lengths unchanged(NodeCall call) {
            int[] from =
                    call.shape(0).extents().stream().mapToInt(Integer::intValue).toArray();
            double[] scales = new double[from.length];
            Arrays.fill(scales, 1);
            return new Lengths(from, Arrays.stream(from).asDoubleStream().toArray(), scales);
        }

        void keepRatio(int[] axes, double scale) {
            for (int axis : axes) {
                if (from[axis] == 0) continue;
                scales[axis] = scale;
                to[axis] = Math.floor(scale * from[axis] + 0.5);
            }
        }

        /// Checks the extents, and then makes the tables.
        ResizedAxis[] resized(NodeCall call, int[] axes, Filter filter, double @Nullable [] roi) {
            for (int axis = 0; axis < from.length; axis++) {
                if (!(to[axis] <= Integer.MAX_VALUE)) throw call.misfit("expects extents below 2³¹, got " + to[axis]);
                if (from[axis] == 0 && to[axis] > 0) {
                    throw call.misfit("expects elements along an axis that becomes " + (int) to[axis] + ", got none");
                }
                if (filter.taps(scales[axis]) * to[axis] > Integer.MAX_VALUE) {
                    throw call.misfit("expects fewer elements along an axis than " + (int) to[axis]);
                }
            }
            Shape.of(Arrays.stream(to).mapToInt(each -> (int) each).toArray());
            ResizedAxis[] all = Arrays.stream(from).mapToObj(ResizedAxis::same).toArray(ResizedAxis[]::new);
            for (int i = 0; i < axes.length; i++) {
                int axis = axes[i];
                double start = roi == null ? 0 : roi[i];
                double end = roi == null ? 1 : roi[axes.length + i];
                all[axis] = new ResizedAxis(filter, from[axis], (int) to[axis], scales[axis], start, end);
            }
            return all;
        }
    }
}

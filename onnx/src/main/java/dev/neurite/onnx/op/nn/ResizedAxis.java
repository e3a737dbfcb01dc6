package dev.neurite.onnx.op.nn;

import java.util.Locale;

/// How one axis is resized: an element of the result is a weighted sum of some elements of the input.
final class ResizedAxis {
    /// How places in the result become places in the input.
    enum Coordinates {
        HALF_PIXEL,
        HALF_PIXEL_SYMMETRIC,
        PYTORCH_HALF_PIXEL,
        ALIGN_CORNERS,
        ASYMMETRIC,
        TF_HALF_PIXEL_FOR_NN,
        TF_CROP_AND_RESIZE
    }

    /// How elements of the input are combined.
    enum Mode {
        NEAREST,
        LINEAR,
        CUBIC
    }

    /// Which element is the nearest.
    enum Nearest {
        ROUND_PREFER_FLOOR,
        ROUND_PREFER_CEIL,
        FLOOR,
        CEIL,
        /// That of version 10 of Resize: the next one where the axis becomes shorter, else the one before.
        TOWARDS_LONGER
    }

    /// What all axes have in common.
    /// @param cubic the coefficient a of cubic convolution, Keys 1981
    /// @param excludes whether elements outside the input have no weight, instead of being those at its ends
    /// @param antialias whether the filter is stretched where the axis becomes shorter
    record Filter(
            Coordinates coordinates, Mode mode, Nearest nearest, double cubic, boolean excludes, boolean antialias) {
        /// As the first versions resize.
        static Filter asymmetric(Mode mode, Nearest nearest) {
            return new Filter(Coordinates.ASYMMETRIC, mode, nearest, 0, false, false);
        }

        /// The number of elements in a sum, as a double for any ratio of extents.
        double taps(double scale) {
            return mode == Mode.NEAREST ? 1 : 2 - 2 * before(scale);
        }

        /// How far before a place the first element of a sum is.
        private double before(double scale) {
            return Math.floor((mode == Mode.CUBIC ? -2 : -1) / shrink(scale)) + 1;
        }

        private double shrink(double scale) {
            return antialias ? Math.min(scale, 1) : 1;
        }

        private double weight(double distance) {
            double d = Math.abs(distance);
            if (mode == Mode.LINEAR) return Math.max(0, 1 - d);
            if (d <= 1) return ((cubic + 2) * d - (cubic + 3)) * d * d + 1;
            return d < 2 ? ((cubic * d - 5 * cubic) * d + 8 * cubic) * d - 4 * cubic : 0;
        }
    }

    private final int from;
    private final int to;
    private final int taps;
    private final int[] at; // [to × taps], in the input
    private final double[] weights;
    private final boolean[] outside; // places beyond the input, in TF_CROP_AND_RESIZE

    /// @param from the extent of the input, at least 1 if `to` is
    /// @param to the extent of the result; times the [Filter#taps(double)] less than 2³¹
    /// @param scale the extents' ratio, before the result's was rounded
    /// @param start where the crop begins, from 0 to 1
    /// @param end where it ends
    ResizedAxis(Filter filter, int from, int to, double scale, double start, double end) {
        this.from = from;
        this.to = to;
        boolean isNearest = filter.mode == Mode.NEAREST;
        taps = to == 0 ? 1 : (int) filter.taps(scale);
        at = new int[to * taps];
        weights = new double[at.length];
        outside = new boolean[to];
        for (int i = 0; i < to; i++) {
            double place = place(filter.coordinates, i, scale, start, end);
            boolean crops = filter.coordinates == Coordinates.TF_CROP_AND_RESIZE;
            outside[i] = crops && (place < 0 || place > from - 1);
            if (isNearest) {
                at[i] = inside(nearest(filter.nearest, (float) place, scale));
                weights[i] = 1;
            } else {
                weigh(filter, i, place, scale);
            }
        }
    }

    /// An axis that stays as it is.
    static ResizedAxis same(int extent) {
        return new ResizedAxis(Filter.asymmetric(Mode.NEAREST, Nearest.FLOOR), extent, extent, 1, 0, 1);
    }

    private double place(Coordinates coordinates, int i, double scale, double start, double end) {
        double centered = (i + 0.5) / scale;
        return switch (coordinates) {
            case HALF_PIXEL -> centered - 0.5;
            case HALF_PIXEL_SYMMETRIC -> from / 2.0 * (1 - to / (scale * from)) + centered - 0.5;
            case PYTORCH_HALF_PIXEL -> to > 1 ? centered - 0.5 : 0;
            case ALIGN_CORNERS -> i == 0 ? 0 : i * (from - 1.0) / (to - 1.0);
            case ASYMMETRIC -> i / scale;
            case TF_HALF_PIXEL_FOR_NN -> centered;
            case TF_CROP_AND_RESIZE ->
                to > 1 ? (start + i * (end - start) / (to - 1.0)) * (from - 1) : 0.5 * (start + end) * (from - 1);
        };
    }

    /// The place in single precision, so that what is meant to be whole is.
    private static double nearest(Nearest nearest, float place, double scale) {
        return switch (nearest) {
            case ROUND_PREFER_FLOOR -> Math.ceil(place - 0.5);
            case ROUND_PREFER_CEIL -> Math.floor(place + 0.5);
            case FLOOR -> Math.floor(place);
            case CEIL -> Math.ceil(place);
            case TOWARDS_LONGER -> scale < 1 ? Math.ceil(place) : Math.floor(place);
        };
    }

    private int inside(double index) {
        return (int) Math.max(0, Math.min(from - 1, index));
    }

    private void weigh(Filter filter, int i, double place, double scale) {
        double first = Math.floor(place) + filter.before(scale);
        double shrink = filter.shrink(scale);
        double sum = 0;
        for (int t = 0; t < taps; t++) {
            double index = first + t;
            at[i * taps + t] = inside(index);
            boolean counts = !filter.excludes || (index >= 0 && index < from);
            double weight = counts ? filter.weight((index - place) * shrink) : 0;
            weights[i * taps + t] = weight;
            sum += weight;
        }
        if (sum == 0) return;
        for (int t = 0; t < taps; t++) weights[i * taps + t] /= sum;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /// The number of elements in a sum.
    int taps() {
        return taps;
    }

    /// The input's indices: those of an element are neighbors.
    int[] at() {
        return at;
    }

    double[] weights() {
        return weights;
    }

    /// The weights in single precision.
    float[] floatWeights() {
        float[] floats = new float[weights.length];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) weights[i];
        return floats;
    }

    boolean isOutside(int i) {
        return outside[i];
    }

    boolean hasOutside() {
        for (boolean each : outside) if (each) return true;
        return false;
    }

    boolean isSame() {
        if (from != to || hasOutside()) return false;
        for (int i = 0; i < at.length; i++) {
            if (at[i] != i / taps && weights[i] != 0) return false;
        }
        return true;
    }

    /// A constant's name in ONNX: `half_pixel`.
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}

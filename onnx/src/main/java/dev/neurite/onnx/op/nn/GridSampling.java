package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;

/// GridSample: the elements of images at places that a grid says, from −1 to 1 along each axis, and AffineGrid, which
/// makes such grids. As in PyTorch, images of one, two or three axes.
final class GridSampling {
    private static final double CUBIC = -0.75;

    private enum Mode {
        LINEAR,
        NEAREST,
        CUBIC
    }

    private enum Outside {
        ZEROS,
        BORDER,
        REFLECTION
    }

    private final Mode mode;
    private final Outside outside;
    private final boolean corners;
    private final int[] extents; // of the image's axes
    private final int[] strides;

    private GridSampling(Mode mode, Outside outside, boolean corners, int... extents) {
        this.mode = mode;
        this.outside = outside;
        this.corners = corners;
        this.extents = extents;
        strides = Strided.strides(extents);
    }

    static void register(Operators all) {
        all.add("GridSample", GridSampling::step);
        all.add("AffineGrid", GridSampling::affine);
    }

    private static ReadyNode step(NodeCall call) {
        Shape x = call.shape(0);
        Shape grid = call.shape(1);
        int axes = x.rank() - 2;
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        call.requireType(1, ElementType.FLOAT, ElementType.DOUBLE);
        if (axes < 1
                || axes > 3
                || grid.rank() != x.rank()
                || grid.extent(axes + 1) != axes
                || grid.extent(0) != x.extent(0)) {
            throw call.misfit(
                    "expects x [rows × channels × …] with up to 3 further axes and a grid [rows × … × axes], got " + x
                            + " and " + grid);
        }
        Mode mode = switch (call.attributes().text("mode", "linear")) {
            case "linear", "bilinear" -> Mode.LINEAR;
            case "nearest" -> Mode.NEAREST;
            case "cubic", "bicubic" -> Mode.CUBIC;
            default ->
                throw call.wrong("expects mode linear, nearest or cubic, got '"
                        + call.attributes().text("mode", "") + "'");
        };
        String padding = call.attributes().text("padding_mode", "zeros");
        Outside outside = switch (padding) {
            case "zeros" -> Outside.ZEROS;
            case "border" -> Outside.BORDER;
            case "reflection" -> Outside.REFLECTION;
            default -> throw call.wrong("expects padding_mode zeros, border or reflection, got '" + padding + "'");
        };
        int[] image = new int[axes];
        long[] out = Shapes.extents(x);
        for (int i = 0; i < axes; i++) {
            image[i] = x.extent(2 + i);
            out[2 + i] = grid.extent(1 + i);
        }
        Shape shape = Shapes.of(call, out);
        if (shape.size() > 0 && x.size() == 0) throw call.misfit("expects elements to sample, got " + x);
        var of = new GridSampling(mode, outside, call.attributes().flag("align_corners", false), image);
        int places = (int) Shapes.product(shape, 2, shape.rank());
        int size = (int) Shapes.product(x, 2, x.rank());
        Kernels kernels = call.kernels();
        return ReadyNode.of(Fact.of(call.type(0), shape), (in, y) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.Doubles grids = Elements.doubles(in[1]);
            Elements.DoubleWriter to = Elements.doubleWriter(y[0]);
            int channels = x.extent(1);
            kernels.share(x.extent(0) * places, channels * 40L, (first, end) -> {
                double[] place = new double[axes];
                for (int k = first; k < end; k++) {
                    for (int i = 0; i < axes; i++) { // the last axis of the image comes first in the grid
                        place[axes - 1 - i] = of.place(grids.get(k * axes + i), image[axes - 1 - i]);
                    }
                    int row = k / places;
                    for (int c = 0; c < channels; c++) {
                        int at = (row * channels + c);
                        to.set(at * places + k % places, of.sample(from, at * size, place));
                    }
                }
            });
        });
    }

    /// The place of a grid's number along an axis, in elements.
    private double place(double x, int extent) {
        double place = corners ? (x + 1) / 2 * (extent - 1) : ((x + 1) * extent - 1) / 2;
        if (mode == Mode.CUBIC || outside == Outside.ZEROS) return place; // each element is looked at
        return inside(place, extent);
    }

    /// A place within an axis.
    private double inside(double place, int extent) {
        double within = outside == Outside.REFLECTION ? reflected(place, extent) : place;
        return Double.isNaN(within) ? 0 : Math.clamp(within, 0.0, extent - 1.0);
    }

    private double reflected(double place, int extent) {
        double least = corners ? 0 : -0.5;
        double span = corners ? extent - 1 : extent;
        if (span == 0) return 0;
        double from = Math.abs(place - least);
        double rest = from % span;
        return (long) (from / span) % 2 == 0 ? least + rest : least + span - rest;
    }

    private double sample(Elements.Doubles x, int first, double[] place) {
        return switch (mode) {
            case NEAREST -> {
                int at = first;
                for (int i = 0; i < place.length; i++) {
                    double near = Math.rint(place[i]);
                    if (!(near >= 0 && near <= extents[i] - 1)) yield 0;
                    at += ((int) near) * strides[i];
                }
                yield x.get(at);
            }
            case LINEAR -> blended(x, first, place, 0, 0, 2);
            case CUBIC -> blended(x, first, place, 0, -1, 4);
        };
    }

    /// A weighted sum of the elements around a place, from some axis on.
    /// @param before where the first is, from the element before the place
    private double blended(Elements.Doubles x, int at, double[] place, int axis, int before, int taps) {
        if (axis == place.length) return x.get(at);
        double floor = Math.floor(place[axis]);
        double sum = 0;
        for (int t = 0; t < taps; t++) {
            double index = floor + before + t;
            double weight = weight(place[axis] - index);
            if (outside != Outside.ZEROS) index = Math.rint(inside(index, extents[axis]));
            if (weight == 0 || !(index >= 0 && index <= extents[axis] - 1)) continue;
            sum += weight * blended(x, at + ((int) index) * strides[axis], place, axis + 1, before, taps);
        }
        return sum;
    }

    private double weight(double distance) {
        double d = Math.abs(distance);
        if (mode == Mode.LINEAR) return 1 - d;
        if (d <= 1) return ((CUBIC + 2) * d - (CUBIC + 3)) * d * d + 1;
        return d < 2 ? ((CUBIC * d - 5 * CUBIC) * d + 8 * CUBIC) * d - 4 * CUBIC : 0;
    }

    // ----------------------------------------------------------------------------------------------------- AffineGrid

    private static ReadyNode affine(NodeCall call) {
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        long[] size = call.integers(1);
        int axes = size.length - 2;
        Shape theta = call.shape(0);
        if (axes < 2 || axes > 3 || !theta.equals(Shapes.of(call, size[0], axes, axes + 1))) {
            throw call.misfit("expects a size of 4 or 5 extents and theta [rows × axes × axes + 1], got " + size.length
                    + " extents and " + theta);
        }
        boolean corners = call.attributes().flag("align_corners", false);
        long[] extents = new long[axes + 2];
        extents[0] = size[0];
        System.arraycopy(size, 2, extents, 1, axes);
        extents[axes + 1] = axes;
        Shape shape = Shapes.of(call, extents);
        return ReadyNode.of(Fact.of(call.type(0), shape), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            double[] base = new double[axes + 1]; // x, y, z and 1
            base[axes] = 1;
            for (int k = 0; k < shape.size() / axes; k++) {
                int rest = k;
                for (int i = 0; i < axes; i++) {
                    int extent = (int) size[size.length - 1 - i];
                    int place = rest % extent;
                    rest /= extent;
                    base[i] =
                            corners ? extent == 1 ? 0 : 2.0 * place / (extent - 1) - 1 : (2.0 * place + 1) / extent - 1;
                }
                for (int i = 0; i < axes; i++) {
                    double sum = 0;
                    for (int j = 0; j <= axes; j++) sum += from.get((rest * axes + i) * (axes + 1) + j) * base[j];
                    to.set(k * axes + i, sum);
                }
            }
        });
    }
}

package dev.neurite.onnx.op.nn;

import dev.neurite.error.DataException;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.Interrupts;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// NonMaxSuppression, RoiAlign and MaxRoiPool.
final class Detection {
    private Detection() {}

    static void register(Operators all) {
        all.add("NonMaxSuppression", Detection::suppression);
        all.add("RoiAlign", Detection::align);
        all.add("MaxRoiPool", Detection::pool);
    }

    // ---------------------------------------------------------------------------------------------- NonMaxSuppression

    /// Of boxes that overlap, the one with the highest score is chosen, for each class.
    private static ReadyNode suppression(NodeCall call) {
        Shape boxes = call.shape(0);
        Shape scores = call.shape(1);
        call.requireType(0, ElementType.FLOAT);
        call.requireType(1, ElementType.FLOAT);
        if (boxes.rank() != 3
                || boxes.extent(2) != 4
                || scores.rank() != 3
                || scores.extent(0) != boxes.extent(0)
                || scores.extent(2) != boxes.extent(1)) {
            throw call.misfit("expects boxes [rows × boxes × 4] and scores [rows × classes × boxes], got " + boxes
                    + " and " + scores);
        }
        boolean centers = call.attributes().flag("center_point_box", false);
        for (int i = 2; i <= 4; i++) if (call.has(i)) Shapes.requireOne(call, i);
        int count = boxes.extent(1);
        return ReadyNode.unknown(1, (in, out) -> {
            long most = in.length > 2 && in[2] != null ? in[2].integer(0) : 0;
            double overlap = in.length > 3 && in[3] != null ? in[3].number(0) : 0;
            double least = in.length > 4 && in[4] != null ? in[4].number(0) : Double.NEGATIVE_INFINITY;
            if (!(overlap >= 0 && overlap <= 1)) {
                throw call.misfit("expects a threshold of overlap from 0 to 1, got " + overlap);
            }
            List<long[]> chosen = new ArrayList<>();
            for (int row = 0; row < boxes.extent(0); row++) {
                double[][] all = new double[count][];
                for (int i = 0; i < count; i++) all[i] = box(in[0], (row * count + i) * 4, centers);
                for (int c = 0; c < scores.extent(1); c++) {
                    Interrupts.check(call.node().label());
                    int first = (row * scores.extent(1) + c) * count;
                    for (int each : chosen(all, in[1], first, most, overlap, least)) {
                        chosen.add(new long[] {row, c, each});
                    }
                }
            }
            long[] flat = chosen.stream().flatMapToLong(Arrays::stream).toArray();
            out[0] = Value.of(Shape.of(chosen.size(), 3), flat);
        });
    }

    private static List<Integer> chosen(
            double[][] boxes, Value scores, int first, long most, double overlap, double least) {
        Integer[] order = new Integer[boxes.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> -scores.number(first + i)));
        List<Integer> chosen = new ArrayList<>();
        for (int each : order) {
            if (chosen.size() >= most) break;
            if (!(scores.number(first + each) > least)) continue;
            boolean free = true;
            for (int other : chosen) free &= !(overlap(boxes[each], boxes[other]) > overlap);
            if (free) chosen.add(each);
        }
        return chosen;
    }

    /// The least and greatest y and x.
    private static double[] box(Value of, int at, boolean center) {
        double a = of.number(at);
        double b = of.number(at + 1);
        double c = of.number(at + 2);
        double d = of.number(at + 3);
        if (center) return new double[] {b - d / 2, a - c / 2, b + d / 2, a + c / 2};
        return new double[] {Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)};
    }

    private static double overlap(double[] a, double[] b) {
        double height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
        double width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
        if (height <= 0 || width <= 0) return 0;
        double both = height * width;
        double all = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both;
        return all <= 0 ? 0 : both / all;
    }

    // -------------------------------------------------------------------------------------------------------- regions

    private static void requireImages(NodeCall call) {
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        call.requireSameTypes(0, 1);
        call.requireRank(0, 4);
        call.requireRank(1, 2);
    }

    private static int row(NodeCall call, double row, int rows) {
        if (row >= 0 && row < rows) return (int) row;
        throw new DataException(call.node().label(), "expects rows from 0 to " + (rows - 1) + ", got " + row);
    }

    private static ReadyNode align(NodeCall call) {
        requireImages(call);
        Shape x = call.shape(0);
        int regions = call.shape(1).extent(0);
        call.requireType(2, ElementType.INT64);
        if (call.shape(1).extent(1) != 4 || !call.shape(2).equals(Shape.of(regions))) {
            throw call.misfit(
                    "expects regions [n × 4] and their rows [n], got " + call.shape(1) + " and " + call.shape(2));
        }
        int height = call.attributes().small("output_height", 1);
        int width = call.attributes().small("output_width", 1);
        int samples = call.attributes().small("sampling_ratio", 0);
        double scale = call.attributes().real("spatial_scale", 1);
        String mode = call.attributes().text("mode", "avg");
        String usual = call.version() < 16 ? "output_half_pixel" : "half_pixel";
        String coordinates = call.attributes().text("coordinate_transformation_mode", usual);
        boolean known = (mode.equals("avg") || mode.equals("max"))
                && (coordinates.equals("half_pixel") || coordinates.equals("output_half_pixel"));
        if (!known || samples < 0) {
            throw call.wrong(
                    "expects mode avg or max, half_pixel or output_half_pixel, and a sampling_ratio from 0, got " + mode
                            + ", " + coordinates + " and " + samples);
        }
        Shape shape = Shapes.of(call, regions, x.extent(1), height, width);
        if (shape.size() > 0 && x.size() == 0) throw call.misfit("expects elements to sample, got " + x);
        boolean half = coordinates.equals("half_pixel");
        return ReadyNode.of(Fact.of(call.type(0), shape), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            for (int r = 0; r < regions; r++) {
                Interrupts.check(call.node().label());
                int row = row(call, in[2].number(r), x.extent(0));
                var region = new Region(x, from, half ? 0.5 : 0, mode.equals("max"));
                double[] box = new double[4];
                for (int i = 0; i < 4; i++) box[i] = in[1].number(r * 4 + i) * scale - region.shift;
                double tall = half ? box[3] - box[1] : Math.max(box[3] - box[1], 1);
                double wide = half ? box[2] - box[0] : Math.max(box[2] - box[0], 1);
                int down = samples > 0 ? samples : samples(call, tall / height);
                int across = samples > 0 ? samples : samples(call, wide / width);
                for (int c = 0; c < x.extent(1); c++) {
                    int plane = (row * x.extent(1) + c) * x.extent(2) * x.extent(3);
                    for (int k = 0; k < height * width; k++) {
                        int line = k / width;
                        double top = box[1] + line * tall / height;
                        double left = box[0] + k % width * wide / width;
                        double y = region.result(plane, top, left, tall / height, wide / width, down, across);
                        to.set((r * x.extent(1) + c) * height * width + k, y);
                    }
                }
            }
        });
    }

    private static int samples(NodeCall call, double length) {
        if (length <= 1 << 12) return (int) Math.max(1, Math.ceil(length));
        throw new DataException(
                call.node().label(), "expects regions of less than 4,096 elements a result, got " + length);
    }

    /// Samples of a plane of images.
    private record Region(Shape x, Elements.Doubles from, double shift, boolean greatest) {
        double result(int plane, double top, double left, double tall, double wide, int down, int across) {
            double sum = 0;
            double most = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < down; i++) {
                for (int k = 0; k < across; k++) {
                    double[] parts = parts(plane, top + (i + 0.5) * tall / down, left + (k + 0.5) * wide / across);
                    for (double each : parts) {
                        sum += each;
                        most = Math.max(most, each);
                    }
                }
            }
            return greatest ? most : sum / (down * across);
        }

        /// The elements around a place, each with its weight.
        private double[] parts(int plane, double y, double x0) {
            int height = x.extent(2);
            int width = x.extent(3);
            if (!(y >= -1 && y <= height && x0 >= -1 && x0 <= width)) return new double[4];
            double v = Math.min(Math.max(y, 0), height - 1);
            double u = Math.min(Math.max(x0, 0), width - 1);
            int top = (int) v;
            int left = (int) u;
            int bottom = Math.min(top + 1, height - 1);
            int right = Math.min(left + 1, width - 1);
            double dy = v - top;
            double dx = u - left;
            return new double[] {
                (1 - dy) * (1 - dx) * from.get(plane + top * width + left),
                (1 - dy) * dx * from.get(plane + top * width + right),
                dy * (1 - dx) * from.get(plane + bottom * width + left),
                dy * dx * from.get(plane + bottom * width + right)
            };
        }
    }

    /// The greatest element of each part of a region, as Girshick 2015 has it.
    private static ReadyNode pool(NodeCall call) {
        requireImages(call);
        Shape x = call.shape(0);
        int regions = call.shape(1).extent(0);
        long[] pooled = call.attributes().integers("pooled_shape").orElseGet(() -> new long[0]);
        if (pooled.length != 2
                || pooled[0] < 1
                || pooled[1] < 1
                || call.shape(1).extent(1) != 5) {
            throw call.misfit("expects a pooled_shape of 2 numbers and regions [n × 5], got " + pooled.length
                    + " numbers and " + call.shape(1));
        }
        double scale = call.attributes().real("spatial_scale", 1);
        Shape shape = Shapes.of(call, regions, x.extent(1), pooled[0], pooled[1]);
        int height = shape.extent(2);
        int width = shape.extent(3);
        return ReadyNode.of(Fact.of(call.type(0), shape), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            for (int r = 0; r < regions; r++) {
                Interrupts.check(call.node().label());
                int row = row(call, in[1].number(r * 5), x.extent(0));
                long[] box = new long[4];
                for (int i = 0; i < 4; i++) box[i] = Math.round(in[1].number(r * 5 + 1 + i) * scale);
                double tall = Math.max(box[3] - box[1] + 1, 1) / (double) height;
                double wide = Math.max(box[2] - box[0] + 1, 1) / (double) width;
                for (int c = 0; c < x.extent(1); c++) {
                    int plane = (row * x.extent(1) + c) * x.extent(2) * x.extent(3);
                    for (int k = 0; k < height * width; k++) {
                        int line = k / width;
                        int top = bound(Math.floor(line * tall) + box[1], x.extent(2));
                        int bottom = bound(Math.ceil((line + 1) * tall) + box[1], x.extent(2));
                        int left = bound(Math.floor(k % width * wide) + box[0], x.extent(3));
                        int right = bound(Math.ceil((k % width + 1) * wide) + box[0], x.extent(3));
                        double most = top >= bottom || left >= right ? 0 : Double.NEGATIVE_INFINITY;
                        for (int i = top; i < bottom; i++) {
                            for (int j = left; j < right; j++)
                                most = Math.max(most, from.get(plane + i * x.extent(3) + j));
                        }
                        to.set((r * x.extent(1) + c) * height * width + k, most);
                    }
                }
            }
        });
    }

    private static int bound(double at, int extent) {
        return (int) Math.min(Math.max(at, 0), extent);
    }
}

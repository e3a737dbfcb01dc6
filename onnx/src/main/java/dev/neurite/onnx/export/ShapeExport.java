package dev.neurite.onnx.export;

import dev.neurite.layer.Crop;
import dev.neurite.layer.Permute;
import dev.neurite.layer.Slice;
import dev.neurite.layer.Split;
import dev.neurite.layer.Upsample;
import dev.neurite.layer.ZeroPad1d;
import dev.neurite.layer.ZeroPad2d;
import dev.neurite.model.BuiltNode;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// Layers that move, add or remove elements.
final class ShapeExport {
    private ShapeExport() {}

    /// An axis of rows counted from 0; a negative one counts from the end.
    static int place(int axis, Shape row) {
        return axis < 0 ? row.rank() + axis : axis;
    }

    static String of(GraphBuilder b, BuiltNode layer, String x) {
        Shape in = layer.inputs().getFirst();
        Shape out = layer.outputs().getFirst();
        return switch (layer.node()) {
            case Permute permute ->
                b.transpose(
                        x,
                        LongStream.concat(
                                        LongStream.of(0),
                                        permute.order().stream().mapToLong(each -> each + 1L))
                                .toArray());
            case ZeroPad1d pad -> b.add("Pad", x, b.longs(0, 0, pad.left(), 0, 0, pad.right()));
            case ZeroPad2d pad ->
                b.add("Pad", x, b.longs(0, 0, pad.top(), pad.left(), 0, 0, pad.bottom(), pad.right()));
            case Crop crop ->
                b.add(
                        "Slice",
                        x,
                        b.longs(crop.top(), crop.left()),
                        b.longs(in.extent(1) - crop.bottom(), in.extent(2) - crop.right()),
                        b.longs(2, 3));
            case Slice slice -> b.slice(x, place(slice.axis(), in) + 1, slice.from(), slice.to());
            case Upsample upsample -> upsample(b, upsample, in, out, x);
            default ->
                b.reshape(x, LongStream.concat(LongStream.of(0), extents(out)).toArray());
        };
    }

    private static LongStream extents(Shape shape) {
        return shape.extents().stream().mapToLong(Integer::longValue);
    }

    static List<String> split(GraphBuilder b, Split split, BuiltNode layer, String x) {
        int at = place(split.axis(), layer.inputs().getFirst());
        return b.split(
                x,
                at + 1,
                layer.outputs().stream().mapToLong(each -> each.extent(at)).toArray());
    }

    private static String upsample(GraphBuilder b, Upsample upsample, Shape in, Shape out, String x) {
        Map<String, Object> how = switch (upsample.mode()) {
            case NEAREST ->
                Map.of(
                        "mode", "nearest",
                        "coordinate_transformation_mode", "asymmetric",
                        "nearest_mode", "floor");
            case BILINEAR -> Map.of("mode", "linear", "coordinate_transformation_mode", "half_pixel");
            case BILINEAR_CORNERS -> Map.of("mode", "linear", "coordinate_transformation_mode", "align_corners");
        };
        if (upsample.size().rank() == 0) {
            float[] scales = new float[in.rank() + 1];
            for (int i = 0; i < scales.length; i++) scales[i] = i < 2 ? 1 : (float) upsample.factor();
            return b.add("Resize", how, x, "", b.constant("scales", Value.of(Shape.of(scales.length), scales)));
        }
        String sizes = b.concat(0, List.of(b.extent(x, 0), b.longs(extents(out).toArray())));
        return b.add("Resize", how, x, "", "", sizes);
    }

    /// `[rows × positions × …]` as `[rows·positions × …]`.
    /// @param in the shape of a row of x
    static String withoutPositions(GraphBuilder b, Shape in, String x) {
        Shape inner = in.row();
        if (inner.isKnown()) {
            return b.reshape(
                    x, LongStream.concat(LongStream.of(-1), extents(inner)).toArray());
        }
        String rest = b.add("Slice", b.add("Shape", x), b.longs(2), b.longs(in.rank() + 1), b.longs(0));
        return b.add("Reshape", x, b.concat(0, List.of(b.longs(-1), rest)));
    }

    /// `[rows·positions × …]` as `[rows × positions × …]`.
    /// @param out the shape of a row of the result
    /// @param like what has as many rows and positions
    static String withPositions(GraphBuilder b, Shape out, String like, String y) {
        if (out.isKnown()) {
            return b.reshape(
                    y, LongStream.concat(LongStream.of(-1), extents(out)).toArray());
        }
        String front = b.add("Slice", b.add("Shape", like), b.longs(0), b.longs(2), b.longs(0));
        String rest = b.add("Slice", b.add("Shape", y), b.longs(1), b.longs(out.rank()), b.longs(0));
        return b.add("Reshape", y, b.concat(0, List.of(front, rest)));
    }
}

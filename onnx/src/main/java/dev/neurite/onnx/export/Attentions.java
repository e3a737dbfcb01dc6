package dev.neurite.onnx.export;

import dev.neurite.layer.AttentionPositions;
import dev.neurite.layer.AttentionPositions.Kind;
import dev.neurite.layer.CrossAttention;
import dev.neurite.layer.SelfAttention;
import dev.neurite.model.BuiltNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Attention as products, reshapes, transposes and a softmax: the pattern that engines know.
final class Attentions {
    private final GraphBuilder b;
    private final BuiltNode layer;

    Attentions(GraphBuilder builder, BuiltNode layer) {
        b = builder;
        this.layer = layer;
    }

    /// Heads of a layer.
    /// @param keys the number of those of keys and values
    private record Heads(int count, int keys, int size) {}

    /// y of self-attention.
    /// @param in x, then a mask or none
    String self(SelfAttention attention, List<String> in) {
        String x = in.getFirst();
        Shape shape = layer.inputs().getFirst();
        int size = shape.extent(1) / attention.heads();
        var heads = new Heads(attention.heads(), attention.keyHeads(), size);
        long ofKeys = (long) heads.keys * size;
        String joined = ProductExport.linear(
                b, b.parameter(layer, "in_proj_weight"), attention.bias() ? b.parameter(layer, "in_proj_bias") : "", x);
        List<String> qkv = b.split(joined, 2, shape.extent(1), ofKeys, ofKeys);
        String q = rotated(attention.positions(), ofHeads(qkv.get(0), heads.count, size), shape, size);
        String k = rotated(attention.positions(), ofHeads(qkv.get(1), heads.keys, size), shape, size);
        String v = ofHeads(qkv.get(2), heads.keys, size);
        List<String> added = new ArrayList<>();
        if (attention.positions().positions() == Kind.ALIBI) added.add(slopes(heads.count, shape.extent(0), x));
        if (attention.causal()) added.add(causal(shape.extent(0), x));
        String mask = in.size() > 1 ? mask(in.get(1), layer.inputs().get(1)) : "";
        return projected(attend(q, k, v, heads, added, mask), attention.bias());
    }

    /// y of attention to a memory.
    /// @param in x and the memory, then a mask or none
    String cross(CrossAttention attention, List<String> in) {
        int width = layer.inputs().getFirst().extent(1);
        int size = width / attention.heads();
        var heads = new Heads(attention.heads(), attention.keyHeads(), size);
        long ofKeys = (long) heads.keys * size;
        List<String> biases = attention.bias()
                ? b.split(b.parameter(layer, "in_proj_bias"), 0, width, ofKeys, ofKeys)
                : List.of("", "", "");
        String q = ofHeads(project("q_proj_weight", biases.get(0), in.get(0)), heads.count, size);
        String k = ofHeads(project("k_proj_weight", biases.get(1), in.get(1)), heads.keys, size);
        String v = ofHeads(project("v_proj_weight", biases.get(2), in.get(1)), heads.keys, size);
        String mask = in.size() > 2 ? mask(in.get(2), layer.inputs().get(2)) : "";
        return projected(attend(q, k, v, heads, List.of(), mask), attention.bias());
    }

    private String project(String weight, String bias, String x) {
        return ProductExport.linear(b, b.parameter(layer, weight), bias, x);
    }

    private String projected(String x, boolean bias) {
        return ProductExport.linear(
                b, b.parameter(layer, "out_proj_weight"), bias ? b.parameter(layer, "out_proj_bias") : "", x);
    }

    /// `[rows × time × heads·size]` as `[rows × time × heads × size]`.
    private String ofHeads(String x, int heads, int size) {
        return b.reshape(x, 0, 0, heads, size);
    }

    /// softmax(q·kᵀ/√size + …)·v, `[rows × time × heads·size]`.
    /// @param added to the scores
    /// @param mask added too, which may hide all keys of a query; empty for none
    private String attend(String q, String k, String v, Heads heads, List<String> added, String mask) {
        String ofKeys = b.transpose(repeated(k, heads), 0, 2, 3, 1);
        String ofValues = b.transpose(repeated(v, heads), 0, 2, 1, 3);
        String scores = b.add("MatMul", b.transpose(q, 0, 2, 1, 3), ofKeys);
        scores = b.add("Mul", scores, b.number((float) (1 / Math.sqrt(heads.size))));
        for (String each : added) scores = b.add("Add", scores, each);
        if (!mask.isEmpty()) scores = b.add("Add", scores, mask);
        String weights = b.add("Softmax", Map.of("axis", -1L), scores);
        if (!mask.isEmpty()) weights = b.add("Where", b.add("IsNaN", weights), b.number(0), weights); // sees no key
        String y = b.transpose(b.add("MatMul", weights, ofValues), 0, 2, 1, 3);
        return b.reshape(y, 0, 0, (long) heads.count * heads.size);
    }

    /// `[rows × time × heads of keys × size]` with each head as often as queries share it.
    private String repeated(String x, Heads heads) {
        if (heads.keys == heads.count) return x;
        String each = b.unsqueeze(x, 3);
        String all = b.add("Expand", each, b.longs(1, 1, 1, heads.count / heads.keys, 1));
        return ofHeads(all, heads.count, heads.size);
    }

    // -------------------------------------------------------------------------------------------- positions and masks

    /// Heads turned by their positions.
    private String rotated(AttentionPositions positions, String x, Shape row, int size) {
        Kind kind = positions.positions();
        if (kind != Kind.ROTARY && kind != Kind.ROTARY_INTERLEAVED) return x;
        int turned = positions.rotated() == 0 ? size : positions.rotated();
        int pairs = turned / 2;
        String cosines = b.unsqueeze(SequenceExport.angles(b, true, positions.base(), pairs, row.extent(0), x), 1);
        String sines = b.unsqueeze(SequenceExport.angles(b, false, positions.base(), pairs, row.extent(0), x), 1);
        String all = x;
        List<String> rest = List.of();
        if (turned < size) {
            List<String> parts = b.split(x, 3, turned, size - turned);
            all = parts.get(0);
            rest = parts.subList(1, 2);
        }
        boolean neighbors = kind == Kind.ROTARY_INTERLEAVED;
        List<String> pair = neighbors
                ? b.split(b.add("Reshape", all, b.longs(0, 0, -1, pairs, 2)), 4, 1, 1).stream()
                        .map(each -> b.squeeze(each, 4))
                        .toList()
                : b.split(all, 3, pairs, pairs);
        String first = b.add("Sub", b.add("Mul", pair.get(0), cosines), b.add("Mul", pair.get(1), sines));
        String second = b.add("Add", b.add("Mul", pair.get(1), cosines), b.add("Mul", pair.get(0), sines));
        List<String> done = new ArrayList<>();
        if (neighbors) {
            String both = b.concat(4, List.of(b.unsqueeze(first, 4), b.unsqueeze(second, 4)));
            done.add(b.reshape(both, 0, 0, -1, turned));
        } else {
            done.add(first);
            done.add(second);
        }
        done.addAll(rest);
        return b.concat(3, done);
    }

    /// −∞ for keys after a query, `[time × time]`.
    private String causal(int time, String x) {
        if (time != Shape.OPEN) {
            float[] mask = new float[time * time];
            for (int i = 0; i < time; i++) {
                for (int j = i + 1; j < time; j++) mask[i * time + j] = Float.NEGATIVE_INFINITY;
            }
            return b.constant("mask", Value.of(Shape.of(time, time), mask));
        }
        String extent = b.extent(x, 1);
        Value hidden = Value.of(Shape.of(1), Float.NEGATIVE_INFINITY);
        String all = b.add("ConstantOfShape", Map.of("value", hidden), b.concat(0, List.of(extent, extent)));
        return b.add("Trilu", Map.of("upper", 1L), all, b.index(1));
    }

    /// −slope·distance, `[heads × time × time]`.
    private String slopes(int heads, int time, String x) {
        float[] slopes = new float[heads];
        int power = Integer.highestOneBit(heads);
        for (int h = 0; h < heads; h++) {
            double exponent = h < power ? -8.0 * (h + 1) / power : -4.0 * (2 * (h - power) + 1) / power;
            slopes[h] = (float) -StrictMath.pow(2, exponent);
        }
        String factors = b.constant("slopes", Value.of(Shape.of(heads, 1, 1), slopes));
        String extent = time == Shape.OPEN ? b.extent(x, 1) : b.longs(time);
        String places = b.cast(b.range(extent), ElementType.FLOAT);
        String distances = b.add("Abs", b.add("Sub", b.unsqueeze(places, 1), b.unsqueeze(places, 0)));
        return b.add("Mul", factors, distances);
    }

    /// A mask that is an input, for all heads if it has none of its own.
    private String mask(String mask, Shape row) {
        return row.rank() == 2 ? b.unsqueeze(mask, 1) : mask;
    }
}

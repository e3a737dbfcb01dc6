package dev.neurite.onnx.layers;

import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// x·Wᵀ + b, as a product with a constant, and the sum with another one after it.
/// @param weight W, `[out × in]`
/// @param bias b, `[out]`
/// @param nodes the product, and the sum if there is one
record Projection(String input, Tensor weight, Optional<Tensor> bias, String output, List<OnnxNode> nodes) {
    /// What a product is, with the sum that takes it alone.
    static Optional<Projection> of(LayerDraft draft, OnnxNode product) {
        Optional<Tensor> w =
                draft.floats(product, 1).filter(each -> each.shape().rank() == 2);
        if (!product.is("MatMul") || w.isEmpty()) return Optional.empty();
        Tensor weight = ProductLayers.transposed(w.get());
        int units = weight.shape().extent(0);
        String x = product.inputs().getFirst();
        String y = product.outputs().getFirst();
        Optional<OnnxNode> sum = draft.onlyReader(y).filter(each -> each.is("Add"));
        Optional<Tensor> bias = sum.flatMap(
                        each -> draft.floats(each, each.inputs().getFirst().equals(y) ? 1 : 0))
                .filter(each -> each.size() == units
                        && each.shape().rank() > 0
                        && each.shape().extent(each.shape().rank() - 1) == units)
                .map(each -> each.reshape(Shape.of(units)));
        if (sum.isEmpty() || bias.isEmpty()) {
            return Optional.of(new Projection(x, weight, Optional.empty(), y, List.of(product)));
        }
        return Optional.of(
                new Projection(x, weight, bias, sum.get().outputs().getFirst(), List.of(product, sum.get())));
    }

    /// What gives a value.
    static Optional<Projection> giving(LayerDraft draft, String value) {
        Optional<OnnxNode> last = draft.producer(value);
        Optional<OnnxNode> product = last.filter(each -> each.is("Add"))
                .flatMap(sum -> sum.inputs().stream()
                        .flatMap(each -> draft.producer(each).stream())
                        .findFirst())
                .or(() -> last);
        return product.flatMap(each -> of(draft, each))
                .filter(each -> each.output().equals(value));
    }

    /// Some of the rows of W and b.
    Projection rows(int first, int count) {
        int width = weight.shape().extent(1);
        Tensor w = part(weight, first * width, Shape.of(count, width));
        return new Projection(input, w, bias.map(each -> part(each, first, Shape.of(count))), output, nodes);
    }

    private static Tensor part(Tensor of, int start, Shape shape) {
        float[] values = new float[shape.size()];
        System.arraycopy(of.toArray(), start, values, 0, values.length);
        return Tensor.of(shape, values);
    }

    /// b, or zeros.
    Tensor biasOrZeros() {
        return bias.orElseGet(() -> Tensor.zeros(Shape.of(weight.shape().extent(0))));
    }

    /// One below the other.
    static Tensor below(List<Tensor> parts) {
        int width =
                parts.getFirst().shape().rank() > 1 ? parts.getFirst().shape().extent(1) : 1;
        int size = parts.stream().mapToInt(Tensor::size).sum();
        float[] values = new float[size];
        int at = 0;
        for (Tensor each : parts) {
            System.arraycopy(each.toArray(), 0, values, at, each.size());
            at += each.size();
        }
        boolean matrix = parts.getFirst().shape().rank() > 1;
        return Tensor.of(matrix ? Shape.of(size / width, width) : Shape.of(size), values);
    }
}

package dev.neurite.onnx.layers;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.SmoothActivations.Softplus;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.PRelu;
import dev.neurite.layer.PRelu.SlopePer;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.math.PointwiseOperators;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Activations.
final class ActivationLayers {
    private static final int WITH_ONE_AXIS = 13; // the opset from which Softmax joins no axes

    private ActivationLayers() {}

    static boolean add(LayerDraft draft, OnnxNode node) {
        Optional<Flow> x = draft.rows(node, 0);
        if (x.isEmpty()) return false;
        if (node.is("PRelu")) return prelu(draft, node, x.get());
        Optional<Activation> g = activation(draft, node, x.get());
        return g.isPresent()
                && draft.add(node, new Activate(g.get()), node.outputs().getFirst(), x.get());
    }

    private static Optional<Activation> activation(LayerDraft draft, OnnxNode node, Flow x) {
        Attributes a = node.attributes();
        if (node.isOwn(PointwiseOperators.ACTIVATION)) {
            return a.own(Products.ACTIVATION, Elementwise.class).map(each -> each);
        }
        if (!node.domain().isEmpty()) return Optional.empty();
        return switch (node.op()) {
            case "Relu" -> Optional.of(Activation.RELU);
            case "Tanh" -> Optional.of(Activation.TANH);
            case "Sigmoid" -> Optional.of(Activation.SIGMOID);
            case "LeakyRelu" -> Optional.of(Activation.leakyRelu(a.real("alpha", 0.01f)));
            case "Elu" -> Optional.of(Activation.elu(a.real("alpha", 1)));
            case "Celu" -> Optional.of(Activation.celu(a.real("alpha", 1)));
            case "Selu" ->
                Optional.of(Activation.SELU).filter(_ -> a.all().isEmpty()).map(each -> each);
            case "Softplus" -> Optional.of(new Softplus(1, 20));
            case "Softsign" -> Optional.of(Activation.SOFTSIGN);
            case "HardSwish" -> Optional.of(Activation.HARD_SWISH);
            case "Mish" -> Optional.of(Activation.MISH);
            case "Gelu" ->
                Optional.of(a.text("approximate", "none").equals("tanh") ? Activation.GELU_TANH : Activation.GELU);
            case "HardSigmoid" -> hardSigmoid(a);
            case "ThresholdedRelu" -> Optional.of(Activation.threshold(a.real("alpha", 1), 0));
            case "Shrink" -> shrink(a.real("lambd", 0.5f), a.real("bias", 0));
            case "Clip" -> clip(draft, node);
            case "Softmax" -> ofLastAxis(node, x).map(_ -> Activation.SOFTMAX);
            case "LogSoftmax" -> ofLastAxis(node, x).map(_ -> Activation.LOG_SOFTMAX);
            default -> Optional.empty();
        };
    }

    private static Optional<Activation> hardSigmoid(Attributes a) {
        boolean usual = Math.abs(a.real("alpha", 0.2f) - 1 / 6f) < 1e-6 && a.real("beta", 0.5f) == 0.5f;
        return usual ? Optional.of(Activation.HARD_SIGMOID) : Optional.empty();
    }

    private static Optional<Activation> shrink(float lambda, float bias) {
        if (lambda < 0) return Optional.empty();
        if (bias == 0) return Optional.of(Activation.hardShrink(lambda));
        return bias == lambda ? Optional.of(Activation.softShrink(lambda)) : Optional.empty();
    }

    private static Optional<Activation> clip(LayerDraft draft, OnnxNode node) {
        Attributes a = node.attributes(); // which have the limits before opset 11
        Optional<Float> min = draft.number(node, 1, a.real("min", -Float.MAX_VALUE));
        Optional<Float> max = draft.number(node, 2, a.real("max", Float.MAX_VALUE));
        if (min.isEmpty() || max.isEmpty() || !(min.get() < max.get())) return Optional.empty();
        if (min.get() == 0 && max.get() == 6) return Optional.of(Activation.RELU6);
        return Optional.of(Activation.hardTanh(min.get(), max.get()));
    }

    /// The axis, if it is the last: earlier versions take that and all after it together, from the first on by
    /// default.
    private static Optional<Long> ofLastAxis(OnnxNode node, Flow x) {
        long axis = node.attributes().integer("axis", node.version() < WITH_ONE_AXIS ? 1 : -1);
        return axis == -1 || axis == x.row().rank() ? Optional.of(axis) : Optional.empty();
    }

    private static boolean prelu(LayerDraft draft, OnnxNode node, Flow x) {
        Optional<Tensor> slope = draft.floats(node, 1);
        if (slope.isEmpty()) return false;
        int size = slope.get().size();
        Shape row = x.row();
        int last = row.rank() - 1;
        SlopePer per;
        if (size == 1) per = SlopePer.LAYER;
        else if (row.rank() > 0 && isAlong(slope.get().shape(), row, 0)) per = SlopePer.CHANNEL;
        else if (row.rank() > 0 && isAlong(slope.get().shape(), row, last)) per = SlopePer.FEATURE;
        else return false;
        return draft.add(
                node,
                new PRelu(per, Initializers.constant(0.25)),
                node.outputs().getFirst(),
                List.of(x),
                Map.of("slope", slope.get().reshape(Shape.of(size))));
    }

    /// Whether a shape is broadcast to rows along one axis alone.
    static boolean isAlong(Shape shape, Shape row, int axis) {
        int extent = row.extent(axis);
        int place = shape.rank() - row.rank() + axis; // of this axis in the shape
        if (extent == Shape.OPEN || place < 0 || shape.size() != extent) return false;
        return shape.extent(place) == extent;
    }
}

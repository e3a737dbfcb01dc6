package dev.neurite.onnx.layers;

import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.math.PointwiseOperators;
import dev.neurite.onnx.op.nn.Attending;
import java.util.Map;
import java.util.Set;

/// The operators that layers stand for, some of them with some settings only, and the attributes of each that
/// what makes layers looks at, or that change no result. Others, as earlier versions of the operators have
/// them, are refused.
final class KnownOperator {
    /// The operator of scikit-learn's exports that scales columns.
    static final String SCALER = "ai.onnx.ml.Scaler";

    private static final Set<String> NONE = Set.of();
    private static final Set<String> ALPHA = Set.of("alpha");
    private static final Set<String> AXIS = Set.of("axis");
    private static final Set<String> REDUCTION = Set.of("axes", "keepdims", "noop_with_empty_axes");

    private static final Map<String, Set<String>> ATTRIBUTES = Map.ofEntries(
            Map.entry("Add", NONE),
            Map.entry(
                    "AveragePool",
                    Set.of(
                            "auto_pad",
                            "ceil_mode",
                            "count_include_pad",
                            "dilations",
                            "kernel_shape",
                            "pads",
                            "strides")),
            Map.entry("BatchNormalization", Set.of("epsilon", "momentum", "training_mode")),
            Map.entry("Cast", Set.of("round_mode", "saturate", "to")),
            Map.entry("Celu", ALPHA),
            Map.entry("Clip", Set.of("max", "min")),
            Map.entry("Concat", AXIS),
            Map.entry("Conv", Set.of("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")),
            Map.entry(
                    "ConvTranspose",
                    Set.of(
                            "auto_pad",
                            "dilations",
                            "group",
                            "kernel_shape",
                            "output_padding",
                            "output_shape",
                            "pads",
                            "strides")),
            Map.entry("Div", NONE),
            Map.entry("Dropout", Set.of("ratio", "seed")),
            Map.entry("Elu", ALPHA),
            Map.entry("Flatten", AXIS),
            Map.entry(
                    "GRU", Set.of("activations", "clip", "direction", "hidden_size", "layout", "linear_before_reset")),
            Map.entry("Gather", AXIS),
            Map.entry("Gelu", Set.of("approximate")),
            Map.entry("Gemm", Set.of("alpha", "beta", "transA", "transB")),
            Map.entry("GlobalAveragePool", NONE),
            Map.entry("GlobalMaxPool", NONE),
            Map.entry("GroupNormalization", Set.of("epsilon", "num_groups", "stash_type")),
            Map.entry("HardSigmoid", Set.of("alpha", "beta")),
            Map.entry("HardSwish", NONE),
            Map.entry("Identity", NONE),
            Map.entry("InstanceNormalization", Set.of("epsilon")),
            Map.entry("LSTM", Set.of("activations", "clip", "direction", "hidden_size", "input_forget", "layout")),
            Map.entry("LayerNormalization", Set.of("axis", "epsilon", "stash_type")),
            Map.entry("LeakyRelu", ALPHA),
            Map.entry("LogSoftmax", AXIS),
            Map.entry("MatMul", NONE),
            Map.entry(
                    "MaxPool",
                    Set.of("auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides")),
            Map.entry("Mish", NONE),
            Map.entry("Mul", NONE),
            Map.entry("PRelu", NONE),
            Map.entry("Pad", Set.of("mode")),
            Map.entry("Pow", NONE),
            Map.entry("RNN", Set.of("activations", "clip", "direction", "hidden_size", "layout")),
            Map.entry("ReduceMax", REDUCTION),
            Map.entry("ReduceMean", REDUCTION),
            Map.entry("Relu", NONE),
            Map.entry("Reshape", Set.of("allowzero")),
            Map.entry(
                    "Resize",
                    Set.of(
                            "antialias",
                            "axes",
                            "coordinate_transformation_mode",
                            "cubic_coeff_a",
                            "exclude_outside",
                            "extrapolation_value",
                            "keep_aspect_ratio_policy",
                            "mode",
                            "nearest_mode")),
            Map.entry(SCALER, Set.of("offset", "scale")),
            Map.entry("Selu", NONE),
            Map.entry("Shrink", Set.of("bias", "lambd")),
            Map.entry("Sigmoid", NONE),
            Map.entry("Slice", NONE),
            Map.entry("Softmax", AXIS),
            Map.entry("Softplus", NONE),
            Map.entry("Softsign", NONE),
            Map.entry("Split", Set.of("axis", "num_outputs", "split")),
            Map.entry("Squeeze", NONE),
            Map.entry("Sub", NONE),
            Map.entry("Sum", NONE),
            Map.entry("Tanh", NONE),
            Map.entry("ThresholdedRelu", ALPHA),
            Map.entry("Transpose", Set.of("perm")),
            Map.entry("Unsqueeze", NONE));

    private KnownOperator() {}

    /// Whether a layer stands for an operator, if its settings are understood.
    static boolean is(OnnxNode node) {
        return node.isOwn(PointwiseOperators.ACTIVATION)
                || node.isOwn(Attending.ATTENTION)
                || ATTRIBUTES.containsKey(node.fullOp());
    }

    /// Whether all attributes of a node are understood.
    static boolean understands(OnnxNode node) {
        if (node.isOwn(PointwiseOperators.ACTIVATION)) return true;
        return is(node)
                && ATTRIBUTES
                        .getOrDefault(node.fullOp(), NONE)
                        .containsAll(node.attributes().all().keySet());
    }
}

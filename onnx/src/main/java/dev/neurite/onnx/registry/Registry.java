package dev.neurite.onnx.registry;

import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Operator;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.math.Arithmetic;
import dev.neurite.onnx.op.math.Comparisons;
import dev.neurite.onnx.op.math.Einsum;
import dev.neurite.onnx.op.math.PointwiseOperators;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.op.math.RankingOperators;
import dev.neurite.onnx.op.math.Reducing;
import dev.neurite.onnx.op.ml.MlOperators;
import dev.neurite.onnx.op.nn.Attending;
import dev.neurite.onnx.op.nn.Converting;
import dev.neurite.onnx.op.nn.Convolving;
import dev.neurite.onnx.op.nn.ImageDecoder;
import dev.neurite.onnx.op.nn.Microsoft;
import dev.neurite.onnx.op.nn.Normalizing;
import dev.neurite.onnx.op.nn.Recurring;
import dev.neurite.onnx.op.nn.ResizeOperator;
import dev.neurite.onnx.op.nn.WindowPooling;
import dev.neurite.onnx.op.quantized.Quantized;
import dev.neurite.onnx.op.shape.Casting;
import dev.neurite.onnx.op.shape.Control;
import dev.neurite.onnx.op.shape.Gathering;
import dev.neurite.onnx.op.shape.Making;
import dev.neurite.onnx.op.shape.Moving;
import dev.neurite.onnx.op.shape.Pads;
import dev.neurite.onnx.op.shape.Scattering;
import dev.neurite.onnx.op.shape.Selecting;
import dev.neurite.onnx.op.shape.SequenceOperators;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.op.text.TextOperators;
import java.util.Optional;
import java.util.Set;

/// The operators that can be run.
public final class Registry {
    private static final Operators ALL = new Operators();

    static {
        PointwiseOperators.register(ALL);
        Arithmetic.register(ALL);
        Comparisons.register(ALL);
        Products.register(ALL);
        Convolving.register(ALL);
        WindowPooling.register(ALL);
        Normalizing.register(ALL);
        Shapes.register(ALL);
        Making.register(ALL);
        Casting.register(ALL);
        Moving.register(ALL);
        Pads.register(ALL);
        Selecting.register(ALL);
        Gathering.register(ALL);
        Scattering.register(ALL);
        Reducing.register(ALL);
        RankingOperators.register(ALL);
        Attending.register(ALL);
        Converting.register(ALL);
        Microsoft.register(ALL);
        Einsum.register(ALL);
        Control.register(ALL);
        SequenceOperators.register(ALL);
        Quantized.register(ALL);
        Recurring.register(ALL);
        ResizeOperator.register(ALL);
        ImageDecoder.register(ALL);
        MlOperators.register(ALL);
        TextOperators.register(ALL);
    }

    /// The operators of sequences, maps and optional values, and those that hand them on.
    private static final Set<String> OF_VALUES = Set.of(
            "Identity",
            "If",
            "Loop",
            "Scan",
            "SequenceConstruct",
            "SequenceAt",
            "SequenceInsert",
            "SequenceErase",
            "SequenceLength",
            "SequenceMap",
            "ConcatFromSequence",
            "Optional",
            "OptionalHasElement",
            "OptionalGetElement",
            Operators.ML + ".DictVectorizer",
            Operators.ML + ".CastMap");

    private Registry() {}

    /// Whether an operator takes sequences, maps or optional values; others take tensors only.
    public static boolean takesValues(OnnxNode node) {
        return OF_VALUES.contains(node.fullOp());
    }

    /// The operator of a node; empty if it is not supported.
    public static Optional<Operator> find(OnnxNode node) {
        return ALL.find(node);
    }

    /// The names of all operators of a domain.
    public static Set<String> names(String domain) {
        return ALL.names(domain);
    }
}

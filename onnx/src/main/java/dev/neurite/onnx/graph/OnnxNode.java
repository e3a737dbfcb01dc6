package dev.neurite.onnx.graph;

import java.util.List;

/// A node: an operator, with the names of the values that it takes and gives.
/// @param name its name; if the file has none, the name of its first output
/// @param domain the set of operators: empty for ONNX's own, or `com.microsoft`; [#OWN] for Neurite's
/// @param op the operator, as `Conv`
/// @param version the version of the set of operators that the model uses
/// @param inputs the names of its inputs; an empty one for an optional input that is not given
/// @param outputs the names of its outputs; an empty one for an output that nobody wants
/// @param attributes its settings
public record OnnxNode(
        String name,
        String domain,
        String op,
        int version,
        List<String> inputs,
        List<String> outputs,
        Attributes attributes) {
    /// The domain of operators that no file has: rewritten graphs have them.
    public static final String OWN = "neurite";

    /// Lists are copied.
    public OnnxNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// An operator of Neurite's own.
    public static OnnxNode own(
            String name, String op, List<String> inputs, List<String> outputs, Attributes attributes) {
        return new OnnxNode(name, OWN, op, 1, inputs, outputs, attributes);
    }

    /// Whether it is this operator of ONNX's own set.
    public boolean is(String operator) {
        return domain.isEmpty() && op.equals(operator);
    }

    /// The name of an input; empty if it is left out.
    /// @param place from 0
    public String input(int place) {
        return place < inputs.size() ? inputs.get(place) : "";
    }

    /// Whether it is this operator of Neurite's own.
    public boolean isOwn(String operator) {
        return domain.equals(OWN) && op.equals(operator);
    }

    public OnnxNode withInputs(List<String> others) {
        return new OnnxNode(name, domain, op, version, others, outputs, attributes);
    }

    public OnnxNode withOutputs(List<String> others) {
        return new OnnxNode(name, domain, op, version, inputs, others, attributes);
    }

    public OnnxNode with(Attributes others) {
        return new OnnxNode(name, domain, op, version, inputs, outputs, others);
    }

    /// The name of the operator with its domain: `Conv`, `com.microsoft.Gelu`.
    public String fullOp() {
        return domain.isEmpty() ? op : domain + "." + op;
    }

    /// How messages name it: `node 'conv1' (Conv)`.
    public String label() {
        return "node '" + name + "' (" + fullOp() + ")";
    }

    /// As `y = Conv(x, w) {strides=[2, 2]}`.
    @Override
    public String toString() {
        String settings = attributes.all().isEmpty() ? "" : " {" + attributes + "}";
        return String.join(", ", outputs) + " = " + fullOp() + "(" + String.join(", ", inputs) + ")" + settings;
    }
}

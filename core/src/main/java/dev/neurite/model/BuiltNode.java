package dev.neurite.model;

import dev.neurite.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A node in its place in a built network: its shapes, and what its [Node#build] declared. A node that
/// is used twice has two of these, which name the same parameters and statistics.
/// @param name its path, `residual1.dense2`; empty for the root of the network
/// @param node the node
/// @param inputs the shape of one row of each input
/// @param outputs the shape of one row of each output
/// @param positions the axes of positions that are rows to this node, in front of the axes of its inputs; no axis
/// unless it is in a node that runs for each position, see [Declarations#childOfPositions]
/// @param parameters the parameters that the node itself declared, by the names that it gave them:
/// `weight`; a shared parameter stands with every node that uses it
/// @param statistics the running statistics that the node itself declared, by the names that it gave
/// them
/// @param states the shape of one row of each state that the node itself declared, by the names that it gave
/// them
/// @param multiplications multiplications (with an addition each) for one row, forward
/// @param frozen whether its parameters are not trained here, except for those of adapters
/// @param adapters the adapters of its linear maps, by the names of their weights
/// @param tuned the names of the parameters of adapters that are trained here
/// @param children the nodes inside it, in the order in which it declared them
public record BuiltNode(
        String name,
        Node node,
        List<Shape> inputs,
        List<Shape> outputs,
        Shape positions,
        Map<String, Parameter> parameters,
        Map<String, Parameter> statistics,
        Map<String, Shape> states,
        long multiplications,
        boolean frozen,
        Map<String, Adapter> adapters,
        Set<String> tuned,
        List<BuiltNode> children) {
    /// Copies the collections.
    public BuiltNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        statistics = Collections.unmodifiableMap(new LinkedHashMap<>(statistics));
        states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
        adapters = Collections.unmodifiableMap(new LinkedHashMap<>(adapters));
        tuned = Set.copyOf(tuned);
        children = List.copyOf(children);
    }

    /// Whether a parameter is trained here.
    /// @param own its name in the node: `weight`
    public boolean trains(String own) {
        return !frozen || tuned.contains(own);
    }

    /// Whether the shape of an output depends on the data: an axis is open.
    public boolean isOpen() {
        return !Shape.areKnown(outputs);
    }

    /// Whether an input is a sequence along the time axis of this node: its axis is open, and outputs have its
    /// [lengths][Node#givesLengths].
    /// @param input the index of the input, from 0
    public boolean isSequence(int input) {
        return !inputs.get(input).isKnown() && node.givesLengths(input);
    }

    /// Whether an input is a sequence along the time axis of this node. Only such a node gets a sequence in parts in a
    /// [PredictionSession].
    public boolean readsSequence() {
        for (int i = 0; i < inputs.size(); i++) if (isSequence(i)) return true;
        return false;
    }

    /// This node, built again for inputs whose open axis has an extent.
    /// @param in the shape of one row of each input
    /// @throws dev.neurite.error.ShapeException if they do not fit, such as sequences too long for their
    /// positions
    public BuiltNode built(List<Shape> in) {
        return Declarations.rebuilt(this, in);
    }

    /// The shapes of the outputs for inputs whose open axis has an extent.
    /// @param in the shape of one row of each input
    /// @throws dev.neurite.error.ShapeException if they do not fit, such as sequences too short for a window
    public List<Shape> outputs(List<Shape> in) {
        return Declarations.outputs(this, in);
    }

    /// The number of values in the parameters that the node itself declared.
    public long parameterCount() {
        return parameters.values().stream().mapToLong(Parameter::size).sum();
    }
}

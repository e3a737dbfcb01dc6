package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A piece of a network with any number of inputs and outputs: a join, a split, a recurrence, a whole
/// graph.
///
/// A node is an immutable record of hyper-parameters, compared by value. It holds no tensors:
/// parameters, activations and gradients are in the executor that runs it. So one node may be used in
/// many networks, places and threads at once. A [Layer] is the simpler form for one input and one
/// output.
public interface Node {
    /// Computes the shapes of the outputs, and declares the parameters.
    /// @param in the shape of one row of each input, without the batch axis
    /// @return the shape of one row of each output
    /// @throws dev.neurite.error.ShapeException if the inputs do not fit
    List<Shape> build(List<Shape> in, Declarations declare);

    /// Computes the outputs, and records the backward with [Pass#backward].
    /// @param in tensors with the batch as first axis
    List<Tensor> forward(List<Tensor> in, Pass pass);

    /// [#forward(List, Pass)] for a node with one input and one output.
    default Tensor forward(Tensor x, Pass pass) {
        return forward(List.of(x), pass).getFirst();
    }

    /// Whether this node takes images with [channels in blocks][dev.neurite.tensor.Layout#BLOCKED]: it gives its
    /// inputs, its outputs and their gradients only to kernels that do, and to its children. Of several inputs
    /// of a node that computes, all are in blocks or none. By default it does not: then all tensors that it sees
    /// are in row-major order, and the network converts.
    default boolean acceptsBlocks() {
        return false;
    }

    /// Whether this node takes padded sequences: it computes the steps of a row without those after its end, or each
    /// step for itself; see [Pass#lengths]. By default it does not, and refuses them with a
    /// [dev.neurite.error.ShapeException], as it might mix padding with what counts.
    default boolean acceptsPadding() {
        return false;
    }

    /// Whether this node takes sequences in parts, in a [PredictionSession]: it computes a step from that
    /// step and those before, which it reads from its [states][Declarations#state], or from that step alone.
    /// Of its inputs, those that [give their lengths][#givesLengths] come in parts, and all others are whole.
    /// By default it does not, and a session refuses a network in which it reads a sequence.
    default boolean acceptsParts() {
        return false;
    }

    /// Whether a parameter of this node, a matrix, may have fewer bits than floats: it reads it by
    /// [Pass#weights] alone, for a product or to look rows up, so that the kernels decode it. By default none
    /// may.
    /// @param parameter its name in this node
    default boolean acceptsEncoded(String parameter) {
        return false;
    }

    /// Whether outputs with an open axis have the lengths of this input, if it is padded: true by default. Then all
    /// such inputs must have the same. False for a sequence of another time axis, such as the memory of attention.
    /// @param input the index of the input, from 0
    default boolean givesLengths(int input) {
        return true;
    }

    /// The kind of this node, from which networks make names: `dense` for `dense1`.
    default String kind() {
        return kindOf(getClass());
    }

    /// The simple name of a class with a small first letter; for an anonymous class that of its
    /// interface.
    static String kindOf(Class<?> type) {
        if (type.isAnonymousClass()) {
            Class<?>[] interfaces = type.getInterfaces();
            return kindOf(interfaces.length > 0 ? interfaces[0] : type.getSuperclass());
        }
        String name = type.getSimpleName();
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    /// The paths of the nodes inside this one that [#replace] can replace; none unless this is a
    /// container.
    default List<String> replaceable() {
        return List.of();
    }

    /// The paths of a child of a container, and of the nodes inside it.
    static List<String> replaceable(String name, Node child) {
        List<String> paths = new ArrayList<>(List.of(name));
        for (String inside : child.replaceable()) paths.add(name + "." + inside);
        return paths;
    }

    /// This container with another node in the place of one inside it.
    /// @param path its name, with dots into containers, as in names of parameters: `body`,
    /// `body.dense2`
    /// @throws ConfigException for a path that is not among [#replaceable()]
    default Node replace(String path, Node other) {
        throw new ConfigException("layer '" + path + "'", "expects a container, got " + this);
    }

    /// A child of a container, after a replacement.
    /// @param inside the path of the node to replace, from the child on; empty for the child itself
    static Node replaced(Node child, String inside, Node other) {
        return inside.isEmpty() ? other : child.replace(inside, other);
    }

    /// The softmax or sigmoid at the end of this node, which a loss may fuse with; the identity if
    /// there is none.
    default Activation outputActivation() {
        return Activation.IDENTITY;
    }

    /// This node without its [#outputActivation()]: the same parameters, giving logits.
    default Node withoutOutputActivation() {
        return this;
    }
}

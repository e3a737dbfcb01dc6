package dev.neurite.onnx.op;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A node with what is known of its inputs, for an [Operator].
public final class NodeCall {
    /// The attribute of a node with bodies that names the values of graphs around them which they take. Those
    /// values are the node's last inputs.
    public static final String CAPTURED = "captured";

    /// The attribute of a node whose result has the type of an input of narrow floats: that type's code. Values do not
    /// have it, as such floats are read as floats of 32 bits.
    public static final String NARROW = "narrow";

    private final OnnxNode node;
    private final List<@Nullable Fact> inputs;
    private final Surroundings surroundings;

    /// @param inputs a fact for each of the node's inputs; null for those that are not given
    public NodeCall(OnnxNode node, List<@Nullable Fact> inputs, Surroundings surroundings) {
        this.node = node;
        this.inputs = inputs;
        this.surroundings = surroundings;
    }

    /// Another node with the same surroundings, for an operator that computes another one.
    public NodeCall with(OnnxNode other, List<@Nullable Fact> itsInputs) {
        return new NodeCall(other, itsInputs, surroundings);
    }

    /// What steps share.
    public interface Surroundings {
        /// What steps compute with.
        Kernels kernels();

        /// Weights that are packed once, for all plans of a model.
        /// @param of the constant that they are made of: the same object and purpose give the same weights,
        /// if it is [shared][Constant#isShared]
        /// @param purpose what is made of it
        /// @param make makes them, if they are not there yet
        PackedWeights packed(Constant of, String purpose, Supplier<PackedWeights> make);

        /// Something that is made of a node's settings once, for all plans of a model.
        /// @param of the settings: the same object gives the same result
        /// @param make makes it, if it is not there yet
        <T> T made(Attributes of, Class<T> kind, Supplier<T> make);

        /// @param captured the values of graphs around it, by their names in the body
        /// @param given the inputs
        /// @return the outputs
        Value[] run(OnnxGraph body, Map<String, Value> captured, Value... given);
    }

    // ------------------------------------------------------------------------------------------------------ the node

    public OnnxNode node() {
        return node;
    }

    public Attributes attributes() {
        return node.attributes();
    }

    /// The version of the set of operators.
    public int version() {
        return node.version();
    }

    /// The number of outputs, with those at the end that nobody wants.
    public int outputs() {
        return node.outputs().size();
    }

    public boolean wants(int output) {
        return output < outputs() && !node.outputs().get(output).isEmpty();
    }

    // ---------------------------------------------------------------------------------------------------- the inputs

    /// The number of inputs, with those between others that are not given.
    public int inputs() {
        return inputs.size();
    }

    public boolean has(int input) {
        return input < inputs.size() && inputs.get(input) != null;
    }

    /// What is known of an input.
    /// @throws ModelFormatException if it is not given
    public Fact in(int input) {
        Fact given = input < inputs.size() ? inputs.get(input) : null;
        if (given != null) return given;
        throw new ModelFormatException(
                node.label(), "expects an input " + input + ", got " + inputs.size() + " inputs");
    }

    public ElementType type(int input) {
        return in(input).type();
    }

    public Shape shape(int input) {
        return in(input).shape();
    }

    /// Whether an input is a constant, the same in each run.
    public boolean isConstant(int input) {
        return has(input) && in(input).isConstant();
    }

    /// The elements of an input.
    /// @throws NotYetKnown if they are not there yet
    public Value value(int input) {
        Value known = in(input).value();
        if (known != null) return known;
        throw new NotYetKnown(node.inputs().get(input));
    }

    /// The elements of an input of integers, as axes or extents are.
    /// @throws NotYetKnown if they are not there yet
    public long[] integers(int input) {
        Value known = value(input);
        requireType(input, ElementType.INT64, ElementType.INT32);
        long[] all = new long[known.size()];
        for (int i = 0; i < all.length; i++) all[i] = known.integer(i);
        return all;
    }

    /// Integers that older versions have as an attribute and newer ones as an input.
    /// @return null if they are not given
    public long @Nullable [] integers(String attribute, int input) {
        if (has(input)) return integers(input);
        return attributes().integers(attribute).orElse(null);
    }

    /// An axis, counted from the front.
    /// @param axis from −rank to rank − 1
    public int axis(long axis, int rank) {
        if (axis >= -rank && axis < rank) return (int) (axis < 0 ? axis + rank : axis);
        throw misfit("expects an axis from " + -rank + " to " + (rank - 1) + ", got " + axis);
    }

    /// Axes, counted from the front, each once.
    public int[] axes(long[] axes, int rank) {
        int[] all = Arrays.stream(axes).mapToInt(each -> axis(each, rank)).toArray();
        if (Arrays.stream(all).distinct().count() < all.length) {
            throw misfit("expects each axis once, got " + Arrays.toString(axes));
        }
        return all;
    }

    // ------------------------------------------------------------------------------------------------------- checks

    /// Refuses an input of another type.
    public void requireType(int input, ElementType... types) {
        requireType(input, Set.of(types));
    }

    /// Refuses an input of another type.
    public void requireType(int input, Set<ElementType> types) {
        if (types.contains(type(input))) return;
        String wanted = types.stream().sorted().map(ElementType::toString).collect(Collectors.joining(", "));
        throw misfit("expects input " + input + " of type " + wanted + ", got " + type(input));
    }

    /// Refuses inputs of different types.
    public void requireSameTypes(int... inputsOfOneType) {
        ElementType first = type(inputsOfOneType[0]);
        for (int input : inputsOfOneType) {
            if (has(input) && type(input) != first) {
                throw misfit("expects inputs of one type, got " + first + " and " + type(input));
            }
        }
    }

    /// Refuses an input with another number of axes.
    public void requireRank(int input, int rank) {
        if (shape(input).rank() != rank) {
            throw misfit("expects input " + input + " with " + rank + " axes, got " + shape(input));
        }
    }

    /// An exception that names the node: types or shapes do not fit.
    public ShapeException misfit(String problem) {
        return new ShapeException(node.label(), problem);
    }

    /// An exception that names the node: a setting is wrong, or not supported.
    public ModelFormatException wrong(String problem) {
        return new ModelFormatException(node.label(), problem);
    }

    // ---------------------------------------------------------------------------------------------------- computing

    /// What the step computes with.
    public Kernels kernels() {
        return surroundings.kernels();
    }

    /// The weights that an input has: packed once, if it is a constant.
    /// @param shape `[out × in]`, with as many elements
    /// @return null if it is no constant
    public @Nullable PackedWeights packed(int input, Shape shape) {
        return packed(input, "", w -> w.reshape(shape));
    }

    /// Weights that are made of an input: once, if it is a constant.
    /// @param purpose names what is made of it, in all operators
    /// @param make makes them of the input
    /// @return null if it is no constant
    public @Nullable PackedWeights packed(int input, String purpose, UnaryOperator<Tensor> make) {
        Constant constant = in(input).constant();
        if (constant == null) return null;
        return surroundings.packed(
                constant,
                purpose,
                () -> PackedWeights.constant(make.apply(constant.value().tensor())));
    }

    /// Weights that are made of an input of any type: once, if it is a constant.
    /// @param purpose names what is made of it, in all operators
    /// @param make makes them
    /// @return null if it is no constant
    public @Nullable PackedWeights packed(int input, String purpose, Supplier<Tensor> make) {
        Constant constant = in(input).constant();
        if (constant == null) return null;
        return surroundings.packed(constant, purpose, () -> PackedWeights.constant(make.get()));
    }

    /// Codes of 8 bits that are made of an input: once, if it is a constant.
    /// @param purpose names what is made of it, in all operators, with all else that it is made of
    /// @param make makes them
    /// @return null if it is no constant
    public @Nullable QuantizedMatrix quantized(int input, String purpose, Supplier<QuantizedMatrix> make) {
        Constant constant = in(input).constant();
        if (constant == null) return null;
        return (QuantizedMatrix) surroundings
                .packed(constant, purpose, () -> PackedWeights.encoded(make.get()))
                .encoded();
    }

    /// Something that is made of the node's settings, once for all plans of a model.
    public <T> T made(Class<T> kind, Supplier<T> make) {
        return surroundings.made(attributes(), kind, make);
    }

    /// The values of graphs around a node's bodies: the last of its inputs.
    /// @param in all inputs
    public Map<String, Value> captured(Value... in) {
        List<String> names = attributes().texts(CAPTURED).orElse(List.of());
        Map<String, Value> captured = new HashMap<>();
        int first = in.length - names.size();
        for (int i = 0; i < names.size(); i++) captured.put(names.get(i), in[first + i]);
        return captured;
    }

    /// Runs a body of the node, see [Surroundings#run].
    public Value[] run(OnnxGraph body, Map<String, Value> captured, Value... given) {
        return surroundings.run(body, captured, given);
    }
}

package dev.neurite.onnx.op.nn;

import dev.neurite.error.DataException;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.math.Functions;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// A recurrent node: its extents and settings, and where its values have what.
/// @param label names the node
/// @param kind the operator
/// @param time the most steps of a sequence
/// @param batch the number of sequences
/// @param inputs the features of a step
/// @param units the elements of a state
/// @param directions 1 or 2
/// @param backward whether the only direction is from the last step to the first
/// @param xBatchFirst whether x is `[batch × time × …]`, not `[time × batch × …]`
/// @param yBatchFirst whether the results of all steps are `[batch × time × directions × units]`, not
/// `[time × directions × batch × units]`
/// @param statesBatchFirst whether states are `[batch × directions × units]`, not `[directions × batch × units]`
/// @param resetsAfter of a GRU: whether the reset gate comes after the product
/// @param coupled of an LSTM: whether the forget gate is 1 minus the input gate
/// @param clip what the arguments of the gates' activations are bounded to; infinite without a bound
/// @param activations the names of the activations of all directions, in small letters
/// @param functions the same as functions
record Recurrence(
        String label,
        Kind kind,
        int time,
        int batch,
        int inputs,
        int units,
        int directions,
        boolean backward,
        boolean xBatchFirst,
        boolean yBatchFirst,
        boolean statesBatchFirst,
        boolean resetsAfter,
        boolean coupled,
        double clip,
        List<String> activations,
        List<DoubleUnaryOperator> functions) {
    static final int W = 1; // the inputs after x
    static final int R = 2;
    static final int B = 3;
    static final int LENGTHS = 4;
    static final int INITIAL_H = 5;
    static final int INITIAL_C = 6;
    static final int P = 7;

    private static final Map<String, String> OPERATORS = Map.of(
            "relu", "Relu",
            "tanh", "Tanh",
            "sigmoid", "Sigmoid",
            "softsign", "Softsign",
            "softplus", "Softplus",
            "leakyrelu", "LeakyRelu",
            "thresholdedrelu", "ThresholdedRelu",
            "hardsigmoid", "HardSigmoid",
            "elu", "Elu");

    /// The operators.
    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to them
    enum Kind {
        RNN(List.of("tanh"), 0),
        GRU(List.of("sigmoid", "tanh"), 1, 0, 2),
        LSTM(List.of("sigmoid", "tanh", "tanh"), 0, 2, 3, 1);

        /// The usual activations of a direction.
        final List<String> usual;

        /// The gates in the order that kernels have them, as places in that of the file.
        final int[] order;

        Kind(List<String> usual, int... order) {
            this.usual = usual;
            this.order = order;
        }

        int gates() {
            return order.length;
        }
    }

    // -------------------------------------------------------------------------------------------------------- making

    /// Reads and checks a node.
    static Recurrence of(NodeCall call, Kind kind) {
        Attributes with = call.attributes();
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        for (int i : new int[] {0, W, R}) call.requireRank(i, 3);
        boolean batchFirst = switch (Math.clamp(with.integer("layout", 0), -1, 2)) {
            case 0 -> false;
            case 1 -> true;
            default -> throw call.wrong("expects layout 0 or 1, got " + with.integer("layout", 0));
        };
        boolean xBatchFirst = batchFirst || with.flag(Recurring.X_BATCH_FIRST, false);
        String direction = with.text("direction", "forward");
        if (!direction.matches("forward|reverse|bidirectional")) {
            throw call.wrong("expects direction forward, reverse or bidirectional, got '" + direction + "'");
        }
        float clip = with.real("clip", Float.POSITIVE_INFINITY);
        if (!(clip > 0)) throw call.wrong("expects clip above 0, got " + clip);
        int directions = direction.equals("bidirectional") ? 2 : 1;
        List<String> names = activations(call, kind, directions);
        Shape x = call.shape(0);
        var made = new Recurrence(
                call.node().label(),
                kind,
                x.extent(xBatchFirst ? 1 : 0),
                x.extent(xBatchFirst ? 0 : 1),
                x.extent(2),
                with.small("hidden_size", call.shape(R).extent(2)),
                directions,
                direction.equals("reverse"),
                xBatchFirst,
                batchFirst || with.flag(Recurring.Y_BATCH_FIRST, false),
                batchFirst,
                with.flag("linear_before_reset", false),
                with.flag("input_forget", false),
                clip,
                names,
                functions(call, names));
        made.check(call);
        return made;
    }

    private void check(NodeCall call) {
        int most = kind == Kind.LSTM ? P + 1 : INITIAL_H + 1;
        if (call.inputs() > most) throw call.wrong("expects up to " + most + " inputs, got " + call.inputs());
        if (units < 0) throw call.wrong("expects hidden_size of at least 0, got " + units);
        int all = (int) Math.min(Integer.MAX_VALUE, (long) kind.gates() * units);
        require(call, W, Shape.of(directions, all, inputs));
        require(call, R, Shape.of(directions, all, units));
        if (call.has(B)) require(call, B, Shape.of(directions, Math.multiplyExact(2, all)));
        if (call.has(INITIAL_H)) require(call, INITIAL_H, ofStates());
        if (call.has(LENGTHS)) {
            call.requireType(LENGTHS, ElementType.INT32);
            if (!call.shape(LENGTHS).equals(Shape.of(batch))) {
                throw call.misfit("expects sequence_lens [" + batch + "], got " + call.shape(LENGTHS));
            }
        }
        if (kind != Kind.LSTM) return;
        if (call.has(INITIAL_C)) require(call, INITIAL_C, ofStates());
        if (call.has(P)) require(call, P, Shape.of(directions, 3 * units));
    }

    private static void require(NodeCall call, int input, Shape shape) {
        call.requireSameTypes(0, input);
        if (!call.shape(input).equals(shape)) {
            throw call.misfit("expects input " + input + " " + shape + ", got " + call.shape(input));
        }
    }

    private static List<String> activations(NodeCall call, Kind kind, int directions) {
        List<String> usual = new ArrayList<>();
        for (int i = 0; i < directions; i++) usual.addAll(kind.usual);
        List<String> given = call.attributes().texts("activations").orElse(usual);
        int most = 2 * kind.usual.size(); // a list for two directions is taken for one
        if (given.size() < usual.size() || given.size() > most) {
            throw call.wrong("expects " + usual.size() + " activations, got " + given);
        }
        return given.subList(0, usual.size()).stream()
                .map(each -> each.toLowerCase(Locale.ROOT))
                .toList();
    }

    /// The functions take their α and β, where they have one, from the lists in turn.
    private static List<DoubleUnaryOperator> functions(NodeCall call, List<String> names) {
        float[] alphas = call.attributes().reals("activation_alpha").orElse(new float[0]);
        float[] betas = call.attributes().reals("activation_beta").orElse(new float[0]);
        int ofAlphas = 0;
        int ofBetas = 0;
        List<DoubleUnaryOperator> functions = new ArrayList<>();
        for (String name : names) {
            boolean hasBeta = name.matches("affine|scaledtanh|hardsigmoid");
            boolean hasAlpha = hasBeta || name.matches("leakyrelu|thresholdedrelu|elu");
            Float alpha = hasAlpha && ofAlphas < alphas.length ? (Float) alphas[ofAlphas++] : null;
            Float beta = hasBeta && ofBetas < betas.length ? (Float) betas[ofBetas++] : null;
            functions.add(function(call, name, alpha, beta));
        }
        return functions;
    }

    private static DoubleUnaryOperator function(
            NodeCall call, String name, @Nullable Float alpha, @Nullable Float beta) {
        double factor = alpha == null ? 1 : alpha;
        if (name.equals("affine")) {
            double shift = beta == null ? 0 : beta;
            return x -> factor * x + shift;
        }
        if (name.equals("scaledtanh")) {
            double inner = beta == null ? 1 : beta;
            return x -> factor * Math.tanh(inner * x);
        }
        String op = OPERATORS.get(name);
        if (op == null) throw call.wrong("expects activations that ONNX has for it, got '" + name + "'");
        Attributes with = Attributes.none(call.node().label());
        if (alpha != null) with = with.with("alpha", alpha);
        if (beta != null) with = with.with("beta", beta);
        var node = new OnnxNode(call.node().name(), "", op, call.version(), List.of(), List.of(), with);
        return Functions.ofDoubles(node).orElseThrow(() -> call.wrong("expects another activation than " + op));
    }

    // -------------------------------------------------------------------------------------------------------- places

    Shape ofStates() {
        return statesBatchFirst ? Shape.of(batch, directions, units) : Shape.of(directions, batch, units);
    }

    Shape ofOutputs() {
        return yBatchFirst ? Shape.of(batch, time, directions, units) : Shape.of(time, directions, batch, units);
    }

    /// Whether a direction goes from the last step to the first.
    boolean isBackward(int direction) {
        return backward || direction == 1;
    }

    boolean hasUsualActivations() {
        for (int i = 0; i < activations.size(); i++) {
            if (!activations.get(i).equals(kind.usual.get(i % kind.usual.size()))) return false;
        }
        return true;
    }

    /// Whether no sum has an element, or nothing is computed.
    boolean isEmpty() {
        return time == 0 || batch == 0 || units == 0 || inputs == 0;
    }

    /// Where a row of a state begins.
    int state(int direction, int row) {
        return (statesBatchFirst ? row * directions + direction : direction * batch + row) * units;
    }

    /// Where the features of a step begin.
    int input(int row, int step) {
        return (xBatchFirst ? row * time + step : step * batch + row) * inputs;
    }

    /// Where the result of a step begins.
    int output(int direction, int row, int step) {
        if (yBatchFirst) return ((row * time + step) * directions + direction) * units;
        return ((step * directions + direction) * batch + row) * units;
    }

    /// The steps of each sequence.
    /// @throws DataException if one is out of range
    int[] lengths(Value[] in) {
        int[] lengths = new int[batch];
        Value given = Work.optional(in, LENGTHS);
        for (int row = 0; row < batch; row++) {
            lengths[row] = given != null ? (int) given.integer(row) : time;
            if (lengths[row] < 0 || lengths[row] > time) {
                throw new DataException(label, "expects sequence_lens from 0 to " + time + ", got " + lengths[row]);
            }
        }
        return lengths;
    }
}

package dev.neurite.onnx.layers;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.layer.Recurrent;
import dev.neurite.layer.RecurrentLayer;
import dev.neurite.layer.SimpleRnn;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.layers.Flow.Form;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// RNN, GRU and LSTM, with the operators around them that bring the time first and back.
final class RecurrentLayers {
    private static final int LENGTHS = 4; // inputs
    private static final int STATES = 5;

    private RecurrentLayers() {}

    static boolean add(LayerDraft draft, OnnxNode node) {
        if (!node.domain().isEmpty()) return false;
        return switch (node.op()) {
            case "RNN" -> recurrent(draft, node, new int[] {0});
            case "GRU" -> recurrent(draft, node, new int[] {1, 0, 2}); // z, r, h
            case "LSTM" -> recurrent(draft, node, new int[] {0, 2, 3, 1}); // of i, o, f, c those of i, f, c, o
            case "Transpose", "Squeeze", "Reshape" -> moved(draft, node);
            default -> false;
        };
    }

    // ---------------------------------------------------------------------------------------------------- time and
    // rows

    /// Follows the axes of a value whose batch is not first.
    private static boolean moved(LayerDraft draft, OnnxNode node) {
        Optional<Flow> x = draft.flow(node.inputs().getFirst());
        if (x.isEmpty()) return false;
        Optional<Form> form = switch (node.op()) {
            case "Transpose" ->
                transposed(x.get(), node.attributes().integers("perm").orElse(new long[0]));
            case "Squeeze" -> draft.longs(node, 1).flatMap(axes -> squeezed(x.get(), axes));
            default -> draft.longs(node, 1).flatMap(to -> joined(x.get(), to));
        };
        form.ifPresent(each -> draft.put(node.outputs().getFirst(), x.get().in(each)));
        return form.isPresent();
    }

    private static Optional<Form> transposed(Flow x, long... order) {
        if (Arrays.equals(order, new long[] {1, 0, 2})) {
            return switch (x.form()) {
                case ROWS -> Optional.of(Form.TIME_FIRST);
                case TIME_FIRST -> Optional.of(Form.ROWS);
                case STATES -> Optional.of(Form.ROWS_OF_STATES);
                default -> Optional.empty();
            };
        }
        if (x.form() != Form.STEPS) return Optional.empty();
        if (Arrays.equals(order, new long[] {0, 2, 1, 3})) return Optional.of(Form.STEPS_OF_ROWS);
        return Arrays.equals(order, new long[] {2, 0, 1, 3}) ? Optional.of(Form.ROWS_OF_STEPS) : Optional.empty();
    }

    /// Without the axis of one direction.
    private static Optional<Form> squeezed(Flow x, long... axes) {
        if (axes.length != 1) return Optional.empty();
        if (x.form() == Form.STEPS && axes[0] == 1) return Optional.of(Form.TIME_FIRST);
        return x.form() == Form.STATES && axes[0] == 0 ? Optional.of(Form.ROWS) : Optional.empty();
    }

    /// The directions beside each other.
    private static Optional<Form> joined(Flow x, long... to) {
        int width = x.row().extent(x.row().rank() - 1);
        if (to.length == 0 || (to[to.length - 1] != width && to[to.length - 1] != -1)) return Optional.empty();
        return switch (x.form()) {
            case STEPS_OF_ROWS -> to.length == 3 ? Optional.of(Form.TIME_FIRST) : Optional.empty();
            case ROWS_OF_STEPS -> to.length == 3 ? Optional.of(Form.ROWS) : Optional.empty();
            case ROWS_OF_STATES -> to.length == 2 ? Optional.of(Form.ROWS) : Optional.empty();
            default -> Optional.empty();
        };
    }

    // ---------------------------------------------------------------------------------------------------------- layers

    /// @param order for each gate of the layer its place among those of the operator
    private static boolean recurrent(LayerDraft draft, OnnxNode node, int... order) {
        Optional<Flow> x = draft.flow(node.inputs().getFirst()).filter(each -> each.form() == Form.TIME_FIRST);
        Optional<Tensor> w = draft.floats(node, 1);
        Optional<Tensor> r = draft.floats(node, 2);
        Optional<Tensor> b = LayerDraft.has(node, 3)
                ? draft.floats(node, 3)
                : r.map(each -> Tensor.zeros(
                        Shape.of(each.shape().extent(0), 2 * each.shape().extent(1))));
        String direction = node.attributes().text("direction", "forward");
        boolean both = direction.equals("bidirectional");
        int units = node.attributes().small("hidden_size", 0);
        boolean plain = units > 0
                && !LayerDraft.has(node, LENGTHS)
                && !LayerDraft.has(node, 7)
                && node.attributes().integer("layout", 0) == 0
                && !node.attributes().has("clip")
                && !node.attributes().flag("input_forget", false)
                && startsWithZeros(draft, node);
        if (x.isEmpty() || w.isEmpty() || r.isEmpty() || b.isEmpty() || !plain) return false;
        String y = node.outputs().getFirst();
        String last = node.outputs().size() > 1 ? node.outputs().get(1) : "";
        boolean sequences = draft.isTaken(y);
        boolean ends = draft.isTaken(last);
        boolean cells =
                node.outputs().size() > 2 && draft.isTaken(node.outputs().get(2));
        if (cells || (sequences && ends && both) || !(sequences || ends)) return false;
        Optional<RecurrentLayer<?>> made = layer(node, units);
        if (made.isEmpty()) return false;
        RecurrentLayer<?> one = direction.equals("reverse") ? made.get().withReversed() : made.get();
        Recurrent layer = both ? Layers.bidirectional(one) : one;
        if (sequences) layer = layer.withSequences();
        if (sequences && ends) layer = layer.withStates();
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        for (int i = 0; i < (both ? 2 : 1); i++) {
            String before = !both ? "" : i == 0 ? "forwards." : "backwards.";
            parameters.put(before + "weight_ih", gates(w.get(), i, 0, 1, order));
            parameters.put(before + "weight_hh", gates(r.get(), i, 0, 1, order));
            parameters.put(before + "bias_ih", gates(b.get(), i, 0, 2, order));
            parameters.put(before + "bias_hh", gates(b.get(), i, 1, 2, order));
        }
        List<String> outputs = sequences ? (ends ? List.of(y, last) : List.of(y)) : List.of(last);
        Flow rows = x.get().in(Form.ROWS);
        if (!draft.add(node, layer, outputs, List.of(rows), parameters)) return false;
        draft.flow(y).ifPresent(flow -> draft.put(y, flow.in(Form.STEPS)));
        draft.flow(last).ifPresent(flow -> draft.put(last, flow.in(Form.STATES)));
        return true;
    }

    private static boolean startsWithZeros(LayerDraft draft, OnnxNode node) {
        for (int i = STATES; i < STATES + 2; i++) {
            if (!LayerDraft.has(node, i)) continue;
            Optional<Tensor> state = draft.floats(node, i);
            if (state.isEmpty()) return false;
            for (float each : state.get().toArray()) if (each != 0) return false;
        }
        return true;
    }

    private static Optional<RecurrentLayer<?>> layer(OnnxNode node, int units) {
        List<String> g = node.attributes().texts("activations").orElse(List.of());
        return switch (node.op()) {
            case "LSTM" -> all(g, "Sigmoid", "Tanh", "Tanh") ? Optional.of(Layers.lstm(units)) : Optional.empty();
            case "GRU" -> {
                if (!all(g, "Sigmoid", "Tanh")) yield Optional.empty();
                boolean after = node.attributes().flag("linear_before_reset", false);
                yield Optional.of(after ? Layers.gru(units) : Layers.gru(units).withResetBefore());
            }
            default -> {
                SimpleRnn rnn = Layers.simpleRnn(units);
                if (all(g, "Tanh")) yield Optional.of(rnn);
                if (all(g, "Relu")) yield Optional.of(rnn.withActivation(Activation.RELU));
                yield all(g, "Sigmoid") ? Optional.of(rnn.withActivation(Activation.SIGMOID)) : Optional.empty();
            }
        };
    }

    /// Whether activations are these for each direction; the usual ones are those of none.
    private static boolean all(List<String> given, String... expected) {
        boolean usual = (expected[0].equals("Sigmoid") && expected.length > 1) || expected[0].equals("Tanh");
        if (given.isEmpty()) return usual;
        for (int i = 0; i < given.size(); i++) {
            if (!given.get(i).equalsIgnoreCase(expected[i % expected.length])) return false;
        }
        return true;
    }

    /// A parameter of a direction, with its gates in the layer's order.
    /// @param part of those that are one after the other in a direction
    private static Tensor gates(Tensor all, int direction, int part, int parts, int... order) {
        Shape shape = all.shape();
        int rows = shape.extent(1) / parts;
        int columns = shape.rank() > 2 ? shape.extent(2) : 1;
        int block = rows / order.length * columns;
        float[] from = all.toArray();
        float[] to = new float[rows * columns];
        int start = (direction * parts + part) * rows * columns;
        for (int gate = 0; gate < order.length; gate++) {
            System.arraycopy(from, start + order[gate] * block, to, gate * block, block);
        }
        return Tensor.of(shape.rank() > 2 ? Shape.of(rows, columns) : Shape.of(rows), to);
    }
}

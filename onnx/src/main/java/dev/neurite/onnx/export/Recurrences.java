package dev.neurite.onnx.export;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.LeakyRelu;
import dev.neurite.kernel.PiecewiseActivations.HardSigmoid;
import dev.neurite.kernel.PiecewiseActivations.Softsign;
import dev.neurite.kernel.SmoothActivations.Elu;
import dev.neurite.layer.Bidirectional;
import dev.neurite.layer.Gru;
import dev.neurite.layer.Lstm;
import dev.neurite.layer.Recurrent;
import dev.neurite.layer.RecurrentLayer;
import dev.neurite.layer.SimpleRnn;
import dev.neurite.layer.Stacked;
import dev.neurite.model.BuiltNode;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Recurrent layers: RNN, GRU and LSTM, whose sequences have the time first, and whose gates have another order.
final class Recurrences {
    private static final String FORWARD = "forward";

    private Recurrences() {}

    /// An operator with its weights.
    /// @param order for each gate of the operator its place in the layer's parameters
    /// @param how its attributes but those of all
    private record Kind(String op, List<Integer> order, Map<String, Object> how) {
        /// Empty for an activation that the operator does not have.
        static Optional<Kind> of(RecurrentLayer<?> layer, int directions) {
            return switch (layer) {
                case Lstm _ -> Optional.of(new Kind("LSTM", List.of(0, 3, 1, 2), Map.of())); // i, o, f, c
                case Gru gru ->
                    Optional.of(
                            new Kind( // z, r, h
                                    "GRU",
                                    List.of(1, 0, 2),
                                    Map.of("linear_before_reset", gru.resetAfter() ? 1L : 0L)));
                case SimpleRnn rnn -> rnn(rnn.activation(), directions).map(how -> new Kind("RNN", List.of(0), how));
            };
        }

        private static Optional<Map<String, Object>> rnn(Elementwise g, int directions) {
            return switch (g) {
                case Activation.Tanh _ -> Optional.of(Map.of());
                case Activation.Relu _ -> Optional.of(named(directions, "Relu"));
                case Activation.Sigmoid _ -> Optional.of(named(directions, "Sigmoid"));
                case Softsign _ -> Optional.of(named(directions, "Softsign"));
                case Activation.Identity _ -> Optional.of(named(directions, "Affine", 1f, 0f));
                case LeakyRelu(float slope) -> Optional.of(named(directions, "LeakyRelu", slope));
                case Elu(float alpha) -> Optional.of(named(directions, "Elu", alpha));
                case HardSigmoid _ -> Optional.of(named(directions, "HardSigmoid", 1 / 6f, 0.5f));
                default -> Optional.empty();
            };
        }

        /// @param settings alpha, then beta
        private static Map<String, Object> named(int directions, String g, float... settings) {
            Map<String, Object> how = new TreeMap<>();
            how.put("activations", Collections.nCopies(directions, g));
            if (settings.length > 0) how.put("activation_alpha", Collections.nCopies(directions, settings[0]));
            if (settings.length > 1) how.put("activation_beta", Collections.nCopies(directions, settings[1]));
            return how;
        }
    }

    // -------------------------------------------------------------------------------------------------------- layers

    static List<String> layer(GraphBuilder b, RecurrentLayer<?> node, BuiltNode layer, List<String> in) {
        String direction = node.settings().reversed() ? "reverse" : FORWARD;
        return run(b, node, layer, List.of(layer), direction, in);
    }

    static List<String> bidirectional(GraphBuilder b, Bidirectional both, BuiltNode layer, List<String> in) {
        return run(b, (RecurrentLayer<?>) both.layer(), layer, layer.children(), "bidirectional", in);
    }

    static List<String> stacked(Stacked stacked, BuiltNode layer, List<String> in, LayerExport export) {
        int own = in.size() == 1 ? 0 : ((Recurrent) stacked.layer()).states().size();
        List<String> out = new ArrayList<>();
        String x = in.getFirst();
        for (int i = 0; i < stacked.count(); i++) {
            List<String> read = new ArrayList<>(List.of(x));
            read.addAll(in.subList(1 + i * own, 1 + (i + 1) * own));
            List<String> given = export.add(layer.children().get(2 * i), read); // dropout between has no operator
            x = given.getFirst();
            out.addAll(given.subList(1, given.size()));
        }
        out.addFirst(x);
        return out;
    }

    /// One step: a sequence of one step, of which the states are the outputs.
    static List<String> cell(GraphBuilder b, BuiltNode layer, List<String> in, LayerExport export) {
        b.enter(layer.name());
        List<String> step = new ArrayList<>(in);
        step.set(0, b.unsqueeze(in.getFirst(), 1));
        List<String> out = export.add(layer.children().getFirst(), step);
        return out.subList(1, out.size());
    }

    // ------------------------------------------------------------------------------------------------------- operator

    /// @param layer the whole layer
    /// @param directions the layer of each direction, which have the parameters
    private static List<String> run(
            GraphBuilder b,
            RecurrentLayer<?> node,
            BuiltNode layer,
            List<BuiltNode> directions,
            String direction,
            List<String> in) {
        Optional<Kind> known = Kind.of(node, directions.size());
        if (known.isEmpty()) return b.refuse(layer, "ONNX's RNN does not have its activation");
        Kind kind = known.get();
        boolean cells = node instanceof Lstm;
        int units = node.settings().units();
        Map<String, Object> how = new TreeMap<>(kind.how);
        how.put("hidden_size", (long) units);
        if (!direction.equals(FORWARD)) how.put("direction", direction);
        List<String> inputs = new ArrayList<>(List.of(
                b.transpose(in.getFirst(), 1, 0, 2),
                weights(b, kind, directions, "weight_ih", "W"),
                weights(b, kind, directions, "weight_hh", "R"),
                biases(b, kind, directions)));
        if (in.size() > 1) {
            inputs.add(""); // the lengths
            inputs.add(initial(b, in, 0, directions.size()));
            if (cells) inputs.add(initial(b, in, 1, directions.size()));
        }
        List<String> out = b.add(kind.op, how, cells ? 3 : 2, inputs.toArray(String[]::new));
        return outputs(b, node, directions.size(), units, out);
    }

    /// The initial states of one kind, h or c, of all directions.
    private static String initial(GraphBuilder b, List<String> in, int state, int directions) {
        int each = (in.size() - 1) / directions;
        List<String> all = new ArrayList<>();
        for (int i = 0; i < directions; i++) all.add(b.unsqueeze(in.get(1 + i * each + state), 0));
        return b.concat(0, all);
    }

    private static List<String> outputs(
            GraphBuilder b, RecurrentLayer<?> node, int directions, int units, List<String> out) {
        List<String> result = new ArrayList<>();
        if (node.settings().sequences()) { // [time × directions × rows × units]
            result.add(
                    directions == 1
                            ? b.transpose(b.squeeze(out.getFirst(), 1), 1, 0, 2)
                            : b.reshape(b.transpose(out.getFirst(), 2, 0, 1, 3), 0, 0, 2L * units));
        } else {
            result.add(
                    directions == 1
                            ? b.squeeze(out.get(1), 0)
                            : b.reshape(b.transpose(out.get(1), 1, 0, 2), 0, 2L * units));
        }
        if (!node.settings().states()) return result;
        List<List<String>> states = new ArrayList<>(); // by kind, then direction
        for (String each : out.subList(1, out.size())) {
            states.add(directions == 1 ? List.of(each) : b.split(each, 0, 1, 1));
        }
        for (int i = 0; i < directions; i++) {
            for (List<String> each : states) result.add(b.squeeze(each.get(i), 0));
        }
        return result;
    }

    // ------------------------------------------------------------------------------------------------------- weights

    /// `[directions × gates·units × columns]`
    private static String weights(
            GraphBuilder b, Kind kind, List<BuiltNode> directions, String parameter, String name) {
        Shape shape = GraphBuilder.shape(directions.getFirst(), parameter);
        float[] all = new float[directions.size() * shape.size()];
        int at = 0;
        for (BuiltNode each : directions) at = put(b.tensor(each, parameter), kind.order, all, at);
        return b.constant(name, Value.of(Shape.of(directions.size(), shape.extent(0), shape.extent(1)), all));
    }

    /// `[directions × 2·gates·units]`: of the input, then of the state.
    private static String biases(GraphBuilder b, Kind kind, List<BuiltNode> directions) {
        int size = GraphBuilder.shape(directions.getFirst(), "bias_ih").size();
        float[] all = new float[directions.size() * 2 * size];
        int at = 0;
        for (BuiltNode each : directions) {
            at = put(b.tensor(each, "bias_ih"), kind.order, all, at);
            at = put(b.tensor(each, "bias_hh"), kind.order, all, at);
        }
        return b.constant("B", Value.of(Shape.of(directions.size(), 2 * size), all));
    }

    /// Copies a parameter with its gates in another order.
    /// @return the place after it
    private static int put(Tensor from, List<Integer> order, float[] to, int at) {
        float[] values = from.toArray();
        int block = values.length / order.size();
        int next = at;
        for (int gate : order) {
            System.arraycopy(values, gate * block, to, next, block);
            next += block;
        }
        return next;
    }
}

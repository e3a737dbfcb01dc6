package dev.neurite.golden;

import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.cell;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.simpleRnn;
import static dev.neurite.layer.Layers.stacked;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Recurrent;
import dev.neurite.layer.RecurrentLayer;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Recurrent layers with initial and final states, stacked layers and cells are PyTorch's; a GRU with the reset
/// before the product, and dropout of states, are Keras's.
@BothEngines
class PytorchStatesTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("recurrent-states.safetensors").tensors();

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    /// `lstm.small.2.1.padded.dropped`: kind, size, layers, directions, and whether there is dropout of states.
    static Stream<String> cases() {
        return Golden.cases(GOLDEN);
    }

    private static RecurrentLayer<?> layer(String kind, int units) {
        return switch (kind) {
            case "rnn" -> simpleRnn(units);
            case "lstm" -> lstm(units);
            case "gru" -> gru(units);
            case "gru-before" -> gru(units).withResetBefore();
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void statesArePytorchs(String key) {
        String[] words = key.split("\\.", -1);
        int layers = Integer.parseInt(words[2]);
        RecurrentLayer<?> one =
                layer(words[0], golden(key + ".state0.first").shape().extent(1));
        if (words.length > 5) one = one.withRecurrentDropout(0.3);
        Recurrent node = words[3].equals("2") ? bidirectional(one) : one;
        if (layers > 1) node = stacked(layers, node);
        Tensor x = golden(key + ".x");
        if (words[4].equals("padded")) x = x.withLengths(golden(key + ".lengths"));
        var network = new Network(node.withSequences().withStates(), inputs(x, node.states()));
        assertLike(key, network, x, node.states().size(), golden(key + ".dy"));
    }

    /// The last state alone, without the states after each step, with the same gradients.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rnn.wide.1.1.padded",
                "lstm.wide.1.1.padded",
                "gru.wide.1.1.whole",
                "gru-before.small.1.1.padded"
            })
    void theLastStateAlone(String key) {
        RecurrentLayer<?> node = layer(
                key.substring(0, key.indexOf('.')),
                golden(key + ".state0.first").shape().extent(1));
        Tensor x = golden(key + ".x");
        if (key.endsWith("padded")) x = x.withLengths(golden(key + ".lengths"));
        var all = new Network(node.withStates().withSequences(), inputs(x, node.states()));
        var last = new Network(node.withStates(), inputs(x, node.states()));
        List<Tensor> given = new ArrayList<>(List.of(x));
        for (int i = 0; i < node.states().size(); i++) given.add(golden(key + ".state" + i + ".first"));
        float[] theta = parameters(key, all);
        List<float[]> gradients = new ArrayList<>();
        for (Network network : List.of(all, last)) {
            float[] gradient = new float[theta.length];
            Executor executor = network.executor(Kernels.shared(), theta, gradient);
            executor.fillBuffersWithNaN();
            List<Tensor> out = executor.forward(Mode.TRAIN, given);
            for (int i = 0; i < node.states().size(); i++) {
                Golden.assertClose(out.get(i + 1), golden(key + ".state" + i + ".last"), key);
                Kernels.shared().copy(golden(key + ".state" + i + ".dlast"), executor.outputGradient(i + 1));
            }
            Kernels.shared().fill(0, executor.outputGradient(0));
            executor.backward();
            gradients.add(gradient);
        }
        Shape size = Shape.of(theta.length);
        Golden.assertClose(Tensor.of(size, gradients.get(1)), Tensor.of(size, gradients.get(0)), key);
    }

    /// Each direction alone, with its half of the outputs; together they have the gradient of x.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rnn.wide.1.2.padded",
                "lstm.wide.1.2.padded",
                "lstm.small.1.2.whole",
                "gru.wide.1.2.padded",
                "gru-before.small.1.2.padded"
            })
    void eachDirectionAlone(String key) {
        int units = golden(key + ".state0.first").shape().extent(1);
        RecurrentLayer<?> forwards = layer(key.substring(0, key.indexOf('.')), units);
        int kinds = forwards.states().size();
        Tensor x = golden(key + ".x");
        if (key.endsWith("padded")) x = x.withLengths(golden(key + ".lengths"));
        Tensor dx = Tensor.zeros(x.shape());
        for (int direction = 0; direction < 2; direction++) {
            String own = direction == 0 ? "forwards." : "backwards.";
            RecurrentLayer<?> node = direction == 0 ? forwards : forwards.withReversed();
            var network = new Network(node.withSequences().withStates(), inputs(x, node.states()));
            float[] theta = new float[network.size()];
            for (Parameter part : network.parameters()) {
                Tensor value = golden(key + ".p." + own + part.name());
                System.arraycopy(value.toArray(), 0, theta, part.offset(), part.size());
            }
            float[] gradient = new float[theta.length];
            Executor executor = network.executor(Kernels.shared(), theta, gradient);
            executor.fillBuffersWithNaN();
            executor.wantInputGradients(true);
            List<Tensor> in = new ArrayList<>(List.of(x));
            for (int i = 0; i < kinds; i++) in.add(golden(key + ".state" + (direction * kinds + i) + ".first"));
            List<Tensor> out = executor.forward(Mode.TRAIN, in);
            Golden.assertClose(out.getFirst(), half(golden(key + ".y"), units, direction), key + " " + own + "y");
            Kernels.shared().copy(half(golden(key + ".dy"), units, direction), executor.outputGradient(0));
            for (int i = 0; i < kinds; i++) {
                String state = key + ".state" + (direction * kinds + i);
                Golden.assertClose(out.get(1 + i), golden(state + ".last"), state + ".last");
                Kernels.shared().copy(golden(state + ".dlast"), executor.outputGradient(1 + i));
            }
            executor.backward();
            for (int i = 0; i < kinds; i++) {
                String state = key + ".state" + (direction * kinds + i);
                Golden.assertClose(executor.inputGradient(1 + i), golden(state + ".dfirst"), state + ".dfirst");
            }
            for (Parameter part : network.parameters()) {
                String of = key + ".d." + own + part.name();
                Golden.assertClose(Tensor.view(part.shape(), gradient, part.offset()), golden(of), of);
            }
            Tensor some = executor.inputGradient(0);
            float[] each = some.toArray();
            for (int i = 0; i < each.length; i++) dx.array()[i] += each[i];
        }
        Golden.assertClose(dx, golden(key + ".dx"), key + ".dx");
    }

    /// The outputs of one direction.
    private static Tensor half(Tensor both, int units, int direction) {
        int steps = both.shape().extent(0) * both.shape().extent(1);
        Tensor half = Tensor.zeros(Shape.of(both.shape().extent(0), both.shape().extent(1), units));
        float[] from = both.toArray();
        for (int t = 0; t < steps; t++) {
            System.arraycopy(from, (2 * t + direction) * units, half.array(), t * units, units);
        }
        return half;
    }

    /// Three steps with the same x.
    @ParameterizedTest
    @ValueSource(strings = {"rnn", "lstm", "gru"})
    void aCellIsPytorchs(String kind) {
        String key = "cell." + kind;
        Node cell = cell(layer(kind, 6));
        int states = kind.equals("lstm") ? 2 : 1;
        Graph graph = Graph.of(1 + states, in -> {
            Wire x = in.getFirst();
            List<Wire> state = in.subList(1, in.size());
            for (int step = 0; step < 3; step++) {
                state = x.split(named("cell", cell), states, state.toArray(Wire[]::new));
            }
            return state;
        });
        Tensor x = golden(key + ".x");
        List<Shape> in = new ArrayList<>(List.of(Shape.of(4)));
        for (int i = 0; i < states; i++) in.add(Shape.of(6));
        assertLike(key, new Network(graph, in), x, states, Tensor.EMPTY);
    }

    private static List<Shape> inputs(Tensor x, List<Integer> states) {
        List<Shape> in = new ArrayList<>(List.of(Shape.of(Shape.OPEN, x.shape().extent(2))));
        for (int units : states) in.add(Shape.of(units));
        return in;
    }

    private static float[] parameters(String key, Network network) {
        float[] theta = new float[network.size()];
        for (Parameter part : network.parameters()) {
            String name = key + ".p." + part.name().replaceFirst("^cell\\.", "");
            System.arraycopy(golden(name).toArray(), 0, theta, part.offset(), part.size());
        }
        return theta;
    }

    /// @param dy empty if the states are the only outputs
    private static void assertLike(String key, Network network, Tensor x, int states, Tensor dy) {
        float[] theta = parameters(key, network);
        float[] gradient = new float[theta.length];
        Executor executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        executor.randomness(5, 3, 2);
        List<Tensor> in = new ArrayList<>(List.of(x));
        for (int i = 0; i < states; i++) in.add(golden(key + ".state" + i + ".first"));
        int first = dy.size() == 0 ? 0 : 1;
        for (int pass = 0; pass < 2; pass++) { // the second with buffers that the first has left
            List<Tensor> out = executor.forward(Mode.TRAIN, in);
            if (first == 1) {
                Golden.assertClose(out.getFirst(), golden(key + ".y"), key + ".y");
                Kernels.shared().copy(dy, executor.outputGradient(0));
            }
            for (int i = 0; i < states; i++) {
                String state = key + ".state" + i;
                Golden.assertClose(out.get(first + i), golden(state + ".last"), state + ".last");
                Kernels.shared().copy(golden(state + ".dlast"), executor.outputGradient(first + i));
            }
            executor.backward();
            Golden.assertClose(executor.inputGradient(0), golden(key + ".dx"), key + ".dx");
            for (int i = 0; i < states; i++) {
                String state = key + ".state" + i;
                Golden.assertClose(executor.inputGradient(1 + i), golden(state + ".dfirst"), state + ".dfirst");
            }
            for (Parameter part : network.parameters()) {
                String of = key + ".d." + part.name().replaceFirst("^cell\\.", "");
                Golden.assertClose(Tensor.view(part.shape(), gradient, part.offset()), golden(of), of);
            }
        }
    }
}

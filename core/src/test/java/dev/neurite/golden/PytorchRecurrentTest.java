package dev.neurite.golden;

import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.simpleRnn;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.RecurrentLayer;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.optim.Sgd;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Recurrent layers and embeddings are PyTorch's: outputs, gradients, and trainings of twenty steps.
@BothEngines
class PytorchRecurrentTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("recurrent.safetensors").tensors();

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    /// `lstm.wide.padded both.all`, from the keys of the file.
    static Stream<String> cases() {
        return GOLDEN.keySet().stream()
                .filter(key -> key.matches(".*\\.(forwards|reversed|both)\\.(all|last)\\.y"))
                .map(key -> key.replaceFirst("\\.y$", "").replaceFirst("\\.(forwards|reversed|both)", " $1"))
                .sorted();
    }

    private static RecurrentLayer<?> layer(String kind, int units) {
        return switch (kind) {
            case "rnn" -> simpleRnn(units);
            case "rnn-relu" -> simpleRnn(units).withActivation(Activation.RELU);
            case "lstm" -> lstm(units);
            case "gru" -> gru(units);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static RecurrentLayer<?> withSequences(RecurrentLayer<?> layer) {
        return (RecurrentLayer<?>) layer.withSequences();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRecurrentLayerIsPytorchs(String name) {
        String data = name.substring(0, name.indexOf(' '));
        String key = name.replace(' ', '.');
        Tensor x = golden(data + ".x");
        if (GOLDEN.containsKey(data + ".lengths")) x = x.withLengths(golden(data + ".lengths"));
        int units = golden(data + ".forwards.weight_hh").shape().extent(1);
        RecurrentLayer<?> one = layer(data.substring(0, data.indexOf('.')), units);
        if (key.endsWith(".all")) one = withSequences(one);
        boolean both = key.contains(".both.");
        boolean reversed = key.contains(".reversed.");
        Node node = both ? bidirectional(one) : reversed ? one.withReversed() : one;
        String parts = data + (both ? "." : reversed ? ".backwards." : ".forwards.");

        var network = new Network(node, List.of(Shape.of(Shape.OPEN, x.shape().extent(2))));
        float[] theta = new float[network.size()];
        for (Parameter part : network.parameters()) {
            System.arraycopy(golden(parts + part.name()).toArray(), 0, theta, part.offset(), part.size());
        }
        float[] gradient = new float[theta.length];
        Executor executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        for (int pass = 0; pass < 2; pass++) { // the second with buffers that the first has left
            Golden.assertClose(executor.forward(Mode.TRAIN, x), golden(key + ".y"), key + ".y");
            Kernels.shared().copy(golden(key + ".dy"), executor.outputGradient(0));
            executor.backward();
            Golden.assertClose(executor.inputGradient(0), golden(key + ".dx"), key + ".dx");
            for (Parameter part : network.parameters()) {
                String of = key + ".d." + part.name();
                Golden.assertClose(Tensor.view(part.shape(), gradient, part.offset()), golden(of), of);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "padding"})
    void anEmbeddingIsPytorchs(String name) {
        String key = "embedding." + name;
        Node node = name.equals("plain") ? embedding(7, 5) : embedding(7, 5).withPadding(2);
        var network = new Network(node, List.of(Shape.of(Shape.OPEN)));
        float[] gradient = new float[network.size()];
        Executor executor =
                network.executor(Kernels.shared(), golden(key + ".weight").toArray(), gradient);
        executor.fillBuffersWithNaN();
        Golden.assertClose(executor.forward(Mode.TRAIN, golden(key + ".x")), golden(key + ".y"), key + ".y");
        Kernels.shared().copy(golden(key + ".dy"), executor.outputGradient(0));
        executor.backward();
        Golden.assertClose(Tensor.view(Shape.of(7, 5), gradient, 0), golden(key + ".dw"), key + ".dw");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lstm", "gru"})
    void twentyStepsGoAsInPytorch(String kind) {
        String key = "training." + kind + ".";
        List<Node> nodes = new ArrayList<>(List.of(embedding(11, 6), layer(kind, 9), dense(3)));
        Model model = Model.of(Shape.of(8), nodes.toArray(Node[]::new));
        for (Parameter part : model.parameters().parts()) {
            model = model.with(part.name(), golden(key + "initial." + part.name()));
        }
        Tensor x = golden(key + "x");
        int[] labels = new int[x.rows()];
        for (int i = 0; i < labels.length; i++)
            labels[i] = (int) golden(key + "labels").get(i);
        Trainer trainer = Trainer.of(model)
                .loss(new CrossEntropy())
                .optimizer(new Sgd(0.1).withMomentum(0.9))
                .batchSize(8)
                .epochs(4);
        Trajectory.assertFollows(trainer, Dataset.of(x, labels), 20, GOLDEN, key);
    }
}

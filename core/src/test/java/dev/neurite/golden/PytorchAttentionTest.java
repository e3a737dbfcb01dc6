package dev.neurite.golden;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.meanOfPositions;
import static dev.neurite.layer.Layers.positionEmbedding;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.transformerBlock;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.SelfAttention;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.optim.Sgd;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Attention is PyTorch's: outputs, gradients, and a training of twenty steps.
@BothEngines
class PytorchAttentionTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("attention.safetensors").tensors();

    private static final Map<String, SelfAttention> LAYERS = Map.of(
            "one-head", selfAttention(1),
            "heads", selfAttention(3),
            "one-position", selfAttention(2),
            "grouped", selfAttention(4).withKeyHeads(2),
            "multi-query", selfAttention(3).withKeyHeads(1),
            "long", selfAttention(2));

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    static Stream<String> cases() {
        return GOLDEN.keySet().stream()
                .filter(key -> key.matches(".*\\.(all|causal)\\.(whole|padded)\\.y"))
                .map(key -> key.replaceFirst("\\.y$", ""))
                .sorted();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void selfAttentionIsPytorchs(String key) {
        String name = key.substring(0, key.indexOf('.'));
        SelfAttention layer = Golden.get(LAYERS, name);
        Tensor x = golden(name + ".x");
        boolean padded = key.endsWith("padded");
        if (padded) x = x.withLengths(golden(name + ".lengths"));
        if (key.contains("causal")) layer = layer.withCausal();
        int width = x.shape().extent(2);
        var network = new Network(layer, List.of(Shape.of(Shape.OPEN, width)));
        float[] theta = new float[network.size()];
        for (Parameter part : network.parameters()) {
            System.arraycopy(golden(name + "." + part.name()).toArray(), 0, theta, part.offset(), part.size());
        }
        float[] gradient = new float[theta.length];
        Executor executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        Tensor y = executor.forward(Mode.TRAIN, x).copy();
        if (padded) clearPadding(y, golden(name + ".lengths"));
        Golden.assertClose(y, golden(key + ".y"), key + ".y");
        Kernels.shared().copy(golden(key + ".dy"), executor.outputGradient(0));
        executor.backward();
        Golden.assertClose(executor.inputGradient(0), golden(key + ".dx"), key + ".dx");
        for (Parameter part : network.parameters()) {
            String of = key + ".d." + part.name();
            Golden.assertClose(Tensor.view(part.shape(), gradient, part.offset()), golden(of), of);
        }
    }

    private static void clearPadding(Tensor y, Tensor lengths) {
        int row = y.shape().row().size();
        for (int i = 0; i < y.rows(); i++) {
            int length = (int) lengths.get(i);
            int end = i * row + length * y.shape().extent(2);
            Arrays.fill(y.array(), end, (i + 1) * row, 0);
        }
    }

    @Test
    void twentyStepsOfATransformerEncoderGoAsInPytorch() {
        Model model = Model.of(
                Shape.of(7),
                embedding(11, 12),
                positionEmbedding(9),
                transformerBlock(selfAttention(3), 20),
                layerNorm(),
                meanOfPositions(),
                dense(3));
        for (Parameter part : model.parameters().parts()) {
            model = model.with(part.name(), golden("training.initial." + part.name()));
        }
        Tensor x = golden("training.x");
        int[] labels = new int[x.rows()];
        for (int i = 0; i < labels.length; i++)
            labels[i] = (int) golden("training.labels").get(i);
        Trainer trainer = Trainer.of(model)
                .loss(new CrossEntropy())
                .optimizer(new Sgd(0.05).withMomentum(0.9))
                .batchSize(8)
                .epochs(4);
        Trajectory.assertFollows(trainer, Dataset.of(x, labels), 20, GOLDEN, "training.");
    }
}

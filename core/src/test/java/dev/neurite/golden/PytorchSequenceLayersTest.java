package dev.neurite.golden;

import static dev.neurite.layer.Layers.avgPool1d;
import static dev.neurite.layer.Layers.conv1d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.glu;
import static dev.neurite.layer.Layers.maxPool1d;
import static dev.neurite.layer.Layers.overTime;
import static dev.neurite.layer.Layers.permute;
import static dev.neurite.layer.Layers.prelu;
import static dev.neurite.layer.Layers.reshape;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.timeDistributed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.SequenceKernels.Summary;
import dev.neurite.layer.AdaptiveAvgPool1d;
import dev.neurite.layer.AdaptiveMaxPool1d;
import dev.neurite.layer.GlobalAvgPool;
import dev.neurite.layer.GlobalMaxPool;
import dev.neurite.layer.SequencePool;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Sgd;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolutions over time, pools, summaries, PReLU and GLU of sequences, and a network of each position, are
/// PyTorch's, of padded rows those of each row alone.
@BothEngines
class PytorchSequenceLayersTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("sequence-layers.safetensors").tensors();

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    /// `conv.causal.padded`.
    static Stream<String> cases() {
        return Golden.cases(GOLDEN);
    }

    private static Node node(String name) {
        String[] words = name.split("\\.", -1);
        return switch (words[0]) {
            case "conv" -> overTime(convolution(words[1]));
            case "summary" -> new SequencePool(Summary.valueOf(words[1].toUpperCase(Locale.ROOT)));
            case "pool" -> overTime(pool(words[1]));
            case "global" ->
                sequential(permute(1, 0), words[1].equals("max") ? new GlobalMaxPool() : new GlobalAvgPool());
            case "each" ->
                timeDistributed(sequential(reshape(1, 2, 4), conv2d(3, 2, Activation.TANH), new GlobalAvgPool()));
            case "prelu" -> prelu().withSlopePerFeature();
            case "glu" -> glu();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Node pool(String name) {
        return switch (name) {
            case "max" -> maxPool1d(3, 2).withPadding(1);
            case "max-ceil" -> maxPool1d(2, 3).withDilation(2).withCeil();
            case "average" -> avgPool1d(3, 2).withPadding(1);
            case "average-ceil" -> avgPool1d(3, 2).withPadding(1).withCeil().withoutCountingPadding();
            case "adaptive-max" -> new AdaptiveMaxPool1d(3);
            case "adaptive-average" -> new AdaptiveAvgPool1d(3);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Node convolution(String name) {
        return switch (name) {
            case "valid" -> conv1d(6, 3);
            case "same" -> conv1d(6, 4).withPadding(Padding1d.SAME);
            case "causal" -> conv1d(6, 3).withPadding(Padding1d.CAUSAL);
            case "causal-dilated" -> conv1d(6, 3).withPadding(Padding1d.CAUSAL).withDilation(4);
            case "causal-strided" -> conv1d(6, 4).withStride(3).withPadding(Padding1d.CAUSAL);
            case "valid-strided" -> conv1d(6, 2).withStride(2).withDilation(2);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aLayerOfSequencesIsPytorchs(String key) {
        Tensor x = golden(key + ".x");
        Shape row = x.shape().row();
        var network = new Network(node(key), List.of(Shape.of(Shape.OPEN, row.extent(1))));
        boolean padded = key.endsWith(".padded");
        if (padded) x = x.withLengths(Tensor.of(Shape.of(3), 9, 5, 12));
        float[] theta = new float[network.size()];
        for (Parameter part : network.parameters()) {
            String name = part.name().substring(part.name().lastIndexOf('.') + 1);
            System.arraycopy(golden(key + ".p." + name).toArray(), 0, theta, part.offset(), part.size());
        }
        float[] gradient = new float[theta.length];
        Executor executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        for (int pass = 0; pass < 2; pass++) { // the second with buffers that the first has left
            Tensor y = executor.forward(Mode.TRAIN, x);
            Tensor expected = golden(key + ".y");
            assertThat(y.isFinite()).isTrue();
            if (executor.pass().lengths(y).size() > 0) {
                Tensor after = golden(key + ".after");
                assertThat(executor.pass().lengths(y)).isEqualTo(after);
                y = y.copy();
                Kernels.shared().sequences().clearPadding(y, 1, y.shape().extent(1), after, y);
            }
            Golden.assertClose(y, expected, key + ".y");
            Kernels.shared().copy(golden(key + ".dy"), executor.outputGradient(0));
            executor.backward();
            Golden.assertClose(executor.inputGradient(0), golden(key + ".dx"), key + ".dx");
            for (Parameter part : network.parameters()) {
                String of = key + ".d." + part.name().substring(part.name().lastIndexOf('.') + 1);
                Golden.assertClose(Tensor.view(part.shape(), gradient, part.offset()), golden(of), of);
            }
        }
    }

    /// `nn.Embedding(…, max_norm=1)` is a constraint of the embedding's weights.
    @Test
    void anEmbeddingWithinANorm() {
        String key = "max-norm.";
        Model model = Model.of(Shape.of(1), embedding(9, 4), flatten(), dense(3));
        for (Parameter part : model.parameters().parts()) {
            model = model.with(part.name(), golden(key + "initial." + part.name()));
        }
        Tensor x = golden(key + "x");
        int[] labels = new int[x.rows()];
        for (int i = 0; i < labels.length; i++)
            labels[i] = (int) golden(key + "labels").get(i);
        Trainer trainer = Trainer.of(model)
                .loss(new CrossEntropy())
                .optimizer(new Sgd(3))
                .group(ParameterGroup.matching("embedding1.weight").withConstraint(Constraint.maxNorm(1)))
                .batchSize(8)
                .epochs(2);
        Trajectory.assertFollows(trainer, Dataset.of(x, labels), 10, GOLDEN, key);
    }
}

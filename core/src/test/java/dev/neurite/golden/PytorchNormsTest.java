package dev.neurite.golden;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.groupNorm;
import static dev.neurite.layer.Layers.instanceNorm;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.rmsNorm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.BatchNorm;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.optim.Sgd;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Normalization layers are PyTorch's: outputs, gradients, running statistics, and a training with batch norms.
@BothEngines
class PytorchNormsTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("norms.safetensors").tensors();

    private static final Map<String, BatchNorm> BATCH = Map.of(
            "features", batchNorm(),
            "features-wide", batchNorm(),
            "one-feature", batchNorm(),
            "sequences", batchNorm(),
            "images", batchNorm(),
            "one-channel", batchNorm(),
            "pixels", batchNorm(),
            "large-mean", batchNorm(),
            "settings", batchNorm().withEpsilon(1e-2).withMomentum(0.3).withoutWeights());

    private static final Map<String, Node> ROWS = Map.ofEntries(
            Map.entry("layer-features", layerNorm()),
            Map.entry("layer-all", layerNorm(0)),
            Map.entry("layer-last", layerNorm(1)),
            Map.entry("layer-last-two", layerNorm(2).withEpsilon(1e-2)),
            Map.entry("layer-no-bias", layerNorm(1).withoutBias()),
            Map.entry("layer-no-weights", layerNorm().withoutWeights()),
            Map.entry("group", groupNorm(3)),
            Map.entry("group-one", groupNorm(1)),
            Map.entry("group-each", groupNorm(3).withoutWeights()),
            Map.entry("group-features", groupNorm(4).withEpsilon(1e-3)),
            Map.entry("instance", instanceNorm()),
            Map.entry("instance-weights", instanceNorm().withWeights()),
            Map.entry("rms", rmsNorm()),
            Map.entry("rms-last", rmsNorm(1).withEpsilon(1e-6)),
            Map.entry("rms-no-weights", rmsNorm(0).withEpsilon(1e-5).withoutWeights()));

    static Stream<String> batchNorms() {
        return BATCH.keySet().stream().sorted();
    }

    static Stream<String> rowNorms() {
        return ROWS.keySet().stream().sorted();
    }

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    @ParameterizedTest
    @MethodSource("batchNorms")
    void aBatchNormIsPytorchsOverSeveralStepsAndPredicting(String name) {
        String prefix = "batch." + name + ".";
        BatchNorm norm = Golden.get(BATCH, name);
        Tensor like = golden(prefix + "0.x");
        var network = new Network(norm, List.of(like.shape().row()));
        int channels = like.shape().extent(1);
        float[] running = new float[2 * channels];
        for (int i = channels; i < running.length; i++) running[i] = 1;
        float[] theta = theta(network, prefix);
        float[] gradient = new float[theta.length];
        Executor executor = network.executor(Kernels.shared(), theta, running, gradient);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        for (int step = 0; step < 3; step++) {
            String key = prefix + step;
            assertGolden(executor, network, gradient, Mode.TRAIN, step, prefix, key);
            executor.commitStatistics();
            for (Parameter part : network.statistics()) {
                String what = part.name().equals("running_mean") ? ".mean" : ".var";
                Golden.assertClose(Tensor.view(part.shape(), running, part.offset()), golden(key + what), key + what);
            }
        }
        float[] before = running.clone();
        assertGolden(executor, network, gradient, Mode.PREDICT, 2, prefix, prefix + "eval");
        executor.commitStatistics();
        assertThat(running).isEqualTo(before);
    }

    private static float[] theta(Network network, String prefix) {
        float[] theta = new float[network.size()];
        for (Parameter part : network.parameters()) {
            float[] values = golden(prefix + part.name()).toArray();
            System.arraycopy(values, 0, theta, part.offset(), part.size());
        }
        return theta;
    }

    private static void assertGolden(
            Executor executor, Network network, float[] gradient, Mode mode, int step, String prefix, String key) {
        Golden.assertClose(executor.forward(mode, golden(prefix + step + ".x")), golden(key + ".y"), key + ".y");
        Kernels.shared().copy(golden(prefix + step + ".dy"), executor.outputGradient(0));
        backward(executor, network, gradient, key);
    }

    private static void backward(Executor executor, Network network, float[] gradient, String key) {
        executor.backward();
        Golden.assertClose(executor.inputGradient(0), golden(key + ".dx"), key + ".dx");
        for (Parameter part : network.parameters()) {
            String name = key + ".d" + part.name().charAt(0);
            Golden.assertClose(Tensor.view(part.shape(), gradient, part.offset()), golden(name), name);
        }
    }

    @ParameterizedTest
    @MethodSource("rowNorms")
    void aNormOfRowsIsPytorchs(String name) {
        String key = "rows." + name;
        Tensor x = golden(key + ".x");
        var network = new Network(Golden.get(ROWS, name), List.of(x.shape().row()));
        float[] theta = theta(network, key + ".");
        float[] gradient = new float[theta.length];
        Executor executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        Golden.assertClose(executor.forward(Mode.TRAIN, x), golden(key + ".y"), key + ".y");
        Kernels.shared().copy(golden(key + ".dy"), executor.outputGradient(0));
        backward(executor, network, gradient, key);
    }

    @Test
    void twentyStepsGoAsInPytorchAndSoDoRunningStatistics() {
        Model model = Model.of(
                features(6),
                batchNorm(),
                dense(9),
                batchNorm(Activation.RELU),
                dense(7).withoutBias(),
                batchNorm(Activation.TANH),
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
                .optimizer(new Sgd(0.1).withMomentum(0.9).withDecay(WeightDecay.coupled(1e-3)))
                .batchSize(8)
                .epochs(4);
        Run run = Trajectory.assertFollows(trainer, Dataset.of(x.toRows(), labels), 20, GOLDEN, "training.");
        for (Parameter part : model.statistics().parts()) {
            Golden.assertClose(
                    run.model().statistics().get(part.name()), golden("training." + part.name()), part.name());
        }
        Golden.assertClose(run.model().predict(x), golden("training.logits"), "logits");
    }
}

package dev.neurite.golden;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.io.Safetensors;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.loss.Loss;
import dev.neurite.loss.MeanSquaredError;
import dev.neurite.model.Model;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Sgd;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Twenty steps of training go as they go in PyTorch: each step's loss, and the parameters at the end.
@BothEngines
class PytorchTrainingTest {
    private static final Map<String, Optimizer> OPTIMIZERS = Map.of(
            "sgd", new Sgd(0.1),
            "momentum", new Sgd(0.05).withMomentum(0.9),
            "nesterov", new Sgd(0.05).withMomentum(0.9).withNesterov(),
            "sgd-decay", new Sgd(0.1).withDecay(WeightDecay.coupled(0.01)),
            "adam", new Adam(0.01),
            "adam-decay", new Adam(0.01).withDecay(WeightDecay.coupled(0.01)));

    private static final Map<String, Activation> HIDDEN = Map.of(
            "labels", Activation.RELU,
            "soft", Activation.leakyRelu(),
            "sigmoid", Activation.SIGMOID,
            "squared", Activation.TANH);

    private static final Map<String, Activation> END = Map.of(
            "labels", Activation.SOFTMAX,
            "soft", Activation.IDENTITY,
            "sigmoid", Activation.SIGMOID,
            "squared", Activation.TANH);

    static Stream<Arguments> lossesAndOptimizers() {
        return HIDDEN.keySet().stream()
                .sorted()
                .flatMap(loss -> OPTIMIZERS.keySet().stream().sorted().map(each -> Arguments.of(loss, each)));
    }

    @ParameterizedTest
    @MethodSource("lossesAndOptimizers")
    void eachStepsLossAndTheFinalParametersArePytorchs(String lossName, String optimizer) {
        Safetensors file = Golden.read("trajectories.safetensors");
        Map<String, Tensor> golden = file.tensors();
        Model model =
                Model.of(features(5), dense(7, Golden.get(HIDDEN, lossName)), dense(3, Golden.get(END, lossName)));
        model = Trajectory.initialized(model, golden);
        Loss loss = lossName.equals("squared") ? new MeanSquaredError() : new CrossEntropy();
        Trainer trainer = Trainer.of(model)
                .loss(loss)
                .optimizer(Golden.get(OPTIMIZERS, optimizer))
                .batchSize(4)
                .epochs(4);
        Dataset data = data(Golden.get(golden, "x"), Golden.get(golden, "target." + lossName));
        Run run = Trajectory.assertFollows(trainer, data, 20, golden, lossName + "." + optimizer + ".");
        assertThat(run.model()).isEqualTo(run.last());
    }

    private static Dataset data(Tensor x, Tensor target) {
        if (target.shape().rank() > 1) return Dataset.of(x.toRows(), target.toRows());
        int[] labels = new int[target.size()];
        for (int i = 0; i < labels.length; i++) labels[i] = (int) target.get(i);
        return Dataset.of(x.toRows(), labels);
    }
}

package dev.neurite.golden;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.io.Safetensors;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.loss.Loss;
import dev.neurite.loss.MeanSquaredError;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Sgd;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Twenty steps of training go as they go in PyTorch: each step's loss, and the parameters at the end.
class PytorchTrainingTest {
    private static final Map<String, Optimizer> OPTIMIZERS = Map.of(
            "sgd", new Sgd(0.1),
            "momentum", new Sgd(0.05).withMomentum(0.9),
            "nesterov", new Sgd(0.05).withNesterov(0.9),
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
        for (Parameter part : model.parameters().parts()) {
            model = model.with(part.name(), Golden.get(golden, "initial." + part.name()));
        }
        Loss loss = lossName.equals("squared") ? new MeanSquaredError() : new CrossEntropy();
        List<Float> losses = new ArrayList<>();
        Run run = Trainer.of(model)
                .loss(loss)
                .optimizer(Golden.get(OPTIMIZERS, optimizer))
                .batchSize(4)
                .epochs(4)
                .shuffle(false)
                .threads(1)
                .listener(event -> {
                    if (event instanceof StepEnded step) losses.add((float) step.loss());
                })
                .fit(data(Golden.get(golden, "x"), Golden.get(golden, "target." + lossName)));

        assertThat(losses).hasSize(20);
        float[] array = new float[20];
        for (int i = 0; i < 20; i++) array[i] = losses.get(i);
        String key = lossName + "." + optimizer + ".";
        Golden.assertClose(Tensor.of(Shape.of(20), array), Golden.get(golden, key + "losses"), key + "losses");
        for (Parameter part : model.parameters().parts()) {
            Golden.assertClose(
                    run.model().parameters().get(part.name()), Golden.get(golden, key + part.name()), part.name());
        }
    }

    private static Dataset data(Tensor x, Tensor target) {
        if (target.shape().rank() > 1) return Dataset.of(x.toRows(), target.toRows());
        int[] labels = new int[target.size()];
        for (int i = 0; i < labels.length; i++) labels[i] = (int) target.get(i);
        return Dataset.of(x.toRows(), labels);
    }
}

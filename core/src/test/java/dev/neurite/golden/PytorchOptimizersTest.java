package dev.neurite.golden;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.MeanSquaredError;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.optim.EveryOptimizer;
import dev.neurite.optim.Lion;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Rprop;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Twenty steps of every optimizer go as they go in PyTorch, and those of Lion as its paper says: each step's
/// loss, and the parameters at the end.
class PytorchOptimizersTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("optimizers.safetensors").tensors();
    private static final Map<String, Tensor> NET =
            Golden.read("trajectories.safetensors").tensors();

    static Set<String> optimizers() {
        return EveryOptimizer.byName().keySet();
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void eachStepsLossAndTheFinalParametersArePytorchs(String name) {
        Optimizer optimizer = Golden.get(EveryOptimizer.byName(), name);
        boolean bySign = optimizer instanceof Rprop || optimizer instanceof Lion;
        Map<String, Tensor> start = bySign ? GOLDEN : NET;
        Model model = bySign
                ? Model.of(features(5), dense(3))
                : Model.of(features(5), dense(7, Activation.TANH), dense(3, Activation.TANH));
        for (Parameter part : model.parameters().parts()) {
            model = model.with(part.name(), Golden.get(start, "initial." + part.name()));
        }
        Tensor target = Golden.get(start, bySign ? "target" : "target.squared");
        List<Float> losses = new ArrayList<>();
        Run run = Trainer.of(model)
                .loss(new MeanSquaredError())
                .optimizer(optimizer)
                .batchSize(bySign ? 17 : 4)
                .epochs(bySign ? 20 : 4)
                .shuffle(false)
                .threads(1)
                .listener(event -> {
                    if (event instanceof StepEnded step) losses.add((float) step.loss());
                })
                .fit(Dataset.of(Golden.get(start, "x").toRows(), target.toRows()));

        assertThat(losses).hasSize(20);
        float[] array = new float[20];
        for (int i = 0; i < 20; i++) array[i] = losses.get(i);
        Golden.assertClose(Tensor.of(Shape.of(20), array), Golden.get(GOLDEN, name + ".losses"), name + ", losses");
        for (Parameter part : model.parameters().parts()) {
            Tensor golden = Golden.get(GOLDEN, name + "." + part.name());
            Golden.assertClose(run.model().parameters().get(part.name()), golden, name + ", " + part.name());
        }
    }
}

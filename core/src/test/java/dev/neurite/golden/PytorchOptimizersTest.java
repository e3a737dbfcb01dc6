package dev.neurite.golden;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.MeanSquaredError;
import dev.neurite.model.Model;
import dev.neurite.optim.EveryOptimizer;
import dev.neurite.optim.Lion;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Rprop;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Twenty steps of every optimizer go as they go in PyTorch, and those of Lion as its paper says: each step's
/// loss, and the parameters at the end.
@BothEngines
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
        Tensor target = Golden.get(start, bySign ? "target" : "target.squared");
        Trainer trainer = Trainer.of(Trajectory.initialized(model, start))
                .loss(new MeanSquaredError())
                .optimizer(optimizer)
                .batchSize(bySign ? 17 : 4)
                .epochs(bySign ? 20 : 4);
        Dataset data = Dataset.of(Golden.get(start, "x").toRows(), target.toRows());
        Run run = Trajectory.assertFollows(trainer, data, 20, GOLDEN, name + ".");
        assertThat(run.model()).isEqualTo(run.last());
    }
}

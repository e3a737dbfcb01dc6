package dev.neurite.golden;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Lora;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Learner;
import dev.neurite.train.Trainer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Adapters of low rank compute, have the gradients and learn as in PyTorch, two steps of AdamW long.
@BothEngines
class PytorchLoraTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("lora.safetensors").tensors();

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    @Test
    void twoSteps() {
        Model base = Model.of(features(9), dense(7, Activation.TANH), dense(4));
        for (String name : base.parameters().names()) base = base.with(name, golden("before." + name));
        Model adapted = Lora.of(base, 3).withAlpha(5).withTargets("*").adapted();
        assertThat(adapted.kept()).hasSize(4);
        for (Parameter part : adapted.kept()) adapted = adapted.with(part.name(), golden("before." + part.name()));
        try (Learner learner =
                Trainer.of(adapted).optimizer(Optimizers.adamW(0.05, 0.1)).learner()) {
            for (String step : new String[] {"1.", "2."}) {
                Golden.assertClose(learner.forward(golden("x")), golden(step + "y"), step + "y");
                learner.addGradient(golden(step + "dy"));
                Golden.assertClose(learner.backward(), golden(step + "dx"), step + "dx");
                compare(learner.gradients(), step + "gradient.");
                learner.step();
                compare(learner.parameters(), step + "after.");
            }
            for (String name : base.parameters().names()) {
                assertThat(learner.model().parameters().get(name)).isEqualTo(golden("before." + name));
            }
        }
    }

    private static void compare(Parameters actual, String prefix) {
        assertThat(actual.names())
                .containsExactly(
                        "dense1.lora_A.weight", "dense1.lora_B.weight", "dense2.lora_A.weight", "dense2.lora_B.weight");
        actual.asMap().forEach((name, value) -> Golden.assertClose(value, golden(prefix + name), prefix + name));
    }
}

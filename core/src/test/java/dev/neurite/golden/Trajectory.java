package dev.neurite.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A training of a small net that goes as one in PyTorch went, whose numbers are in a golden file.
final class Trajectory {
    private Trajectory() {}

    /// A model with the parameters that the golden training began with.
    static Model initialized(Model model, Map<String, Tensor> golden) {
        Model result = model;
        for (Parameter part : model.parameters().parts()) {
            result = result.with(part.name(), Golden.get(golden, "initial." + part.name()));
        }
        return result;
    }

    /// Trains, in the order of the rows; demands so many steps, each with the golden loss, and the golden parameters
    /// at the end.
    /// @param prefix of the names in the file, with the dot
    static Run assertFollows(Trainer trainer, Dataset data, int steps, Map<String, Tensor> golden, String prefix) {
        List<Float> losses = new ArrayList<>();
        Run run = trainer.shuffle(false)
                .threads(1)
                .listener(event -> {
                    if (event instanceof StepEnded step) losses.add((float) step.loss());
                })
                .fit(data);
        assertThat(losses).hasSize(steps);
        float[] array = new float[steps];
        for (int i = 0; i < steps; i++) array[i] = losses.get(i);
        Golden.assertClose(Tensor.of(Shape.of(steps), array), Golden.get(golden, prefix + "losses"), prefix + "losses");
        assertParameters(run.last(), golden, prefix);
        return run;
    }

    /// Demands the golden parameters.
    static void assertParameters(Model model, Map<String, Tensor> golden, String prefix) {
        for (Parameter part : model.parameters().parts()) {
            String name = prefix + part.name();
            Golden.assertClose(model.parameters().get(part.name()), Golden.get(golden, name), name);
        }
    }
}

package dev.neurite.train;

import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.ModelFormatException;
import dev.neurite.model.Inspection;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import org.junit.jupiter.api.Test;

/// [Trainer#inspectStep] of a training that has begun.
class InspectedStepTest {
    private static final Dataset ROWS =
            Dataset.of(new float[][] {{1, 2}, {-1, 0.5f}, {0.3f, -2}, {2, 2}}, new int[] {0, 1, 1, 0});
    private static final float RATE = 0.5f;

    private static Trainer trainer() {
        Model model = Model.of(features(2), dense(5, TANH), dropout(0.5), dense(1, SIGMOID))
                .initialize(3);
        return Trainer.of(model).optimizer(sgd(RATE)).batchSize(4).seed(7).threads(1);
    }

    @Test
    void showsTheNextStepOfAResumedTraining() {
        try (TrainingSession session = trainer().begin(ROWS)) {
            for (int i = 0; i < 3; i++) session.step(Batch.of(ROWS));
            Inspection seen = trainer().resume(session.state()).inspectStep(ROWS);
            Model before = session.last();
            session.step(Batch.of(ROWS));

            float[] expected = before.parameters().toArray();
            for (Parameter part : before.parameters().parts()) {
                String[] name = part.name().split("\\.", 2);
                float[] gradient = seen.layer(name[0]).gradient(name[1]).toArray();
                for (int i = 0; i < gradient.length; i++) {
                    int at = part.offset() + i;
                    expected[at] = Math.fma(-RATE, gradient[i], expected[at]);
                }
            }
            assertThat(session.last().parameters().toArray()).containsExactly(expected);
        }
    }

    @Test
    void dropsOtherUnitsThanTheFirstStep() {
        try (TrainingSession session = trainer().begin(ROWS)) {
            Inspection first = trainer().resume(session.state()).inspectStep(ROWS);
            session.learningRate(0); // the same parameters, another mask
            session.step(Batch.of(ROWS));
            Inspection second = trainer().resume(session.state()).inspectStep(ROWS);
            assertThat(second.layer("dense1").output())
                    .isEqualTo(first.layer("dense1").output());
            assertThat(second.layer("dense2").input())
                    .isNotEqualTo(first.layer("dense2").input());
        }
    }

    @Test
    void refusesTheStateOfAnotherNetwork() {
        try (TrainingSession session = trainer().begin(ROWS)) {
            Trainer other = Trainer.of(Model.of(features(2), dense(1, SIGMOID)));
            assertThatThrownBy(() -> other.resume(session.state()).inspectStep(ROWS))
                    .isInstanceOf(ModelFormatException.class);
        }
    }
}

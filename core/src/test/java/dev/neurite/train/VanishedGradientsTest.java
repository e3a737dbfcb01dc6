package dev.neurite.train;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Batch;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Numbers too small for a normal float, which processors may compute with many times slower, do not slow
/// down a training that has nothing more to learn.
class VanishedGradientsTest {
    private static final int ROUNDS = 61;
    private static final int STEPS = 20;
    private static final int ATTEMPTS = 3;

    /// Rows whose logits are 95 apart: every e^−95 is a denormal, and δ of all other classes would be one.
    private static final Model SURE = Model.of(
                    features(256), dense(256, Activation.RELU), dense(10, Activation.SOFTMAX))
            .with("dense2.weight", Tensor.zeros(Shape.of(10, 256)))
            .with("dense2.bias", Tensor.of(Shape.of(10), 95, 0, 0, 0, 0, 0, 0, 0, 0, 0));

    private static final Model UNSURE = SURE.with("dense2.bias", Tensor.zeros(Shape.of(10)));

    private static Batch batch() {
        return new Batch(normal(Shape.of(64, 256), 1), Targets.labels(new int[64]));
    }

    @Test
    void deltasTooSmallForANormalFloatAreZero() {
        Batch batch = batch();
        float tail = SURE.predict(batch.input()).get(0, 1);
        assertThat(tail).as("a denormal").isBetween(Float.MIN_VALUE, Float.MIN_NORMAL);
        try (var session = Trainer.of(SURE).threads(1).optimizer(adam(0.01)).begin(batch)) {
            session.step(batch);
            assertThat(session.model()).as("nothing to learn from zeros").isEqualTo(SURE);
        }
    }

    @Test
    @Tag("measures-time")
    @Tag("thorough")
    void aStepOnThemTakesAsLongAsAnother() {
        Batch batch = batch();
        try (var learned = Trainer.of(SURE).threads(1).optimizer(adam(1e-9)).begin(batch);
                var fresh = Trainer.of(UNSURE).threads(1).optimizer(adam(1e-9)).begin(batch)) {
            for (int i = 0; i < 5000; i++) {
                learned.step(batch);
                fresh.step(batch);
            }
            double ratio = ratio(learned, fresh, batch);
            for (int i = 1; i < ATTEMPTS && ratio > 1.2; i++) ratio = Math.min(ratio, ratio(learned, fresh, batch));
            assertThat(ratio).isLessThan(1.2);
        }
    }

    private static double ratio(TrainingSession learned, TrainingSession fresh, Batch batch) {
        long[] first = new long[ROUNDS];
        long[] second = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            first[i] = nanoseconds(learned, batch);
            second[i] = nanoseconds(fresh, batch);
        }
        Arrays.sort(first);
        Arrays.sort(second);
        return (double) first[ROUNDS / 2] / second[ROUNDS / 2];
    }

    private static long nanoseconds(TrainingSession session, Batch batch) {
        long start = System.nanoTime();
        for (int i = 0; i < STEPS; i++) session.step(batch);
        return System.nanoTime() - start;
    }
}

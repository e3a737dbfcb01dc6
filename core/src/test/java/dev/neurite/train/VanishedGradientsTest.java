package dev.neurite.train;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.data.Batch;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Numbers too small for a normal float, which processors may compute with many times slower, do not slow
/// down a training that has nothing more to learn.
@Tag("thorough")
class VanishedGradientsTest {
    private static final int ROUNDS = 61;
    private static final int STEPS = 20;
    private static final int ATTEMPTS = 3;

    private static Batch batch() {
        var random = new KeyedRandom(1);
        float[] x = new float[64 * 256];
        for (int i = 0; i < x.length; i++) x[i] = (float) random.nextGaussian();
        int[] labels = new int[64];
        for (int i = 0; i < labels.length; i++) labels[i] = i % 10;
        return new Batch(Tensor.view(Shape.of(64, 256), x, 0), Targets.labels(labels));
    }

    @Test
    void aStepOnWhatWasLearnedByHeartTakesAsLongAsTheFirstOnes() {
        assumeTrue(Kernels.vectorsPresent(), "scalar kernels take a minute for this");
        Model model = Model.of(features(256), dense(256, Activation.RELU), dense(10, Activation.SOFTMAX));
        Batch batch = batch();
        try (var learned = Trainer.of(model).threads(1).optimizer(adam(0.01)).begin(batch);
                var fresh = Trainer.of(model).threads(1).optimizer(adam(1e-9)).begin(batch)) {
            for (int i = 0; i < 20_000; i++) learned.step(batch);
            for (int i = 0; i < 1000; i++) fresh.step(batch);
            double ratio = ratio(learned, fresh, batch);
            for (int i = 1; i < ATTEMPTS && ratio > 1.2; i++) ratio = Math.min(ratio, ratio(learned, fresh, batch));
            assertThat(learned.step(batch)).as("the loss").isLessThan(1e-4);
            assertThat(fresh.step(batch)).as("the loss of the other").isGreaterThan(1);
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

package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.alphaDropout;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.gaussianDropout;
import static dev.neurite.layer.Layers.gaussianNoise;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.Noise;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A training with random layers depends on its seed, and neither on threads nor on how batches are cut.
@BothEngines
class NoiseTrainingTest {
    /// [Arrays#hashCode] of the parameters below after training.
    private static final int BITS = -1890485355;

    /// 90 rows in 3 classes that can be told apart.
    private static Dataset clusters() {
        var random = new KeyedRandom(12);
        float[][] rows = new float[90][40];
        int[] labels = new int[90];
        for (int i = 0; i < rows.length; i++) {
            labels[i] = i % 3;
            for (int j = 0; j < 40; j++) {
                rows[i][j] = (float) (2 * random.nextDouble() - 1 + (j % 3 == labels[i] ? 1 : 0));
            }
        }
        return Dataset.of(rows, labels);
    }

    private static Trainer noisy() {
        Model model = Model.of(
                features(40),
                gaussianNoise(0.1),
                dense(300, RELU),
                dropout(0.3),
                dense(101, TANH),
                alphaDropout(0.1),
                gaussianDropout(0.1),
                dense(3, SOFTMAX));
        return Trainer.of(model).optimizer(adam(0.005)).epochs(3).seed(5);
    }

    private static float[] trained(Trainer trainer) {
        return trainer.fit(clusters()).model().parameters().toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void theBitsDoNotDependOnTheNumberOfThreads(int threads) {
        assertThat(Arrays.hashCode(trained(noisy().threads(threads)))).isEqualTo(BITS);
    }

    @Test
    void anotherSeedIsAnotherTraining() {
        Trainer trainer = noisy().shuffle(false);
        assertThat(trained(trainer.seed(6))).isNotEqualTo(trained(trainer.seed(7)));
    }

    @Test
    void aNoisyTrainingLearns() {
        var last = noisy().epochs(10)
                .fit(clusters(), clusters())
                .history()
                .epochs()
                .getLast();
        assertThat(last.validation().orElseThrow().accuracy().orElseThrow()).isGreaterThan(0.9);
    }

    /// Only the order of adding differs: masks of their own would change the third digit.
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 31})
    void aBatchCutIntoShardsHasTheMasksOfTheWhole(int shards) {
        Trainer trainer = noisy().optimizer(sgd(0.1)).epochs(1);
        float[] whole = trained(trainer);
        float[] cut = trained(trainer.shards(shards));
        for (int i = 0; i < whole.length; i++) {
            assertThat((double) Math.abs(cut[i] - whole[i])).isLessThan(1e-5 * Math.max(1, Math.abs(whole[i])));
        }
    }

    /// Hands its input on and notes the noise that it was given.
    private record Spy(List<Noise> seen) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            if (pass.mode() == Mode.TRAIN) seen.add(pass.noise());
            return x;
        }
    }

    @Test
    void eachStepAndShardSaysItsNumberAndItsFirstRow() {
        List<Noise> seen = new ArrayList<>();
        Model model = Model.of(features(40), new Spy(seen), dense(3), new Spy(seen));
        Batch batch = new Batches(clusters(), 10).batch(0);
        try (TrainingSession session = Trainer.of(model).seed(77).shards(3).begin(batch)) {
            session.step(batch);
            session.step(batch);
        }
        List<Noise> expected = new ArrayList<>();
        for (int step = 1; step <= 2; step++) {
            for (int firstRow : new int[] {0, 3, 6}) {
                for (int use = 0; use < 2; use++) expected.add(Noise.of(77, step, use, firstRow));
            }
        }
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void anInspectedStepHasTheNoiseOfTheFirst() {
        List<Noise> seen = new ArrayList<>();
        Model model = Model.of(features(40), new Spy(seen), dense(3));
        Trainer.of(model).seed(78).inspectStep(clusters());
        assertThat(seen).containsExactly(Noise.of(78, 1, 0, 0));
    }
}

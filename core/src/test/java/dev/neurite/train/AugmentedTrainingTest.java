package dev.neurite.train;

import static dev.neurite.data.augment.Augmentations.crop;
import static dev.neurite.data.augment.Augmentations.cutmix;
import static dev.neurite.data.augment.Augmentations.flip;
import static dev.neurite.data.augment.Augmentations.mixup;
import static dev.neurite.data.augment.Augmentations.rotate;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.data.DerivedDataset;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Lbfgs;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmentedTrainingTest {
    private static final Augmentations CHANGES =
            Augmentations.of(flip(), crop(1), rotate(20), Augmentations.contrast(0.3), mixup(), cutmix());

    /// Images of 1×6×6 with a bright line at the height that tells the class.
    private static Dataset lines(int rows) {
        byte[] pixels = new byte[36 * rows];
        byte[] labels = new byte[rows];
        var random = new KeyedRandom(8);
        for (int i = 0; i < rows; i++) {
            labels[i] = (byte) random.below(3);
            for (int j = 0; j < 36; j++) pixels[36 * i + j] = (byte) random.below(60);
            for (int j = 0; j < 6; j++) pixels[36 * i + 6 * (1 + labels[i] * 2) + j] = (byte) 220;
        }
        return Dataset.ofImages(pixels, Shape.of(1, 6, 6), labels, List.of("top", "middle", "bottom"));
    }

    private static Trainer trainer() {
        Model model = Model.of(Shape.of(1, 6, 6), flatten(), dense(16, Activation.RELU), dense(3));
        return Trainer.of(model.initialize(1)).batchSize(10).epochs(3).seed(4);
    }

    private static float[] trained(Trainer trainer) {
        return trainer.fit(lines(97)).model().parameters().toArray();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 1", "2, 0", "2, 2", "3, 3", "7, 1"})
    void theBitsDependNeitherOnThreadsNorOnWhoMakesTheBatches(int threads, int ahead) {
        float[] usual = trained(trainer().augment(CHANGES));
        assertThat(trained(trainer().augment(CHANGES).threads(threads).prefetch(ahead)))
                .isEqualTo(usual);
        assertThat(usual).isNotEqualTo(trained(trainer()));
    }

    @Test
    void shardsSeeTheSameRows() {
        for (int shards : new int[] {2, 3}) {
            float[] whole = trained(trainer().augment(CHANGES));
            float[] parts = trained(trainer().augment(CHANGES).shards(shards));
            for (int i = 0; i < whole.length; i++) {
                assertThat(parts[i]).isCloseTo(whole[i], org.assertj.core.api.Assertions.within(1e-4f));
            }
        }
    }

    @Test
    void eachEpochHasRowsOfItsOwnAlsoWithoutShuffling() {
        Trainer still = trainer().shuffle(false).augment(Augmentations.of(crop(2)));
        assertThat(trained(still)).isNotEqualTo(trained(still.seed(5)));
        assertThat(trained(still)).isNotEqualTo(trained(trainer().shuffle(false)));
    }

    @Test
    void aNetworkLearnsFromAugmentedRowsAndIsJudgedByPlainOnes() {
        Run run = trainer()
                .augment(Augmentations.of(flip(), mixup()))
                .epochs(30)
                .optimizer(dev.neurite.optim.Optimizers.adam(0.01))
                .fit(lines(300), lines(100));
        Evaluation last = run.validation();
        assertThat(last.accuracy().orElseThrow()).isGreaterThan(0.98);
        assertThat(last.confusion().orElseThrow().classNames()).containsExactly("top", "middle", "bottom");
        assertThat(last.loss())
                .isEqualTo(Evaluation.of(run.model(), lines(100), Losses.crossEntropy())
                        .loss());
    }

    @Test
    void rateRangesAreOfAugmentedRows() {
        Trainer plain = trainer();
        assertThat(RateRange.of(plain.augment(CHANGES), lines(97), 1e-4, 0.1, 12)
                        .points())
                .isNotEqualTo(RateRange.of(plain, lines(97), 1e-4, 0.1, 12).points());
    }

    @Test
    void lossesThatTakeNoMixedAnswersAreRefusedBeforeTraining() {
        assertThatThrownBy(() -> trainer()
                        .augment(Augmentations.of(mixup()))
                        .loss(Losses.multiMargin())
                        .fit(lines(20)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("augmentations: expects a loss that takes a probability for each class");
        assertThatThrownBy(
                        () -> trainer().augment(CHANGES).minimizer(new Lbfgs()).fit(lines(20)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("minimizer: expects the same rows in each iteration, got augmentations");
        assertThatThrownBy(() -> trainer().prefetch(65)).isInstanceOf(ConfigException.class);
    }

    /// Data whose row 50 cannot be read.
    private record Broken(Dataset source) implements DerivedDataset {
        @Override
        public void readInput(int row, float[] array, int at) {
            if (row == 50) throw new IllegalStateException("row 50");
            source.readInput(row, array, at);
        }
    }

    @Test
    void whatADataSetThrowsEndsTheTrainingAndItsThread() {
        for (int ahead : new int[] {0, 2}) {
            assertThatThrownBy(() -> trainer().prefetch(ahead).fit(new Broken(lines(97))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("row 50");
        }
        assertThatThrownBy(() -> trainer()
                        .prefetch(2)
                        .listener(_ -> {
                            throw new IllegalArgumentException("heard");
                        })
                        .fit(lines(97)))
                .hasMessage("heard");
        Stream<String> threads = Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
        assertThat(threads).doesNotContain("neurite-data");
    }
}

package dev.neurite.data.augment;

import static dev.neurite.data.augment.Augmentations.brightness;
import static dev.neurite.data.augment.Augmentations.crop;
import static dev.neurite.data.augment.Augmentations.cutmix;
import static dev.neurite.data.augment.Augmentations.flip;
import static dev.neurite.data.augment.Augmentations.mixup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Targets;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationTest {
    private static final int ROWS = 2000;

    /// Images of 1×4×4 whose pixel p of row r is (r mod 5 + p) / 20.
    private static Dataset images(int rows) {
        byte[] pixels = new byte[16 * rows];
        byte[] labels = new byte[rows];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (i / 16 % 5 * 12 + i % 16 * 12);
        for (int i = 0; i < rows; i++) labels[i] = (byte) (i % 3);
        return Dataset.ofImages(pixels, Shape.of(1, 4, 4), labels, List.of("a", "b", "c"));
    }

    private static float[][] rows(Batches batches) {
        float[][] all = new float[0][];
        for (int i = 0; i < batches.count(); i++) {
            float[][] more = batches.batch(i).input().toRows();
            int before = all.length;
            all = Arrays.copyOf(all, before + more.length);
            System.arraycopy(more, 0, all, before, more.length);
        }
        return all;
    }

    private static Batches batches(int rows, int size, Augmentation... each) {
        return new Batches(images(rows), size, Augmentations.of(each));
    }

    @Test
    void aboutHalfOfTheImagesAreFlippedAndTheOthersStay() {
        float[][] plain = rows(batches(ROWS, 64));
        float[][] flipped = rows(batches(ROWS, 64, flip()));
        int changed = 0;
        for (int i = 0; i < ROWS; i++) if (!Arrays.equals(plain[i], flipped[i])) changed++;
        assertThat(changed).isBetween(900, 1100);
    }

    @Test
    void everyPlaceOfACropIsAsLikely() {
        Map<String, Integer> counts = new TreeMap<>();
        var image = new Image(Shape.of(1, 5, 5));
        for (int i = 0; i < 9000; i++) {
            Arrays.fill(image.pixels(), 0);
            image.pixels()[12] = 1; // the middle
            crop(1).apply(image, new KeyedRandom(i));
            counts.merge(Arrays.toString(image.pixels()), 1, Integer::sum);
        }
        assertThat(counts).hasSize(9);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(850, 1150));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.2, 1, 3, 1000})
    void lambdaIsOfTheBetaDistribution(double alpha) {
        var random = new KeyedRandom(5);
        int n = 40_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double lambda = Beta.draw(alpha, random);
            assertThat(lambda).isBetween(0.0, 1.0);
            sum += lambda;
            squares += (lambda - 0.5) * (lambda - 0.5);
        }
        double variance = 1 / (4 * (2 * alpha + 1));
        assertThat(sum / n).isCloseTo(0.5, within(5 * Math.sqrt(variance / n)));
        assertThat(squares / n / variance).isCloseTo(1, within(0.05));
    }

    @Test
    void whatARowBecomesDependsOnSeedEpochAndItsNumberAndNotOnTheBatch() {
        Augmentation[] each = {flip(), crop(2), Augmentations.rotate(20), Augmentations.cutout(2)};
        var batches = batches(60, 60, each);
        batches.begin(3, 2);
        float[][] whole = rows(batches);
        var small = batches(60, 7, each);
        small.begin(3, 2);
        assertThat(rows(small)).isDeepEqualTo(whole);
        small.begin(3, 3);
        assertThat(Arrays.deepEquals(rows(small), whole)).isFalse();
        small.begin(4, 2);
        assertThat(Arrays.deepEquals(rows(small), whole)).isFalse();
        small.shuffle(3, 2);
        assertThat(List.of(rows(small))).containsExactlyInAnyOrder(whole);
        assertThat(Arrays.deepEquals(rows(small), whole)).isFalse();
    }

    @Test
    void theSameAugmentationTwiceDrawsTwice() {
        float[][] once = rows(batches(200, 50, new HorizontalFlip(0.5)));
        float[][] twice = rows(batches(200, 50, new HorizontalFlip(0.5), new HorizontalFlip(0.5)));
        assertThat(Arrays.deepEquals(once, twice)).isFalse();
        assertThat(Arrays.deepEquals(twice, rows(batches(200, 50)))).isFalse();
    }

    @Test
    void answersAreMixedAsInputsAre() {
        // The input is the label, so what becomes of both must be the same.
        float[][] inputs = new float[90][3];
        int[] labels = new int[90];
        for (int i = 0; i < 90; i++) {
            labels[i] = i % 3;
            inputs[i][labels[i]] = 1;
        }
        var batches = new Batches(Dataset.of(inputs, labels), 8, Augmentations.of(mixup(), new Mixup(0.4, 0.5)));
        boolean mixed = false;
        for (int i = 0; i < batches.count(); i++) {
            Batch batch = batches.batch(i);
            Tensor answers = ((Targets.Values) batch.targets()).values();
            assertThat(answers.toRows()).isDeepEqualTo(batch.input().toRows());
            for (float[] row : answers.toRows()) {
                assertThat(row[0] + row[1] + row[2]).isCloseTo(1, within(1e-6f));
                mixed |= row[0] > 0.1 && row[0] < 0.9;
            }
        }
        assertThat(mixed).isTrue();
    }

    @Test
    void aCutMixedImageHasAsMuchOfAnotherAsItsAnswer() {
        // Images of one color each, told by the label.
        byte[] pixels = new byte[64 * 50];
        byte[] labels = new byte[50];
        for (int i = 0; i < 50; i++) {
            labels[i] = (byte) (i % 2);
            Arrays.fill(pixels, 64 * i, 64 * i + 64, (byte) (i % 2 == 0 ? 0 : 255));
        }
        Dataset data = Dataset.ofImages(pixels, Shape.of(1, 8, 8), labels, List.of("black", "white"));
        var batches = new Batches(data, 10, Augmentations.of(cutmix()));
        for (int i = 0; i < batches.count(); i++) {
            Batch batch = batches.batch(i);
            float[][] answers = ((Targets.Values) batch.targets()).values().toRows();
            float[][] rows = batch.input().toRows();
            for (int row = 0; row < rows.length; row++) {
                float white = 0;
                for (float pixel : rows[row]) white += pixel / 64;
                assertThat(answers[row][1]).isCloseTo(white, within(1e-6f));
                assertThat(answers[row][0]).isCloseTo(1 - white, within(1e-6f));
            }
        }
    }

    @Test
    void valuesAreMixedAsTheyAre() {
        Dataset data =
                Dataset.of(new float[][] {{1}, {3}, {5}, {9}}, new float[][] {{10, 1}, {30, 3}, {50, 5}, {90, 9}});
        Batch batch = new Batches(data, 4, Augmentations.of(mixup())).batch(0);
        float[][] answers = ((Targets.Values) batch.targets()).values().toRows();
        for (int i = 0; i < 4; i++) {
            float x = batch.input().toRows()[i][0];
            assertThat(answers[i][0]).isCloseTo(10 * x, within(1e-4f));
            assertThat(answers[i][1]).isCloseTo(x, within(1e-5f));
        }
    }

    @Test
    void theAnswersOfSeveralOutputsAreMixedEach() {
        Dataset data = Dataset.of(new float[][] {{1}, {3}, {5}, {9}}, new int[] {0, 1, 0, 1});
        Dataset other = Dataset.of(new float[][] {{0}, {0}, {0}, {0}}, new float[][] {{1}, {3}, {5}, {9}});
        var batches = new Batches(Dataset.joint(data, other), 4, Augmentations.of(mixup()));
        Batch batch = batches.batch(0);
        assertThat(((Targets.Values) batch.targets().of(0)).values().shape()).isEqualTo(Shape.of(4, 2));
        assertThat(((Targets.Values) batch.targets().of(1)).values().toRows())
                .isDeepEqualTo(batch.input().toRows());
    }

    @Test
    void whatCannotBeAugmentedIsRefused() {
        Dataset table = Dataset.of(new float[][] {{1, 2}, {3, 4}}, new int[] {0, 1});
        assertThatThrownBy(() -> new Batches(table, 2, Augmentations.of(flip())))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects images [channels×height×width], got rows of [2]");
        assertThatThrownBy(() -> new Batches(table, 2, Augmentations.of(cutmix())))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> new Batches(table.withWeights(1, 2), 2, Augmentations.of(mixup())))
                .isInstanceOf(ConfigException.class)
                .hasMessage("augmentations: expects rows without weights where they are mixed");
        Dataset missing = Dataset.of(new float[][] {{1}, {3}}, new int[] {0, -1}, List.of("a", "b"), -1);
        assertThatThrownBy(() -> new Batches(missing, 2, Augmentations.of(mixup())))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1: expects a label from 0 to 1, got -1");
        var dark = new Image(Shape.of(1, 2, 2));
        dark.pixels()[3] = 255;
        assertThatThrownBy(() -> brightness(0.5).apply(dark, new KeyedRandom(1)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects pixels from 0 to 1, got 255.0");
    }

    @Test
    void anAugmentationOfOnesOwnIsOneMethod() {
        ImageAugmentation negative = (image, random) -> {
            if (random.nextDouble() < 0.5) return;
            float[] pixels = image.pixels();
            for (int i = 0; i < pixels.length; i++) pixels[i] = 1 - pixels[i];
        };
        float[][] plain = rows(batches(100, 10));
        float[][] changed = rows(batches(100, 10, negative));
        int negatives = 0;
        for (int i = 0; i < 100; i++) if (plain[i][0] != changed[i][0]) negatives++;
        assertThat(negatives).isBetween(30, 70);
    }
}

package dev.neurite.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Targets;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataTest {
    private static Dataset numbered(int rows, int classes) {
        float[][] inputs = new float[rows][2];
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            inputs[i][0] = i;
            labels[i] = i % classes;
        }
        return Dataset.of(inputs, labels);
    }

    private static float[] firsts(Batches batches) {
        float[] firsts = new float[0];
        for (int i = 0; i < batches.count(); i++) {
            Batch batch = batches.batch(i);
            float[][] rows = batch.input().toRows();
            int before = firsts.length;
            firsts = Arrays.copyOf(firsts, before + rows.length);
            for (int j = 0; j < rows.length; j++) firsts[before + j] = rows[j][0];
        }
        return firsts;
    }

    @Test
    void rowsMayBeSeenUnderAnotherShape() {
        Dataset rows = Dataset.of(new float[][] {{1, 2, 3, 4}, {5, 6, 7, 8}}, new int[] {0, 1});
        Dataset images = rows.withInputShape(Shape.of(1, 2, 2));
        assertThat(images.inputShape()).isEqualTo(Shape.of(1, 2, 2));
        float[] second = new float[4];
        images.readInput(1, second, 0);
        assertThat(second).containsExactly(5, 6, 7, 8);
        assertThat(images.label(1)).isEqualTo(1);
        assertThatThrownBy(() -> rows.withInputShape(Shape.of(5)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("as many numbers as [4]");
    }

    @Test
    void theLastBatchIsShort() {
        var batches = new Batches(numbered(10, 2), 4);
        assertThat(batches.count()).isEqualTo(3);
        assertThat(IntStream.range(0, 3).map(i -> batches.batch(i).rows())).containsExactly(4, 4, 2);
        assertThat(firsts(batches)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void aBatchLargerThanTheDataIsTheData() {
        var batches = new Batches(numbered(3, 2), 100);
        assertThat(batches.count()).isEqualTo(1);
        assertThat(batches.batch(0).rows()).isEqualTo(3);
    }

    @Test
    void eachEpochHasAnOrderOfItsOwnThatTheSeedDecides() {
        var batches = new Batches(numbered(50, 2), 8);
        batches.shuffle(1, 1);
        float[] first = firsts(batches);
        batches.shuffle(1, 2);
        float[] second = firsts(batches);
        batches.shuffle(1, 1);
        assertThat(firsts(batches)).containsExactly(first).isNotEqualTo(second);
        Arrays.sort(first);
        assertThat(first[49]).isEqualTo(49);
        assertThat(first[17]).isEqualTo(17);
    }

    @Test
    void everyOrderOfThreeComesUpAboutAsOften() {
        int[] counts = new int[27];
        for (int seed = 0; seed < 6000; seed++) {
            int[] order = new KeyedRandom(seed).permutation(3);
            counts[order[0] * 9 + order[1] * 3 + order[2]]++;
        }
        assertThat(Arrays.stream(counts).filter(count -> count > 0)).hasSize(6).allMatch(n -> Math.abs(n - 1000) < 120);
    }

    @Test
    void aSplitIsStratifiedAndComplete() {
        Dataset data = numbered(50, 5);
        DataSplit split = DataSplit.of(data, 0.2, 3);
        assertThat(split.train().size()).isEqualTo(40);
        assertThat(split.test().size()).isEqualTo(10);
        int[] perClass = new int[5];
        Set<Float> seen = new HashSet<>();
        float[] row = new float[2];
        for (Dataset part : List.of(split.train(), split.test())) {
            for (int i = 0; i < part.size(); i++) {
                part.readInput(i, row, 0);
                seen.add(row[0]);
            }
        }
        for (int i = 0; i < 10; i++) perClass[split.test().label(i)]++;
        assertThat(perClass).containsOnly(2);
        assertThat(seen).hasSize(50);
        assertThat(DataSplit.of(data, 0.2, 3).test().label(4))
                .isEqualTo(split.test().label(4));
    }

    @Test
    void aSplitOfTwoRowsGivesEachPartOne() {
        DataSplit split = DataSplit.of(numbered(2, 2), 0.01, 1);
        assertThat(split.train().size()).isEqualTo(1);
        assertThat(split.test().size()).isEqualTo(1);
        assertThatThrownBy(() -> DataSplit.of(numbered(2, 2), 1, 1)).isInstanceOf(ConfigException.class);
    }

    @Test
    void channelsHaveStatisticsOfAllTheirPixels() {
        byte[] pixels = {0, 51, 102, (byte) 255, 51, 0, (byte) 153, (byte) 204};
        var data = Dataset.ofImages(pixels, Shape.of(2, 1, 2), new byte[] {0, 0}, List.of("a"));
        FeatureStatistics statistics = FeatureStatistics.ofChannels(data);
        assertThat(statistics.means().toArray()).containsExactly(0.1f, 0.7f);
        assertThat(statistics.deviations().toArray())
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(0.1f, 0.22360680f);
        assertThat(statistics.factors().shape()).isEqualTo(Shape.of(2));
        assertThatThrownBy(() -> FeatureStatistics.ofChannels(numbered(3, 2)))
                .hasMessageContaining("expects rows [channels×…] of 2 axes or more, got [2]");
    }

    @Test
    void statisticsAreThoseOfEachFeature() {
        var statistics = FeatureStatistics.of(Dataset.of(new float[][] {{1, 5}, {3, 5}}, new int[] {0, 1}));
        assertThat(statistics.means().toArray()).containsExactly(2f, 5f);
        assertThat(statistics.deviations().toArray()).containsExactly(1f, 0f);
        assertThat(statistics.factors().toArray()).containsExactly(1f, 1f);
    }

    @Test
    void wrongDataIsRefusedWithItsPlace() {
        float[][] two = {{1, 2}, {3, 4}};
        refused(() -> Dataset.of(new float[0][], new int[0]), "inputs: expects at least one row, got none");
        refused(() -> Dataset.of(two, new int[] {1}), "labels: expects one per row of input, 2, got 1");
        refused(
                () -> Dataset.of(two, new int[] {1, 2}, List.of("a", "b")),
                "row 1: expects a label from 0 to 1, got 2. Labels count from 0; are these counted from 1?");
        refused(() -> Dataset.of(two, new int[] {0, -1}), "row 1: expects a label from 0 to 0, got -1");
        refused(
                () -> Dataset.of(new float[][] {{1, 2}, {3}}, new int[] {0, 1}),
                "inputs, row 1: expects 2 values, got 1");
        refused(
                () -> Dataset.of(new float[][] {{1, Float.NaN}}, new int[] {0}),
                "inputs, row 0, value 1: expects a finite number, got NaN");
        refused(
                () -> Dataset.of(two, new float[][] {{1}, {Float.POSITIVE_INFINITY}}),
                "targets, row 1, value 0: expects a finite number, got Infinity");
        refused(
                () -> Dataset.ofImages(new byte[7], Shape.of(1, 2, 2), new byte[2], List.of("a")),
                "images: expects 2 images [1×2×2] for as many labels, got 7 bytes");
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(DataException.class).hasMessage(message);
    }

    @Test
    void imagesAreReadAsNumbersFromZeroToOne() {
        Dataset data = Dataset.ofImages(
                new byte[] {0, (byte) 255, 51, (byte) 128},
                Shape.of(1, 2, 2),
                new byte[] {(byte) 200},
                ArrayDataset.numbered(201));
        float[] row = new float[4];
        data.readInput(0, row, 0);
        assertThat(row).containsExactly(0, 1, 0.2f, 128 / 255f);
        assertThat(data.label(0)).isEqualTo(200);
    }

    // ------------------------------------------------------------------------------- weights, more and fewer answers

    @Test
    void weightsGoWithTheirRows() {
        Dataset data = numbered(6, 3).withWeights(0, 1, 2, 3, 4, 5).rows(4, 1, 3, 5);
        assertThat(data.isWeighted()).isTrue();
        var batches = new Batches(data, 3);
        batches.shuffle(1, 1);
        for (int i = 0; i < batches.count(); i++) {
            Batch batch = batches.batch(i);
            assertThat(batch.isWeighted()).isTrue();
            for (int row = 0; row < batch.rows(); row++) {
                assertThat(batch.weight(row)).isEqualTo(batch.input().get(row, 0));
                assertThat(batch.rows(row, row + 1).weight(0)).isEqualTo(batch.weight(row));
            }
        }
        Batch plain = new Batches(numbered(6, 3), 3).batch(0);
        assertThat(plain.isWeighted()).isFalse();
        assertThat(plain.weight(2)).isEqualTo(1);
        assertThat(plain.rows(1, 2).isWeighted()).isFalse();
    }

    @Test
    void weightsThatAreNoneAreRefusedWithTheirRow() {
        Dataset data = numbered(3, 2);
        refused(() -> data.withWeights(1, 2), "weights: expects one for each of 3 rows, got 2");
        for (float weight : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
            String message = "weights, row 1: expects a weight that is at least 0 and finite, got " + weight;
            refused(() -> data.withWeights(1, weight, 1), message);
            refused(() -> new Batches(new Weighing(data, weight), 2), message);
            Tensor x = Tensor.zeros(Shape.of(2, 1));
            refused(() -> new Batch(x, Targets.labels(0, 1), Tensor.of(Shape.of(2), 1, weight)), "batch, " + message);
        }
        assertThatThrownBy(() ->
                        new Batch(Tensor.zeros(Shape.of(2, 1)), Targets.labels(0, 1), Tensor.of(Shape.of(3), 1, 1, 1)))
                .hasMessage("batch: expects a weight for each of 2 rows, got [3]");
    }

    /// Data of a user's own, whose second row has this weight.
    private record Weighing(Dataset source, float weight) implements DerivedDataset {
        @Override
        public boolean isWeighted() {
            return true;
        }

        @Override
        public float weight(int row) {
            return row == 1 ? weight : 1;
        }
    }

    @Test
    void jointDataHasTheRowsOfTheFirstAndTheTargetsOfAll() {
        Dataset labels = numbered(4, 2).withWeights(1, 2, 3, 4);
        Dataset values = Dataset.of(new float[][] {{9}, {9}, {9}, {9}}, new float[][] {{0}, {10}, {20}, {30}});
        Dataset joint = Dataset.joint(labels, values, numbered(4, 3)).rows(3, 0, 1);
        assertThat(joint.targetsByOutput()).hasSize(3);
        Batch batch = new Batches(joint, 2).batch(0);
        assertThat(batch.input().get(0, 0)).isEqualTo(3);
        assertThat(batch.weight(0)).isEqualTo(4);
        assertThat(batch.targets().count()).isEqualTo(3);
        assertThat(batch.targets().of(0)).isInstanceOfSatisfying(Targets.Labels.class, first -> {
            assertThat(first.label(0)).isEqualTo(1);
            assertThat(first.label(1)).isZero();
        });
        assertThat(batch.rows(0, 1).targets().of(1)).isEqualTo(Targets.values(Tensor.of(new float[][] {{30}})));
        assertThat(batch.targets().of(2))
                .isInstanceOfSatisfying(
                        Targets.Labels.class,
                        third -> assertThat(third.label(0)).isZero());
        refused(
                () -> Dataset.joint(labels, numbered(3, 2)),
                "joint data: expects the same number of rows in each, 4, got 3");
        assertThatThrownBy(() -> Targets.many(Targets.labels(1), Targets.labels(1, 2)))
                .hasMessage("targets: expects one for each of 1 rows and each output, got 1 for each of 2");
        assertThatThrownBy(() -> Targets.many()).hasMessage("targets: expects some for at least 1 output, got none");
    }

    @Test
    void dataWithoutAnswersHasInputsAlone() {
        Dataset data = Dataset.of(new float[][] {{1, 2}, {3, 4}});
        assertThat(data.isLabeled()).isFalse();
        assertThat(data.targetShape()).isEqualTo(Shape.of(0));
        Batch batch = new Batches(data, 2).batch(0);
        assertThat(batch.input().toRows()).isDeepEqualTo(new float[][] {{1, 2}, {3, 4}});
        assertThat(batch.targets().rows()).isEqualTo(2);
        refused(() -> Dataset.of(new float[0][]), "inputs: expects at least one row, got none");
    }

    @Test
    void rowsMayLackALabelIfThatIsSaid() {
        float[][] x = {{1}, {2}, {3}, {4}, {5}, {6}};
        Dataset data = Dataset.of(x, new int[] {0, 255, 1, 1, 255, 0}, List.of("a", "b"), 255);
        assertThat(data.label(1)).isEqualTo(255);
        assertThat(data.classNames()).containsExactly("a", "b");
        DataSplit split = DataSplit.of(data, 0.5, 1);
        assertThat(IntStream.range(0, 3).map(split.test()::label)).containsExactlyInAnyOrder(0, 1, 255);
        refused(
                () -> Dataset.of(x, new int[] {0, 255, 1, 1, 254, 0}, List.of("a", "b"), 255),
                "row 4: expects a label from 0 to 1, got 254");
    }

    /// Swaps the labels of two classes.
    private record Swapped(Dataset source) implements DerivedDataset {
        @Override
        public int label(int row) {
            return 1 - source.label(row);
        }
    }

    /// The rows of another data set, from the last to the first.
    private record Reversed(Dataset source) implements DerivedDataset {
        @Override
        public int sourceRow(int row) {
            return source.size() - 1 - row;
        }
    }

    private static Dataset twoRows(int first, int second) {
        return Dataset.of(new float[][] {{1}, {2}}, new int[] {first, second}, List.of("a", "b"));
    }

    private static int[] labels(Dataset data) {
        return IntStream.range(0, data.size()).map(data::label).toArray();
    }

    @Test
    void batchesHaveTheLabelsOfADerivedDataset() {
        var batch = new Batches(new Swapped(twoRows(0, 1)), 2).batch(0);
        assertThat(((Targets.Labels) batch.targets()).label(0)).isEqualTo(1);
        assertThat(((Targets.Labels) batch.targets()).label(1)).isZero();
        assertThat(DataHash.sha256(new Swapped(twoRows(0, 1)))).isEqualTo(DataHash.sha256(twoRows(1, 0)));
    }

    @Test
    void aDerivedDatasetThatChoosesRowsHasTheirLabels() {
        Dataset reversed = new Reversed(twoRows(0, 1));
        assertThat(labels(reversed.targetsByOutput().getFirst())).containsExactly(1, 0);
    }

    @Test
    void aDerivedDatasetOfSeveralOutputsHasTheTargetsOfItsRows() {
        Dataset reversed = new Reversed(Dataset.joint(twoRows(0, 1), twoRows(1, 1), twoRows(0, 0)));
        assertThat(reversed.targetsByOutput())
                .extracting(DataTest::labels)
                .containsExactly(new int[] {1, 0}, new int[] {1, 1}, new int[] {0, 0});
        assertThat(reversed.rows(0).targetsByOutput())
                .extracting(DataTest::labels)
                .containsExactly(new int[] {1}, new int[] {1}, new int[] {0});
    }

    @Test
    void aCopyOfABatchStaysWhenTheNextIsRead() {
        var batches = new Batches(twoRows(0, 1).withWeights(1, 2), 1);
        Batch first = batches.batch(0).copy();
        batches.batch(1);
        assertThat(first.input().toArray()).containsExactly(1);
        assertThat(((Targets.Labels) first.targets()).label(0)).isZero();
        assertThat(first.weight(0)).isEqualTo(1);
    }

    @Test
    void aTensorsLabelsNeedNoNames() {
        Dataset data = Dataset.of(Tensor.of(Shape.of(2, 1, 2, 2), new float[8]), new int[] {0, 2});
        assertThat(data.classNames()).containsExactly("0", "1", "2");
        assertThat(data.inputShape()).isEqualTo(Shape.of(1, 2, 2));
    }

    @Test
    void rowsOfAGroupStayTogether() {
        int[] groups = {7, 7, 1, 1, 3, 3, 3, 9, 9, 4};
        Dataset data = numbered(10, 2);
        for (long seed = 0; seed < 20; seed++) {
            DataSplit split = DataSplit.grouped(data, groups, 0.3, seed);
            RowSplit rows = RowSplit.grouped(groups, 0.3, seed);
            Set<Integer> train = new HashSet<>();
            for (int row : rows.train()) train.add(groups[row]);
            for (int row : rows.test()) assertThat(train).doesNotContain(groups[row]);
            assertThat(split.train().size() + split.test().size()).isEqualTo(10);
            assertThat(split.test().size()).isBetween(1, 5);
        }
        assertThatThrownBy(() -> DataSplit.grouped(data, new int[10], 0.3, 0))
                .hasMessageContaining("at least 2 groups");
    }

    @Test
    void theLastRowsInTimeAreForTesting() {
        assertThat(RowSplit.ordered(10, 0.25).test()).containsExactly(7, 8, 9);
        assertThat(RowSplit.ordered(2, 0.01).train()).containsExactly(0);
    }

    @Test
    void aDataSetPrintsItsShapesAndClasses() {
        float[][] rows = {{1, 2}, {3, 4}, {5, 6}};
        Dataset classes = Dataset.of(rows, new int[] {0, 1, 0}, List.of("no", "yes"));
        assertThat(classes).hasToString("3 rows of [2], 2 classes: no, yes");
        assertThat(classes.rows(0, 1)).hasToString("2 rows of [2], 2 classes: no, yes");
        assertThat(Dataset.of(rows, rows)).hasToString("3 rows of [2], targets [2]");
        assertThat(Dataset.of(rows)).hasToString("3 rows of [2], no targets");
        assertThat(Dataset.joint(classes, Dataset.of(rows, rows)))
                .hasToString("3 rows of [2], 2 classes: no, yes; targets [2]");
    }
}

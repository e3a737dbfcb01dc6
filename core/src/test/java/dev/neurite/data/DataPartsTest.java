package dev.neurite.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Folds, three parts, balanced classes, whole batches; rows from streams and tensors.
class DataPartsTest {
    record Flower(String name, float length, float width) {}

    private static final List<Flower> FLOWERS =
            List.of(new Flower("a", 1, 2), new Flower("b", 3, 4), new Flower("a", 5, 6));

    /// Rows that say their number, of classes with these numbers of rows.
    private static Dataset ofClasses(int... counts) {
        int[] labels = IntStream.range(0, counts.length)
                .flatMap(label -> IntStream.generate(() -> label).limit(counts[label]))
                .toArray();
        float[][] inputs = new float[labels.length][1];
        for (int row = 0; row < inputs.length; row++) inputs[row][0] = row;
        return Dataset.of(inputs, labels, ArrayDataset.numbered(counts.length));
    }

    private static int[] numbers(Dataset data) {
        float[] one = new float[1];
        return IntStream.range(0, data.size())
                .map(row -> {
                    data.readInput(row, one, 0);
                    return (int) one[0];
                })
                .toArray();
    }

    private static int[] counts(Dataset data) {
        int[] counts = new int[data.classNames().size()];
        for (int row = 0; row < data.size(); row++) counts[data.label(row)]++;
        return counts;
    }

    @ParameterizedTest
    @CsvSource({"2", "3", "5", "10", "40"})
    void eachRowIsInOneTestPartOfTheFoldsAndElseInTheOther(int k) {
        Dataset data = ofClasses(23, 12, 5);
        List<DataSplit> folds = DataSplit.kFold(data, k, 4);
        assertThat(folds).hasSize(k);
        int[] tested = new int[40];
        for (DataSplit fold : folds) {
            int[] test = numbers(fold.test());
            for (int row : test) tested[row]++;
            int[] all = IntStream.concat(Arrays.stream(test), Arrays.stream(numbers(fold.train())))
                    .sorted()
                    .toArray();
            assertThat(all).isEqualTo(IntStream.range(0, 40).toArray());
            assertThat(fold.test().size()).isBetween(40 / k, Math.ceilDiv(40, k));
            int[] counts = counts(fold.test());
            assertThat(counts[0]).isBetween(23 / k, Math.ceilDiv(23, k));
            assertThat(counts[1]).isBetween(12 / k, Math.ceilDiv(12, k));
            assertThat(counts[2]).isBetween(5 / k, Math.ceilDiv(5, k));
        }
        assertThat(tested).containsOnly(1);
    }

    @Test
    void foldsDependOnTheSeedAlone() {
        Dataset data = ofClasses(20, 20);
        int[] first = numbers(DataSplit.kFold(data, 4, 7).get(1).test());
        assertThat(numbers(DataSplit.kFold(data, 4, 7).get(1).test())).isEqualTo(first);
        assertThat(numbers(DataSplit.kFold(data, 4, 8).get(1).test())).isNotEqualTo(first);
        Dataset values = Dataset.of(new float[][] {{0}, {1}, {2}}, new float[][] {{0}, {1}, {2}});
        assertThat(DataSplit.kFold(values, 3, 1)).allMatch(fold -> fold.test().size() == 1);
    }

    @ParameterizedTest
    @CsvSource({"1", "0", "-3", "11"})
    void foldsThatCannotBeAreRefused(int k) {
        assertThatThrownBy(() -> DataSplit.kFold(ofClasses(5, 5), k, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessage("folds: expects a number from 2 to the number of rows, 10, got " + k);
    }

    @Test
    void threePartsAreStratifiedAndComplete() {
        DataParts parts = DataParts.of(ofClasses(60, 40), 0.2, 0.1, 3);
        assertThat(counts(parts.train())).containsExactly(42, 28);
        assertThat(counts(parts.validation().orElseThrow())).containsExactly(12, 8);
        assertThat(counts(parts.test())).containsExactly(6, 4);
        assertThat(Stream.of(parts.train(), parts.validation().orElseThrow(), parts.test())
                        .flatMapToInt(part -> Arrays.stream(numbers(part)))
                        .sorted())
                .isEqualTo(IntStream.range(0, 100).boxed().toList());
        DataParts least = DataParts.of(ofClasses(2, 1), 0.01, 0.98, 3);
        assertThat(List.of(
                        least.train().size(),
                        least.validation().orElseThrow().size(),
                        least.test().size()))
                .containsExactly(1, 1, 1);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.5", "0.5, 0", "0.5, 0.5", "NaN, 0.1", "1, -0.5"})
    void sharesThatLeaveAPartEmptyAreRefused(double validation, double test) {
        assertThatThrownBy(() -> DataParts.of(ofClasses(5, 5), validation, test, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("got " + validation + " and " + test);
        assertThatThrownBy(() -> DataParts.of(ofClasses(1, 1), 0.2, 0.2, 0)).hasMessageContaining("at least 3 rows");
    }

    @Test
    void balancedClassesHaveAsManyRowsAsTheMostFrequent() {
        Dataset balanced = ofClasses(10, 4, 0, 1).balanced(5);
        assertThat(counts(balanced)).containsExactly(10, 10, 0, 10);
        int[] rows = numbers(balanced);
        assertThat(Arrays.copyOf(rows, 15)).isEqualTo(IntStream.range(0, 15).toArray());
        int[] times = new int[15];
        for (int row : rows) times[row]++;
        assertThat(Arrays.copyOf(times, 10)).containsOnly(1);
        assertThat(Arrays.copyOfRange(times, 10, 14)).containsOnly(2, 3);
        assertThat(times[14]).isEqualTo(10);
        assertThat(numbers(ofClasses(10, 4, 0, 1).balanced(5))).isEqualTo(rows);
        assertThat(numbers(ofClasses(10, 4, 0, 1).balanced(6))).isNotEqualTo(rows);
    }

    @Test
    void rowsWithoutALabelAreNotRepeatedAndValuesCannotBeBalanced() {
        Dataset some = Dataset.of(new float[][] {{0}, {1}, {2}, {3}}, new int[] {-1, 0, 0, 1}, List.of("a", "b"), -1);
        assertThat(numbers(some.balanced(1))).containsExactly(0, 1, 2, 3, 3);
        Dataset values = Dataset.of(new float[][] {{0}}, new float[][] {{0}});
        assertThatThrownBy(() -> values.balanced(1)).isInstanceOf(ConfigException.class);
    }

    @Test
    void aLastBatchThatIsShortMayBeDropped() {
        var batches = new Batches(ofClasses(7, 4), 4, Augmentations.NONE, true);
        assertThat(batches.count()).isEqualTo(2);
        assertThat(batches.batch(1).rows()).isEqualTo(4);
        assertThatThrownBy(() -> batches.batch(2)).isInstanceOf(IndexOutOfBoundsException.class);
        batches.shuffle(1, 1);
        float first = batches.batch(0).input().get(0, 0);
        batches.shuffle(1, 2);
        assertThat(batches.batch(0).input().get(0, 0)).isNotEqualTo(first);
        assertThat(new Batches(ofClasses(4, 4), 4, Augmentations.NONE, true).count())
                .isEqualTo(2);
        assertThatThrownBy(() -> new Batches(ofClasses(2, 1), 4, Augmentations.NONE, true))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects at least 1 batch of 4 rows, got 3 rows in all");
    }

    @Test
    void recordsComeFromAStream() {
        Dataset data = Dataset.labeled(
                FLOWERS.stream(),
                flower -> new float[] {flower.length(), flower.width()},
                flower -> flower.name().charAt(0) - 'a',
                List.of("a", "b"));
        assertThat(data.classNames()).containsExactly("a", "b");
        assertThat(counts(data)).containsExactly(2, 1);
        float[] row = new float[2];
        data.readInput(2, row, 0);
        assertThat(row).containsExactly(5, 6);
        Dataset numbered = Dataset.labeled(IntStream.range(0, 40).boxed().parallel(), i -> new float[] {i}, i -> i % 3);
        assertThat(numbered.classNames()).containsExactly("0", "1", "2");
        assertThat(numbers(numbered)).isEqualTo(IntStream.range(0, 40).toArray());
        Dataset values = Dataset.valued(
                FLOWERS.stream(), flower -> new float[] {flower.length()}, flower -> new float[] {flower.width(), 1});
        assertThat(values.targetShape()).isEqualTo(Shape.of(2));
        values.readTarget(1, row, 0);
        assertThat(row).containsExactly(4, 1);
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(DataException.class).hasMessageContaining(message);
    }

    @Test
    void wrongRowsOfAStreamAreRefusedWithTheirNumber() {
        refused(() -> Dataset.labeled(Stream.<float[]>of(), row -> row, _ -> 0), "expects at least one row, got none");
        refused(
                () -> Dataset.labeled(Stream.of(new float[2], new float[3]), row -> row, _ -> 0),
                "inputs, row 1: expects 2 values, got 3");
        refused(
                () -> Dataset.labeled(Stream.of(new float[0]), row -> row, _ -> 0),
                "inputs, row 0: expects 1 values, got 0");
        refused(
                () -> Dataset.valued(Stream.of(1f, Float.NaN), row -> new float[] {1}, row -> new float[] {row}),
                "targets, row 1, value 0: expects a finite number, got NaN");
        refused(
                () -> Dataset.labeled(Stream.of(0, 1, -1), row -> new float[] {row}, row -> row),
                "row 2: expects a label from 0 to 65535, got -1");
        refused(
                () -> Dataset.labeled(Stream.of(1, 2), row -> new float[] {row}, row -> row, List.of("a", "b")),
                "row 1: expects a label from 0 to 1, got 2. Labels count from 0");
    }

    @Test
    void aStreamThatIsTooLongForTheHeapIsRefusedOnTheWay() {
        assertThatThrownBy(() ->
                        RowCollector.labeled(Stream.iterate(0, i -> i + 1), _ -> new float[100], _ -> 0, 1L << 20))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("row 2473: expects rows of at most 1 MB in all");
    }

    @Test
    void rowsOfATensorHaveItsShape() {
        Tensor images = Tensor.of(Shape.of(2, 1, 1, 2), 1, 2, 3, 4);
        Dataset data = Dataset.of(images, new int[] {1, 0}, List.of("a", "b"));
        assertThat(data.inputShape()).isEqualTo(Shape.of(1, 1, 2));
        assertThat(data.targetShape()).isEqualTo(Shape.SCALAR);
        float[] row = new float[2];
        data.readInput(1, row, 0);
        assertThat(row).containsExactly(3, 4);
        assertThat(data.label(0)).isEqualTo(1);
        assertThatThrownBy(() -> data.readTarget(0, row, 0)).isInstanceOf(UnsupportedOperationException.class);
        Dataset values = Dataset.of(images, Tensor.of(new float[][] {{5}, {6}}).rows(0, 2));
        values.readTarget(1, row, 0);
        assertThat(row[0]).isEqualTo(6);
        assertThatThrownBy(() -> values.label(0)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void wrongTensorsAreRefused() {
        Tensor two = Tensor.of(new float[][] {{1, 2}, {3, Float.POSITIVE_INFINITY}});
        Tensor one = Tensor.of(new float[][] {{1}});
        List<String> names = List.of("a", "b");
        refused(() -> Dataset.of(two, new int[2], names), "inputs, row 1, value 1: expects a finite number");
        refused(() -> Dataset.of(one, new int[2], names), "labels: expects one per row of input, 1, got 2");
        refused(() -> Dataset.of(one, new int[] {2}, names), "row 0: expects a label from 0 to 1");
        refused(() -> Dataset.of(one, Tensor.zeros(Shape.of(2, 1))), "targets: expects one per row of input, 1, got 2");
        refused(() -> Dataset.of(Tensor.zeros(Shape.of(0, 1)), one), "at least one row");
        refused(() -> Dataset.of(Tensor.zeros(Shape.of(1, 0)), one), "at least 1 value");
        assertThatThrownBy(() -> Dataset.of(Tensor.zeros(Shape.of(3)), one)).isInstanceOf(ShapeException.class);
    }
}

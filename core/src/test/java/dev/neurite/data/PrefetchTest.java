package dev.neurite.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PrefetchTest {
    private static Dataset numbered(int rows) {
        float[][] inputs = new float[rows][2];
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            inputs[i][0] = i;
            labels[i] = i % 3;
        }
        return Dataset.of(inputs, labels);
    }

    /// A data set that counts what is read, and fails at a row.
    private record Counting(Dataset source, AtomicInteger reads, int bad, Throwable thrown) implements DerivedDataset {
        @Override
        public void readInput(int row, float[] array, int at) {
            reads.incrementAndGet();
            if (row == bad && thrown instanceof Error error) throw error;
            if (row == bad) throw (RuntimeException) thrown;
            source.readInput(row, array, at);
        }
    }

    private static Counting counting(int rows, int bad, Throwable thrown) {
        return new Counting(numbered(rows), new AtomicInteger(), bad, thrown);
    }

    private static List<String> seen(int count, java.util.function.IntFunction<Batch> next) {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Batch batch = next.apply(i);
            seen.add(batch.input() + " " + batch.targets().rows());
        }
        return seen;
    }

    private static boolean isThreadAlive() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(each -> each.getName().equals("neurite-data"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 64})
    void epochAfterEpochItGivesTheBatchesThatWouldComeWithoutIt(int ahead) {
        Dataset data = numbered(23);
        var alone = new Batches(data, 4, Augmentations.of(Augmentations.mixup()));
        var batches = new Batches(data, 4, Augmentations.of(Augmentations.mixup()));
        try (var prefetch = new Prefetch(batches, ahead)) {
            for (int epoch = 1; epoch <= 20; epoch++) {
                alone.shuffle(7, epoch);
                batches.shuffle(7, epoch);
                prefetch.begin();
                assertThat(seen(6, _ -> prefetch.next())).isEqualTo(seen(6, alone::batch));
                assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(prefetch::next);
            }
        }
        assertThat(isThreadAlive()).isFalse();
    }

    @Test
    void aBatchStaysAsItIsUntilTheNextIsTaken() throws InterruptedException {
        try (var prefetch = new Prefetch(new Batches(numbered(40), 4), 1)) {
            prefetch.begin();
            for (int i = 0; i < 10; i++) {
                Batch batch = prefetch.next();
                String now = batch.input().toString();
                Thread.sleep(3);
                assertThat(batch.input()).hasToString(now);
            }
        }
    }

    @Test
    void noMoreIsReadInAdvanceThanItMay() throws InterruptedException {
        Counting data = counting(100, -1, new IllegalStateException());
        try (var prefetch = new Prefetch(new Batches(data, 5), 2)) {
            prefetch.begin();
            prefetch.next();
            for (int i = 0; i < 200 && data.reads().get() < 15; i++) Thread.sleep(5);
            Thread.sleep(20);
            assertThat(data.reads()).hasValue(15); // the one that is being learned, and 2 more
        }
    }

    @Test
    void whatADataSetThrowsComesToTheCallerAtItsBatchAndTheThreadEnds() {
        for (Throwable thrown : List.of(new IllegalStateException("row 9"), new StackOverflowError("row 9"))) {
            try (var prefetch = new Prefetch(new Batches(counting(20, 9, thrown), 4), 2)) {
                prefetch.begin();
                assertThat(prefetch.next().rows()).isEqualTo(4);
                assertThat(prefetch.next().rows()).isEqualTo(4);
                for (int i = 0; i < 2; i++) assertThatThrownBy(prefetch::next).isSameAs(thrown);
            }
            assertThat(isThreadAlive()).isFalse();
        }
    }

    @Test
    void itCanBeClosedInTheMiddleAndThenGivesNoMore() {
        Counting data = counting(1000, -1, new IllegalStateException());
        var prefetch = new Prefetch(new Batches(data, 1), 3);
        prefetch.begin();
        prefetch.next();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(prefetch::begin)
                .withMessageContaining("has not ended");
        prefetch.close();
        prefetch.close();
        int reads = data.reads().get();
        assertThat(isThreadAlive()).isFalse();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(prefetch::next);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(prefetch::begin);
        assertThat(data.reads()).hasValue(reads);
    }

    @Test
    void aThreadThatIsInterruptedGetsItsBatchesAndStaysInterrupted() {
        try (var prefetch = new Prefetch(new Batches(numbered(50), 5), 1)) {
            prefetch.begin();
            Thread.currentThread().interrupt();
            assertThat(seen(10, _ -> prefetch.next())).hasSize(10);
        }
        assertThat(Thread.interrupted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65})
    void numbersOfBatchesThatCannotBeAreRefused(int ahead) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new Prefetch(new Batches(numbered(5), 5), ahead))
                .withMessage("prefetch: expects 1 to 64 batches, got " + ahead);
        assertThat(isThreadAlive()).isFalse();
    }
}

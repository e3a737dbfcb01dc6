package dev.neurite.serve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.http.HttpProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// With a model that doubles numbers, refuses negative ones, and computes a held number when the test lets it.
@Timeout(20)
final class BatchQueueTest {
    private static final Deadline LATE = Deadline.in(Duration.ofSeconds(20));
    private static final int HELD = 1_000_099;

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void end() {
        go.countDown();
        clients.shutdownNow();
    }

    private List<Integer> doubled(List<Integer> numbers) {
        batches.add(List.copyOf(numbers));
        if (numbers.contains(HELD)) {
            held.countDown();
            try {
                assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        int wrong = IntStream.range(0, numbers.size())
                .filter(i -> numbers.get(i) < 0)
                .findFirst()
                .orElse(-1);
        if (wrong >= 0) throw new DataException("row " + wrong, "expects a number above 0");
        return numbers.stream().map(each -> 2 * each).toList();
    }

    private BatchQueue<Integer, Integer> queue(BatchSettings settings) {
        return new BatchQueue<>("double", Batching.ofRows(settings), this::doubled, QueueWatcher.NONE);
    }

    /// Has the model compute that number until [#go].
    private Future<List<Integer>> hold(BatchQueue<Integer, Integer> queue) throws InterruptedException {
        Future<List<Integer>> first = clients.submit(() -> queue.compute(List.of(HELD), LATE));
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
        return first;
    }

    private Future<List<Integer>> ask(BatchQueue<Integer, Integer> queue, Integer... numbers)
            throws InterruptedException {
        int before = queue.waiting();
        Future<List<Integer>> answer = clients.submit(() -> queue.compute(List.of(numbers), LATE));
        while (queue.waiting() == before) Thread.sleep(1);
        return answer;
    }

    @Test
    void whatComesWhileTheModelComputesIsTheNextBatchInItsOrder() throws Exception {
        try (var queue = queue(BatchSettings.USUAL)) {
            Future<List<Integer>> first = hold(queue);
            Future<List<Integer>> second = ask(queue, 1, 2);
            Future<List<Integer>> third = ask(queue, 3);
            go.countDown();
            assertThat(first.get()).containsExactly(2 * HELD);
            assertThat(second.get()).containsExactly(2, 4);
            assertThat(third.get()).containsExactly(6);
            assertThat(batches).containsExactly(List.of(HELD), List.of(1, 2, 3));
            QueueStatistics.Snapshot counted = queue.statistics().snapshot();
            assertThat(counted.rows()).isEqualTo(4);
            assertThat(counted.executions()).isEqualTo(2);
            assertThat(counted.succeeded().count()).isEqualTo(3);
        }
    }

    @Test
    void aLargeRequestIsComputedInPartsBetweenWhichOthersHaveTheirTurn() throws Exception {
        try (var queue = queue(BatchSettings.USUAL.rows(2).waiting(4))) { // a request counts as one part
            Future<List<Integer>> first = hold(queue);
            Future<List<Integer>> large = ask(queue, 1, 2, 3, 4, 5);
            Future<List<Integer>> small = ask(queue, 6);
            go.countDown();
            assertThat(large.get()).containsExactly(2, 4, 6, 8, 10);
            assertThat(small.get()).containsExactly(12);
            assertThat(first.get()).hasSize(1);
            assertThat(batches).containsExactly(List.of(HELD), List.of(1, 2), List.of(6, 3), List.of(4, 5));
        }
    }

    @Test
    void moreThanMayWaitIsRefusedAtOnceAndTheQueueRecovers() throws Exception {
        try (var queue = queue(BatchSettings.USUAL.waiting(2))) {
            Future<List<Integer>> first = hold(queue);
            Future<List<Integer>> waits = ask(queue, 1, 2);
            assertThatThrownBy(() -> queue.compute(List.of(3), LATE))
                    .isInstanceOfSatisfying(
                            HttpProblem.class,
                            problem -> assertThat(problem.status()).isEqualTo(503));
            go.countDown();
            assertThat(first.get()).hasSize(1);
            assertThat(waits.get()).containsExactly(2, 4);
            assertThat(queue.compute(List.of(5), LATE)).containsExactly(10);
            assertThat(queue.compute(List.of(3, 4, 5), LATE))
                    .as("more than may wait, alone")
                    .containsExactly(6, 8, 10);
            assertThat(queue.waiting()).isZero();
        }
    }

    @Test
    void whoseTimeIsOverIsNotComputed() throws Exception {
        try (var queue = queue(BatchSettings.USUAL)) {
            Future<List<Integer>> first = hold(queue);
            assertThatThrownBy(() -> queue.compute(List.of(1), Deadline.in(Duration.ofMillis(20))))
                    .isInstanceOfSatisfying(
                            HttpProblem.class,
                            problem -> assertThat(problem.status()).isEqualTo(504));
            assertThat(queue.waiting()).isZero();
            go.countDown();
            assertThat(first.get()).hasSize(1);
            assertThat(batches).containsExactly(List.of(HELD));
            assertThat(queue.statistics().snapshot().failed().count()).isEqualTo(1);
        }
    }

    @Test
    void whoIsGoneIsNotComputed() throws Exception {
        try (var queue = queue(BatchSettings.USUAL)) {
            Future<List<Integer>> first = hold(queue);
            Future<List<Integer>> gone = ask(queue, 1);
            Future<List<Integer>> stays = ask(queue, 2);
            assertThat(gone.cancel(true)).isTrue();
            while (queue.waiting() > 1) Thread.sleep(1);
            go.countDown();
            assertThat(stays.get()).containsExactly(4);
            assertThat(first.get()).hasSize(1);
            assertThat(batches).containsExactly(List.of(HELD), List.of(2));
        }
    }

    @Test
    void aWrongRowFailsItsRequestAloneWithItsPlaceThere() throws Exception {
        try (var queue = queue(BatchSettings.USUAL.rows(4))) {
            Future<List<Integer>> first = hold(queue);
            Future<List<Integer>> good = ask(queue, 1);
            Future<List<Integer>> wrong = ask(queue, 1, 1, 1, 1, -1); // in the second part
            Future<List<Integer>> better = ask(queue, 3);
            go.countDown();
            assertThat(first.get()).hasSize(1);
            assertThat(good.get()).containsExactly(2);
            assertThat(better.get()).containsExactly(6);
            assertThatThrownBy(wrong::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith("row 4:");
        }
    }

    @Test
    void anErrorIsThatOfItsRequestAndTheQueueGoesOn() {
        var queue = new BatchQueue<Integer, Integer>(
                "broken",
                Batching.ofRows(BatchSettings.USUAL),
                numbers -> {
                    if (numbers.contains(0)) throw new AssertionError("broken");
                    return numbers;
                },
                QueueWatcher.NONE);
        try (queue) {
            assertThatThrownBy(() -> queue.compute(List.of(0), LATE)).isInstanceOf(AssertionError.class);
            assertThat(queue.compute(List.of(1), LATE)).containsExactly(1);
        }
    }

    @Test
    void theFirstWaitsForOthersIfThatIsWanted() throws Exception {
        try (var queue = queue(BatchSettings.USUAL.rows(2).delay(Duration.ofSeconds(15)))) {
            Future<List<Integer>> first = ask(queue, 1);
            assertThat(queue.compute(List.of(2), LATE)).containsExactly(4); // the batch is full
            assertThat(first.get()).containsExactly(2);
            assertThat(batches).containsExactly(List.of(1, 2));
        }
    }

    @Test
    void aQueueThatIsClosedComputesWhatWaitsAndWhatCameTooLate() throws Exception {
        var queue = queue(BatchSettings.USUAL);
        Future<List<Integer>> first = hold(queue);
        Future<List<Integer>> waits = ask(queue, 1);
        Future<?> closed = clients.submit(queue::close);
        go.countDown();
        closed.get();
        assertThat(first.isDone()).isTrue();
        assertThat(waits.get()).containsExactly(2);
        assertThat(queue.compute(List.of(4), LATE)).containsExactly(8);
    }

    @Test
    void whoFindsNobodyComputesIfBatchesAreShort() {
        List<Thread> threads = new ArrayList<>();
        Thread own = Thread.currentThread();
        try (var queue = new BatchQueue<Integer, Integer>(
                "waits",
                Batching.ofRows(BatchSettings.USUAL),
                millis -> sleeping(millis, threads),
                QueueWatcher.NONE)) {
            do queue.compute(List.of(0), LATE);
            while (threads.getLast() != own);
            assertThat(threads.getFirst()).as("nothing was known yet").isNotSameAs(own);
            for (int millis : List.of(20, 0)) queue.compute(List.of(millis), LATE);
            assertThat(threads.getLast()).as("after a long batch").isSameAs(threads.getFirst());
        }
    }

    /// The thread of a request computes its own batch only: what comes meanwhile is for the queue's.
    @Test
    void whoComputesGoesWithItsAnswerAndOthersAreComputed() throws Exception {
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        try (var queue = new BatchQueue<Integer, Integer>(
                "double",
                Batching.ofRows(BatchSettings.USUAL),
                numbers -> {
                    threads.add(Thread.currentThread());
                    return doubled(numbers);
                },
                QueueWatcher.NONE)) {
            do queue.compute(List.of(1), LATE);
            while (threads.getLast() != Thread.currentThread());
            Future<List<Integer>> first = hold(queue);
            Future<List<Integer>> second = ask(queue, 2);
            go.countDown();
            assertThat(first.get()).containsExactly(2 * HELD);
            assertThat(second.get()).containsExactly(4);
            assertThat(threads.get(threads.size() - 2).isVirtual())
                    .as("of the first")
                    .isTrue();
            assertThat(threads.getLast()).as("the queue's").isSameAs(threads.getFirst());
            Future<List<Integer>> large = clients.submit(() -> queue.compute(Collections.nCopies(33, 1), LATE));
            assertThat(large.get()).hasSize(33);
            assertThat(threads.getLast()).as("larger than a batch").isSameAs(threads.getFirst());
        }
    }

    @Test
    void whatFailsInTheQueueIsHeardByThoseWhoWaitAndItGoesOn() throws Exception {
        var fails = new AtomicInteger();
        QueueWatcher watcher = new QueueWatcher() {
            @Override
            public void computed(int rows, long nanos) {
                if (fails.getAndDecrement() == 1) throw new IllegalStateException("no meter");
            }

            @Override
            public void waited(long nanos) {}

            @Override
            public void refused() {}
        };
        try (var queue =
                new BatchQueue<>("double", Batching.ofRows(BatchSettings.USUAL.rows(1)), this::doubled, watcher)) {
            Future<List<Integer>> first = hold(queue);
            List<Future<List<Integer>>> waiting = List.of(ask(queue, 1), ask(queue, 2));
            fails.set(1);
            go.countDown();
            for (Future<List<Integer>> each : List.of(first, waiting.get(0), waiting.get(1))) {
                assertThatThrownBy(each::get).hasRootCauseMessage("no meter");
            }
            assertThat(queue.compute(List.of(3), LATE)).containsExactly(6);
            assertThat(queue.waiting()).isZero();
        }
    }

    private static List<Integer> sleeping(List<Integer> millis, List<Thread> threads) {
        threads.add(Thread.currentThread());
        try {
            Thread.sleep(millis.getFirst());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return millis;
    }

    @Test
    void manyThatGiveUpLeaveTheQueueWhole() throws Exception {
        var late = new AtomicInteger();
        try (var queue = queue(BatchSettings.USUAL)) {
            List<Future<?>> all = new ArrayList<>();
            for (int client = 0; client < 32; client++) {
                int seed = client;
                all.add(clients.submit(() -> {
                    var random = new Random(seed);
                    for (int i = 0; i < 300; i++) {
                        try {
                            Deadline soon = Deadline.in(Duration.ofNanos(random.nextInt(300_000)));
                            assertThat(queue.compute(List.of(i), soon)).containsExactly(2 * i);
                        } catch (HttpProblem e) {
                            assertThat(e.status()).isEqualTo(504);
                            late.incrementAndGet();
                        }
                    }
                }));
            }
            for (Future<?> each : all) each.get();
            assertThat(queue.compute(List.of(1), LATE)).containsExactly(2);
            assertThat(queue.waiting()).isZero();
        }
        assertThat(late).hasPositiveValue();
    }

    @Test
    void batchesHavePowersOfTwoWhereTheModelPreparesForEachSize() throws Exception {
        var batching = new Batching<Integer>(BatchSettings.USUAL, _ -> 1, _ -> 0, (a, b) -> a % 2 == b % 2, true);
        try (var queue = new BatchQueue<>("double", batching, this::doubled, QueueWatcher.NONE)) {
            Future<List<Integer>> first = hold(queue);
            List<Future<List<Integer>>> all = new ArrayList<>();
            for (int i = 1; i <= 6; i++) all.add(ask(queue, i));
            go.countDown();
            for (int i = 1; i <= 6; i++) assertThat(all.get(i - 1).get()).containsExactly(2 * i);
            assertThat(first.get()).hasSize(1);
            assertThat(batches).containsExactly(List.of(HELD), List.of(1, 3), List.of(2, 4), List.of(5), List.of(6));
        }
    }
}

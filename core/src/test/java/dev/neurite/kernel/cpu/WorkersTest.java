package dev.neurite.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@BothEngines
@Timeout(60)
class WorkersTest {
    private static void assertEachOnce(Workers workers, int parts) {
        var counts = new AtomicIntegerArray(Math.max(1, parts));
        workers.run(parts, counts::incrementAndGet);
        for (int i = 0; i < parts; i++) {
            assertThat(counts.get(i)).as("part %d of %d", i, parts).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void eachPartRunsOnce(int threads) {
        try (var workers = new Workers(threads)) {
            assertThat(workers.threads()).isEqualTo(threads);
            for (int round = 0; round < 200; round++) {
                for (int parts : new int[] {0, 1, 2, 3, 8, 100}) assertEachOnce(workers, parts);
            }
        }
    }

    @Test
    void partsRunOnSeveralThreadsAtOnce() throws InterruptedException {
        try (var workers = new Workers(3)) {
            var together = new CountDownLatch(3);
            Set<String> names = ConcurrentHashMap.newKeySet();
            workers.run(3, _ -> {
                names.add(Thread.currentThread().getName());
                together.countDown();
                try {
                    assertThat(together.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(names).hasSize(3).contains("neurite-1", "neurite-2");
        }
    }

    @Test
    void workGoesOnAfterThreadsHaveParked() throws InterruptedException {
        try (var workers = new Workers(3)) {
            for (int i = 0; i < 5; i++) {
                assertEachOnce(workers, 50);
                Thread.sleep(5);
            }
        }
    }

    @Test
    void whatAPartThrowsComesThroughAfterTheOthersHaveEnded() {
        try (var workers = new Workers(3)) {
            var ended = new AtomicInteger();
            assertThatThrownBy(() -> workers.run(64, part -> {
                        if (part == 5) throw new IllegalArgumentException("part 5");
                        ended.incrementAndGet();
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("part 5");
            assertThat(ended).hasValue(63);
            assertThatThrownBy(() -> workers.run(8, _ -> {
                        throw new AssertionError("an error");
                    }))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("an error");
            assertEachOnce(workers, 64);
        }
    }

    @Test
    void aRegionInsideARegionRunsInItsCaller() {
        try (var workers = new Workers(3)) {
            var counts = new AtomicIntegerArray(16 * 16);
            workers.run(16, i -> {
                Thread outer = Thread.currentThread();
                workers.run(16, j -> {
                    assertThat(Thread.currentThread()).isSameAs(outer);
                    counts.incrementAndGet(16 * i + j);
                });
            });
            for (int i = 0; i < 256; i++) assertThat(counts.get(i)).isEqualTo(1);
        }
    }

    @Test
    void aRegionRunsInItsCallerWhileTheTeamIsBusy() throws Exception {
        try (var workers = new Workers(2);
                var other = Executors.newSingleThreadExecutor()) {
            var started = new CountDownLatch(1);
            var finish = new CountDownLatch(1);
            Future<?> busy = other.submit(() -> workers.run(2, _ -> {
                started.countDown();
                try {
                    finish.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
            started.await();
            Thread caller = Thread.currentThread();
            workers.run(10, _ -> assertThat(Thread.currentThread()).isSameAs(caller));
            finish.countDown();
            busy.get();
        }
    }

    @Test
    void aClosedTeamEndsItsThreadsAndRunsInTheCaller() throws InterruptedException {
        var workers = new Workers(4);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        workers.run(1000, _ -> threads.add(Thread.currentThread()));
        workers.close();
        workers.close();
        for (Thread thread : threads) {
            if (thread != Thread.currentThread())
                assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
        }
        Thread caller = Thread.currentThread();
        workers.run(10, _ -> assertThat(Thread.currentThread()).isSameAs(caller));
        assertEachOnce(workers, 10);
    }

    @Test
    void sixtyFourThreadsAtOnceAllGetTheirWorkDone() throws InterruptedException, ExecutionException {
        try (var workers = new Workers(3);
                var callers = Executors.newFixedThreadPool(64)) {
            var ready = new CountDownLatch(64);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                all.add(callers.submit(() -> {
                    ready.countDown();
                    ready.await();
                    for (int round = 0; round < 100; round++) assertEachOnce(workers, 1 + round % 17);
                    return null;
                }));
            }
            for (Future<?> each : all) each.get();
        }
    }

    /// Regions of all callers overlap, helpers come late to most of them, and some parts throw.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void thousandsOfRegionsOfManyCallersRunEachPartOnce(boolean virtual) throws Exception {
        try (var workers = new Workers(4);
                var callers = virtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int caller = i;
                all.add(callers.submit(() -> {
                    for (int round = 0; round < 2000; round++) {
                        if ((round + caller) % 5 == 0) assertAllRunThoughOneThrows(workers, 2 + round % 13);
                        else assertEachOnce(workers, 2 + round % 13);
                        if (round % 200 == caller) Thread.sleep(1); // long enough for helpers to park
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) each.get();
        }
    }

    /// Where the region runs in its caller alone, the parts after the one that throws are not called.
    private static void assertAllRunThoughOneThrows(Workers workers, int parts) {
        var counts = new AtomicIntegerArray(parts);
        assertThatThrownBy(() -> workers.run(parts, part -> {
                    counts.incrementAndGet(part);
                    if (part == parts - 1) throw new IllegalArgumentException("part " + part + " of " + parts);
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("part %d of %d", parts - 1, parts);
        for (int i = 0; i < parts; i++) {
            assertThat(counts.get(i)).as("part %d of %d", i, parts).isEqualTo(1);
        }
    }

    @Test
    void whatAHelpersPartThrowsReachesTheCaller() {
        try (var workers = new Workers(2)) {
            Thread caller = Thread.currentThread();
            var helped = new CountDownLatch(1);
            assertThatThrownBy(() -> workers.run(2, _ -> {
                        if (Thread.currentThread() != caller) {
                            helped.countDown();
                            throw new IllegalArgumentException("in a helper");
                        }
                        try {
                            assertThat(helped.await(30, TimeUnit.SECONDS)).isTrue();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("in a helper");
            assertEachOnce(workers, 9);
        }
    }

    @Test
    void closingDuringARegionLosesNoPart() {
        for (int round = 0; round < 300; round++) {
            var workers = new Workers(3);
            int last = round % 40;
            var counts = new AtomicIntegerArray(40);
            workers.run(40, part -> {
                if (part == last) workers.close();
                counts.incrementAndGet(part);
            });
            for (int i = 0; i < 40; i++) {
                assertThat(counts.get(i)).as("part %d of round %d", i, round).isEqualTo(1);
            }
            assertEachOnce(workers, 7);
        }
    }
}

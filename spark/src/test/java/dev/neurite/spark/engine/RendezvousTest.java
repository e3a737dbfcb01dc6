package dev.neurite.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.spark.cluster.LocalSpark;
import dev.neurite.spark.mesh.PeerException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/// Two workers meet, each a thread of this JVM.
@Timeout(60)
class RendezvousTest {
    private static final String GROUP = "meeting";
    private static final ConcurrentLinkedQueue<String> ENDS = new ConcurrentLinkedQueue<>(); // of both workers
    private static CountDownLatch absent = new CountDownLatch(2); // workers
    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(LocalSpark.conf("local[2]"));
        spark.setLogLevel("OFF");
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    @BeforeEach
    void none() {
        ENDS.clear();
        absent = new CountDownLatch(2);
    }

    /// A worker that tells its rank, and notes how its wait ends.
    private static final class Meeting extends AbstractFunction1<Iterator<Integer>, Iterator<String>>
            implements Serializable {
        private static final long serialVersionUID = 1L;

        private final int comes; // the number of workers that come to the meeting
        private final Duration limit;

        Meeting(int comes, Duration limit) {
            this.comes = comes;
            this.limit = limit;
        }

        @Override
        public Iterator<String> apply(Iterator<Integer> rows) {
            BarrierTaskContext context = BarrierTaskContext.get();
            absent.countDown();
            String end;
            try {
                if (context.partitionId() >= comes) Thread.sleep(Duration.ofMinutes(1));
                String all = String.join(" ", Rendezvous.texts(context, "rank " + context.partitionId(), limit));
                end = context.isInterrupted() ? "goes on, although it was ended" : all;
            } catch (InterruptedException _) {
                end = "was interrupted";
            } catch (TaskKilledException _) {
                end = "was ended by Spark";
            } catch (PeerException e) {
                end = String.valueOf(e.getMessage());
            }
            ENDS.add(end);
            return CollectionConverters.asScala(List.of(end).iterator());
        }
    }

    /// Begins a meeting, and waits until both workers are there.
    private static CompletableFuture<Void> meet(int comes, Duration limit) throws InterruptedException {
        CompletableFuture<Void> job = CompletableFuture.runAsync(() -> {
            spark.sc().setJobGroup(GROUP, GROUP, true);
            spark.parallelize(List.of(1, 2), 2)
                    .rdd()
                    .barrier()
                    .mapPartitions(new Meeting(comes, limit), false, ClassTag$.MODULE$.apply(String.class))
                    .toJavaRDD()
                    .collect();
        });
        assertThat(absent.await(30, TimeUnit.SECONDS)).isTrue();
        return job;
    }

    /// Waits for the end of both workers.
    private static void end(CompletableFuture<Void> job) throws Exception {
        try {
            job.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException _) {
            // a job that was ended
        }
        while (ENDS.size() < 2) Thread.sleep(10);
    }

    @Test
    void allGetTheTextsOfAll() throws Exception {
        end(meet(2, Duration.ofSeconds(30)));
        assertThat(ENDS).containsExactly("rank 0 rank 1", "rank 0 rank 1");
    }

    /// Spark's wait takes the interrupt if all texts are there; whoever went on would wait for a worker that is lost.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whoeverSparkEndsWhileItWaitsDoesNotGoOn(int comes) throws Exception {
        CompletableFuture<Void> job = meet(comes, Duration.ofSeconds(30));
        Thread.sleep(300); // until Spark has the texts; it looks a second later whether they are there
        spark.sc().cancelJobGroup(GROUP);
        end(job);
        assertThat(ENDS).doesNotContain("goes on, although it was ended");
    }

    @Test
    void aWorkerThatDoesNotComeIsNotAwaitedForLongerThanTheLimit() throws Exception {
        CompletableFuture<Void> job = meet(1, Duration.ofMillis(1_200));
        while (ENDS.isEmpty()) Thread.sleep(10);
        assertThat(ENDS.peek())
                .startsWith("worker 0 at ")
                .endsWith(" has read its rows, and not all others have within 1 s");
        spark.sc().cancelJobGroup(GROUP);
        end(job);
    }
}

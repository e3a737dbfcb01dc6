package dev.neurite.spark.engine;

import dev.neurite.spark.mesh.PeerException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.TaskKilledException;

/// Where the workers of a stage meet: each tells all others a text.
final class Rendezvous {
    private Rendezvous() {}

    /// Tells all workers a text, and waits for theirs. Takes up to a second longer than until the last one comes, as
    /// Spark looks once a second; by itself it would wait for a year.
    ///
    /// Spark ends a task by an interrupt, which its wait takes for itself if all texts are there already. The task
    /// would go on, to wait for a worker that is lost; so this asks whether it was ended.
    /// @param context that of the worker's task
    /// @param limit the longest wait
    /// @return the texts of all workers, by rank
    /// @throws PeerException if a worker has not come here in time
    /// @throws InterruptedException if Spark has ended the task
    static String[] texts(BarrierTaskContext context, String own, Duration limit)
            throws PeerException, InterruptedException {
        String problem = EpochTask.worker(context) + " has read its rows, and not all others have within "
                + limit.toSeconds() + " s";
        var late = new AtomicBoolean();
        Thread clock = Thread.ofPlatform().daemon().name("neurite-rendezvous").start(() -> {
            try {
                Thread.sleep(limit);
                late.set(true);
                context.markInterrupted(problem); // which alone ends Spark's wait
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // the wait is over
            }
        });
        try {
            String[] texts = context.allGather(own);
            if (!context.isInterrupted()) return texts;
            if (!late.get()) throw new InterruptedException("Spark has ended the task while it waited");
        } catch (TaskKilledException e) {
            if (!late.get()) throw e;
        } finally {
            clock.interrupt();
        }
        throw new PeerException(problem, false);
    }
}

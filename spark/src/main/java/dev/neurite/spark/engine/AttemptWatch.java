package dev.neurite.spark.engine;

import dev.neurite.error.NeuriteException;
import dev.neurite.spark.mesh.PeerException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.SparkContext;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.jdk.javaapi.CollectionConverters;

/// Watches an attempt at an epoch, a job of Spark: it ends one that cannot start, for which Spark would wait
/// for minutes or for ever, and finds why one has failed. When one worker fails, all others fail as well, and
/// Spark reports any of them.
final class AttemptWatch extends SparkListener implements AutoCloseable {
    private static final String GROUP = "spark.jobGroup.id";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final Duration NEWS = Duration.ofSeconds(10); // until all events have arrived

    private final SparkContext context;
    private final Executors executors;
    private final String group;
    private final int workers;
    private final long limit; // nanoseconds without enough places
    private final Thread thread;
    private final Set<Integer> stages = new HashSet<>(); // of the job
    private final List<Cause> causes = new ArrayList<>();
    private final List<String> lost = new ArrayList<>(); // executors
    private int last = -1; // the stage of the workers
    private boolean submitted; // the stage of the workers
    private boolean started; // a worker
    private String stopped = ""; // why this watch has ended the job

    /// Why a task has failed.
    private record Cause(int stage, int task, Throwable thrown) {}

    /// @param group the group of the job, of no other
    /// @param limit how long the job may wait while there are places for fewer workers
    AttemptWatch(SparkContext context, Executors executors, String group, int workers, Duration limit) {
        this.context = context;
        this.executors = executors;
        this.group = group;
        this.workers = workers;
        this.limit = limit.toNanos();
        context.addSparkListener(this);
        this.thread = Thread.ofPlatform().daemon().name("neurite-attempt-watch").start(this::watch);
    }

    // ----------------------------------------------------------------------------------------------------- waiting

    private void watch() {
        long since = System.nanoTime();
        try {
            while (true) {
                Thread.sleep(BETWEEN_LOOKS);
                if (context.isStopped()) return; // which ends the job
                if (!waits() || executors.slots() >= workers) since = System.nanoTime();
                if (System.nanoTime() - since < limit) continue;
                synchronized (this) {
                    stopped = "expects " + workers + " workers, the cluster has slots for " + executors.slots();
                }
                context.cancelJobGroupAndFutureJobs(group, stopped);
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the attempt has ended
        }
    }

    /// Whether Spark waits for places: before it accepts the job, and before it starts the workers.
    private synchronized boolean waits() {
        return last < 0 || (submitted && !started);
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart start) {
        if (start.properties() == null || !group.equals(start.properties().getProperty(GROUP))) return;
        for (Object stage : CollectionConverters.asJava(start.stageIds())) {
            stages.add((Integer) stage);
            last = Math.max(last, (Integer) stage);
        }
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted stage) {
        submitted |= last >= 0 && stage.stageInfo().stageId() == last;
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart task) {
        started |= last >= 0 && task.stageId() == last;
    }

    // ----------------------------------------------------------------------------------------------------- failures

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        if (!stages.contains(end.stageId())) return;
        int task = end.taskInfo().index();
        if (end.reason() instanceof Success$) { // perhaps of a later attempt, which is enough for Spark
            causes.removeIf(each -> each.stage() == end.stageId() && each.task() == task);
        }
        if (end.reason() instanceof ExceptionFailure failure
                && failure.exception().isDefined()) {
            causes.add(
                    new Cause(end.stageId(), task, innermost(failure.exception().get())));
        }
        if (end.reason() instanceof ExecutorLostFailure loss) {
            lost.add("executor " + loss.execId() + " was lost"
                    + (loss.reason().isDefined() ? ": " + loss.reason().get().strip() : ""));
        }
    }

    /// Waits for what Spark has not told yet. To be called after a failure, before the questions below.
    void awaitNews() {
        try {
            context.listenerBus().waitUntilEmpty(NEWS.toMillis());
        } catch (TimeoutException _) {
            // then what is known must do
        }
    }

    /// An error of a task that another attempt would have, too: one of the library, such as of a row or of a
    /// training that diverges, or one of the caller's code.
    synchronized Optional<Throwable> refusal() {
        return thrown().filter(NeuriteException.class::isInstance)
                .findFirst()
                .or(() -> thrown().filter(AttemptWatch::isOwn).findFirst());
    }

    private Stream<Throwable> thrown() {
        return causes.stream().map(Cause::thrown);
    }

    /// Whether it is neither of the network, nor of a disk, nor of Spark, whose time-outs have a cause of Java's.
    private static boolean isOwn(Throwable cause) {
        return !(cause instanceof IOException
                        || cause instanceof InterruptedException
                        || cause instanceof TimeoutException
                        || cause instanceof RejectedExecutionException)
                && !cause.getClass().getName().startsWith("org.apache.spark.");
    }

    /// What has failed first by itself, in words; empty if nobody has said why.
    synchronized Optional<String> root() {
        if (!stopped.isEmpty()) return Optional.of(stopped);
        return thrown().filter(each -> !(each instanceof PeerException peer && peer.isEcho()))
                .findFirst()
                .map(AttemptWatch::text)
                .or(() -> lost.stream().findFirst())
                .or(() -> thrown().findFirst().map(AttemptWatch::text));
    }

    private static String text(Throwable cause) {
        boolean plain = cause instanceof PeerException || cause instanceof NeuriteException;
        return plain ? String.valueOf(cause.getMessage()) : cause.toString();
    }

    private static Throwable innermost(Throwable thrown) {
        Throwable inner = thrown;
        while (inner.getCause() != null && !(inner instanceof NeuriteException) && !(inner instanceof PeerException)) {
            inner = inner.getCause();
        }
        return inner;
    }

    @Override
    public void close() {
        thread.interrupt();
        context.removeSparkListener(this);
    }
}

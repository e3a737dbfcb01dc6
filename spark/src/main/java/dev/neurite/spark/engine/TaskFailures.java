package dev.neurite.spark.engine;

import dev.neurite.error.NeuriteException;
import dev.neurite.spark.mesh.PeerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.TaskEndReason;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/// Why tasks have failed. When one worker fails, all others fail as well, and Spark reports any of them; this
/// finds the one that has failed by itself.
final class TaskFailures extends SparkListener {
    private final List<Throwable> causes = new ArrayList<>();

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        TaskEndReason reason = end.reason();
        if (reason instanceof ExceptionFailure failure && failure.exception().isDefined()) {
            causes.add(failure.exception().get());
        }
    }

    synchronized void clear() {
        causes.clear();
    }

    /// An error of the library in a task, such as of a row or of a training that diverges: another attempt
    /// would have it, too.
    synchronized Optional<NeuriteException> refusal() {
        return causes.stream()
                .map(TaskFailures::innermost)
                .filter(NeuriteException.class::isInstance)
                .map(NeuriteException.class::cast)
                .findFirst();
    }

    /// What has failed first by itself, in words; empty if no task has said why, as when its executor is lost.
    synchronized Optional<String> root() {
        List<Throwable> inner = causes.stream().map(TaskFailures::innermost).toList();
        return inner.stream()
                .filter(each -> !(each instanceof PeerException peer && peer.isEcho()))
                .findFirst()
                .or(() -> inner.stream().findFirst())
                .map(each -> each instanceof PeerException || each instanceof NeuriteException
                        ? String.valueOf(each.getMessage())
                        : each.toString());
    }

    private static Throwable innermost(Throwable thrown) {
        Throwable inner = thrown;
        while (inner.getCause() != null && !(inner instanceof NeuriteException) && !(inner instanceof PeerException)) {
            inner = inner.getCause();
        }
        return inner;
    }
}

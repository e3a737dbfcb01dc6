package dev.neurite.dashboard.live;

import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.error.NeuriteException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What requests ask the thread of a training to do between two steps, in the order in which they
/// asked. Any thread asks; only the thread of the training grants.
final class Wishes implements AutoCloseable {
    private static final int MOST = 64;

    private final BlockingQueue<Wish<?>> queue = new ArrayBlockingQueue<>(MOST);
    private final Duration patience;
    private volatile boolean closed;

    /// @param patience how long an asker waits for the training
    Wishes(Duration patience) {
        this.patience = patience;
    }

    /// Asks the training to do something between two steps, and waits for the result.
    /// @throws RefusedException if the training has ended, does not answer, or cannot do it
    <T> T ask(Wish.Task<T> task) throws RefusedException {
        if (closed) throw new RefusedException("The training has ended.");
        Wish<T> wish = new Wish<>(task);
        if (!queue.offer(wish)) throw new RefusedException("The training has been asked for too much at once.");
        if (closed) refuseAll(); // it may have ended since
        try {
            try {
                return wish.result().get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException _) {
                if (!wish.withdraw()) return wish.result().get(); // it is being done
                throw new RefusedException("The training does not answer: it is in a long step or an evaluation.");
            }
        } catch (InterruptedException _) {
            wish.withdraw();
            Thread.currentThread().interrupt();
            throw new RefusedException("The server closes.");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RefusedException refused -> throw refused;
                case NeuriteException problem -> throw new RefusedException(String.valueOf(problem.getMessage()));
                case OutOfMemoryError _ -> throw new RefusedException("There is too little memory for this.");
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /// Grants what has been asked for up to now.
    void grantAll() {
        for (Wish<?> wish = queue.poll(); wish != null; wish = queue.poll()) wish.grant();
    }

    /// Grants the next wish, if it comes within a time.
    void grantNext(Duration within) throws InterruptedException {
        Wish<?> wish = queue.poll(within.toNanos(), TimeUnit.NANOSECONDS);
        if (wish != null) wish.grant();
    }

    /// Whether nothing is granted any more.
    boolean isClosed() {
        return closed;
    }

    /// Refuses what is asked for, from now on.
    @Override
    public void close() {
        closed = true;
        refuseAll();
    }

    private void refuseAll() {
        for (Wish<?> wish = queue.poll(); wish != null; wish = queue.poll()) {
            wish.refuse(new RefusedException("The training has ended."));
        }
    }
}

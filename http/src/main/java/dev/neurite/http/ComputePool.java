package dev.neurite.http;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The threads of handlers that compute for long. On virtual threads these would keep event streams
/// and other requests waiting, as there are only as many of them at a time as there are processors.
final class ComputePool implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(10);

    private static final int PLACES = Limits.HEAVY + Limits.HEAVY_WAITING;

    /// Those who compute something of one name: one at a time, the first who came first.
    private static final class Turn {
        private final ReentrantLock lock = new ReentrantLock(true);
        private int requests; // that compute or wait
    }

    private final Semaphore places = new Semaphore(PLACES);
    private final Map<String, Turn> turns = new HashMap<>(); // with its lock; only those of present requests
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            Limits.HEAVY,
            Limits.HEAVY,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("neurite-http-compute-", 0).factory());

    ComputePool() {
        threads.allowCoreThreadTimeOut(true);
    }

    /// How many requests compute or wait for that.
    int count() {
        return PLACES - places.availablePermits();
    }

    /// Answers a request, whose body is read before.
    /// @param name of what it computes; only one request of a name has a thread at a time. Empty for none
    /// @throws HttpProblem 503 if too many wait
    Answer answer(Body body, String name, Callable<Answer> handler) throws IOException {
        if (!places.tryAcquire()) throw HttpProblem.busy("too many requests wait for results; ask again later");
        try {
            body.readAhead();
            return name.isEmpty() ? threads.submit(handler).get() : inTurn(name, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Body.Lost(e);
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            places.release();
        }
    }

    /// Begins to make pieces, and waits for the first.
    /// @throws HttpProblem 503 if too many wait
    PieceStream begin(Answer.Pieces pieces) throws IOException {
        if (!places.tryAcquire()) throw HttpProblem.busy("too many requests wait for results; ask again later");
        var stream = new PieceStream(pieces);
        threads.execute(() -> {
            try {
                stream.make();
            } finally {
                places.release();
            }
        });
        try {
            stream.begin();
            return stream;
        } catch (InterruptedException e) {
            stream.leave();
            Thread.currentThread().interrupt();
            throw new Body.Lost(e);
        }
    }

    private Answer inTurn(String name, Callable<Answer> handler) throws InterruptedException, ExecutionException {
        Turn turn;
        synchronized (turns) {
            turn = turns.computeIfAbsent(name, _ -> new Turn());
            turn.requests++;
        }
        try {
            turn.lock.lockInterruptibly();
            try {
                return threads.submit(handler).get();
            } finally {
                turn.lock.unlock();
            }
        } finally {
            synchronized (turns) {
                if (--turn.requests == 0) turns.remove(name);
            }
        }
    }

    /// Throws what a handler threw.
    private static IOException rethrown(@Nullable Throwable cause) throws IOException {
        switch (cause) {
            case IOException problem -> throw problem;
            case RuntimeException problem -> throw problem;
            case Error problem -> throw problem;
            case null, default -> throw new IllegalStateException(cause);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

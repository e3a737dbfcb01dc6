package dev.neurite.dashboard.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The threads of handlers that compute for long. On virtual threads these would keep event streams
/// and other requests waiting, as there are only as many of them at a time as there are processors.
final class ComputePool implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(10);

    private static final int PLACES = Limits.HEAVY + Limits.HEAVY_WAITING;

    private final Semaphore places = new Semaphore(PLACES);
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
    /// @throws HttpProblem 503 if too many wait
    Answer answer(Body body, Callable<Answer> handler) throws IOException {
        if (!places.tryAcquire()) throw HttpProblem.busy("too many requests wait for results; ask again later");
        try {
            body.readAhead();
            return threads.submit(handler).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Body.Lost(e);
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            places.release();
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

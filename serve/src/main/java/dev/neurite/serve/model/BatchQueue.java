package dev.neurite.serve.model;

import dev.neurite.http.HttpProblem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where the items of requests wait until they are computed, those of several requests together. What comes
/// while the model computes is the next batch. A large request is computed in parts, between which others have
/// their turn. Safe to use from many threads.
///
/// One thread computes at a time, as kernels have threads of their own. That of a small request which finds nobody
/// computing does it at once, if batches are short; otherwise, and for what comes meanwhile, it is a thread of the
/// queue's own, which ends when there is nothing to do for a while, and begins anew when it is needed.
/// @param <T> an item: a row, a text, the tensors of a request
/// @param <R> the result of an item
public final class BatchQueue<T, R> implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(20);
    private static final long SHORT = Duration.ofMillis(2).toNanos(); // a batch that a request's thread computes
    private static final int SMALL = 16; // parts of a batch's tokens; as many are a small request

    private final String name;
    private final Batching<T> batching;
    private final Function<List<T>, List<R>> compute;
    private final QueueWatcher watcher;
    private final QueueStatistics statistics = new QueueStatistics();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition toDo = lock.newCondition(); // for the queue's own thread
    private final Condition done = lock.newCondition(); // nobody computes
    // With the lock:
    private final Deque<QueuedRequest<T, R>> pending = new ArrayDeque<>();
    private int rows; // that wait, of a request as many as are in one batch
    private boolean closed;
    private boolean computing; // or the queue's own thread was told to
    private boolean awake; // the queue's own thread is to compute
    private @Nullable Thread worker; // the queue's own thread
    private volatile long longest = SHORT; // nanoseconds of a batch, of the last dozens

    /// @param name of the model, for messages and the thread
    /// @param compute results of items, in their order
    BatchQueue(String name, Batching<T> batching, Function<List<T>, List<R>> compute, QueueWatcher watcher) {
        this.name = name;
        this.batching = batching;
        this.compute = compute;
        this.watcher = watcher;
    }

    /// What this queue has done.
    public QueueStatistics statistics() {
        return statistics;
    }

    /// The number of rows that wait; of a request that is computed in parts those of one part.
    public int waiting() {
        lock.lock();
        try {
            return rows;
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------------------------------------------ requests

    /// Computes items, together with those of other requests, and waits for their results. Of a thread that is
    /// interrupted, what was not begun is not computed.
    /// @param deadline until when
    /// @return results in the order of the items
    /// @throws HttpProblem 503 if too many wait or the thread was interrupted, 504 if the deadline is over
    /// @throws RuntimeException what the model throws for these items; those of other requests are not
    /// concerned
    public List<R> compute(List<T> items, Deadline deadline) {
        if (items.isEmpty()) return List.of();
        long began = System.nanoTime();
        boolean succeeded = false;
        try {
            List<R> results = computed(items, deadline);
            succeeded = true;
            return results;
        } finally {
            long nanos = System.nanoTime() - began;
            if (succeeded) statistics.succeeded(nanos);
            else statistics.failed(nanos);
        }
    }

    private List<R> computed(List<T> items, Deadline deadline) {
        deadline.check();
        var request = new QueuedRequest<T, R>(items, batching, deadline);
        switch (enter(request)) {
            case LATE -> {
                return compute.apply(items);
            }
            case FIRST -> batch();
            case WAITS -> {}
        }
        try {
            return request.await();
        } catch (InterruptedException _) {
            leave(request);
            Thread.currentThread().interrupt();
            throw new HttpProblem(503, "cancelled", "", "the request was cancelled");
        } catch (ExecutionException e) {
            leave(request); // if its time is over
            switch (e.getCause()) {
                case RuntimeException problem -> throw problem;
                case Error problem -> throw problem;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    /// What becomes of a request that comes.
    private enum Entry {
        /// It came before the model was replaced, and finds a closed queue.
        LATE,
        /// Nobody computes, so its own thread is to.
        FIRST,
        /// Another thread computes it.
        WAITS
    }

    private Entry enter(QueuedRequest<T, R> request) {
        lock.lock();
        try {
            if (closed) return Entry.LATE;
            int own = counted(request);
            if (rows > 0 && rows + own > batching.settings().waiting()) {
                watcher.refused();
                throw HttpProblem.busy("too many requests wait for model '" + name + "'; ask again later");
            }
            pending.add(request);
            rows += own;
            if (computing) {
                if (waitsForOthers() && rows >= batching.settings().rows()) toDo.signal(); // the batch is full
                return Entry.WAITS;
            }
            computing = true;
            if (longest < SHORT && isSmall(request)) return Entry.FIRST;
            wakeWorker();
            return Entry.WAITS;
        } finally {
            lock.unlock();
        }
    }

    /// The rows of a request that count as waiting: what bounds them bounds the time until an answer, and parts of
    /// requests take turns.
    private int counted(QueuedRequest<T, R> request) {
        return Math.min(request.rows(), batching.settings().rows());
    }

    /// Whether a request is a batch at once, and of a size of which the time of others tells something.
    private boolean isSmall(QueuedRequest<T, R> request) {
        BatchSettings settings = batching.settings();
        return !waitsForOthers() && request.rows() <= settings.rows() && request.tokens() <= settings.tokens() / SMALL;
    }

    private void leave(QueuedRequest<T, R> request) {
        request.cancel();
        lock.lock();
        try {
            if (pending.remove(request)) rows -= counted(request);
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------------------------------------------- batches

    /// Computes a batch. What has come meanwhile is for the queue's own thread.
    @SuppressWarnings("IllegalCatch") // whatever happens, those who wait hear of it
    private void batch() {
        List<QueuedRequest<T, R>.Part> batch = List.of();
        try {
            batch = next();
            work(batch);
        } catch (RuntimeException | Error e) { // of the queue, such as too little memory, not of the model
            for (QueuedRequest<T, R>.Part each : batch) each.request().fail(e);
            failAll(e);
        } finally {
            lock.lock();
            try {
                dropOver();
                computing = !pending.isEmpty();
                if (computing) wakeWorker();
                else done.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void wakeWorker() {
        awake = true;
        toDo.signal();
        if (worker != null) return;
        try {
            worker = Thread.ofPlatform().daemon().name("neurite-serve-" + name).start(this::run);
        } catch (OutOfMemoryError e) { // the system has no more threads: the next request tries again
            awake = false;
            computing = false;
            done.signalAll();
            failAll(e);
        }
    }

    private void failAll(Throwable problem) {
        lock.lock();
        try {
            for (QueuedRequest<T, R> each : pending) each.fail(problem);
            pending.clear();
            rows = 0;
        } finally {
            lock.unlock();
        }
    }

    /// What the queue's own thread does.
    private void run() {
        while (awaitWork()) batch();
    }

    /// Waits until the queue's own thread is to compute.
    /// @return false if it shall end
    private boolean awaitWork() {
        lock.lock();
        try {
            for (long idle = IDLE.toNanos(); !awake; idle = await(idle)) {
                if (closed || idle <= 0) {
                    worker = null;
                    return false;
                }
            }
            awake = false;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Takes a batch, after the time that it waits for others; empty if those that waited are gone.
    private List<QueuedRequest<T, R>.Part> next() {
        lock.lock();
        try {
            for (dropOver(); !pending.isEmpty(); dropOver()) {
                long delay = delay();
                if (delay <= 0) return taken();
                await(delay);
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    /// Forgets those whose time is over, or who are gone.
    private void dropOver() {
        pending.removeIf(each -> {
            boolean over = each.isOver();
            if (over) rows -= counted(each);
            return over;
        });
    }

    @SuppressWarnings("WaitNotInLoop") // callers are the loops
    private long await(long nanos) {
        try {
            return toDo.awaitNanos(nanos);
        } catch (InterruptedException _) {
            return nanos; // nobody has a reason to interrupt the queue's own thread: it goes on
        }
    }

    private boolean waitsForOthers() {
        return !batching.settings().delay().isZero();
    }

    /// How long the first request still waits for others.
    private long delay() {
        BatchSettings settings = batching.settings();
        if (closed || !waitsForOthers() || rows >= settings.rows()) return 0;
        return pending.getFirst().since() + settings.delay().toNanos() - System.nanoTime();
    }

    /// Takes the next batch: from the first request on what fits.
    private List<QueuedRequest<T, R>.Part> taken() {
        List<QueuedRequest<T, R>.Part> batch = new ArrayList<>();
        T first = pending.getFirst().left().getFirst();
        int most = batching.settings().rows();
        int all = 0;
        long tokens = 0;
        for (QueuedRequest<T, R> each : pending) {
            if (all >= most) break;
            QueuedRequest<T, R>.Part part = each.part();
            for (T item : each.left()) {
                int own = batching.rows().applyAsInt(item);
                int longer = batching.tokens().applyAsInt(item);
                boolean fits = all + own <= most
                        && tokens + longer <= batching.settings().tokens()
                        && batching.together().test(first, item);
                if (!fits && !(part.isEmpty() && batch.isEmpty())) break; // the first of all is taken in any case
                all += own;
                tokens += longer;
                part.grow();
            }
            if (!part.isEmpty()) batch.add(part);
        }
        if (batching.sizes()) {
            int size = Integer.highestOneBit(Math.max(1, all));
            while (all > size && batch.size() > 1) all -= batch.removeLast().rows();
        }
        for (QueuedRequest<T, R>.Part part : batch) {
            QueuedRequest<T, R> request = part.request();
            rows -= counted(request);
            pending.remove(request);
            if (!part.take()) continue;
            pending.add(request); // others have their turn first
            rows += counted(request);
        }
        return batch;
    }

    private void work(List<QueuedRequest<T, R>.Part> batch) {
        if (batch.isEmpty()) return;
        long begin = System.nanoTime();
        List<T> all = batch.stream().flatMap(each -> each.items().stream()).toList();
        List<R> results;
        try {
            results = results(all);
        } catch (RuntimeException | Error e) { // those who wait hear of errors, too
            if (batch.size() == 1 && batch.getFirst().isWhole())
                batch.getFirst().request().fail(e);
            else batch.forEach(this::alone);
            return;
        }
        count(batch, begin);
        int at = 0;
        for (QueuedRequest<T, R>.Part part : batch) {
            int size = part.items().size();
            part.add(results.subList(at, at + size));
            at += size;
        }
    }

    /// Computes a part of a batch of which something is wrong. If it is in this part, its request is computed
    /// as a whole, so that the problem says where it is in the request.
    private void alone(QueuedRequest<T, R>.Part part) {
        long begin = System.nanoTime();
        try {
            part.add(results(part.items()));
            count(List.of(part), begin);
        } catch (RuntimeException | Error e) {
            try {
                if (part.isWhole()) part.request().fail(e);
                else part.request().succeed(results(part.request().items()));
            } catch (RuntimeException | Error whole) {
                part.request().fail(whole);
            }
        }
    }

    private List<R> results(List<T> items) {
        List<R> results = compute.apply(items);
        if (results.size() == items.size()) return results;
        throw new IllegalStateException(items.size() + " items have " + results.size() + " results");
    }

    private void count(List<QueuedRequest<T, R>.Part> batch, long begin) {
        long nanos = System.nanoTime() - begin;
        longest = Math.max(nanos, longest - longest / 32);
        int size = 0;
        long waited = 0;
        for (QueuedRequest<T, R>.Part each : batch) {
            size += each.rows();
            waited += begin - each.request().since();
            watcher.waited(begin - each.request().since());
        }
        statistics.executed(batch.size(), size, waited, nanos);
        watcher.computed(size, nanos);
    }

    /// Computes what waits, and waits for it. Requests that come later are computed in their own threads: there
    /// is one only if it was on its way while the model was replaced.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            toDo.signal();
            while (computing) done.awaitUninterruptibly();
        } finally {
            lock.unlock();
        }
    }
}

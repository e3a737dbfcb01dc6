package dev.neurite.data;

import dev.neurite.error.ConfigException;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The batches of one epoch after another, made ready by a thread of its own while the present one is
/// learned: read, converted and augmented. They are the same as without it.
///
/// A few batches are made in advance, in memory that is used again and again, so a slow reader never
/// fills the heap. Belongs to one thread at a time; [#close] ends the other one.
public final class Prefetch implements AutoCloseable {
    private static final int MOST = 64;

    /// Below this many values in a batch that is only read and not changed, handing it over costs more
    /// than it saves.
    private static final long WORTH_IT = 1 << 18;

    private final Batches batches;
    private final BatchMemory[] memories;
    private final @Nullable Batch[] ready;
    private final Thread thread;

    // All below is guarded by the lock. Batch i is in memory i % memories.length.
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int begun; // epochs
    private boolean making; // whether batch `made` is on its way
    private int made; // batches of this epoch that are ready
    private int taken; // batches of this epoch that were given out
    private @Nullable Throwable failure;
    private boolean closed;

    /// Starts the thread, which waits for [#begin].
    /// @param ahead how many batches are made in advance, 1 to 64
    /// @throws ConfigException for other numbers
    public Prefetch(Batches batches, int ahead) {
        checkAhead(ahead);
        this.batches = batches;
        this.memories = new BatchMemory[ahead + 1]; // and the one that is being learned
        for (int i = 0; i < memories.length; i++) memories[i] = batches.memory();
        this.ready = new Batch[memories.length];
        this.thread = Thread.ofPlatform().daemon().name("neurite-data").start(this::work);
    }

    /// Refuses numbers of batches that cannot be made in advance.
    /// @throws ConfigException unless 1 to 64
    public static void checkAhead(int ahead) {
        if (ahead < 1 || ahead > MOST) {
            throw new ConfigException("prefetch", "expects 1 to " + MOST + " batches, got " + ahead);
        }
    }

    /// Whether it saves time: not where there is but one core, nor for small batches that are read as
    /// they are.
    public static boolean pays(Batches batches) {
        boolean work = batches.isAugmented() || batches.values() >= WORTH_IT;
        return work && batches.count() > 1 && Runtime.getRuntime().availableProcessors() > 1;
    }

    /// Begins an epoch, once all batches of the last one were taken and [Batches#shuffle] has been
    /// called: from here on the batches must not be used otherwise until the last one is taken.
    /// @throws IllegalStateException in the middle of an epoch, or after [#close]
    public void begin() {
        begin(0);
    }

    /// Begins the rest of an epoch: as [#begin()], but without its first batches.
    /// @param first the number of the next batch, from 0 to their count
    public void begin(int first) {
        Objects.checkIndex(first, batches.count() + 1);
        lock.lock();
        try {
            if (closed) throw new IllegalStateException("prefetch is closed");
            if (begun > 0 && taken < batches.count()) throw new IllegalStateException("an epoch has not ended");
            begun++;
            made = first;
            taken = first;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The next batch of the epoch. The one before may be overwritten from now on. What the data set
    /// threw when this batch was made is thrown here.
    /// @throws NoSuchElementException if the epoch has no more, or none has begun
    /// @throws IllegalStateException after [#close]
    public Batch next() {
        lock.lock();
        try {
            if (begun == 0 || taken == batches.count()) {
                throw new NoSuchElementException("the epoch has no more batches");
            }
            while (made == taken && failure == null && !closed) changed.awaitUninterruptibly();
            if (closed) throw new IllegalStateException("prefetch is closed");
            if (made == taken) throw failed();
            Batch batch = Objects.requireNonNull(ready[taken % ready.length]);
            taken++;
            changed.signalAll();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private RuntimeException failed() {
        if (failure instanceof Error error) throw error;
        return (RuntimeException) Objects.requireNonNull(failure);
    }

    private void work() {
        try {
            for (int index = nextToMake(); index >= 0; index = nextToMake()) {
                int place = index % memories.length;
                ready[place] = batches.batch(index, memories[place]);
            }
        } catch (RuntimeException | Error thrown) {
            lock.lock();
            try {
                failure = thrown;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Says that the last batch is made; the number of the next one once there is room for it, −1 at
    /// the end.
    private int nextToMake() {
        lock.lock();
        try {
            if (making) {
                made++;
                changed.signalAll();
            }
            making = false;
            while (!closed && !hasRoom()) changed.awaitUninterruptibly();
            if (closed) return -1;
            making = true;
            return made;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoom() {
        int kept = made - Math.max(0, taken - 1); // the one before `taken` is being learned
        return begun > 0 && made < batches.count() && kept < memories.length;
    }

    /// Ends the thread, and waits until it reads no more.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}

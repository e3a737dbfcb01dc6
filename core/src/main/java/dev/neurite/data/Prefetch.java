package dev.neurite.data;

import dev.neurite.error.ConfigException;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Reads and augments the next batches in a background thread while the current one is trained on. The
/// batches are the same as without it.
///
/// A fixed number of batches is prepared in advance, in reused memory. Use it from one thread at a
/// time; [#close] ends the background thread.
public final class Prefetch implements AutoCloseable {
    private static final int MOST = 64;

    /// The smallest number of input values for which reading a batch without augmentation in another
    /// thread saves time.
    private static final long WORTH_IT = 1 << 18;

    private final Batches batches;
    private final BatchMemory[] memories;
    private final @Nullable Batch[] ready;
    private final Thread thread;

    // The lock guards all fields below. Batch i is in memory i % memories.length.
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int begun; // epochs that have begun
    private boolean making; // whether the thread prepares batch `made`
    private int made; // batches of this epoch that are ready
    private int taken; // batches of this epoch that next() returned
    private @Nullable Throwable failure;
    private boolean closed;

    /// Starts the thread, which waits for [#begin].
    /// @param ahead the number of batches that are prepared in advance, 1 to 64
    /// @throws ConfigException for other numbers
    public Prefetch(Batches batches, int ahead) {
        checkAhead(ahead);
        this.batches = batches;
        this.memories = new BatchMemory[ahead + 1]; // and the one in use
        for (int i = 0; i < memories.length; i++) memories[i] = batches.memory();
        this.ready = new Batch[memories.length];
        this.thread = Thread.ofPlatform().daemon().name("neurite-data").start(this::work);
    }

    /// Checks the number of batches to prepare in advance.
    /// @throws ConfigException unless it is 1 to 64
    public static void checkAhead(int ahead) {
        if (ahead < 1 || ahead > MOST) {
            throw new ConfigException("prefetch", "expects 1 to " + MOST + " batches, got " + ahead);
        }
    }

    /// Whether prefetching saves time: on more than one core, for batches that are augmented or large.
    public static boolean pays(Batches batches) {
        boolean work = batches.isAugmented() || batches.values() >= WORTH_IT;
        return work && batches.count() > 1 && Runtime.getRuntime().availableProcessors() > 1;
    }

    /// Begins an epoch. Call it after [Batches#shuffle], when all batches of the last epoch have been
    /// taken; then do not use the batches in other ways until the epoch's last batch is taken.
    /// @throws IllegalStateException in the middle of an epoch, or after [#close]
    public void begin() {
        begin(0);
    }

    /// Begins an epoch at a later batch; else as [#begin()].
    /// @param first the index of the next batch, from 0 to the number of batches
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

    /// The next batch of the epoch; the one before may be overwritten from now on. Throws what the data
    /// set threw when this batch was read.
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

    /// Publishes the batch that was prepared and waits until there is memory for another one. Returns
    /// its index, or −1 after [#close].
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
        int kept = made - Math.max(0, taken - 1); // the batch before `taken` is in use
        return begun > 0 && made < batches.count() && kept < memories.length;
    }

    /// Ends the background thread and waits for its end.
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

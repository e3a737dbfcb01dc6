package dev.neurite.onnx.op;

import java.lang.ref.SoftReference;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/// Arrays that a run needs for a while, and leaves to later runs: new ones would have to be filled with zeros, and
/// would not be in the caches. Runs at once have arrays of their own. Thread-safe.
/// @param <T> what has the arrays
public final class Scratch<T> {
    private final Supplier<T> maker;
    private final ConcurrentLinkedQueue<SoftReference<T>> idle = new ConcurrentLinkedQueue<>();

    /// @param maker makes them, if none are left
    public Scratch(Supplier<T> maker) {
        this.maker = maker;
    }

    /// Arrays with any elements, to be given back.
    public T take() {
        for (SoftReference<T> each = idle.poll(); each != null; each = idle.poll()) {
            T left = each.get();
            if (left != null) return left;
        }
        return maker.get();
    }

    /// Takes arrays back that nobody uses any more.
    public void release(T arrays) {
        idle.add(new SoftReference<>(arrays));
    }
}

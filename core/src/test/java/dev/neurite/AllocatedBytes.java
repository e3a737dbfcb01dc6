package dev.neurite;

import java.lang.reflect.Method;

/// Counts the bytes that all threads of this JVM allocate.
///
/// It asks the JVM by reflection, as the library's module, which tests are compiled into, does not read the
/// module for management.
public final class AllocatedBytes {
    private final Object threads;
    private final Method total;
    private final long own; // what asking takes

    /// Begins to count.
    public AllocatedBytes() {
        try {
            Class<?> factory = Class.forName("java.lang.management.ManagementFactory");
            threads = factory.getMethod("getThreadMXBean").invoke(null);
            total = Class.forName("com.sun.management.ThreadMXBean").getMethod("getTotalThreadAllocatedBytes");
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 1000; i++) least = Math.min(least, -total() + total());
        own = least;
    }

    private long total() {
        try {
            return (long) total.invoke(threads);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The bytes of this many calls.
    public long of(int calls, Runnable code) {
        long before = total();
        for (int i = 0; i < calls; i++) code.run();
        return total() - before - own;
    }
}

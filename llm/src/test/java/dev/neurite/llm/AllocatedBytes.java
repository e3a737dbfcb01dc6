package dev.neurite.llm;

import java.lang.reflect.Method;

/// Counts the bytes that this thread allocates. It asks the JVM by reflection, as the library's module, which tests
/// are compiled into, does not read the module for management.
public final class AllocatedBytes {
    private AllocatedBytes() {}

    /// The bytes so far.
    public static long soFar() {
        try {
            Class<?> factory = Class.forName("java.lang.management.ManagementFactory");
            Object threads = factory.getMethod("getThreadMXBean").invoke(null);
            Method bytes = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
            return (long) bytes.invoke(threads);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.neurite.onnx.op;

import dev.neurite.error.ResourceException;
import java.util.Locale;
import java.util.function.Supplier;

/// Asked before much of the heap is taken: what a file says of itself may be a lie, and a loop may not end.
public final class Heap {
    private static final String MORE = "Give Java more, as in -Xmx8g";

    private Heap() {}

    /// Refuses what does not fit.
    /// @param where what needs the memory
    /// @throws ResourceException if the heap has less left
    public static void require(String where, long bytes) {
        Runtime heap = Runtime.getRuntime();
        if (bytes <= free(heap)) return;
        if (bytes <= heap.maxMemory()) System.gc(); // much of the used heap may be garbage
        if (bytes > free(heap)) throw exhausted(where, bytes);
    }

    /// Makes an array, or something else that is large.
    /// @throws ResourceException if the heap has less left
    public static <T> T allocate(String where, long bytes, Supplier<T> maker) {
        require(where, bytes);
        try {
            return maker.get();
        } catch (OutOfMemoryError e) { // another thread took it
            throw exhausted(where, bytes);
        }
    }

    /// Does something that makes arrays in many places: results, and weights in other orders.
    /// @throws ResourceException if the heap is too small for it
    public static <T> T guard(String where, Supplier<T> work) {
        try {
            return work.get();
        } catch (OutOfMemoryError e) { // of the kernels, which do not ask before
            Runtime heap = Runtime.getRuntime();
            throw new ResourceException(
                    where,
                    String.format(
                            Locale.ROOT,
                            "expects more memory than the heap of %,d MB has left",
                            heap.maxMemory() >> 20),
                    MORE);
        }
    }

    private static long free(Runtime heap) {
        return heap.maxMemory() - (heap.totalMemory() - heap.freeMemory());
    }

    private static ResourceException exhausted(String where, long bytes) {
        Runtime heap = Runtime.getRuntime();
        return new ResourceException(
                where,
                String.format(
                        Locale.ROOT,
                        "expects %,d MB of memory, the heap of %,d MB has %,d MB left",
                        (bytes >> 20) + 1,
                        heap.maxMemory() >> 20,
                        free(heap) >> 20),
                MORE);
    }
}

package dev.neurite.kernel;

import dev.neurite.AllocatedBytes;
import java.util.ArrayList;
import java.util.List;

/// A program for [CompiledKernelsTest]: calls every kernel on one and two threads until a hundred calls
/// allocate nothing, whatever thread they run on, and names those that never come to that.
public final class KernelMeter {
    private static final long PATIENCE = 1_500_000_000L; // nanoseconds for one kernel
    private static final long PATIENCE_FOR_ALL = 40_000_000_000L;
    private static final int CALLS = 100;
    private static final int[][] SIZES = {{1, 10, 20}, {7, 5, 3}, {17, 33, 20}, {41, 420, 64}};

    private KernelMeter() {}

    /// Prints the engine and every kernel that goes on allocating.
    public static void main(String[] arguments) {
        var allocated = new AllocatedBytes();
        long end = System.nanoTime() + PATIENCE_FOR_ALL;
        List<String> found = new ArrayList<>();
        String engine = "";
        for (int threads = 1; threads <= 2; threads++) {
            try (Kernels kernels = Kernels.create(threads)) {
                engine = kernels.engineName();
                for (int[] size : SIZES) {
                    for (EveryKernel.Case each : EveryKernel.of(kernels, size[0], size[1], size[2])) {
                        long bytes = least(allocated, each, Math.min(end, System.nanoTime() + PATIENCE));
                        if (bytes > 0) {
                            found.add(each + " of " + size[0] + "×" + size[1] + " on " + threads + " threads: " + bytes
                                    + " bytes");
                        }
                    }
                }
            }
        }
        System.out.println(engine.replaceFirst(" .*", "") + " " + found);
    }

    /// The bytes of a call, rounded down, when it allocates nothing or patience ends.
    private static long least(AllocatedBytes allocated, EveryKernel.Case each, long end) {
        long bytes = allocated.of(CALLS, each::call) / CALLS;
        while (bytes > 0 && System.nanoTime() < end) bytes = allocated.of(CALLS, each::call) / CALLS;
        return bytes;
    }
}

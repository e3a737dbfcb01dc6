package dev.neurite.kernel;

import dev.neurite.AllocatedBytes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A program for [CompiledKernelsTest]: calls every kernel on one and two threads until it allocates nothing on
/// whatever thread, and names those that never come to that, up to five. Then it collects the hashes of
/// results, as [KernelBits] does.
///
/// To be run with `-Xbatch`: a call then waits for the compiler, so that the number of calls says what is
/// compiled, on a busy machine too. With the compiler in the background the test failed now and then: all rounds of
/// a kernel were over before its code was compiled, and code that is not compiled allocates vectors.
public final class KernelMeter {
    private static final int ROUNDS = 1000; // the JVM's last compiler takes a method that was called 5,000 times
    private static final int CALLS = 25;
    private static final int MOST = 5; // found kernels: each takes all rounds, so many would take an hour
    private static final int LARGE_CALLS = 4; // of the largest convolutions already some milliseconds
    private static final int[][] SIZES = {{1, 10, 20}, {7, 5, 3}, {17, 33, 20}, {41, 420, 40}}; // the last: V is packed

    private KernelMeter() {}

    /// Prints the engine and the first kernels that go on allocating, then the hashes.
    public static void main(String[] arguments) {
        var allocated = new AllocatedBytes();
        List<String> found = new ArrayList<>();
        String engine = "";
        for (int threads = 1; threads <= 2; threads++) {
            try (Kernels kernels = Kernels.create(threads)) {
                engine = kernels.engineName();
                for (int[] size : SIZES) {
                    for (EveryKernel.Case each : EveryKernel.of(kernels, size[0], size[1], size[2])) {
                        if (found.size() == MOST) break;
                        int calls = size[1] > 100 ? LARGE_CALLS : CALLS;
                        long bytes = least(allocated, each, calls);
                        if (bytes > 0) {
                            found.add(each + " of " + size[0] + "×" + size[1] + " on " + threads + " threads: " + bytes
                                    + " bytes");
                        }
                    }
                }
            }
        }
        System.out.println(engine.replaceFirst(" .*", "") + " " + found);
        System.out.println(hashes());
    }

    /// All hashes of small and of large sizes, of what is compiled by now and what still will be.
    private static String hashes() {
        Set<String> small = new LinkedHashSet<>();
        Set<String> large = new LinkedHashSet<>();
        for (int threads = 1; threads <= 3; threads += 2) {
            try (Kernels kernels = Kernels.create(threads)) {
                for (int i = 0; i < 3; i++) small.add(KernelBits.small(kernels));
                large.add(KernelBits.large(kernels));
            }
        }
        return small + " " + large;
    }

    /// The bytes of a call, rounded down, when it allocates nothing or all rounds are over.
    private static long least(AllocatedBytes allocated, EveryKernel.Case each, int calls) {
        long bytes = allocated.of(calls, each::call) / calls;
        for (int round = 1; bytes > 0 && round < ROUNDS; round++) bytes = allocated.of(calls, each::call) / calls;
        return bytes;
    }
}

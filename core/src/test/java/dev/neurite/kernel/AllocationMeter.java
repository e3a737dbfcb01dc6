package dev.neurite.kernel;

import dev.neurite.AllocatedBytes;
import dev.neurite.kernel.Activation.Elementwise;
import java.util.ArrayList;
import java.util.List;

/// A program for [AllocationTest]: runs each row kernel until a thousand calls allocate nothing, on rows of
/// growing length, and names those that never come to that.
public final class AllocationMeter {
    private static final long PATIENCE = 20_000_000_000L; // nanoseconds for all
    private static final int CALLS = 1000;

    private record Kernel(String name, Runnable call) {}

    private AllocationMeter() {}

    /// Prints the engine and every kernel that goes on allocating.
    public static void main(String[] arguments) {
        ScalarKernels k = Kernels.vectorsPresent() ? new VectorKernels() : new ScalarKernels();
        var allocated = new AllocatedBytes();
        long end = System.nanoTime() + PATIENCE;
        List<String> found = new ArrayList<>();
        for (int n : new int[] {1, 10, 16, 100, 1000}) {
            for (Kernel kernel : kernels(k, n)) {
                long bytes = allocated.of(CALLS, kernel.call());
                while (bytes >= CALLS && System.nanoTime() < end) bytes = allocated.of(CALLS, kernel.call());
                if (bytes >= CALLS) found.add(kernel.name() + " of " + n + ": " + bytes / CALLS + " bytes");
            }
        }
        System.out.println((Kernels.vectorsPresent() ? "vector " : "scalar ") + found);
    }

    private static List<Kernel> kernels(ScalarKernels k, int n) {
        float[] z = new float[n];
        float[] t = new float[n];
        float[] y = new float[n];
        for (int i = 0; i < n; i++) z[i] = i % 7 - 3;
        List<Kernel> all = new ArrayList<>();
        all.add(new Kernel("max", () -> k.max(z, 0, n)));
        all.add(new Kernel("argmax", () -> k.argMax(z, 0, n)));
        all.add(new Kernel("sum", () -> k.sum(z, 0, n)));
        all.add(new Kernel("dot", () -> k.dot(z, 0, t, 0, n)));
        all.add(new Kernel("softmax", () -> k.softmaxRow(z, 0, y, 0, n)));
        all.add(new Kernel("softmax with log sum", () -> k.softmaxWithLogSum(z, 0, y, 0, n)));
        all.add(new Kernel("softmax gradient", () -> k.softmaxGradientRow(z, 0, t, 0, y, 0, n)));
        all.add(new Kernel("log-softmax", () -> k.logSoftmaxRow(z, 0, y, 0, n)));
        all.add(new Kernel("log-softmax gradient", () -> k.logSoftmaxGradientRow(z, 0, t, 0, y, 0, n)));
        all.add(new Kernel("sigmoid cross-entropy", () -> k.sigmoidCrossEntropyRow(z, 0, t, 0, y, 0, n)));
        all.add(new Kernel("squared error", () -> k.squaredErrorRow(z, 0, t, 0, y, 0, n)));
        for (Elementwise g : List.of(Activation.RELU, Activation.leakyRelu(), Activation.TANH, Activation.SIGMOID)) {
            all.add(new Kernel(g.toString(), () -> k.activate(g, z, 0, y, 0, n)));
        }
        return all;
    }
}

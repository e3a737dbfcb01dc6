package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// A program for [VectorSpeedTest]: how long some kernels take on this JVM's fastest engine.
public final class SpeedMeter {
    private static final int ROUNDS = 25;
    private static final long ROUND = 4_000_000; // nanoseconds, about

    private SpeedMeter() {}

    private static Tensor numbers(int seed, int... extents) {
        Shape shape = Shape.of(extents);
        var random = new KeyedRandom(seed);
        float[] x = new float[shape.size()];
        for (int i = 0; i < x.length; i++) x[i] = 4 * random.uniform(i) - 2;
        return Tensor.view(shape, x, 0);
    }

    /// Prints the engine, and a line for each kernel: its name and the median of its times in nanoseconds.
    public static void main(String[] arguments) {
        try (Kernels k = Kernels.create(1)) {
            System.out.println(k.engineName());
            Matrix a = numbers(1, 256, 256).matrix();
            Matrix b = numbers(2, 256, 256).matrix();
            Matrix c = numbers(3, 256, 256).matrix();
            measure("product", () -> k.product(a, b, c));

            Tensor z = numbers(6, 100, 100);
            Tensor y = numbers(7, 100, 100);
            measure("tanh", () -> k.activations().activate(Activation.TANH, z, y));
            measure("softmax", () -> k.activations().softmax(z, y));
            Tensor dy = numbers(8, 100, 100);
            Tensor dz = numbers(9, 100, 100);
            for (Elementwise g : List.of(Activation.GELU, Activation.MISH, Activation.softplus())) {
                String name = g.toString().replaceFirst("\\(.*", "");
                measure(name, () -> k.activations().activate(g, z, y));
                measure(name + "'", () -> k.activations().activationGradient(g, z, y, dy, dz));
            }
        }
    }

    private static void measure(String what, Runnable code) {
        int calls = callsARound(code);
        long[] times = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) times[i] = nanoseconds(code, calls) / calls;
        Arrays.sort(times);
        System.out.println(what + " " + times[ROUNDS / 2]);
    }

    /// How many calls take about a round; runs until they are compiled.
    private static int callsARound(Runnable code) {
        int calls = 1;
        long end = System.nanoTime() + 200 * ROUND;
        while (System.nanoTime() < end) {
            long time = nanoseconds(code, calls);
            calls = (int) Math.clamp(calls * ROUND / Math.max(time, 1), 1, 4L * calls);
        }
        return calls;
    }

    private static long nanoseconds(Runnable code, int calls) {
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) code.run();
        return System.nanoTime() - start;
    }
}

package dev.neurite.benchmarks;

import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Square matrix products; `gflop` counts 2·n³ operations each.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ProductBenchmark {
    @Param({"64", "256", "1024"})
    private int n = 64;

    @Param({"1", "2"})
    private int threads = 1;

    private Kernels kernels = Kernels.create(1);
    private Tensor a = Tensor.zeros(Shape.of(0, 0));
    private Tensor b = a;
    private Tensor c = a;

    @Setup(Level.Trial)
    public void open() {
        kernels.close();
        kernels = Kernels.create(threads);
        a = filled(1);
        b = filled(2);
        c = filled(3);
    }

    private Tensor filled(float seed) {
        float[] values = new float[n * n];
        for (int i = 0; i < values.length; i++) values[i] = (float) Math.sin(seed + i);
        return Tensor.of(Shape.of(n, n), values);
    }

    @TearDown(Level.Trial)
    public void close() {
        kernels.close();
    }

    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Operations {
        public double gflop;
    }

    @Benchmark
    public Tensor product(Operations operations) {
        kernels.product(a.matrix(), b.matrix(), c.matrix());
        operations.gflop += 2e-9 * n * n * n;
        return c;
    }
}

package dev.neurite.benchmarks;

import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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

/// What it costs to share work: the smallest operation that two threads share, by one and by two, while the
/// helper still spins and after it has parked. Its work is about a microsecond for one thread.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RegionBenchmark {
    @Param({"1", "2"})
    private int threads = 1;

    /// Nanoseconds before each call; a helper parks after 30,000.
    @Param({"0", "1000000"})
    private long pause;

    private final Tensor x = Tensor.zeros(Shape.of(32_768));
    private Kernels kernels = Kernels.create(1);

    @Setup(Level.Trial)
    public void open() {
        kernels.close();
        kernels = Kernels.create(threads);
    }

    @TearDown(Level.Trial)
    public void close() {
        kernels.close();
    }

    @Setup(Level.Invocation)
    public void rest() {
        if (pause > 0) LockSupport.parkNanos(pause);
    }

    @Benchmark
    public Tensor share() {
        kernels.scale(1, x, x);
        return x;
    }
}

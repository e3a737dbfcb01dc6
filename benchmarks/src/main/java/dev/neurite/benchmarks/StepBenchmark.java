package dev.neurite.benchmarks;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.Batch;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import java.util.concurrent.TimeUnit;
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

/// A training step and a prediction of 784-128-10, Adam, 32 rows. With `-prof gc` it shows what they
/// allocate: `gc.alloc.rate.norm`, bytes a call, on all threads.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class StepBenchmark {
    private static final int ROWS = 32;

    @Param({"1", "2"})
    private int threads = 1;

    private final Model model = Model.of(features(784), dense(128, RELU), dense(10, SOFTMAX));
    private final Batch batch = batch();
    private final Tensor result = Tensor.zeros(Shape.of(ROWS, 10));
    private Kernels kernels = Kernels.create(1);
    private TrainingSession session = Trainer.of(model).begin(batch);

    private static Batch batch() {
        var random = new KeyedRandom(1);
        float[] x = new float[ROWS * 784];
        for (int i = 0; i < x.length; i++) x[i] = (float) random.nextGaussian();
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) labels[i] = random.below(10);
        return new Batch(Tensor.view(Shape.of(ROWS, 784), x, 0), Targets.labels(labels));
    }

    @Setup(Level.Trial)
    public void open() {
        close();
        kernels = Kernels.create(threads);
        session = Trainer.of(model).optimizer(adam(1e-3)).threads(threads).begin(batch);
    }

    @TearDown(Level.Trial)
    public void close() {
        session.close();
        kernels.close();
    }

    @Benchmark
    public double step() {
        return session.step(batch);
    }

    @Benchmark
    public Tensor predict() {
        model.predict(batch.input(), result, kernels);
        return result;
    }
}

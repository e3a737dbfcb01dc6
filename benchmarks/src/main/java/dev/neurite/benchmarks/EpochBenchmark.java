package dev.neurite.benchmarks;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.fashionmnist.FashionMnist;
import dev.neurite.model.Model;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// An epoch over Fashion-MNIST: 784-128-10, Adam, batch 128.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class EpochBenchmark {
    @Param({"1", "2"})
    private int threads = 1;

    private final DataSplit data = FashionMnist.load();
    private final Model model = Model.of(image(1, 28, 28), flatten(), dense(128, RELU), dense(10, SOFTMAX));

    @Benchmark
    public Run epoch() {
        return Trainer.of(model)
                .optimizer(adam(1e-3))
                .batchSize(128)
                .threads(threads)
                .fit(data.train());
    }
}

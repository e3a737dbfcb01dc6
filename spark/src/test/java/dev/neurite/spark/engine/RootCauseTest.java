package dev.neurite.spark.engine;

import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ResourceException;
import dev.neurite.loss.Losses;
import dev.neurite.loss.PointwiseLoss;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.spark.ClusterRows;
import dev.neurite.spark.ClusterTrainer;
import dev.neurite.spark.ClusterTraining;
import dev.neurite.spark.cluster.LocalSpark;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.TrainerSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scala.Tuple2;

/// When one worker fails, all fail; the driver says why the first one did, and tries no second time what would
/// fail again.
@Timeout(60)
class RootCauseTest {
    private static final AtomicInteger TRAINERS = new AtomicInteger(); // made by tasks of this JVM
    private static final AtomicInteger TRIES = new AtomicInteger(); // of a task that fails at once, maybe before others
    private static final AtomicInteger FAULTS = new AtomicInteger(); // trainers of worker 1
    private static final AtomicInteger SLOW = new AtomicInteger(); // trainers of worker 1
    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        // A task that fails is tried again, but not one of a barrier stage.
        spark = new JavaSparkContext(LocalSpark.conf("local[2, 2]"));
        spark.setLogLevel("OFF");
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    @BeforeEach
    void none() {
        TRAINERS.set(0);
        TRIES.set(0);
    }

    private static boolean isWorker(int rank) {
        TaskContext task = TaskContext.get();
        return task != null && task.partitionId() == rank;
    }

    private static Dataset data(int rows) {
        float[][] inputs = new float[rows][2];
        float[][] targets = new float[rows][1];
        for (int i = 0; i < rows; i++) {
            inputs[i] = new float[] {i % 5, i % 3};
            targets[i][0] = i % 7;
        }
        return Dataset.of(inputs, targets);
    }

    private static Trainer trainer(Model model) {
        if (TaskContext.get() != null) TRAINERS.incrementAndGet();
        return Trainer.of(model)
                .loss(Losses.meanSquaredError())
                .optimizer(Optimizers.sgd(0.01))
                .shards(4)
                .batchSize(8);
    }

    private static void fit(TrainerSource source) {
        fit(source, 40);
    }

    private static void fit(TrainerSource source, int rows) {
        Model model = Model.of(features(2), dense(1)).initialize(1);
        ClusterTrainer.on(spark).workers(2).fit(source.trainer(model), source, ClusterRows.of(spark, data(rows)));
    }

    @Test
    void codeOfTheCallerThatFailsOnAWorkerIsNamedAndNotTriedAgain() {
        assertThatThrownBy(() -> fit(model -> {
                    Trainer trainer = trainer(model);
                    if (isWorker(1)) {
                        TRIES.incrementAndGet();
                        throw new IllegalStateException("no such table");
                    }
                    return trainer;
                }))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("epoch 1")
                .hasMessageContaining("IllegalStateException: no such table")
                .hasRootCauseMessage("no such table");
        assertThat(TRIES).hasValue(1);
    }

    /// A loss that fails on one worker in the midst of the steps, while the other one waits for it.
    private record Failing() implements PointwiseLoss {
        private static final AtomicInteger CALLS = new AtomicInteger();

        @Override
        public float value(float y, float t) {
            if (isWorker(1) && CALLS.incrementAndGet() > 7) throw new ArithmeticException("a hole in the table");
            return (y - t) * (y - t);
        }

        @Override
        public float slope(float y, float t) {
            return 2 * (y - t);
        }
    }

    @Test
    void aFailureBetweenTwoStepsIsNotMistakenForItsEcho() {
        assertThatThrownBy(() -> fit(model -> trainer(model).loss(new Failing())))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("ArithmeticException: a hole in the table")
                .hasMessageNotContaining("worker 1 at");
        assertThat(TRAINERS).hasValue(2);
    }

    static Stream<Exception> faults() {
        return Stream.of(
                new IOException("no route to host"),
                new TimeoutException("no answer within 120 s"), // as in Spark's own exceptions
                new RejectedExecutionException("ending"));
    }

    /// All tasks that read rows fail once.
    @ParameterizedTest
    @MethodSource("faults")
    void aFaultOfTheNetworkIsTriedAgainAlsoAfterErrorsThatSparkHasMended(Exception fault) {
        FAULTS.set(0);
        JavaPairRDD<Long, byte[]> rows = spark.parallelize(
                        LongStream.range(0, 40).boxed().toList(), 2)
                .mapToPair(number -> {
                    if (TaskContext.get().attemptNumber() == 0) throw new IllegalStateException("the first time");
                    float[] inputs = {number % 5, number % 3};
                    return new Tuple2<>(number, new Sample(inputs, new float[] {number % 7}, 1).bytes());
                });
        TrainerSource source = model -> {
            Trainer trainer = trainer(model);
            if (isWorker(1) && FAULTS.getAndIncrement() == 0) throw new IllegalStateException(fault);
            return trainer;
        };
        Model model = Model.of(features(2), dense(1)).initialize(1);
        ClusterTraining training = ClusterTrainer.on(spark)
                .workers(2)
                .fit(source.trainer(model), source, ClusterRows.of(rows, 2, 1, List.of()));
        assertThat(training.epochs().getFirst().attempts()).isEqualTo(2);
    }

    @Test
    void tooLittleMemoryIsAnErrorOfItsWorkerAndNotTriedAgain() {
        assertThatThrownBy(() -> fit(model -> {
                    Trainer trainer = trainer(model);
                    if (isWorker(0)) {
                        TRIES.incrementAndGet();
                        throw new OutOfMemoryError("Java heap space");
                    }
                    return trainer;
                }))
                .isInstanceOf(ResourceException.class)
                .hasMessageStartingWith("worker 0 at ")
                .hasMessageContaining("too little memory: Java heap space")
                .hasMessageContaining("spark.executor.memory");
        assertThat(TRIES).hasValue(1);
    }

    /// 64 × 64 × 4096 outputs of a layer are 64 MiB a row.
    @Test
    void aTrainingThatDoesNotFitIsRefusedBeforeItAllocates() {
        int rows = 4 * (int) (Runtime.getRuntime().maxMemory() / (64 << 20) + 1);
        Dataset images =
                Dataset.of(new float[rows][64 * 64], new float[rows][1]).withInputShape(Shape.of(1, 64, 64));
        Model model = Model.of(image(1, 64, 64), conv2d(4096, 1), globalAvgPool(), dense(1))
                .initialize(1);
        TrainerSource source = each -> trainer(each).batchSize(4 * rows);
        assertThatThrownBy(() -> ClusterTrainer.on(spark)
                        .workers(2)
                        .fit(source.trainer(model), source, ClusterRows.of(spark, images)))
                .isInstanceOf(ResourceException.class)
                .hasMessageStartingWith("memory: expects ")
                .hasMessageContaining("activations");
        assertThat(TRAINERS).hasValue(2);
    }

    @Test
    void aTrainingThatDivergesIsNotTriedAgain() {
        assertThatThrownBy(() -> fit(model -> trainer(model).optimizer(Optimizers.sgd(1e9))))
                .isInstanceOf(DivergedException.class);
        assertThat(TRAINERS).hasValue(2);
    }

    @Test
    void anotherTrainerOnWorkersIsRefusedByTheSettingThatDiffers() {
        assertThatThrownBy(() -> fit(model -> trainer(model).seed(TaskContext.get() == null ? 1 : 2)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("seed 1 (now 2)");
    }

    @Test
    void fewerRowsThanShardsAndMoreWorkersThanSlotsOrShardsAreRefusedBeforeAnyTask() {
        assertThatThrownBy(() -> fit(RootCauseTest::trainer, 3))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("each of 4 shards, got 3 rows");
        Model model = Model.of(features(2), dense(1)).initialize(1);
        ClusterRows rows = ClusterRows.of(spark, data(40));
        assertThatThrownBy(() -> ClusterTrainer.on(spark).workers(3).fit(trainer(model), RootCauseTest::trainer, rows))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects 3 workers, the cluster has slots for 2");
        assertThatThrownBy(() -> ClusterTrainer.on(spark).workers(5).fit(trainer(model), RootCauseTest::trainer, rows))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("at most one for each of 4 shards, got 5");
        assertThat(TRAINERS).hasValue(0);
    }

    private static Trainer slowOnce(Model model) {
        if (TaskContext.get() != null && TaskContext.getPartitionId() == 1 && SLOW.getAndIncrement() == 0) {
            try {
                Thread.sleep(Duration.ofMinutes(10));
            } catch (InterruptedException e) {
                throw new IllegalStateException("Spark ends the task", e);
            }
        }
        return trainer(model);
    }

    /// It would have read its rows next.
    @Test
    @Tag("thorough") // waits for twenty seconds
    void whoWaitsForAWorkerThatDoesNotComeToTheFirstStepTriesAgain() {
        Model model = Model.of(features(2), dense(1)).initialize(1);
        TrainerSource source = RootCauseTest::slowOnce;
        SLOW.set(0);
        ClusterTraining training = ClusterTrainer.on(spark)
                .workers(2)
                .timeout(Duration.ofSeconds(1))
                .fit(trainer(model), source, ClusterRows.of(spark, data(40)));
        assertThat(SLOW).hasValueGreaterThan(1);
        assertThat(training.epochs().getFirst().attempts()).isEqualTo(2);
        assertThat(training.epochs().getFirst().recoverySeconds()).isBetween(10.0, 30.0);
    }
}

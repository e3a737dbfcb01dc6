package dev.neurite.spark;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.optim.Optimizers;
import dev.neurite.spark.cluster.Host;
import dev.neurite.spark.cluster.StandaloneCluster;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.cluster.TrainerSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How many workers a real cluster has places for.
@Tag("thorough")
@Timeout(300)
class WorkerCountTest {
    private static final Model MODEL = Model.of(features(2), dense(1)).initialize(1);
    private static final TrainerSource SOURCE = WorkerCountTest::trainer;

    private static Dataset data() {
        float[][] inputs = new float[60][2];
        float[][] targets = new float[60][1];
        for (int i = 0; i < 60; i++) {
            inputs[i] = new float[] {i % 5, i % 3};
            targets[i][0] = i % 7;
        }
        return Dataset.of(inputs, targets);
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model)
                .loss(Losses.meanSquaredError())
                .optimizer(Optimizers.sgd(0.01))
                .shards(4)
                .batchSize(8)
                .epochs(3)
                .rowsByShard(true);
    }

    private static String expected() {
        return WeightsHash.sha256(trainer(MODEL).fit(data()).last());
    }

    @Test
    void whatIsMissingIsSaidEarlyAndWithoutASettingThereIsAWorkerOnEachExecutor() throws Exception {
        try (var cluster = StandaloneCluster.start(2);
                var spark = new JavaSparkContext(cluster.conf())) {
            spark.setLogLevel("OFF");
            cluster.awaitExecutors(spark, 2);
            long start = System.nanoTime();
            assertThatThrownBy(() -> ClusterTrainer.on(spark)
                            .workers(4)
                            .fit(trainer(MODEL), SOURCE, ClusterRows.of(spark, data())))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("expects 4 workers, the cluster has slots for 2");
            assertThat((System.nanoTime() - start) * 1e-9).isLessThan(90);
            ClusterTraining training =
                    ClusterTrainer.on(spark).fit(trainer(MODEL), SOURCE, ClusterRows.of(spark, data()));
            assertThat(training.weights()).isEqualTo(expected());
            assertThat(training.epochs())
                    .hasSize(3)
                    .allSatisfy(each -> assertThat(each.workers()).hasSize(2));
        }
    }

    @Test
    void aTrainingThatLosesAWorkerForGoodGoesOnWithFewer() throws Exception {
        try (var cluster = StandaloneCluster.start(2);
                var spark = new JavaSparkContext(cluster.conf())) {
            spark.setLogLevel("OFF");
            cluster.awaitExecutors(spark, 2);
            Trainer trainer = trainer(MODEL).listener(event -> {
                if (event instanceof EpochEnded(var result) && result.epoch() == 1) {
                    cluster.workers().getFirst().kill();
                }
                if (event instanceof EpochEnded(var result) && result.epoch() == 2) add(cluster, spark);
            });
            ClusterTraining training =
                    ClusterTrainer.on(spark).workers(2).fit(trainer, SOURCE, ClusterRows.of(spark, data()));
            assertThat(training.weights()).isEqualTo(expected());
            assertThat(training.epochs().stream().map(each -> each.workers().size()))
                    .isEqualTo(List.of(2, 1, 2)); // another worker has come
        }
    }

    private static void add(StandaloneCluster cluster, JavaSparkContext spark) {
        try {
            cluster.addWorker();
            cluster.awaitExecutors(spark, 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The processors of a task are the threads of its trainer.
    private static Trainer withProcessors(Model model) {
        TaskContext task = TaskContext.get();
        if (task != null && task.cpus() != 2) {
            throw new IllegalStateException("expects 2 processors, got " + task.cpus());
        }
        return trainer(model);
    }

    @Test
    void aWorkerTakesAllCoresOfItsExecutor() throws Exception {
        try (var cluster = new StandaloneCluster(Host.LOOPBACK)) {
            cluster.addWorker(Host.LOOPBACK, cluster.home().localFiles(), 2);
            try (var spark = new JavaSparkContext(cluster.conf().set("spark.executor.cores", "2"))) {
                spark.setLogLevel("OFF");
                cluster.awaitExecutors(spark, 1);
                ClusterTraining training = ClusterTrainer.on(spark)
                        .fit(trainer(MODEL), WorkerCountTest::withProcessors, ClusterRows.of(spark, data()));
                assertThat(training.weights()).isEqualTo(expected());
                assertThat(training.epochs())
                        .hasSize(3)
                        .allSatisfy(each -> assertThat(each.workers()).hasSize(1));
            }
        }
    }
}

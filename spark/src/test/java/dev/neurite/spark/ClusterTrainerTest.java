package dev.neurite.spark;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Schedules;
import dev.neurite.spark.cluster.LocalSpark;
import dev.neurite.spark.engine.EpochFigures;
import dev.neurite.spark.ml.TrainingSummary;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.cluster.ClusterConnection;
import dev.neurite.train.cluster.ClusterRequest;
import dev.neurite.train.cluster.ClusterService;
import dev.neurite.train.cluster.TrainerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ClusterTrainerTest {
    private static final TrainerSource SOURCE = ClusterTrainerTest::trainer;
    private static final Model MODEL = Model.of(features(6), dense(8, RELU), dropout(0.3), dense(3, SOFTMAX))
            .initialize(3);
    private static final Dataset TRAIN = data(90);
    private static final Dataset TEST = data(30);

    @TempDir
    Path directory;

    private JavaSparkContext spark;

    @BeforeEach
    void start() {
        spark = new JavaSparkContext(LocalSpark.conf("local[2]"));
        spark.setLogLevel("OFF");
    }

    @AfterEach
    void stop() {
        spark.close();
    }

    private static Dataset data(int rows) {
        var random = new KeyedRandom(17, rows);
        float[][] inputs = new float[rows][6];
        float[] weights = new float[rows];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = random.below(3);
            weights[row] = 0.5f + random.below(3);
            for (int i = 0; i < 6; i++) inputs[row][i] = (float) (random.nextGaussian() + labels[row] * (i % 3));
        }
        return Dataset.of(inputs, labels, List.of("a", "b", "c")).withWeights(weights);
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model)
                .optimizer(adam(0.01))
                .schedule(Schedules.cosine())
                .average(Averaging.ema(0.9))
                .batchSize(16)
                .shards(4)
                .rowsByShard(true)
                .epochs(3)
                .seed(23);
    }

    private ClusterTraining fit(ClusterTrainer cluster, Trainer trainer) {
        return cluster.fit(trainer, SOURCE, ClusterRows.of(spark, TRAIN), TEST);
    }

    private static List<List<Object>> figures(Run run) {
        return run.history().epochs().stream()
                .map(each -> List.<Object>of(
                        each.epoch(),
                        each.loss(),
                        each.accuracy(),
                        each.validation().orElseThrow().loss()))
                .toList();
    }

    @Test
    void theRunIsThatOfOneMachineOnAsManyWorkersAsThereArePlaces() {
        Trainer trainer = trainer(MODEL).callback(new EarlyStopping(2));
        ClusterTraining found = fit(ClusterTrainer.on(spark), trainer);
        Run expected = trainer.fit(TRAIN, TEST);
        assertThat(found.run().model()).isEqualTo(expected.model());
        assertThat(found.weights()).isEqualTo(WeightsHash.sha256(expected.last()));
        assertThat(figures(found.run())).isEqualTo(figures(expected));
        assertThat(found.epochs()).hasSize(3).allSatisfy(epoch -> {
            assertThat(epoch.workers()).hasSize(2);
            assertThat(epoch.attempts()).isEqualTo(1);
            assertThat(epoch.recoverySeconds()).isZero();
            assertThat(epoch.seconds()).isPositive();
        });
        double seconds =
                found.epochs().stream().mapToDouble(EpochFigures::seconds).sum();
        assertThat(found.rowsPerSecond()).hasValue(3 * 90 / seconds);
    }

    @Test
    void aSourceThatCannotBeSentIsRefusedBeforeTheFirstJob() {
        var captured = new Object();
        TrainerSource source = model -> trainer(model).seed(captured.equals(model) ? 1 : 2);
        assertThatThrownBy(() -> ClusterTrainer.on(spark).fit(trainer(MODEL), source, ClusterRows.of(spark, TRAIN)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("source: expects something serializable, captures a java.lang.Object. ");
    }

    @Test
    void aSourceThatMakesAnotherTrainerIsNamed() {
        TrainerSource other = model -> trainer(model).seed(5).epochs(8); // epochs are the driver's
        assertThatThrownBy(() -> ClusterTrainer.on(spark)
                        .checkpoints(directory.toUri().toString())
                        .fit(trainer(MODEL), other, ClusterRows.of(spark, TRAIN)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(
                        "source: makes another trainer than the one that was given: seed 23 (now 5). Give ");
    }

    /// Nothing was trained, but not as checkpoints are of a training that has ended.
    @Test
    void aTrainingThatIsStoppedBeforeItsFirstEpochEnds() {
        Trainer stopped = trainer(MODEL).callback(training -> event -> {
            if (event instanceof TrainingEvent.Started) training.finish("enough");
        });
        ClusterTraining training =
                fit(ClusterTrainer.on(spark).checkpoints(directory.toUri().toString()), stopped);
        assertThat(training.run().stopReason()).contains("enough");
        assertThat(new TrainingSummary(training).toString()).isEqualTo("no epoch has ended\nenough");
    }

    @Test
    void oneShardLetsOneWorkerTrainAndSaysSo() {
        TrainerSource one = model -> trainer(model).shards(1).epochs(1);
        ClusterRows rows = ClusterRows.of(spark, TRAIN);
        ClusterTraining training = ClusterTrainer.on(spark).fit(one.trainer(MODEL), one, rows);
        assertThat(training.epochs().getFirst().workers()).hasSize(1);
        assertThat(training.advice())
                .contains("1 worker trains, as a step has 1 shard, and the cluster has slots for 2 workers; take"
                        + " .shards(2)");
        ClusterTrainer two = ClusterTrainer.on(spark).workers(2);
        assertThatThrownBy(() -> two.fit(one.trainer(MODEL), one, rows))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("Take .shards(2) in the trainer and in source");
    }

    @Test
    void whoAsksForMoreWorkersThanPlacesLearnsHowToWaitLonger() {
        assertThatThrownBy(() -> fit(ClusterTrainer.on(spark).workers(3), trainer(MODEL)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects 3 workers, the cluster has slots for 2")
                .hasMessageEndingWith("If executors need more than 60 s to come, set"
                        + " spark.scheduler.maxRegisteredResourcesWaitingTime");
    }

    private static Trainer pausingAfter(int epochs) {
        return trainer(MODEL).callback(training -> event -> {
            if (event instanceof TrainingEvent.EpochEnded && training.epoch() > epochs) training.pause("test");
        });
    }

    @Test
    void goesOnFromTheNewestCheckpointThatIsNotDamaged() throws IOException {
        ClusterTrainer cluster = ClusterTrainer.on(spark)
                .workers(1)
                .checkpoints(directory.toUri().toString());
        ClusterTraining paused = fit(cluster, pausingAfter(2));
        assertThat(paused.run().paused()).isTrue();
        List<Path> files = Checkpoints.files(directory);
        assertThat(files)
                .extracting(Path::getFileName)
                .extracting(Path::toString)
                .containsExactly("step-000000006-epoch-000002.safetensors", "step-000000012-epoch-000003.safetensors");
        Files.writeString(directory.resolve(".neurite-1f.tmp"), "broken off");
        byte[] bytes = Files.readAllBytes(files.getLast());
        bytes[bytes.length / 2] ^= 1;
        Files.write(files.getLast(), bytes);
        ClusterTraining resumed = fit(cluster, trainer(MODEL));
        assertThat(resumed.epochs()).hasSize(2); // the second and the third
        Run expected = trainer(MODEL).fit(TRAIN, TEST);
        assertThat(resumed.weights()).isEqualTo(WeightsHash.sha256(expected.last()));
        assertThat(figures(resumed.run())).isEqualTo(figures(expected));
        assertThat(directory.resolve(".neurite-1f.tmp")).doesNotExist();
        assertThat(Checkpoints.files(directory)).hasSize(2);

        List<String> warnings = new ArrayList<>();
        ClusterTraining done = warned(warnings, () -> fit(cluster, trainer(MODEL)));
        assertThat(warnings)
                .containsExactly("nothing was trained: checkpoints in " + directory.toUri()
                        + " are of the same training, which has ended after epoch 3; remove them to train anew");
        assertThat(done.epochs()).isEmpty();
        assertThat(done.rowsPerSecond()).isEmpty();
        assertThat(done.weights()).isEqualTo(resumed.weights());
        assertThatThrownBy(() -> fit(cluster, trainer(MODEL).epochs(5)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("checkpoints in " + directory.toUri() + ": ")
                .hasMessageContaining("epochs 3 (now 5)")
                .hasMessageEndingWith("Take another directory for another training");
        for (Path file : Checkpoints.files(directory)) Files.writeString(file, "damaged");
        assertThatThrownBy(() -> fit(cluster, trainer(MODEL)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("only damaged ones");
    }

    private static ClusterTraining warned(List<String> warnings, Supplier<ClusterTraining> training) {
        var handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().equals(Level.WARNING)) warnings.add(new SimpleFormatter().formatMessage(line));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger("dev.neurite.spark");
        log.addHandler(handler);
        try {
            return training.get();
        } finally {
            log.removeHandler(handler);
        }
    }

    @Test
    void anInterruptEndsTheJobAndPausesTheTraining() throws InterruptedException {
        ClusterTrainer cluster = ClusterTrainer.on(spark)
                .workers(2)
                .checkpoints(directory.toUri().toString());
        Thread own = Thread.currentThread();
        Trainer interrupted = trainer(MODEL).listener(event -> {
            if (!(event instanceof TrainingEvent.EpochEnded(var result)) || result.epoch() > 1) return;
            Thread.ofPlatform().daemon().start(() -> {
                while (own.isAlive() && spark.statusTracker().getActiveJobIds().length == 0)
                    LockSupport.parkNanos(1_000_000);
                own.interrupt(); // at once: the job of an epoch may take less than 0.2 s
            });
        });
        ClusterTraining paused = fit(cluster, interrupted);
        assertThat(paused.run().stopReason()).contains("interrupted");
        assertThat(paused.run().paused()).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(paused.run().history().epochs()).hasSize(1);
        long end = System.nanoTime() + 20_000_000_000L;
        while (spark.statusTracker().getActiveJobIds().length > 0 && System.nanoTime() < end) Thread.sleep(50);
        assertThat(spark.statusTracker().getActiveJobIds()).isEmpty();
        assertThat(fit(cluster, trainer(MODEL)).weights())
                .isEqualTo(WeightsHash.sha256(trainer(MODEL).fit(TRAIN, TEST).last()));
    }

    @Test
    void coreFindsSparkAsAServiceWhoseCheckpointsAreThoseOfOneMachine() {
        spark.close();
        Trainer trainer = pausingAfter(1).callback(Checkpoints.into(directory));
        var request = new ClusterRequest(
                "local[1]",
                OptionalInt.empty(),
                Map.of("spark.ui.enabled", "false", "spark.driver.host", "127.0.0.1"),
                List.of(),
                SOURCE,
                MODEL,
                TRAIN,
                Optional.of(directory.resolve("spark.log")),
                _ -> {});
        try (ClusterConnection connection = ClusterService.installed().connect(request)) {
            assertThat(connection.workers()).isEqualTo(1);
            assertThat(trainer.fit(connection, TEST).paused()).isTrue();
            assertThat(connection.advice()).isEmpty();
        } finally {
            Configurator.reconfigure(); // the directory of the log will be deleted
        }
        var state = Checkpoints.newest(directory, Catalog.standard(), _ -> {}).state();
        Run resumed = trainer(MODEL).resume(state).fit(TRAIN, TEST);
        assertThat(resumed.model()).isEqualTo(trainer(MODEL).fit(TRAIN, TEST).model());
    }
}

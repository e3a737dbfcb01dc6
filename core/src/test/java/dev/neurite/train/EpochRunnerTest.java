package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Schedules;
import dev.neurite.train.shard.ShardLosses;
import dev.neurite.train.shard.ShardNode;
import dev.neurite.train.shard.ShardSums;
import dev.neurite.train.shard.ShardedStep;
import dev.neurite.train.shard.StepFigures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Trainings whose steps are taken by a session of another trainer, as a cluster does.
@BothEngines
class EpochRunnerTest {
    private static final int CLASSES = 3;
    private static final int SHARDS = 4;
    private static final Dataset TRAIN = data(104);
    private static final Dataset TEST = data(40);

    @TempDir
    Path directory;

    private static Dataset data(int rows) {
        var random = new KeyedRandom(17, rows);
        float[][] inputs = new float[rows][6];
        float[] weights = new float[rows];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = random.below(CLASSES);
            weights[row] = 0.1f + random.below(1000) / 700f;
            for (int i = 0; i < 6; i++) inputs[row][i] = (float) (random.nextGaussian() + labels[row] * (i % 3));
        }
        return Dataset.of(inputs, labels, List.of("a", "b", "c")).withWeights(weights);
    }

    private static Trainer trainer() {
        Model model = Model.of(features(6), dense(8, RELU), batchNorm(), dropout(0.2), dense(CLASSES, SOFTMAX))
                .initialize(3);
        return Trainer.of(model)
                .optimizer(adam(0.01))
                .schedule(Schedules.cosine())
                .clip(Clip.globalNorm(1))
                .batchSize(16)
                .shards(SHARDS)
                .rowsByShard(true)
                .threads(1)
                .epochs(4)
                .seed(23);
    }

    /// Takes the steps in a session of its own, shard by shard.
    private static final class Runner implements EpochRunner {
        private final Trainer trainer;
        private final Dataset rows;
        private final Before before;
        private final List<Integer> taken = new ArrayList<>(); // epochs

        /// Called before an epoch.
        interface Before {
            void epoch(int number) throws InterruptedException;
        }

        Runner(Trainer trainer, Dataset rows) {
            this(trainer, rows, _ -> {});
        }

        Runner(Trainer trainer, Dataset rows, Before before) {
            this.trainer = trainer;
            this.rows = rows;
            this.before = before;
        }

        @Override
        public Dataset like() {
            return rows.rows(0);
        }

        @Override
        public int rows() {
            return rows.size();
        }

        @Override
        public String dataHash() {
            return DataHash.sha256(rows);
        }

        @Override
        public Result run(Epoch epoch) throws InterruptedException {
            before.epoch(epoch.number());
            taken.add(epoch.number());
            try (TrainingSession session = trainer.rowsByShard(true)
                    .epochs(epoch.epochs())
                    .resume(epoch.state())
                    .begin(Batch.of(like()), epoch.steps())) {
                ShardedStep step = session.sharded();
                List<Batches> shards = IntStream.range(0, epoch.shards())
                        .mapToObj(shard -> step.batches(ofShard(shard), rows.size(), shard))
                        .toList();
                List<StepFigures> figures = new ArrayList<>();
                for (int batch = 0; batch < epoch.batches(); batch++) {
                    take(step, shards, batch, step.order(rows.size()).rowsPerShard());
                    figures.add(step.figures());
                }
                return new Result(session.state(), figures);
            }
        }

        private Dataset ofShard(int shard) {
            return rows.rows(IntStream.range(0, rows.size())
                    .filter(row -> row % SHARDS == shard)
                    .toArray());
        }

        private static void take(ShardedStep step, List<Batches> shards, int number, int rowsPerShard) {
            List<Batch> parts = shards.stream().map(each -> each.batch(number)).toList();
            step.begin(parts.stream().map(step::weigh).toList());
            List<ShardLosses> losses = new ArrayList<>();
            step.apply(sums(ShardNode.root(shards.size()), step, parts, rowsPerShard, losses), losses);
        }

        private static ShardSums sums(
                ShardNode node, ShardedStep step, List<Batch> parts, int rowsPerShard, List<ShardLosses> losses) {
            if (node.isShard()) {
                ShardSums sums = step.newSums();
                losses.add(step.compute(parts.get(node.first()), node.first() * rowsPerShard, sums));
                return sums;
            }
            ShardSums left = sums(node.left(), step, parts, rowsPerShard, losses);
            step.add(left, sums(node.right(), step, parts, rowsPerShard, losses));
            return left;
        }
    }

    /// All figures but the time; checkpoints have no confusion.
    private static List<List<Object>> figures(History history) {
        return history.epochs().stream()
                .map(each -> List.<Object>of(
                        each.epoch(),
                        each.loss(),
                        each.losses(),
                        each.accuracy(),
                        each.validation().map(Evaluation::loss),
                        each.validation().map(Evaluation::accuracy),
                        each.validation().map(Evaluation::metrics)))
                .toList();
    }

    private static void assertSame(Run found, Run expected) {
        assertThat(WeightsHash.sha256(found.model())).isEqualTo(WeightsHash.sha256(expected.model()));
        assertThat(WeightsHash.sha256(found.last())).isEqualTo(WeightsHash.sha256(expected.last()));
        assertThat(found.stopReason()).isEqualTo(expected.stopReason());
        assertThat(figures(found.history())).isEqualTo(figures(expected.history()));
    }

    private static final Map<String, UnaryOperator<Trainer>> KINDS = Map.of(
            "plain", each -> each,
            "average", each -> each.average(Averaging.ema(0.9)),
            "swa", each -> each.average(Averaging.swa(2)),
            "plateau", each -> each.schedule(Schedules.reduceOnPlateau()).epochs(14),
            "by epoch", each -> each.schedule(Schedules.cosine().perEpoch()),
            "dropLast", each -> each.dropLast(true),
            "accumulated", each -> each.shards(2).batchSize(8).accumulate(2),
            "unshuffled", each -> each.shuffle(false).reduction(Reduction.SUM),
            "metrics", each -> each.metrics(Metrics.rocAuc()),
            "stopping", each -> each.epochs(40).callback(new EarlyStopping(2)));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "average",
                "swa",
                "plateau",
                "by epoch",
                "dropLast",
                "accumulated",
                "unshuffled",
                "metrics",
                "stopping"
            })
    void theRunIsThatOfOneMachine(String kind) {
        Trainer trainer = Objects.requireNonNull(KINDS.get(kind)).apply(trainer());
        Run expected = trainer.fit(TRAIN, TEST);
        assertSame(trainer.fit(new Runner(trainer, TRAIN), TEST), expected);
        if (kind.equals("stopping")) assertThat(expected.history().epochs()).hasSizeLessThan(40);
    }

    @Test
    void withoutValidationAndBelongingRowsToo() {
        Trainer trainer = trainer();
        Trainer other = trainer.rowsByShard(false); // which a runner implies
        assertSame(other.fit(new Runner(other, TRAIN)), trainer.fit(TRAIN));
    }

    @Test
    void eventsOfStepsAreThoseOfOneMachine() {
        List<TrainingEvent> found = new ArrayList<>();
        List<TrainingEvent> expected = new ArrayList<>();
        trainer().listener(expected::add).fit(TRAIN);
        Trainer trainer = trainer();
        trainer.listener(found::add).fit(new Runner(trainer, TRAIN));
        assertThat(found.stream().filter(TrainingEvent.StepEnded.class::isInstance))
                .hasSize(4 * 7)
                .isEqualTo(expected.stream()
                        .filter(TrainingEvent.StepEnded.class::isInstance)
                        .toList());
        assertThat(found.getFirst()).isEqualTo(expected.getFirst());
        assertThat(found.stream().map(Object::getClass))
                .isEqualTo(expected.stream().map(Object::getClass).toList());
    }

    // ------------------------------------------------------------------------------------------------------ resuming

    private static Callback pausingAfter(int epochs) {
        return training -> event -> {
            if (event instanceof TrainingEvent.EpochEnded && training.epoch() > epochs) training.pause("test");
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"here", "elsewhere"})
    void resumesAStateOfOneMachineAndTheOtherWayRound(String first) {
        Trainer trainer = trainer().average(Averaging.ema(0.9)).callback(new EarlyStopping(3));
        Run expected = trainer.fit(TRAIN, TEST);
        Trainer pausing = trainer.callback(pausingAfter(2)).callback(Checkpoints.into(directory));
        var runner = new Runner(trainer, TRAIN);
        Run paused = first.equals("here") ? pausing.fit(TRAIN, TEST) : pausing.fit(runner, TEST);
        assertThat(paused.paused()).isTrue();
        assertThat(paused.history().epochs()).hasSize(2);
        TrainingState state =
                Checkpoints.newest(directory, Catalog.standard(), _ -> {}).state();
        Trainer resumed = trainer.resume(state);
        assertSame(first.equals("here") ? resumed.fit(runner, TEST) : resumed.fit(TRAIN, TEST), expected);
        assertThat(runner.taken).isEqualTo(first.equals("here") ? List.of(3, 4) : List.of(1, 2));
    }

    @Test
    void refusesAStateWithinAnEpoch() {
        Trainer trainer = trainer();
        trainer.callback(Checkpoints.into(directory).everySteps(3).everyEpochs(0))
                .callback(training -> event -> {
                    if (event instanceof TrainingEvent.StepEnded step && step.step() == 10) training.pause("test");
                })
                .fit(TRAIN);
        TrainingState state =
                Checkpoints.newest(directory, Catalog.standard(), _ -> {}).state();
        assertThatThrownBy(() -> trainer.resume(state).fit(new Runner(trainer, TRAIN)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("between two epochs")
                .hasMessageContaining("after batch 3 of 7 of epoch 2");
    }

    @Test
    void aPauseTakesEffectAfterTheEpoch() {
        Trainer trainer = trainer();
        Run run = trainer.callback(training -> event -> {
                    boolean third =
                            event instanceof TrainingEvent.StepEnded step && step.epoch() == 2 && step.batch() == 3;
                    if (third) training.pause("test");
                })
                .fit(new Runner(trainer, TRAIN));
        assertThat(run.paused()).isTrue();
        assertThat(run.history().epochs()).hasSize(2);
    }

    @Test
    void anInterruptPausesBeforeTheEpoch() {
        Trainer trainer = trainer().callback(Checkpoints.into(directory));
        var runner = new Runner(trainer, TRAIN, number -> {
            if (number == 3) throw new InterruptedException("by the test");
        });
        Run run = trainer.fit(runner);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(run.stopReason()).contains("interrupted");
        assertThat(run.paused()).isTrue();
        assertThat(run.history().epochs()).hasSize(2);
        TrainingState state =
                Checkpoints.newest(directory, Catalog.standard(), _ -> {}).state();
        assertSame(trainer.resume(state).fit(TRAIN), trainer().fit(TRAIN));
    }

    // ------------------------------------------------------------------------------------------------------ refusals

    private static final Map<String, UnaryOperator<Trainer>> REFUSED = Map.of(
            "minimizer", each -> each.minimizer(new Lbfgs()),
            "probes", each -> each.probe(_ -> false),
            "profile", each -> each.profile(true),
            "skipped steps", each -> each.skipDiverged(1),
            "watched updates", each -> each.watchUpdates(5),
            "validation every so many steps", each -> each.validateEvery(5),
            "prefetched batches", each -> each.prefetch(2),
            "augmentations", each -> each.augment(Augmentations.of(Augmentations.mixup())));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "minimizer",
                "probes",
                "profile",
                "skipped steps",
                "watched updates",
                "validation every so many steps",
                "prefetched batches",
                "augmentations"
            })
    void refusesASettingThatNeedsEachStepHereByItsName(String setting) {
        Trainer trainer = Objects.requireNonNull(REFUSED.get(setting)).apply(trainer());
        var runner = new Runner(trainer, TRAIN);
        assertThatThrownBy(() -> trainer.fit(runner))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(setting + ": expects ")
                .hasMessageContaining("taken elsewhere");
        assertThat(runner.taken).isEmpty();
    }

    @Test
    void refusesCheckpointsBetweenSteps() {
        Trainer trainer = trainer().callback(Checkpoints.into(directory).everySteps(5));
        assertThatThrownBy(() -> trainer.fit(new Runner(trainer, TRAIN)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("every 5 steps");
    }

    @Test
    void refusesARunnerWithAnotherTrainer() {
        var runner = new Runner(trainer().optimizer(adam(0.02)), TRAIN);
        assertThatThrownBy(() -> trainer().fit(runner))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("rate=0.01")
                .hasMessageContaining("rate=0.02");
    }

    @Test
    void aTrainingThatDivergesKeepsTheStateBeforeTheEpoch() {
        Trainer trainer = trainer();
        var failing = new Runner(trainer, TRAIN, number -> {
            if (number == 3) throw new DivergedException("training", "expects a finite loss, got NaN");
        });
        assertThatThrownBy(() -> trainer.callback(Checkpoints.into(directory)).fit(failing))
                .isInstanceOf(DivergedException.class);
        TrainingState state =
                Checkpoints.newest(directory, Catalog.standard(), _ -> {}).state();
        assertSame(trainer.resume(state).fit(new Runner(trainer, TRAIN)), trainer.fit(TRAIN));
    }
}

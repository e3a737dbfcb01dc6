package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.lbfgs;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.DerivedDataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ShapeException;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.WeightsHash;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Schedules;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TrainingSessionTest {
    private static final float[][] X = {{1, 0, 2}, {0, 1, -1}, {1, 1, 0}, {-1, 2, 1}, {2, -2, 0}};
    private static final int[] LABELS = {0, 1, 2, 1, 0};
    private static final Batch BATCH = new Batch(Tensor.of(X), Targets.labels(LABELS));

    private static Model model() {
        return Model.of(features(3), dense(6, RELU), dense(3, SOFTMAX)).initialize(3);
    }

    private static Trainer trainer() {
        return Trainer.of(model()).optimizer(sgd(0.1).withMomentum(0.9)).threads(2);
    }

    @Test
    void itsStepsAreThoseOfFit() {
        Dataset data = Dataset.of(X, LABELS);
        Trainer trainer = trainer().batchSize(2).epochs(4).shuffle(false);
        Run run = trainer.fit(data);
        var batches = new Batches(data, 2);
        try (var session = trainer.begin(batches.batch(0))) {
            double loss = 0;
            for (int epoch = 1; epoch <= 4; epoch++) {
                loss = 0;
                for (int i = 0; i < batches.count(); i++) {
                    Batch batch = batches.batch(i);
                    loss += session.step(batch) * batch.rows();
                }
            }
            assertThat(session.model()).isEqualTo(run.model());
            assertThat(loss / data.size()).isCloseTo(run.history().last().loss(), within(1e-12));
        }
    }

    @Test
    void tellsEachStepsNumberLossAndAccuracy() {
        try (var session = trainer().begin(BATCH)) {
            assertThat(session.steps()).isZero();
            assertThat(session.accuracy()).isEmpty();
            double first = session.step(BATCH);
            assertThat(session.steps()).isEqualTo(1);
            double last = first;
            for (int i = 1; i < 100; i++) last = session.step(BATCH);
            assertThat(session.steps()).isEqualTo(100);
            assertThat(last).isLessThan(first / 5);
            assertThat(session.accuracy()).hasValue(1);
        }
    }

    @Test
    void modelsItHandsOutDoNotChange() {
        try (var session = trainer().begin(BATCH)) {
            assertThat(session.model()).isEqualTo(model());
            session.step(BATCH);
            Model one = session.model();
            float[] before = one.parameters().toArray();
            session.step(BATCH);
            assertThat(one.parameters().toArray())
                    .isEqualTo(before)
                    .isNotEqualTo(model().parameters().toArray());
        }
    }

    @Test
    void takesValuesToo() {
        var batch = new Batch(Tensor.of(X), Targets.values(Tensor.of(new float[][] {{1}, {2}, {3}, {4}, {5}})));
        Model line = Model.of(features(3), dense(1));
        try (var session = Trainer.of(line).loss(meanSquaredError()).begin(batch)) {
            assertThat(session.step(batch)).isPositive();
            assertThat(session.accuracy()).isEmpty();
        }
    }

    @Test
    void oneSigmoidTellsTwoClassesApart() {
        var batch = new Batch(Tensor.of(X), Targets.labels(0, 1, 0, 1, 1));
        Model judge = Model.of(features(3), dense(1, SIGMOID));
        try (var session = Trainer.of(judge).begin(batch)) {
            session.step(batch);
            assertThat(session.accuracy()).isPresent();
        }
    }

    @Test
    void measuresItsSteps() {
        try (var session = trainer().profile(true).begin(BATCH)) {
            assertThat(session.profile().rows()).isEmpty();
            session.step(BATCH);
            session.step(BATCH);
            assertThat(session.profile().rows())
                    .anySatisfy(row -> {
                        assertThat(row.layer()).isEqualTo("dense1");
                        assertThat(row.calls()).isEqualTo(2);
                    })
                    .noneMatch(row -> row.phase() == Phase.DATA);
        }
        try (var session = trainer().begin(BATCH)) {
            session.step(BATCH);
            assertThat(session.profile().rows()).isEmpty();
        }
    }

    @Test
    void aStepThatFailsLeavesTheClockRight() {
        var infinite = new Batch(Tensor.of(new float[][] {{Float.NaN, 0, 0}}), Targets.labels(0));
        try (var session = trainer().profile(true).begin(BATCH)) {
            assertThatThrownBy(() -> session.step(infinite)).isInstanceOf(DivergedException.class);
            long before = session.profile().nanoseconds();
            assertThat(session.profile().nanoseconds()).isEqualTo(before);
            session.step(BATCH);
            assertThat(session.profile().rows()).anyMatch(row -> row.phase() == Phase.UPDATE && row.calls() == 1);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> new Batch(Tensor.of(X), Targets.labels(1, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("batch: expects a target for each row of inputs [5×3], got 2");
        var wide = new Batch(Tensor.of(new float[][] {{1, 2, 3, 4}}), Targets.labels(0));
        assertThatThrownBy(() -> trainer().begin(wide))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("input: expects rows of [3], got data of [4]");
        Model many = Model.of(features(3), dense(3, SIGMOID));
        assertThatThrownBy(() -> Trainer.of(many).begin(BATCH))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("got class labels");
        try (var session = trainer().begin(BATCH)) {
            assertThatThrownBy(() -> session.step(wide)).isInstanceOf(ShapeException.class);
            var unknown = new Batch(Tensor.of(X), Targets.labels(0, 1, 2, 3, 0));
            assertThatThrownBy(() -> session.step(unknown)).isInstanceOf(DataException.class);
            assertThatThrownBy(() -> session.step(BATCH.rows(0, 0)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("batch: expects at least 1 row, got none");
            var infinite = new Batch(Tensor.of(new float[][] {{Float.NaN, 0, 0}}), Targets.labels(0));
            assertThatThrownBy(() -> session.step(infinite))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("training, step ");
            assertThat(session.model()).isEqualTo(model());
        }
    }

    @Test
    void passesOverTheSameRowsLearnWhatFitLearns() {
        Dataset data = Dataset.of(X, LABELS).withWeights(1, 2, 0.5f, 1, 3);
        Trainer trainer = trainer().batchSize(2).epochs(4).seed(5);
        Run run = trainer.fit(data);
        try (var session = trainer.begin(data)) {
            for (int epoch = 1; epoch <= 4; epoch++) {
                double loss = session.partialFit(data);
                session.endEpoch();
                assertThat(loss).isEqualTo(run.history().epochs().get(epoch - 1).loss());
            }
            assertThat(session.steps()).isEqualTo(12);
            assertThat(session.model()).isEqualTo(run.model());
        }
    }

    @Test
    void passesFollowTheTrainersBatchesAndDropTheLast() {
        Dataset data = Dataset.of(X, LABELS);
        Trainer trainer = trainer().batchSize(2).epochs(3).dropLast(true);
        List<Integer> rows = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        Run run = trainer.schedule(Schedules.cosine())
                .listener(event -> {
                    if (event instanceof TrainingEvent.Started started) {
                        assertThat(started.batches()).isEqualTo(2);
                    }
                    if (event instanceof TrainingEvent.StepEnded step) {
                        rows.add(step.rows());
                        rates.add(step.rate());
                    }
                })
                .fit(data);
        assertThat(rows).containsExactly(2, 2, 2, 2, 2, 2);
        assertThat(rates.getLast()).isCloseTo(0.05 * (1 + Math.cos(Math.PI * 5 / 6)), within(1e-9));
        assertThat(run.model()).isNotEqualTo(model());
        try (var session = trainer.begin(data)) {
            session.partialFit(data);
            assertThat(session.steps()).isEqualTo(2);
            session.partialFit(data.rows(0, 3));
            assertThat(session.steps()).isEqualTo(3);
            assertThatThrownBy(() -> session.partialFit(data.rows(0)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("expects at least 1 batch of 2 rows, got 1 rows in all");
        }
        assertThatThrownBy(() -> trainer.batchSize(6).fit(data)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> trainer.minimizer(lbfgs()).fit(data)).hasMessageContaining("dropLast(true)");
    }

    @Test
    void rowsThatDoNotFitTheSessionAreRefusedBeforeAnythingIsLearned() {
        Dataset data = Dataset.of(X, LABELS);
        try (var session = trainer().begin(data)) {
            assertThatThrownBy(() -> session.partialFit(Dataset.of(new float[][] {{1}}, new int[] {0})))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> session.partialFit(Dataset.joint(data, data)))
                    .isInstanceOf(ShapeException.class);
            assertThat(session.model()).isEqualTo(model());
        }
    }

    /// Rows that have something done each time they are read.
    private static Dataset reading(Runnable also) {
        Dataset rows = Dataset.of(X, LABELS);
        return new DerivedDataset() {
            @Override
            public Dataset source() {
                return rows;
            }

            @Override
            public void readInput(int row, float[] array, int at) {
                also.run();
                rows.readInput(row, array, at);
            }
        };
    }

    @Test
    void aCallInTheMiddleOfAnotherIsRefused() {
        try (var session = trainer().begin(BATCH)) {
            List<Runnable> calls = List.of(
                    () -> session.step(BATCH),
                    () -> session.partialFit(Dataset.of(X, LABELS)),
                    () -> session.evaluate(Dataset.of(X, LABELS)),
                    session::endEpoch,
                    () -> session.endEpoch(1));
            Dataset curious = reading(() -> {
                for (Runnable call : calls) {
                    assertThatThrownBy(call::run)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("training session: expects one call at a time, got one in the ");
                }
            });
            session.partialFit(curious);
            session.evaluate(curious);
            Dataset other = reading(() -> assertThatThrownBy(() -> CompletableFuture.runAsync(() -> session.step(BATCH))
                            .join())
                    .hasCauseInstanceOf(IllegalStateException.class));
            session.partialFit(other);
            assertThat(session.steps()).isEqualTo(2);
            assertThatThrownBy(() -> session.partialFit(reading(() -> {
                        throw new UnsupportedOperationException();
                    })))
                    .isInstanceOf(UnsupportedOperationException.class);
            session.step(BATCH); // which a call that has failed does not keep out
        }
    }

    /// A thread that only reads gets models of the ends of steps, while another thread takes them.
    @Test
    void modelsOfOtherThreadsAreOfOneStepEach() throws Exception {
        Model wide = Model.of(features(3), batchNorm(), dense(20_000, TANH), dense(3, SOFTMAX));
        Trainer trainer = Trainer.of(wide).average(Averaging.ema(0.9)).threads(1);
        int steps = 30;
        Set<String> known = new HashSet<>();
        try (var session = trainer.begin(BATCH)) {
            known.add(WeightsHash.sha256(session.model()));
            for (int i = 0; i < steps; i++) {
                session.step(BATCH);
                known.add(WeightsHash.sha256(session.model()));
                known.add(WeightsHash.sha256(session.last()));
            }
        }
        List<Model> seen = new ArrayList<>();
        var begun = new CountDownLatch(1);
        try (var session = trainer.begin(BATCH)) {
            var reader = CompletableFuture.runAsync(() -> {
                begun.countDown();
                while (session.steps() < steps) {
                    seen.add(session.model());
                    seen.add(session.last());
                }
            });
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < steps; i++) session.step(BATCH);
            reader.get(60, TimeUnit.SECONDS);
        }
        assertThat(seen).hasSizeGreaterThan(3);
        assertThat(seen).allSatisfy(each -> assertThat(known).contains(WeightsHash.sha256(each)));
    }

    @Test
    void whatIsClosedLearnsNoMoreAndKeepsItsModel() {
        TrainingSession session = trainer().begin(BATCH);
        session.step(BATCH);
        session.close();
        session.close();
        for (Runnable call : List.<Runnable>of(
                () -> session.step(BATCH),
                () -> session.partialFit(Dataset.of(X, LABELS)),
                () -> session.evaluate(Dataset.of(X, LABELS)),
                session::endEpoch)) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("training session: expects calls before close(), got one after it");
        }
        assertThat(session.model()).isEqualTo(session.last()).isNotEqualTo(model());
        assertThat(session.steps()).isEqualTo(1);
    }

    private static Trainer resumable() {
        return Trainer.of(Model.of(features(3), dropout(0.2), dense(6, RELU), dense(3, SOFTMAX))
                        .initialize(3))
                .optimizer(adam(0.02))
                .schedule(Schedules.reduceOnPlateau().withPatience(0))
                .average(Averaging.ema(0.9))
                .batchSize(2)
                .seed(7)
                .threads(2);
    }

    private static void passes(TrainingSession session, int from, int to) {
        for (int pass = from; pass < to; pass++) session.endEpoch(session.partialFit(Dataset.of(X, LABELS)));
    }

    @Test
    void whatIsResumedAfterAnyPassLearnsWhatAnUnbrokenSessionDoes() {
        Model whole;
        try (var session = resumable().begin(Dataset.of(X, LABELS))) {
            passes(session, 0, 6);
            whole = session.model();
        }
        for (int k = 0; k <= 6; k++) {
            TrainingState state;
            try (var session = resumable().begin(Dataset.of(X, LABELS))) {
                passes(session, 0, k);
                state = session.state();
            }
            try (var session = resumable().resume(state).begin(BATCH)) {
                assertThat(session.epoch()).isEqualTo(1 + k);
                assertThat(session.steps()).isEqualTo(3L * k);
                passes(session, k, 6);
                assertThat(session.model()).as("resumed after pass %d", k).isEqualTo(whole);
            }
        }
    }

    @Test
    void aSessionOfOtherSettingsOrKindDoesNotGoOn() {
        TrainingState state;
        try (var session = resumable().begin(BATCH)) {
            state = session.state();
        }
        assertThatThrownBy(() -> resumable().batchSize(3).resume(state).begin(BATCH))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("batch size 2 (now 3)");
        assertThatThrownBy(() -> resumable().resume(state).learner())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("loss");
        assertThatThrownBy(() -> resumable().resume(state).fit(Dataset.of(X, LABELS)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data none");
    }
}

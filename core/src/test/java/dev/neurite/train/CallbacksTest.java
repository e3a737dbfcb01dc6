package dev.neurite.train;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Losses;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Model;
import dev.neurite.model.Pass;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Moment;
import dev.neurite.optim.ReduceOnPlateau;
import dev.neurite.optim.Schedule;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingEvent.StepSkipped;
import dev.neurite.train.TrainingEvent.Validated;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallbacksTest {
    private static final Dataset TRAIN = clusters(30, 1);
    private static final Dataset VALIDATION = clusters(20, 2);

    private static Dataset clusters(int rows, long seed) {
        var random = new KeyedRandom(seed);
        float[][] inputs = new float[rows][4];
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            labels[i] = i % 2;
            for (int j = 0; j < 4; j++) inputs[i][j] = (float) random.nextGaussian() + 0.5f * labels[i];
        }
        return Dataset.of(inputs, labels);
    }

    private static Trainer trainer() {
        Model model = Model.of(features(4), dense(8, TANH), dense(2, SOFTMAX)).initialize(1);
        return Trainer.of(model).optimizer(adam(0.05)).batchSize(8).epochs(60).threads(1);
    }

    private static float[] parameters(Model model) {
        return model.parameters().toArray();
    }

    @Test
    void earlyStoppingEndsWhenNothingGetsBetterAndGivesTheBestWeights() {
        List<float[]> each = new ArrayList<>();
        Trainer trainer = trainer().callback(new EarlyStopping(4)).callback(training -> event -> {
            if (event instanceof EpochEnded) each.add(parameters(training.model()));
        });
        Run run = trainer.fit(TRAIN, VALIDATION);
        List<EpochResult> epochs = run.history().epochs();
        int best = 0;
        for (int i = 0; i < epochs.size(); i++) {
            if (loss(epochs.get(i)) < loss(epochs.get(best))) best = i;
        }
        assertThat(epochs).hasSize(best + 1 + 4).hasSizeLessThan(60);
        assertThat(parameters(run.model())).isEqualTo(each.get(best)).isNotEqualTo(parameters(run.last()));
        assertThat(parameters(run.last())).isEqualTo(each.getLast());
        assertThat(run.stopReason().orElseThrow()).startsWith("loss was best in epoch " + (best + 1) + ": ");
        assertThat(run.paused()).isFalse();
    }

    private static double loss(EpochResult result) {
        return result.validation().orElseThrow().loss();
    }

    @Test
    void theBestWeightsComeBackWhereTrainingGoesThroughAllEpochsToo() {
        Run run = trainer()
                .epochs(12)
                .callback(new EarlyStopping(100).withMonitor("accuracy"))
                .fit(TRAIN, VALIDATION);
        double best = run.history().epochs().stream()
                .mapToDouble(each -> each.validation().orElseThrow().accuracy().orElseThrow())
                .max()
                .orElseThrow();
        assertThat(Evaluation.of(run.model(), VALIDATION, Losses.crossEntropy()).accuracy())
                .hasValue(best);
        assertThat(run.stopReason()).isEmpty();
    }

    @Test
    void whatIsBetterByLessThanTheLeastDifferenceDoesNotCount() {
        Run run = trainer().callback(new EarlyStopping(3).withMinDelta(1000)).fit(TRAIN, VALIDATION);
        assertThat(run.history().epochs()).hasSize(4); // the first is best
    }

    @Test
    void anyFigureThatIsMeasuredCanBeWatchedInItsOwnDirection() {
        Run run = trainer()
                .metrics(Metrics.rocAuc())
                .callback(new EarlyStopping(3).withMonitor("roc-auc"))
                .fit(TRAIN, VALIDATION);
        double best = run.history().epochs().stream()
                .mapToDouble(each -> each.validation()
                        .orElseThrow()
                        .metrics()
                        .firstEntry()
                        .getValue()
                        .orElseThrow())
                .max()
                .orElseThrow();
        Evaluation given = Evaluation.of(run.model(), VALIDATION, Losses.crossEntropy(), Metrics.rocAuc());
        assertThat(given.metrics().get("roc-auc")).hasValue(best);
    }

    @Test
    void oneCallbackServesSeveralTrainings() {
        Trainer trainer = trainer().callback(new EarlyStopping(4));
        assertThat(parameters(trainer.fit(TRAIN, VALIDATION).model()))
                .isEqualTo(parameters(trainer.fit(TRAIN, VALIDATION).model()));
    }

    @Test
    void earlyStoppingNeedsValidationAndAKnownFigure() {
        assertThatThrownBy(() -> trainer().callback(new EarlyStopping(1)).fit(TRAIN))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("early stopping: expects validation data");
        assertThatThrownBy(() -> trainer()
                        .callback(new EarlyStopping(1).withMonitor("roc-auc"))
                        .fit(TRAIN, VALIDATION))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects one of the metrics that are measured, loss, accuracy, got 'roc-auc'");
        assertThatThrownBy(() -> new EarlyStopping(0)).hasMessageContaining("expects a patience from 1, got 0");
        assertThatThrownBy(() -> new EarlyStopping(1).withMinDelta(Double.NaN)).hasMessageContaining("got NaN");
    }

    @Test
    void aFigureThatTheDataDoesNotHaveIsRefused() {
        float[][] values = new float[TRAIN.size()][1];
        float[][] inputs = new float[TRAIN.size()][4];
        for (int i = 0; i < inputs.length; i++) TRAIN.readInput(i, inputs[i], 0);
        Dataset data = Dataset.of(inputs, values);
        Trainer regression = Trainer.of(Model.of(features(4), dense(1))).loss(Losses.meanSquaredError());
        assertThatThrownBy(() -> regression
                        .callback(new EarlyStopping(1).withMonitor("accuracy"))
                        .fit(data, data))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("got accuracy, a metric of classes");
    }

    @Test
    void allHearAnEventAtWhichOneThrows() {
        List<String> heard = new ArrayList<>();
        assertThatThrownBy(() -> trainer()
                        .listener(event -> {
                            if (event instanceof EpochEnded) throw new IllegalStateException("mine");
                        })
                        .listener(event -> heard.add(event.getClass().getSimpleName()))
                        .fit(TRAIN))
                .hasMessage("mine");
        assertThat(heard.subList(heard.size() - 2, heard.size())).containsExactly("EpochEnded", "Failed");
    }

    @Test
    void aTimeLimitPausesAfterTheStepAtWhichItIsOver() {
        long[] now = {0};
        var limit = new TimeLimit(Duration.ofSeconds(10));
        List<Long> steps = new ArrayList<>();
        Run run = trainer()
                .callback(training -> limit.begin(training, () -> now[0]))
                .callback(training -> event -> {
                    if (event instanceof StepEnded step) steps.add(step.step());
                    now[0] += 1_500_000_000L; // an event takes so long
                })
                .fit(TRAIN);
        assertThat(run.paused()).isTrue();
        assertThat(run.stopReason()).hasValue("time limit of 10s");
        assertThat(steps.size()).isBetween(5, 7);
        assertThatThrownBy(() -> new TimeLimit(Duration.ZERO)).isInstanceOf(ConfigException.class);
    }

    @Test
    void aValidationBetweenStepsIsToldAndChangesNothing() {
        List<Long> steps = new ArrayList<>();
        Trainer trainer = trainer().epochs(3);
        Run run = trainer.validateEvery(5)
                .listener(event -> {
                    if (event instanceof Validated validated) steps.add(validated.step());
                })
                .fit(TRAIN, VALIDATION);
        assertThat(steps).containsExactly(5L, 10L);
        assertThat(parameters(run.model()))
                .isEqualTo(parameters(trainer.fit(TRAIN, VALIDATION).model()));
        assertThatThrownBy(() -> trainer.validateEvery(0)).isInstanceOf(ConfigException.class);
    }

    /// Two batches of the second epoch have a loss that is no number.
    private static Dataset poisoned(int[] bad) {
        return new dev.neurite.data.DerivedDataset() {
            @Override
            public Dataset source() {
                return TRAIN;
            }

            @Override
            public void readInput(int row, float[] array, int at) {
                TRAIN.readInput(row, array, at);
                for (int each : bad) if (row == each) array[at] = Float.NaN;
            }
        };
    }

    @Test
    void divergedStepsArePassedOverAsOftenAsIsAllowedInARow() {
        Dataset data = poisoned(new int[] {9, 17}); // in batches 2 and 3 of 4
        List<StepSkipped> skipped = new ArrayList<>();
        Trainer trainer = trainer().epochs(2).shuffle(false);
        assertThatThrownBy(() -> trainer.fit(data)).isInstanceOf(DivergedException.class);
        assertThatThrownBy(() -> trainer.skipDiverged(1).fit(data))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("epoch 1, batch 3");
        Run run = trainer.skipDiverged(2)
                .listener(event -> {
                    if (event instanceof StepSkipped step) skipped.add(step);
                })
                .fit(data);
        assertThat(skipped).extracting(StepSkipped::batch).containsExactly(2, 3, 2, 3);
        assertThat(skipped).extracting(StepSkipped::step).containsExactly(2L, 2L, 4L, 4L);
        assertThat(run.model().parameters().get("dense1.weight").isFinite()).isTrue();
        assertThatThrownBy(() -> trainer.skipDiverged(-1)).isInstanceOf(ConfigException.class);
    }

    @Test
    void anInterruptedThreadPausesTheTrainingAndStaysInterrupted() {
        Run run = trainer()
                .listener(event -> {
                    if (event instanceof StepEnded step && step.step() == 6)
                        Thread.currentThread().interrupt();
                })
                .fit(TRAIN);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(run.paused()).isTrue();
        assertThat(run.stopReason()).hasValue("interrupted");
        assertThat(run.history().epochs()).hasSize(1);
    }

    @Test
    void observersAreClosedHoweverATrainingEnds() {
        List<String> heard = new ArrayList<>();
        Callback callback = training -> new Callback.Observer() {
            @Override
            public void on(TrainingEvent event) {
                if (event instanceof TrainingEvent.Failed(Throwable cause)) heard.add("failed " + cause.getMessage());
                if (event instanceof StepEnded step && step.step() == 2) throw new IllegalStateException("no more");
            }

            @Override
            public void close() {
                heard.add("closed");
            }
        };
        assertThatThrownBy(() -> trainer().callback(callback).fit(TRAIN)).hasMessage("no more");
        assertThat(heard).containsExactly("failed no more", "closed");
    }

    @Test
    void whatFailsWhileAFailureIsToldTakesNotItsPlace() {
        var full = new OutOfMemoryError("of an observer");
        Callback callback = training -> event -> {
            if (event instanceof TrainingEvent.Failed) throw full;
            if (event instanceof StepEnded) throw new IllegalStateException("the cause");
        };
        assertThatThrownBy(() -> trainer().callback(callback).fit(TRAIN))
                .hasMessage("the cause")
                .hasSuppressedException(full);
    }

    @Test
    void aTrainingThatIsFinishedDoesNotGoOn() {
        List<TrainingState> states = new ArrayList<>();
        Callback finish = training -> event -> {
            if (!(event instanceof StepEnded step) || step.step() != 7) return;
            training.finish("enough");
            states.add(training.state());
        };
        Run run = trainer().optimizer(sgd(0.1)).callback(finish).fit(TRAIN);
        assertThat(run.stopReason()).isEqualTo(Optional.of("enough"));
        assertThat(run.paused()).isFalse();
        Run again = trainer().optimizer(sgd(0.1)).resume(states.getFirst()).fit(TRAIN);
        assertThat(again.stopReason()).isEqualTo(Optional.of("enough"));
        assertThat(parameters(again.model())).isEqualTo(parameters(run.model()));
    }

    @Test
    void aTrainingThatEndsBeforeItsFirstEpochHasAModelAndNoEpoch() {
        Callback finish = training -> event -> {
            if (event instanceof StepEnded) training.finish("enough");
        };
        Run run = trainer().optimizer(sgd(0.1)).batchSize(1).callback(finish).fit(TRAIN);
        assertThat(run.stopReason()).contains("enough");
        assertThat(run.history().epochs()).isEmpty();
        assertThatThrownBy(() -> run.history().last())
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("history: expects an epoch that has ended");
    }

    // ----------------------------------------------------------------------------------------------- the learning rate

    /// Halves the learning rate at the end of every second epoch.
    private record Halving() implements Callback {
        @Override
        public boolean affectsResult() {
            return true;
        }

        @Override
        public Observer begin(TrainingControl training) {
            return event -> {
                if (event instanceof EpochEnded(EpochResult result) && result.epoch() % 2 == 0) {
                    training.learningRate(training.learningRate() / 2);
                }
            };
        }
    }

    @Test
    void aCallbackChangesTheLearningRateAndAllHearOfIt() {
        List<Double> rates = new ArrayList<>();
        List<TrainingEvent.RateChanged> changes = new ArrayList<>();
        trainer()
                .epochs(5)
                .batchSize(30)
                .callback(new Halving())
                .listener(event -> {
                    if (event instanceof StepEnded step) rates.add(step.rate());
                    if (event instanceof TrainingEvent.RateChanged change) changes.add(change);
                })
                .fit(TRAIN);
        assertThat(rates).containsExactly(0.05, 0.05, 0.025, 0.025, 0.0125);
        assertThat(changes)
                .containsExactly(
                        new TrainingEvent.RateChanged(3, 2, 0.05, 0.025),
                        new TrainingEvent.RateChanged(5, 4, 0.025, 0.0125));
    }

    @Test
    void aScheduleGoesOnFromAChangedLearningRate() {
        List<Double> rates = new ArrayList<>();
        trainer()
                .epochs(4)
                .batchSize(30)
                .schedule(dev.neurite.optim.Schedules.exponential(0.5))
                .callback(new Halving())
                .listener(event -> {
                    if (event instanceof StepEnded step) rates.add(step.rate());
                })
                .fit(TRAIN);
        assertThat(rates).containsExactly(0.05, 0.025, 0.00625, 0.003125);
    }

    @Test
    void aTrainingWhoseLearningRateWasChangedResumesToTheBit() {
        List<TrainingState> states = new ArrayList<>();
        Trainer trainer = trainer().epochs(7).callback(new Halving());
        Run whole = trainer.fit(TRAIN);
        Callback pause = training -> new Callback.Observer() {
            @Override
            public void on(TrainingEvent event) {
                if (event instanceof StepEnded step && step.step() == 18) training.pause("here");
            }

            @Override
            public void afterEvents() {
                if (training.steps() == 18) states.add(training.state());
            }
        };
        trainer.callback(pause).fit(TRAIN);
        Run resumed = trainer.resume(states.getFirst()).fit(TRAIN);
        assertThat(parameters(resumed.model())).isEqualTo(parameters(whole.model()));
    }

    @Test
    void whatIsNoLearningRateIsRefused() {
        Callback wrong = training -> event -> {
            if (event instanceof EpochEnded) training.learningRate(Double.NaN);
        };
        assertThatThrownBy(() -> trainer().callback(wrong).fit(TRAIN))
                .isInstanceOf(ConfigException.class)
                .hasMessage("learning rate: expects a number from 0 to below 1e10, got NaN");
        assertThatThrownBy(() -> trainer()
                        .minimizer(new Lbfgs())
                        .epochs(2)
                        .callback(new Halving())
                        .fit(TRAIN))
                .isInstanceOf(ConfigException.class)
                .hasMessage("learning rate: expects an optimizer, which has one, got a minimizer");
    }

    // ------------------------------------------------------------------------------------------- the monitored metric

    /// Notes what the schedule watches.
    private static List<Double> watched(Trainer trainer, boolean validates) {
        List<Double> seen = new ArrayList<>();
        record Watching(List<Double> seen) implements Schedule {
            @Override
            public Unit unit() {
                return Unit.EPOCH;
            }

            @Override
            public double rate(double base, Moment at) {
                seen.clear();
                seen.addAll(at.watched());
                return base;
            }
        }
        Trainer watching = trainer.epochs(4).schedule(new Watching(seen));
        Run run = validates ? watching.fit(TRAIN, VALIDATION) : watching.fit(TRAIN);
        seen.add(run.history().last().loss()); // so that lists of all have four
        return seen.subList(0, 3);
    }

    @Test
    void aScheduleWatchesTheMetricThatTheTrainerMonitors() {
        List<EpochResult> epochs = trainer()
                .epochs(3)
                .metrics(Metrics.rocAuc())
                .fit(TRAIN, VALIDATION)
                .history()
                .epochs();
        List<Double> train = epochs.stream().map(EpochResult::loss).toList();
        List<Double> validation = epochs.stream().map(CallbacksTest::loss).toList();
        List<Double> metric = epochs.stream()
                .map(each -> each.validation().orElseThrow().metrics())
                .map(each -> Objects.requireNonNull(each.get("roc-auc")).orElseThrow())
                .toList();
        assertThat(watched(trainer(), false)).isEqualTo(train);
        assertThat(watched(trainer(), true)).isEqualTo(validation);
        assertThat(watched(trainer().monitor("train_loss"), true)).isEqualTo(train);
        assertThat(watched(trainer().monitor("roc-auc").metrics(Metrics.rocAuc()), true))
                .isEqualTo(metric);
    }

    @Test
    void aMetricThatIsNotMeasuredOrOfTheOtherDirectionIsRefused() {
        Schedule plateau = new ReduceOnPlateau();
        assertThatThrownBy(() -> trainer().schedule(plateau).monitor("accuracy").fit(TRAIN, VALIDATION))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects to watch a metric of which lower is better, got accuracy");
        Schedule rising = new ReduceOnPlateau().withHigherIsBetter();
        assertThatThrownBy(() -> trainer().schedule(rising).fit(TRAIN))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects to watch a metric of which higher is better, got train_loss");
        assertThatThrownBy(() -> trainer().monitor("accuracy").fit(TRAIN))
                .hasMessage("monitored metric: expects validation data, whose accuracy it watches, got none."
                        + " Call fit(train, validation)");
        assertThatThrownBy(() -> trainer().monitor("f2").fit(TRAIN, VALIDATION))
                .hasMessageContaining("expects one of the metrics that are measured, loss, accuracy, got 'f2'");
        assertThat(trainer()
                        .epochs(2)
                        .schedule(rising)
                        .monitor("accuracy")
                        .fit(TRAIN, VALIDATION)
                        .stopReason())
                .isEmpty();
        assertThat(trainer()
                        .epochs(2)
                        .schedule(rising)
                        .monitor("train_accuracy")
                        .fit(TRAIN)
                        .stopReason())
                .isEmpty();
    }

    // ------------------------------------------------------------------------------------------------- diverged steps

    /// Counts the rows that it is given at once, and makes an infinite value of large ones.
    private static final class Bursting implements Layer {
        private int most;

        @Override
        public Shape build(Shape input, Declarations declare) {
            return input;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            most = Math.max(most, x.rows());
            Tensor y = pass.like(x);
            for (int i = 0; i < x.size(); i++) {
                float value = x.array()[x.offset() + i];
                y.array()[y.offset() + i] = value > 1e6 ? Float.POSITIVE_INFINITY : value;
            }
            return pass.backward(x, y, (dy, dx) -> pass.kernels().scale(1, dy, dx));
        }
    }

    @Test
    void theLayerThatDivergesFirstIsFoundShardByShardAndNoLaterOneRuns() {
        var first = new Bursting();
        var second = new Bursting();
        Model model = Model.of(features(4), first, dense(8, TANH), second, dense(2, SOFTMAX));
        float[][] inputs = new float[16][4];
        inputs[13][2] = 1e7f;
        int[] labels = new int[16];
        labels[1] = 1;
        Dataset data = Dataset.of(inputs, labels);
        Trainer trainer = Trainer.of(model).batchSize(16).shards(8).threads(1).skipDiverged(1);
        List<DivergedException> problems = new ArrayList<>();
        trainer.listener(event -> {
                    if (event instanceof StepSkipped skipped) problems.add(skipped.problem());
                })
                .fit(data);
        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst()).hasMessageContaining("the first layer whose output is not finite is bursting1");
        assertThat(first.most).isEqualTo(2);
        assertThat(second.most).isEqualTo(2);
    }
}

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
import dev.neurite.model.Model;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingEvent.StepSkipped;
import dev.neurite.train.TrainingEvent.Validated;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
        assertThat(run.stopped().orElseThrow()).startsWith("loss was best in epoch " + (best + 1) + ": ");
        assertThat(run.paused()).isFalse();
    }

    private static double loss(EpochResult result) {
        return result.validation().orElseThrow().loss();
    }

    @Test
    void theBestWeightsComeBackWhereTrainingGoesThroughAllEpochsToo() {
        Run run = trainer()
                .epochs(12)
                .callback(new EarlyStopping(100).withFigure("accuracy"))
                .fit(TRAIN, VALIDATION);
        double best = run.history().epochs().stream()
                .mapToDouble(each -> each.validation().orElseThrow().accuracy().orElseThrow())
                .max()
                .orElseThrow();
        assertThat(Evaluation.of(run.model(), VALIDATION, Losses.crossEntropy()).accuracy())
                .hasValue(best);
        assertThat(run.stopped()).isEmpty();
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
                .callback(new EarlyStopping(3).withFigure("roc-auc"))
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
                        .callback(new EarlyStopping(1).withFigure("roc-auc"))
                        .fit(TRAIN, VALIDATION))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects one of the figures that are measured, loss, accuracy, got 'roc-auc'");
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
                        .callback(new EarlyStopping(1).withFigure("accuracy"))
                        .fit(data, data))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("got accuracy, which classes have");
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
        assertThat(run.stopped()).hasValue("time limit of 10s");
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
        assertThat(run.stopped()).hasValue("interrupted");
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
        assertThat(run.stopped()).isEqualTo(Optional.of("enough"));
        assertThat(run.paused()).isFalse();
        Run again = trainer().optimizer(sgd(0.1)).resume(states.getFirst()).fit(TRAIN);
        assertThat(again.stopped()).isEqualTo(Optional.of("enough"));
        assertThat(parameters(again.model())).isEqualTo(parameters(run.model()));
    }
}

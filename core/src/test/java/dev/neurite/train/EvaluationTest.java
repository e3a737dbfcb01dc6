package dev.neurite.train;

import static dev.neurite.kernel.Activation.LOG_SOFTMAX;
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.binaryCrossEntropy;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.hinge;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.loss.Losses.multiMargin;
import static dev.neurite.loss.Losses.negativeLogLikelihood;
import static dev.neurite.metric.Metrics.accuracy;
import static dev.neurite.metric.Metrics.averagePrecision;
import static dev.neurite.metric.Metrics.brier;
import static dev.neurite.metric.Metrics.calibrationError;
import static dev.neurite.metric.Metrics.f1;
import static dev.neurite.metric.Metrics.hammingLoss;
import static dev.neurite.metric.Metrics.logLoss;
import static dev.neurite.metric.Metrics.mae;
import static dev.neurite.metric.Metrics.mse;
import static dev.neurite.metric.Metrics.r2;
import static dev.neurite.metric.Metrics.rocAuc;
import static dev.neurite.metric.Metrics.topK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Average;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Predictions;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    private static final int ROWS = 1100; // three batches of an evaluation
    private static final float[][] INPUTS = new float[ROWS][5];
    private static final int[] LABELS = new int[ROWS];
    private static final int[] BITS = new int[ROWS];
    private static final float[][] VALUES = new float[ROWS][3];
    private static final float[][] ZEROS_AND_ONES = new float[ROWS][3];

    static {
        var random = new KeyedRandom(5);
        for (int i = 0; i < ROWS; i++) {
            LABELS[i] = i % 3;
            BITS[i] = i * 7 % 5 / 3;
            for (int j = 0; j < 5; j++) INPUTS[i][j] = (float) random.nextGaussian();
            for (int j = 0; j < 3; j++) {
                VALUES[i][j] = (float) random.nextGaussian();
                ZEROS_AND_ONES[i][j] = VALUES[i][j] > 0.3f ? 1 : 0;
            }
        }
    }

    private static final Dataset CLASSES = Dataset.of(INPUTS, LABELS);
    private static final Dataset NUMBERS = Dataset.of(INPUTS, VALUES);
    private static final Dataset SETS = Dataset.of(INPUTS, ZEROS_AND_ONES);

    private static float[] predicted(Model model) {
        return model.predict(Tensor.of(INPUTS)).toArray();
    }

    private static float[] flat(float[][] rows) {
        return Tensor.of(rows).toArray();
    }

    private static void assertMeasured(Model model, Dataset data, Loss loss, Predictions expected, Metric... metrics) {
        Evaluation evaluation = Evaluation.of(model, data, loss, metrics);
        assertThat(evaluation.metrics()).hasSize(metrics.length);
        for (Metric metric : metrics) {
            assertThat(evaluation.metrics()).containsEntry(metric.name(), metric.of(expected));
            assertThat(metric.of(expected)).isPresent();
        }
    }

    @Test
    void metricsOfASoftmaxAreOfTheProbabilitiesThatTheModelPredicts() {
        Model model = Model.of(features(5), dense(7, RELU), dense(3, SOFTMAX)).initialize(1);
        Predictions p = Predictions.ofClasses(3, predicted(model), LABELS);
        Metric[] metrics = {logLoss(), brier(), calibrationError(), rocAuc(), topK(2), f1(Average.MACRO), accuracy()};
        assertMeasured(model, CLASSES, crossEntropy(), p, metrics);
        assertMeasured(model, CLASSES, meanSquaredError(), p, metrics);

        Evaluation evaluation = Evaluation.of(model, CLASSES, crossEntropy(), metrics);
        assertThat(evaluation.metrics().sequencedKeySet())
                .containsExactly("log-loss", "brier", "calibration-error", "roc-auc", "top-2", "f1-macro", "accuracy");
        assertThat(evaluation.metrics().get("log-loss")).isPresent();
        assertThat(figure(evaluation, logLoss())).isCloseTo(evaluation.loss(), within(1e-6));
        assertThat(evaluation.metrics()).containsEntry("accuracy", evaluation.accuracy());
        assertThat(evaluation.metrics())
                .containsEntry("f1-macro", evaluation.confusion().orElseThrow().macroF1());
        assertThatThrownBy(() -> evaluation.metrics().put("x", OptionalDouble.empty()))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private static double figure(Evaluation evaluation, Metric metric) {
        return evaluation
                .metrics()
                .getOrDefault(metric.name(), OptionalDouble.empty())
                .orElseThrow();
    }

    @Test
    void metricsOfLogitsAreOfTheirSoftmax() {
        Model logits = Model.of(features(5), dense(7, RELU), dense(3)).initialize(1);
        Model softmax = Model.of(features(5), dense(7, RELU), dense(3, SOFTMAX)).initialize(1);
        Predictions p = Predictions.ofClasses(3, predicted(softmax), LABELS);
        assertMeasured(logits, CLASSES, crossEntropy(), p, logLoss(), brier(), rocAuc());
    }

    @Test
    void metricsOfLogProbabilitiesAreOfTheProbabilities() {
        Model logs = Model.of(features(5), dense(3, LOG_SOFTMAX)).initialize(1);
        Model same = Model.of(features(5), dense(3, SOFTMAX)).initialize(1);
        Predictions p = Predictions.ofClasses(3, predicted(same), LABELS);
        Metric[] metrics = {brier(), logLoss()};
        Evaluation evaluation = Evaluation.of(logs, CLASSES, negativeLogLikelihood(), metrics);
        for (Metric metric : metrics) {
            assertThat(figure(evaluation, metric)).isCloseTo(metric.of(p).orElseThrow(), within(1e-6));
        }
    }

    @Test
    void scoresOfAMarginAreNoProbabilities() {
        Model many = Model.of(features(5), dense(3)).initialize(3);
        Predictions scores = Predictions.ofScores(3, predicted(many), LABELS);
        assertMeasured(many, CLASSES, multiMargin(), scores, accuracy(), rocAuc());
        assertThatThrownBy(() -> Evaluation.of(many, CLASSES, multiMargin(), brier()))
                .hasMessage("brier: expects probabilities of classes, got scores of classes");

        Dataset two = Dataset.of(INPUTS, BITS);
        Model one = Model.of(features(5), dense(1)).initialize(3);
        for (Loss loss : List.of(hinge(), meanSquaredError())) {
            Evaluation evaluation = Evaluation.of(one, two, loss, accuracy(), rocAuc());
            assertThat(evaluation.metrics()).containsEntry("accuracy", evaluation.accuracy());
        }
    }

    @Test
    void sigmoidsOfClassesThatDoNotAddUpAreScores() {
        Model model = Model.of(features(5), dense(3, SIGMOID)).initialize(3);
        Predictions scores = Predictions.ofScores(3, predicted(model), LABELS);
        assertMeasured(model, CLASSES, meanSquaredError(), scores, accuracy(), rocAuc());
        assertThatThrownBy(() -> Evaluation.of(model, CLASSES, meanSquaredError(), calibrationError()))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void logitsOfLabelsAreMeasuredAsTheirSigmoids() {
        Model logits = Model.of(features(5), dense(3)).initialize(4);
        Model model = Model.of(features(5), dense(3, SIGMOID)).initialize(4);
        Predictions p = Predictions.ofLabels(3, predicted(model), flat(ZEROS_AND_ONES));
        for (Model each : List.of(logits, model)) {
            assertMeasured(each, SETS, binaryCrossEntropy(), p, accuracy(), hammingLoss(), rocAuc(), mse());
        }
    }

    @Test
    void rowsCountWithTheirWeightsAndIgnoredOnesNotAtAll() {
        Model model = Model.of(features(5), dense(3, SOFTMAX)).initialize(1);
        float[] weights = new float[ROWS];
        double[] same = new double[ROWS];
        for (int i = 0; i < ROWS; i++) same[i] = weights[i] = i % 4 / 2f;
        Predictions p = Predictions.ofClasses(3, predicted(model), LABELS);
        assertMeasured(
                model,
                CLASSES.withWeights(weights),
                crossEntropy(),
                p.withWeights(same),
                logLoss(),
                rocAuc(),
                accuracy());

        for (int i = 0; i < ROWS; i++) same[i] = LABELS[i] == 2 ? 0 : 1;
        Evaluation evaluation = Evaluation.of(model, CLASSES, crossEntropy().ignoring(2), logLoss(), accuracy());
        for (Metric metric : List.of(logLoss(), accuracy())) {
            assertThat(evaluation.metrics()).containsEntry(metric.name(), metric.of(p.withWeights(same)));
        }
    }

    @Test
    void probabilitiesOfClassesMayBeTheAnswers() {
        float[][] oneHot = new float[ROWS][3];
        for (int i = 0; i < ROWS; i++) oneHot[i][LABELS[i]] = 1;
        Model model = Model.of(features(5), dense(3, SOFTMAX)).initialize(1);
        Predictions p = Predictions.ofClasses(3, predicted(model), LABELS);
        assertMeasured(model, Dataset.of(INPUTS, oneHot), crossEntropy(), p, logLoss(), brier(), rocAuc());
    }

    @Test
    void oneSigmoidIsTheProbabilityOfTheSecondClass() {
        Model model = Model.of(features(5), dense(1, SIGMOID)).initialize(2);
        float[] second = predicted(model);
        float[] both = new float[2 * ROWS];
        for (int i = 0; i < ROWS; i++) {
            both[2 * i] = 1 - second[i];
            both[2 * i + 1] = second[i];
        }
        Predictions p = Predictions.ofClasses(2, both, BITS);
        for (Loss loss : List.of(crossEntropy(), meanSquaredError())) {
            assertMeasured(model, Dataset.of(INPUTS, BITS), loss, p, logLoss(), brier(), rocAuc(), averagePrecision());
        }
    }

    @Test
    void linearOutputsTrainedOnSquaresAreScoresAndNoProbabilities() {
        Model model = Model.of(features(5), dense(3)).initialize(3);
        Predictions p = Predictions.ofScores(3, predicted(model), LABELS);
        assertMeasured(model, CLASSES, meanSquaredError(), p, accuracy(), rocAuc(), topK(2));
        assertThatThrownBy(() -> Evaluation.of(model, CLASSES, meanSquaredError(), brier()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("brier: expects probabilities of classes, got scores of classes");
    }

    @Test
    void sigmoidsWithAnswersOfZeroAndOneAreLabels() {
        Model model = Model.of(features(5), dense(3, SIGMOID)).initialize(4);
        Predictions p = Predictions.ofLabels(3, predicted(model), flat(ZEROS_AND_ONES));
        assertMeasured(model, SETS, crossEntropy(), p, accuracy(), hammingLoss(), f1(Average.SAMPLES), rocAuc(), mse());
    }

    @Test
    void sigmoidsWithOtherAnswersAreValues() {
        float[][] shares = new float[ROWS][3];
        for (int i = 0; i < ROWS; i++) for (int j = 0; j < 3; j++) shares[i][j] = (i * 3 + j) % 10 / 10f;
        Dataset data = Dataset.of(INPUTS, shares);
        Model model = Model.of(features(5), dense(3, SIGMOID)).initialize(4);
        Predictions p = Predictions.ofValues(3, predicted(model), flat(shares));
        assertMeasured(model, data, crossEntropy(), p, mse(), mae());
        assertThatThrownBy(() -> Evaluation.of(model, data, crossEntropy(), hammingLoss()))
                .hasMessage("hamming-loss: expects probabilities of labels, got values");
    }

    @Test
    void valuesAreMeasuredAsTheyAre() {
        Model model = Model.of(features(5), dense(3)).initialize(4);
        Predictions p = Predictions.ofValues(3, predicted(model), flat(VALUES));
        assertMeasured(model, NUMBERS, meanSquaredError(), p, mse(), mae(), r2());
        Evaluation evaluation = Evaluation.of(model, NUMBERS, meanSquaredError(), mse());
        assertThat(figure(evaluation, mse())).isCloseTo(evaluation.loss(), within(1e-6));
    }

    @Test
    void aTrainerMeasuresEachEpochOnTheValidationData() {
        Model model = Model.of(features(5), dense(7, RELU), dense(3, SOFTMAX)).initialize(1);
        Trainer trainer = Trainer.of(model).epochs(3).metrics(rocAuc(), topK(2));
        Run run = trainer.fit(CLASSES, CLASSES.rows(1, 2, 3, 4, 5));
        assertThat(run.history().epochs())
                .hasSize(3)
                .allSatisfy(epoch -> assertThat(
                                epoch.validation().orElseThrow().metrics().sequencedKeySet())
                        .containsExactly("roc-auc", "top-2"));
        assertThat(run.validation().metrics())
                .isEqualTo(Evaluation.of(run.model(), CLASSES.rows(1, 2, 3, 4, 5), crossEntropy(), rocAuc(), topK(2))
                        .metrics());
        assertThat(run.model()).isEqualTo(trainer.metrics().fit(CLASSES).model());
    }

    @Test
    void metricsThatDoNotFitAreRefusedBeforeTraining() {
        Model model = Model.of(features(5), dense(3, SOFTMAX));
        List<TrainingEvent> events = new ArrayList<>();
        Trainer trainer = Trainer.of(model).listener(events::add);
        assertThatThrownBy(() -> trainer.metrics(r2()).fit(CLASSES, CLASSES))
                .isInstanceOf(ConfigException.class)
                .hasMessage("r2: expects probabilities of labels or values, got probabilities of classes");
        assertThatThrownBy(() -> trainer.metrics(topK(5)).fit(CLASSES, CLASSES))
                .hasMessage("top-5: expects at least 5 classes, got 3");
        assertThatThrownBy(() -> trainer.metrics(rocAuc(), rocAuc()).fit(CLASSES, CLASSES))
                .hasMessage("metrics: expects each once, got roc-auc twice");
        assertThatThrownBy(() -> trainer.metrics(rocAuc()).fit(CLASSES))
                .isInstanceOf(ConfigException.class)
                .hasMessage("metrics: expects validation data to measure on, got none");
        assertThat(events).isEmpty();
    }

    @Test
    void withoutMetricsThereAreNone() {
        Model model = Model.of(features(5), dense(3, SOFTMAX));
        assertThat(Evaluation.of(model, CLASSES, crossEntropy()).metrics()).isEmpty();
    }

    /// A million rows of ten thousand targets.
    private record Large() implements Dataset {
        @Override
        public int size() {
            return 1_000_000;
        }

        @Override
        public Shape inputShape() {
            return Shape.of(1);
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public Shape targetShape() {
            return Shape.of(10_000);
        }

        @Override
        public void readInput(int row, float[] array, int at) {
            throw new AssertionError("no row is read");
        }

        @Override
        public int label(int row) {
            throw new AssertionError("no row is read");
        }

        @Override
        public void readTarget(int row, float[] array, int at) {
            throw new AssertionError("no row is read");
        }
    }

    @Test
    void metricsThatNeedMoreThanTheHeapAreRefusedBeforeARowIsRead() {
        Model model = Model.of(features(1), dense(10_000));
        assertThatThrownBy(() -> Evaluation.of(model, new Large(), meanSquaredError(), mae()))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("metrics: expects room for 10,000 outputs of each of 1,000,000 rows")
                .hasMessageContaining("without metrics");
    }
}

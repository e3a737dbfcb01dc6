package dev.neurite.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.metric.Predictions.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTest {
    private static final float NAN = Float.NaN;

    /// Every metric by name, with each parameter that changes it.
    static Stream<Metric> all() {
        return Stream.concat(
                Metrics.standard().stream()
                        .map(family -> family.name().equals("top") ? Metrics.topK(2) : family.metric()),
                Stream.of(
                        Metrics.precision(Average.MICRO),
                        Metrics.recall(Average.WEIGHTED),
                        Metrics.f1(Average.SAMPLES),
                        Metrics.precision(1),
                        Metrics.recall(0),
                        Metrics.f1(1),
                        Metrics.rocAuc(Average.WEIGHTED),
                        Metrics.averagePrecision(Average.WEIGHTED),
                        Metrics.calibrationError(7)));
    }

    private static Predictions of(Kind kind, int width, float[] outputs, int... truth) {
        float[] targets = new float[outputs.length];
        for (int i = 0; i < targets.length; i++) targets[i] = kind.isClasses() ? 0 : truth[i];
        return switch (kind) {
            case PROBABILITIES -> Predictions.ofClasses(width, outputs, truth);
            case SCORES -> Predictions.ofScores(width, outputs, truth);
            case LABELS -> Predictions.ofLabels(width, outputs, targets);
            case VALUES -> Predictions.ofValues(width, outputs, targets);
        };
    }

    private static List<Predictions> good(Kind kind) {
        int[] truth = kind.isClasses() ? new int[] {0, 1, 1, 0} : new int[] {1, 0, 0, 1, 0, 1, 1, 0};
        return List.of(
                of(kind, 2, new float[] {.9f, .1f, .2f, .8f, .1f, .9f, .7f, .3f}, truth),
                of(kind, 2, new float[] {.9f, .1f, .7f, .3f, .4f, .6f, .2f, .8f}, truth));
    }

    @ParameterizedTest
    @MethodSource("all")
    void aBetterModelHasABetterFigureAndItsNameGivesItBack(Metric metric) {
        assertThat(Metrics.named(metric.name())).isEqualTo(metric);
        int measured = 0;
        for (Kind kind : Kind.values()) {
            if (!metric.measures(kind) || metric.name().equals("top-2")) continue;
            double better = metric.of(good(kind).getFirst()).orElseThrow();
            double worse = metric.of(good(kind).getLast()).orElseThrow();
            if (metric.higherIsBetter()) assertThat(better).as(kind.name()).isGreaterThan(worse);
            else assertThat(better).as(kind.name()).isLessThan(worse);
            measured++;
        }
        assertThat(measured > 0 || metric.name().equals("top-2")).isTrue();
    }

    @ParameterizedTest
    @MethodSource("all")
    void noFigureIsEverNaN(Metric metric) {
        float[][] outputs = {{}, {.5f, .5f}, {NAN, 1}, {NAN, NAN, NAN, NAN}, {0, 1, 0, 1}, {1, 0, NAN, .5f}};
        for (Kind kind : Kind.values()) {
            if (!metric.measures(kind)) continue;
            for (float[] numbers : outputs) {
                for (int truth : new int[] {0, 1}) {
                    int[] answers = new int[kind.isClasses() ? numbers.length / 2 : numbers.length];
                    Arrays.fill(answers, truth);
                    Predictions predictions = of(kind, 2, numbers, answers);
                    for (double weight : new double[] {0, 1, 1e-300, 1e150}) {
                        double[] weights = new double[predictions.rows()];
                        Arrays.fill(weights, weight);
                        OptionalDouble figure = metric.of(predictions.withWeights(weights));
                        assertThat(figure.orElse(0)).isNotNaN();
                        if (weight == 0) assertThat(figure).isEmpty();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void predictionsOfTheWrongKindAreRefusedByName(Metric metric) {
        for (Kind kind : Kind.values()) {
            if (metric.measures(kind)) continue;
            assertThatThrownBy(() -> metric.of(good(kind).getFirst()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith(metric.name() + ": expects ")
                    .hasMessageEndingWith(", got " + kind);
        }
    }

    @Test
    void aRefusalSaysWhatWouldBeMeasured() {
        assertThatThrownBy(() -> Metrics.r2().check(Kind.PROBABILITIES, 3))
                .hasMessage("r2: expects probabilities of labels or values, got probabilities of classes");
        assertThatThrownBy(() -> Metrics.topK(4).check(Kind.SCORES, 3))
                .hasMessage("top-4: expects at least 4 classes, got 3");
        assertThatThrownBy(() -> Metrics.f1(3).check(Kind.SCORES, 3))
                .hasMessage("f1-class-3: expects a class from 0 to 2, got 3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "top-0",
                "f1-foo",
                "f1-",
                "f1-class-",
                "f1-class-x",
                "f1-class--1",
                "top-1e3",
                "top-99999999999",
                "r2-1",
                "roc-auc-micro",
                "calibration-error-0",
                "roc-auc-samples",
                "",
                "F1",
                "accuracy-macro"
            })
    void aNameThatIsNoneIsRefused(String name) {
        assertThatThrownBy(() -> Metrics.named(name)).isInstanceOf(ConfigException.class);
    }

    @Test
    void anUnknownNameIsToldTheKnownOnesAndTheNearest() {
        assertThatThrownBy(() -> Metrics.named("roc_auc"))
                .hasMessageStartingWith(
                        "metric: expects one of accuracy, balanced-accuracy, top, precision, recall, f1,")
                .hasMessageEndingWith("got 'roc_auc'. Did you mean 'roc-auc'?");
        assertThatThrownBy(() -> Metrics.named("f1-foo"))
                .hasMessage("metric 'f1-foo': expects f1-macro|micro|weighted|samples|class-<number>, got 'foo'");
    }

    @ParameterizedTest
    @CsvSource({"f1, f1-macro", "top, top-5", "roc-auc-macro, roc-auc", "calibration-error-15, calibration-error"})
    void aNameWithoutAParameterHasTheDefault(String name, String canonical) {
        assertThat(Metrics.named(name).name()).isEqualTo(canonical);
    }

    @Test
    void ofEqualOutputsTheLowerClassGoesFirstInEveryMetric() {
        Predictions p = Predictions.ofClasses(3, new float[] {.4f, .4f, .2f, .4f, .4f, .2f}, new int[] {0, 1});
        assertThat(Metrics.accuracy().of(p)).hasValue(.5);
        assertThat(Metrics.topK(1).of(p)).hasValue(.5);
        assertThat(Metrics.topK(2).of(p)).hasValue(1);
    }

    @Test
    void aRowWithANaNIsOfNoClassAndWrong() {
        Predictions p = Predictions.ofClasses(2, new float[] {NAN, 1, 0, 1}, new int[] {1, 1});
        assertThat(p.predicted(0)).isEqualTo(Confusion.NO_CLASS);
        assertThat(Metrics.accuracy().of(p)).hasValue(.5);
        assertThat(Metrics.topK(2).of(p)).hasValue(.5);
        Predictions labels = Predictions.ofLabels(2, new float[] {NAN, 1, 0, 1}, new float[] {0, 1, 0, 1});
        assertThat(Metrics.accuracy().of(labels)).hasValue(.5);
        assertThat(Metrics.hammingLoss().of(labels)).hasValue(.25);
        assertThat(Metrics.rocAuc().of(labels)).isEmpty();
    }

    @Test
    void theAreaCountsPairsWhateverTheSignOfTheOutputs() {
        float[] scores = {-5, -0f, 0, 3, -5, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, 1e-40f};
        int[] truth = {0, 1, 0, 1, 1, 0, 0, 1};
        float[] both = new float[16];
        for (int i = 0; i < 8; i++) both[2 * i + 1] = scores[i];
        double right = 0;
        for (int i = 0; i < 8; i++) {
            for (int j = 0; j < 8; j++) {
                if (truth[i] == 1 && truth[j] == 0)
                    right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? .5 : 0;
            }
        }
        assertThat(Metrics.rocAuc().of(Predictions.ofScores(2, both, truth)).orElseThrow())
                .isCloseTo(right / 16, within(1e-15));
    }

    @Test
    void aConfidenceOnABoundBelongsToTheBinBelow() {
        // Of (0, ½] and (½, 1]: 0.5 is in the first, with 0 right; 0.75 and 1 are in the second, with 1 of 2 right.
        float[] outputs = {.5f, .25f, .25f, .75f, .25f, 0, 1, 0, 0};
        Predictions p = Predictions.ofClasses(3, outputs, new int[] {1, 0, 2});
        assertThat(Metrics.calibrationError(2).of(p).orElseThrow()).isCloseTo((.5 + .75) / 3, within(1e-15));
    }

    @Test
    void equalTrueValuesHaveNoVarianceHoweverTheyRound() {
        float[] targets = new float[1000];
        Arrays.fill(targets, .1f);
        assertThat(Metrics.r2().of(Predictions.ofValues(1, targets.clone(), targets)))
                .isEmpty();
    }

    @Test
    void infiniteValuesHaveInfiniteErrors() {
        Predictions p = Predictions.ofValues(1, new float[] {Float.POSITIVE_INFINITY, 1}, new float[] {1, 2});
        assertThat(Metrics.mse().of(p)).hasValue(Double.POSITIVE_INFINITY);
        assertThat(Metrics.r2().of(p)).hasValue(Double.NEGATIVE_INFINITY);
    }

    @Test
    void predictionsThatMakeNoSenseAreRefused() {
        Predictions two = Predictions.ofValues(1, new float[2], new float[2]);
        assertThatThrownBy(() -> Predictions.ofClasses(2, new float[5], new int[2]))
                .isInstanceOf(DataException.class)
                .hasMessage("outputs: expects 4 numbers, got 5");
        assertThatThrownBy(() -> Predictions.ofClasses(1, new float[2], new int[2]))
                .hasMessage("classes: expects at least 2, got 1");
        assertThatThrownBy(() -> Predictions.ofClasses(2, new float[4], new int[] {0, 2}))
                .hasMessage("row 1: expects a label from 0 to 1, got 2");
        assertThatThrownBy(() -> Predictions.ofLabels(2, new float[4], new float[] {0, 1, .5f, 0}))
                .hasMessage("row 1: expects a target of 0 or 1, got 0.5");
        assertThatThrownBy(() -> Predictions.ofLabels(0, new float[4], new float[4]))
                .hasMessage("outputs: expects at least 1 per row, got 0");
        assertThatThrownBy(() -> Predictions.ofValues(3, new float[4], new float[4]))
                .hasMessage("outputs: expects 3 numbers, got 4");
        assertThatThrownBy(() -> two.withWeights(1)).hasMessage("weights: expects 2 numbers, got 1");
        for (double weight : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> two.withWeights(1, weight))
                    .hasMessage("row 1: expects a finite weight of at least 0, got " + weight);
        }
        assertThatThrownBy(() -> two.output(1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aMetricOfOnesOwnReadsThePredictions() {
        record Spread() implements Metric {
            @Override
            public String name() {
                return "spread";
            }

            @Override
            public boolean higherIsBetter() {
                return false;
            }

            @Override
            public boolean measures(Kind kind) {
                return kind == Kind.VALUES;
            }

            @Override
            public OptionalDouble of(Predictions p) {
                check(p.kind(), p.outputs());
                double worst = 0;
                for (int row = 0; row < p.rows(); row++) {
                    worst = Math.max(worst, p.weight(row) * Math.abs(p.output(row, 0) - p.target(row, 0)));
                }
                return OptionalDouble.of(worst);
            }
        }
        Predictions p = Predictions.ofValues(1, new float[] {1, 2}, new float[] {1.5f, 4});
        assertThat(new Spread().of(p)).hasValue(2);
        assertThat(new Spread().of(p.withWeights(8, 1))).hasValue(4);
    }
}

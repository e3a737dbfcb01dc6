package dev.neurite.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Metrics;
import dev.neurite.metric.Predictions;
import dev.neurite.optim.Schedules;
import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ChartsTest {
    private static History history(boolean validated) {
        List<EpochResult> epochs = new ArrayList<>();
        for (int epoch = 1; epoch <= 4; epoch++) {
            SequencedMap<String, OptionalDouble> metrics = new LinkedHashMap<>();
            metrics.put("roc-auc", epoch == 1 ? OptionalDouble.empty() : OptionalDouble.of(0.9 + 0.01 * epoch));
            var confusion = new Confusion(List.of("a", "b"));
            for (int i = 0; i < 10; i++) confusion.add(i % 2, i < 2 * epoch ? i % 2 : 1 - i % 2);
            double loss = 0.9 / epoch;
            var evaluation =
                    new Evaluation(10, loss, List.of(loss), confusion.accuracy(), Optional.of(confusion), metrics);
            epochs.add(new EpochResult(
                    epoch,
                    0.8 / epoch,
                    List.of(0.8 / epoch),
                    OptionalDouble.of(0.2 * epoch),
                    validated ? Optional.of(evaluation) : Optional.empty(),
                    1));
        }
        return new History(epochs);
    }

    @Test
    void historyHasAPanelForEachFigure() {
        Chart chart = Charts.history(history(true));
        assertThat(Svg.texts(chart.svg())).contains("Loss", "Accuracy", "roc-auc", "training", "validation");
        assertThat(chart.description())
                .contains("Loss: training from 0.8000 to 0.2000", "validation from 0.9000 to 0.2250")
                .contains("roc-auc: validation from 0.9200 to 0.9400")
                .contains("1 values not finite");
        Chart alone = Charts.history(history(false), Scale.LOGARITHMIC);
        assertThat(Svg.texts(alone.svg())).contains("training").doesNotContain("validation", "roc-auc");
        assertThatThrownBy(() -> Charts.history(new History(List.of()))).isInstanceOf(DataException.class);
    }

    @Test
    void aLogarithmicAxisShowsPowersOfTen() {
        double[] x = {1, 2, 3, 4};
        Chart chart = Charts.lines(
                "t", "x", "y", Scale.LOGARITHMIC, List.of(new Line("a", x, new double[] {1000, 10, 0.1, 0})));
        assertThat(Svg.texts(chart.svg())).contains("0.1", "1", "10", "100", "1000");
        // 0 has no place: the line ends before it.
        assertThat(chart.svg()).doesNotContain("NaN");
    }

    @Test
    void oneLineIsHighlightedAmongMany() {
        double[] x = {1, 2};
        List<Line> lines = List.of(
                new Line("best", x, new double[] {4, 1}),
                new Line("second", x, new double[] {5, 2}),
                new Line("third", x, new double[] {6, 3}));
        Chart chart = Charts.highlighted("t", "epoch", "loss", Scale.LINEAR, lines);
        assertThat(Svg.texts(chart.svg())).containsOnlyOnce("best", "2 others").doesNotContain("second", "third");
        assertThat(chart.description())
                .isEqualTo("loss over epoch: best from 4.0000 to 1.0000, lowest 1.0000, highest 4.0000; 2 others, with"
                        + " last values from 2.0000 to 3.0000.");
        Chart alone = Charts.highlighted("t", "epoch", "loss", Scale.LINEAR, lines.subList(0, 1));
        assertThat(Svg.texts(alone.svg())).contains("best").doesNotContain("1 other");
        assertThatThrownBy(() -> Charts.highlighted("t", "x", "y", Scale.LINEAR, List.of()))
                .isInstanceOf(DataException.class);
    }

    @Test
    void confusionShowsCountsAndShares() {
        var confusion = new Confusion(List.of("cat", "dog"));
        for (int i = 0; i < 3; i++) confusion.add(0, 0);
        confusion.add(0, 1);
        confusion.add(1, Confusion.NO_CLASS);
        Chart chart = Charts.confusion(confusion);
        List<String> texts = Svg.texts(chart.svg());
        assertThat(texts).contains("cat", "dog", "3", "75 %", "1", "25 %", "true class", "predicted class");
        assertThat(texts).contains("1 rows without a prediction are not shown");
        assertThat(chart.description()).contains("cat predicted as dog: 1 rows");
        var many = new Confusion(IntStream.range(0, 201).mapToObj(i -> "" + i).toList());
        assertThatThrownBy(() -> Charts.confusion(many))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("200 classes");
        var large = new Confusion(IntStream.range(0, 200).mapToObj(i -> "" + i).toList());
        Svg.parse(Charts.confusion(large).svg());
    }

    private static Predictions random(int classes, int rows, boolean coarse) {
        var random = new Random(7);
        float[] numbers = new float[rows * classes];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = random.nextInt(classes);
            float sum = 0;
            for (int c = 0; c < classes; c++) {
                float number = (float) (random.nextDouble() + (c == labels[row] ? 0.5 : 0));
                if (coarse) number = Math.round(number * 4) / 4f + 0.25f; // with ties
                numbers[row * classes + c] = number;
                sum += number;
            }
            for (int c = 0; c < classes; c++) numbers[row * classes + c] /= sum;
        }
        return Predictions.ofClasses(classes, numbers, labels);
    }

    @Test
    void areasAreThoseOfTheMetrics() {
        for (boolean coarse : new boolean[] {false, true}) {
            Predictions two = random(2, 500, coarse);
            assertThat(Curve.roc(two, 1, "b").area())
                    .isCloseTo(Metrics.rocAuc().of(two).orElseThrow(), within(1e-12));
            assertThat(Curve.precisionRecall(two, 1, "b").area())
                    .isCloseTo(Metrics.averagePrecision().of(two).orElseThrow(), within(1e-12));
            Predictions four = random(4, 3_000, coarse);
            double mean = IntStream.range(0, 4)
                    .mapToDouble(c -> Curve.roc(four, c, "").area())
                    .average()
                    .orElseThrow();
            assertThat(mean).isCloseTo(Metrics.rocAuc().of(four).orElseThrow(), within(1e-12));
        }
    }

    @Test
    void aCurveBeginsAndEndsAtTheCornersAndIsThinned() {
        Curve roc = Curve.roc(random(3, 20_000, false), 0, "a");
        double[] x = roc.line().x();
        double[] y = roc.line().y();
        assertThat(x[0]).isZero();
        assertThat(y[0]).isZero();
        assertThat(x[x.length - 1]).isEqualTo(1);
        assertThat(y[y.length - 1]).isEqualTo(1);
        assertThat(x).hasSizeBetween(100, Curve.MOST_THRESHOLDS);
        double trapezoids = 0;
        for (int i = 1; i < x.length; i++) trapezoids += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
        assertThat(trapezoids).isCloseTo(roc.area(), within(0.01));
    }

    @Test
    void curvesWithoutRowsAreSaidToBeMissing() {
        Predictions two = Predictions.ofClasses(2, new float[] {0.4f, 0.6f, 0.3f, 0.7f}, new int[] {1, 1});
        Chart roc = Charts.roc(two, List.of("no", "yes"));
        assertThat(roc.description()).contains("No curve is defined");
        assertThat(Svg.texts(roc.svg())).anyMatch(each -> each.contains("have no curve"));
        Chart pr = Charts.precisionRecall(two, List.of("no", "yes"));
        assertThat(pr.description()).contains("yes: AP 1.0000");
        assertThatThrownBy(() -> Charts.roc(two, List.of("one"))).isInstanceOf(DataException.class);
    }

    @Test
    void ofManyClassesTheWorstAreShown() {
        Predictions many = random(12, 2_000, false);
        List<String> names = IntStream.range(0, 12).mapToObj(i -> "class" + i).toList();
        Chart chart = Charts.roc(many, names);
        assertThat(Svg.texts(chart.svg())).anyMatch(each -> each.contains("the 8 of 12 classes"));
        assertThat(Svg.texts(chart.svg()).stream().filter(each -> each.startsWith("class")))
                .hasSize(8);
    }

    @Test
    void calibrationNamesTheErrorOfTheMetric() {
        Predictions p = random(3, 1_000, false);
        Chart chart = Charts.calibration(p);
        String error = Confusion.show(Metrics.calibrationError(10).of(p));
        assertThat(Svg.texts(chart.svg())).contains("expected calibration error " + error);
        assertThatThrownBy(() -> Charts.calibration(Predictions.ofValues(1, new float[1], new float[1])))
                .isInstanceOf(DataException.class);
    }

    @Test
    void aHistogramCountsEachFiniteNumber() {
        Chart chart = Charts.histogram("Weights", "weight", new double[] {0, 1, 1, 2, Double.NaN}, 2);
        assertThat(chart.description()).contains("4 numbers from 0.0000 to 2.0000", "1 numbers that are not finite");
        assertThat(chart.description()).contains("most of them, 3, from 1.0000 to 2.0000");
        Svg.parse(Charts.histogram("t", "x", new double[0], 5).svg());
        Svg.parse(Charts.histogram("t", "x", new double[] {3, 3}, 5).svg());
        assertThatThrownBy(() -> Charts.histogram("t", "x", new double[] {1}, 0))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> Charts.histogram("t", "x", new double[] {1}, new double[] {1}))
                .isInstanceOf(DataException.class);
    }

    @Test
    void aScheduleIsDrawnByStepOrEpoch() {
        Chart steps = Charts.schedule(Schedules.warmup(10).then(Schedules.cosine()), 0.1, 4, 25);
        assertThat(Svg.texts(steps.svg())).contains("step");
        assertThat(steps.description()).contains("highest 0.1000");
        Chart epochs = Charts.schedule(Schedules.cosine().perEpoch(), 0.1, 20, 25);
        assertThat(Svg.texts(epochs.svg())).contains("epoch");
        assertThatThrownBy(() -> Charts.schedule(Schedules.cosine(), 0.1, 0, 1)).isInstanceOf(ConfigException.class);
    }

    @Test
    void predictedOverTrueValues() {
        Predictions p = Predictions.ofValues(1, new float[] {1, 2, 3}, new float[] {1.5f, 2, 2.5f});
        Chart chart = Charts.predicted(p, 0, "price");
        assertThat(chart.description()).contains("3 rows", "True price from 1.5000 to 2.5000");
        assertThat(Svg.elements(Svg.parse(chart.svg()), "circle")).hasSize(4); // and one in the legend
    }

    @Test
    void parallelCoordinatesMarkTheBestTrial() {
        SequencedMap<String, List<String>> settings = new LinkedHashMap<>();
        settings.put("optimizer.rate", List.of("0.1", "1e-4", "0.01"));
        settings.put("network.layers", List.of("[16]", "[32,16]", "[16]"));
        Chart chart = Charts.parallel(settings, "accuracy", new double[] {0.8, Double.NaN, 0.9}, true);
        assertThat(chart.description())
                .isEqualTo("3 trials. The best has accuracy 0.9000 with optimizer.rate 0.01, network.layers [16].");
        assertThat(Svg.texts(chart.svg())).contains("optimizer.rate", "[32,16]", "accuracy");
        assertThat(Charts.parallel(settings, "loss", new double[] {0.8, Double.NaN, 0.9}, false)
                        .description())
                .contains("optimizer.rate 0.1");
        Chart failed = Charts.parallel(settings, "loss", new double[] {Double.NaN, Double.NaN, Double.NaN}, false);
        assertThat(failed.description()).contains("None succeeded");
        Svg.parse(failed.svg());
    }

    @Test
    void ticksAreRoundNumbers() {
        var axis = new Axis("", Scale.LINEAR, 0, 1);
        assertThat(axis.ticks(11).stream().map(axis::text)).containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1.0");
        Axis steps = Axis.tight("", List.of(new double[] {1, 9_380}));
        assertThat(steps.ticks(11).stream().map(steps::text)).containsExactly("2,000", "4,000", "6,000", "8,000");
        Axis tiny = Axis.of("", Scale.LINEAR, List.of(new double[] {1e-5, 3e-5}));
        assertThat(tiny.ticks(11).stream().map(tiny::text)).contains("1e-5", "2e-5", "3e-5");
        Axis decades = Axis.of("", Scale.LOGARITHMIC, List.of(new double[] {1e-8, 1e-2}));
        assertThat(decades.ticks(8).stream().map(decades::text)).contains("1e-8", "1e-5", "0.01");
        Axis narrow = Axis.of("", Scale.LOGARITHMIC, List.of(new double[] {2, 3}));
        assertThat(narrow.ticks(8)).hasSizeGreaterThan(1);
        Axis constant = Axis.of("", Scale.LINEAR, List.of(new double[] {5, 5}));
        assertThat(constant.place(5)).isEqualTo(0.5);
        assertThat(SvgCanvas.number(-0.004)).isEqualTo("0");
        assertThat(SvgCanvas.number(-1.25)).isEqualTo("-1.25");
        assertThat(SvgCanvas.number(3.1)).isEqualTo("3.1");
        assertThat(SvgCanvas.number(3.05)).isEqualTo("3.05");
    }
}

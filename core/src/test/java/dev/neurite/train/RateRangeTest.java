package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.layer.Initializers;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizer;
import dev.neurite.train.RateRange.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RateRangeTest {
    /// Four clouds of sixty points in eight dimensions, which touch.
    private static Dataset clouds() {
        var random = new Random(7);
        float[][] rows = new float[240][8];
        int[] labels = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            labels[i] = i % 4;
            for (int j = 0; j < 8; j++) rows[i][j] = (float) (random.nextGaussian() + (j % 4 == labels[i] ? 1.5 : 0));
        }
        return Dataset.of(rows, labels);
    }

    private static Trainer classifier() {
        Model model = Model.of(features(8), dense(24, RELU), dense(4)).initialize(5);
        return Trainer.of(model).batchSize(16).threads(1);
    }

    /// (w − 3)² with w from 1: a parabola whose second derivative is 2, so that gradient descent diverges above 1.
    private static Trainer parabola() {
        Model model = Model.of(
                features(1), dense(1).withWeights(Initializers.constant(1)).withoutBias());
        return Trainer.of(model).loss(meanSquaredError()).optimizer(sgd(0.5)).threads(1);
    }

    private static final Dataset ONE = Dataset.of(new float[][] {{1}}, new float[][] {{3}});

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ConfigException.class).hasMessage(message);
    }

    /// Points at rates from 1e-5 to 1, four a decade.
    private static RateRange range(DoubleUnaryOperator lossOfPower) {
        return new RateRange(IntStream.rangeClosed(-20, 0)
                .mapToObj(i -> {
                    double loss = lossOfPower.applyAsDouble(i / 4.0);
                    return new Point(StrictMath.pow(10, i / 4.0), loss, loss);
                })
                .toList());
    }

    /// A fall that begins at 1e-4 and becomes steeper, and a rise from 1e-1 on.
    private static final RateRange VALLEY =
            range(power -> power < -4 ? 9 : power < -1 ? 9 - (power + 4) * (power + 4) : 10 * power + 10);

    // ------------------------------------------------------------------------------------------------- what it finds

    @Test
    void onAParabolaTheLossesAreThoseOfGradientDescent() {
        Dataset two = Dataset.of(new float[][] {{1}, {1}}, new float[][] {{2}, {4}}); // which keep it from resting
        RateRange range = RateRange.of(parabola().batchSize(1).shuffle(false), two, 1e-3, 10, 81);
        double w = 1;
        double rate = 1e-3;
        double mean = 0;
        for (int i = 0; i < 60; i++) {
            Point point = range.points().get(i);
            double difference = w - (i % 2 == 0 ? 2 : 4);
            assertThat(point.rate()).isCloseTo(rate, within(1e-9 * rate));
            assertThat(point.loss()).isCloseTo(difference * difference, within(1e-5 * Math.max(1, point.loss())));
            mean = 0.9 * mean + 0.1 * point.loss();
            assertThat(point.smoothed())
                    .isCloseTo(mean / (1 - Math.pow(0.9, i + 1)), within(1e-12 * Math.max(1, mean)));
            w -= rate * 2 * difference;
            rate *= Math.pow(10, 1 / 20.0);
        }
        // The smoothed loss rises soon after the rate of 1, from which on each step leads farther away.
        assertThat(range.points().getLast().rate()).isBetween(1.0, 9.0);
        assertThat(range.suggested().orElseThrow()).isBetween(0.01, 0.5);
    }

    @Test
    void itSuggestsARateWithinADecadeOfTheBest() {
        List<DoubleFunction<Optimizer>> rules =
                List.of(rate -> sgd(rate), rate -> sgd(rate).withMomentum(0.9), rate -> adam(rate));
        for (DoubleFunction<Optimizer> rule : rules) {
            double best = 0;
            double lowest = Double.POSITIVE_INFINITY;
            for (double rate : new double[] {1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3}) {
                Trainer trainer = classifier().optimizer(rule.apply(rate)).epochs(3);
                double loss = trainer.fit(clouds()).history().last().loss();
                if (loss >= lowest) continue;
                lowest = loss;
                best = rate;
            }
            Trainer trainer = classifier().optimizer(rule.apply(0.123)); // its own rate does not matter
            double suggested = RateRange.of(trainer, clouds()).suggested().orElseThrow();
            assertThat(suggested).as(rule.apply(best).toString()).isBetween(best / 10, best * 10);
        }
    }

    @Test
    void steepestAndLowestAreThoseOfTheCurve() {
        assertThat(VALLEY.steepest().orElseThrow()).isCloseTo(Math.pow(10, -1.25), within(1e-9));
        assertThat(VALLEY.tenthOfLowest().orElseThrow()).isCloseTo(0.01, within(1e-9));
        assertThat(VALLEY.suggested()).isEqualTo(VALLEY.tenthOfLowest());
        RateRange early =
                range(power -> power < -4 ? 9 : power < -3 ? 9 - 8 * (power + 4) : power < 0 ? -0.1 * power : 5);
        assertThat(early.suggested()).isEqualTo(early.steepest());
        assertThat(early.suggested().orElseThrow()).isBetween(1e-4, 1e-3);
    }

    @Test
    void whereTheLossNeverFallsItSuggestsNothing() {
        RateRange rising = range(power -> power);
        assertThat(rising.steepest()).isEmpty();
        assertThat(rising.tenthOfLowest()).isEmpty();
        assertThat(rising.suggested()).isEmpty();
        assertThat(rising.toString()).endsWith("falls fastest at none, a tenth of the rate of the lowest: none\n");
        assertThat(range(power -> 5).suggested()).isEmpty();
    }

    // ---------------------------------------------------------------------------------------------- what it leaves

    @Test
    void theModelStaysAsItIsAndTheResultIsTheSameEachTime() {
        Model model = Model.of(features(8), dense(24, RELU), dense(4)).initialize(5);
        float[] before = model.parameters().toArray();
        Trainer trainer = Trainer.of(model).optimizer(adam(1e-3)).batchSize(50);
        RateRange once = RateRange.of(trainer.threads(1), clouds());
        assertThat(model.parameters().toArray()).isEqualTo(before);
        assertThat(RateRange.of(trainer.threads(3), clouds())).isEqualTo(once);
        assertThat(RateRange.of(trainer.seed(1), clouds())).isNotEqualTo(once);
        assertThat(RateRange.of(trainer.batchSize(20), clouds())).isNotEqualTo(once);
    }

    @Test
    void itsBatchesAreThoseOfFit() {
        Trainer trainer =
                classifier().batchSize(100).optimizer(sgd(1e-9)).epochs(2).seed(3);
        List<Double> fit = new ArrayList<>();
        trainer.listener(event -> {
                    if (event instanceof TrainingEvent.StepEnded step) fit.add(step.loss());
                })
                .fit(clouds());
        RateRange range = RateRange.of(trainer, clouds(), 1e-12, 1e-11, 6);
        for (int i = 0; i < 6; i++) {
            assertThat(range.points().get(i).loss()).isCloseTo(fit.get(i), within(1e-6));
        }
    }

    @Test
    void groupsKeepTheirPartOfTheRate() {
        Trainer half = parabola().group(ParameterGroup.matching("*").withRate(0.5));
        List<Point> slower = RateRange.of(half, ONE, 2e-3, 0.2, 30).points();
        List<Point> plain = RateRange.of(parabola(), ONE, 1e-3, 0.1, 30).points();
        for (int i = 0; i < 30; i++) {
            assertThat(slower.get(i).loss()).isCloseTo(plain.get(i).loss(), within(1e-5));
        }
    }

    // ------------------------------------------------------------------------------------------------ where it ends

    @Test
    void itEndsWhenTheTrainingDivergesOrTheLossIsFourTimesTheLowest() {
        RateRange range = RateRange.of(parabola(), ONE, 1e-2, 1e9, 100);
        List<Point> points = range.points();
        assertThat(points).hasSizeBetween(10, 99);
        double best = points.stream().mapToDouble(Point::smoothed).min().orElseThrow();
        assertThat(points.getLast().smoothed()).isGreaterThan(4 * best);
        assertThat(points.subList(0, points.size() - 1))
                .allMatch(point -> point.smoothed() <= 4 * points.getFirst().loss());

        RateRange thrown = RateRange.of(parabola(), ONE, 9e8, 9.9e9, 5);
        assertThat(thrown.points()).hasSizeLessThan(5);
    }

    @Test
    void aFirstBatchWithALowLossDoesNotEndIt() {
        Dataset two = Dataset.of(new float[][] {{1}, {1}}, new float[][] {{1}, {9}}); // losses of 0 and 64
        Trainer trainer = parabola().batchSize(1).shuffle(false);
        assertThat(RateRange.of(trainer, two, 1e-9, 1e-8, 50).points()).hasSize(50);
    }

    @Test
    void aTrainingThatHasNoLossFromTheBeginningIsAnError() {
        Dataset huge = Dataset.of(new float[][] {{3e38f}}, new float[][] {{-3e38f}});
        assertThatThrownBy(() -> RateRange.of(parabola(), huge)).isInstanceOf(DivergedException.class);
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        String bounds = "rate range: expects 0 < low < high < 1e10, got ";
        refused(() -> RateRange.of(parabola(), ONE, 0, 1, 9), bounds + "0.0 and 1.0");
        refused(() -> RateRange.of(parabola(), ONE, 1, 1, 9), bounds + "1.0 and 1.0");
        refused(() -> RateRange.of(parabola(), ONE, Double.NaN, 1, 9), bounds + "NaN and 1.0");
        refused(() -> RateRange.of(parabola(), ONE, 1, 1e10, 9), bounds + "1.0 and 1.0E10");
        refused(() -> RateRange.of(parabola(), ONE, 0.1, 1, 1), "rate range: expects at least 2 steps, got 1");
        refused(() -> new RateRange(List.of()), "rate range: expects at least one point, got none");
        Point point = new Point(0.1, 1, 1);
        refused(() -> new RateRange(List.of(point, point)), "rate range: expects ascending rates above 0, got 0.1");
        refused(
                () -> new RateRange(List.of(new Point(1, 1, Double.NaN))),
                "rate range: expects finite losses, got NaN");
        RateRange range = new RateRange(List.of(point));
        refused(() -> range.plot(9, 5, true), "plot: columns: expects 10 to 1000, got 9");
        refused(() -> range.plot(20, 1001, true), "plot: rows: expects 2 to 1000, got 1001");
    }

    // --------------------------------------------------------------------------------------------------- how it looks

    @Test
    void theCurveIsDrawnInAscii() {
        assertThat(VALLEY.plot(41, 8, true)).isEqualTo("""
                 9.00 |***************                        **
                      |               *****                  *
                      |                    ***              *
                      |                       **           *
                      |                         ***       *
                      |                            **    *
                      |                              ** *
                 0.00 |                                *
                      ++-------+-------+-------^-------+--------
                       1e-5    1e-4    1e-3    1e-2    1e-1
            """);
    }

    @Test
    void theCurveIsDrawnInBraille() {
        assertThat(VALLEY.plot(41, 4, false)).isEqualTo("""
                 9.00 ┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠑⠒⠒⠒⠤⠤⣀⣀                  ⡠⠊⠉
                      │                    ⠉⠑⠒⠤⢄⡀          ⢀⠔⠁
                      │                         ⠈⠑⠢⢄⡀    ⢀⠔⠁
                 0.00 ┤                             ⠈⠑⠢⣀⠔⠁
                      └┬───────┬───────┬───────▲───────┬────────
                       1e-5    1e-4    1e-3    1e-2    1e-1
            """);
    }

    @Test
    void aFlatCurveAndASinglePointAreDrawnToo() {
        assertThat(range(power -> 5).plot(10, 3, true)).isEqualTo("""
                 5.00 |
                      |**********
                 5.00 |
                      ++----+----
                       1e-5 1e-2
            """);
        assertThat(new RateRange(List.of(new Point(0.02, 1, 1))).plot(10, 3, true))
                .isEqualTo("""
                         1.00 |
                              |**********
                         1.00 |
                              +----------
                              \s
                    """);
    }
}

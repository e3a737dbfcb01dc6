package dev.neurite.dashboard.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.dashboard.playground.Explanation.Line;
import dev.neurite.dashboard.playground.Explanation.Section;
import dev.neurite.dashboard.playground.Formula.Part;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The numbers of formulas against computations by hand, in double.
class FormulasTest {
    private static LiveExperiment live(Experiment experiment) {
        return new LiveExperiment(experiment, _ -> {});
    }

    private static Explanation of(LiveExperiment live, int layer, int unit, boolean alone) {
        return Formulas.of(live, layer, unit, OptionalInt.empty(), alone);
    }

    private static List<Line> lines(Explanation explanation, String key) {
        return explanation.sections().stream()
                .flatMap(section -> section.lines().stream())
                .filter(line -> line.key().equals(key))
                .toList();
    }

    /// The result of the last line of this key.
    private static double result(Explanation explanation, String key) {
        return numbers(lines(explanation, key).getLast().formula()).getLast();
    }

    private static List<Double> numbers(Formula formula) {
        List<Double> numbers = new ArrayList<>();
        for (Part part : formula.parts()) {
            switch (part) {
                case Part.Numeral(double value) -> numbers.add(value);
                case Part.Group(Formula of) -> numbers.addAll(numbers(of));
                case Part.Root(Formula of) -> numbers.addAll(numbers(of));
                case Part.Fraction(Formula over, Formula under) -> {
                    numbers.addAll(numbers(over));
                    numbers.addAll(numbers(under));
                }
                case Part.Power(Formula base, Formula exponent) -> {
                    numbers.addAll(numbers(base));
                    numbers.addAll(numbers(exponent));
                }
                default -> {}
            }
        }
        return numbers;
    }

    private static float[][] lastGrid(Line line) {
        return line.formula().parts().stream()
                .filter(Part.Grid.class::isInstance)
                .map(part -> ((Part.Grid) part).values().toRows())
                .reduce((_, last) -> last)
                .orElseThrow();
    }

    /// The network set by hand, with two rows: (1, 2) of class 0 and (3, −1) of class 1. All
    /// numbers follow from W₁ = (0.5 −0.25; −1 0.75), b₁ = (0.25 0.5), W₂ = (1 −0.5; −0.75 0.5),
    /// b₂ = (0 0.25), α = 0.1.
    @Test
    void theNetworkSetByHand() {
        double[] a1 = {0.25, 1}; // z = (0.5 − 0.5 + 0.25, −1 + 1.5 + 0.5)
        double[] a2 = {2, 0}; // z = (1.5 + 0.25 + 0.25, −3 − 0.75 + 0.5 = −3.25)
        double[] z1 = {0.25 - 0.5, -0.1875 + 0.5 + 0.25};
        double[] z2 = {2, -1.5 + 0.25};
        double right1 = 1 / (1 + Math.exp(z1[1] - z1[0]));
        double right2 = 1 / (1 + Math.exp(z2[0] - z2[1]));
        double[] delta1 = {right1 - 1, 1 - right1};
        double[] delta2 = {1 - right2, right2 - 1};

        try (var live = live(Experiment.byHand())) {
            Explanation output = of(live, 2, 1, false);
            assertThat(output.rows()).containsExactly(0, 1);
            assertThat(output.example()).isZero();
            assertThat(result(output, "z")).isCloseTo(z1[0], within(1e-6));
            assertThat(result(output, "a")).isCloseTo(right1, within(1e-6));
            assertThat(result(output, "loss")).isCloseTo(-Math.log(right1), within(1e-6));
            assertThat(result(output, "meanLoss")).isCloseTo((-Math.log(right1) - Math.log(right2)) / 2, within(1e-6));
            assertThat(result(output, "delta")).isCloseTo(delta1[0], within(1e-6));
            double dw = (delta1[0] * a1[0] + delta2[0] * a2[0]) / 2;
            assertThat(result(output, "dw1")).isCloseTo(dw, within(1e-6));
            assertThat(result(output, "db")).isCloseTo((delta1[0] + delta2[0]) / 2, within(1e-6));
            assertThat(numbers(lines(output, "after").getFirst().formula()))
                    .hasSize(4)
                    .satisfies(numbers -> assertThat(numbers.get(0)).isEqualTo(1))
                    .satisfies(numbers -> assertThat(numbers.get(1)).isEqualTo(0.1))
                    .satisfies(numbers -> assertThat(numbers.get(3)).isCloseTo(1 - 0.1 * dw, within(1e-6)));

            Explanation second = Formulas.of(live, 1, 2, OptionalInt.of(1), false);
            assertThat(second.example()).isEqualTo(1);
            assertThat(result(second, "z")).isEqualTo(-3.25);
            assertThat(result(second, "a")).isZero();
            assertThat(result(second, "delta")).isZero(); // the unit is off, g′ = 0

            Explanation first = of(live, 1, 1, false);
            double back1 = 1 * delta1[0] - 0.75 * delta1[1];
            double back2 = 1 * delta2[0] - 0.75 * delta2[1];
            assertThat(result(first, "delta")).isCloseTo(back1, within(1e-6));
            assertThat(result(first, "dw2")).isCloseTo((back1 * 2 + back2 * -1) / 2, within(1e-6));

            Explanation layer = of(live, 1, 0, false);
            float[][] gradient = lastGrid(lines(layer, "dW").getLast());
            assertThat((double) gradient[0][1]).isCloseTo((back1 * 2 + back2 * -1) / 2, within(1e-6));
            assertThat(lastGrid(lines(of(live, 2, 0, false), "back").getLast()))
                    .satisfies(grid -> assertThat((double) grid[0][0]).isCloseTo(back1, within(1e-6)));
        }
    }

    /// The new weight follows from the numbers that are shown, whatever the optimizer; and the
    /// step that follows gives it.
    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void updatesAreThoseOfTheNextStep(UpdateRule rule) {
        Experiment experiment = Samples.with(
                Experiment.usual(),
                e -> e.optimizer(rule)
                        .penalty(Regularization.L2)
                        .strength(0.1)
                        .dropout(0.3)
                        .rate(0.05));
        try (var live = live(experiment)) {
            live.step(LiveExperiment.Unit.BATCH, 7);
            Explanation unit = of(live, 2, 1, false);
            Section update = unit.sections().getLast();
            assertThat(update.key()).isEqualTo("update");
            assertThat(unit.step()).isEqualTo(8);
            live.step(LiveExperiment.Unit.BATCH, 1);
            float[] weights = live.frame().layers().get(1).weights().toRows()[0];
            float bias = live.frame().layers().get(1).bias().get(0);
            List<double[]> table = update.table().values();
            assertThat(table).hasSize(5);
            for (int i = 0; i < 5; i++) {
                double[] row = table.get(i);
                double after = row[row.length - 1];
                assertThat((float) after).isEqualTo(i < 4 ? weights[i] : bias);
                assertThat(numbers(lines(unit, "after").get(i).formula()).getLast())
                        .isEqualTo(after);
                assertThat(computed(rule, row, 8)).isCloseTo(after, within(2e-6));
                assertThat(row[2]).isCloseTo(row[1] + (i < 4 ? 0.1 * row[0] : 0), within(1e-6));
            }
        }
    }

    /// The new value from a row of the table: before, gradient, with penalty, the optimizer's
    /// numbers …
    private static double computed(UpdateRule rule, double[] row, int t) {
        double w = row[0];
        double g = row[2];
        double rate = 0.05;
        return switch (rule) {
            case SGD -> w - rate * g;
            case MOMENTUM -> w - rate * (0.9 * row[3] + g);
            case NESTEROV -> w - rate * (g + 0.9 * (0.9 * row[3] + g));
            case ADAGRAD -> w - rate * g / (Math.sqrt(row[3] + g * g) + 1e-10);
            case RMSPROP -> w - rate * g / (Math.sqrt(0.99 * row[3] + 0.01 * g * g) + 1e-8);
            case ADAM -> {
                double m = (0.9 * row[3] + 0.1 * g) / (1 - Math.pow(0.9, t));
                double v = (0.999 * row[5] + 0.001 * g * g) / (1 - Math.pow(0.999, t));
                yield w - rate * m / (Math.sqrt(v) + 1e-8);
            }
        };
    }

    @Test
    void adamsCorrectedMeansAreWrittenOut() {
        Experiment adam = Samples.with(Experiment.usual(), e -> e.optimizer(UpdateRule.ADAM));
        try (var live = live(adam)) {
            live.step(LiveExperiment.Unit.BATCH, 2);
            Explanation unit = of(live, 1, 1, false);
            double m = result(unit, "m");
            assertThat(result(unit, "mHat")).isCloseTo(m / (1 - Math.pow(0.9, 3)), within(1e-12));
            assertThat(numbers(lines(unit, "mHat").getLast().formula())).contains(0.9, 3.0);
        }
    }

    @ParameterizedTest
    @EnumSource(HiddenActivation.class)
    void deltaComesBackThroughTheWeights(HiddenActivation activation) {
        Experiment experiment = Samples.with(
                Experiment.usual(),
                e -> e.activation(activation).layers(List.of(3, 3)).dropout(0.4));
        try (var live = live(experiment)) {
            live.step(LiveExperiment.Unit.BATCH, 3);
            for (int unit = 1; unit <= 3; unit++) {
                Explanation shown = of(live, 1, unit, true);
                Line written = lines(shown, "delta").getLast();
                List<Double> numbers = numbers(written.formula());
                assertThat(numbers).hasSize(9); // three products, dropout, g′, the result
                double sum = 0;
                for (int k = 0; k < 6; k += 2) sum += numbers.get(k) * numbers.get(k + 1);
                double delta = sum * numbers.get(6) * numbers.get(7);
                assertThat(numbers.get(8)).isCloseTo(delta, within(1e-6));
                // g′ itself, against a difference quotient of g.
                double z = result(shown, "z");
                double g = slope(activation, z);
                assertThat(numbers.get(7)).isCloseTo(g, within(1e-5));
                // dw of a single example is δ·a.
                List<Double> product = numbers(lines(shown, "dw1").getFirst().formula());
                assertThat(product.get(2)).isCloseTo(product.get(0) * product.get(1), within(1e-6));
            }
        }
    }

    private static double slope(HiddenActivation activation, double z) {
        double e = Math.exp(-z);
        double sigmoid = 1 / (1 + e);
        return switch (activation) {
            case TANH -> 1 - Math.tanh(z) * Math.tanh(z);
            case RELU -> z > 0 ? 1 : 0;
            case SIGMOID -> sigmoid * (1 - sigmoid);
            case LINEAR -> 1;
            case LEAKY_RELU -> z > 0 ? 1 : 0.01;
            case ELU -> z > 0 ? 1 : Math.exp(z);
            case SILU -> sigmoid + z * sigmoid * (1 - sigmoid);
            case GELU -> {
                double h = 1e-5;
                yield (gelu(z + h) - gelu(z - h)) / (2 * h);
            }
        };
    }

    /// z·Φ(z), with Φ by Simpson's rule.
    private static double gelu(double z) {
        int steps = 2000;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double x = z * i / steps;
            double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-x * x / 2);
        }
        return z * (0.5 + sum * z / steps / 3 / Math.sqrt(2 * Math.PI));
    }

    /// Loss and δ of the output for each loss, from the shown ŷ and y.
    @ParameterizedTest
    @EnumSource(ErrorMeasure.class)
    void lossAndDeltaOfTheOutput(ErrorMeasure loss) {
        for (PlaygroundData data : List.of(PlaygroundData.XOR, PlaygroundData.HILLS)) {
            if (loss.needsClasses() && !data.classifies()) continue;
            Experiment experiment = Samples.with(
                    Samples.with(
                            Experiment.usual(),
                            e -> e.loss(ErrorMeasure.SQUARED).data(data)),
                    e -> e.loss(loss));
            try (var live = live(experiment)) {
                live.step(LiveExperiment.Unit.EPOCH, 3);
                for (int example = 0; example < 20; example++) {
                    Explanation shown = Formulas.of(live, 3, 1, OptionalInt.of(example), true);
                    assertThat(shown.example()).isEqualTo(example);
                    double answer = result(shown, "a");
                    double y = result(shown, "y");
                    double slope = data.classifies() && loss != ErrorMeasure.HINGE ? answer * (1 - answer) : 1;
                    double d = answer - y;
                    double expectedLoss = switch (loss) {
                        case CROSS_ENTROPY -> -Math.log(y == 1 ? answer : 1 - answer);
                        case SQUARED -> d * d;
                        case ABSOLUTE -> Math.abs(d);
                        case HUBER -> Math.abs(d) <= 1 ? d * d / 2 : Math.abs(d) - 0.5;
                        case HINGE -> Math.max(0, 1 - y * answer);
                    };
                    double expected = switch (loss) {
                        case CROSS_ENTROPY -> d;
                        case SQUARED -> 2 * d * slope;
                        case ABSOLUTE -> Math.signum(d) * slope;
                        case HUBER -> Math.clamp(d, -1, 1) * slope;
                        case HINGE -> y * answer < 1 ? -y : 0;
                    };
                    assertThat(result(shown, "loss")).isCloseTo(expectedLoss, within(2e-6));
                    assertThat(result(shown, "delta")).isCloseTo(expected, within(2e-6));
                }
            }
        }
    }

    @Test
    void aBatchIsTheMeanOfItsExamples() {
        try (var live = live(Samples.with(Experiment.usual(), e -> e.batch(10)))) {
            live.step(LiveExperiment.Unit.BATCH, 1);
            Explanation batch = of(live, 1, 3, false);
            assertThat(batch.rows()).hasSize(10);
            double sum = 0;
            for (int row : batch.rows()) {
                Explanation one = Formulas.of(live, 1, 3, OptionalInt.of(row), true);
                sum += result(one, "dw2");
            }
            assertThat(result(batch, "dw2")).isCloseTo(sum / 10, within(1e-6));
        }
    }

    @Test
    void lookingChangesNothing() {
        Experiment experiment = Samples.with(
                Experiment.usual(), e -> e.optimizer(UpdateRule.ADAM).dropout(0.5));
        try (var watched = live(experiment);
                var alone = live(experiment)) {
            for (int i = 0; i < 30; i++) {
                of(watched, i % 4, 0, i % 2 == 0);
                watched.step(LiveExperiment.Unit.BATCH, 1);
                alone.step(LiveExperiment.Unit.BATCH, 1);
            }
            assertThat(watched.model().parameters().toArray())
                    .containsExactly(alone.model().parameters().toArray());
        }
    }

    @Test
    void everyExperimentHasFormulas() {
        for (PlaygroundData data : PlaygroundData.values()) {
            Experiment experiment = switch (data) {
                case IDENTITY -> Experiment.identity();
                case BY_HAND -> Experiment.byHand();
                default -> Samples.with(Experiment.usual(), e -> e.data(data));
            };
            for (int depth : new int[] {0, 6}) {
                List<Integer> layers = depth == 0 ? List.of() : List.of(2, 3, 1, 8, 2, 2);
                try (var live = live(Samples.with(experiment.withEdits(List.of()), e -> e.layers(layers)))) {
                    for (int layer = 0; layer <= depth + 1; layer++) {
                        for (int unit = 0; unit < 2; unit++) {
                            Explanation shown = of(live, layer, unit, false);
                            assertThat(shown.sections()).isNotEmpty();
                            assertThat(shown.sections())
                                    .allSatisfy(section ->
                                            assertThat(section.lines()).isNotEmpty());
                        }
                    }
                }
            }
        }
    }

    @Test
    void inputsAreComputedFromTheExample() {
        Experiment experiment =
                Samples.with(Experiment.usual(), e -> e.features(List.of(Feature.X2_SQUARED, Feature.SINE_1)));
        try (var live = live(experiment)) {
            Explanation inputs = Formulas.of(live, 0, 0, OptionalInt.of(4), true);
            List<Line> point = lines(inputs, "x");
            double x1 = numbers(point.get(0).formula()).getLast();
            double x2 = numbers(point.get(1).formula()).getLast();
            List<Line> seen = lines(inputs, "a");
            assertThat(numbers(seen.get(0).formula()).getLast()).isCloseTo(x2 * x2, within(1e-5));
            assertThat(numbers(seen.get(1).formula()).getLast()).isCloseTo(Math.sin(x1), within(1e-6));
        }
    }

    @Test
    void refusesWhatThereIsNot() {
        try (var live = live(Experiment.usual())) {
            assertThatThrownBy(() -> of(live, 4, 0, true))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("layer");
            assertThatThrownBy(() -> of(live, 2, 3, true))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("unit");
            assertThatThrownBy(() -> Formulas.of(live, 1, 1, OptionalInt.of(200), true))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("example: expects 0 to 199");
        }
    }
}

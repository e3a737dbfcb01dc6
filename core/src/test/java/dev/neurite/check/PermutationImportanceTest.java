package dev.neurite.check;

import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.dense;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.neurite.BothEngines;
import dev.neurite.check.PermutationImportance.Inputs;
import dev.neurite.check.PermutationImportance.OfColumn;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.golden.Golden;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Losses;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@BothEngines
final class PermutationImportanceTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("importance.safetensors").tensors();

    /// Of y = 3·x₁ + b·x₂ without noise the squared error rises by 2·w²·var(x): a shuffled value is any of all.
    @Test
    void ofALinearModelItIsTwiceTheVarianceOfTheTerm() {
        int n = 400;
        float[][] x = new float[n][2];
        float[][] y = new float[n][1];
        double mean = 0;
        for (int i = 0; i < n; i++) {
            x[i][0] = (i * 37 % n) / 100f;
            x[i][1] = (i * 73 % n) / 100f;
            y[i][0] = 3 * x[i][0];
            mean += x[i][0] / n;
        }
        double variance = 0;
        for (float[] row : x) variance += (row[0] - mean) * (row[0] - mean) / n;
        Model model = linear(new float[] {3, 0}, Activation.IDENTITY);
        var found = PermutationImportance.ofLoss(
                model,
                Dataset.of(x, y),
                Losses.meanSquaredError(),
                Inputs.of(List.of("first", "second")),
                200,
                7,
                Kernels.shared());
        assertThat(found.value()).isCloseTo(0, within(1e-9));
        OfColumn first = found.columns().getFirst();
        assertThat(first.name()).isEqualTo("first");
        assertThat(2 * 9 * variance)
                .isBetween(first.low() - first.deviation() / 14, first.high() + first.deviation() / 14);
        assertThat(first.high() - first.low()).isCloseTo(2 * 1.96 * first.deviation() / Math.sqrt(200), within(0.01));
        assertThat(found.columns().getLast().importance()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"loss", "accuracy"})
    void itIsThatOfScikitLearn(String measure) {
        Tensor x = Golden.get(GOLDEN, "x");
        int[] labels = new int[x.rows()];
        float[] y = Golden.get(GOLDEN, "y").toArray();
        for (int i = 0; i < labels.length; i++) labels[i] = (int) y[i];
        Dataset data = Dataset.of(x.toRows(), labels, List.of("no", "yes"));
        Model model = linear(Golden.get(GOLDEN, "weights").toArray(), Activation.SIGMOID);
        List<Inputs> columns = Inputs.of(List.of("0", "1", "2", "3"));
        int repeats = 100;
        PermutationImportance found = measure.equals("loss")
                ? PermutationImportance.ofLoss(
                        model, data, Losses.crossEntropy(), columns, repeats, 3, Kernels.shared())
                : PermutationImportance.of(
                        model, data, Losses.crossEntropy(), Metrics.accuracy(), columns, repeats, 3, Kernels.shared());
        float[] means = Golden.get(GOLDEN, measure + ".means").toArray();
        float[] deviations = Golden.get(GOLDEN, measure + ".deviations").toArray();
        for (OfColumn each : found.columns()) {
            int column = Integer.parseInt(each.name());
            double error = Math.sqrt(
                    deviations[column] * deviations[column] / 400 + each.deviation() * each.deviation() / repeats);
            assertThat(each.importance()).as(each.name()).isCloseTo(means[column], within(4 * error + 1e-9));
            assertThat(each.deviation()).as(each.name()).isBetween(0.75 * deviations[column], 1.3 * deviations[column]);
        }
        assertThat(found.columns().getFirst().name()).isEqualTo("0"); // it has the largest weight
    }

    /// Of y = 3·x₁ + 2·z₁ of two inputs: as of both side by side, and an input as a whole as its only column that
    /// counts.
    @Test
    void eachOfSeveralInputsHasItsColumns() {
        int n = 200;
        float[][] x = new float[n][2];
        float[][] z = new float[n][1];
        float[][] y = new float[n][1];
        for (int i = 0; i < n; i++) {
            x[i][0] = (i * 37 % n) / 100f;
            x[i][1] = (i * 73 % n) / 100f;
            z[i][0] = (i * 61 % n) / 100f;
            y[i][0] = 3 * x[i][0] + 2 * z[i][0];
        }
        Dataset table = Dataset.of(x, y);
        Dataset data = Dataset.of(RowSource.joint(table, Dataset.of(z, y)), table);
        Graph graph = Graph.of((a, b) -> a.join(concat(), b).then(dense(1)));
        Model model = Model.of(List.of(Shape.of(2), Shape.of(1)), graph);
        Map<String, Tensor> values = new HashMap<>();
        model.parameters()
                .parts()
                .forEach(part -> values.put(
                        part.name(),
                        Tensor.of(part.shape(), part.shape().size() == 3 ? new float[] {3, 0, 2} : new float[1])));
        Model known = model.with(values);
        List<Inputs> columns = Inputs.joint(List.of("x", "z"), List.of(Inputs.of(List.of("x1", "x2")), List.of()));
        assertThat(columns).extracting(Inputs::name).containsExactly("x1", "x2", "z");
        var found =
                PermutationImportance.ofLoss(known, data, Losses.meanSquaredError(), columns, 20, 7, Kernels.shared());
        assertThat(found.value()).isCloseTo(0, within(1e-9));
        assertThat(found.columns()).extracting(OfColumn::name).containsExactly("x1", "z", "x2");
        double variance = (n * n - 1) / 12.0 / 10_000; // of 0, 0.01, 0.02 …
        assertThat(found.columns().get(0).importance()).isCloseTo(2 * 9 * variance, withinPercentage(10));
        assertThat(found.columns().get(1).importance()).isCloseTo(2 * 4 * variance, withinPercentage(10));
        assertThat(found.columns().get(2).importance()).isZero();
        assertThatThrownBy(() -> PermutationImportance.ofLoss(
                        known,
                        data,
                        Losses.meanSquaredError(),
                        List.of(new Inputs("none", 1, 0, 2)),
                        2,
                        0,
                        Kernels.shared()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects rows with these columns");
    }

    @Test
    void theSameSeedGivesTheSameFigures() {
        Dataset data = Dataset.of(new float[][] {{1, 2}, {3, 5}, {2, 8}, {0, 1}}, new float[][] {{1}, {2}, {3}, {4}});
        Model model = linear(new float[] {1, 2}, Activation.IDENTITY);
        List<Inputs> columns = Inputs.of(List.of("a", "b"));
        var once =
                PermutationImportance.ofLoss(model, data, Losses.meanSquaredError(), columns, 5, 1, Kernels.shared());
        var again =
                PermutationImportance.ofLoss(model, data, Losses.meanSquaredError(), columns, 5, 1, Kernels.shared());
        var other =
                PermutationImportance.ofLoss(model, data, Losses.meanSquaredError(), columns, 5, 2, Kernels.shared());
        assertThat(again).isEqualTo(once).isNotEqualTo(other);
        assertThatThrownBy(() -> PermutationImportance.ofLoss(
                        model, data, Losses.meanSquaredError(), columns, 1, 1, Kernels.shared()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects 2 repeats or more, got 1");
    }

    /// A column of categories has several inputs, which are shuffled together.
    @Test
    void theInputsOfARawColumnStayTogether() {
        record Row(String color, double size, String kind) {}
        Table table = Table.of(List.of(
                new Row("red", 1, "a"), new Row("green", 2, "b"), new Row("blue", 3, "a"), new Row("red", 4, "b")));
        Preprocessing fitted = Preprocessing.fit(table, PreprocessingSettings.classes("kind"));
        assertThat(Inputs.of(fitted)).containsExactly(new Inputs("color", 0, 3), new Inputs("size", 3, 1));
    }

    private static Model linear(float[] weights, Activation end) {
        Model model = Model.of(Shape.of(weights.length), dense(1, end));
        Map<String, Tensor> values = new HashMap<>();
        model.parameters()
                .parts()
                .forEach(part -> values.put(
                        part.name(),
                        part.name().endsWith("weight")
                                ? Tensor.of(part.shape(), Arrays.copyOf(weights, weights.length))
                                : Tensor.of(part.shape(), new float[1])));
        return model.with(values);
    }
}

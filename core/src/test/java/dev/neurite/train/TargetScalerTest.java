package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.series.TimeSeries;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.network.LinearForecaster;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TargetScalerTest {
    private static final float[][] INPUTS = {{0, 1}, {1, 0}, {1, 1}, {2, 1}};
    private static final Dataset DATA = Dataset.of(INPUTS, new float[][] {{100, 5}, {200, 5}, {300, 5}, {400, 5}});

    private static Model model() {
        return Model.of(features(2), dense(3, TANH), dense(2)).initialize(1);
    }

    @Test
    void targetsAreBroughtToMean0AndDeviation1AndOneWithoutDeviationIsShifted() {
        Dataset scaled = TargetScaler.of(DATA).apply(DATA);
        float[] target = new float[2];
        float[] expected = {-1.3416408f, -0.4472136f, 0.4472136f, 1.3416408f};
        for (int row = 0; row < 4; row++) {
            scaled.readTarget(row, target, 0);
            assertThat(target[0]).isEqualTo(expected[row], within(1e-6f));
            assertThat(target[1]).isZero();
        }
        assertThat(scaled.targetsByOutput().getFirst().size()).isEqualTo(4);
    }

    @Test
    void aModelOfStandardizedTargetsPredictsInTheirOwnUnitsAfterwards() {
        TargetScaler scaler = TargetScaler.of(DATA);
        Model model = model();
        Tensor before = model.predict(Tensor.of(INPUTS));
        Tensor after = scaler.undo(model).predict(Tensor.of(INPUTS));
        for (int row = 0; row < 4; row++) {
            assertThat(after.get(row, 0)).isEqualTo(before.get(row, 0) * 111.8034f + 250, within(1e-2f));
            assertThat(after.get(row, 1)).isEqualTo(before.get(row, 1) + 5, within(1e-5f));
        }
    }

    @Test
    void aMetricOfOwnUnitsIsThatOfTheUndoneModel() {
        TargetScaler scaler = TargetScaler.of(DATA);
        Run run = Trainer.of(model())
                .loss(meanSquaredError())
                .metrics(scaler.inOriginalUnits(Metrics.mae()))
                .epochs(3)
                .fit(scaler.apply(DATA), scaler.apply(DATA));
        Evaluation scaled = run.validation();
        Evaluation whole = Evaluation.of(scaler.undo(run.model()), DATA, meanSquaredError(), Metrics.mae());
        assertThat(mae(scaled)).isEqualTo(mae(whole), within(1e-3));
    }

    private static double mae(Evaluation evaluation) {
        return Objects.requireNonNull(evaluation.metrics().get("mae")).orElseThrow();
    }

    @Test
    void whatHasNoTargetsToScaleIsRefused() {
        assertThatThrownBy(() -> TargetScaler.of(Dataset.of(INPUTS, new int[] {0, 1, 0, 1})))
                .isInstanceOf(ConfigException.class)
                .hasMessage("target scaler: expects target values, got class labels");
        Model ends = Model.of(features(2), dense(2), activation(RELU));
        assertThatThrownBy(() -> TargetScaler.of(DATA).undo(ends))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a network whose last layer is dense, with 2 outputs and a bias");
    }

    /// A window has the past of its target, so that both have the same units: the naive forecast stays one.
    @Test
    void forecastsRelativeToTheLastStepComeInUnitsOfTheSeries() {
        float[][] steps = new float[40][];
        for (int t = 0; t < steps.length; t++) steps[t] = new float[] {t % 5, 1000 + t % 7};
        SeriesWindows windows = SeriesWindows.of(TimeSeries.of(steps, 1), SeriesWindow.of(6, 2));
        assertThat(windows.past()).containsExactly(new Dataset.Past(1, 0, 1));
        assertThat(windows.rows(3, 1).past()).as("of a derived data set").isEqualTo(windows.past());
        assertThat(Dataset.of(windows, windows).past()).isEqualTo(windows.past());
        assertThat(windows.withInputShape(Shape.of(2, 6)).past())
                .as("in another shape")
                .isEmpty();
        Dataset others = Dataset.of(Tensor.zeros(Shape.of(windows.size(), 6, 2)), new int[windows.size()]);
        assertThat(Dataset.of(others, windows).past()).as("with other inputs").isEmpty();
        TargetScaler scaler = TargetScaler.of(windows);
        Model model = new LinearForecaster().model(windows);
        Model trained = Trainer.of(model)
                .loss(meanSquaredError())
                .optimizer(adam(0.01))
                .epochs(2)
                .fit(scaler.apply(windows))
                .model();
        assertThat(scaler.undo(trained).predict(windows)).isEqualTo(trained.predict(windows));

        Table table =
                Table.ofMaps(List.of("load"), IntStream.range(0, 40).mapToObj(t -> Map.of("load", 100 + 10 * (t % 7))));
        SeriesTable rows = SeriesTable.of(table, SeriesColumns.of("load"));
        SeriesWindows scaled = rows.windows(Preprocessing.fit(table, rows.settings()), SeriesWindow.of(6, 2));
        float[] forecast = TargetScaler.of(scaled)
                .undo(new LinearForecaster().model(scaled))
                .predict(scaled)
                .rows(0, 1)
                .toArray();
        assertThat(forecast[0]).as("the last value").isCloseTo(150, within(1e-3f));
        assertThat(forecast[1]).isCloseTo(150, within(1e-3f));
    }

    @Test
    void balancedWeightsMakeUpForTheNumbersOfRows() {
        Dataset data = Dataset.of(INPUTS, new int[] {0, 0, 0, 1});
        assertThat(ClassWeights.balanced(data)).containsExactly(4f / 2 / 3, 2);
        assertThatThrownBy(() -> ClassWeights.balanced(DATA))
                .isInstanceOf(ConfigException.class)
                .hasMessage("class weights: expects class labels, got target values");
    }
}

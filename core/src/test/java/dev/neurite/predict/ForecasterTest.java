package dev.neurite.predict;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.series.NaiveForecast;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesSplit;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.network.LinearForecaster;
import dev.neurite.network.RecurrentKind;
import dev.neurite.network.TimeSeriesForecaster;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.TargetScaler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForecasterTest {
    private static final SeriesColumns COLUMNS = SeriesColumns.of("load").withTime("day");

    @TempDir
    private Path directory;

    private static Table days(int count) {
        return Table.ofMaps(
                List.of("day", "load", "kind"),
                IntStream.range(0, count)
                        .mapToObj(t -> Map.of(
                                "day",
                                "2026-01-%02d".formatted(t + 1),
                                "load",
                                10 + t % 7,
                                "kind",
                                t % 2 == 0 ? "a" : "b")));
    }

    @Test
    void aSavedModelForecastsFromRawRows() {
        SeriesTable table = SeriesTable.of(days(28), COLUMNS);
        var settings = table.settings(PreprocessingSettings.inputsOnly(), List.of(Cycle.WEEK));
        Preprocessing inputs = Preprocessing.fit(table.rows(), settings);
        SeriesWindows windows = table.windows(inputs, SeriesWindow.of(7, 3));
        Model model = new TimeSeriesForecaster(RecurrentKind.GRU, 4, 2, 0.1, true).model(windows.inputShape(), 3);
        Path file = directory.resolve("model.safetensors");
        new ModelFile(model, Map.of(), Signature.of(model, windows, Losses.meanSquaredError()))
                .write(file, Catalog.standard());

        Forecaster forecaster = Forecaster.load(file);
        assertThat(forecaster.preprocessing()).isEqualTo(inputs);
        assertThat(forecaster.columns()).isEqualTo(table.columns()); // with the rhythm
        assertThat(forecaster.window()).isEqualTo(SeriesWindow.of(7, 3));
        Prediction.Forecast forecast = forecaster.forecast(days(28)).getFirst();
        assertThat(forecast.times()).hasValue(List.of("2026-01-29", "2026-01-30", "2026-01-31"));
        // The window before the last three known steps, from a table that ends there, is that of the data set.
        Tensor known = model.predict(windows).rows(windows.size() - 1, windows.size());
        List<Double> same = forecaster.forecast(days(25)).getFirst().values();
        assertThat(same).containsExactly((double) known.get(0, 0), (double) known.get(0, 1), (double) known.get(0, 2));
        assertThatThrownBy(() -> forecaster.forecast(days(6)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at least the 7 steps that the forecast is made from, got 6");
        Predictor predictor = Predictor.load(file);
        assertThatThrownBy(() -> predictor.predict(Map.of("day", "2026-01-01", "load", 1, "kind", "a")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects the rows of a time series");
    }

    @Test
    void aModelKnowsTheSeasonOfItsTraining() {
        SeriesTable table = SeriesTable.of(days(28), COLUMNS);
        Preprocessing inputs = Preprocessing.fit(table.rows(), table.settings());
        SeriesSplit parts = table.windows(inputs, SeriesWindow.of(7, 3)).split(0.25, 0.25);
        SeriesSplit windows = parts.withSeason(NaiveForecast.best(parts.train(), table.seasons()));
        assertThat(windows.test()).isNotSameAs(parts.test());
        Model model = new LinearForecaster().model(windows.train());
        Path file = directory.resolve("model.safetensors");
        for (SeriesWindows each : List.of(windows.train(), parts.train())) {
            new ModelFile(model, Map.of(), Signature.of(model, each, Losses.meanSquaredError()))
                    .write(file, Catalog.standard());
            assertThat(Forecaster.load(file).columns().season())
                    .isEqualTo(each == windows.train() ? Optional.of(new NaiveForecast(7)) : Optional.empty());
            assertThat(ModelFile.read(file, Catalog.standard()).signature().input())
                    .isInstanceOfSatisfying(
                            Input.Series.class,
                            series -> assertThat(series.naive().season()).isEqualTo(each == windows.train() ? 7 : 1));
        }
        Map<String, String> wrong = Map.of("forecast.target", "x", "forecast.season", "0");
        assertThatThrownBy(() -> SeriesColumns.of(wrong))
                .isInstanceOf(ConfigException.class)
                .hasMessage("note 'forecast.season': expects a number of steps from 1, got '0'");
    }

    @Test
    void unusualRowsAreToldInWords() {
        SeriesTable table = SeriesTable.of(days(28), COLUMNS);
        Preprocessing inputs = Preprocessing.fit(table.rows(), table.settings());
        SeriesWindows windows = table.windows(inputs, SeriesWindow.of(7, 3));
        Model model = TargetScaler.of(windows).undo(new LinearForecaster().model(windows));
        Forecaster forecaster = Forecaster.of(
                        new ModelFile(model, Map.of(), Signature.of(model, windows, Losses.meanSquaredError())))
                .orElseThrow();
        assertThat(forecaster.warnings(of(forecaster, days(28)))).isEmpty();
        assertThat(forecaster.forecast(days(28)).getFirst().values())
                .as("not trained, the naive forecast")
                .allSatisfy(value -> assertThat(value).isCloseTo(16, within(1e-4)));
        Table gap = days(28).rows(0, 1, 4, 5, 6, 7, 8, 20);
        assertThat(forecaster.warnings(of(forecaster, gap)))
                .containsExactly("2 steps are further from the step before than usual, the last at 2026-01-21; a window"
                        + " takes all as equally far");
        assertThat(forecaster.warnings(of(forecaster, gap), 1)).isEmpty();
        Table weeks = days(28).rows(0, 7, 14, 21);
        assertThat(forecaster.warnings(of(forecaster, weeks)))
                .containsExactly("steps are usually 7 days apart, in training 1 day");
    }

    private static SeriesTable of(Forecaster forecaster, Table rows) {
        return SeriesTable.of(rows, forecaster.columns());
    }

    @Test
    void otherModelsDoNotForecast() {
        Path file = directory.resolve("model.safetensors");
        ModelFile.save(Model.of(features(4), dense(2)), file);
        assertThatThrownBy(() -> Forecaster.load(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a model that forecasts");
        Model small = Model.of(features(4), dense(2));
        assertThatThrownBy(() -> new ModelFile(small, COLUMNS.notes())).isInstanceOf(ModelFormatException.class);
        Map<String, String> twice = Map.of("forecast.target", "x", "forecast.time", "x");
        assertThatThrownBy(() -> new ModelFile(small, twice)).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void aWindowMustHaveTheInputsThatThePreprocessingMakes() {
        Preprocessing inputs = Preprocessing.fit(
                days(5), PreprocessingSettings.inputsOnly().with("day", ColumnSettings.USUAL.withCalendar(Cycle.WEEK)));
        Model model = new TimeSeriesForecaster().model(dev.neurite.tensor.Shape.of(7, 6), 3);
        var signature = Signature.of(
                List.of(new Input.Series(inputs, COLUMNS)), List.of(new Output.Forecast(COLUMNS.target())));
        assertThatThrownBy(() -> new ModelFile(model, Map.of(), signature)).isInstanceOf(ConfigException.class);
    }
}

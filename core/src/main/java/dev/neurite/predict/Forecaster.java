package dev.neurite.predict;

import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.series.TimeSeries;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Forecasts what comes after the end of a table of time series, with a model and its preprocessing. Takes raw rows
/// and gives values in the units of the series. Immutable and thread-safe.
///
/// The signature of the model file says how the columns become inputs, and what they are:
/// ```java
/// ModelFile.of(run).write(file, Catalog.standard());
/// ```
public final class Forecaster {
    private final Model model;
    private final Preprocessing preprocessing;
    private final SeriesColumns columns;
    private final SeriesWindow window;

    private Forecaster(Model model, Preprocessing preprocessing, SeriesColumns columns, SeriesWindow window) {
        this.model = model;
        this.preprocessing = preprocessing;
        this.columns = columns;
        this.window = window;
    }

    /// Loads a model that forecasts.
    /// @param file a model file, such as `model.safetensors` in a run's directory
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws dev.neurite.error.ModelFormatException for a file that is no Neurite model, damaged, or newer
    /// @throws ConfigException for a model that does not forecast
    public static Forecaster load(Path file) {
        ModelFile content = ModelFile.read(file, Catalog.standard());
        return of(content)
                .orElseThrow(() -> new ConfigException(
                        file.toString(),
                        "expects a model that forecasts a time series, got one that "
                                + content.signature().words(),
                        "A Predictor predicts single rows"));
    }

    /// The forecaster of a model that was read; empty if it does not forecast, or takes or gives more than that.
    public static Optional<Forecaster> of(ModelFile file) {
        Signature signature = file.signature();
        boolean forecasts = signature.inputs().size() == 1
                && signature.outputs().size() == 1
                && signature.output() instanceof Output.Forecast;
        if (!forecasts || !(signature.input() instanceof Input.Series(var inputs, var columns))) {
            return Optional.empty();
        }
        Network network = file.model().network();
        int steps = network.inputs().getFirst().extent(0);
        var window = SeriesWindow.of(steps, network.outputs().getFirst().size());
        return Optional.of(new Forecaster(file.model(), inputs, columns, window));
    }

    public Preprocessing preprocessing() {
        return preprocessing;
    }

    /// What the columns of the table are.
    public SeriesColumns columns() {
        return columns;
    }

    /// The steps that a forecast is made from, and those that it has.
    public SeriesWindow window() {
        return window;
    }

    /// What is unusual about the steps that [#forecast] is made from, in words: another rhythm than in training, gaps,
    /// values far outside those of the training. Empty if nothing is.
    public List<String> warnings(SeriesTable table) {
        return warnings(table, window.steps());
    }

    /// What is unusual about the last steps of each series, in words; empty if nothing is.
    /// @param steps how many of the last steps of each series count
    /// @throws dev.neurite.error.DataException for missing columns
    public List<String> warnings(SeriesTable table, int steps) {
        return table.warnings(preprocessing, steps);
    }

    /// Forecasts the steps after the end of each series, with what is unusual about the table.
    /// @param rows the steps so far, with all columns of the training; the newest steps count
    /// @throws dev.neurite.error.DataException for missing columns or values, rows that are not in the order of
    /// time, or fewer steps than the window
    public List<Prediction.Forecast> forecast(Table rows) {
        return forecast(SeriesTable.of(rows, columns), Kernels.shared());
    }

    /// Forecasts the steps after the end of each series.
    /// @param kernels the threads and kernels to use; they do not change the result
    /// @throws dev.neurite.error.DataException for missing columns, rows that cannot be encoded, or fewer steps
    /// than the window
    public List<Prediction.Forecast> forecast(SeriesTable table, Kernels kernels) {
        TimeSeries series = table.encode(preprocessing);
        Tensor values = model.predict(series.last(window.steps()), kernels);
        List<String> warnings = warnings(table);
        List<Prediction.Forecast> forecasts = new ArrayList<>();
        for (int s = 0; s < series.count(); s++) {
            forecasts.add(new Prediction.Forecast(
                    series.name(s),
                    columns.target(),
                    table.timesAfter(s, window.horizon()),
                    Outputs.doubles(values.rows(s, s + 1).toArray()),
                    warnings));
        }
        return forecasts;
    }
}

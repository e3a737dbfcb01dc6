package dev.neurite.network;

import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.lastPosition;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Graph;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import java.util.List;

/// Forecasts a time series from a window of its past: recurrent layers over the steps of the window, and a dense
/// layer that makes all steps of the forecast at once, relative to the last step of the window, from the last state
/// and, unless `skip` is false, from what a [LinearForecaster] sees.
/// ```java
/// Model model = new TimeSeriesForecaster().model(windows.train());
/// ```
/// 24,144 parameters for a window of 168 steps of 6 features, and 24 outputs.
/// @param cell the kind of recurrent layers; [RecurrentKind#LSTM] by default
/// @param units the size of their state, at least 1; 64 by default
/// @param layers the number of recurrent layers, from 1, the default, to 100
/// @param dropout the rate after each recurrent layer; 0 by default
/// @param skip whether the last layer also gets what a linear model sees, besides the last state; true by default
/// @param columns the features that are the past of what is forecast, from 0; empty, the default, for those of the
/// data set. Without them forecasts are not relative to the last step, which the last layer gets if `skip` is true
public record TimeSeriesForecaster(
        RecurrentKind cell, int units, int layers, double dropout, boolean skip, List<Integer> columns)
        implements SeriesArchitecture {
    private static final String NAME = "time-series-forecaster";

    /// Keeps a copy of the list.
    /// @throws dev.neurite.error.ConfigException for less than one unit or layer, more than 100 layers, or a rate
    /// outside 0 to below 1
    public TimeSeriesForecaster {
        RecurrentKind.check(NAME, units, layers, dropout);
        columns = List.copyOf(columns);
    }

    /// For the columns of the data set.
    /// @throws dev.neurite.error.ConfigException for less than one unit or layer, more than 100 layers, or a rate
    /// outside 0 to below 1
    public TimeSeriesForecaster(RecurrentKind cell, int units, int layers, double dropout, boolean skip) {
        this(cell, units, layers, dropout, skip, List.of());
    }

    /// The defaults: one LSTM of 64 units, with the connection that skips it.
    public TimeSeriesForecaster() {
        this(RecurrentKind.LSTM, 64, 1, 0, true);
    }

    @Override
    public TimeSeriesForecaster withColumns(List<Integer> others) {
        return new TimeSeriesForecaster(cell, units, layers, dropout, skip, others);
    }

    /// @param input `[steps × features]`
    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        ForecastNetwork.requireWindow(NAME, input);
        return ForecastNetwork.ending(columns, outputs, end, window -> {
            var state = window.then(Layers.stacked(layers, cell.layer(units)).withDropout(dropout));
            if (dropout > 0) state = state.then(Layers.dropout(dropout));
            return skip ? state.join(concat(), seen(window, input)) : state;
        });
    }

    private Wire seen(Wire window, Shape input) {
        return columns.isEmpty() ? window.then(lastPosition()) : ForecastNetwork.past(window, input, columns);
    }
}

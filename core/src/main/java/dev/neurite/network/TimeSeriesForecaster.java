package dev.neurite.network;

import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.lastPosition;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Graph;
import dev.neurite.tensor.Shape;

/// Forecasts a time series from a window of its past: recurrent layers over the steps of the window, and a dense
/// layer that makes all steps of the forecast at once, from the last state and, unless `skip` is false, from the
/// last step of the window. With this connection, which skips the recurrent layers, forecasts follow the level of a
/// series also where it never was in training.
/// ```java
/// Model model = new TimeSeriesForecaster().model(windows.inputShape(), windows.targetShape().size());
/// ```
/// 20,136 parameters for 6 features and 24 outputs.
/// @param cell the kind of recurrent layers; [RecurrentKind#LSTM] by default
/// @param units the size of their state, at least 1; 64 by default
/// @param layers the number of recurrent layers, from 1, the default, to 100
/// @param dropout the rate after each recurrent layer; 0 by default
/// @param skip whether the last layer gets the last step of the window, too; true by default
public record TimeSeriesForecaster(RecurrentKind cell, int units, int layers, double dropout, boolean skip)
        implements Architecture {
    private static final String NAME = "time-series-forecaster";

    /// @throws dev.neurite.error.ConfigException for less than one unit or layer, more than 100 layers, or a rate
    /// outside 0 to below 1
    public TimeSeriesForecaster {
        RecurrentKind.check(NAME, units, layers, dropout);
    }

    /// The defaults: one LSTM of 64 units, with the connection that skips it.
    public TimeSeriesForecaster() {
        this(RecurrentKind.LSTM, 64, 1, 0, true);
    }

    /// @param input `[steps × features]`
    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        if (input.rank() != 2) {
            throw new ShapeException(
                    NAME,
                    "expects windows [steps × features], got " + input,
                    input.rank() == 1 ? "Windows over a table come from --forecast, in the library SeriesWindows" : "");
        }
        return Graph.of(window -> {
            var state = window.then(Layers.stacked(layers, cell.layer(units)).withDropout(dropout));
            if (dropout > 0) state = state.then(Layers.dropout(dropout));
            if (skip) state = state.join(concat(), window.then(lastPosition()));
            return state.then(dense(outputs, end));
        });
    }
}

package dev.neurite.network;

import static dev.neurite.layer.Layers.flatten;

import dev.neurite.kernel.Activation;
import dev.neurite.model.Graph;
import dev.neurite.tensor.Shape;
import java.util.List;

/// Forecasts a time series from a window of its past by a linear model: how it goes on from its last step is a
/// weighted sum of how it came there, and of the last step of all other features. The first choice for time series:
/// it is trained in seconds, and it follows trends, levels and seasons that the window shows. Zeng et al. 2023,
/// "Are transformers effective for time series forecasting?", arXiv:2205.13504.
/// ```java
/// Model model = new LinearForecaster().model(windows.train());
/// ```
/// 4,176 parameters for a window of 168 steps of 6 features, and 24 outputs.
/// @param columns the features that are the past of what is forecast, from 0; empty, the default, for those of the
/// data set. Without them the model is one of the whole window, not relative to its last step
public record LinearForecaster(List<Integer> columns) implements SeriesArchitecture {
    private static final String NAME = "linear-forecaster";

    public LinearForecaster {
        columns = List.copyOf(columns);
    }

    /// For the columns of the data set.
    public LinearForecaster() {
        this(List.of());
    }

    @Override
    public LinearForecaster withColumns(List<Integer> others) {
        return new LinearForecaster(others);
    }

    /// @param input `[steps × features]`
    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        ForecastNetwork.requireWindow(NAME, input);
        return ForecastNetwork.ending(
                columns,
                outputs,
                end,
                window -> columns.isEmpty() ? window.then(flatten()) : ForecastNetwork.past(window, input, columns));
    }
}

package dev.neurite.network;

import dev.neurite.data.Dataset;
import dev.neurite.model.Model;
import java.util.List;

/// A network that forecasts from a window `[steps × features]`, relative to its last step, see
/// [dev.neurite.layer.RelativeToLast]. Its last dense layer begins with zeros, so that the forecast is the naive one
/// before training.
public interface SeriesArchitecture extends Architecture {
    /// The features that are the past of what is forecast, from 0; empty if they are not known. Then the network
    /// gives forecasts as they are, not relative to the last step.
    List<Integer> columns();

    SeriesArchitecture withColumns(List<Integer> columns);

    /// A copy for a data set: with the columns that have the past of its targets, unless columns were chosen.
    default SeriesArchitecture forData(Dataset data) {
        if (!columns().isEmpty()) return this;
        return withColumns(data.past().stream().map(Dataset.Past::input).toList());
    }

    /// A model for windows, with parameters initialized with seed 0: `new LinearForecaster().model(windows.train())`.
    @Override
    default Model model(Dataset train) {
        return forData(train)
                .model(train.inputShape(), Math.toIntExact(train.targetShape().size()));
    }
}

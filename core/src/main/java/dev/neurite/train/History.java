package dev.neurite.train;

import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.List;

/// The results of the epochs of a training, in order.
/// @param epochs the results
public record History(List<EpochResult> epochs) {
    /// Keeps a copy.
    public History {
        epochs = List.copyOf(epochs);
    }

    /// The last epoch.
    public EpochResult last() {
        return epochs.getLast();
    }
}

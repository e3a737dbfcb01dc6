package dev.neurite.train;

import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.List;

/// What each epoch of a training brought, in order.
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

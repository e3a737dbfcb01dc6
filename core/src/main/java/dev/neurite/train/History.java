package dev.neurite.train;

import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.List;
import java.util.NoSuchElementException;

/// The results of the epochs of a training, in order.
/// @param epochs the results
public record History(List<EpochResult> epochs) {
    public History {
        epochs = List.copyOf(epochs);
    }

    /// The last epoch.
    /// @throws NoSuchElementException if the training ended before its first epoch did
    public EpochResult last() {
        if (epochs.isEmpty()) {
            throw new NoSuchElementException(
                    "history: expects an epoch that has ended, got a training that was stopped before");
        }
        return epochs.getLast();
    }
}

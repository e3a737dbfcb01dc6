package dev.neurite.train;

import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

/// The results of the epochs of a training, in order.
/// @param epochs the results
public record History(List<EpochResult> epochs) {
    public History {
        epochs = List.copyOf(epochs);
    }

    /// The first epoch; of a training that was resumed, that of the one before.
    /// @throws NoSuchElementException if the training ended before its first epoch did
    public EpochResult first() {
        requireEpochs();
        return epochs.getFirst();
    }

    /// The last epoch.
    /// @throws NoSuchElementException if the training ended before its first epoch did
    public EpochResult last() {
        requireEpochs();
        return epochs.getLast();
    }

    private void requireEpochs() {
        if (!epochs.isEmpty()) return;
        throw new NoSuchElementException(
                "history: expects an epoch that has ended, got a training that was stopped before");
    }

    /// A line for each epoch.
    @Override
    public String toString() {
        return epochs.stream().map(EpochResult::toString).collect(Collectors.joining("\n"));
    }
}

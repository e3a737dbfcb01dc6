package dev.neurite.train;

/// Watches trainings, and may steer them: measure, write down, end early.
///
/// A callback holds settings only and can be given to any number of trainers, at the same time too; what it remembers
/// of one training is in the [Observer] that it makes for it.
@FunctionalInterface
public interface Callback {
    /// Begins to watch a training. It may still be refused: [TrainingEvent.Started] says that it goes on.
    /// @param training what may be asked of it and done to it, by its own thread alone
    Observer begin(TrainingControl training);

    /// Whether the result depends on this callback. Then a training can only be resumed with one that is equal to it,
    /// by its [Object#toString()].
    default boolean decides() {
        return false;
    }

    /// One callback watching one training.
    @FunctionalInterface
    interface Observer {
        /// Something has happened. What is thrown here ends the training.
        void on(TrainingEvent event);

        /// All observers have heard of the last event: the time to take a [TrainingControl#state()].
        default void settled() {}

        /// Writes down what it remembers.
        /// @param memory its own scope
        default void save(Snapshot memory) {}

        /// Remembers what one like it has written down, before [TrainingEvent.Started].
        /// Not called if there was none like it.
        /// @param memory its own scope
        default void restore(Snapshot memory) {}

        /// The training is over, well or not: gives back files and the like.
        default void close() {}
    }
}

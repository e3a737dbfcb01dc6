package dev.neurite.train;

/// Watches a training and may influence it: measures, logs, stops early.
///
/// <!-- Snippets#callback -->
/// ```java
/// Callback patience = training -> event -> {
///     if (event instanceof EpochEnded(var result) && result.loss() < 0.1) training.finish("good enough");
/// };
/// Run shortened = Trainer.of(model).epochs(30).callback(patience).fit(train);
/// ```
///
/// A callback holds only settings, so that any number of trainers can share it, at the same time too.
/// Its [Observer] holds the state of one training.
@FunctionalInterface
public interface Callback {
    /// Begins to watch a training. The training may still be refused; [TrainingEvent.Started] says that
    /// it begins.
    /// @param training the training, to be used by its own thread alone
    Observer begin(TrainingControl training);

    /// Whether this callback decides something that the result depends on. If so, a training resumes
    /// only with an equal callback, compared by [Object#toString()].
    ///
    /// A callback that only passes on what a person wants, such as another learning rate, returns false:
    /// what was changed so far is in the checkpoint, and the training may resume with or without it.
    default boolean affectsResult() {
        return false;
    }

    /// Whether [#begin] adds a probe, see [TrainingControl#probe]. [Trainer#memory] then counts what
    /// probes need.
    default boolean probes() {
        return false;
    }

    /// The most copies of the model that this callback holds at once, such as those that
    /// [TrainingControl#model] makes: the best model so far, one that is being written. [Trainer#memory]
    /// counts them.
    /// @return at least 0; 0 unless overridden
    default int modelCopies() {
        return 0;
    }

    /// A callback that watches one training.
    @FunctionalInterface
    interface Observer {
        /// Handles an event. An exception ends the training.
        void on(TrainingEvent event);

        /// Called after all observers have handled the events of a step, of an epoch, or of the begin
        /// or end of the training: the time to save a [TrainingControl#state()].
        default void afterEvents() {}

        /// Saves the state of this observer.
        /// @param memory a scope for this observer alone
        default void save(Snapshot memory) {}

        /// Restores a saved state, before [TrainingEvent.Started]. Not called if no observer of this
        /// name had one.
        /// @param memory the scope that [#save] wrote
        default void restore(Snapshot memory) {}

        /// Called after the training, also if it failed. Closes files and the like.
        default void close() {}
    }
}

package dev.neurite.dashboard.view;

import dev.neurite.check.Advice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A run that is shown: a training of this JVM, or a directory. Thread-safe.
public interface WatchedRun {
    /// What a page can ask of a training.
    enum Action {
        /// Wait after this step.
        PAUSE,
        /// Go on.
        RESUME,
        /// Take a number of steps, then wait.
        STEP,
        /// End after this step; the model is kept.
        STOP,
        /// Write a checkpoint.
        SAVE,
        /// Change the learning rate.
        RATE;

        /// In lower case.
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// A wish of a page.
    /// @param rate the learning rate, for [Action#RATE]
    /// @param steps the number of steps, for [Action#STEP]
    record Command(Action action, double rate, int steps) {}

    /// A checkpoint of a run.
    /// @param step the step after which it was written; −1 if the name does not tell
    /// @param best whether it is the best model so far, not the newest
    record CheckpointFile(String name, long step, long bytes, boolean best) {}

    /// A command that is not possible now.
    final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        /// @param reason why, as a sentence
        public RefusedException(String reason) {
            super(reason);
        }

        /// Why, as a sentence.
        public String reason() {
            return String.valueOf(getMessage());
        }
    }

    /// The name in addresses.
    String id();

    /// How far it is, and whether it runs.
    RunState state();

    /// What does not change.
    RunFacts facts();

    /// The lines of its metrics, up to now.
    Lines lines();

    /// The histograms of its layers, up to now.
    Histograms histograms();

    /// The picture of its network; [NetworkView#UNKNOWN] before there is a model.
    NetworkView network();

    /// The present model, with data to look at it on. May take seconds.
    /// @throws RefusedException if there is no model yet, or the training does not answer
    /// @throws dev.neurite.error.NeuriteException if model or data cannot be read
    Subject subject() throws RefusedException;

    /// The parts of the data that the model can be looked at on, the usual one first: `test`, `val`.
    /// Empty where only [#subject()] knows.
    default List<String> parts() {
        return List.of();
    }

    /// The present model with another part of the data.
    /// @param part one of [#parts()]
    /// @throws RefusedException as [#subject()], or if there is no such part
    default Subject subject(String part) throws RefusedException {
        Subject usual = subject();
        if (part.equals(usual.part())) return usual;
        throw new RefusedException("There is no part of this name here to evaluate the model on.");
    }

    /// Its score on the test part; empty before it was measured.
    Optional<TestScore> testScore();

    /// What people have written about it.
    Tags tags();

    boolean keepsTags();

    /// Writes other tags and another note.
    /// @throws RefusedException if it has no directory to keep them in
    void tag(Tags tags) throws RefusedException;

    /// The first loss beside the expected one; empty where that is not known.
    Optional<FirstLossView> firstLoss();

    /// What happened, oldest first.
    List<Note> notes();

    /// What a person should know before trusting the page; empty if there is nothing.
    List<String> warnings();

    /// The checkpoints that are there.
    List<CheckpointFile> checkpoints();

    /// The file of a checkpoint by its exact name; empty if there is none.
    Optional<Path> checkpoint(String name);

    /// What can be asked of it.
    List<Action> controls();

    /// Does what a page asks, and returns the state then.
    /// @throws RefusedException if that is not possible
    RunState control(Command command) throws RefusedException;

    /// The measured times of its steps; empty if they were not measured.
    Optional<Times> times();

    /// What whoever trained has found at the end; empty before.
    default List<Advice> advice() {
        return List.of();
    }

    default List<HealthFinding> health() {
        return Health.of(lines(), histograms(), network().rectifiers(), firstLoss(), advice());
    }
}

package dev.neurite.dashboard.live;

import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.WatchedRun.Command;
import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.train.TrainingControl;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/// Does what pages ask of a training, in its thread and between two steps. While it is paused the
/// training waits there, and still does what is asked.
final class Steering {
    private static final Duration LOOK = Duration.ofMillis(50); // between looks at whether to go on

    private final TrainingControl training;
    private final BooleanSupplier goesOn;
    private final Wishes wishes;
    private final TrainingProgress progress;
    private final SavedCheckpoints saved;
    private final Notes notes;

    // Of the thread of the training only.
    private boolean stepped;
    private boolean pauses;
    private int stepsLeft;

    /// @param goesOn ends a pause when it is true
    Steering(
            TrainingControl training,
            BooleanSupplier goesOn,
            Wishes wishes,
            TrainingProgress progress,
            SavedCheckpoints saved,
            Notes notes) {
        this.training = training;
        this.goesOn = goesOn;
        this.wishes = wishes;
        this.progress = progress;
        this.saved = saved;
        this.notes = notes;
    }

    // ----------------------------------------------------------------------------- in the training's thread

    /// A step has ended.
    void stepEnded() {
        stepped = true;
    }

    /// Counts the steps that were asked for, does what was asked for, and waits while the training is
    /// paused.
    void betweenSteps() {
        if (stepped && stepsLeft > 0 && --stepsLeft == 0) pauses = true;
        stepped = false;
        if (wishes.isClosed()) return;
        wishes.grantAll();
        if (pauses) pause();
    }

    private void pause() {
        long start = System.nanoTime();
        progress.pause(start);
        notes.info("Paused after step " + training.steps() + ".");
        while (pauses && !wishes.isClosed() && !goesOn()) {
            try {
                wishes.grantNext(LOOK);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // the training pauses for good
                break;
            }
        }
        pauses = false;
        long end = System.nanoTime();
        progress.goOn(end);
        double seconds = (end - start) * 1e-9;
        notes.info(String.format(Locale.ROOT, "Went on after a pause of %.1f s.", seconds));
        notes.stoodStill(seconds);
    }

    /// Whether the program ends the pause. A condition that fails ends it, too.
    @SuppressWarnings("IllegalCatch")
    private boolean goesOn() {
        try {
            return goesOn.getAsBoolean();
        } catch (RuntimeException | Error e) {
            notes.warning("The training goes on, as the condition for it has failed", e);
            return true;
        }
    }

    // ------------------------------------------------------------------------------------- in other threads

    /// Asks for what a page wants, and waits until it is done.
    /// @throws RefusedException if that is not possible
    void control(Command command) throws RefusedException {
        switch (command.action()) {
            case PAUSE ->
                ask(() -> {
                    requirePaused(false);
                    pauses = true;
                    stepsLeft = 0;
                    progress.enter(Phase.PAUSED);
                });
            case RESUME ->
                ask(() -> {
                    requirePaused(true);
                    stepsLeft = 0;
                    goOn();
                });
            case STEP ->
                ask(() -> {
                    stepsLeft = Math.max(1, command.steps());
                    goOn();
                });
            case STOP ->
                ask(() -> {
                    training.finish("stopped on the page");
                    goOn();
                });
            case SAVE -> ask(() -> notes.info("Saved " + saved.save() + "."));
            case RATE ->
                ask(() -> {
                    training.learningRate(command.rate());
                    progress.setRate(command.rate());
                });
        }
    }

    /// A change of the training.
    private interface Change {
        void make() throws RefusedException;
    }

    private void ask(Change change) throws RefusedException {
        wishes.ask(() -> {
            change.make();
            return true;
        });
    }

    private void goOn() {
        pauses = false;
        progress.enter(Phase.TRAINING);
    }

    private void requirePaused(boolean wanted) throws RefusedException {
        boolean paused = progress.phase() == Phase.PAUSED;
        if (paused == wanted) return;
        throw new RefusedException(paused ? "The training is paused already." : "The training is not paused.");
    }
}

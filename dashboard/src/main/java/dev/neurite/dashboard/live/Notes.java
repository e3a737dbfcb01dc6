package dev.neurite.dashboard.live;

import dev.neurite.dashboard.view.Note;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.Ended;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.Failed;
import dev.neurite.train.TrainingEvent.RateChanged;
import dev.neurite.train.TrainingEvent.Started;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingEvent.StepSkipped;
import dev.neurite.train.TrainingEvent.UpdatesMeasured;
import dev.neurite.train.TrainingEvent.Validated;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/// What happened in a training, in words: the newest thousand notes. Thread-safe.
final class Notes {
    private static final int MOST = 1_000;

    private final Deque<Note> notes = new ArrayDeque<>();

    /// All notes, oldest first.
    synchronized List<Note> all() {
        return List.copyOf(notes);
    }

    void info(String text) {
        add("info", text);
    }

    void warning(String text) {
        add("warning", text);
    }

    /// A warning about a problem that does not stop the training.
    /// @param text what cannot be done
    void warning(String text, Throwable problem) {
        warning(text + ": "
                + (problem instanceof OutOfMemoryError
                        ? "there is too little memory."
                        : String.valueOf(problem.getMessage())));
    }

    void error(String text) {
        add("error", text);
    }

    private synchronized void add(String level, String text) {
        notes.addLast(Note.now(level, text));
        if (notes.size() > MOST) notes.removeFirst();
    }

    /// Notes what a person should know of an event. Who handles the end of a training notes that.
    void on(TrainingEvent event) {
        switch (event) {
            case Started started ->
                info(
                        started.resumed()
                                ? "The training goes on after step " + started.steps() + "."
                                : "The training begins.");
            case StepSkipped skipped ->
                warning("Step " + skipped.step() + " was skipped: "
                        + skipped.problem().problem());
            case RateChanged changed ->
                info(String.format(
                        Locale.ROOT,
                        "The learning rate changed from %.3g to %.3g after step %d.",
                        changed.before(),
                        changed.after(),
                        changed.step()));
            case StepEnded _, UpdatesMeasured _, Validated _, EpochEnded _, Ended _, Failed _ -> {}
        }
    }
}

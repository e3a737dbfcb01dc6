package dev.neurite.dashboard.live;

import dev.neurite.dashboard.runs.NoteFile;
import dev.neurite.dashboard.view.Note;
import dev.neurite.error.ResourceException;
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
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What happened in a training, in words: the newest thousand notes. Those of a run with a directory are in its
/// file, too, at most a thousand of a training. Thread-safe.
final class Notes {
    private static final int MOST = 1_000;

    private final Deque<Note> notes = new ArrayDeque<>();
    private Optional<NoteFile> file;
    private boolean begun; // whether notes go to the file
    private int written;

    /// @param run the directory of the run; empty for none
    Notes(Optional<Path> run) {
        file = run.map(NoteFile::new);
    }

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
        Note note = Note.now(level, text);
        keep(note);
        if (written++ < MOST) write(to -> to.add(note));
    }

    private void keep(Note note) {
        notes.addLast(note);
        if (notes.size() > MOST) notes.removeFirst();
    }

    /// Notes a time that is none of the training's, and ends now.
    /// @param seconds how long it stood still
    synchronized void stoodStill(double seconds) {
        double now = System.currentTimeMillis() / 1000.0;
        write(to -> to.addPause(now, seconds));
    }

    private interface Writing {
        void to(NoteFile file) throws IOException;
    }

    private void write(Writing writing) {
        try {
            if (begun && file.isPresent()) writing.to(file.get());
        } catch (IOException e) {
            file = Optional.empty();
            keep(Note.now("warning", "The notes cannot be written to a file: " + ResourceException.reason(e) + "."));
        }
    }

    /// The notes of a resumed run go on; those of another training are deleted.
    private synchronized void begin(boolean resumed) {
        begun = true;
        List<Note> sofar = List.copyOf(notes);
        write(to -> {
            if (!resumed) to.clear();
            to.read();
            notes.clear();
            to.notes().forEach(this::keep);
            sofar.forEach(this::keep);
            for (Note each : sofar) to.add(each);
        });
    }

    /// Notes what a person should know of an event. Who handles the end of a training notes that.
    void on(TrainingEvent event) {
        switch (event) {
            case Started started -> {
                begin(started.resumed());
                info(
                        started.resumed()
                                ? "The training goes on after step " + started.steps() + "."
                                : "The training begins.");
            }
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

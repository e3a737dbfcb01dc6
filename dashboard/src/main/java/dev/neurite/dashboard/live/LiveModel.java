package dev.neurite.dashboard.live;

import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.Times;
import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.data.Dataset;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.train.TrainingControl;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The model of a training, as pages look at it: a copy of the present one, and at the end the result.
final class LiveModel {
    private static final String TEST = "test";

    private final LiveSettings settings;
    private final TrainingControl training;
    private final Optional<Dataset> data;
    private final Wishes wishes;
    private final TrainingProgress progress;

    // The thread of the training writes `latest`: never a copy after its result.
    private volatile @Nullable Subject latest;
    private volatile @Nullable Times times;

    LiveModel(LiveSettings settings, TrainingControl training, Wishes wishes, TrainingProgress progress) {
        this.settings = settings;
        this.training = training;
        this.data = settings.data().or(training::validation);
        this.wishes = wishes;
        this.progress = progress;
    }

    /// The data to look at it on; empty if there is none.
    Optional<Dataset> data() {
        return data;
    }

    // ----------------------------------------------------------------------------- in the training's thread

    /// The model before the training, not a copy: for the structure.
    Subject initial() {
        return subject(training.initialModel(), 0);
    }

    /// The present model, copied.
    Subject present() {
        return subject(training.model(), training.steps());
    }

    private Subject subject(Model model, long step) {
        ModelFile file = settings.form().apply(model, training.signature());
        return new Subject(file, settings.part(), data, settings.loss(), step);
    }

    /// Takes the result of the training, or the last model if it chose none.
    void takeResult() {
        latest = null; // an earlier model is not the result
        Optional<Model> chosen = training.result();
        Subject result = chosen.isPresent() ? subject(chosen.get(), -1) : present();
        latest = settings.test().isPresent() ? onPart(result, TEST, settings.test()) : result;
    }

    private static Subject onPart(Subject subject, String part, Optional<Dataset> rows) {
        return new Subject(subject.file(), part, rows, subject.loss(), subject.step());
    }

    /// Takes the times of the training's steps, if it measured them.
    void takeTimes() {
        Times measured = Times.of(training.profile());
        if (!measured.layers().isEmpty()) times = measured;
    }

    // ------------------------------------------------------------------------------------- in other threads

    /// The present model, or the result.
    /// @throws RefusedException if the training does not answer, or has ended without a model
    Subject subject() throws RefusedException {
        Subject known = latest;
        if (known != null && (wishes.isClosed() || known.step() == progress.steps())) return known;
        try {
            return wishes.ask(() -> {
                Subject copied = present();
                latest = copied;
                return copied;
            });
        } catch (RefusedException e) {
            Subject result = latest;
            if (wishes.isClosed() && result != null) return result; // it has ended meanwhile
            throw e;
        }
    }

    /// The parts of the data to look at it on: after the training the test part first, and the one before.
    List<String> parts() {
        Subject known = latest;
        boolean both = known != null
                && wishes.isClosed()
                && settings.test().isPresent()
                && !settings.part().equals(TEST);
        return both ? List.of(TEST, settings.part()) : List.of(settings.part());
    }

    /// The present model, or the result, with a part of the data.
    /// @throws RefusedException as [#subject()], or if there is no such part
    Subject subject(String part) throws RefusedException {
        Subject known = subject();
        if (part.equals(known.part())) return known;
        if (!parts().contains(part)) {
            throw new RefusedException("There is no part of this name here to evaluate the model on.");
        }
        return onPart(known, part, part.equals(TEST) ? settings.test() : data);
    }

    /// The times of the training's steps, or of a few steps of a copy; empty if neither is known.
    Optional<Times> times() {
        Times known = times;
        if (known != null) return Optional.of(known);
        try {
            Optional<Times> measured = Times.measured(subject());
            if (measured.isPresent()) times = measured.get();
            return measured;
        } catch (RefusedException _) {
            return Optional.empty();
        }
    }
}

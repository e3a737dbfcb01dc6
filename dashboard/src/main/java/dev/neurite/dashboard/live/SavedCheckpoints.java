package dev.neurite.dashboard.live;

import dev.neurite.dashboard.view.WatchedRun.CheckpointFile;
import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.train.TrainingControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;

/// The checkpoints of a training that pages have asked for. Thread-safe, but only the thread of the
/// training saves.
final class SavedCheckpoints {
    private final LiveSettings settings;
    private final TrainingControl training;
    private final Map<String, Path> files = new ConcurrentSkipListMap<>(); // by name

    SavedCheckpoints(LiveSettings settings, TrainingControl training) {
        this.settings = settings;
        this.training = training;
    }

    /// Whether there is a place for them.
    boolean arePossible() {
        return settings.checkpoints().isPresent();
    }

    /// Saves the present state.
    /// @return the name of the file
    /// @throws RefusedException without a place to save to, and before the first step
    /// @throws ResourceException if the file cannot be written
    String save() throws RefusedException {
        Path place = settings.checkpoints()
                .orElseThrow(() -> new RefusedException("The program has not said where to save checkpoints."));
        if (training.steps() == 0) throw new RefusedException("There is nothing to save before the first step.");
        String name =
                String.format(Locale.ROOT, "step-%09d-epoch-%06d.safetensors", training.steps(), training.epoch());
        try {
            Files.createDirectories(place);
        } catch (IOException e) {
            throw new ResourceException(place.toString(), "cannot be created: " + ResourceException.reason(e));
        }
        Path file = place.resolve(name);
        new Checkpoint(settings.form().apply(training.model(), training.signature()), training.state())
                .write(file, Catalog.standard());
        files.put(name, file);
        return name;
    }

    /// The checkpoints that were not deleted.
    List<CheckpointFile> all() {
        List<CheckpointFile> all = new ArrayList<>();
        files.forEach((name, file) ->
                size(file).ifPresent(bytes -> all.add(new CheckpointFile(name, step(name), bytes, false))));
        return all;
    }

    /// The size of a file in bytes; empty if it is there no more.
    private static OptionalLong size(Path file) {
        try {
            return OptionalLong.of(Files.size(file));
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }

    private static long step(String name) {
        return Long.parseLong(name.split("-", 3)[1]);
    }

    /// The file of this name; empty if it is not there.
    Optional<Path> find(String name) {
        return Optional.ofNullable(files.get(name)).filter(Files::isRegularFile);
    }
}

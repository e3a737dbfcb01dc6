package dev.neurite.cli.option;

import dev.neurite.io.Checkpoints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Checkpoints of a training.
/// @param steps steps between checkpoints; empty for none
/// @param epochs epochs between checkpoints; empty for none. Without steps and epochs there
/// is one at the end of an epoch, at most every 20 seconds
/// @param keep how many checkpoints to keep
public record CheckpointSettings(OptionalInt steps, OptionalInt epochs, int keep) {
    static final int DEFAULT_KEEP = 2;

    /// The least time between checkpoints at the ends of epochs.
    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(20);

    /// The defaults.
    static final CheckpointSettings NONE =
            new CheckpointSettings(OptionalInt.empty(), OptionalInt.empty(), DEFAULT_KEEP);

    /// The first of these options that differs from its default; empty if none does.
    Optional<String> givenOption() {
        if (steps.isPresent()) return Optional.of(CheckpointOptions.CHECKPOINT_EVERY);
        if (epochs.isPresent()) return Optional.of(CheckpointOptions.CHECKPOINT_EPOCHS);
        return keep != DEFAULT_KEEP ? Optional.of(CheckpointOptions.KEEP) : Optional.empty();
    }

    /// The callback that writes checkpoints into a directory.
    /// @param monitor the metric that decides which epoch is best, to keep that model; empty for none
    public Checkpoints checkpoints(Path directory, Optional<String> monitor) {
        Checkpoints all = Checkpoints.into(directory).keep(keep);
        boolean usual = steps.isEmpty() && epochs.isEmpty();
        Checkpoints with = usual
                ? all.notWithin(DEFAULT_PAUSE)
                : all.everySteps(steps.orElse(0)).everyEpochs(epochs.orElse(0));
        return monitor.map(with::best).orElse(with);
    }

    /// Adds the values of the options, for `config.yaml`.
    public void describe(Map<String, Object> json) {
        if (steps.isPresent()) json.put("checkpoint-every", steps.getAsInt());
        if (epochs.isPresent()) json.put("checkpoint-epochs", epochs.getAsInt());
        json.put("keep", keep);
    }

    /// Notes on settings that differ from their defaults.
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        steps.ifPresent(each -> notes.add("checkpoint every " + each + " steps"));
        epochs.ifPresent(each -> notes.add("checkpoint every " + each + " epochs"));
        return notes;
    }
}

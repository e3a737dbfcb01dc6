package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.model.Model;
import dev.neurite.signature.Signature;
import dev.neurite.train.Callback;
import dev.neurite.train.History;
import dev.neurite.train.MonitoredMetric;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/// Writes checkpoints of a training to a directory, of this machine or another [CheckpointStore],
/// `step-…-epoch-….safetensors`, and the best model so
/// far, `best.safetensors`. A checkpoint is written to a temporary file, forced to the disk, renamed,
/// read back and compared with its checksum; only then are older ones deleted.
///
/// A checkpoint is also written when the training pauses or fails between two steps. If a checkpoint
/// cannot be written, the training ends.
/// @param store the directory, created if missing; for one training only
/// @param everySteps the number of steps between checkpoints; 0 for none
/// @param everyEpochs the number of epochs between checkpoints; 0 for none
/// @param pause the shortest time between checkpoints at ends of epochs
/// @param keep how many of the newest checkpoints are kept, at least 1
/// @param best the metric of the validation data that decides on the best model, see [MonitoredMetric];
/// empty for none
/// @param form makes a file of a model and the signature that the training data gives it
/// @param catalog the names of layers
public record Checkpoints(
        CheckpointStore store,
        int everySteps,
        int everyEpochs,
        Duration pause,
        int keep,
        Optional<String> best,
        BiFunction<Model, Signature, ModelFile> form,
        Catalog catalog)
        implements Callback {
    /// The name of the best model's file.
    public static final String BEST = "best.safetensors";

    private static final String NAMES = "step-\\d{9,18}-epoch-\\d{6,9}\\.safetensors";

    /// @throws ConfigException for a setting out of range, naming the range
    public Checkpoints {
        if (everySteps < 0 || everyEpochs < 0) {
            throw new ConfigException(
                    "checkpoints",
                    "expects 0 or more steps and epochs between checkpoints, got " + everySteps + " and "
                            + everyEpochs);
        }
        if (keep < 1) throw new ConfigException("checkpoints", "expects to keep at least 1, got " + keep);
    }

    /// Checkpoints at the end of each epoch; the newest 2 are kept.
    public static Checkpoints into(Path directory) {
        return into(CheckpointStore.of(directory));
    }

    /// Checkpoints at the end of each epoch in another place; the newest 2 are kept.
    public static Checkpoints into(CheckpointStore store) {
        return new Checkpoints(
                store,
                0,
                1,
                Duration.ZERO,
                2,
                Optional.empty(),
                (model, signature) -> new ModelFile(model, Map.of(), signature),
                Catalog.standard());
    }

    /// With checkpoints every this many steps as well; 0 for none.
    public Checkpoints everySteps(int steps) {
        return new Checkpoints(store, steps, everyEpochs, pause, keep, best, form, catalog);
    }

    /// With checkpoints every this many epochs; 0 for none.
    public Checkpoints everyEpochs(int epochs) {
        return new Checkpoints(store, everySteps, epochs, pause, keep, best, form, catalog);
    }

    /// With at least this much time between checkpoints at ends of epochs, and before the first.
    public Checkpoints notWithin(Duration time) {
        return new Checkpoints(store, everySteps, everyEpochs, time, keep, best, form, catalog);
    }

    /// With this number of newest checkpoints kept.
    public Checkpoints keep(int count) {
        return new Checkpoints(store, everySteps, everyEpochs, pause, count, best, form, catalog);
    }

    /// With the model that has the best validation metric at the end of an epoch in a file of its own.
    /// @param metric `loss`, `accuracy`, or the name of a metric of the trainer
    public Checkpoints best(String metric) {
        return new Checkpoints(store, everySteps, everyEpochs, pause, keep, Optional.of(metric), form, catalog);
    }

    /// With files of another form, such as with notes; by default they have the model and its signature.
    public Checkpoints withForm(Function<Model, ModelFile> other) {
        return new Checkpoints(
                store, everySteps, everyEpochs, pause, keep, best, (model, _) -> other.apply(model), catalog);
    }

    /// With another catalog of layers.
    public Checkpoints withCatalog(Catalog names) {
        return new Checkpoints(store, everySteps, everyEpochs, pause, keep, best, form, names);
    }

    // -------------------------------------------------------------------------------------------------------- reading

    /// The newest readable checkpoint in a directory.
    /// @param warn receives a warning for each newer one that is damaged
    /// @throws DataException if there is none
    public static Checkpoint newest(Path directory, Catalog catalog, Consumer<String> warn) {
        return newest(CheckpointStore.of(directory), catalog, warn);
    }

    /// The newest readable checkpoint in a place.
    /// @param warn receives a warning for each newer one that is damaged
    /// @throws DataException if there is none
    public static Checkpoint newest(CheckpointStore store, Catalog catalog, Consumer<String> warn) {
        List<String> names = names(store);
        for (String name : names.reversed()) {
            try {
                return store.read(name, catalog);
            } catch (ModelFormatException e) {
                warn.accept("warning: " + e.getMessage() + "; using the previous one");
            }
        }
        throw new DataException(
                store.toString(),
                "expects a checkpoint to resume from, got " + (names.isEmpty() ? "none" : "only damaged ones"));
    }

    /// The checkpoints of a directory, the oldest first.
    /// @throws ResourceException if it cannot be read
    public static List<Path> files(Path directory) {
        return names(CheckpointStore.of(directory)).stream()
                .map(directory::resolve)
                .toList();
    }

    /// The names of the checkpoints in a place, the oldest first.
    /// @throws ResourceException if it cannot be read
    public static List<String> names(CheckpointStore store) {
        return store.names().stream()
                .filter(Checkpoints::isCheckpoint)
                .sorted(Comparator.comparingInt(String::length).thenComparing(name -> name))
                .toList();
    }

    public static boolean isCheckpoint(String name) {
        return name.matches(NAMES);
    }

    // -------------------------------------------------------------------------------------------------------- writing

    /// The model that is being written.
    @Override
    public int modelCopies() {
        return 1;
    }

    @Override
    public Observer begin(TrainingControl training) {
        Optional<MonitoredMetric> metric = best.map(name -> MonitoredMetric.of("checkpoints", name, training));
        if (everySteps > 0 && training.takesEpochs()) {
            throw new ConfigException(
                    "checkpoints",
                    "expects them at ends of epochs only where steps are taken elsewhere, as on a cluster, got every "
                            + everySteps + " steps");
        }
        if (!training.isResumed()) requireNone();
        return new Keeper(training, metric);
    }

    /// Refuses a directory with checkpoints of another training, before anything is written.
    private void requireNone() {
        List<String> old = names(store);
        if (old.isEmpty()) return;
        throw new ConfigException(
                "checkpoints " + store,
                "expects a directory without checkpoints of another training, got " + old.size(),
                "Resume that training (Trainer.resume), or choose another directory");
    }

    private final class Keeper implements Observer {
        private final TrainingControl training;
        private final Optional<MonitoredMetric> metric;
        private double bestValue = Double.NaN;
        private boolean hasBest;
        private boolean due; // whether a checkpoint is to be written
        private boolean better; // whether this model is better than the best
        private boolean failed; // whether writing failed
        private String newest = "";
        private long written = System.nanoTime();

        Keeper(TrainingControl training, Optional<MonitoredMetric> metric) {
            this.training = training;
            this.metric = metric;
        }

        @Override
        public void on(TrainingEvent event) {
            switch (event) {
                case TrainingEvent.Started started -> prepare(started);
                case StepEnded step -> due = everySteps > 0 && step.step() % everySteps == 0;
                case EpochEnded(TrainingEvent.EpochResult result) -> {
                    boolean late = System.nanoTime() - written >= pause.toNanos();
                    due = late && everyEpochs > 0 && result.epoch() % everyEpochs == 0;
                    metric.ifPresent(each -> judge(each, result));
                }
                case TrainingEvent.Ended(History _, Optional<String> stopped) -> due = stopped.isPresent();
                case TrainingEvent.Failed _ -> due = training.isBetweenSteps() && training.steps() > 0 && !failed;
                default -> {}
            }
        }

        private void judge(MonitoredMetric each, TrainingEvent.EpochResult result) {
            double value = each.in(result);
            better = !hasBest || each.isBetter(value, bestValue, 0);
            if (better) bestValue = value;
            hasBest = true;
        }

        /// Deletes incomplete files of a killed training, and checkpoints that are newer than the one
        /// resumed from: they may be damaged, and will be written again.
        private void prepare(TrainingEvent.Started started) {
            training.state(); // hashes the data now, as it may be unreadable when a failure is to be saved
            store.names().stream().filter(store::isTemporary).forEach(store::delete);
            for (String name : names(store)) {
                if (Long.parseLong(name, 5, name.indexOf('-', 5), 10) > started.steps()) store.delete(name);
            }
        }

        @Override
        public void afterEvents() {
            String name =
                    String.format(Locale.ROOT, "step-%09d-epoch-%06d.safetensors", training.steps(), training.epoch());
            due &= !name.equals(newest);
            if (!due && !better) return;
            failed = true;
            try {
                writeDue(name);
            } catch (ResourceException e) {
                if (!Thread.interrupted()) throw e;
                writeDue(name); // an interrupt closes the file being written; write it again without the interrupt
                Thread.currentThread().interrupt();
            }
            better = false;
            due = false;
            failed = false;
        }

        private void writeDue(String name) {
            if (better)
                store.write(
                        BEST, form.apply(training.model(), training.signature()).content(catalog));
            if (due) write(name);
        }

        private void write(String name) {
            store.write(
                    name,
                    new Checkpoint(form.apply(training.model(), training.signature()), training.state())
                            .content(catalog));
            store.verify(name);
            newest = name;
            written = System.nanoTime();
            List<String> all = names(store);
            all.subList(0, Math.max(0, all.size() - keep)).forEach(store::delete);
        }

        @Override
        public void save(Snapshot memory) {
            if (hasBest) memory.put("best", bestValue);
        }

        @Override
        public void restore(Snapshot memory) {
            bestValue = memory.number("best");
            hasBest = true;
        }
    }
}

package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.model.Model;
import dev.neurite.train.Callback;
import dev.neurite.train.History;
import dev.neurite.train.MonitoredMetric;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Keeps a training in a directory while it goes on: checkpoints to go on with,
/// `step-…-epoch-….safetensors`, and the model that was best so far, `best.safetensors`. A checkpoint
/// is written to a temporary file, forced to the disk, renamed, read back and compared with its
/// checksum; older ones are deleted only then.
///
/// Checkpoints are also written when the training pauses or fails, if no step was under way. One that
/// cannot be written ends the training.
/// @param directory where, made if it is not there; for one training alone
/// @param everySteps after every so many steps; 0 for never
/// @param everyEpochs at the end of every so many epochs; 0 for never
/// @param pause within which after a checkpoint none is written at the end of an epoch, or after the
/// training began
/// @param keep how many of the newest stay, at least 1
/// @param best the figure of the validation data that says which model is best, see [MonitoredMetric];
/// empty for none
/// @param form makes a file of a model: with notes and preprocessing, see [ModelFile]
/// @param catalog the names of layers
public record Checkpoints(
        Path directory,
        int everySteps,
        int everyEpochs,
        Duration pause,
        int keep,
        Optional<String> best,
        Function<Model, ModelFile> form,
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
                    "expects every 0 steps or epochs or more, got " + everySteps + " and " + everyEpochs);
        }
        if (keep < 1) throw new ConfigException("checkpoints", "expects to keep at least 1, got " + keep);
    }

    /// At the end of each epoch; the newest 2 stay.
    public static Checkpoints into(Path directory) {
        return new Checkpoints(
                directory,
                0,
                1,
                Duration.ZERO,
                2,
                Optional.empty(),
                model -> new ModelFile(model, Map.of()),
                Catalog.standard());
    }

    /// The same, but also after every so many steps; 0 for not.
    public Checkpoints everySteps(int steps) {
        return new Checkpoints(directory, steps, everyEpochs, pause, keep, best, form, catalog);
    }

    /// The same at the end of every so many epochs; 0 for never.
    public Checkpoints everyEpochs(int epochs) {
        return new Checkpoints(directory, everySteps, epochs, pause, keep, best, form, catalog);
    }

    /// The same, but not at the ends of epochs within so much time of the last checkpoint, or of the
    /// beginning.
    public Checkpoints notWithin(Duration time) {
        return new Checkpoints(directory, everySteps, everyEpochs, time, keep, best, form, catalog);
    }

    /// The same, but so many of the newest stay.
    public Checkpoints keep(int count) {
        return new Checkpoints(directory, everySteps, everyEpochs, pause, count, best, form, catalog);
    }

    /// The same, and the model with the best figure of the validation data at an epoch's end in a file
    /// of its own.
    /// @param figure `loss`, `accuracy`, or the name of a metric of the trainer
    public Checkpoints best(String figure) {
        return new Checkpoints(directory, everySteps, everyEpochs, pause, keep, Optional.of(figure), form, catalog);
    }

    /// The same, but with files that have more than the model: notes, preprocessing.
    public Checkpoints withForm(Function<Model, ModelFile> other) {
        return new Checkpoints(directory, everySteps, everyEpochs, pause, keep, best, other, catalog);
    }

    /// The same with names of layers of one's own.
    public Checkpoints withCatalog(Catalog names) {
        return new Checkpoints(directory, everySteps, everyEpochs, pause, keep, best, form, names);
    }

    // -------------------------------------------------------------------------------------------------------- reading

    /// The newest checkpoint in a directory that can be read.
    /// @param warn hears of newer ones that are damaged
    /// @throws DataException if there is none
    public static Checkpoint newest(Path directory, Catalog catalog, Consumer<String> warn) {
        List<Path> files = files(directory);
        for (Path file : files.reversed()) {
            try {
                return Checkpoint.read(file, catalog);
            } catch (ModelFormatException e) {
                warn.accept("warning: " + e.getMessage() + "; taking the one before");
            }
        }
        throw new DataException(
                directory.toString(),
                "expects a checkpoint to go on with, got " + (files.isEmpty() ? "none" : "damaged ones alone"));
    }

    /// The checkpoints of a directory, the oldest first.
    /// @throws ResourceException if it cannot be read
    public static List<Path> files(Path directory) {
        return files(directory, Checkpoints::isCheckpoint);
    }

    /// Whether a file of this name is a checkpoint.
    public static boolean isCheckpoint(String name) {
        return name.matches(NAMES);
    }

    private static List<Path> files(Path directory, Predicate<String> which) {
        if (!Files.isDirectory(directory)) return List.of();
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> which.test(String.valueOf(file.getFileName())))
                    .sorted(Comparator.comparingInt(
                                    (Path file) -> file.toString().length())
                            .thenComparing(Path::toString))
                    .toList();
        } catch (IOException e) {
            throw new ResourceException(directory.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    // -------------------------------------------------------------------------------------------------------- writing

    @Override
    public Observer begin(TrainingControl training) {
        Optional<MonitoredMetric> metric = best.map(name -> MonitoredMetric.of("checkpoints", name, training));
        if (!training.isResumed()) requireNone();
        return new Keeper(training, metric);
    }

    /// Refuses to mix checkpoints of two trainings, before anything of this one is written anywhere.
    private void requireNone() {
        List<Path> old = files(directory);
        if (old.isEmpty()) return;
        throw new ConfigException(
                "checkpoints " + directory,
                "expects a directory without those of another training, got " + old.size(),
                "Go on with it, Trainer.resume, or take another directory");
    }

    private final class Keeper implements Observer {
        private final TrainingControl training;
        private final Optional<MonitoredMetric> metric;
        private double bestValue = Double.NaN;
        private boolean hasBest;
        private boolean due; // a checkpoint
        private boolean better; // this model, than the best
        private boolean failed; // to write
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
                case TrainingEvent.Failed _ -> due = training.isSteady() && training.steps() > 0 && !failed;
                default -> {}
            }
        }

        private void judge(MonitoredMetric each, TrainingEvent.EpochResult result) {
            double value = each.in(result);
            better = !hasBest || each.isBetter(value, bestValue, 0);
            if (better) bestValue = value;
            hasBest = true;
        }

        /// Deletes what a killed training has left half-written, and what is newer than where this one
        /// goes on: it is damaged, perhaps, and else will be written again.
        private void prepare(TrainingEvent.Started started) {
            training.state(); // looks through the data now: it may fail later, when that is to be kept
            for (Path file : files(directory, Safetensors::isTemporary)) delete(file);
            for (Path file : files(directory)) {
                String name = file.getFileName().toString();
                if (Long.parseLong(name, 5, name.indexOf('-', 5), 10) > started.steps()) delete(file);
            }
        }

        private static void delete(Path file) {
            try {
                Files.delete(file);
            } catch (IOException e) {
                throw new ResourceException(file.toString(), "cannot be deleted: " + ResourceException.reason(e));
            }
        }

        @Override
        public void settled() {
            String name =
                    String.format(Locale.ROOT, "step-%09d-epoch-%06d.safetensors", training.steps(), training.epoch());
            due &= !name.equals(newest);
            if (!due && !better) return;
            failed = true;
            try {
                writeDue(name);
            } catch (ResourceException e) {
                if (!Thread.interrupted()) throw e;
                writeDue(name); // an interrupt closes the file that is being written: once more without it
                Thread.currentThread().interrupt();
            }
            better = false;
            due = false;
            failed = false;
        }

        private void writeDue(String name) {
            makeDirectory();
            if (better) form.apply(training.model()).write(directory.resolve(BEST), catalog);
            if (due) write(name);
        }

        private void makeDirectory() {
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                throw new ResourceException(directory.toString(), "cannot be made: " + ResourceException.reason(e));
            }
        }

        private void write(String name) {
            Path file = directory.resolve(name);
            new Checkpoint(form.apply(training.model()), training.state()).write(file, catalog);
            Safetensors.verify(file);
            newest = name;
            written = System.nanoTime();
            List<Path> all = files(directory);
            all.subList(0, Math.max(0, all.size() - keep)).forEach(Keeper::delete);
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

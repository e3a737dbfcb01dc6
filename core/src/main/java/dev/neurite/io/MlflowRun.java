package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// A training as MLflow shows it: `mlflow ui --backend-store-uri mlruns` after [#write] into `mlruns`. The files are
/// those of MLflow's file store; no server and no Python is needed to write them.
///
/// <!-- Reports#mlflow -->
/// ```java
/// MlflowRun.of("digits", run)
///         .withParameters(Map.of("units", "32", "rate", "0.005"))
///         .write(folder.resolve("mlruns"), "digits");
/// ```
///
/// MLflow allows letters, digits, `_`, `-`, `.`, spaces and slashes in names of parameters, metrics and tags; other
/// characters become `_`, and of names that are then the same, all but the first get a number. Names are cut at 250
/// characters, values of parameters at 6,000 and of tags at 5,000.
/// @param identity what tells this run from others, such as when it began: another [#write] of the same identity into
/// the same experiment replaces parameters and metrics of the first
/// @param name that MLflow shows
/// @param status what it is doing
/// @param start when it began
/// @param end when it ended; empty while it is trained
/// @param parameters its settings by name
/// @param metrics points by name; MLflow groups names that begin alike up to a slash, `val/loss`
/// @param tags texts by name; those that MLflow has from others stay. `mlflow.note.content` is the text on its page
/// @param artifacts files that are copied, by their name there: one without directories
public record MlflowRun(
        String identity,
        String name,
        Status status,
        Instant start,
        Optional<Instant> end,
        SequencedMap<String, String> parameters,
        SequencedMap<String, List<Point>> metrics,
        SequencedMap<String, String> tags,
        SequencedMap<String, Path> artifacts) {
    /// A value of a metric.
    /// @param step the number of steps, or of the epoch: MLflow's horizontal axis
    /// @param time when it was measured
    /// @param value the value, perhaps NaN or infinite
    public record Point(long step, Instant time, double value) {}

    /// What a run is doing, with MLflow's number.
    public enum Status {
        RUNNING(1),
        FINISHED(3),
        FAILED(4),
        /// Interrupted.
        KILLED(5);

        private final int number;

        Status(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /// @throws ConfigException for an artifact's name with a slash, or none
    public MlflowRun {
        parameters = copied(parameters);
        metrics = copied(metrics);
        tags = copied(tags);
        artifacts = copied(artifacts);
        for (String each : artifacts.keySet()) {
            if (each.matches("[^/\\\\]+") && !each.equals(".") && !each.equals("..")) continue;
            throw new ConfigException("artifact", "expects the name of a file, got '" + each + "'");
        }
    }

    private static <V> SequencedMap<String, V> copied(Map<String, V> map) {
        return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map));
    }

    /// A training that has just ended: `train/loss`, `train/accuracy`, `val/loss`, `val/accuracy` and other metrics of
    /// the validation, by epoch.
    /// @param name its name, and what tells it from others
    public static MlflowRun of(String name, Run run) {
        Instant end = Instant.now();
        double all = run.history().epochs().stream()
                .mapToDouble(EpochResult::seconds)
                .sum();
        Instant start = end.minus(nanos(all));
        SequencedMap<String, List<Point>> metrics = new LinkedHashMap<>();
        double seconds = 0;
        for (EpochResult epoch : run.history().epochs()) {
            seconds += epoch.seconds();
            Instant time = start.plus(nanos(seconds));
            put(metrics, "train/loss", epoch.epoch(), time, epoch.loss());
            epoch.accuracy().ifPresent(each -> put(metrics, "train/accuracy", epoch.epoch(), time, each));
            epoch.validation().ifPresent(each -> put(metrics, epoch.epoch(), time, each));
        }
        return new MlflowRun(
                name,
                name,
                Status.FINISHED,
                start,
                Optional.of(end),
                new LinkedHashMap<>(),
                metrics,
                new LinkedHashMap<>(),
                new LinkedHashMap<>());
    }

    private static Duration nanos(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private static void put(Map<String, List<Point>> metrics, int epoch, Instant time, Evaluation validation) {
        put(metrics, "val/loss", epoch, time, validation.loss());
        validation.accuracy().ifPresent(each -> put(metrics, "val/accuracy", epoch, time, each));
        validation
                .metrics()
                .forEach((name, value) -> put(metrics, "val/" + name, epoch, time, value.orElse(Double.NaN)));
    }

    private static void put(Map<String, List<Point>> metrics, String name, int epoch, Instant time, double value) {
        metrics.computeIfAbsent(name, _ -> new ArrayList<>()).add(new Point(epoch, time, value));
    }

    /// The same with these parameters.
    public MlflowRun withParameters(Map<String, String> values) {
        return new MlflowRun(identity, name, status, start, end, copied(values), metrics, tags, artifacts);
    }

    /// The same with these tags.
    public MlflowRun withTags(Map<String, String> values) {
        return new MlflowRun(identity, name, status, start, end, parameters, metrics, copied(values), artifacts);
    }

    /// The same with copies of these files, by their names there.
    public MlflowRun withArtifacts(Map<String, Path> files) {
        return new MlflowRun(identity, name, status, start, end, parameters, metrics, tags, copied(files));
    }

    /// Writes the run. Each file is written as a whole or not at all, and the one by which MLflow finds a run last.
    /// @param store the directory, usually `mlruns`; created with an empty default experiment if it does not exist
    /// @param experiment the name of the experiment, created if there is none
    /// @return the directory of the run; the name of the directory is the run's id
    /// @throws ConfigException for a name of no or more than 500 characters
    /// @throws ResourceException if a file cannot be read or written
    public Path write(Path store, String experiment) {
        return MlflowStore.open(store).write(this, experiment);
    }
}

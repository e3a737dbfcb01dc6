package dev.neurite.cli.library;

import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.dashboard.runs.LoggedMetric;
import dev.neurite.dashboard.runs.RunSummary;
import dev.neurite.dashboard.runs.TestFile;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.Series;
import dev.neurite.io.MlflowRun;
import dev.neurite.io.MlflowRun.Point;
import dev.neurite.io.MlflowRun.Status;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// A run for MLflow: settings as parameters, figures by epoch as metrics, tags, and the files that use or repeat it.
final class RunExport {
    /// Settings that a training that goes on may change: they do not tell runs apart.
    private static final Set<String> CHANGING =
            Set.of("time-limit", "threads", "keep", "checkpoint-every", "checkpoint-epochs");

    private static final List<String> ARTIFACTS = List.of(
            RunDirectory.MODEL, RunDirectory.CONFIG, RecordedEnvironment.FILE, RunDirectory.METRICS, TestFile.NAME);

    private RunExport() {}

    static MlflowRun of(Found found) {
        RunSummary summary = found.summary();
        double began = Double.isNaN(summary.started()) ? 0 : summary.started();
        Phase phase = summary.phase();
        SequencedMap<String, List<Point>> metrics = RunFigures.read(found, RunExport::metrics);
        Instant last = metrics.values().stream()
                .map(each -> each.getLast().time())
                .max(Instant::compareTo)
                .orElse(instant(began));
        summary.test()
                .ifPresent(test -> test.metrics()
                        .forEach((name, value) -> metrics.putIfAbsent(
                                "test/" + LoggedMetric.of(name).name(),
                                List.of(new Point(summary.step(), last, value)))));
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        if (!summary.tags().tags().isEmpty())
            tags.put("neurite.tags", String.join(", ", summary.tags().tags()));
        if (!summary.tags().note().isEmpty())
            tags.put("mlflow.note.content", summary.tags().note());
        return new MlflowRun(
                identity(found, began),
                summary.id(),
                status(phase),
                instant(began),
                phase == Phase.TRAINING ? Optional.empty() : Optional.of(last),
                new LinkedHashMap<>(found.run().settings()),
                metrics,
                tags,
                artifacts(found.run().directory()));
    }

    /// What stays the same when a run is trained on, moved, renamed or copied.
    private static String identity(Found found, double began) {
        Map<String, String> settings = new LinkedHashMap<>(found.run().settings());
        settings.keySet().removeAll(CHANGING);
        return (began > 0 ? Double.toString(began) : found.summary().id()) + "\n" + settings;
    }

    private static Status status(Phase phase) {
        return switch (phase) {
            case TRAINING, PAUSED -> Status.RUNNING;
            case FINISHED -> Status.FINISHED;
            case INTERRUPTED -> Status.KILLED;
            case FAILED, UNREADABLE -> Status.FAILED;
        };
    }

    private static SequencedMap<String, Path> artifacts(Path run) {
        SequencedMap<String, Path> files = new LinkedHashMap<>();
        for (String each : ARTIFACTS) {
            Path file = run.resolve(each);
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) files.put(each, file);
        }
        return files;
    }

    /// The figures of evaluations, and of the training the mean of each epoch; of its learning rate the last.
    private static SequencedMap<String, List<Point>> metrics(Map<String, Series> series) {
        SequencedMap<String, List<Point>> metrics = new LinkedHashMap<>();
        series.forEach((key, each) -> {
            int dot = key.indexOf('.');
            String part = dot < 0 ? key : key.substring(0, dot);
            if (!Set.of("train", RunFigures.VALIDATION, RunFigures.TEST).contains(part)) return;
            String name = key.substring(dot + 1);
            Series.Points points = each.points(0, Series.MOST);
            boolean mean = part.equals("train") && !name.equals("lr");
            metrics.put(part + "/" + LoggedMetric.of(name).name(), epochs(points, mean));
        });
        return metrics;
    }

    private static List<Point> epochs(Series.Points points, boolean mean) {
        List<Point> epochs = new ArrayList<>();
        double sum = 0;
        int count = 0;
        for (int i = 0; i < points.size(); i++) {
            sum += points.value()[i];
            count++;
            boolean last = i + 1 == points.size() || points.epoch()[i + 1] != points.epoch()[i];
            if (!last) continue;
            double value = mean ? sum / count : points.value()[i];
            epochs.add(new Point(points.step()[i], instant(points.seconds()[i]), value));
            sum = 0;
            count = 0;
        }
        return epochs;
    }

    private static Instant instant(double seconds) {
        boolean known = seconds >= 0 && seconds < 1e11; // to the year 5138; a log that was edited may have others
        return Instant.ofEpochMilli(known ? Math.round(seconds * 1000) : 0);
    }
}

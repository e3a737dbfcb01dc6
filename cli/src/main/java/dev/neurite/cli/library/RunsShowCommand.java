package dev.neurite.cli.library;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.cli.run.DirectoryLock;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.dashboard.runs.LoggedMetric;
import dev.neurite.dashboard.runs.RunSummary;
import dev.neurite.dashboard.view.Series;
import dev.neurite.dashboard.view.TestScore;
import dev.neurite.error.ResourceException;
import dev.neurite.model.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `neurite runs show`.
@Command(
        name = "show",
        description = "Show a run: its state, settings, figures of the best and the last epoch, files, tags and note.",
        sortOptions = false,
        footer = {"", "Examples:", "  neurite runs show wide", "  neurite runs show runs/2026-11-24_iris-1 --json"})
final class RunsShowCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final Context context;

    @Parameters(paramLabel = "RUN", description = "A run's directory, or its name in --in.")
    private String run = "";

    @Mixin
    private LibraryOption place = new LibraryOption();

    RunsShowCommand(Context context) {
        this.context = context;
    }

    /// A metric over a training.
    /// @param name `val accuracy`
    /// @param epoch the epoch in which it was best
    private record Course(String name, double last, double best, int epoch) {
        static Course of(String key, Series series) {
            int dot = key.indexOf('.');
            LoggedMetric metric = LoggedMetric.of(key.substring(dot + 1));
            int best = 0;
            for (int i = 1; i < series.size(); i++) {
                if (metric.isBetter(series.value(i), series.value(best))) best = i;
            }
            return new Course(
                    key.substring(0, dot) + " " + metric.name(),
                    series.value(series.size() - 1),
                    series.value(best),
                    series.epoch(best));
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("metric", name);
            json.put("last", last);
            json.put("best", best);
            json.put("best_epoch", epoch);
            return json;
        }
    }

    @Override
    public Integer call() {
        Found found = place.library().find(run);
        List<Course> courses = RunFigures.read(
                found,
                series -> series.entrySet().stream()
                        .filter(each -> each.getKey().startsWith("val.")
                                || each.getKey().startsWith("test."))
                        .filter(each -> each.getValue().size() > 0)
                        .map(each -> Course.of(each.getKey(), each.getValue()))
                        .toList());
        Map<String, Long> files = new LinkedHashMap<>();
        for (Path each : RunDirectory.filesBeside(found.run().directory())) {
            if (each.endsWith(DirectoryLock.FILE)) continue; // empty
            files.put(found.run().directory().relativize(each).toString(), size(each));
        }
        if (context.json()) {
            context.printJson(json(found, courses, files));
            return 0;
        }
        List<String> parts = new ArrayList<>(List.of(facts(found)));
        if (!courses.isEmpty()) parts.add(table(courses));
        if (!found.run().settings().isEmpty()) parts.add(pairs(found.run().settings()));
        var table = new TextTable("-file", "bytes");
        files.forEach((name, bytes) -> table.add(RunTable.cell(name), Text.format("%,d", bytes)));
        if (!files.isEmpty()) parts.add(table.toString().stripTrailing());
        context.print(String.join("\n\n", parts));
        RunTable.problems(found.summary()).forEach(each -> context.note("warning: " + each));
        return 0;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static String facts(Found found) {
        RunSummary summary = found.summary();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("run", found.path().toString());
        facts.put("state", state(found));
        if (!Double.isNaN(summary.started())) facts.put("began", time(summary.started()));
        if (!Double.isNaN(summary.seconds())) facts.put("took", Text.format("%.1f s", summary.seconds()));
        facts.put("data", summary.data());
        facts.put("model", summary.model());
        facts.put("test", summary.test().map(RunsShowCommand::figures).orElse(""));
        facts.put("tags", String.join(", ", summary.tags().tags()));
        facts.put("note", summary.tags().note());
        return pairs(facts);
    }

    private static String state(Found found) {
        RunSummary summary = found.summary();
        String epochs = summary.epochs() > 0 ? " of " + summary.epochs() : "";
        int kept = RunFigures.of(found).epoch();
        return summary.phase() + ", epoch " + summary.epoch() + epochs
                + (kept == summary.epoch() ? "" : "; the model is that of epoch " + kept);
    }

    private static String figures(TestScore test) {
        return test.metrics().entrySet().stream()
                .map(each -> LoggedMetric.of(each.getKey()).name() + " " + TextTable.number(each.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String time(double seconds) {
        return TIME.format(Instant.ofEpochMilli((long) (seconds * 1000)).atZone(ZoneId.systemDefault()));
    }

    private static String pairs(Map<String, String> values) {
        var table = new TextTable("-", "-");
        values.forEach((name, value) -> {
            if (!value.isEmpty()) table.add(RunTable.cell(name), RunTable.cell(value));
        });
        return table.toString().stripTrailing();
    }

    private static String table(List<Course> courses) {
        var table = new TextTable("-metric", "last epoch", "best", "in epoch");
        for (Course each : courses) {
            table.add(
                    RunTable.cell(each.name()),
                    TextTable.number(each.last()),
                    TextTable.number(each.best()),
                    Integer.toString(each.epoch()));
        }
        return table.toString().stripTrailing();
    }

    private static Map<String, Object> json(Found found, List<Course> courses, Map<String, Long> files) {
        Map<String, Object> json = RunTable.json(found);
        json.put("started", found.summary().started());
        json.put("seconds", found.summary().seconds());
        json.put("model_epoch", RunFigures.of(found).epoch());
        json.put("courses", courses.stream().map(Course::json).toList());
        json.put("settings", found.run().settings());
        json.put("files", files);
        return json;
    }
}

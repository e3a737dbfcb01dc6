package dev.neurite.cli.command;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.report.TestScores;
import dev.neurite.dashboard.runs.RunDirectories;
import dev.neurite.dashboard.runs.RunSummary;
import dev.neurite.error.DataException;
import dev.neurite.io.json.Json;
import dev.neurite.model.TextTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `neurite list runs`: the runs of a directory in a line each, the newest first.
/// @param directory the directory of one run or of several
/// @param tags that a run must have to be listed
record RunTable(Path directory, List<String> tags) {
    private static final int WIDTH = 40; // characters of the name of the data

    void print(Context context) {
        if (!Files.isDirectory(directory)) {
            throw new DataException(
                    directory.toString(),
                    "expects a directory of runs, got " + (Files.exists(directory) ? "a file" : "nothing"),
                    "'neurite train iris' makes a first run in runs");
        }
        List<RunSummary> runs = RunDirectories.of(directory, _ -> {
                    throw new IllegalStateException("a list reads no model");
                })
                .summaries()
                .stream()
                .filter(each -> each.tags().tags().containsAll(tags))
                .toList();
        if (context.json()) {
            context.printJson(runs.stream().map(RunTable::json).toList());
            return;
        }
        var table = new TextTable("-run", "-state", "-data", "epoch", "-test", "-tags");
        for (RunSummary each : runs) {
            table.add(
                    Console.printable(each.id()),
                    each.phase().toString(),
                    Console.printable(shortened(each.data())),
                    each.epochs() > 0 ? each.epoch() + "/" + each.epochs() : "" + each.epoch(),
                    each.test().map(TestScores::line).orElse("–"),
                    Console.printable(String.join(", ", each.tags().tags())));
        }
        if (!runs.isEmpty()) context.print(table.toString().stripTrailing());
        else context.note(tags.isEmpty() ? "no runs in " + directory : "no runs with these tags in " + directory);
    }

    /// The end of a long path.
    private static String shortened(String data) {
        return data.length() <= WIDTH ? data : "…" + data.substring(data.length() - WIDTH + 1);
    }

    private static Map<String, Object> json(RunSummary run) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", run.id());
        json.put("state", run.phase().toString());
        json.put("data", run.data());
        json.put("epoch", run.epoch());
        json.put("epochs", run.epochs() < 0 ? new Json.JsonNull() : run.epochs());
        json.put("test", run.test().isPresent() ? run.test().get().json() : new Json.JsonNull());
        json.putAll(run.tags().json());
        return json;
    }
}

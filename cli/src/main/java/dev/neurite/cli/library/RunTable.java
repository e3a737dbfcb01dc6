package dev.neurite.cli.library;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.library.RunFigures.Ranked;
import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.report.TestScores;
import dev.neurite.dashboard.runs.RunSummary;
import dev.neurite.io.json.Json;
import dev.neurite.model.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Runs in a line each.
/// @param figure the metric that they are sorted by, `val accuracy`; empty for none
/// @param runs the first line first
record RunTable(String figure, List<Ranked> runs) {
    private static final int WIDEST_DATA = 40; // characters
    private static final int WIDEST_MODEL = 24;

    String text() {
        List<String> heads = new ArrayList<>(List.of("-run", "-state", "-data", "-model", "epoch"));
        if (!figure.isEmpty()) heads.add(figure);
        heads.addAll(List.of("-test", "-tags"));
        var table = new TextTable(heads.toArray(String[]::new));
        for (Ranked each : runs) {
            RunSummary run = each.run().summary();
            List<String> cells = new ArrayList<>(List.of(
                    run.id(),
                    run.phase().toString(),
                    end(run.data(), WIDEST_DATA),
                    begin(run.model(), WIDEST_MODEL),
                    run.epochs() > 0 ? run.epoch() + "/" + run.epochs() : "" + run.epoch()));
            if (!figure.isEmpty()) cells.add(each.value().isPresent() ? MetricNames.show(each.value()) : "–");
            cells.add(run.test().map(TestScores::line).orElse("–"));
            cells.add(String.join(", ", run.tags().tags()));
            table.add(cells.stream().map(RunTable::cell).toArray(String[]::new));
        }
        return table.toString().stripTrailing();
    }

    /// A text in one line.
    static String cell(String text) {
        return Console.printable(text.replaceAll("\\s+", " "));
    }

    private static String end(String text, int most) {
        return text.length() <= most ? text : "…" + text.substring(text.length() - most + 1);
    }

    private static String begin(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    /// What is wrong with files of the runs.
    List<String> problems() {
        return runs.stream()
                .map(each -> each.run().summary())
                .flatMap(each -> problems(each).map(problem -> each.id() + ": " + problem))
                .toList();
    }

    /// What is wrong with the files of a run.
    static Stream<String> problems(RunSummary run) {
        Stream<String> all = run.problem().isEmpty() ? Stream.of() : Stream.of("cannot be read: " + run.problem());
        return Stream.concat(all, run.damaged().stream());
    }

    List<Map<String, Object>> json() {
        return runs.stream()
                .map(each -> {
                    Map<String, Object> json = json(each.run());
                    if (!figure.isEmpty()) {
                        json.put("sorted_by", figure);
                        json.put("value", each.value());
                    }
                    return json;
                })
                .toList();
    }

    /// A run as JSON.
    static Map<String, Object> json(Found found) {
        RunSummary run = found.summary();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", run.id());
        json.put("path", found.path().toString());
        json.put("state", run.phase().toString());
        json.put("data", run.data());
        json.put("model", run.model());
        json.put("epoch", run.epoch());
        json.put("epochs", run.epochs() < 0 ? new Json.JsonNull() : run.epochs());
        json.put("metrics", RunFigures.of(found).json());
        json.put("test", run.test().isPresent() ? run.test().get().json() : new Json.JsonNull());
        json.putAll(run.tags().json());
        json.put("problems", problems(run).toList());
        return json;
    }
}

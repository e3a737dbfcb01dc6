package dev.neurite.cli.library;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.dashboard.runs.LoggedMetric;
import dev.neurite.io.json.Json;
import dev.neurite.model.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `neurite runs diff`.
@Command(
        name = "diff",
        description = "Compare two runs: the settings that differ, and the figures of both models.",
        sortOptions = false,
        footer = {
            "",
            "The figures are those of the epoch whose weights the model has. A setting that a run does not have is –.",
            "",
            "Examples:",
            "  neurite runs diff wide narrow",
            "  neurite runs diff runs/wide archive/wide --json"
        })
final class RunsDiffCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "A", description = "A run's directory, or its name in --in.")
    private String first = "";

    @Parameters(index = "1", paramLabel = "B", description = "Another.")
    private String second = "";

    @Mixin
    private LibraryOption place = new LibraryOption();

    RunsDiffCommand(Context context) {
        this.context = context;
    }

    /// A line of a table: what both runs have.
    private record Pair<T>(@Nullable T a, @Nullable T b) {
        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("a", a == null ? new Json.JsonNull() : a);
            json.put("b", b == null ? new Json.JsonNull() : b);
            return json;
        }
    }

    @Override
    public Integer call() {
        RunLibrary library = place.library();
        Found a = library.find(first);
        Found b = library.find(second);
        SequencedMap<String, Pair<String>> settings =
                pairs(a.run().settings(), b.run().settings());
        settings.values().removeIf(each -> each.a() != null && each.a().equals(each.b()));
        SequencedMap<String, Pair<Double>> figures = pairs(figures(a), figures(b));
        if (context.json()) context.printJson(json(a, b, settings, figures));
        else show(a, b, settings, figures);
        for (Found each : List.of(a, b)) {
            RunTable.problems(each.summary()).forEach(what -> context.note("warning: " + each.path() + ": " + what));
        }
        return 0;
    }

    private static <T> SequencedMap<String, Pair<T>> pairs(Map<String, T> a, Map<String, T> b) {
        Set<String> names = new LinkedHashSet<>(a.keySet());
        names.addAll(b.keySet());
        SequencedMap<String, Pair<T>> pairs = new LinkedHashMap<>();
        for (String each : names) pairs.put(each, new Pair<>(a.get(each), b.get(each)));
        return pairs;
    }

    private static Map<String, Double> figures(Found run) {
        RunFigures known = RunFigures.of(run);
        Map<String, Double> figures = new LinkedHashMap<>();
        known.validation()
                .forEach((name, value) ->
                        figures.put("val " + LoggedMetric.of(name).name(), value));
        known.test()
                .forEach((name, value) ->
                        figures.put("test " + LoggedMetric.of(name).name(), value));
        figures.put("epoch", (double) known.epoch());
        if (!Double.isNaN(run.summary().seconds()))
            figures.put("seconds", run.summary().seconds());
        return figures;
    }

    private void show(Found a, Found b, Map<String, Pair<String>> settings, Map<String, Pair<Double>> figures) {
        String one = RunTable.cell(a.summary().id());
        String other = RunTable.cell(b.summary().id());
        List<String> parts = new ArrayList<>();
        if (settings.isEmpty()) {
            parts.add("the same settings");
        } else {
            var table = new TextTable("-setting", "-" + one, "-" + other);
            settings.forEach((name, each) -> table.add(RunTable.cell(name), text(each.a()), text(each.b())));
            parts.add(table.toString().stripTrailing());
        }
        var table = new TextTable("-", one, other);
        figures.forEach((name, each) -> table.add(RunTable.cell(name), number(name, each.a()), number(name, each.b())));
        parts.add(table.toString().stripTrailing());
        context.print(String.join("\n\n", parts));
    }

    private static String text(@Nullable String value) {
        return value == null ? "–" : RunTable.cell(value);
    }

    private static String number(String name, @Nullable Double value) {
        if (value == null) return "–";
        return name.equals("epoch") ? Integer.toString(value.intValue()) : TextTable.number(value);
    }

    private static Map<String, Object> json(
            Found a, Found b, Map<String, Pair<String>> settings, Map<String, Pair<Double>> figures) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("a", a.path().toString());
        json.put("b", b.path().toString());
        Map<String, Object> differing = new LinkedHashMap<>();
        settings.forEach((name, each) -> differing.put(name, each.json()));
        json.put("settings", differing);
        Map<String, Object> values = new LinkedHashMap<>();
        figures.forEach((name, each) -> values.put(name, each.json()));
        json.put("figures", values);
        return json;
    }
}

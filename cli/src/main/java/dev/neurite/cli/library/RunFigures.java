package dev.neurite.cli.library;

import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.dashboard.runs.LoggedMetric;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.Series;
import dev.neurite.dashboard.view.TestScore;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/// The figures of a run's model: those of the epoch whose weights it has. With early stopping that is the best epoch,
/// else the last.
/// @param epoch the number of that epoch, 0 before the end of the first
/// @param validation values on the validation data by name, `acc`
/// @param test values on the test part by name: measured at the end, or without validation data after each epoch
record RunFigures(int epoch, Map<String, Double> validation, Map<String, Double> test) {
    static final String VALIDATION = "val";
    static final String TEST = "test";
    private static final double UNKNOWN = Double.NaN;

    static RunFigures of(Found run) {
        Map<String, Double> newest = run.summary().metrics();
        Map<String, Double> validation = part(newest, VALIDATION);
        int epoch = run.summary().epoch();
        if (stopsEarly(run)) {
            epoch = read(run, series -> best(run, series));
            int chosen = epoch;
            validation = read(run, series -> at(series, VALIDATION, chosen));
        }
        Map<String, Double> test = part(newest, TEST);
        run.summary().test().map(TestScore::metrics).ifPresent(test::putAll);
        return new RunFigures(epoch, validation, test);
    }

    private static boolean stopsEarly(Found run) {
        return run.summary().phase() == Phase.FINISHED
                && run.summary().config().getOrDefault("early-stopping", "").matches("[0-9]+");
    }

    /// The epoch whose model early stopping has kept.
    private static int best(Found run, Map<String, Series> series) {
        Map<String, String> config = run.summary().config();
        LoggedMetric watched = LoggedMetric.of(config.getOrDefault("monitor", "loss"));
        Series values = series.get(VALIDATION + "." + watched.key());
        if (values == null) return run.summary().epoch(); // it watched the training
        double margin = number(config.getOrDefault("min-delta", "0"));
        int best = 0;
        for (int i = 1; i < values.size(); i++) {
            double least = values.value(best) + (watched.higherIsBetter() ? margin : -margin);
            if (watched.isBetter(values.value(i), least)) best = i;
        }
        return values.epoch(best);
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException _) {
            return 0; // a configuration that was edited
        }
    }

    /// The values of the last line of each epoch's evaluation that begins with a part.
    static SequencedMap<String, Double> at(Map<String, Series> series, String part, int epoch) {
        SequencedMap<String, Double> values = new LinkedHashMap<>();
        series.forEach((name, each) -> {
            if (!name.startsWith(part + ".")) return;
            for (int i = 0; i < each.size(); i++) {
                if (each.epoch(i) == epoch) values.put(name.substring(part.length() + 1), each.value(i));
            }
        });
        return values;
    }

    private static Map<String, Double> part(Map<String, Double> all, String part) {
        Map<String, Double> values = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            if (name.startsWith(part + ".")) values.put(name.substring(part.length() + 1), value);
        });
        return values;
    }

    @FunctionalInterface
    interface Reading<T> {
        T of(Map<String, Series> series);
    }

    /// Reads the whole log.
    static <T> T read(Found run, Reading<T> reading) {
        long before = -1;
        for (long now = 0; now > before; ) { // of a long log one call reads a part
            before = now;
            now = run.run().lines().place().lines();
        }
        return run.run().lines().read(reading::of);
    }

    /// The value of a metric; empty if it was not measured, or is undefined.
    /// @param part `val` or `test`
    OptionalDouble value(String part, LoggedMetric metric) {
        double value = (part.equals(VALIDATION) ? validation : test).getOrDefault(metric.key(), UNKNOWN);
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /// The values by their names: `val.accuracy`. Those of the training's batches are not among them.
    Map<String, Double> json() {
        Map<String, Double> json = new LinkedHashMap<>();
        validation.forEach(
                (key, value) -> json.put(VALIDATION + "." + LoggedMetric.of(key).name(), value));
        test.forEach((key, value) -> json.put(TEST + "." + LoggedMetric.of(key).name(), value));
        return json;
    }

    /// A run and its value of a metric.
    record Ranked(Found run, OptionalDouble value) {}

    /// Runs by a metric, the best first; those without it at the end. Of equal ones the newest is first.
    /// @param where who asks, for messages
    /// @param part `val` or `test`; empty for that of the validation data, if one of the runs has it
    /// @param runs the oldest first
    /// @throws ConfigException if none of the runs has the metric
    static Ranking rank(String where, String name, String part, List<Found> runs) {
        LoggedMetric metric = LoggedMetric.of(name);
        Map<Found, RunFigures> figures = new LinkedHashMap<>();
        for (Found each : runs.reversed()) figures.put(each, of(each));
        boolean validated = figures.values().stream()
                .anyMatch(each -> each.value(VALIDATION, metric).isPresent());
        String chosen = part.isEmpty() ? (validated ? VALIDATION : TEST) : part;
        List<Ranked> ranked = new ArrayList<>();
        figures.forEach((run, each) -> ranked.add(new Ranked(run, each.value(chosen, metric))));
        ranked.sort((a, b) -> {
            double one = a.value().orElse(UNKNOWN);
            double other = b.value().orElse(UNKNOWN);
            return metric.isBetter(one, other) ? -1 : metric.isBetter(other, one) ? 1 : 0;
        });
        if (!ranked.isEmpty() && ranked.getFirst().value().isEmpty())
            throw unknown(where, metric, part, figures.values());
        return new Ranking(metric, chosen, List.copyOf(ranked));
    }

    /// Runs by a metric.
    /// @param part `val` or `test`
    /// @param runs the best first
    record Ranking(LoggedMetric metric, String part, List<Ranked> runs) {
        /// The data in words.
        String words() {
            return "the " + RunFigures.words(part);
        }
    }

    private static ConfigException unknown(
            String where, LoggedMetric metric, String part, Iterable<RunFigures> figures) {
        Set<String> validation = new TreeSet<>();
        Set<String> test = new TreeSet<>();
        for (RunFigures each : figures) {
            each.validation
                    .keySet()
                    .forEach(name -> validation.add(LoggedMetric.of(name).name()));
            each.test.keySet().forEach(name -> test.add(LoggedMetric.of(name).name()));
        }
        boolean onTest = part.equals(TEST) || (part.isEmpty() && validation.isEmpty());
        Set<String> known = onTest ? test : validation;
        return new ConfigException(
                where,
                "expects a metric that a run has of its " + words(onTest ? TEST : VALIDATION) + ", "
                        + (known.isEmpty() ? "" : "one of " + Spelling.listed(List.copyOf(known)) + ", ")
                        + "got '" + metric.name() + "'",
                known.isEmpty() ? "" : Spelling.hint(metric.name(), known));
    }

    private static String words(String part) {
        return part.equals(VALIDATION) ? "validation data" : "test part";
    }
}

package dev.neurite.predict;

import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.table.NumberText;
import dev.neurite.predict.Prediction.OneClass;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// Predictions as cells of CSV files.
public final class PredictionCsv {
    private PredictionCsv() {}

    /// The cells of a prediction by their columns: `prediction`, and `p_NAME` or `score_NAME` for each class;
    /// with `top` pairs `prediction`, `p`, `prediction_2`, `p_2`, the likeliest first. Several values are
    /// `prediction_1`, `prediction_2` …; columns of several outputs begin with the output's name and a point.
    /// @param top how many classes have cells; 0 for all
    public static SequencedMap<String, Object> cells(Prediction prediction, int top) {
        SequencedMap<String, Object> cells = new LinkedHashMap<>();
        add("", prediction, top, cells);
        return cells;
    }

    private static void add(String prefix, Prediction prediction, int top, Map<String, Object> cells) {
        switch (prediction) {
            case OneClass one -> addClass(prefix, one, top, cells);
            case Prediction.Labels labels -> {
                cells.put(prefix + "prediction", String.join(";", labels.labels()));
                labels.probabilities().forEach((name, p) -> cells.put(prefix + "p_" + name, p.floatValue()));
            }
            case Prediction.StepClasses steps -> cells.put(prefix + "prediction", String.join(";", steps.labels()));
            case Prediction.Values values -> addValues(prefix, values.values(), cells);
            case Prediction.Forecast forecast -> addValues(prefix, forecast.values(), cells);
            case Prediction.Numbers numbers -> addValues(prefix, numbers.values(), cells);
            case Prediction.Continuation text -> cells.put(prefix + "prediction", text.text());
            case Prediction.Several several ->
                several.outputs().forEach((name, each) -> add(prefix + name + ".", each, top, cells));
        }
    }

    private static void addClass(String prefix, OneClass one, int top, Map<String, Object> cells) {
        String measure = one.areScores() ? "score" : "p";
        if (top == 0) {
            cells.put(prefix + "prediction", one.label());
            one.probabilities().forEach((name, p) -> cells.put(prefix + measure + "_" + name, p.floatValue()));
            return;
        }
        int rank = 0;
        for (var each : ranked(one, top)) {
            String number = ++rank == 1 ? "" : "_" + rank;
            cells.put(prefix + "prediction" + number, each.getKey());
            cells.put(prefix + measure + number, each.getValue().floatValue());
        }
    }

    /// The classes with their numbers, the largest first; equal ones in the order of the classes.
    /// @param top how many; 0 for all
    static List<Map.Entry<String, Double>> ranked(OneClass one, int top) {
        return one.probabilities().entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(top == 0 ? Long.MAX_VALUE : top)
                .toList();
    }

    private static void addValues(String prefix, List<Double> values, Map<String, Object> cells) {
        for (int i = 0; i < values.size(); i++) {
            String number = values.size() == 1 ? "" : "_" + (i + 1);
            cells.put(prefix + "prediction" + number, values.get(i).floatValue());
        }
    }

    /// The cells of a step of a forecast by their columns: the series where a column tells several apart, the
    /// time, or else the number of the step from 1, and the value.
    /// @param step from 0
    public static SequencedMap<String, Object> step(SeriesColumns columns, Prediction.Forecast forecast, int step) {
        SequencedMap<String, Object> cells = new LinkedHashMap<>();
        columns.series().ifPresent(name -> cells.put(name, forecast.series()));
        if (forecast.times().isPresent()) {
            cells.put(columns.time().orElse("time"), forecast.times().get().get(step));
        } else {
            cells.put("step", step + 1);
        }
        cells.put(columns.target(), forecast.values().get(step).floatValue());
        return cells;
    }

    /// A line without its end (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe
    /// in front; numbers do not.
    public static String line(Collection<?> cells) {
        return cells.stream().map(PredictionCsv::cell).collect(Collectors.joining(","));
    }

    private static String cell(Object cell) {
        boolean formula = cell instanceof String text
                && !text.isEmpty()
                && "=+-@\t\r".indexOf(text.charAt(0)) >= 0
                && !NumberText.isNumber(text);
        String text = formula ? "'" + cell : cell.toString();
        boolean plain = text.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}

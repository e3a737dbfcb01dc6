package dev.neurite.cli.report;

import dev.neurite.cli.console.Text;
import dev.neurite.data.table.NumberText;
import dev.neurite.error.DataException;
import dev.neurite.io.json.Json;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Prediction.OneClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Writes predictions, a line a row.
public sealed interface PredictionWriter {
    /// Writes a row.
    /// @param file the file's name
    /// @param row from 0 in its file
    void write(String file, int row, Prediction prediction);

    /// Settings of all formats.
    /// @param top how many classes to write, the most probable first; 0 for all
    /// @param namesFile whether each line begins with the file's name
    /// @param lines takes the lines, without line ends
    record Layout(int top, boolean namesFile, Consumer<String> lines) {}

    /// The classes with their numbers, the largest first; equal ones in the order of the classes.
    private static List<Map.Entry<String, Double>> ranked(Map<String, Double> probabilities) {
        return probabilities.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .toList();
    }

    private static Float number(double value) {
        return (float) value;
    }

    /// The name of a class's number: `p` for a probability.
    private static String measure(OneClass one) {
        return one.areScores() ? "score" : "p";
    }

    /// CSV with a header, made of the first row.
    final class Csv implements PredictionWriter {
        private final Layout layout;
        private List<String> header = List.of();

        /// Writes the header with the first row.
        public Csv(Layout layout) {
            this.layout = layout;
        }

        @Override
        public void write(String file, int row, Prediction prediction) {
            Map<String, Object> line = new LinkedHashMap<>();
            if (layout.namesFile()) line.put("file", file);
            line.put("row", row);
            add("", prediction, line);
            List<String> names = List.copyOf(line.keySet());
            if (header.isEmpty()) writeCells(names);
            else if (!header.equals(names)) {
                throw new DataException(
                        file + ", row " + row + " (from 0)",
                        "expects as many columns as the rows before, " + header.size() + ", got " + names.size(),
                        "With --json rows may have different numbers of values");
            }
            header = names;
            writeCells(List.copyOf(line.values()));
        }

        /// @param prefix the name of one of several outputs, with a point
        private void add(String prefix, Prediction prediction, Map<String, Object> line) {
            switch (prediction) {
                case OneClass one -> addClass(prefix, one, line);
                case Prediction.Labels labels -> {
                    line.put(prefix + "prediction", String.join(";", labels.labels()));
                    labels.probabilities().forEach((name, p) -> line.put(prefix + "p_" + name, number(p)));
                }
                case Prediction.StepClasses steps -> line.put(prefix + "prediction", String.join(";", steps.labels()));
                case Prediction.Values values -> addValues(prefix, values.values(), line);
                case Prediction.Forecast forecast -> addValues(prefix, forecast.values(), line);
                case Prediction.Numbers numbers -> addValues(prefix, numbers.values(), line);
                case Prediction.Continuation text -> line.put(prefix + "prediction", text.text());
                case Prediction.Several several ->
                    several.outputs().forEach((name, each) -> add(prefix + name + ".", each, line));
            }
        }

        private void addClass(String prefix, OneClass one, Map<String, Object> line) {
            if (layout.top() == 0) {
                line.put(prefix + "prediction", one.label());
                one.probabilities().forEach((name, p) -> line.put(prefix + measure(one) + "_" + name, number(p)));
                return;
            }
            int rank = 0;
            int shown = Math.min(layout.top(), one.probabilities().size());
            for (var each : ranked(one.probabilities()).subList(0, shown)) {
                String number = ++rank == 1 ? "" : "_" + rank;
                line.put(prefix + "prediction" + number, each.getKey());
                line.put(prefix + measure(one) + number, number(each.getValue()));
            }
        }

        private static void addValues(String prefix, List<Double> values, Map<String, Object> line) {
            for (int i = 0; i < values.size(); i++) {
                line.put(prefix + "prediction" + (values.size() == 1 ? "" : "_" + (i + 1)), number(values.get(i)));
            }
        }

        private void writeCells(List<?> cells) {
            layout.lines().accept(cells.stream().map(Csv::cell).collect(Collectors.joining(",")));
        }

        /// A cell as CSV. A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers do not.
        private static String cell(Object cell) {
            boolean formula = cell instanceof String text
                    && !text.isEmpty()
                    && "=+-@\t\r".indexOf(text.charAt(0)) >= 0
                    && !NumberText.isNumber(text);
            return Text.csvCell(formula ? "'" + cell : cell.toString());
        }
    }

    /// A JSON object a row: `{"row":0,"prediction":"Bag","p":{"Bag":0.98,"Shirt":0.01}}`, the most
    /// probable first. Of several outputs each is such an object under its name.
    record JsonLines(Layout layout) implements PredictionWriter {
        @Override
        public void write(String file, int row, Prediction prediction) {
            Map<String, Object> line = new LinkedHashMap<>();
            if (layout.namesFile()) line.put("file", file);
            line.put("row", row);
            line.putAll(members(prediction));
            layout.lines().accept(Json.of(line).write());
        }

        private Map<String, Object> members(Prediction prediction) {
            Map<String, Object> members = new LinkedHashMap<>();
            switch (prediction) {
                case OneClass one -> {
                    members.put("prediction", one.label());
                    members.put(measure(one), ranked(one));
                }
                case Prediction.Labels labels -> {
                    members.put("prediction", labels.labels());
                    Map<String, Object> p = new LinkedHashMap<>();
                    labels.probabilities().forEach((name, each) -> p.put(name, number(each)));
                    members.put("p", p);
                }
                case Prediction.StepClasses steps -> {
                    members.put("prediction", steps.labels());
                    List<Float> p = new ArrayList<>();
                    for (OneClass each : steps.steps()) p.add(number(each.probability()));
                    members.put("p", p);
                }
                case Prediction.Values values -> members.put("prediction", values(values.values()));
                case Prediction.Forecast forecast -> members.put("prediction", values(forecast.values()));
                case Prediction.Numbers numbers -> members.put("prediction", values(numbers.values()));
                case Prediction.Continuation text -> members.put("prediction", text.text());
                case Prediction.Several several ->
                    several.outputs().forEach((name, each) -> members.put(name, members(each)));
            }
            return members;
        }

        private Map<String, Object> ranked(OneClass one) {
            Map<String, Object> p = new LinkedHashMap<>();
            for (Map.Entry<String, Double> each : PredictionWriter.ranked(one.probabilities())) {
                if (layout.top() == 0 || p.size() < layout.top()) p.put(each.getKey(), number(each.getValue()));
            }
            return p;
        }

        private static Object values(List<Double> values) {
            List<Float> list = values.stream().map(PredictionWriter::number).toList();
            return list.size() == 1 ? list.getFirst() : list;
        }
    }
}

package dev.neurite.cli.report;

import dev.neurite.cli.console.Text;
import dev.neurite.data.table.NumberText;
import dev.neurite.io.Prediction;
import dev.neurite.io.Predictor;
import dev.neurite.io.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Writes predictions, a line a row, with as many digits as a float has.
public sealed interface PredictionWriter {
    /// Writes a row.
    /// @param file the file it is from
    /// @param row its number in the file, from 0
    void write(String file, int row, Prediction prediction);

    /// Settings of all formats.
    /// @param top how many classes to write, the most probable first; 0 for all
    /// @param namesFile whether each line begins with the file's name
    /// @param lines takes the lines, without line ends
    record Layout(Predictor predictor, int top, boolean namesFile, Consumer<String> lines) {
        /// The name of a class's number: `p` for a probability.
        private String measure() {
            return predictor.givesScores() ? "score" : "p";
        }
    }

    /// The classes with their numbers, the largest first; equal ones in the order of the classes.
    private static List<Map.Entry<String, Double>> ranked(Prediction prediction) {
        return prediction.probabilities().entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .toList();
    }

    private static Float number(double value) {
        return (float) value;
    }

    /// CSV with a header.
    final class Csv implements PredictionWriter {
        private final Layout layout;
        private final List<String> classes;
        private boolean hasHeader;

        /// Writes the header with the first row.
        public Csv(Layout layout) {
            this.layout = layout;
            this.classes = layout.predictor().classNames();
        }

        @Override
        public void write(String file, int row, Prediction prediction) {
            if (!hasHeader) writeCells(header(prediction.values().size()));
            hasHeader = true;
            List<Object> line = new ArrayList<>();
            if (layout.namesFile()) line.add(file);
            line.add(row);
            prediction.values().forEach(value -> line.add(number(value)));
            if (layout.top() == 0 && !classes.isEmpty()) {
                line.add(prediction.label());
                prediction.probabilities().values().forEach(value -> line.add(number(value)));
            } else {
                for (Map.Entry<String, Double> each : ranked(prediction).subList(0, layout.top())) {
                    line.add(each.getKey());
                    line.add(number(each.getValue()));
                }
            }
            writeCells(line);
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

        private List<String> header(int values) {
            List<String> header = new ArrayList<>();
            if (layout.namesFile()) header.add("file");
            header.add("row");
            for (int j = 1; j <= values; j++) header.add(values == 1 ? "prediction" : "prediction_" + j);
            if (layout.top() == 0 && !classes.isEmpty()) {
                header.add("prediction");
                for (String name : classes) header.add(layout.measure() + "_" + name);
            }
            for (int k = 1; k <= layout.top(); k++) {
                header.add(k == 1 ? "prediction" : "prediction_" + k);
                header.add(k == 1 ? layout.measure() : layout.measure() + "_" + k);
            }
            return header;
        }
    }

    /// A JSON object a row: `{"row":0,"prediction":"Bag","p":{"Bag":0.98,"Shirt":0.01}}`, the most
    /// probable first.
    record JsonLines(Layout layout) implements PredictionWriter {
        @Override
        public void write(String file, int row, Prediction prediction) {
            Map<String, Object> line = new LinkedHashMap<>();
            if (layout.namesFile()) line.put("file", file);
            line.put("row", row);
            if (!prediction.values().isEmpty()) {
                List<Float> list = prediction.values().stream()
                        .map(PredictionWriter::number)
                        .toList();
                line.put("prediction", list.size() == 1 ? list.getFirst() : list);
            } else {
                Map<String, Object> p = new LinkedHashMap<>();
                for (Map.Entry<String, Double> each : ranked(prediction)) {
                    if (layout.top() == 0 || p.size() < layout.top()) p.put(each.getKey(), number(each.getValue()));
                }
                line.put("prediction", prediction.label());
                line.put(layout.measure(), p);
            }
            layout.lines().accept(Json.of(line).write());
        }
    }
}

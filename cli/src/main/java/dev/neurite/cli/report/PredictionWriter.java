package dev.neurite.cli.report;

import dev.neurite.cli.console.JsonWriter;
import dev.neurite.data.table.NumberText;
import dev.neurite.io.Prediction;
import dev.neurite.io.Predictor;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;

/// Writes predictions, a line a row, with as many digits as a float has.
public sealed interface PredictionWriter {
    /// Writes a row.
    /// @param file where it is from
    /// @param row its number there, from 0
    void write(String file, int row, Prediction prediction);

    /// What a class's number is called: p for a probability.
    private static String measure(Predictor predictor) {
        return predictor.givesScores() ? "score" : "p";
    }

    /// The classes with their numbers, the largest first; of equal ones the first.
    private static List<Map.Entry<String, Double>> ranked(Prediction prediction) {
        return prediction.probabilities().entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .toList();
    }

    private static Float number(double value) {
        return (float) value;
    }

    /// A table with a header.
    final class Csv implements PredictionWriter {
        private final List<String> classes;
        private final String measure;
        private final int top;
        private final boolean named;
        private final PrintStream out;
        private boolean begun;

        /// Writes to a stream.
        /// @param top how many classes to show; 0 for all
        /// @param named whether to say which file a row is from
        public Csv(Predictor predictor, int top, boolean named, PrintStream out) {
            this.classes = predictor.classNames();
            this.measure = measure(predictor);
            this.top = top;
            this.named = named;
            this.out = out;
        }

        @Override
        public void write(String file, int row, Prediction prediction) {
            if (!begun) print(header(prediction.values().size()));
            begun = true;
            List<Object> line = new ArrayList<>();
            if (named) line.add(file);
            line.add(row);
            prediction.values().forEach(value -> line.add(number(value)));
            if (top == 0 && !classes.isEmpty()) {
                line.add(prediction.label());
                prediction.probabilities().values().forEach(value -> line.add(number(value)));
            } else {
                for (Map.Entry<String, Double> each : ranked(prediction).subList(0, top)) {
                    line.add(each.getKey());
                    line.add(number(each.getValue()));
                }
            }
            print(line);
        }

        private void print(List<?> cells) {
            out.print(cells.stream().map(Csv::cell).collect(Collectors.joining(",")) + '\n');
        }

        /// A text that a spreadsheet would take for a formula gets an apostrophe before it, as they do by hand; numbers
        /// are none.
        private static String cell(Object cell) {
            boolean formula = cell instanceof String text
                    && !text.isEmpty()
                    && "=+-@\t\r".indexOf(text.charAt(0)) >= 0
                    && !NumberText.isNumber(text);
            return CSVFormat.DEFAULT.format(formula ? "'" + cell : cell);
        }

        private List<String> header(int values) {
            List<String> header = new ArrayList<>();
            if (named) header.add("file");
            header.add("row");
            for (int j = 1; j <= values; j++) header.add(values == 1 ? "prediction" : "prediction_" + j);
            if (top == 0 && !classes.isEmpty()) {
                header.add("prediction");
                for (String name : classes) header.add(measure + "_" + name);
            }
            for (int k = 1; k <= top; k++) {
                header.add(k == 1 ? "prediction" : "prediction_" + k);
                header.add(k == 1 ? measure : measure + "_" + k);
            }
            return header;
        }
    }

    /// A JSON object a row: `{"row":0,"prediction":"Bag","p":{"Bag":0.98,"Shirt":0.01}}`, the most
    /// probable first.
    final class JsonLines implements PredictionWriter {
        private final String measure;
        private final int top;
        private final boolean named;
        private final PrintStream out;

        /// Writes to a stream.
        /// @param top how many classes to show; 0 for all
        /// @param named whether to say which file a row is from
        public JsonLines(Predictor predictor, int top, boolean named, PrintStream out) {
            this.measure = measure(predictor);
            this.top = top;
            this.named = named;
            this.out = out;
        }

        @Override
        public void write(String file, int row, Prediction prediction) {
            Map<String, Object> line = new LinkedHashMap<>();
            if (named) line.put("file", file);
            line.put("row", row);
            if (!prediction.values().isEmpty()) {
                List<Float> list = prediction.values().stream()
                        .map(PredictionWriter::number)
                        .toList();
                line.put("prediction", list.size() == 1 ? list.getFirst() : list);
            } else {
                Map<String, Object> p = new LinkedHashMap<>();
                for (Map.Entry<String, Double> each : ranked(prediction)) {
                    if (top == 0 || p.size() < top) p.put(each.getKey(), number(each.getValue()));
                }
                line.put("prediction", prediction.label());
                line.put(measure, p);
            }
            out.println(JsonWriter.write(line));
        }
    }
}

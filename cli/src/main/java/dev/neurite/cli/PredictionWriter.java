package dev.neurite.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.QuoteMode;

/// Writes predictions, a line a row.
sealed interface PredictionWriter {
    /// Writes a row.
    /// @param row its number, from 0
    /// @param values a probability or score for each class, or the values that answer it
    void write(int row, float[] values);

    /// A table with a header.
    final class Csv implements PredictionWriter {
        private static final CSVFormat QUOTED =
                CSVFormat.DEFAULT.builder().setQuoteMode(QuoteMode.ALL).get();

        private final Answers answers;
        private final PrintStream out;
        private boolean begun;

        Csv(Answers answers, PrintStream out) {
            this.answers = answers;
            this.out = out;
        }

        @Override
        public void write(int row, float[] values) {
            if (!begun) print(header(values.length));
            begun = true;
            List<Object> line = new ArrayList<>();
            line.add(row);
            if (answers.classes().isEmpty()) {
                for (float value : values) line.add(value);
            } else {
                int[] ranked = Answers.ranked(values);
                if (answers.top() == 0) {
                    line.add(answers.classes().get(ranked[0]));
                    for (float value : values) line.add(value);
                }
                for (int k = 0; k < answers.top(); k++) {
                    line.add(answers.classes().get(ranked[k]));
                    line.add(values[ranked[k]]);
                }
            }
            print(line);
        }

        private void print(List<?> cells) {
            out.print(cells.stream().map(Csv::cell).collect(Collectors.joining(",")) + '\n');
        }

        /// Texts that a spreadsheet would take for a formula are quoted, as those with commas and quotes are.
        private static String cell(Object cell) {
            boolean formula = cell instanceof String text && !text.isEmpty() && "=+-@".indexOf(text.charAt(0)) >= 0;
            CSVFormat format = formula ? QUOTED : CSVFormat.DEFAULT;
            return format.format(cell);
        }

        private List<String> header(int outputs) {
            List<String> header = new ArrayList<>();
            header.add("row");
            if (answers.classes().isEmpty()) {
                for (int j = 1; j <= outputs; j++) header.add(outputs == 1 ? "prediction" : "prediction_" + j);
                return header;
            }
            if (answers.top() == 0) {
                header.add("prediction");
                for (String name : answers.classes()) header.add(answers.measure() + "_" + name);
            }
            for (int k = 1; k <= answers.top(); k++) {
                header.add(k == 1 ? "prediction" : "prediction_" + k);
                header.add(k == 1 ? answers.measure() : answers.measure() + "_" + k);
            }
            return header;
        }
    }

    /// A JSON object a row: `{"row":0,"prediction":"Bag","p":{"Bag":0.98,"Shirt":0.01}}`, the most
    /// probable first.
    final class JsonLines implements PredictionWriter {
        private final Answers answers;
        private final PrintStream out;

        JsonLines(Answers answers, PrintStream out) {
            this.answers = answers;
            this.out = out;
        }

        @Override
        public void write(int row, float[] values) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("row", row);
            if (answers.classes().isEmpty()) {
                List<Float> list = new ArrayList<>();
                for (float value : values) list.add(value);
                line.put("prediction", values.length == 1 ? list.getFirst() : list);
            } else {
                int[] ranked = Answers.ranked(values);
                int shown = answers.top() == 0 ? ranked.length : answers.top();
                Map<String, Object> p = new LinkedHashMap<>();
                for (int k = 0; k < shown; k++) p.put(answers.classes().get(ranked[k]), values[ranked[k]]);
                line.put("prediction", answers.classes().get(ranked[0]));
                line.put(answers.measure(), p);
            }
            out.println(Json.write(line));
        }
    }
}

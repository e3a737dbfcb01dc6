package dev.neurite.cli.report;

import dev.neurite.error.DataException;
import dev.neurite.io.json.Json;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.PredictionCsv;
import dev.neurite.predict.PredictionJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

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
            line.putAll(PredictionCsv.cells(prediction, layout.top()));
            List<String> names = List.copyOf(line.keySet());
            if (header.isEmpty()) layout.lines().accept(PredictionCsv.line(names));
            else if (!header.equals(names)) {
                throw new DataException(
                        file + ", row " + row + " (from 0)",
                        "expects as many columns as the rows before, " + header.size() + ", got " + names.size(),
                        "With --json rows may have different numbers of values");
            }
            header = names;
            layout.lines().accept(PredictionCsv.line(line.values()));
        }
    }

    /// A JSON object a row, with the members of [PredictionJson]:
    /// `{"row":0,"kind":"class","label":"Bag","probabilities":{"Bag":0.98,"Shirt":0.01}}`.
    record JsonLines(Layout layout) implements PredictionWriter {
        @Override
        public void write(String file, int row, Prediction prediction) {
            Map<String, Object> line = new LinkedHashMap<>();
            if (layout.namesFile()) line.put("file", file);
            line.put("row", row);
            line.putAll(PredictionJson.of(prediction, layout.top()));
            layout.lines().accept(Json.of(line).write());
        }
    }
}

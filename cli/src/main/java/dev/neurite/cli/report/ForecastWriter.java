package dev.neurite.cli.report;

import dev.neurite.data.series.SeriesColumns;
import dev.neurite.error.DataException;
import dev.neurite.io.json.Json;
import dev.neurite.predict.Prediction.Forecast;
import dev.neurite.predict.PredictionCsv;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Writes forecasts, a line a step: CSV with a header, or a JSON object.
public final class ForecastWriter {
    private final SeriesColumns columns;
    private final boolean namesFile;
    private final boolean json;
    private final Consumer<String> lines;
    private boolean hasHeader;

    /// @param namesFile whether each line begins with the file's name
    /// @param json whether lines are JSON objects
    /// @param lines takes the lines, without line ends
    public ForecastWriter(SeriesColumns columns, boolean namesFile, boolean json, Consumer<String> lines) {
        this.columns = columns;
        this.namesFile = namesFile;
        this.json = json;
        this.lines = lines;
    }

    /// Writes the forecasts for the series of a file.
    /// @throws DataException for a forecast that is not finite
    public void write(String file, List<Forecast> forecasts) {
        for (Forecast forecast : forecasts) {
            for (int i = 0; i < forecast.values().size(); i++) write(file, forecast, i);
        }
    }

    private void write(String file, Forecast forecast, int i) {
        float value = forecast.values().get(i).floatValue();
        if (!Float.isFinite(value)) {
            throw new DataException(
                    file + ", forecast of step " + (i + 1),
                    "expects a finite forecast, got " + value,
                    "The last rows may have values far outside the range of the training data");
        }
        Map<String, Object> line = new LinkedHashMap<>();
        if (namesFile) line.put("file", file);
        line.putAll(PredictionCsv.step(columns, forecast, i));
        if (json) {
            lines.accept(Json.of(line).write());
            return;
        }
        if (!hasHeader) lines.accept(PredictionCsv.line(line.keySet()));
        hasHeader = true;
        lines.accept(PredictionCsv.line(line.values()));
    }
}

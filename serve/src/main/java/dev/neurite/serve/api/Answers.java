package dev.neurite.serve.api;

import dev.neurite.data.series.SeriesColumns;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.io.json.Json;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.PredictionCsv;
import dev.neurite.predict.PredictionJson;
import dev.neurite.serve.model.Served;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Answers with what a model says. Headers name the model and its version.
final class Answers {
    /// The header with the name of the model that answered.
    static final String MODEL = "Neurite-Model";

    /// The header with its version.
    static final String VERSION = "Neurite-Version";

    private Answers() {}

    static Answer of(Served model, String type, String text) {
        Map<String, String> headers = Map.of(MODEL, escaped(model.name()), VERSION, escaped(model.version()));
        String charset = type.equals(Bodies.LINES) ? "" : "; charset=utf-8";
        return new Answer.Content(200, type + charset, text.getBytes(StandardCharsets.UTF_8), headers);
    }

    /// A text as headers may have it: letters of ASCII, others in percent.
    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static Answer json(Served model, Object value) {
        return of(model, Bodies.JSON, Json.of(value).write());
    }

    /// The value of one row, or those of a list; as JSON, or a line each.
    static Answer json(Served model, String wanted, boolean alone, List<?> values) {
        if (!wanted.equals(Bodies.LINES)) return json(model, alone ? values.getFirst() : values);
        var lines = new StringBuilder();
        for (Object each : values) lines.append(Json.of(each).write()).append('\n');
        return of(model, Bodies.LINES, lines.toString());
    }

    /// A prediction with what is unusual about its row.
    static Map<String, Object> json(Prediction prediction, List<String> warnings, int top) {
        SequencedMap<String, Object> json = PredictionJson.of(prediction, top);
        if (!warnings.isEmpty()) json.put("warnings", warnings);
        return json;
    }

    /// A line for each row, of a forecast for each step.
    /// @param series the columns of a model that forecasts
    static Answer csv(Served model, Optional<SeriesColumns> series, List<Prediction> predictions, int top) {
        List<SequencedMap<String, Object>> lines = new ArrayList<>();
        for (Prediction each : predictions) {
            if (series.isPresent()) addSteps(series.get(), each, lines);
            else lines.add(PredictionCsv.cells(each, top));
        }
        var text = new StringBuilder();
        Collection<String> header = lines.getFirst().keySet();
        add(header, text);
        for (SequencedMap<String, Object> each : lines) {
            if (!List.copyOf(each.keySet()).equals(List.copyOf(header))) {
                throw HttpProblem.bad("", "expects rows with as many values as each other for CSV; JSON has them all");
            }
            add(each.values(), text);
        }
        return of(model, Bodies.CSV, text.toString());
    }

    private static void addSteps(
            SeriesColumns columns, Prediction prediction, List<SequencedMap<String, Object>> lines) {
        switch (prediction) {
            case Prediction.Forecast forecast -> {
                for (int i = 0; i < forecast.values().size(); i++) lines.add(PredictionCsv.step(columns, forecast, i));
            }
            case Prediction.Several several ->
                several.outputs().values().forEach(each -> addSteps(columns, each, lines));
            default -> lines.add(PredictionCsv.cells(prediction, 0));
        }
    }

    private static void add(Collection<?> cells, StringBuilder text) {
        text.append(PredictionCsv.line(cells)).append("\r\n");
    }
}

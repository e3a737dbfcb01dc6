package dev.neurite.dashboard.api;

import dev.neurite.dashboard.http.Answer;
import dev.neurite.dashboard.http.Fields;
import dev.neurite.dashboard.http.HttpProblem;
import dev.neurite.dashboard.http.Request;
import dev.neurite.dashboard.http.Route;
import dev.neurite.dashboard.view.Drawing;
import dev.neurite.dashboard.view.ExplainedPrediction;
import dev.neurite.dashboard.view.Form;
import dev.neurite.dashboard.view.Picture;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.io.json.Json.JsonNumber;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `GET /api/runs/{id}/form` and `POST /api/runs/{id}/predict`: a person tries a model.
final class PredictResource {
    private static final int LONGEST_SIDE = 1_024; // pixels of a drawing
    private static final int MOST_BYTES = 3 << 18; // what a JSON body of 1 MB holds in base64
    private static final int MOST_INPUTS = 1 << 20;
    private static final int MOST_COLUMNS = 10_000;

    private final Runs runs;

    PredictResource(Runs runs) {
        this.runs = runs;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/runs/{id}/form", this::form).computing(),
                Route.post("/api/runs/{id}/predict", this::predict).computing(),
                Route.post("/api/runs/{id}/predict/image", this::image).computing());
    }

    private Answer form(Request request) {
        Map<String, Object> json = new LinkedHashMap<>();
        switch (Form.of(Looks.subject(runs.find(request.path("id"))))) {
            case Form.OfImage(Drawing drawing) -> {
                json.put("kind", "image");
                json.put("width", drawing.form().width());
                json.put("height", drawing.form().height());
                json.put("channels", drawing.form().channels());
                json.put("inverted", drawing.inverted());
                json.put("preprocessing", drawing.name());
            }
            case Form.OfTable(List<Form.Field> fields, Map<String, String> example) -> {
                json.put("kind", fields.size() == 2 ? "points" : "table");
                json.put("fields", fields.stream().map(PredictResource::field).toList());
                json.put("example", example);
            }
            case Form.OfNumbers(int count) -> {
                json.put("kind", "numbers");
                json.put("count", count);
            }
        }
        return Answer.json(json);
    }

    private static Map<String, Object> field(Form.Field field) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", field.name());
        json.put("type", field.type());
        json.put("min", JsonValues.known(field.min()));
        json.put("max", JsonValues.known(field.max()));
        json.put("usual", field.usual());
        json.put("values", field.values());
        json.put("optional", field.optional());
        return json;
    }

    private Answer predict(Request request) throws IOException {
        Fields body = request.json().only("pixels", "width", "height", "values", "inputs");
        Subject subject = Looks.subject(runs.find(request.path("id")));
        if (body.has("pixels")) {
            return answer(ExplainedPrediction.of(subject, picture(body)));
        }
        if (body.has("values")) {
            return answer(ExplainedPrediction.of(subject, values(body.object("values"))));
        }
        if (!body.has("inputs")) throw HttpProblem.bad("", "expects pixels, values or inputs");
        double[] numbers = body.numbers("inputs", MOST_INPUTS);
        float[] inputs = new float[numbers.length];
        for (int i = 0; i < inputs.length; i++) inputs[i] = (float) numbers[i];
        return answer(ExplainedPrediction.of(subject, inputs));
    }

    private static Picture picture(Fields body) {
        int width = body.integer("width", 1, LONGEST_SIDE);
        int height = body.integer("height", 1, LONGEST_SIDE);
        byte[] pixels = body.base64("pixels", MOST_BYTES);
        int channels = pixels.length == 3 * width * height ? 3 : 1;
        if (pixels.length != channels * width * height) {
            throw body.problem(
                    "pixels",
                    "expects " + width * height + " bytes, or three times as many for colors, got " + pixels.length);
        }
        return new Picture(width, height, channels, pixels);
    }

    private static Map<String, String> values(Fields body) {
        if (body.keys().size() > MOST_COLUMNS) {
            throw HttpProblem.bad("values", "expects at most " + MOST_COLUMNS + " columns");
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : body.keys()) values.put(name, text(body, name));
        return values;
    }

    /// A text; a number as text; nothing as an empty text.
    private static String text(Fields body, String name) {
        if (!body.has(name)) return "";
        return body.value(name) instanceof JsonNumber(String literal) ? literal : body.text(name);
    }

    private Answer image(Request request) throws IOException {
        BufferedImage image = request.image();
        Subject subject = Looks.subject(runs.find(request.path("id")));
        int width = image.getWidth();
        int height = image.getHeight();
        int[] colors = image.getRGB(0, 0, width, height, null, 0, width);
        byte[] pixels = new byte[3 * colors.length];
        boolean drawn = Form.of(subject) instanceof Form.OfImage(Drawing drawing) && drawing.placed();
        int paper = drawn ? 255 : 0; // behind transparent pixels; those of photographs are black, as in training
        for (int i = 0; i < colors.length; i++) {
            int alpha = colors[i] >>> 24;
            for (int c = 0; c < 3; c++) {
                int value = colors[i] >> (16 - 8 * c) & 255;
                pixels[3 * i + c] = (byte) ((value * alpha + paper * (255 - alpha)) / 255);
            }
        }
        return answer(ExplainedPrediction.of(subject, new Picture(width, height, 3, pixels)));
    }

    private static Answer answer(ExplainedPrediction given) {
        List<Map<String, Object>> sensitivity = new ArrayList<>();
        for (ExplainedPrediction.Influence each : given.sensitivity()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", each.name());
            json.put("change", each.change());
            json.put("text", each.text());
            sensitivity.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prediction", JsonValues.prediction(given.prediction()));
        json.put("seen", JsonValues.picture(given.seen()));
        json.put("sensitivity", sensitivity.isEmpty() ? JsonValues.NULL : sensitivity);
        json.put("map", JsonValues.picture(given.map()));
        return Answer.json(json);
    }
}

package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.Drawing;
import dev.neurite.dashboard.view.Entered;
import dev.neurite.dashboard.view.ExplainedPrediction;
import dev.neurite.dashboard.view.Form;
import dev.neurite.dashboard.view.Influence;
import dev.neurite.dashboard.view.Picture;
import dev.neurite.dashboard.view.TriedModel;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ShapeException;
import dev.neurite.generate.Sampling;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.http.PieceForm;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.predict.PredictionJson;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// `GET {path}/form` and `/row`, and `POST {path}/predict`: a person tries a model.
public final class PredictResource {
    private static final int MOST_TOKENS = 2_000;
    private static final int MOST_PROMPT = 20_000; // characters
    private static final int MOST_BYTES = 4 << 20; // of what is entered: images in base64

    private final String path;
    private final Function<Request, TriedModel> models;

    /// @param path of a model, such as `/api/runs/{id}`
    /// @param models the model that a request asks of
    public PredictResource(String path, Function<Request, TriedModel> models) {
        this.path = path;
        this.models = models;
    }

    /// The routes below the path.
    public List<Route> routes() {
        return List.of(
                Route.get(path + "/form", this::form).takes().computing(),
                Route.get(path + "/row", this::row).takes("row").computing(),
                Route.post(path + "/predict", this::predict).takes().computing(),
                Route.post(path + "/predict/image", this::image).takes().computing(),
                Route.post(path + "/predict/text", this::text).takes().computing());
    }

    private Answer form(Request request) {
        TriedModel tried = models.apply(request);
        List<Map<String, Object>> inputs = new ArrayList<>();
        tried.forms().forEach((name, form) -> inputs.add(FormJson.of(name, form)));
        List<Map<String, Object>> outputs = new ArrayList<>();
        tried.subject().file().signature().outputs().forEach((name, output) -> {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", name);
            json.put("says", JsonValues.says(output));
            json.put("threshold", JsonValues.threshold(output));
            outputs.add(json);
        });
        return Answer.json(Map.of("inputs", inputs, "outputs", outputs));
    }

    private Answer row(Request request) {
        int row = request.query("row", 0, 0, Integer.MAX_VALUE);
        Map<String, Object> inputs = new LinkedHashMap<>();
        models.apply(request).row(row).forEach((name, entered) -> inputs.put(name, EnteredJson.json(entered)));
        return Answer.json(Map.of("inputs", inputs));
    }

    private Answer predict(Request request) throws IOException {
        JsonFields body = request.json(MOST_BYTES);
        TriedModel tried = models.apply(request);
        return explained(tried, EnteredJson.of(body, tried.forms()));
    }

    private Answer image(Request request) throws IOException {
        BufferedImage image = request.image();
        TriedModel tried = models.apply(request);
        String only = tried.forms().firstEntry().getKey();
        if (tried.forms().size() > 1 || !(tried.forms().get(only) instanceof Form.OfImage(Drawing drawing))) {
            throw new ConfigException(
                    "image",
                    "expects a model of one image, got one of " + tried.forms().keySet());
        }
        return explained(tried, Map.of(only, new Entered.Drawn(picture(image, drawing.placed()))));
    }

    /// The continuation of a prompt as an event stream: `piece` for each piece of text, `end` after the
    /// last, or `failed`. The generation ends when the client leaves.
    private Answer text(Request request) throws IOException {
        JsonFields body = request.json().only("text", "most", "temperature", "topK", "seed");
        String prompt = body.text("text", MOST_PROMPT);
        int most = body.integer("most", 200, 1, MOST_TOKENS);
        Sampling sampling = Sampling.USUAL
                .withTemperature(body.number("temperature", 1, 0, 100))
                .withTopK(body.integer("topK", 0, 0, Integer.MAX_VALUE))
                .withSeed(body.integer("seed", 0, 0, Integer.MAX_VALUE));
        TriedModel tried = models.apply(request);
        if (!(tried.forms().firstEntry().getValue() instanceof Form.OfPrompt)) {
            throw new ConfigException("text", "expects a model of language, got another");
        }
        return Answer.pieces(PieceForm.events("piece"), pieces -> {
            try {
                tried.write(prompt, most, sampling, pieces);
            } catch (DataException | ConfigException e) {
                throw new HttpProblem(400, "data", "text", String.valueOf(e.getMessage()));
            }
        });
    }

    /// An image as a person sees it.
    /// @param drawn whether it is ink on paper, which is white behind transparent pixels; those of
    /// photographs are black, as in training
    private static Picture picture(BufferedImage image, boolean drawn) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] colors = image.getRGB(0, 0, width, height, null, 0, width);
        byte[] pixels = new byte[3 * colors.length];
        int paper = drawn ? 255 : 0;
        for (int i = 0; i < colors.length; i++) {
            int alpha = colors[i] >>> 24;
            for (int c = 0; c < 3; c++) {
                int value = colors[i] >> (16 - 8 * c) & 255;
                pixels[3 * i + c] = (byte) ((value * alpha + paper * (255 - alpha)) / 255);
            }
        }
        return new Picture(width, height, 3, pixels);
    }

    private static Answer explained(TriedModel tried, Map<String, Entered> entered) {
        try {
            return answer(tried.explain(entered));
        } catch (DataException | ConfigException | ShapeException e) {
            throw new HttpProblem(400, "data", path(tried, e), String.valueOf(e.getMessage()));
        }
    }

    /// The path of the input or field that an error names, `inputs.table.weight`; that of the only input, or of all
    /// of several, for other errors.
    private static String path(TriedModel tried, NeuriteException e) {
        String where = e.where();
        for (var each : tried.forms().entrySet()) {
            String name = each.getKey();
            if (where.equals(name) || where.startsWith(name + ".")) return "inputs." + where;
            for (String column : columns(each.getValue())) {
                if (where.endsWith("column '" + column + "'")) return "inputs." + name + "." + column;
            }
        }
        return tried.forms().size() == 1
                ? "inputs." + tried.forms().firstEntry().getKey()
                : "inputs";
    }

    private static List<String> columns(Form form) {
        return switch (form) {
            case Form.OfTable table ->
                table.fields().stream().map(Form.Field::name).toList();
            case Form.OfSteps steps ->
                steps.fields().stream().map(Form.Field::name).toList();
            case Form.OfSeries series -> series.columns();
            case Form.OfImage _, Form.OfText _, Form.OfPrompt _, Form.OfNumbers _ -> List.of();
        };
    }

    private static Answer answer(ExplainedPrediction given) {
        List<Map<String, Object>> influences = new ArrayList<>();
        for (Influence each : given.influences()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", each.name());
            json.put("change", each.change());
            json.put("text", each.text());
            influences.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prediction", PredictionJson.of(given.prediction()));
        json.put("warnings", given.warnings());
        json.put("seen", JsonValues.pictures(given.seen()));
        json.put("sensitivity", JsonValues.orNone(influences));
        json.put("map", JsonValues.picture(given.map()));
        json.put("words", JsonValues.orNone(JsonValues.words(given.words())));
        json.put("weighed", given.weighed());
        json.put("steps", JsonValues.orNone(given.steps()));
        json.put(
                "curve",
                given.curve().isPresent() ? JsonValues.curve(given.curve().get()) : JsonValues.NULL);
        return Answer.json(json);
    }
}

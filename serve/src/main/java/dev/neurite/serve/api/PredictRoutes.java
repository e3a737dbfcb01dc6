package dev.neurite.serve.api;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.datasets.ImageFile;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.http.Answer;
import dev.neurite.http.GivenImages;
import dev.neurite.http.GivenJson;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.onnx.TextVector;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.Forecaster;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.PredictionJson;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import dev.neurite.serve.model.TensorPredictions;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// `POST /predict/{name}`: raw values in, what the model says of them out, as docs/predict-over-http.md tells.
final class PredictRoutes {
    static final int MOST_TOP = 100_000;

    private final Repository models;
    private final RequestMemory memory;
    private final Prompts prompts;

    PredictRoutes(Repository models, RequestMemory memory, TextWriter writer) {
        this.models = models;
        this.memory = memory;
        this.prompts = new Prompts(writer);
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                "/predict/{name}",
                                memory.holding((request, held) -> answer(
                                        ChosenModel.newest(models, request.path("name"), "model"), request, held)))
                        .takes("top"),
                Route.post(
                                "/predict/{name}/versions/{version}",
                                memory.holding((request, held) -> answer(
                                        ChosenModel.version(models, request.path("name"), request.path("version")),
                                        request,
                                        held)))
                        .takes("top"));
    }

    /// What a request asks of a model.
    @SuppressWarnings("ArrayRecordComponent") // nobody changes or compares it
    private record Asked(
            Served model, Request request, String type, byte[] body, RequestMemory.Held held, Deadline deadline) {
        /// What is in the body.
        <T> T read(Function<byte[], T> reading) {
            return held.read(body, deadline, () -> reading.apply(body));
        }
    }

    private Answer answer(Served model, Request request, RequestMemory.Held held) throws IOException {
        Deadline deadline = Endpoints.deadline(models, request);
        if (request.query("top").isPresent() && !namesClasses(model.kind())) {
            throw HttpProblem.bad("?top", "is how many classes are named; this model has none");
        }
        byte[] body = held.body(Bodies.MOST_BYTES, types(model.kind()));
        return answer(new Asked(model, request, request.type(), body, held, deadline));
    }

    /// The media types that a model takes.
    static List<String> types(ModelKind kind) {
        List<String> types = new ArrayList<>(List.of(Bodies.JSON));
        switch (kind) {
            case ModelKind.Predictions predictions -> {
                Predictor predictor = predictions.predictor();
                Signature signature = predictor.signature();
                boolean prompt = isPrompt(predictor);
                if (!prompt) types.add(Bodies.LINES);
                if (CsvRows.fits(signature) && !prompt) types.add(Bodies.CSV);
                if (signature.inputs().size() == 1 && signature.input() instanceof Input.Text) types.add(Bodies.TEXT);
                if (signature.inputs().size() == 1 && signature.input() instanceof Input.Image) {
                    types.addAll(List.of(Bodies.PNG, Bodies.JPEG));
                }
            }
            case ModelKind.Tensors tensors -> {
                if (tensors.columns().isPresent()) types.addAll(List.of(Bodies.LINES, Bodies.CSV));
            }
            case ModelKind.Embeddings _ -> types.addAll(List.of(Bodies.LINES, Bodies.TEXT));
            default -> {}
        }
        return types;
    }

    /// Whether an answer has the numbers of classes, of which a request may want some only.
    static boolean namesClasses(ModelKind kind) {
        return outputs(kind).values().stream().anyMatch(Output.Classes.class::isInstance);
    }

    private static Map<String, Output> outputs(ModelKind kind) {
        return switch (kind) {
            case ModelKind.Predictions each -> each.predictor().signature().outputs();
            case ModelKind.Tensors each ->
                each.columns()
                        .<Map<String, Output>>map(columns -> columns.answers().outputs())
                        .orElse(Map.of());
            default -> Map.of();
        };
    }

    static boolean isPrompt(Predictor predictor) {
        return predictor.signature().output() instanceof Output.Continuation;
    }

    private Answer answer(Asked asked) {
        try {
            return switch (asked.model.kind()) {
                case ModelKind.Predictions predictions ->
                    isPrompt(predictions.predictor())
                            ? prompt(asked, predictions.predictor())
                            : predictions(asked, predictions);
                case ModelKind.Tensors tensors -> tensors(asked, tensors);
                case ModelKind.Embeddings embeddings -> vectors(asked, embeddings);
                default -> throw new HttpProblem(404, "kind", "", "this model has no raw values; see /openapi.json");
            };
        } catch (DataException | ConfigException | ShapeException e) {
            throw new HttpProblem(400, "data", "", String.valueOf(e.getMessage()));
        }
    }

    // ---------------------------------------------------------------------------------------------------- predictions

    private static Answer predictions(Asked asked, ModelKind.Predictions model) {
        Predictor predictor = model.predictor();
        var form = Form.of(asked);
        GivenRows rows = asked.read(body -> rows(asked, body, predictor));
        requireSmallAnswer(asked.model, rows);
        List<List<String>> warnings = warnings(predictor, rows);
        List<Prediction> predictions = model.queue().compute(rows.raws(), asked.deadline);
        return form.answer(
                asked.model, predictor.forecaster().map(Forecaster::columns), rows.alone(), predictions, warnings);
    }

    /// Refuses several rows whose answers would have more values than one of tensors may have. Extents that are open
    /// count as 1.
    private static void requireSmallAnswer(Served model, GivenRows rows) {
        int got = rows.raws().size();
        if (got == 1) return;
        long values = model.tensors().outputs().stream()
                .mapToLong(each -> each.shape(Map.of()).size())
                .sum();
        long most = Math.max(1, TensorJson.MOST / Math.max(1, values));
        if (got <= most) return;
        String message = "expects at most " + most + " rows, as this model gives " + values + " values for each, got ";
        throw new HttpProblem(413, "rows", "", message + got);
    }

    /// In which form a request wants predictions.
    /// @param top how many classes are named; 0 for all
    private record Form(int top, String type) {
        static Form of(Asked asked) {
            int top = asked.request.query("top", 0, 0, MOST_TOP);
            return new Form(top, Bodies.wanted(asked.request, Bodies.JSON, Bodies.LINES, Bodies.CSV));
        }

        Answer answer(
                Served model,
                Optional<SeriesColumns> series,
                boolean alone,
                List<Prediction> predictions,
                List<List<String>> warnings) {
            if (type.equals(Bodies.CSV)) return Answers.csv(model, series, predictions, top);
            List<Map<String, Object>> values = new ArrayList<>();
            for (int i = 0; i < predictions.size(); i++) {
                values.add(Answers.json(predictions.get(i), warnings.get(i), top));
            }
            return Answers.json(model, type, alone, values);
        }
    }

    private static GivenRows rows(Asked asked, byte[] body, Predictor predictor) {
        return switch (asked.type) {
            case Bodies.CSV -> CsvRows.of(predictor.signature(), body);
            case Bodies.TEXT -> GivenRows.one(JsonRows.shortEnough(GivenJson.text(body), ""));
            case Bodies.PNG, Bodies.JPEG -> {
                ImageInput how = ((Input.Image) predictor.signature().input()).how();
                yield GivenRows.one(GivenImages.read(body, "", in -> ImageFile.read(in, how)));
            }
            case Bodies.LINES -> new JsonRows(predictor).list(Bodies.lines(body).list());
            default -> new JsonRows(predictor).of(Bodies.json(body, mostValues(asked.model)));
        };
    }

    /// The largest number of values of JSON that rows need, so that little memory is taken for what cannot be
    /// rows: each value of a row, a level around it, and the row.
    private static int mostValues(Served model) {
        long row = 0;
        for (ValueInfo each : model.tensors().inputs()) {
            boolean open = each.anyRank() || !each.extents().stream().skip(1).allMatch(ValueInfo::isFixed);
            if (open) return Bodies.MOST_VALUES;
            row += each.shape(Map.of()).size();
        }
        return (int) Math.min(Bodies.MOST_VALUES, GivenRows.MOST * (2 * row + 2));
    }

    /// What is unusual about each row. A wrong row is found here, before the others wait for it.
    private static List<List<String>> warnings(Predictor predictor, GivenRows rows) {
        List<List<String>> warnings = new ArrayList<>();
        for (Object each : rows.raws()) {
            try {
                warnings.add(predictor.warnings(each));
            } catch (DataException | ConfigException | ShapeException e) {
                throw rows.problem(warnings.size(), e);
            }
        }
        return warnings;
    }

    private Answer prompt(Asked asked, Predictor predictor) {
        Prompts.Prompt prompt = asked.type.equals(Bodies.TEXT)
                ? Prompts.Prompt.of(GivenJson.text(asked.body))
                : asked.read(body -> Prompts.Prompt.of(Bodies.json(body)));
        if (Bodies.wanted(asked.request, Bodies.JSON, Bodies.EVENTS).equals(Bodies.EVENTS)) {
            return prompts.pieces(predictor, prompt, asked.deadline);
        }
        return Answers.json(asked.model, PredictionJson.of(prompts.text(predictor, prompt, asked.deadline)));
    }

    // --------------------------------------------------------------------------------------------------------- tensors

    private static Answer tensors(Asked asked, ModelKind.Tensors model) {
        Optional<TensorRows> reader = model.columns().map(TensorRows::new);
        Supplier<Answer> answer = asked.read(body -> {
            if (asked.type.equals(Bodies.CSV)) {
                return records(asked, model, reader.orElseThrow().csv(body));
            }
            if (asked.type.equals(Bodies.LINES)) {
                return records(
                        asked,
                        model,
                        reader.orElseThrow().list(Bodies.lines(body).list()));
            }
            Json json = Bodies.json(body);
            if (reader.isPresent() && reader.get().areRows(json)) {
                return records(asked, model, reader.get().of(json));
            }
            Bodies.wanted(asked.request, Bodies.JSON);
            var inputs = TensorJson.inputs(asked.model.tensors().inputs(), json);
            return () -> {
                var outputs =
                        model.queue().compute(List.of(inputs), asked.deadline).getFirst();
                return Answers.json(
                        asked.model, Schema.json("kind", "tensors", "outputs", TensorJson.outputs(outputs)));
            };
        });
        return answer.get();
    }

    /// The answer for rows of an ONNX model, as for those of a run. Each is an item of its own.
    private static Supplier<Answer> records(Asked asked, ModelKind.Tensors model, GivenRows rows) {
        var form = Form.of(asked);
        requireSmallAnswer(asked.model, rows);
        return () -> {
            List<Map<String, Value>> items = rows.raws().stream()
                    .map(each -> ((TensorRows.Row) each).values())
                    .toList();
            TensorPredictions answers = model.columns().orElseThrow().answers();
            List<Prediction> predictions = new ArrayList<>();
            for (Map<String, Value> each : model.queue().compute(items, asked.deadline)) {
                try {
                    predictions.add(answers.of(each).requireFinite("row"));
                } catch (DataException e) {
                    throw rows.problem(predictions.size(), e);
                }
            }
            List<List<String>> none = Collections.nCopies(predictions.size(), List.of());
            return form.answer(asked.model, Optional.empty(), rows.alone(), predictions, none);
        };
    }

    private static Answer vectors(Asked asked, ModelKind.Embeddings model) {
        String wanted = Bodies.wanted(asked.request, Bodies.JSON, Bodies.LINES);
        Json json = asked.read(body -> switch (asked.type) {
            case Bodies.TEXT -> new JsonString(GivenJson.text(body));
            case Bodies.LINES -> Bodies.lines(body);
            default -> Bodies.json(body);
        });
        List<String> texts = new ArrayList<>();
        if (json instanceof JsonArray(List<Json> items)) {
            GivenRows.requireCount(items.size());
            for (int i = 0; i < items.size(); i++) texts.add(text(items.get(i), "[" + i + "]"));
        } else {
            texts.add(text(json, ""));
        }
        List<Map<String, Object>> values = new ArrayList<>();
        for (TextVector each : model.vectors(texts, asked.deadline)) values.add(vector(each));
        return Answers.json(asked.model, wanted, !(json instanceof JsonArray), values);
    }

    private static Map<String, Object> vector(TextVector of) {
        List<Float> numbers = new ArrayList<>();
        for (float each : of.vector()) numbers.add(each);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", "vector");
        json.put("vector", numbers);
        json.put("tokens", of.tokens());
        return json;
    }

    /// A text, or an object with it.
    private static String text(Json json, String path) {
        if (!(json instanceof JsonObject(Map<String, Json> members))) return JsonRows.text(json, path);
        Json own = members.get("text");
        String at = JsonPaths.member(path, "text");
        if (own == null || members.size() > 1) throw HttpProblem.bad(at, "expects a text, and nothing beside it");
        return JsonRows.text(own, at);
    }
}

package dev.neurite.serve.api;

import static dev.neurite.serve.api.Schema.json;
import static dev.neurite.serve.api.Schema.type;

import dev.neurite.http.Answer;
import dev.neurite.http.Route;
import dev.neurite.io.json.Json;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.PredictionCsv;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `GET /openapi.json`: what the server answers, as a document of OpenAPI 3.1. Each model has a path with the schemas
/// of its rows and answers, and OpenAI's form has its own; the other interfaces have standards, so that their
/// paths have a summary.
final class OpenApi {
    private static final Pattern PARAMETER = Pattern.compile("\\{([a-zA-Z]+)}");
    private static final int MOST_EXAMPLE = 20_000; // characters
    private static final Map<String, String> SUMMARIES = Map.ofEntries(
            Map.entry("/v2", "Open Inference Protocol"),
            Map.entry("/v1", "in the form of OpenAI; language models chat and continue texts"),
            Map.entry("/rerank", "how well texts answer a query"),
            Map.entry("/embed", "vectors of texts"),
            Map.entry("/info", "what the model of texts takes"),
            Map.entry("/predict", "ask a version of a model, as the newest one"),
            Map.entry("/metrics", "figures for Prometheus"),
            Map.entry("/health", "whether the server is well"),
            Map.entry("/openapi.json", "this document"));

    private final Repository models;
    private final List<Route> others;
    private final boolean keyed;

    /// @param others routes of the other interfaces
    /// @param keyed whether the server wants a key
    OpenApi(Repository models, List<Route> others, boolean keyed) {
        this.models = models;
        this.keyed = keyed;
        this.others = List.copyOf(others);
    }

    List<Route> routes() {
        return List.of(Route.get("/openapi.json", request -> Answer.json(document(request.context())))
                .takes());
    }

    /// The document, as [Json#of] takes it.
    /// @param context the path below which the server answers; empty for none
    Map<String, Object> document(String context) {
        SequencedMap<String, Object> paths = new LinkedHashMap<>();
        SequencedMap<String, Object> schemas = json("Problem", problem());
        boolean openAi = others.stream()
                .anyMatch(each -> OpenAiSchemas.operation(each.method().name(), each.path())
                        .isPresent());
        if (openAi) schemas.putAll(OpenAiSchemas.all());
        ChosenModel.readyVersions(models).forEach(versions -> {
            if (versions.getLast().kind() instanceof ModelKind.Language) return; // below /v1
            String name = versions.getLast().name();
            String path = "/predict/" + escaped(name);
            paths.put(path, json("post", predict(versions.getLast(), id(name), schemas)));
            if (versions.size() < 2) return;
            for (Served each : versions) {
                String id = id(name) + "-version-" + id(each.version());
                paths.put(path + "/versions/" + escaped(each.version()), json("post", predict(each, id, schemas)));
            }
        });
        for (Route each : others) addSummary(each, paths);
        paths.put("/openapi.json", json("get", summary(routes().getFirst())));
        SequencedMap<String, Object> document = json(
                "openapi", "3.1.0",
                "info",
                        json(
                                "title", "Models of this server",
                                "version", "1",
                                "description",
                                        "Raw values in, predictions out. A row is answered with an object, a list with"
                                                + " a list."),
                "servers", List.of(json("url", context.isEmpty() ? "/" : context)));
        List<Object> oneOfThem = List.of(json("bearer", List.of()), json("key", List.of()));
        document.put("security", keyed ? oneOfThem : List.of());
        document.put("paths", paths);
        document.put("components", components(schemas));
        return document;
    }

    private static String escaped(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// A name as names of schemas and operations may be: itself, or else a number.
    private static String id(String name) {
        return name.matches("[A-Za-z0-9._-]+") ? name : Integer.toHexString(name.hashCode());
    }

    private static SequencedMap<String, Object> reference(String schema) {
        return json("$ref", "#/components/schemas/" + schema);
    }

    private static Map<String, Object> problem() {
        Map<String, Object> error = json(
                "type", "object",
                "required", List.of("code", "path", "message"),
                "properties",
                        json(
                                "code", json("type", "string", "description", "a word for programs"),
                                "path",
                                        json(
                                                "type",
                                                "string",
                                                "description",
                                                "the value that is wrong, such as `[3].weight`"),
                                "message", type("string")));
        return json("type", "object", "required", List.of("error"), "properties", json("error", error));
    }

    private Map<String, Object> components(Map<String, Object> schemas) {
        Map<String, Object> response = json(
                "description",
                "what is wrong, and where",
                "content",
                json(Bodies.JSON, json("schema", reference("Problem"))));
        Map<String, Object> access = json(
                "bearer", json("type", "http", "scheme", "bearer"),
                "key", json("type", "apiKey", "in", "header", "name", "X-API-Key"));
        SequencedMap<String, Object> components = json("schemas", schemas, "responses", json("Problem", response));
        if (keyed) components.put("securitySchemes", access);
        return components;
    }

    private static Map<String, Object> problems(Map<String, Object> ok) {
        Map<String, Object> responses = json("200", ok);
        for (String each : List.of("4XX", "5XX")) responses.put(each, json("$ref", "#/components/responses/Problem"));
        return responses;
    }

    // ---------------------------------------------------------------------------------------------------------- models

    private static Map<String, Object> predict(Served model, String id, Map<String, Object> schemas) {
        Schema full = row(model);
        schemas.put(id + "-row", full.json());
        schemas.put(id + "-answer", answer(model));
        Schema row = new Schema(reference(id + "-row"), full.example());
        List<String> types = PredictRoutes.types(model.kind());
        Map<String, Object> content = new LinkedHashMap<>();
        for (String each : types) content.put(each, body(each, model, row));
        SequencedMap<String, Object> operation = json(
                "operationId", "predict-" + id,
                "summary", "Ask the model " + model.name() + ", version " + model.version(),
                "description", words(model.kind()),
                "tags", List.of("models"),
                "parameters", parameters(model),
                "requestBody", json("required", true, "content", content));
        operation.put(
                "responses",
                problems(json(
                        "description", "what the model says",
                        "headers",
                                json(
                                        Answers.MODEL,
                                        json("schema", type("string")),
                                        Answers.VERSION,
                                        json("schema", type("string"))),
                        "content", answers(model, types, reference(id + "-answer")))));
        return operation;
    }

    private static List<Object> parameters(Served model) {
        List<Object> parameters = new ArrayList<>();
        parameters.add(json(
                "name", "X-Request-Timeout",
                "in", "header",
                "description", "seconds after which the answer is 504",
                "schema", json("type", "number", "exclusiveMinimum", 0)));
        if (PredictRoutes.namesClasses(model.kind())) {
            parameters.add(json(
                    "name", "top",
                    "in", "query",
                    "description", "how many classes have their probability in the answer; 0 for all",
                    "schema", json("type", "integer", "minimum", 0, "maximum", PredictRoutes.MOST_TOP, "default", 0)));
        }
        return parameters;
    }

    private static String words(ModelKind kind) {
        return switch (kind) {
            case ModelKind.Predictions each ->
                "It " + each.predictor().signature().words() + ".";
            case ModelKind.Tensors each ->
                each.columns().isPresent()
                        ? "It takes values by column, or tensors as lists in lists."
                        : "It takes tensors as lists in lists.";
            case ModelKind.Embeddings _ -> "It gives the vector of a text.";
            default -> "It has an interface of its own.";
        };
    }

    /// The schema of what a model takes, with an example.
    static Schema row(Served model) {
        return switch (model.kind()) {
            case ModelKind.Predictions each -> RowSchemas.of(each.predictor());
            case ModelKind.Tensors each ->
                each.columns().map(TensorSchemas::row).orElseGet(() -> TensorSchemas.of(each.model()));
            default -> {
                SequencedMap<String, Schema> text = new LinkedHashMap<>();
                text.put("text", Schema.of("a text", "type", "string", "maxLength", JsonRows.MOST_TEXT));
                yield Schema.any(text.firstEntry().getValue(), Schema.object(text));
            }
        };
    }

    /// Whether the example of [#row] is one: large tensors have an empty list instead.
    static boolean hasExample(Served model) {
        return !(model.kind() instanceof ModelKind.Tensors tensors) || TensorSchemas.hasExample(tensors.model());
    }

    /// Whether rows are predicted, each by itself.
    private static boolean hasRows(Served model) {
        return switch (model.kind()) {
            case ModelKind.Predictions each -> !PredictRoutes.isPrompt(each.predictor());
            case ModelKind.Tensors each -> each.columns().isPresent();
            default -> false;
        };
    }

    /// Whether a list is answered with a list.
    private static boolean isList(Served model) {
        return hasRows(model) || model.kind() instanceof ModelKind.Embeddings;
    }

    private static Map<String, Object> body(String type, Served model, Schema row) {
        return switch (type) {
            case Bodies.JSON -> {
                Schema list = row.list(1, GivenRows.MOST, 2);
                Schema schema = isList(model) ? Schema.any(row, list) : row;
                if (model.kind() instanceof ModelKind.Tensors each
                        && each.columns().isPresent()) {
                    schema = Schema.any(row, list, TensorSchemas.of(each.model()));
                }
                SequencedMap<String, Object> body = json("schema", schema.json());
                SequencedMap<String, Object> examples = json("one", json("value", row.example()));
                if (isList(model)) examples.put("list", json("value", list.example()));
                boolean small = hasExample(model) && Json.of(examples).write().length() <= MOST_EXAMPLE;
                if (small) body.put("examples", examples);
                yield body;
            }
            case Bodies.CSV -> {
                List<?> rows = row.example() instanceof List<?> steps ? steps : List.of(row.example());
                yield json("schema", type("string"), "example", csv(rows));
            }
            case Bodies.LINES ->
                json("schema", type("string"), "example", Json.of(row.example()).write() + "\n");
            case Bodies.TEXT -> json("schema", type("string"), "example", "the ");
            default -> json("schema", json("contentMediaType", type));
        };
    }

    private static String csv(List<?> rows) {
        var text = new StringBuilder();
        for (Object each : rows) {
            if (!(each instanceof Map<?, ?> row)) return "";
            if (text.isEmpty()) text.append(PredictionCsv.line(row.keySet())).append('\n');
            text.append(PredictionCsv.line(row.values())).append('\n');
        }
        return text.toString();
    }

    private static Map<String, Object> answer(Served model) {
        return switch (model.kind()) {
            case ModelKind.Predictions each ->
                AnswerSchemas.of(each.predictor().signature().outputs());
            case ModelKind.Tensors each ->
                each.columns()
                        .map(columns -> AnswerSchemas.of(columns.answers().outputs()))
                        .orElseGet(() -> tensors(model));
            default -> AnswerSchemas.vector();
        };
    }

    private static Map<String, Object> answers(Served model, List<String> types, Map<String, Object> one) {
        Map<String, Object> schema = one;
        if (isList(model)) {
            List<Object> some = new ArrayList<>(List.of(one, AnswerSchemas.list(one)));
            if (model.kind() instanceof ModelKind.Tensors) some.add(tensors(model));
            schema = json("anyOf", some);
        }
        Map<String, Object> content = json(Bodies.JSON, json("schema", schema));
        if (types.contains(Bodies.LINES)) content.put(Bodies.LINES, json("schema", type("string")));
        if (hasRows(model)) content.put(Bodies.CSV, json("schema", type("string")));
        else if (model.kind() instanceof ModelKind.Predictions) {
            content.put(Bodies.EVENTS, json("schema", type("string")));
        }
        return content;
    }

    private static Map<String, Object> tensors(Served model) {
        return AnswerSchemas.tensors(
                model.tensors().outputs().stream().map(ValueInfo::name).toList());
    }

    // ---------------------------------------------------------------------------------------------------------- others

    private static void addSummary(Route route, Map<String, Object> paths) {
        if (route.path().startsWith("/api/") || route.path().equals("/predict/{name}")) return; // the page's, and above
        @SuppressWarnings("unchecked") // only made here
        Map<String, Object> path =
                (Map<String, Object>) paths.computeIfAbsent(route.path(), _ -> new LinkedHashMap<>());
        path.put(route.method().name().toLowerCase(Locale.ROOT), summary(route));
    }

    private static Map<String, Object> summary(Route route) {
        String method = route.method().name();
        String path = route.path();
        String about = SUMMARIES.entrySet().stream()
                .filter(each -> path.equals(each.getKey()) || path.startsWith(each.getKey() + "/"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(path);
        List<Object> parameters = new ArrayList<>();
        Matcher matcher = PARAMETER.matcher(path);
        while (matcher.find()) {
            parameters.add(json("name", matcher.group(1), "in", "path", "required", true, "schema", type("string")));
        }
        SequencedMap<String, Object> operation = json(
                "operationId",
                method.toLowerCase(Locale.ROOT) + path.replaceAll("[^A-Za-z0-9]+", "-"),
                "summary",
                about,
                "tags",
                List.of("others"));
        if (route.unguarded()) operation.put("security", List.of()); // also where others need a key
        if (!parameters.isEmpty()) operation.put("parameters", parameters);
        Optional<OpenAiSchemas.Operation> known = OpenAiSchemas.operation(method, path);
        if (method.equals("POST")) {
            Map<String, Object> schema = known.flatMap(OpenAiSchemas.Operation::request)
                    .map(OpenApi::reference)
                    .orElseGet(() -> json());
            operation.put("requestBody", json("content", json(Bodies.JSON, json("schema", schema))));
        }
        operation.put(
                "responses",
                known.map(OpenApi::responses).orElseGet(() -> problems(json("description", "the answer"))));
        return operation;
    }

    /// The answers in OpenAI's form, whose problems are other ones.
    private static Map<String, Object> responses(OpenAiSchemas.Operation of) {
        SequencedMap<String, Object> content = json(Bodies.JSON, json("schema", reference(of.answer())));
        of.chunk()
                .ifPresent(chunk -> content.put(
                        Bodies.EVENTS,
                        json(
                                "schema",
                                json(
                                        "type",
                                        "string",
                                        "description",
                                        "events, each with a " + chunk + " as its data; `[DONE]` is the last"))));
        Map<String, Object> responses = json("200", json("description", "the answer", "content", content));
        Map<String, Object> problem = json(
                "description",
                "what is wrong",
                "content",
                json(Bodies.JSON, json("schema", reference(OpenAiSchemas.PROBLEM))));
        for (String each : List.of("4XX", "5XX")) responses.put(each, problem);
        return responses;
    }
}

package dev.neurite.serve.api;

import dev.neurite.http.Answer;
import dev.neurite.http.GivenJson;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.ProblemForm;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.serve.inference.Datatype;
import dev.neurite.serve.inference.InferenceAnswer;
import dev.neurite.serve.inference.InferenceReader;
import dev.neurite.serve.inference.InferenceRequest;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.ModelState;
import dev.neurite.serve.model.ModelState.State;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// The Open Inference Protocol (KServe V2) over HTTP, with Triton's extensions for bytes, classes, statistics and the
/// repository of models. See docs/open-inference.md.
final class OpenInference {
    private static final List<String> EXTENSIONS =
            List.of("binary_tensor_data", "classification", "model_repository", "parameters", "statistics");
    private static final ProblemForm PROBLEMS = problem -> {
        String message = String.valueOf(problem.getMessage());
        return Map.of("error", problem.path().isEmpty() ? message : problem.path() + ": " + message);
    };
    private static final String OTHERS =
            "expects a model that gives tensors, got one that gives sequences or maps only,"
                    + " which this protocol does not have; ask at /predict/NAME";
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,9}");
    private static final int SMALL = 1 << 16; // bytes of what tells the repository something

    private final Repository models;
    private final RequestMemory memory;

    OpenInference(Repository models, RequestMemory memory) {
        this.models = models;
        this.memory = memory;
    }

    List<Route> routes() {
        List<Route> routes = new ArrayList<>(List.of(
                Route.get("/v2", _ -> server()),
                Route.get("/v2/health/live", _ -> Answer.json(Map.of("live", true)))
                        .always(),
                Route.get("/v2/health/ready", _ -> ready()).always(),
                Route.get("/v2/models", _ -> Answer.json(Map.of("models", models.names()))),
                Route.get("/v2/models/stats", _ -> statistics(all())),
                Route.post("/v2/repository/index", memory.holding(this::index)),
                Route.post("/v2/repository/models/{model}/load", memory.holding(this::load)),
                Route.post("/v2/repository/models/{model}/unload", memory.holding(this::unload))));
        addModel(routes, "/v2/models/{model}", request -> ChosenModel.newest(models, request.path("model"), "model"));
        addModel(
                routes,
                "/v2/models/{model}/versions/{version}",
                request -> ChosenModel.version(models, request.path("model"), request.path("version")));
        routes.add(
                Route.get("/v2/models/{model}/stats", request -> statistics(models.versions(request.path("model")))));
        routes.add(Route.get(
                "/v2/models/{model}/versions/{version}/stats",
                request -> statistics(
                        List.of(ChosenModel.version(models, request.path("model"), request.path("version"))))));
        return routes.stream().map(each -> each.problems(PROBLEMS)).toList();
    }

    private void addModel(List<Route> routes, String path, Function<Request, Served> served) {
        routes.add(Route.get(path, request -> model(served.apply(request))));
        routes.add(Route.get(path + "/ready", request -> modelReady(() -> served.apply(request)))
                .always());
        routes.add(Route.post(
                path + "/infer", memory.holding((request, held) -> infer(served.apply(request), request, held))));
    }

    // ------------------------------------------------------------------------------------------------ what there is

    private static Answer server() {
        Map<String, Object> server = new LinkedHashMap<>();
        server.put("name", "neurite");
        server.put("version", Endpoints.version());
        server.put("extensions", EXTENSIONS);
        return Answer.json(server);
    }

    /// `live` is what the protocol writes, `ready` what KServe's own server does.
    private Answer ready() {
        boolean ready = models.isReady();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("live", true);
        answer.put("ready", ready);
        return Answer.json(ready ? 200 : 503, answer);
    }

    /// Whether a model answers. Anyone may ask: neither other models nor files are named.
    private static Answer modelReady(Supplier<Served> served) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            answer.put("name", served.get().name());
        } catch (HttpProblem e) {
            boolean missing = e.status() == 404;
            throw new HttpProblem(e.status(), e.code(), "", missing ? "there is no such model" : "it is not ready");
        }
        answer.put("ready", true);
        return Answer.json(answer);
    }

    private Answer model(Served served) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", served.name());
        answer.put(
                "versions",
                models.versions(served.name()).stream().map(Served::version).toList());
        answer.put("platform", platform(served.kind()));
        answer.put("inputs", tensors(served.tensors().inputs()));
        answer.put("outputs", tensors(served.tensors().outputs()));
        return Answer.json(answer);
    }

    private static String platform(ModelKind kind) {
        return switch (kind) {
            case ModelKind.Predictions _ -> "neurite_safetensors";
            case ModelKind.Language _ -> "neurite_llm";
            default -> "onnx_onnxv1";
        };
    }

    private static List<Map<String, Object>> tensors(List<ValueInfo> tensors) {
        List<Map<String, Object>> described = new ArrayList<>();
        for (ValueInfo each : tensors) {
            Datatype.of(each.type()).ifPresent(datatype -> {
                Map<String, Object> tensor = new LinkedHashMap<>();
                tensor.put("name", each.name());
                tensor.put("datatype", datatype.name());
                tensor.put("shape", each.anyRank() ? List.of(-1) : extents(each));
                described.add(tensor);
            });
        }
        return described;
    }

    private static List<Long> extents(ValueInfo tensor) {
        return tensor.extents().stream()
                .map(each -> ValueInfo.isFixed(each) ? Long.parseLong(each) : -1L)
                .toList();
    }

    private static Answer statistics(List<Served> asked) {
        return Answer.json(ModelStatistics.of(asked));
    }

    private List<Served> all() {
        return models.index().stream()
                .filter(each -> each.state() == State.READY)
                .map(each -> models.version(each.name(), each.version()))
                .toList();
    }

    // -------------------------------------------------------------------------------------------------- repository

    private Answer index(Request request, RequestMemory.Held held) throws IOException {
        Map<String, Json> asked = members(request, held);
        if (!(asked.getOrDefault("ready", new JsonBoolean(false)) instanceof JsonBoolean(boolean onlyReady))) {
            throw HttpProblem.bad("ready", "expects true or false");
        }
        List<Map<String, Object>> index = new ArrayList<>();
        for (ModelState each : models.index()) {
            if (onlyReady && each.state() != State.READY) continue;
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", each.name());
            entry.put("version", each.version());
            entry.put("state", each.state().name());
            entry.put("reason", each.reason());
            index.add(entry);
        }
        return Answer.json(index);
    }

    private Answer load(Request request, RequestMemory.Held held) throws IOException {
        if (!parameters(request, held).isEmpty()) {
            throw HttpProblem.bad(
                    "parameters", "expects none: the server takes models from the places that it was started with");
        }
        models.load(request.path("model"));
        return Answer.json(Map.of());
    }

    private Answer unload(Request request, RequestMemory.Held held) throws IOException {
        parameters(request, held); // unload_dependents means nothing here: no model depends on another
        models.unload(request.path("model"));
        return Answer.json(Map.of());
    }

    private Map<String, Json> parameters(Request request, RequestMemory.Held held) throws IOException {
        Json parameters = members(request, held).getOrDefault("parameters", new JsonObject(Map.of()));
        if (parameters instanceof JsonObject(Map<String, Json> members)) return members;
        throw HttpProblem.bad("parameters", "expects an object");
    }

    /// The members of the body, a JSON object or nothing.
    private Map<String, Json> members(Request request, RequestMemory.Held held) throws IOException {
        byte[] body = held.body(SMALL, List.of());
        if (GivenJson.text(body).isBlank()) return Map.of();
        Json json = held.read(body, Endpoints.deadline(models, request), () -> Bodies.json(body));
        if (json instanceof JsonObject(Map<String, Json> members)) return members;
        throw HttpProblem.bad("", "expects a JSON object");
    }

    // --------------------------------------------------------------------------------------------------- inference

    private Answer infer(Served served, Request request, RequestMemory.Held held) throws IOException {
        List<ValueInfo> inputs = served.tensors().inputs();
        List<String> outputs = served.tensors().outputs().stream()
                .filter(each -> Datatype.of(each.type()).isPresent())
                .map(ValueInfo::name)
                .toList();
        if (outputs.isEmpty()) throw HttpProblem.bad("", OTHERS);
        var reader = new InferenceReader(inputs, outputs, !(served.kind() instanceof ModelKind.Tensors));
        Deadline usual = Endpoints.deadline(models, request);
        OptionalInt json = number(request, "Inference-Header-Content-Length");
        if (!request.header("Content-Encoding").orElse("identity").equals("identity")) {
            throw new HttpProblem(415, "encoding", "Content-Encoding", "expects identity");
        }
        byte[] body = held.body(reader.mostBytes(), List.of());
        InferenceRequest asked = held.parse(body, usual, () -> reader.read(body, json));
        Deadline deadline = asked.timeout()
                .map(Deadline::in)
                .filter(each -> each.left().compareTo(usual.left()) < 0)
                .orElse(usual);
        return InferenceAnswer.of(served, asked, served.infer(asked.inputs(), deadline));
    }

    private static OptionalInt number(Request request, String header) {
        Optional<String> text = request.header(header);
        if (text.isEmpty()) return OptionalInt.empty();
        if (LENGTH.matcher(text.get()).matches()) return OptionalInt.of(Integer.parseInt(text.get()));
        throw HttpProblem.bad(header, "expects a number of bytes below 10^9, got '" + text.get() + "'");
    }
}

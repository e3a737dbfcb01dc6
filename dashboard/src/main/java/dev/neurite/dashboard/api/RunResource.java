package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.FirstLossView;
import dev.neurite.dashboard.view.NetworkView;
import dev.neurite.dashboard.view.Note;
import dev.neurite.dashboard.view.RunFacts;
import dev.neurite.dashboard.view.RunState;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.dashboard.view.WatchedRun.Action;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `GET /api/runs/{id}`: what a run is, its network and health; its log and its checkpoints.
final class RunResource {
    private final Runs runs;

    RunResource(Runs runs) {
        this.runs = runs;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/runs/{id}", this::run).computing(),
                Route.get("/api/runs/{id}/log", this::log),
                Route.get("/api/runs/{id}/checkpoints/{name}", this::checkpoint));
    }

    private Answer run(Request request) {
        WatchedRun run = runs.find(request.path("id"));
        RunFacts facts = run.facts();
        RunState state = run.state();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", run.id());
        json.put("name", facts.name());
        json.putAll(state.json());
        json.put("data", data(facts.data()));
        json.put("network", network(run.network()));
        json.put("config", facts.config());
        json.put("environment", facts.environment());
        json.put("command", facts.command());
        json.put(
                "checkpoints",
                run.checkpoints().stream().map(RunResource::checkpoint).toList());
        json.put("warnings", run.warnings());
        json.put("controls", run.controls().stream().map(Action::toString).toList());
        json.put("health", JsonValues.findings(run.health()));
        Optional<FirstLossView> first = run.firstLoss();
        json.put("test", RunsResource.test(run.testScore()));
        json.putAll(run.tags().json());
        json.put("taggable", run.keepsTags());
        json.put("firstLoss", first.isPresent() ? firstLoss(first.get()) : JsonValues.NULL);
        return Answer.json(json);
    }

    private static Map<String, Object> data(RunFacts.Data data) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", data.name());
        json.put("rows", JsonValues.orNull(data.rows()));
        json.put("validationName", data.validationName());
        json.put("validationRows", JsonValues.orNull(data.validationRows()));
        json.put("inputShape", data.inputShape());
        json.put("classes", data.classes());
        json.put("kind", data.kind());
        json.put("hash", JsonValues.orNull(data.hash()));
        return json;
    }

    private static Map<String, Object> network(NetworkView network) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("parameters", network.parameters());
        json.put("memoryBytes", network.memoryBytes());
        json.put("nodes", network.nodes().stream().map(RunResource::node).toList());
        return json;
    }

    private static Map<String, Object> node(NetworkView.Layer node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", node.name());
        json.put("type", node.type());
        json.put("settings", node.settings());
        json.put("in", node.in());
        json.put("out", node.out());
        json.put("parameters", node.parameters());
        json.put("flops", node.flops());
        json.put("activation", node.activation());
        json.put("sources", node.sources());
        json.put("frozen", node.frozen());
        return json;
    }

    private static Map<String, Object> checkpoint(WatchedRun.CheckpointFile file) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", file.name());
        json.put("step", JsonValues.known(file.step()));
        json.put("bytes", file.bytes());
        json.put("best", file.best());
        return json;
    }

    private static Map<String, Object> firstLoss(FirstLossView first) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("value", first.value());
        json.put("expected", first.expected());
        json.put("text", first.text());
        return json;
    }

    private Answer log(Request request) {
        WatchedRun run = runs.find(request.path("id"));
        return Answer.json(Map.of("text", run.notes().stream().map(Note::json).toList()));
    }

    private Answer checkpoint(Request request) {
        WatchedRun run = runs.find(request.path("id"));
        Path file = run.checkpoint(request.path("name"))
                .orElseThrow(() -> HttpProblem.missing("name", "there is no checkpoint of this name"));
        return Answer.file(file, request.path("name"));
    }
}

package dev.neurite.dashboard.api;

import dev.neurite.dashboard.live.LiveTraining;
import dev.neurite.dashboard.runs.RunDirectories;
import dev.neurite.dashboard.runs.RunName;
import dev.neurite.dashboard.runs.RunSummary;
import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.RunFacts;
import dev.neurite.dashboard.view.RunState;
import dev.neurite.dashboard.view.TestScore;
import dev.neurite.http.Answer;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `GET /api/runs`: all runs in a line each.
final class RunsResource {
    private final Runs runs;
    private final String version;

    RunsResource(Runs runs, String version) {
        this.runs = runs;
        this.version = version;
    }

    List<Route> routes() {
        return List.of(Route.get("/api/runs", this::list).computing());
    }

    private Answer list(Request request) {
        List<Map<String, Object>> all = new ArrayList<>();
        List<RunSummary> summaries =
                runs.directories().map(RunDirectories::summaries).orElse(List.of());
        for (LiveTraining each : runs.trainings()) {
            boolean listed = summaries.stream()
                    .anyMatch(summary ->
                            runs.trainingOf(summary.id()).filter(each::equals).isPresent());
            if (!listed) all.add(of(each, each.id(), Optional.empty()));
        }
        for (RunSummary each : summaries) {
            Optional<LiveTraining> training = runs.trainingOf(each.id());
            all.add(training.map(live -> of(live, each.id(), Optional.of(each))).orElseGet(() -> of(each)));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("runs", all);
        json.put("live", JsonValues.orNull(runs.live().map(this::idOf)));
        json.put("searches", runs.directories().map(RunDirectories::searches).orElse(List.of()));
        json.put("version", version);
        return Answer.json(json);
    }

    /// The name of a training in the list: that of its directory, if that is listed.
    private String idOf(LiveTraining training) {
        Optional<String> name = training.directory()
                .map(each -> RunName.of(each.toAbsolutePath().normalize()));
        return name.filter(
                        each -> runs.trainingOf(each).filter(training::equals).isPresent())
                .orElse(training.id());
    }

    private static Map<String, Object> of(RunSummary run) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", run.id());
        json.put("name", run.id());
        json.put("state", run.phase().toString());
        json.put("data", run.data());
        json.put("model", run.model());
        json.put("epoch", run.epoch());
        json.put("epochs", JsonValues.known(run.epochs()));
        json.put("step", run.step());
        json.put("steps", JsonValues.known(run.steps()));
        json.put("started", JsonValues.known(run.started()));
        json.put("seconds", JsonValues.known(run.seconds()));
        json.put("metrics", run.metrics());
        json.put("config", run.config());
        json.put("test", test(run.test()));
        json.putAll(run.tags().json());
        json.put("problem", run.problem().isEmpty() ? JsonValues.NULL : run.problem());
        return json;
    }

    private static Map<String, Object> of(LiveTraining run, String id, Optional<RunSummary> listed) {
        RunState state = run.state();
        RunFacts facts = run.facts();
        Lines.Place place = run.lines().place();
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (String kind : List.of("train", "val", "test")) {
            run.lines().newest(kind + ".").forEach((name, value) -> metrics.put(kind + "." + name, value));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("name", listed.isPresent() ? id : facts.name());
        json.put("state", state.phase().toString());
        json.put("data", facts.data().name());
        json.put("model", listed.map(RunSummary::model).orElse(""));
        json.put("epoch", state.epoch());
        json.put("epochs", state.epochs());
        json.put("step", state.step());
        json.put("steps", state.steps());
        json.put("started", JsonValues.known(place.begun()));
        json.put("seconds", state.elapsed());
        json.put("metrics", metrics);
        json.put("config", facts.config());
        json.put("test", test(run.testScore()));
        json.putAll(run.tags().json());
        json.put("problem", JsonValues.NULL);
        return json;
    }

    /// The score on the test part; null if there is none.
    static Object test(Optional<TestScore> score) {
        return score.isPresent() ? score.get().json() : JsonValues.NULL;
    }
}

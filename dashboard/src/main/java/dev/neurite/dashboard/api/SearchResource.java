package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.Trials;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `GET /api/search/{name}`: the trials of a search.
final class SearchResource {
    private final Runs runs;

    SearchResource(Runs runs) {
        this.runs = runs;
    }

    List<Route> routes() {
        return List.of(Route.get("/api/search/{name}", this::search).computing());
    }

    private Answer search(Request request) {
        Trials search = runs.directories()
                .flatMap(each -> each.search(request.path("name")))
                .orElseThrow(() -> HttpProblem.missing("name", "there is no search of this name"));
        List<Map<String, Object>> trials = new ArrayList<>();
        for (Trials.Trial each : search.trials()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("number", each.number());
            json.put("values", each.values());
            json.put("score", JsonValues.known(each.score()));
            json.put("state", each.failed() ? "failed" : "finished");
            json.put("seconds", JsonValues.known(each.seconds()));
            trials.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("keys", search.keys());
        json.put("metric", search.metric());
        json.put("higherIsBetter", search.higherIsBetter());
        json.put("trials", trials);
        return Answer.json(json);
    }
}

package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.FeatureMaps;
import dev.neurite.dashboard.view.Filters;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.Times;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.model.Parameter;
import dev.neurite.predict.PredictionJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `GET /api/runs/{id}/profile`, `/filters` and `/features`: what is inside a model.
final class ModelResource {
    private static final int MOST = 256; // filters

    private final Runs runs;

    ModelResource(Runs runs) {
        this.runs = runs;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/runs/{id}/profile", this::profile).computing(),
                Route.get("/api/runs/{id}/filters", this::filters).computing(),
                Route.get("/api/runs/{id}/features", this::features).computing());
    }

    private Answer profile(Request request) {
        Times times = runs.find(request.path("id")).times().orElse(Times.NONE);
        List<Map<String, Object>> layers = new ArrayList<>();
        for (Times.Layer each : times.layers()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", each.name());
            json.put("forwardMs", each.forwardMs());
            json.put("backwardMs", each.backwardMs());
            json.put("share", each.share());
            json.put("gflops", each.gflops());
            layers.add(json);
        }
        List<Map<String, Object>> phases = new ArrayList<>();
        for (Times.PhaseTime each : times.phases()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", each.name());
            json.put("ms", each.ms());
            json.put("share", each.share());
            phases.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("layers", layers);
        json.put("phases", phases);
        return Answer.json(json);
    }

    private Answer filters(Request request) {
        String of = request.query("of", "");
        int from = request.query("from", 0, 0, Integer.MAX_VALUE);
        int count = request.query("count", 64, 1, MOST);
        Subject subject = Looks.subject(runs.find(request.path("id")));
        List<Parameter> parts = subject.model().parameters().parts();
        if (parts.stream().noneMatch(each -> each.name().equals(of))) {
            throw HttpProblem.missing("?of", "there is no parameter of this name");
        }
        Filters filters = Filters.of(subject.model(), of, subject.images(), from, count);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("width", filters.width());
        json.put("height", filters.height());
        json.put("channels", filters.channels());
        json.put("min", filters.min());
        json.put("max", filters.max());
        json.put("total", filters.total());
        json.put("images", JsonValues.lists(filters.images()));
        return Answer.json(json);
    }

    private Answer features(Request request) {
        int row = request.query("row", 0, 0, Integer.MAX_VALUE);
        FeatureMaps features = FeatureMaps.of(Looks.subject(runs.find(request.path("id"))), row);
        List<Map<String, Object>> layers = new ArrayList<>();
        for (FeatureMaps.Layer each : features.layers()) {
            Map<String, Object> layer = new LinkedHashMap<>();
            layer.put("name", each.name());
            layer.put("shape", each.shape());
            layer.put("maps", JsonValues.lists(each.maps()));
            layer.put("values", JsonValues.list(each.values()));
            layers.add(layer);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("input", JsonValues.picture(features.input()));
        json.put("layers", layers);
        json.put("prediction", PredictionJson.of(features.prediction()));
        return Answer.json(json);
    }
}

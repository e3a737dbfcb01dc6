package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.Histograms;
import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.Series;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.http.Answer;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `GET /api/runs/{id}/series` and `/histograms`: the curves of a run, and the histograms of its
/// layers.
final class SeriesResource {
    private static final int MOST = 2_000; // points of a series

    private final Runs runs;

    SeriesResource(Runs runs) {
        this.runs = runs;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/runs/{id}/series", this::series).computing(),
                Route.get("/api/runs/{id}/histograms", this::histograms).computing());
    }

    private Answer series(Request request) {
        int from = request.query("from", 0, 0, Integer.MAX_VALUE);
        int points = request.query("points", MOST, 8, MOST);
        WatchedRun run = runs.find(request.path("id"));
        Lines.Curves curves = run.lines().curves(from, points);
        Map<String, Object> series = new LinkedHashMap<>();
        curves.series().forEach((name, each) -> series.put(name, json(each)));
        boolean logged = curves.series().keySet().stream().anyMatch(name -> name.startsWith("updates."));
        if (from == 0 && !logged) { // histograms have the figures of updates, too
            run.histograms().updates().forEach((name, each) -> {
                if (!name.endsWith(".grad_size")) series.put(name, json(each.points(-1, points)));
            });
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("lines", curves.lines());
        json.put("series", series);
        return Answer.json(json);
    }

    private static Map<String, Object> json(Series.Points points) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("step", points.step());
        json.put("epoch", Arrays.stream(points.epoch()).boxed().toList());
        json.put("t", JsonValues.list(points.seconds()));
        json.put("v", JsonValues.list(points.value()));
        return json;
    }

    private Answer histograms(Request request) {
        Histograms histograms = runs.find(request.path("id")).histograms();
        Optional<String> of = request.query("of");
        if (of.isEmpty()) return Answer.json(Map.of("names", histograms.names()));
        String what = request.query("what", Histograms.KINDS.getFirst());
        Histograms.OverTime over = histograms.over(of.get(), what);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("step", over.step());
        json.put("min", over.min());
        json.put("max", over.max());
        json.put("mean", over.mean());
        json.put("norm", over.norm());
        json.put("zeros", over.zeros());
        json.put("counts", over.counts());
        return Answer.json(json);
    }
}

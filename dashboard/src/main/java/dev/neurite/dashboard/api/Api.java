package dev.neurite.dashboard.api;

import dev.neurite.http.Route;
import java.util.List;
import java.util.stream.Stream;

/// All resources of the API, with what they share. docs/dashboard-api.md has them as a table.
public final class Api {
    private final List<Route> routes;

    /// The API for some runs.
    /// @param version the version of Neurite
    public Api(Runs runs, String version) {
        var looks = new Looks();
        this.routes = Stream.of(
                        new RunsResource(runs, version).routes(),
                        new RunResource(runs).routes(),
                        new SeriesResource(runs).routes(),
                        new EventsResource(runs).routes(),
                        new ErrorsResource(runs, looks).routes(),
                        new ModelResource(runs).routes(),
                        new PredictResource("/api/runs/{id}", request -> looks.tried(runs.find(request.path("id"))))
                                .routes(),
                        new ControlResource(runs).routes(),
                        new TagsResource(runs).routes(),
                        new SearchResource(runs).routes())
                .flatMap(List::stream)
                .toList();
    }

    /// The routes, for a server.
    public List<Route> routes() {
        return routes;
    }
}

package dev.neurite.serve.api;

import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.Repository;
import java.util.ArrayList;
import java.util.List;

/// All interfaces of the server.
public final class Endpoints {
    private Endpoints() {}

    /// The routes of all interfaces.
    public static List<Route> routes(Repository models) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new OpenInference(models).routes());
        routes.addAll(OpenAi.routes(models));
        return List.copyOf(routes);
    }

    /// Until when a request wants its answer: what its header `X-Request-Timeout` says, or the usual time.
    static Deadline deadline(Repository models, Request request) {
        return models.deadline(request.header("X-Request-Timeout"));
    }
}

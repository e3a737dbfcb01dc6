package dev.neurite.serve.api;

import dev.neurite.dashboard.PageFiles;
import dev.neurite.http.Assets;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.io.json.Json;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.lang.module.ModuleDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All interfaces of the server.
public final class Endpoints {
    /// The most requests that are answered at the same time; more get 503.
    public static final int MOST_REQUESTS = 512;

    private Endpoints() {}

    /// The routes of all interfaces, for everyone.
    public static List<Route> routes(Repository models) {
        return routes(models, List.of(), false);
    }

    /// The routes of all interfaces, and others.
    /// @param others that the document of the server is to name, such as `/metrics`
    /// @param keyed whether the server wants a key, as the document is to say
    public static List<Route> routes(Repository models, List<Route> others, boolean keyed) {
        List<Route> all = new ArrayList<>();
        var memory = new RequestMemory();
        var writer = new TextWriter();
        all.addAll(new OpenInference(models, memory).routes());
        all.addAll(OpenAi.routes(models, memory, writer));
        all.addAll(new PredictRoutes(models, memory, writer).routes());
        all.addAll(new PageRoutes(models, writer).routes());
        all.addAll(others);
        all.addAll(new OpenApi(models, all, keyed).routes()); // describes those above
        return List.copyOf(all);
    }

    /// The page at `/`.
    public static Assets page() {
        return PageFiles.models();
    }

    /// A row of raw values that a model takes, in JSON.
    public static String example(Served model) {
        return Json.of(OpenApi.row(model).example()).write();
    }

    /// Until when a request wants its answer: what its header `X-Request-Timeout` says, or the usual time.
    static Deadline deadline(Repository models, Request request) {
        return models.deadline(request.header("X-Request-Timeout"));
    }

    /// The version of this library.
    static String version() {
        return Optional.ofNullable(Endpoints.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("development");
    }
}

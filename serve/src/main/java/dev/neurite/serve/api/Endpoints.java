package dev.neurite.serve.api;

import dev.neurite.dashboard.PageFiles;
import dev.neurite.http.Assets;
import dev.neurite.http.Route;
import dev.neurite.serve.model.Repository;
import java.util.ArrayList;
import java.util.List;

/// All interfaces of the server.
public final class Endpoints {
    private Endpoints() {}

    /// The routes of all interfaces.
    public static List<Route> routes(Repository models) {
        List<Route> all = new ArrayList<>(new PredictRoutes(models).routes());
        all.addAll(new PageRoutes(models).routes());
        all.addAll(new OpenApi(models, all).routes());
        return all;
    }

    /// The page at `/`.
    public static Assets page() {
        return PageFiles.models();
    }
}

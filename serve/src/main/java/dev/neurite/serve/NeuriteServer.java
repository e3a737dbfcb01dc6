package dev.neurite.serve;

import dev.neurite.http.Assets;
import dev.neurite.http.HttpService;
import dev.neurite.serve.api.Endpoints;
import dev.neurite.serve.model.Repository;

/// A server of models.
public final class NeuriteServer implements AutoCloseable {
    private final HttpService service;

    private NeuriteServer(HttpService service) {
        this.service = service;
    }

    /// Starts a server of models.
    static NeuriteServer start(Repository models, HttpService.Settings settings) {
        return new NeuriteServer(HttpService.start(settings, Endpoints.routes(models), Assets.none()));
    }

    public int port() {
        return service.port();
    }

    @Override
    public void close() {
        service.close();
    }
}

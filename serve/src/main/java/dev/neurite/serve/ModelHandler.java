package dev.neurite.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.neurite.http.HttpService;
import dev.neurite.http.Limits;
import dev.neurite.http.RouteHandler;
import java.io.IOException;

/// The models of [ServerSettings] as a handler for a server of the JDK that a program has, without the page to try
/// them. That server needs an executor, such as `Executors.newVirtualThreadPerTaskExecutor()`, and is stopped after
/// this handler is closed.
public final class ModelHandler implements HttpHandler, AutoCloseable {
    private final ModelService service;
    private final RouteHandler handler;

    private ModelHandler(ModelService service, RouteHandler handler) {
        this.service = service;
        this.handler = handler;
    }

    static ModelHandler of(ModelService service, HttpService.Settings settings, Limits limits) {
        try {
            service.load();
            return new ModelHandler(service, RouteHandler.of(settings, service.routes(), limits, service.observer()));
        } catch (RuntimeException e) {
            service.close();
            throw e;
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        handler.handle(exchange);
    }

    /// Answers what has come, for a while, and frees the models.
    @Override
    public void close() {
        service.models().announceClosing();
        handler.close();
        service.close();
    }
}

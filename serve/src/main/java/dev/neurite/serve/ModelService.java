package dev.neurite.serve;

import dev.neurite.error.ResourceException;
import dev.neurite.http.Answer;
import dev.neurite.http.ExchangeObserver;
import dev.neurite.http.Route;
import dev.neurite.kernel.Kernels;
import dev.neurite.serve.api.Endpoints;
import dev.neurite.serve.model.ModelLocation;
import dev.neurite.serve.model.ModelSource;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.RepositorySettings;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The models of a server with the routes to them: what a server of our own and a handler for another one share.
/// @param models the models
/// @param kernels that were made for them
/// @param routes all interfaces, and `/metrics`
/// @param observer counts requests, and logs them
record ModelService(
        Repository models,
        Optional<Kernels> kernels,
        ServerMetrics metrics,
        List<Route> routes,
        ExchangeObserver observer)
        implements AutoCloseable {
    private static final System.Logger ACCESS = System.getLogger("dev.neurite.serve.access");
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");
    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final int LONGEST = 200; // characters of a path in the log

    /// The service of models that are loaded by [#load].
    /// @param logs whether requests are logged
    /// @param keyed whether the server wants a key
    static ModelService open(
            List<ModelLocation> locations,
            List<ModelSource> given,
            RepositorySettings settings,
            OptionalInt threads,
            ServerMetrics metrics,
            boolean logs,
            boolean keyed) {
        Optional<Kernels> kernels =
                threads.isPresent() ? Optional.of(Kernels.create(threads.getAsInt())) : Optional.empty();
        try {
            var models = Repository.of(locations, given, settings, kernels.orElseGet(Kernels::shared), metrics);
            return of(models, kernels, metrics, logs, keyed);
        } catch (RuntimeException e) {
            kernels.ifPresent(Kernels::close);
            metrics.close();
            throw e;
        }
    }

    private static ModelService of(
            Repository models, Optional<Kernels> kernels, ServerMetrics metrics, boolean logs, boolean keyed) {
        metrics.show(models);
        List<Route> others = new ArrayList<>();
        if (metrics.text().isPresent()) {
            others.add(Route.get(
                    "/metrics",
                    _ -> Answer.bytes(TYPE, metrics.text().orElseThrow().getBytes(StandardCharsets.UTF_8))));
        }
        ExchangeObserver observer = exchange -> {
            String method = METHODS.contains(exchange.method()) ? exchange.method() : "other";
            String route = exchange.route().isEmpty() ? "none" : exchange.route();
            metrics.answered(method, route, exchange.status(), exchange.time().toNanos());
            if (logs) log(exchange);
        };
        return new ModelService(models, kernels, metrics, Endpoints.routes(models, others, keyed), observer);
    }

    private static void log(ExchangeObserver.Answered exchange) {
        String path = exchange.target().replaceFirst("(?s)\\?.*", "");
        String shown = path.length() > LONGEST ? path.substring(0, LONGEST) + "…" : path;
        ACCESS.log(
                Level.INFO,
                "{0} {1} {2} {3} {4} bytes {5} ms",
                exchange.client().getHostAddress(),
                plain(exchange.method()),
                plain(shown),
                Integer.toString(exchange.status()),
                Long.toString(exchange.bytes()),
                Double.toString(Math.round(exchange.time().toNanos() / 1e3) / 1e3));
    }

    /// Without what could look like another line.
    private static String plain(String text) {
        return text.replaceAll("[^\\p{Graph}]", "?");
    }

    /// Loads the models, and waits until they are ready.
    /// @throws dev.neurite.error.NeuriteException if one cannot be loaded
    /// @throws ResourceException if the thread is interrupted
    void load() {
        models.begin();
        try {
            models.awaitLoaded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ResourceException("server", "was interrupted while it loaded models");
        }
    }

    @Override
    public void close() {
        models.close();
        kernels.ifPresent(Kernels::close);
        metrics.close();
    }
}

package dev.neurite.serve;

import dev.neurite.serve.model.ModelState.State;
import dev.neurite.serve.model.QueueWatcher;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.RepositoryWatcher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The metrics of a server, in Micrometer's registry. Names are those of Micrometer; Prometheus shows
/// `http.server.requests` as `http_server_requests_seconds`.
///
/// | metric | tags | |
/// |---|---|---|
/// | `http.server.requests` | method, uri, status, outcome | requests and how long they took, with a histogram |
/// | `neurite.queue.waiting` | model | rows that wait |
/// | `neurite.queue.wait` | model | how long parts of requests waited for their batch |
/// | `neurite.queue.refused` | model | requests that got 503, as too many waited |
/// | `neurite.batch.rows` | model | rows of batches |
/// | `neurite.batch.compute` | model | how long batches took |
/// | `neurite.model.load` | model | how long models took to be loaded and warmed up |
/// | `neurite.model.failures` | model | files that could not be loaded |
/// | `neurite.model.ready` | model | versions that answer |
final class ServerMetrics implements RepositoryWatcher, AutoCloseable {
    private static final Duration[] BUCKETS = Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);
    private static final double[] ROWS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
    private static final String MODEL = "model";

    private final MeterRegistry registry;
    private final Optional<JvmGcMetrics> collections; // of a registry of our own
    private final Map<Answered, Timer> requests = new ConcurrentHashMap<>();
    private volatile Optional<Repository> models = Optional.empty();
    private final Map<String, QueueWatcher> queues = new ConcurrentHashMap<>();

    /// What requests are counted by.
    private record Answered(String method, String route, int status) {}

    private ServerMetrics(MeterRegistry registry, Optional<JvmGcMetrics> collections) {
        this.registry = registry;
        this.collections = collections;
    }

    /// Metrics in a registry of our own, with those of the JVM.
    static ServerMetrics own() {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        var collections = new JvmGcMetrics();
        collections.bindTo(registry);
        return new ServerMetrics(registry, Optional.of(collections));
    }

    /// Metrics in the registry of a program, which has the JVM's itself if it wants them.
    static ServerMetrics in(MeterRegistry registry) {
        return new ServerMetrics(registry, Optional.empty());
    }

    /// What Prometheus reads; empty if the registry is for something else.
    Optional<String> text() {
        return registry instanceof PrometheusMeterRegistry prometheus
                ? Optional.of(prometheus.scrape())
                : Optional.empty();
    }

    /// Shows the models of a repository, also those that it finds later.
    void show(Repository repository) {
        models = Optional.of(repository);
        repository.names().forEach(this::queue); // zeros, before anything has happened
    }

    private long ready(String name) {
        return models.stream()
                .flatMap(all -> all.index().stream())
                .filter(each -> each.name().equals(name) && each.state() == State.READY)
                .count();
    }

    private int waiting(String name) {
        return models.map(all -> all.waiting(name)).orElse(0);
    }

    /// Counts a request that was answered.
    /// @param route its path with names of parameters, `none` for a path without a route
    void answered(String method, String route, int status, long nanos) {
        requests.computeIfAbsent(new Answered(method, route, status), this::timer)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Answered request) {
        String outcome = switch (request.status / 100) {
            case 1 -> "INFORMATIONAL";
            case 2 -> "SUCCESS";
            case 3 -> "REDIRECTION";
            case 4 -> "CLIENT_ERROR";
            default -> "SERVER_ERROR";
        };
        return Timer.builder("http.server.requests")
                .tags("method", request.method, "uri", request.route)
                .tags("status", Integer.toString(request.status), "outcome", outcome)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    @Override
    public QueueWatcher queue(String model) {
        return queues.computeIfAbsent(model, this::made);
    }

    private QueueWatcher made(String model) {
        Gauge.builder("neurite.queue.waiting", this, all -> all.waiting(model))
                .tag(MODEL, model)
                .register(registry);
        Gauge.builder("neurite.model.ready", this, all -> all.ready(model))
                .tag(MODEL, model)
                .register(registry);
        DistributionSummary rows = DistributionSummary.builder("neurite.batch.rows")
                .tag(MODEL, model)
                .serviceLevelObjectives(ROWS)
                .register(registry);
        Timer compute = histogram("neurite.batch.compute", model);
        Timer wait = histogram("neurite.queue.wait", model);
        Counter refused =
                Counter.builder("neurite.queue.refused").tag(MODEL, model).register(registry);
        failures(model);
        loads(model);
        return new QueueWatcher() {
            @Override
            public void computed(int size, long nanos) {
                rows.record(size);
                compute.record(nanos, TimeUnit.NANOSECONDS);
            }

            @Override
            public void waited(long nanos) {
                wait.record(nanos, TimeUnit.NANOSECONDS);
            }

            @Override
            public void refused() {
                refused.increment();
            }
        };
    }

    private Timer histogram(String name, String model) {
        return Timer.builder(name)
                .tag(MODEL, model)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    @Override
    public void loaded(String model, long nanos) {
        loads(model).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer loads(String model) {
        return Timer.builder("neurite.model.load").tag(MODEL, model).register(registry);
    }

    @Override
    public void failed(String model) {
        failures(model).increment();
    }

    private Counter failures(String model) {
        return Counter.builder("neurite.model.failures").tag(MODEL, model).register(registry);
    }

    @Override
    public void close() {
        collections.ifPresent(JvmGcMetrics::close);
        if (collections.isPresent()) registry.close();
    }
}

package dev.neurite.serve;

import dev.neurite.error.ConfigException;
import dev.neurite.http.Access;
import dev.neurite.http.HttpService;
import dev.neurite.http.Limits;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.LoadSettings;
import dev.neurite.onnx.OnnxKind;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextScorer;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.api.Endpoints;
import dev.neurite.serve.model.BatchSettings;
import dev.neurite.serve.model.ModelLocation;
import dev.neurite.serve.model.ModelSource;
import dev.neurite.serve.model.RepositorySettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/// What a server of models is to be: begin with [NeuriteServer#of], end with [#start] or [#handler]. Each
/// method returns a copy.
///
/// | | by default |
/// |---|---|
/// | address | 127.0.0.1, port 8080; everyone on this computer is let in |
/// | batches | at most 32 rows or texts, 8192 tokens of texts; nobody waits for others while the model is idle
/// |
/// | queue | 1000 rows or texts of a model wait, more get 503; of a larger request a batch counts |
/// | deadline | a minute, then 504; a request may say `X-Request-Timeout: 2.5` (seconds, at most the deadline or a
/// minute) |
/// | files | are looked at every second; a model that is new or replaced is loaded |
/// | warm-up | at most 2 seconds for all models that are loaded together |
/// | loading and unloading by request | where keys are asked for, or nobody but this computer is let in |
/// | metrics | of their own, at `/metrics`; no access log |
public final class ServerSettings {
    /// More connections than requests that are answered: one too many gets 503, and health is answered.
    private static final Limits LIMITS = Limits.USUAL.exchanges(1024).working(Endpoints.MOST_REQUESTS);

    private final List<ModelLocation> locations;
    private final List<ModelSource> given;
    private final HttpService.Settings http;
    private final RepositorySettings repository;
    private final OptionalInt threads;
    private final Optional<MeterRegistry> registry;
    private final boolean accessLog;

    private ServerSettings(
            List<ModelLocation> locations,
            List<ModelSource> given,
            HttpService.Settings http,
            RepositorySettings repository,
            OptionalInt threads,
            Optional<MeterRegistry> registry,
            boolean accessLog) {
        this.locations = List.copyOf(locations);
        this.given = List.copyOf(given);
        this.http = http;
        this.repository = repository;
        this.threads = threads;
        this.registry = registry;
        this.accessLog = accessLog;
    }

    static ServerSettings of(List<Path> models) {
        return new ServerSettings(
                models.stream().map(ModelLocation::of).toList(),
                List.of(),
                HttpService.Settings.USUAL.access(new Access.Everyone(false)),
                RepositorySettings.USUAL,
                OptionalInt.empty(),
                Optional.empty(),
                false);
    }

    // -------------------------------------------------------------------------------------------------------- models

    /// With a model, or a directory of models, from files: see [NeuriteServer#of].
    public ServerSettings model(Path path) {
        return location(ModelLocation.of(path));
    }

    /// With a model from files, under a name.
    /// @throws ConfigException for a name that cannot be one
    public ServerSettings model(String name, Path path) {
        return location(new ModelLocation(path, Optional.of(name), Optional.empty(), Optional.empty()));
    }

    /// With an ONNX model from a file, under a name, of a kind that its outputs do not tell.
    /// @throws ConfigException for a name that cannot be one
    public ServerSettings model(String name, Path path, OnnxKind kind) {
        return location(new ModelLocation(path, Optional.of(name), Optional.of(kind), Optional.empty()));
    }

    /// With a language model from a file or directory, under a name.
    /// @param how its context, adapters (LoRA), the type of its keys and values; the server's threads compute it
    /// @throws ConfigException for a name that cannot be one
    public ServerSettings model(String name, Path path, LoadSettings how) {
        return location(new ModelLocation(path, Optional.of(name), Optional.empty(), Optional.of(how)));
    }

    /// With a model that is in memory.
    public ServerSettings model(String name, Predictor predictor) {
        return given(ModelSource.of(name, predictor));
    }

    /// With an ONNX model of tensors that is in memory.
    public ServerSettings model(String name, OnnxModel model) {
        return given(ModelSource.of(name, model));
    }

    /// With an embedder that is in memory.
    public ServerSettings model(String name, TextEmbedder embedder) {
        return given(ModelSource.of(name, embedder));
    }

    /// With a cross-encoder that is in memory.
    public ServerSettings model(String name, TextScorer scorer) {
        return given(ModelSource.of(name, scorer));
    }

    /// With a language model that is in memory, and is not closed with the server.
    public ServerSettings model(String name, LanguageModel model) {
        return given(ModelSource.of(name, model));
    }

    private ServerSettings location(ModelLocation another) {
        return new ServerSettings(with(locations, another), given, http, repository, threads, registry, accessLog);
    }

    private ServerSettings given(ModelSource another) {
        return new ServerSettings(locations, with(given, another), http, repository, threads, registry, accessLog);
    }

    private static <T> List<T> with(List<T> some, T another) {
        List<T> more = new ArrayList<>(some);
        more.add(another);
        return more;
    }

    // -------------------------------------------------------------------------------------------------------- address

    /// The name or address of this computer to listen on; `0.0.0.0` for all. Where other computers reach it, it
    /// starts only with [#apiKeys] or [#openToAnyone].
    public ServerSettings host(String host) {
        return http(http.host(host));
    }

    /// The port; 0 for any that is free, see [NeuriteServer#port].
    /// @throws ConfigException if it is out of range
    public ServerSettings port(int port) {
        return http(http.port(port));
    }

    /// Lets in who sends one of these keys, as `Authorization: Bearer KEY` or `X-API-Key: KEY`.
    /// @param keys at least one, each of 16 to 200 visible characters of ASCII
    /// @throws ConfigException for no key, or one of other characters or lengths
    public ServerSettings apiKeys(String... keys) {
        return http(http.access(new Access.Keys(List.of(keys))));
    }

    /// Lets in everyone who reaches the server, also from other computers. Nobody may then load or unload models
    /// by request.
    public ServerSettings openToAnyone() {
        return http(http.access(new Access.Everyone(true)));
    }

    /// Other names that clients may call the server by, such as that of a proxy; `*` for any.
    public ServerSettings hostNames(String... names) {
        return http(http.names(List.of(names)));
    }

    /// Answers HTTPS.
    /// @param keyStore a PKCS #12 or JKS file with the key and certificate of the server
    /// @param password of the file and its key
    /// @throws dev.neurite.error.DataException if the file does not exist, or is no key store
    /// @throws ConfigException for a wrong password
    public ServerSettings tls(Path keyStore, char... password) {
        return http(http.tls(KeyStores.context(keyStore, password)));
    }

    /// Whether the JVM may end while the server runs; by default it may not.
    public ServerSettings daemon(boolean daemon) {
        return http(http.daemon(daemon));
    }

    private ServerSettings http(HttpService.Settings other) {
        return new ServerSettings(locations, given, other, repository, threads, registry, accessLog);
    }

    // ------------------------------------------------------------------------------------------------------- requests

    /// The most rows or texts that are computed together; 1 for each by itself.
    /// @throws ConfigException if it is out of range; so do the next methods
    public ServerSettings batchRows(int most) {
        return batches(old -> old.rows(most));
    }

    /// The most tokens of texts that are computed together, estimated from their lengths.
    public ServerSettings batchTokens(int most) {
        return batches(old -> old.tokens(most));
    }

    /// How long the first of a batch waits for others while the model is idle.
    public ServerSettings batchDelay(Duration longest) {
        return batches(old -> old.delay(longest));
    }

    /// The most rows or texts that wait for a model. Of a larger request, which is computed in
    /// parts, a batch counts.
    public ServerSettings queue(int most) {
        return batches(old -> old.waiting(most));
    }

    /// How long a request waits for its answer, if it does not say it. It may say up to this time, or a minute if
    /// that is longer.
    public ServerSettings deadline(Duration longest) {
        return repository(repository.deadline(longest));
    }

    /// How long the models that are loaded together compute at most before they are ready, each at least a few rows;
    /// zero for not at all. An ONNX model of tensors computes a few sample rows at loading in any case, to find out
    /// what it takes.
    public ServerSettings warmUp(Duration longest) {
        return repository(repository.warmUp(longest));
    }

    /// How often files are looked at for changes; zero for never.
    public ServerSettings reload(Duration every) {
        return repository(repository.reload(every));
    }

    /// How many threads compute, of all models together, from 1; by default as many as there are processors.
    /// ONNX models that are in memory keep their own.
    public ServerSettings threads(int threads) {
        return new ServerSettings(locations, given, http, repository, OptionalInt.of(threads), registry, accessLog);
    }

    private ServerSettings batches(UnaryOperator<BatchSettings> change) {
        return repository(repository.batches(change.apply(repository.batches())));
    }

    private ServerSettings repository(RepositorySettings other) {
        return new ServerSettings(locations, given, http, other, threads, registry, accessLog);
    }

    // -------------------------------------------------------------------------------------------------------- watching

    /// Counts in a registry of the program. `/metrics` is there if it is one of Prometheus; metrics of the JVM
    /// are not added to it.
    public ServerSettings metrics(MeterRegistry other) {
        return new ServerSettings(locations, given, http, repository, threads, Optional.of(other), accessLog);
    }

    /// Whether each request is logged, by `System.Logger` to `dev.neurite.serve.access`, with client, method,
    /// path without query, status, bytes and time.
    public ServerSettings accessLog(boolean logs) {
        return new ServerSettings(locations, given, http, repository, threads, registry, logs);
    }

    // -------------------------------------------------------------------------------------------------------- starting

    /// Starts a server, and waits until its models are ready. Meanwhile it says that it lives, and is not
    /// ready.
    /// @throws ConfigException for settings that do not fit each other, and no model
    /// @throws dev.neurite.error.DataException for a place without a model; so do other exceptions for files
    /// that are damaged. In a directory of several models such a file does not keep the others from being
    /// served
    /// @throws dev.neurite.error.ResourceException if the port is taken, or the thread is interrupted
    public NeuriteServer start() {
        return NeuriteServer.start(service(), http, LIMITS);
    }

    /// The routes for another server of the JDK, with its models ready: `server.createContext("/models",
    /// handler)`. Host, port and TLS are that server's.
    /// @throws ConfigException as [#start]
    public ModelHandler handler() {
        return ModelHandler.of(service(), http, LIMITS);
    }

    private ModelService service() {
        if (locations.isEmpty() && given.isEmpty()) throw new ConfigException("server", "expects a model, got none");
        ServerMetrics metrics = registry.map(ServerMetrics::in).orElseGet(ServerMetrics::own);
        RepositorySettings guarded =
                repository.control(!(http.access() instanceof Access.Everyone(var elsewhere)) || !elsewhere);
        boolean keyed = http.access() instanceof Access.Keys;
        return ModelService.open(locations, given, guarded, threads, metrics, accessLog, keyed);
    }
}

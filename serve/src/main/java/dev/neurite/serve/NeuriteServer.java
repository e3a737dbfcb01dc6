package dev.neurite.serve;

import dev.neurite.http.Access;
import dev.neurite.http.HttpService;
import dev.neurite.http.Limits;
import dev.neurite.serve.api.Endpoints;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// A server of models: the Open Inference Protocol, raw values in JSON or CSV, OpenAI's form, over HTTP.
///
/// ```java
/// try (var _ = NeuriteServer.of(Path.of("runs/iris")).port(8080).start()) {
///     System.in.read(); // until Enter
/// }
/// ```
///
/// [ServerSettings] says what can be chosen. Each model has a queue: requests that come while it computes are
/// the next batch. Results have the same bits as those of a request alone.
public final class NeuriteServer implements AutoCloseable {
    private final ModelService models;
    private final HttpService http;
    private final boolean asksForKeys;

    private NeuriteServer(ModelService models, HttpService http, boolean asksForKeys) {
        this.models = models;
        this.http = http;
        this.asksForKeys = asksForKeys;
    }

    /// A server to be, of models from files:
    ///
    /// | path | models |
    /// |---|---|
    /// | `model.safetensors`, `model.onnx`, `model.gguf` | one, named as the file; of a file `model.…` as its
    /// directory |
    /// | a directory with such a file, as that of a run, or of a language model of Hugging Face | one, named as
    /// the directory |
    /// | `NAME/1`, `NAME/2` …, files or directories of a model | the versions of one, the newest by default |
    /// | a directory of those, also of files such as `NAME.onnx` | all of them |
    ///
    /// An ONNX model with a `tokenizer.json` beside it takes texts: it gives vectors, or, if it gives one
    /// number for a row, scores of pairs. GGUF files, and directories with `config.json` beside safetensors,
    /// are language models: they chat, continue texts, and give vectors.
    public static ServerSettings of(Path... models) {
        return ServerSettings.of(List.of(models));
    }

    static NeuriteServer start(ModelService models, HttpService.Settings settings, Limits limits) {
        HttpService http = null;
        try {
            http = HttpService.start(settings, models.routes(), Endpoints.page(), limits, models.observer());
            models.load();
            return new NeuriteServer(models, http, settings.access() instanceof Access.Keys);
        } catch (RuntimeException e) {
            if (http != null) http.close();
            models.close();
            throw e;
        }
    }

    public int port() {
        return http.port();
    }

    /// The address of the page, which also says what the models take.
    public URI url() {
        return http.url();
    }

    /// Whether other computers can reach this server.
    public boolean isPublic() {
        return http.isPublic();
    }

    /// The names of the models, ready or not.
    public List<String> models() {
        return models.models().names();
    }

    /// Commands of a shell: a prediction of the first model that is ready, what it takes, and the metrics.
    /// @param key what the shell makes the key of, where one is asked for: `$NEURITE_API_KEY`, `$(cat key)`
    public List<String> examples(String key) {
        return TryCommands.of(url(), models.models(), asksForKeys ? key : "");
    }

    /// Says that it is not ready, and has clients go elsewhere; answers what has come, for a few seconds; then frees
    /// port, threads and models.
    @Override
    public void close() {
        models.models().announceClosing();
        http.close();
        models.close();
    }
}

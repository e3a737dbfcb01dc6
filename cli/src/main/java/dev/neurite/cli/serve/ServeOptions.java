package dev.neurite.cli.serve;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.cli.option.TrainingOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.llm.LoadSettings;
import dev.neurite.llm.network.CacheType;
import dev.neurite.onnx.OnnxKind;
import dev.neurite.serve.NeuriteServer;
import dev.neurite.serve.ServerSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The options of `neurite serve`.
final class ServeOptions {
    private static final String KEY = "NEURITE_API_KEY";
    private static final String PASSWORD = "NEURITE_KEY_STORE_PASSWORD";
    private static final String KEY_FILE = "--api-key-file";
    private static final String ANYONE = "--allow-anyone";
    private static final String KEY_STORE = "--tls-key-store";
    private static final String KIND = "--kind";
    private static final String ADAPTER = "--adapter";
    private static final String CONTEXT = "--context";
    private static final String CACHE = "--cache";
    private static final int MOST_KEYS = 1 << 16; // bytes of a file

    @Parameters(
            paramLabel = "MODEL",
            arity = "1..*",
            description = "Models: runs, model files, directories of models; NAME=PATH to name one.")
    private List<String> models = List.of();

    @Option(names = "--port", paramLabel = "N", description = "Port, 8080 by default; 0 for a free one.")
    private int port = 8080;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address of this machine to listen at, 127.0.0.1 by default; 0.0.0.0 for all. One that other"
                    + " computers reach needs a key, or " + ANYONE + ".")
    private String host = "127.0.0.1";

    @Option(
            names = KEY_FILE,
            paramLabel = "FILE",
            description = "Let in who sends a key of this file, one a line, at least 16 characters, as 'Authorization:"
                    + " Bearer KEY' or 'X-API-Key: KEY'. Or one key in the variable " + KEY + ".")
    private @Nullable String keyFile;

    @Option(
            names = ANYONE,
            description = "Let in everyone who reaches the address, without a key."
                    + " Nobody then loads or unloads models by request.")
    private boolean anyone;

    @Option(
            names = "--allow-host",
            paramLabel = "NAME",
            description = "Another name that clients call this machine by, such as that of a proxy; * for any.")
    private List<String> hosts = List.of();

    @Option(
            names = KEY_STORE,
            paramLabel = "FILE",
            description = "Answer HTTPS, with the key and certificate of this file (PKCS #12 or JKS), whose password is"
                    + " in the variable " + PASSWORD + ".")
    private @Nullable String keyStore;

    @Option(
            names = KIND,
            paramLabel = "NAME=KIND",
            description =
                    "What an ONNX model is served as, where its outputs do not tell: tensors, embeddings or scores.")
    private Map<String, String> kinds = new HashMap<>();

    @Option(
            names = ADAPTER,
            paramLabel = "NAME=DIR",
            description = "A language model with the adapters (LoRA) of a directory, as PEFT writes them.")
    private Map<String, String> adapters = new HashMap<>();

    @Option(
            names = CONTEXT,
            paramLabel = "NAME=N",
            description = "The most tokens of a text with its prompt that a language model takes; by default, and at"
                    + " most, as many as it was trained for. Each text in work takes memory for its tokens.")
    private Map<String, Integer> contexts = new HashMap<>();

    @Option(
            names = CACHE,
            paramLabel = "NAME=TYPE",
            description = "The type of the keys and values that a language model keeps of texts: f32 (default), or f16"
                    + " in half the memory, whose scores differ a little.")
    private Map<String, String> caches = new HashMap<>();

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "The most rows or texts of several requests that are computed together; 32 by default, 1 for"
                    + " each by itself.")
    private @Nullable Integer batch;

    @Option(
            names = "--batch-tokens",
            paramLabel = "N",
            description = "The most tokens of texts that are computed together, 8192 by default.")
    private @Nullable Integer tokens;

    @Option(
            names = "--delay",
            paramLabel = "MS",
            description = "How many milliseconds the first of a batch waits for others while the model is idle; 0 by"
                    + " default. What comes while it computes is the next batch anyway.")
    private @Nullable Double delay;

    @Option(
            names = "--queue",
            paramLabel = "N",
            description =
                    "The most rows or texts that wait for a model, 1000 by default; more get 503. Of a larger request"
                            + " a batch counts.")
    private @Nullable Integer queue;

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            description = "How long a request waits for its answer, 60 by default, if its header X-Request-Timeout does"
                    + " not say it; that is at most this, or 60.")
    private @Nullable Double deadline;

    @Option(
            names = "--no-warm-up",
            description = "Be ready at once, not after up to 2 seconds of computing for each model, which make the"
                    + " first answers fast.")
    private boolean cold;

    @Option(names = "--no-reload", description = "Do not look every second for files that are new or replaced.")
    private boolean fixed;

    @Option(names = "--access-log", description = "Print a line for each request.")
    private boolean logs;

    /// Whether what is sent is encrypted.
    boolean isEncrypted() {
        return keyStore != null;
    }

    /// What a shell makes the key of: the variable, or else the first line of the file that has one.
    String keyInShell(Map<String, String> environment) {
        return keyFile == null || !environment.getOrDefault(KEY, "").isEmpty()
                ? "$" + KEY
                : "$(grep -m 1 . '" + keyFile.replace("'", "'\\''") + "')";
    }

    /// The settings of the server.
    /// @throws ConfigException for options that do not fit
    /// @throws DataException for files that do not exist
    ServerSettings settings(Context context) {
        Map<String, String> environment = context.io().environment();
        ServerSettings settings = NeuriteServer.of();
        for (String each : models) settings = with(settings, each);
        requireNamed(KIND, kinds);
        requireNamed(ADAPTER, adapters);
        requireNamed(CONTEXT, contexts);
        requireNamed(CACHE, caches);
        settings = access(settings.host(host).port(port), environment);
        if (!hosts.isEmpty()) settings = settings.hostNames(hosts.toArray(String[]::new));
        if (keyStore != null) {
            String password = environment.getOrDefault(PASSWORD, "");
            settings = settings.tls(path(KEY_STORE, keyStore), password.toCharArray());
        }
        settings = set(settings, "--batch", batch, settings::batchRows);
        settings = set(settings, "--batch-tokens", tokens, settings::batchTokens);
        settings = set(settings, "--queue", queue, settings::queue);
        settings = set(settings, "--delay", time("--delay", delay, 1e6), settings::batchDelay);
        settings = set(settings, "--deadline", time("--deadline", deadline, 1e9), settings::deadline);
        if (cold) settings = settings.warmUp(Duration.ZERO);
        if (fixed) settings = settings.reload(Duration.ZERO);
        return settings.accessLog(logs).threads(context.threads());
    }

    /// Sets what an option says; the message for a wrong value names the option.
    private static <T> ServerSettings set(
            ServerSettings settings, String option, @Nullable T value, Function<T, ServerSettings> setter) {
        if (value == null) return settings;
        try {
            return setter.apply(value);
        } catch (ConfigException e) {
            throw new ConfigException(option, e.problem(), e.hint());
        }
    }

    /// @param unit in nanoseconds
    private static @Nullable Duration time(String option, @Nullable Double units, double unit) {
        if (units == null) return null;
        if (units >= 0 && units <= Integer.MAX_VALUE) return Duration.ofNanos((long) (units * unit));
        throw new ConfigException(option, "expects a time of at least 0, got " + units);
    }

    /// Refuses an option for a name that no model was given.
    private void requireNamed(String option, Map<String, ?> values) {
        for (String name : values.keySet()) {
            if (models.stream().anyMatch(each -> each.startsWith(name + "=") && !isPath(each))) continue;
            throw new ConfigException(
                    option, "expects the name of a model, NAME=PATH, got '" + name + "'", "Serve " + name + "=PATH");
        }
    }

    /// Adds a model: a path, or a name with a path.
    private ServerSettings with(ServerSettings settings, String model) {
        if (isPath(model)) return settings.model(path("MODEL", model));
        int equals = model.indexOf('=');
        String name = model.substring(0, equals);
        Path path = path("MODEL", model.substring(equals + 1));
        String kind = kinds.get(name);
        Optional<LoadSettings> language = language(name);
        if (kind != null && language.isPresent()) {
            throw new ConfigException(
                    KIND,
                    "expects an ONNX model, got '" + name + "' with " + String.join(" or ", ADAPTER, CONTEXT, CACHE));
        }
        if (kind != null) return settings.model(name, path, EnumChoice.of(KIND, kind, OnnxKind.values()));
        return language.isEmpty() ? settings.model(name, path) : settings.model(name, path, language.get());
    }

    /// Whether a model is given by its path alone.
    private static boolean isPath(String model) {
        return model.indexOf('=') < 0 || Files.exists(path("MODEL", model));
    }

    /// How a language model is loaded; empty if no option says it.
    private Optional<LoadSettings> language(String name) {
        LoadSettings settings = LoadSettings.USUAL;
        String adapter = adapters.get(name);
        if (adapter != null) settings = settings.withAdapter(path(ADAPTER, adapter));
        Integer context = contexts.get(name);
        if (context != null) {
            settings = settings.withContext(
                    TrainingOptions.positive(CONTEXT, context).orElseThrow());
        }
        String cache = caches.get(name);
        if (cache != null) settings = settings.withCache(EnumChoice.of(CACHE, cache, CacheType.values()));
        return Optional.of(settings).filter(each -> adapter != null || context != null || cache != null);
    }

    private ServerSettings access(ServerSettings settings, Map<String, String> environment) {
        List<String> keys = new ArrayList<>();
        String own = environment.getOrDefault(KEY, "");
        if (!own.isEmpty()) keys.add(checked(own, "variable " + KEY));
        if (keyFile != null) keys.addAll(keys(path(KEY_FILE, keyFile)));
        if (anyone && !keys.isEmpty()) {
            throw new ConfigException(ANYONE, "expects no key, got one from " + KEY_FILE + " or " + KEY);
        }
        if (anyone) return settings.openToAnyone();
        return keys.isEmpty() ? settings : settings.apiKeys(keys.toArray(String[]::new));
    }

    private static List<String> keys(Path file) {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_KEYS + 1);
            if (bytes.length > MOST_KEYS) {
                throw new DataException(file.toString(), "expects at most 64 KB of keys, got more");
            }
            List<String> keys = new ArrayList<>();
            int line = 0;
            for (String each : new String(bytes, StandardCharsets.UTF_8).split("\\R", -1)) {
                line++;
                if (!each.isBlank()) keys.add(checked(each.strip(), file + ", line " + line));
            }
            if (keys.isEmpty()) throw new DataException(file.toString(), "expects a key a line, got none");
            return keys;
        } catch (NoSuchFileException _) {
            throw DataException.missing(file, "a file of keys");
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// @param where the key is from, for the message, which does not show it
    private static String checked(String key, String where) {
        if (key.matches("[!-~]{16,200}")) return key;
        throw new ConfigException(
                where,
                "expects a key of 16 to 200 letters, digits and signs of ASCII, got "
                        + (key.matches("[!-~]*") ? "one of " + key.length() : "other characters"));
    }

    /// Starts the server. What is wrong with the address is said of the options.
    NeuriteServer start(Context context) {
        try {
            return settings(context).start();
        } catch (ConfigException e) {
            if (!e.where().equals("host")) throw e;
            boolean open = !e.hint().isEmpty();
            String hint = "Set one in the variable " + KEY + " or with " + KEY_FILE + ", or let in everyone: " + ANYONE;
            throw new ConfigException("--host", e.problem(), open ? hint : "");
        } catch (ResourceException e) {
            throw e.where().startsWith("port ") ? new ResourceException("--" + e.where(), e.problem(), e.hint()) : e;
        }
    }

    private static Path path(String option, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigException(option, "expects a path, got '" + text + "': " + e.getReason());
        }
    }
}

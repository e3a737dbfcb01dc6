package dev.neurite.spring;

import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.kernel.Kernels;
import dev.neurite.predict.Interceptor;
import dev.neurite.predict.Predictor;
import dev.neurite.predict.WarmUp;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

/// Loads the models of the configuration, and knows which are loaded and warm. Closing it ends their threads.
final class NeuriteModels implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.neurite.spring");
    private static final int BATCH = 8; // rows that warm up together

    private final NeuriteProperties properties;
    private final ResourceLoader loader;
    private final InterceptorFactory interceptors;
    private final Map<String, State> states = new ConcurrentHashMap<>();
    private final List<Kernels> kernels = new CopyOnWriteArrayList<>();

    /// What is known of a model that is loaded.
    /// @param threads how many compute a prediction
    /// @param warm whether it has computed something before anybody asked
    record State(BeanKind kind, int threads, boolean warm) {}

    /// A model that was read.
    /// @param warming computes something that nobody asked for
    /// @param bean the bean with something around its predictions
    record Read<B>(WarmUp warming, Function<Interceptor, B> bean) {}

    /// Reads a model.
    interface Reader<B> {
        Read<B> read(ConfiguredModel source, ModelProperties properties, Kernels kernels) throws IOException;
    }

    NeuriteModels(NeuriteProperties properties, ResourceLoader loader, InterceptorFactory interceptors) {
        this.properties = properties;
        this.loader = loader;
        this.interceptors = interceptors;
    }

    /// @throws ConfigException for a model that cannot be loaded, with its property
    Predictor predictor(String name) {
        return bean(name, BeanKind.PREDICTIONS, (source, _, own) -> {
            Predictor predictor = predictor(source.model()).with(own);
            return new Read<>(WarmUp.of(predictor, own), predictor::with);
        });
    }

    private static Predictor predictor(Resource model) throws IOException {
        if (model.isFile()) return Predictor.load(model.getFilePath());
        try (InputStream in = model.getInputStream()) {
            return Predictor.load(in);
        }
    }

    /// Loads a model and warms it up.
    /// @param kind what it was found to be when the beans were defined
    /// @throws ConfigException for a model that cannot be loaded, with its property
    <B> B bean(String name, BeanKind kind, Reader<B> reader) {
        ModelProperties given =
                Objects.requireNonNull(properties.models().get(name)).as(kind);
        ConfiguredModel source = ConfiguredModel.of(name, given, loader);
        Kernels own = kernels(source, given.threads());
        try {
            Read<B> read = reader.read(source, given, own);
            boolean warm = !given.lazy() && warmed(name, read.warming, given.warmUp());
            states.put(name, new State(source.kind(), own.threads(), warm));
            return read.bean.apply(interceptors.of(name));
        } catch (NeuriteException e) {
            if (e.where().startsWith(source.property())) throw e;
            throw ConfiguredModel.cannotBeLoaded(source.property(), e.where() + ": " + e.problem(), e.hint(), e);
        } catch (IOException e) {
            throw ConfiguredModel.cannotBeLoaded(source.property(), ResourceException.reason(e), "", e);
        }
    }

    private Kernels kernels(ConfiguredModel source, int threads) {
        if (threads == 0) return Kernels.shared();
        if (threads < 0 || threads > 1024) {
            throw new ConfigException(source.property() + ".threads", "expects 0 to 1024, got " + threads);
        }
        Kernels own = Kernels.create(threads);
        kernels.add(own);
        return own;
    }

    private static boolean warmed(String name, WarmUp warming, Duration longest) {
        try {
            warming.run(BATCH, longest);
            return longest.isPositive();
        } catch (NeuriteException e) { // it may take no row like this, but others
            LOG.log(Level.WARNING, "Model ''{0}'' is not warmed up: {1}", name, e.getMessage());
            return false;
        }
    }

    /// Models that are loaded, by name.
    Map<String, State> states() {
        return new TreeMap<>(states);
    }

    @Override
    public void close() {
        kernels.forEach(Kernels::close);
    }
}

package dev.neurite.serve.model;

import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.kernel.Kernels;
import dev.neurite.predict.WarmUp;
import dev.neurite.serve.model.ModelSource.Loaded;
import dev.neurite.serve.model.ModelSource.Setup;
import dev.neurite.serve.model.ModelState.State;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The place of a version of a model, whose content is replaced. All may read it; who changes it has the lock of its
/// repository.
final class ModelSlot {
    /// Numbers by their values.
    static final Comparator<ModelSlot> BY_VERSION = Comparator.comparing(
            ModelSlot::version, Comparator.comparingInt(String::length).thenComparing(each -> each));

    private static final System.Logger LOG = System.getLogger("dev.neurite.serve");

    /// What is here now; replaced as a whole.
    private record Content(
            State state, String reason, @Nullable Served served) {}

    private ModelSource source;
    private String stamp = ""; // of the files that were last read
    private volatile boolean unloaded; // by request
    private volatile Content content = new Content(State.LOADING, "", null);

    ModelSlot(ModelSource source) {
        this.source = source;
    }

    /// The place of a model that is ready.
    static ModelSlot of(Served served) {
        var source = new ModelSource(
                served.name(), served.version(), Optional.empty(), true, (_, _) -> new Loaded(served.kind(), _ -> {}));
        var slot = new ModelSlot(source);
        slot.content = new Content(State.READY, "", served);
        return slot;
    }

    String name() {
        return source.name();
    }

    String version() {
        return source.version();
    }

    /// What it is read from.
    ModelSource source() {
        return source;
    }

    boolean isOf(ModelSource other) {
        return source.name().equals(other.name()) && source.version().equals(other.version());
    }

    void comesFrom(ModelSource other) {
        source = other;
    }

    boolean isRequired() {
        return source.required();
    }

    boolean isInMemory() {
        return source.files().isEmpty();
    }

    boolean isUnloaded() {
        return unloaded;
    }

    ModelState state() {
        Content now = content;
        return new ModelState(name(), version(), now.state, now.reason);
    }

    /// The model; empty if it is not ready.
    Optional<Served> served() {
        return Optional.ofNullable(content.served);
    }

    /// Whether its files are not those that were last read.
    boolean hasChanged() {
        return source.files().isPresent()
                ? !source.files().get().stamp().equals(stamp)
                : served().isEmpty() && content.state == State.LOADING;
    }

    /// Loads the model beside the one that is here, and puts it into its place.
    /// @return why that was not possible; what was here then stays
    Optional<NeuriteException> load(RepositorySettings settings, Kernels kernels, RepositoryWatcher watcher) {
        long begin = System.nanoTime();
        Served old = content.served;
        if (old == null) content = new Content(State.LOADING, "", null);
        stamp = source.files().map(ModelFiles::stamp).orElse("");
        if (!isInMemory()) {
            LOG.log(Level.INFO, "loading model ''{0}'' version {1} from {2}", name(), version(), source.place());
        }
        Served now;
        try {
            Loaded made = source.loader().load(name(), new Setup(settings.batches(), kernels, watcher.queue(name())));
            warmUp(made.warming(), settings);
            now = new Served(name(), version(), made.kind());
        } catch (NeuriteException e) {
            return failed(e, old, watcher);
        } catch (OutOfMemoryError e) {
            return failed(new ResourceException(source.place(), "does not fit into the memory"), old, watcher);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "an error of the program while a model was loaded", e);
            return failed(new ResourceException(name(), "an error of the program: " + e), old, watcher);
        }
        content = new Content(State.READY, "", now);
        unloaded = false;
        if (old != null) Thread.ofVirtual().start(old::close); // after the requests that have begun
        long nanos = System.nanoTime() - begin;
        watcher.loaded(name(), nanos);
        LOG.log(
                Level.INFO,
                "model ''{0}'' version {1} is ready after {2} s",
                name(),
                version(),
                Duration.ofNanos(nanos).toMillis() / 1e3);
        if (old != null) warnOfDifferences(old, now);
        return Optional.empty();
    }

    private static void warnOfDifferences(Served old, Served now) {
        List<String> differences = Interfaces.differences(old, now);
        if (differences.isEmpty()) return;
        LOG.log(
                Level.WARNING,
                "model ''{0}'' version {1} is asked in another way than before: {2}",
                now.name(),
                now.version(),
                String.join("; ", differences));
    }

    private void warmUp(WarmUp warming, RepositorySettings settings) {
        try {
            warming.run(settings.batches().rows(), settings.warmUp());
        } catch (NeuriteException e) { // it may take no row like these, but others
            LOG.log(Level.WARNING, "model ''{0}'' is not warmed up: {1}", name(), e.getMessage());
        }
    }

    private Optional<NeuriteException> failed(
            NeuriteException problem, @Nullable Served old, RepositoryWatcher watcher) {
        String why = String.valueOf(problem.getMessage());
        content = old == null
                ? new Content(State.UNAVAILABLE, why, null)
                : new Content(State.READY, "the new file cannot be loaded, the old one stays: " + why, old);
        watcher.failed(name());
        LOG.log(
                Level.WARNING,
                "model ''{0}'' version {1} {2}: {3}",
                name(),
                version(),
                old == null ? "cannot be loaded" : "cannot be replaced, the old one stays",
                why);
        return Optional.of(problem);
    }

    /// Takes the model out of service.
    void unload() {
        unloaded = true;
        Served old = content.served;
        content = new Content(State.UNAVAILABLE, "unloaded", null); // first, so that no more requests come
        stamp = "";
        if (old != null) old.close();
    }

    /// Computes what waits for the model.
    void close() {
        Served now = content.served;
        if (now != null) now.close();
    }
}

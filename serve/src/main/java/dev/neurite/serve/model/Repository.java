package dev.neurite.serve.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.http.HttpProblem;
import dev.neurite.kernel.Kernels;
import dev.neurite.serve.model.ModelState.State;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The models of a server, by name, each in one or more versions. Safe to use from many threads.
///
/// A thread loads them, and then looks at their files: one that changed is loaded beside the old one, warmed up
/// and put in its place, while requests that have begun end with the old one. If it is damaged, the old one
/// stays.
public final class Repository implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.neurite.serve");
    private static final double LONGEST = 3600; // seconds that a request may say
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final RepositorySettings settings;
    private final Kernels kernels;
    private final RepositoryWatcher watcher;
    private final List<ModelLocation> locations;
    private final ReentrantLock changes = new ReentrantLock();
    private final CountDownLatch loaded = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Map<String, List<ModelSlot>> models = Map.of(); // versions in their order
    private volatile @Nullable NeuriteException problem; // of the first load
    private volatile boolean ending;
    // With the lock:
    private final Map<ModelLocation, List<ModelSource>> lastRead = new HashMap<>(); // models of locations
    private final Notices notices = new Notices();

    private Repository(
            List<ModelLocation> locations, RepositorySettings settings, Kernels kernels, RepositoryWatcher watcher) {
        this.locations = List.copyOf(locations);
        this.settings = settings;
        this.kernels = kernels;
        this.watcher = watcher;
    }

    /// A repository of models that are ready and stay.
    /// @param models versions of models, the newest of a model last
    public Repository(List<Served> models) {
        this(List.of(), RepositorySettings.USUAL, Kernels.shared(), RepositoryWatcher.NONE);
        Map<String, List<ModelSlot>> all = new TreeMap<>();
        for (Served each : models) all.merge(each.name(), List.of(ModelSlot.of(each)), Repository::joined);
        this.models = all;
        loaded.countDown();
    }

    /// A repository that loads its models: [#of] and [#begin].
    public static Repository open(
            List<ModelLocation> locations,
            List<ModelSource> given,
            RepositorySettings settings,
            Kernels kernels,
            RepositoryWatcher watcher) {
        Repository repository = of(locations, given, settings, kernels, watcher);
        repository.begin();
        return repository;
    }

    /// A repository whose models wait for [#begin].
    /// @param given models that are in memory
    /// @param kernels compute the models; to be closed after the repository
    /// @throws ConfigException for two models of one name
    /// @throws NeuriteException for a location without a model
    public static Repository of(
            List<ModelLocation> locations,
            List<ModelSource> given,
            RepositorySettings settings,
            Kernels kernels,
            RepositoryWatcher watcher) {
        var repository = new Repository(locations, settings, kernels, watcher);
        List<ModelSource> all = new ArrayList<>(given);
        List<String> unusual = new ArrayList<>();
        for (ModelLocation each : locations) {
            List<ModelSource> there = each.models(unusual::add);
            repository.lastRead.put(each, there);
            all.addAll(there);
        }
        Map<String, ModelSource> names = new TreeMap<>();
        for (ModelSource each : all) {
            if (names.put(each.name() + "/" + each.version(), each) == null) continue;
            throw new ConfigException(
                    "model '" + each.name() + "'", "expects each name once, got it twice", "Name one: NAME=PATH");
        }
        repository.put(all, unusual);
        return repository;
    }

    /// Begins to load the models.
    public void begin() {
        Thread.ofPlatform().daemon().name("neurite-serve-models").start(this::work);
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    // ------------------------------------------------------------------------------------------------------- reading

    /// How requests are computed together.
    public BatchSettings batches() {
        return settings.batches();
    }

    /// The names of the models, ready or not.
    public List<String> names() {
        return List.copyOf(models.keySet());
    }

    /// The versions of a model that are ready, the newest last.
    /// @throws HttpProblem 404 if there is no model of this name, 503 if none is ready
    public List<Served> versions(String name) {
        List<ModelSlot> slots = slots(name);
        List<Served> ready =
                slots.stream().flatMap(each -> each.served().stream()).toList();
        if (ready.isEmpty()) throw notReady(slots.getLast());
        return ready;
    }

    private List<ModelSlot> slots(String name) {
        List<ModelSlot> slots = models.get(name);
        if (slots == null) throw HttpProblem.missing("model", "there is no model '" + name + "'");
        return slots;
    }

    /// Whoever asks for the health of a model needs no key, so it says nothing of files.
    private static HttpProblem notReady(ModelSlot slot) {
        String why = slot.state().state() == State.LOADING
                ? "is being loaded"
                : slot.isUnloaded() ? "is unloaded" : "is not available; /v2/repository/index says why";
        return new HttpProblem(503, "model", "", "model '" + slot.name() + "' " + why);
    }

    /// The newest version of a model that is ready.
    /// @throws HttpProblem 404 if there is no model of this name, 503 if none is ready
    public Served newest(String name) {
        return versions(name).getLast();
    }

    /// A version of a model.
    /// @throws HttpProblem 404 if there is none, 503 if it is not ready
    public Served version(String name, String version) {
        for (ModelSlot each : slots(name)) {
            if (each.version().equals(version)) return each.served().orElseThrow(() -> notReady(each));
        }
        throw HttpProblem.missing("version", "model '" + name + "' has no version '" + version + "'");
    }

    /// How it is with each version of each model.
    public List<ModelState> index() {
        return models.values().stream()
                .flatMap(List::stream)
                .map(ModelSlot::state)
                .toList();
    }

    /// Whether it has looked at all models that were there at the start, and those that are required answer, or
    /// were unloaded by request. One of several in a directory that is damaged, new or being loaded does not
    /// count. Not after [#announceClosing].
    public boolean isReady() {
        return !ending
                && loaded.getCount() == 0
                && models.values().stream()
                        .flatMap(List::stream)
                        .allMatch(each -> !each.isRequired()
                                || each.isUnloaded()
                                || each.served().isPresent());
    }

    /// The number of rows that wait for a model.
    public int waiting(String name) {
        return models.getOrDefault(name, List.of()).stream()
                .flatMap(each -> each.served().stream())
                .mapToInt(each -> each.kind().queue().waiting())
                .sum();
    }

    /// Says that the server will close, so that clients are sent elsewhere: it is not ready, and answers on.
    public void announceClosing() {
        ending = true;
    }

    /// Until when a request wants its answer: at most the usual time, or a minute if that is longer.
    /// @param seconds what its header `X-Request-Timeout` says, such as `2.5`; empty for the usual time
    /// @throws HttpProblem 400 if it is no number above 0 up to 3600
    public Deadline deadline(Optional<String> seconds) {
        if (seconds.isEmpty()) return Deadline.in(settings.deadline());
        String text = seconds.get().strip();
        if (text.matches("[0-9]{1,4}(\\.[0-9]{1,9})?")) {
            double time = Double.parseDouble(text);
            if (time > 0 && time <= LONGEST) {
                Duration most = settings.deadline().compareTo(MINUTE) > 0 ? settings.deadline() : MINUTE;
                Duration wanted = Duration.ofNanos((long) (time * 1e9));
                return Deadline.in(wanted.compareTo(most) < 0 ? wanted : most);
            }
        }
        throw HttpProblem.bad("X-Request-Timeout", "expects seconds above 0 up to 3600, such as 2.5");
    }

    // -------------------------------------------------------------------------------------------------------- loading

    /// Waits until each model has been loaded, or could not be.
    /// @throws NeuriteException the first problem of a model that is required; the other models are ready
    public void awaitLoaded() throws InterruptedException {
        loaded.await();
        NeuriteException first = problem;
        if (first != null) throw first;
    }

    private void work() {
        try {
            refresh();
        } finally {
            loaded.countDown();
        }
        long every = settings.reload().toNanos();
        try {
            while (every > 0 && !locations.isEmpty() && !closing.await(every, TimeUnit.NANOSECONDS)) {
                lookAgain();
            }
        } catch (InterruptedException _) {
            // nobody has a reason to interrupt it: it ends
        }
    }

    private void lookAgain() {
        try {
            look();
            refresh();
        } catch (RuntimeException e) { // this thread is the only one that looks: it goes on
            LOG.log(Level.WARNING, "an error of the program while files were looked at", e);
        }
    }

    /// Finds out which models there are now. What was loaded from a location that cannot be read stays.
    private void look() {
        changes.lock();
        try {
            List<ModelSource> found = new ArrayList<>();
            List<String> unusual = new ArrayList<>();
            for (ModelLocation each : locations) {
                try {
                    lastRead.put(each, each.models(unusual::add));
                } catch (NeuriteException e) { // as while it is being replaced
                    unusual.add(e.getMessage() + "; what was loaded from there stays");
                }
                found.addAll(lastRead.getOrDefault(each, List.of()));
            }
            put(found, unusual);
        } finally {
            changes.unlock();
        }
    }

    /// Makes places for new versions, and takes away those of files that are gone. Of two that come to one name it
    /// keeps the first.
    /// @param unusual what is to be said of the files
    private void put(List<ModelSource> found, List<String> unusual) {
        changes.lock();
        try {
            Map<String, List<ModelSlot>> all = new TreeMap<>();
            List<ModelSlot> gone = new ArrayList<>();
            models.values()
                    .forEach(slots -> slots.forEach(slot -> {
                        boolean stays = slot.isInMemory() || found.stream().anyMatch(slot::isOf);
                        if (stays) all.merge(slot.name(), List.of(slot), Repository::joined);
                        else gone.add(slot);
                    }));
            for (ModelSource source : found) {
                Optional<ModelSlot> known = all.getOrDefault(source.name(), List.of()).stream()
                        .filter(each -> each.isOf(source))
                        .findFirst();
                if (known.isEmpty()) {
                    all.merge(source.name(), List.of(new ModelSlot(source)), Repository::joined);
                } else if (isTaken(known.get(), source, found)) {
                    unusual.add(
                            source.place() + " is left out: model '" + source.name() + "' version " + source.version()
                                    + " comes from " + known.get().source().place());
                } else {
                    known.get().comesFrom(source);
                }
            }
            all.replaceAll(
                    (_, slots) -> slots.stream().sorted(ModelSlot.BY_VERSION).toList());
            models = all;
            gone.forEach(ModelSlot::close);
            notices.say(unusual);
        } finally {
            changes.unlock();
        }
    }

    /// Whether a place is that of another source, which is still there.
    private static boolean isTaken(ModelSlot slot, ModelSource by, List<ModelSource> found) {
        String place = slot.source().place();
        boolean stays = slot.isInMemory()
                || found.stream()
                        .anyMatch(each -> slot.isOf(each) && each.place().equals(place));
        return stays && !by.place().equals(place);
    }

    /// Loads what is new or has changed.
    private void refresh() {
        List<ModelSlot> changed = models.values().stream()
                .flatMap(List::stream)
                .filter(this::hasChanged)
                .toList();
        RepositorySettings shared = settings.sharedBy(changed.size());
        for (ModelSlot each : changed) {
            changes.lock();
            try {
                if (closing.getCount() == 0) return;
                if (!hasChanged(each)) continue; // a request has loaded it
                Optional<NeuriteException> wrong = each.load(shared, kernels, watcher);
                if (problem == null && each.isRequired() && loaded.getCount() > 0) problem = wrong.orElse(null);
            } finally {
                changes.unlock();
            }
        }
    }

    private boolean hasChanged(ModelSlot slot) {
        changes.lock();
        try {
            return !slot.isUnloaded() && slot.hasChanged();
        } finally {
            changes.unlock();
        }
    }

    /// Loads the versions of a model that are not ready, and those whose files have changed.
    /// @throws HttpProblem 403 if clients may not, 404 if there is no model of this name, 409 if one cannot be
    /// loaded
    public void load(String name) {
        checkControl();
        if (!models.containsKey(name) && !locations.isEmpty()) look();
        changes.lock();
        try {
            List<ModelSlot> wanted = slots(name).stream()
                    .filter(each -> each.served().isEmpty() || each.hasChanged())
                    .toList();
            RepositorySettings shared = settings.sharedBy(wanted.size());
            for (ModelSlot each : wanted) {
                Optional<NeuriteException> wrong = each.load(shared, kernels, watcher);
                if (wrong.isPresent()) {
                    throw HttpProblem.conflict(String.valueOf(wrong.get().getMessage()));
                }
            }
        } finally {
            changes.unlock();
        }
    }

    /// Takes a model out of service, until it is loaded by [#load]. Requests that have come are answered.
    /// @throws HttpProblem 403 if clients may not, 404 if there is no model of this name
    public void unload(String name) {
        checkControl();
        changes.lock();
        try {
            slots(name).forEach(ModelSlot::unload);
        } finally {
            changes.unlock();
        }
    }

    private void checkControl() {
        if (settings.control()) return;
        throw new HttpProblem(
                403,
                "control",
                "",
                "models are loaded and unloaded by request only where a key is asked for, or nobody"
                        + " but this computer is let in");
    }

    /// Computes what waits, and ends all threads.
    @Override
    public void close() {
        closing.countDown();
        changes.lock();
        try {
            models.values().forEach(slots -> slots.forEach(ModelSlot::close));
        } finally {
            changes.unlock();
        }
    }
}

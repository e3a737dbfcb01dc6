package dev.neurite.dashboard.runs;

import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.Trials;
import dev.neurite.error.ResourceException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The runs below a directory: its children that are runs. A name from outside is compared with the
/// names of these children, so that no name can lead anywhere else. Thread-safe.
public final class RunDirectories {
    private static final int MOST = 2_000; // runs in a list
    private static final int OPEN = 12; // runs whose curves are in memory
    private static final int END = 1 << 16; // bytes at the end of a log that a list looks at
    private static final int MOST_FIGURES = 64; // of a run in a list
    private static final int LONGEST_NAME = 200; // characters of a figure's name in a list
    private static final int MOST_TEXT = 8_000; // characters of a configuration in a list
    private static final Logger LOG = System.getLogger("dev.neurite.dashboard");

    private final Path root;
    private final Optional<Path> only;
    private final SubjectReader reader;
    private final Map<String, DirectoryRun> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Known> known = new LinkedHashMap<>();
    private final Set<String> told = new HashSet<>(); // what cannot be read; with the lock of known

    /// A summary of a run's files at one moment. What it is doing is not in the files alone.
    private record Known(List<RunFiles.Stamp> stamps, RunSummary summary) {}

    /// A run's directory. Its path is never made of its name: not every locale can do that.
    private record Child(String name, Path path, long changed) {}

    private RunDirectories(Path root, Optional<Path> only, SubjectReader reader) {
        this.root = root;
        this.only = only;
        this.reader = reader;
    }

    /// The runs of a directory.
    /// @param directory a directory of runs, or that of one run; it may appear later
    public static RunDirectories of(Path directory, SubjectReader reader) {
        Path place = directory.toAbsolutePath().normalize();
        Path parent = place.getParent();
        Path name = place.getFileName();
        return RunFiles.isRun(place) && parent != null && name != null
                ? new RunDirectories(parent, Optional.of(name), reader)
                : new RunDirectories(place, Optional.empty(), reader);
    }

    public Path root() {
        return root;
    }

    /// The names of the runs, the newest first.
    public List<String> names() {
        return children().stream().map(Child::name).toList();
    }

    /// The runs, the newest first.
    private List<Child> children() {
        if (!Files.isDirectory(root)) return List.of();
        List<Child> found = new ArrayList<>();
        try (Stream<Path> children = Files.list(root)) {
            for (Path each : (Iterable<Path>) children::iterator) {
                if (isShown(each)) found.add(new Child(RunName.of(each), each, changed(each)));
            }
        } catch (IOException e) {
            throw unreadable(e);
        } catch (UncheckedIOException e) {
            throw unreadable(Objects.requireNonNull(e.getCause()));
        }
        return found.stream()
                .sorted(Comparator.comparingLong((Child each) -> -each.changed())
                        .thenComparing(Child::name))
                .limit(MOST)
                .toList();
    }

    private boolean isShown(Path child) {
        return (only.isEmpty() || only.get().equals(child.getFileName())) && RunFiles.isRun(child);
    }

    private ResourceException unreadable(IOException problem) {
        return new ResourceException(root.toString(), "cannot be read: " + ResourceException.reason(problem));
    }

    /// When a run was changed; 0 for one whose files are just being deleted, or cannot be looked at.
    private static long changed(Path run) {
        try {
            return new RunFiles(run).changed();
        } catch (IOException _) {
            return 0; // if it is still there, the list says that it cannot be read
        }
    }

    /// A run by its exact name; empty if there is none.
    public Optional<DirectoryRun> find(String name) {
        Optional<Path> place = place(name);
        if (place.isEmpty()) return Optional.empty();
        synchronized (open) {
            DirectoryRun run = open.computeIfAbsent(name, each -> new DirectoryRun(each, place.get(), reader));
            if (open.size() > OPEN) open.remove(open.keySet().iterator().next());
            return Optional.of(run);
        }
    }

    private Optional<Path> place(String name) {
        if (!Files.isDirectory(root)) return Optional.empty();
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(each -> RunName.of(each).equals(name))
                    .filter(this::isShown)
                    .findFirst();
        } catch (IOException e) {
            throw unreadable(e);
        } catch (UncheckedIOException e) {
            throw unreadable(Objects.requireNonNull(e.getCause()));
        }
    }

    /// The runs in a line each, the newest first. Reads the beginning and the end of their logs only,
    /// and those only that have changed. A run that cannot be read is in the list, too, and says so.
    @SuppressWarnings("IllegalCatch") // whatever is wrong with one run, the others are shown
    public List<RunSummary> summaries() {
        List<RunSummary> summaries = new ArrayList<>();
        List<Child> children = children();
        Locks locks = Locks.now();
        synchronized (known) {
            known.keySet().retainAll(children.stream().map(Child::name).collect(Collectors.toSet()));
            for (Child each : children) {
                String name = each.name();
                try {
                    summaries.add(summary(each, locks));
                } catch (IOException | RuntimeException e) {
                    if (!Files.exists(each.path(), LinkOption.NOFOLLOW_LINKS)) continue; // deleted meanwhile
                    if (told.size() < MOST && told.add(name))
                        LOG.log(Level.WARNING, "the run " + name + " cannot be read", e);
                    summaries.add(RunSummary.unreadable(
                            name,
                            each.path(),
                            e instanceof IOException problem
                                    ? ResourceException.reason(problem)
                                    : "its files are damaged"));
                }
            }
        }
        return summaries;
    }

    private RunSummary summary(Child run, Locks locks) throws IOException {
        var files = new RunFiles(run.path());
        List<RunFiles.Stamp> stamps = new ArrayList<>();
        for (Path each : List.of(
                files.config(), files.metrics(), files.notes(), files.tests(), files.tags(), files.environmentFile())) {
            stamps.add(RunFiles.Stamp.of(each));
        }
        Known before = known.get(run.name());
        if (before == null || !before.stamps().equals(stamps)) {
            before = new Known(stamps, summary(run.name(), files));
            known.put(run.name(), before);
        }
        return before.summary().phase(DirectoryRun.phase(files, locks));
    }

    private static RunSummary summary(String name, RunFiles files) throws IOException {
        Map<String, String> config = files.settings();
        Ends ends = ends(files.metrics());
        Lines lines = ends.lines();
        List<String> damaged = files.damaged();
        if (ends.unreadable() > 0) damaged.add(RunFiles.METRICS + " has lines that cannot be read");
        var notes = new NoteFile(files.directory());
        notes.read();
        Lines.Place place = lines.place();
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (String kind : List.of("train", "val", "test")) {
            lines.newest(kind + ".").forEach((figure, value) -> {
                if (metrics.size() < MOST_FIGURES && figure.length() <= LONGEST_NAME) {
                    metrics.put(kind + "." + figure, value);
                }
            });
        }
        int epochs = DirectoryRun.integer(config, "epochs");
        long perEpoch = lines.read(DirectoryRun::stepsAnEpoch);
        return new RunSummary(
                name,
                files.directory(),
                Phase.INTERRUPTED,
                config.getOrDefault("data.source", ""),
                model(config),
                place.epoch(),
                epochs,
                place.step(),
                perEpoch > 0 && epochs > 0 ? perEpoch * epochs : -1,
                place.begun(),
                place.changed() - place.begun() - notes.pauses(place.begun(), place.changed()),
                metrics,
                beginning(config),
                TestFile.read(files.directory()),
                TagFile.read(files.directory()),
                damaged,
                "");
    }

    /// The first values of a configuration.
    private static Map<String, String> beginning(Map<String, String> config) {
        Map<String, String> first = new LinkedHashMap<>();
        int characters = 0;
        for (Map.Entry<String, String> each : config.entrySet()) {
            characters += each.getKey().length() + each.getValue().length();
            if (characters > MOST_TEXT) break;
            first.put(each.getKey(), each.getValue());
        }
        return first;
    }

    /// The network in a word.
    private static String model(Map<String, String> config) {
        for (String key : List.of("network.model", "network.name", "model", "network.layers", "network")) {
            if (config.containsKey(key)) return config.getOrDefault(key, "");
        }
        return "";
    }

    /// The first and the last lines of a log.
    /// @param unreadable the number of lines that are no JSON objects
    record Ends(Lines lines, long unreadable) {}

    /// The first and the last lines of a log.
    static Ends ends(Path file) throws IOException {
        var lines = new Lines();
        long unreadable = 0;
        if (!RunFiles.isFile(file)) return new Ends(lines, 0);
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long bytes = channel.size();
            boolean whole = bytes <= 2 * END;
            String head = text(channel, 0, whole ? 2 * END : END);
            if (whole) {
                unreadable += add(head.substring(0, head.lastIndexOf('\n') + 1), lines);
            } else {
                unreadable += add(head.substring(0, head.indexOf('\n') + 1), lines);
                String tail = text(channel, bytes - END, END);
                int from = tail.indexOf('\n') + 1;
                unreadable += add(tail.substring(from, Math.max(from, tail.lastIndexOf('\n') + 1)), lines);
            }
        }
        return new Ends(lines, unreadable);
    }

    /// Bytes of a log as text; fewer if it ends before.
    private static String text(SeekableByteChannel channel, long from, int most) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(most);
        channel.position(from);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) <= 0) break;
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    /// Adds lines, and counts those that cannot be read.
    private static long add(String text, Lines to) {
        long unreadable = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            try {
                if (Json.read(line) instanceof JsonObject object) to.add(object);
                else unreadable++;
            } catch (Json.SyntaxException _) {
                unreadable++;
            }
        }
        return unreadable;
    }

    /// The searches: children with trials, by name; also those of the directory `search` beside this
    /// one.
    public List<String> searches() {
        return searchDirectories().stream().map(RunName::of).distinct().toList();
    }

    /// A search by its exact name; empty if there is none.
    public Optional<Trials> search(String name) {
        return searchDirectories().stream()
                .filter(each -> RunName.of(each).equals(name))
                .findFirst()
                .map(SearchFiles::read);
    }

    private List<Path> searchDirectories() {
        List<Path> found = new ArrayList<>();
        if (only.isPresent()) return found;
        for (Path place : List.of(root, root.resolveSibling("search"))) {
            if (!Files.isDirectory(place)) continue;
            try (Stream<Path> children = Files.list(place)) {
                children.filter(SearchFiles::isSearch).sorted().limit(MOST).forEach(found::add);
            } catch (IOException | UncheckedIOException e) {
                synchronized (known) {
                    if (told.add(place.toString())) LOG.log(Level.WARNING, place + " cannot be read", e);
                }
            }
        }
        return found;
    }
}

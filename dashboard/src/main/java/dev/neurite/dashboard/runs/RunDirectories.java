package dev.neurite.dashboard.runs;

import dev.neurite.dashboard.view.Lines;
import dev.neurite.error.ResourceException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The runs below a directory: its children that are runs. A name from outside is compared with the
/// names of these children, so that no name can lead anywhere else. Thread-safe.
public final class RunDirectories {
    private static final int MOST = 2_000; // runs in a list
    private static final int OPEN = 12; // runs whose curves are in memory
    private static final int END = 1 << 16; // bytes at the end of a log that a list looks at

    private final Path root;
    private final Optional<String> only;
    private final ModelReader reader;
    private final Map<String, DirectoryRun> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Known> known = new LinkedHashMap<>();

    /// A summary of a log at one moment.
    private record Known(long bytes, long changed, Lines lines) {}

    private RunDirectories(Path root, Optional<String> only, ModelReader reader) {
        this.root = root;
        this.only = only;
        this.reader = reader;
    }

    /// The runs of a directory.
    /// @param directory a directory of runs, or that of one run; it may appear later
    public static RunDirectories of(Path directory, ModelReader reader) {
        Path place = directory.toAbsolutePath().normalize();
        Path parent = place.getParent();
        Path name = place.getFileName();
        return RunFiles.isRun(place) && parent != null && name != null
                ? new RunDirectories(parent, Optional.of(name.toString()), reader)
                : new RunDirectories(place, Optional.empty(), reader);
    }

    /// The directory.
    public Path root() {
        return root;
    }

    /// The names of the runs, the newest first.
    public List<String> names() {
        if (!Files.isDirectory(root)) return List.of();
        record Dated(String name, long changed) {}
        List<Dated> found = new ArrayList<>();
        try (Stream<Path> children = Files.list(root)) {
            for (Path each : (Iterable<Path>) children::iterator) {
                String name = String.valueOf(each.getFileName());
                if (only.isPresent() && !only.get().equals(name)) continue;
                if (RunFiles.isRun(each)) found.add(new Dated(name, new RunFiles(each).changed()));
            }
        } catch (IOException e) {
            throw new ResourceException(root.toString(), "cannot be read: " + ResourceException.reason(e));
        }
        return found.stream()
                .sorted(Comparator.comparingLong((Dated each) -> -each.changed())
                        .thenComparing(Dated::name))
                .limit(MOST)
                .map(Dated::name)
                .toList();
    }

    /// A run by its exact name; empty if there is none.
    public Optional<DirectoryRun> find(String name) {
        if (!isThere(name)) return Optional.empty();
        synchronized (open) {
            DirectoryRun run = open.computeIfAbsent(name, each -> new DirectoryRun(each, root.resolve(each), reader));
            if (open.size() > OPEN) open.remove(open.keySet().iterator().next());
            return Optional.of(run);
        }
    }

    private boolean isThere(String name) {
        if (!Files.isDirectory(root) || (only.isPresent() && !only.get().equals(name))) return false;
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(each -> String.valueOf(each.getFileName()).equals(name))
                    .anyMatch(RunFiles::isRun);
        } catch (IOException e) {
            throw new ResourceException(root.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// The runs in a line each, the newest first. Reads the beginning and the end of their logs only.
    public List<RunSummary> summaries() {
        List<RunSummary> summaries = new ArrayList<>();
        List<String> names = names();
        synchronized (known) {
            known.keySet().retainAll(names);
            for (String name : names) {
                try {
                    summaries.add(summary(name));
                } catch (IOException e) {
                    if (Files.exists(root.resolve(name))) {
                        throw new ResourceException(name, "cannot be read: " + ResourceException.reason(e));
                    } // deleted meanwhile
                }
            }
        }
        return summaries;
    }

    private RunSummary summary(String name) throws IOException {
        var files = new RunFiles(root.resolve(name));
        Map<String, String> config = files.config();
        Lines lines = ends(name, files.metrics());
        Lines.Place place = lines.place();
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (String kind : List.of("train", "val", "test")) {
            lines.newest(kind + ".").forEach((figure, value) -> metrics.put(kind + "." + figure, value));
        }
        int epochs = DirectoryRun.integer(config, "epochs");
        long perEpoch = lines.read(DirectoryRun::stepsAnEpoch);
        return new RunSummary(
                name,
                DirectoryRun.phase(files),
                config.getOrDefault("data.source", ""),
                model(config),
                place.epoch(),
                epochs,
                place.step(),
                perEpoch > 0 && epochs > 0 ? perEpoch * epochs : -1,
                place.begun(),
                place.changed() - place.begun(),
                metrics,
                config);
    }

    /// The network in a word.
    private static String model(Map<String, String> config) {
        for (String key : List.of("network.model", "network.name", "model", "network.layers", "network")) {
            if (config.containsKey(key)) return config.getOrDefault(key, "");
        }
        return "";
    }

    /// The first and the last lines of a log.
    private Lines ends(String name, Path file) throws IOException {
        if (!RunFiles.isFile(file)) return new Lines();
        long bytes = Files.size(file);
        long changed = Files.getLastModifiedTime(file).toMillis();
        Known before = known.get(name);
        if (before != null && before.bytes() == bytes && before.changed() == changed) return before.lines();
        var lines = new Lines();
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            boolean whole = bytes <= 2 * END;
            byte[] first = new byte[(int) (whole ? bytes : Math.min(bytes, END))];
            in.readFully(first);
            String head = new String(first, StandardCharsets.UTF_8);
            if (whole) {
                add(head.substring(0, head.lastIndexOf('\n') + 1), lines);
            } else {
                add(head.substring(0, head.indexOf('\n') + 1), lines);
                byte[] last = new byte[END];
                in.seek(bytes - END);
                in.readFully(last);
                String tail = new String(last, StandardCharsets.UTF_8);
                int from = tail.indexOf('\n') + 1;
                add(tail.substring(from, Math.max(from, tail.lastIndexOf('\n') + 1)), lines);
            }
        }
        known.put(name, new Known(bytes, changed, lines));
        return lines;
    }

    private static void add(String text, Lines to) {
        text.lines().forEach(line -> {
            try {
                if (Json.read(line) instanceof JsonObject object) to.add(object);
            } catch (Json.SyntaxException _) {
                // a line that the log itself shows as unreadable
            }
        });
    }

    /// The searches: children with trials, by name; also those of the directory `search` beside this
    /// one.
    public List<String> searches() {
        return searchDirectories().stream()
                .map(each -> String.valueOf(each.getFileName()))
                .distinct()
                .toList();
    }

    /// A search by its exact name; empty if there is none.
    public Optional<SearchTrials> search(String name) {
        return searchDirectories().stream()
                .filter(each -> String.valueOf(each.getFileName()).equals(name))
                .findFirst()
                .map(SearchTrials::read);
    }

    private List<Path> searchDirectories() {
        List<Path> found = new ArrayList<>();
        if (only.isPresent()) return found;
        for (Path place : List.of(root, root.resolveSibling("search"))) {
            if (!Files.isDirectory(place)) continue;
            try (Stream<Path> children = Files.list(place)) {
                children.filter(SearchTrials::isSearch).sorted().limit(MOST).forEach(found::add);
            } catch (IOException e) {
                throw new ResourceException(place.toString(), "cannot be read: " + ResourceException.reason(e));
            }
        }
        return found;
    }
}

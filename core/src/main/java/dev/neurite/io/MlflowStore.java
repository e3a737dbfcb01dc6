package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Escapes;
import dev.neurite.error.ResourceException;
import dev.neurite.io.MlflowRun.Point;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The files of MLflow's file store: `<experiment>/meta.yaml`, and for each run `<experiment>/<run>/meta.yaml` with the
/// directories `params`, `metrics`, `tags` and `artifacts`. A parameter and a tag is a file with its value, a
/// metric one with a line `<milliseconds> <value> <step>` for each point.
/// @param root the directory, usually `mlruns`
record MlflowStore(Path root) {
    private static final String META = "meta.yaml";
    private static final String TRASH = ".trash"; // experiments that were deleted
    private static final String ACTIVE = "active";
    private static final int LONGEST_EXPERIMENT = 500; // characters, as the next four
    private static final int LONGEST_KEY = 250;
    private static final int LONGEST_PARAMETER = 6_000;
    private static final int LONGEST_TAG = 5_000;
    private static final int LARGEST_META = 1 << 16; // bytes
    private static final int LOCAL = 4; // the type of source

    /// Opens a store. As MLflow does, a new one begins with the experiment 0, in which it logs by default.
    static MlflowStore open(Path directory) {
        var store = new MlflowStore(directory.toAbsolutePath().normalize());
        if (Files.notExists(store.root)) store.writeExperiment("0", "Default");
        if (!Files.isDirectory(store.root)) {
            throw new ResourceException(directory.toString(), "expects a directory of MLflow, got a file");
        }
        return store;
    }

    Path write(MlflowRun run, String experimentName) {
        String experiment = experiment(experimentName);
        String id = hash(run.identity() + "\n" + experiment).substring(0, 32); // one id in two experiments is an error
        Path place = root.resolve(experiment).resolve(id);
        replace(place.resolve("params"), keyed(run.parameters(), each -> cut(each, LONGEST_PARAMETER)));
        replace(place.resolve("metrics"), keyed(run.metrics(), MlflowStore::lines));
        Map<String, String> tags = new LinkedHashMap<>(run.tags());
        tags.put("mlflow.runName", run.name());
        tags.put("mlflow.user", user());
        tags.putIfAbsent("mlflow.source.type", "LOCAL");
        tags.putIfAbsent("mlflow.source.name", "neurite");
        writeAll(folder(place.resolve("tags")), keyed(tags, each -> cut(each, LONGEST_TAG)));
        Path artifacts = folder(place.resolve("artifacts"));
        run.artifacts().forEach((name, file) -> copy(file, artifacts.resolve(name)));
        write(place.resolve(META), meta(run, experiment, id, artifacts));
        return place;
    }

    // ------------------------------------------------------------------------------------------------ experiments

    /// The id of an experiment, created if there is none of this name.
    private String experiment(String name) {
        if (name.isBlank() || name.length() > LONGEST_EXPERIMENT) {
            throw new ConfigException(
                    "experiment",
                    "expects a name of 1 to " + LONGEST_EXPERIMENT + " characters, got "
                            + (name.isBlank() ? "none" : name.length()));
        }
        Optional<String> known = children().stream()
                .filter(each -> nameIn(each.resolve(META)).equals(Optional.of(name)))
                .map(each -> String.valueOf(each.getFileName()))
                .findFirst();
        return known.orElseGet(() -> {
            String id = freeId(name);
            writeExperiment(id, name);
            return id;
        });
    }

    private List<Path> children() {
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(each -> Files.isRegularFile(each.resolve(META)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ResourceException(root.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// An id of 18 digits, as MLflow's are, which the name decides: several programs that create an experiment at the
    /// same time create one. Another one where an experiment has got another name, or was deleted.
    private String freeId(String name) {
        for (int i = 0; ; i++) {
            long number = Long.parseUnsignedLong(hash(name + "\n" + i).substring(0, 16), 16);
            String id =
                    Long.toString(100_000_000_000_000_000L + Long.remainderUnsigned(number, 900_000_000_000_000_000L));
            boolean taken = Stream.of(root, root.resolve(TRASH)).anyMatch(each -> Files.exists(each.resolve(id)));
            if (!taken) return id;
        }
    }

    private void writeExperiment(String id, String name) {
        long now = System.currentTimeMillis();
        Map<String, String> meta = new TreeMap<>();
        meta.put("artifact_location", quoted(uri(root.resolve(id))));
        meta.put("creation_time", Long.toString(now));
        meta.put("experiment_id", quoted(id));
        meta.put("last_update_time", Long.toString(now));
        meta.put("lifecycle_stage", ACTIVE);
        meta.put("name", quoted(name));
        write(folder(root.resolve(id)).resolve(META), yaml(meta));
    }

    /// The name of an experiment in its description; empty if that cannot be read.
    private static Optional<String> nameIn(Path meta) {
        try (InputStream in = Files.newInputStream(meta)) {
            List<String> lines = new String(in.readNBytes(LARGEST_META), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            int at = 0;
            while (at < lines.size() && !lines.get(at).startsWith("name:")) at++;
            if (at == lines.size()) return Optional.empty();
            var text =
                    new StringBuilder(lines.get(at).substring("name:".length()).strip());
            for (int i = at + 1; i < lines.size() && lines.get(i).startsWith(" "); i++) {
                text.append(' ').append(lines.get(i).strip()); // a long name is in several lines
            }
            return Optional.of(unquoted(text.toString()));
        } catch (IOException _) {
            return Optional.empty(); // MLflow leaves it out, too
        }
    }

    // ------------------------------------------------------------------------------------------------------- runs

    private static String meta(MlflowRun run, String experiment, String id, Path artifacts) {
        Map<String, String> meta = new TreeMap<>();
        meta.put("artifact_uri", quoted(uri(artifacts)));
        meta.put("deleted_time", "null");
        meta.put("end_time", run.end().map(each -> Long.toString(millis(each))).orElse("null"));
        meta.put("entry_point_name", "''");
        meta.put("experiment_id", quoted(experiment));
        meta.put("lifecycle_stage", ACTIVE);
        meta.put("run_id", quoted(id));
        meta.put("run_name", quoted(run.name()));
        meta.put("run_uuid", quoted(id));
        meta.put("source_name", "''");
        meta.put("source_type", Integer.toString(LOCAL));
        meta.put("source_version", "''");
        meta.put("start_time", Long.toString(millis(run.start())));
        meta.put("status", Integer.toString(run.status().number()));
        meta.put("tags", "[]");
        meta.put("user_id", quoted(user()));
        return yaml(meta);
    }

    private static String user() {
        String name = System.getProperty("user.name", "");
        return name.isBlank() ? "unknown" : name;
    }

    private static long millis(Instant time) {
        return Math.max(0, time.toEpochMilli());
    }

    private static String lines(List<Point> points) {
        return points.stream()
                .map(each -> millis(each.time()) + " " + number(each.value()) + " " + each.step() + "\n")
                .collect(Collectors.joining());
    }

    /// A number as Python writes and reads it.
    private static String number(double value) {
        if (Double.isNaN(value)) return "nan";
        return Double.isInfinite(value) ? (value > 0 ? "inf" : "-inf") : Double.toString(value);
    }

    // ------------------------------------------------------------------------------------------------------- names

    @FunctionalInterface
    private interface ToText<V> {
        String of(V value);
    }

    private static <V> SequencedMap<String, String> keyed(Map<String, V> values, ToText<V> text) {
        SequencedMap<String, String> keyed = new LinkedHashMap<>();
        Set<String> taken = new TreeSet<>(); // in lower case: some disks know no difference
        values.forEach((name, value) -> {
            String key = free(key(name), taken);
            taken.add(key.toLowerCase(Locale.ROOT));
            keyed.put(key, text.of(value));
        });
        return keyed;
    }

    /// A name that MLflow allows: a relative path that stays as it is when it is normalized.
    private static String key(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9_./ -]", "_");
        String cut = cut(plain, LONGEST_KEY);
        return Stream.of(cut.split("/", -1))
                .map(each -> each.isEmpty()
                        ? "_"
                        : each.startsWith("..") || each.equals(".") ? "_" + each.substring(1) : each)
                .collect(Collectors.joining("/"));
    }

    /// A key that is no other file, and no directory of one.
    private static String free(String key, Set<String> taken) {
        if (isFree(key, taken)) return key;
        String flat = cut(key.replace('/', '.'), LONGEST_KEY - 10);
        if (isFree(flat, taken)) return flat;
        for (int i = 2; ; i++) {
            String next = flat + "_" + i;
            if (isFree(next, taken)) return next;
        }
    }

    private static boolean isFree(String key, Set<String> taken) {
        String lower = key.toLowerCase(Locale.ROOT);
        return taken.stream()
                .noneMatch(each -> each.equals(lower) || each.startsWith(lower + "/") || lower.startsWith(each + "/"));
    }

    private static String cut(String text, int most) {
        if (text.length() <= most) return text;
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }

    // -------------------------------------------------------------------------------------------------------- YAML

    private static String yaml(Map<String, String> members) {
        return members.entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.codePoints().forEach(each -> {
            boolean lone = Character.getType(each) == Character.SURROGATE;
            if (each == '"' || each == '\\') quoted.append('\\').appendCodePoint(each);
            else if (Escapes.isUnsafe(each) || Character.getType(each) == Character.UNASSIGNED) {
                quoted.append(String.format(Locale.ROOT, "\\U%08x", lone ? 0xfffd : each));
            } else quoted.appendCodePoint(each);
        });
        return quoted.append('"').toString();
    }

    /// The text of a scalar that this class or MLflow has written.
    private static String unquoted(String scalar) {
        boolean quoted = scalar.length() > 1 && scalar.charAt(0) == scalar.charAt(scalar.length() - 1);
        if (quoted && scalar.startsWith("'")) {
            return scalar.substring(1, scalar.length() - 1).replace("''", "'");
        }
        if (!quoted || !scalar.startsWith("\"")) return scalar;
        var text = new StringBuilder();
        for (int i = 1; i < scalar.length() - 1; i++) {
            char c = scalar.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char kind = scalar.charAt(++i);
            int digits = "xuU".indexOf(kind) < 0 ? 0 : kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
            if (digits > 0
                    && i + digits < scalar.length() - 1
                    && scalar.substring(i + 1, i + 1 + digits).matches("(?i)(00[0-9a-f]{6}|[0-9a-f]{2}|[0-9a-f]{4})")) {
                int codePoint = Integer.parseInt(scalar.substring(i + 1, i + 1 + digits), 16);
                if (Character.isValidCodePoint(codePoint)) text.appendCodePoint(codePoint);
                i += digits;
            } else {
                text.append(kind == 't' ? '\t' : kind == 'n' ? '\n' : kind);
            }
        }
        return text.toString();
    }

    private static String uri(Path path) {
        return path.toUri().toString().replaceFirst("/+$", "");
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }

    // ------------------------------------------------------------------------------------------------------- files

    private static Path folder(Path path) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new ResourceException(path.toString(), "cannot be created: " + ResourceException.reason(e));
        }
        if (Files.isSymbolicLink(path)) { // files are deleted in it
            throw new ResourceException(path.toString(), "expects a directory, got a link");
        }
        return path;
    }

    /// Writes the files of a directory, and deletes those of an earlier export that are not among them.
    private static void replace(Path folder, Map<String, String> files) {
        writeAll(folder(folder), files);
        Set<Path> kept = files.keySet().stream().map(folder::resolve).collect(Collectors.toSet());
        try (Stream<Path> all = Files.walk(folder)) { // follows no links
            for (Path each : (Iterable<Path>) all::iterator) {
                if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS) && !kept.contains(each)) Files.delete(each);
            }
        } catch (IOException e) {
            throw new ResourceException(folder.toString(), "cannot be changed: " + ResourceException.reason(e));
        } catch (UncheckedIOException e) {
            throw new ResourceException(folder.toString(), "cannot be changed: " + e.getMessage());
        }
    }

    private static void writeAll(Path folder, Map<String, String> files) {
        files.forEach((name, text) -> {
            Path file = folder.resolve(name);
            folder(file.resolveSibling(""));
            writeValue(file, text);
        });
    }

    private static void write(Path file, String text) {
        AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Writes a file as a whole, but does not wait for the disk: there are dozens, and the export can be repeated.
    private static void writeValue(Path file, String text) {
        Path beside = file.resolveSibling(AtomicFile.temporaryName());
        try {
            Files.writeString(beside, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw AtomicFile.unwritten(file, e);
        }
    }

    private static void copy(Path from, Path to) {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ)) {
            AtomicFile.write(to, out -> {
                for (long at = 0; at < in.size(); ) at += in.transferTo(at, in.size() - at, out);
            });
        } catch (IOException e) {
            throw new ResourceException(from.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }
}

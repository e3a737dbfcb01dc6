package dev.neurite.dashboard.runs;

import dev.neurite.dashboard.view.StoredAdvice;
import dev.neurite.dashboard.view.WatchedRun.CheckpointFile;
import dev.neurite.error.ResourceException;
import dev.neurite.io.AtomicFile;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The files of a run's directory. Reads regular files only, and follows no links.
/// @param directory the directory
record RunFiles(Path directory) {
    static final String CONFIG = "config.yaml";
    static final String ENVIRONMENT = "env.json";
    static final String METRICS = "metrics.jsonl";
    static final String HISTOGRAMS = "histograms.jsonl";
    static final String MODEL = "model.safetensors";
    static final String CHECKPOINTS = "checkpoints";
    static final String LOCK = ".lock";

    private static final String BEST = "best.safetensors";
    private static final Pattern CHECKPOINT = Pattern.compile("step-(\\d{1,18})-epoch-\\d{1,9}\\.safetensors");
    private static final String DAMAGED = "is damaged";
    private static final int LARGEST = 1 << 16; // bytes of a text

    static boolean isRun(Path directory) {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                && (isFile(directory.resolve(CONFIG)) || isFile(directory.resolve(METRICS)));
    }

    static boolean isFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    Path metrics() {
        return directory.resolve(METRICS);
    }

    Path histograms() {
        return directory.resolve(HISTOGRAMS);
    }

    Path notes() {
        return directory.resolve(NoteFile.NAME);
    }

    Path advice() {
        return directory.resolve(StoredAdvice.FILE);
    }

    Path tests() {
        return directory.resolve(TestFile.NAME);
    }

    Path tags() {
        return directory.resolve(TagFile.NAME);
    }

    Path model() {
        return directory.resolve(MODEL);
    }

    Path config() {
        return directory.resolve(CONFIG);
    }

    Path environmentFile() {
        return directory.resolve(ENVIRONMENT);
    }

    /// The settings by path; empty without a configuration, or if it is larger than 64 kB.
    Map<String, String> settings() throws IOException {
        Optional<String> text = text(config());
        return text.map(YamlText::values).orElse(Map.of());
    }

    /// The content of `env.json`; empty without it, or if it is damaged.
    Map<String, Object> environment() {
        return new LinkedHashMap<>(object(environmentFile()));
    }

    /// The members of a small JSON object in a file; empty without the file, if it cannot be read, is larger than 64 kB
    /// or
    /// no object.
    static Map<String, Json> object(Path file) {
        try {
            Optional<String> text = text(file);
            if (text.isPresent() && Json.read(text.get()) instanceof JsonObject(Map<String, Json> members)) {
                return members;
            }
        } catch (IOException | Json.SyntaxException _) {
            // as if there were no file
        }
        return Map.of();
    }

    /// What is wrong with small files that are read as if they were not there: `tags.json is damaged`.
    List<String> damaged() {
        List<String> found = new ArrayList<>();
        for (Path each : List.of(config(), environmentFile(), tests(), tags())) {
            problem(each).ifPresent(what -> found.add(each.getFileName() + " " + what));
        }
        return found;
    }

    private static Optional<String> problem(Path file) {
        if (!isFile(file)) return Optional.empty();
        try {
            Optional<String> text = text(file);
            if (text.isEmpty()) return Optional.of("is larger than " + (LARGEST >> 10) + " kB");
            boolean whole = file.endsWith(CONFIG)
                    ? text.get().codePoints().noneMatch(each -> each == 0 || each == 0xfffd)
                    : Json.read(text.get()) instanceof JsonObject;
            return whole ? Optional.empty() : Optional.of(DAMAGED);
        } catch (IOException e) {
            return Optional.of("cannot be read: " + ResourceException.reason(e));
        } catch (Json.SyntaxException _) {
            return Optional.of(DAMAGED);
        }
    }

    /// The names of files of JSON objects that may not be read.
    List<String> unreadable() {
        return Stream.of(environmentFile(), tests(), tags())
                .filter(each -> isFile(each) && !Files.isReadable(each))
                .map(each -> String.valueOf(each.getFileName()))
                .toList();
    }

    /// Writes a small JSON object, with the version of the format and the time, as a whole or not at all.
    /// @throws IOException if that is not possible, and in the place of a link, a pipe or a directory
    static void write(Path file, SequencedMap<String, Object> values) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isFile(file)) {
            throw new FileSystemException(file.toString(), null, "it is no regular file");
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("v", 1);
        json.put("t", System.currentTimeMillis() / 1000.0);
        json.putAll(values);
        byte[] text = (Json.of(json).write() + "\n").getBytes(StandardCharsets.UTF_8);
        try (var whole = AtomicFile.open(file)) {
            ByteBuffer bytes = ByteBuffer.wrap(text);
            while (bytes.hasRemaining()) whole.channel().write(bytes);
            whole.commit();
        }
    }

    /// Bytes that are no UTF-8 are shown as such; they damage nothing else.
    private static Optional<String> text(Path file) throws IOException {
        if (!isFile(file)) return Optional.empty();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            return bytes.length > LARGEST ? Optional.empty() : Optional.of(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /// The files that are too large to be shown.
    List<String> tooLarge() throws IOException {
        List<String> names = new ArrayList<>();
        for (Path each : List.of(config(), environmentFile())) {
            if (isFile(each) && Files.size(each) > LARGEST) names.add(String.valueOf(each.getFileName()));
        }
        return names;
    }

    /// A file at one moment.
    /// @param bytes its size; −1 if it is not there
    /// @param changed when it was changed last
    record Stamp(long bytes, FileTime changed) {
        /// No file.
        static final Stamp NONE = new Stamp(-1, FileTime.fromMillis(0));

        static Stamp of(Path file) throws IOException {
            if (!isFile(file)) return NONE;
            var found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Stamp(found.size(), found.lastModifiedTime());
        }
    }

    /// A text or number of an object as text.
    static Optional<String> text(Map<String, ?> members, String key) {
        return switch (members.get(key)) {
            case JsonString(String value) -> Optional.of(value);
            case JsonNumber(String literal) -> Optional.of(literal);
            case JsonBoolean(boolean value) -> Optional.of(Boolean.toString(value));
            case null, default -> Optional.empty();
        };
    }

    /// The checkpoints, the oldest first; then the best one.
    List<CheckpointFile> checkpoints() throws IOException {
        Path folder = directory.resolve(CHECKPOINTS);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return List.of();
        List<CheckpointFile> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = String.valueOf(file.getFileName());
                Matcher numbered = CHECKPOINT.matcher(name);
                boolean steps = numbered.matches();
                if (!isFile(file) || !(steps || name.equals(BEST))) continue;
                long step = steps ? Long.parseLong(numbered.group(1)) : -1;
                found.add(new CheckpointFile(name, step, Files.size(file), !steps));
            }
        }
        found.sort(Comparator.comparing(CheckpointFile::best).thenComparingLong(CheckpointFile::step));
        return found;
    }

    Optional<Path> checkpoint(String name) throws IOException {
        return checkpoints().stream()
                .filter(each -> each.name().equals(name))
                .map(each -> directory.resolve(CHECKPOINTS).resolve(each.name()))
                .findFirst();
    }

    /// The model of the run, or before its end the newest checkpoint; empty if there is neither.
    Optional<Path> newestModel() throws IOException {
        if (isFile(model())) return Optional.of(model());
        List<CheckpointFile> numbered =
                checkpoints().stream().filter(each -> !each.best()).toList();
        return numbered.isEmpty()
                ? Optional.empty()
                : checkpoint(numbered.getLast().name());
    }

    /// When one of the run's files was changed last, in milliseconds since 1970; 0 without files.
    long changed() throws IOException {
        long newest = 0;
        for (Path file : List.of(metrics(), histograms(), directory.resolve(CHECKPOINTS), config())) {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) continue;
            newest = Math.max(
                    newest,
                    Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis());
        }
        return newest;
    }
}

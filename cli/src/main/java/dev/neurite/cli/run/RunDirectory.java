package dev.neurite.cli.run;

import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Checkpoints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A directory that keeps one training: `config.yaml` and `env.json` from its start, `metrics.jsonl`
/// and `checkpoints/` while it goes on, `model.safetensors` when it has ended well.
/// @param path where it is
public record RunDirectory(Path path) {
    /// The options of `train` that say which directory.
    public static final String OUT = "--out";

    public static final String OVERWRITE = "--overwrite";
    public static final String RESUME = "--resume";

    public static final String MODEL = LoadedModel.MODEL_FILE;
    public static final String CONFIG = "config.yaml";
    public static final String METRICS = LoadedModel.METRICS_FILE;
    private static final String CHECKPOINTS = "checkpoints";

    /// The names of all that a run has, but for what it was writing when it was killed.
    private static final Set<String> FILES =
            Set.of(CONFIG, RecordedEnvironment.FILE, METRICS, MODEL, DirectoryLock.FILE);

    private static final Pattern HALF_WRITTEN =
            Pattern.compile("\\.(neurite-[0-9a-f]+|config\\.yaml|env\\.json)\\.tmp");

    /// Refuses a directory that holds anything, unless that is a run which is to be overwritten.
    /// @throws ConfigException if it does
    public static void requireFree(Path out, boolean overwrites) {
        if (!Files.exists(out)) return;
        String where = OUT + " " + out;
        String another = "Choose another " + OUT;
        if (!Files.isDirectory(out)) throw new ConfigException(where, "expects a directory, got a file", another);
        List<Path> files = files(out);
        if (files.isEmpty() || onlyLocked(files)) return;
        Optional<Path> other = files.stream().flatMap(RunDirectory::others).findFirst();
        // A configuration by itself may be somebody's own.
        boolean run = files.contains(out.resolve(CONFIG))
                && files.contains(out.resolve(RecordedEnvironment.FILE))
                && other.isEmpty();
        if (run && overwrites) return;
        String expected = "expects a new or empty directory" + (overwrites ? ", or one with a run alone" : "");
        String got = run
                ? "a run"
                : "one " + other.map(each -> "with " + out.relativize(each)).orElse("that is no whole run");
        String hint = run ? ", or " + OVERWRITE + " it; " + RESUME + " goes on with one" : "";
        throw new ConfigException(where, expected + ", got " + got, another + hint);
    }

    private static boolean onlyLocked(List<Path> files) {
        return files.size() == 1 && files.getFirst().endsWith(DirectoryLock.FILE);
    }

    /// What no run has: that, or what of it is in the directory of checkpoints. Links are none of a run's.
    private static Stream<Path> others(Path file) {
        boolean checkpoints = file.endsWith(CHECKPOINTS) && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        if (checkpoints) return files(file).stream().filter(each -> !isOfCheckpoints(each));
        return isOf(file, FILES::contains) ? Stream.empty() : Stream.of(file);
    }

    private static boolean isOfCheckpoints(Path file) {
        return isOf(file, name -> name.equals(Checkpoints.BEST) || Checkpoints.isCheckpoint(name));
    }

    private static boolean isOf(Path file, Predicate<String> names) {
        String name = String.valueOf(file.getFileName());
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && (names.test(name) || HALF_WRITTEN.matcher(name).matches());
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new ResourceException(directory.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// Makes this directory, which may be there.
    static RunDirectory at(Path out) {
        try {
            return new RunDirectory(Files.createDirectories(out));
        } catch (IOException e) {
            throw cannotMake(out, e);
        }
    }

    /// Makes a directory `<date>_<name>-<n>` with the first n that is free.
    /// @param runs where, made if it is not there
    static RunDirectory next(Path runs, String name) {
        String stem = LocalDate.now(ZoneId.systemDefault()) + "_" + name + "-";
        try {
            Files.createDirectories(runs);
        } catch (IOException e) {
            throw cannotMake(runs, e);
        }
        for (int n = 1; ; n++) {
            Path path = runs.resolve(stem + n);
            try {
                return new RunDirectory(Files.createDirectory(path));
            } catch (FileAlreadyExistsException _) {
                // the next number, then
            } catch (IOException e) {
                throw cannotMake(path, e);
            }
        }
    }

    /// Holds the run for one process: a second one is refused.
    /// @throws ResourceException if another one has it
    DirectoryLock lock() {
        return DirectoryLock.take(path, "trained");
    }

    /// Deletes the run that was there, but for its lock, so that another can take its place.
    void clear() {
        for (Path each : files(path)) {
            if (each.endsWith(DirectoryLock.FILE)) continue;
            if (each.equals(checkpoints())) files(each).forEach(RunDirectory::delete);
            delete(each);
        }
    }

    /// Leaves nothing behind where no training began.
    /// @param made whether the directory itself is no older
    void deleteIfUnused(boolean made) {
        List<Path> files = files(path);
        if (!files.isEmpty() && !onlyLocked(files)) return;
        files.forEach(RunDirectory::delete);
        if (made) delete(path);
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be deleted: " + ResourceException.reason(e));
        }
    }

    private static ResourceException cannotMake(Path path, IOException e) {
        return new ResourceException(
                path.toString(),
                "cannot be made: " + ResourceException.reason(e),
                "Choose a place that can be written to with " + OUT);
    }

    /// The directory of a run that has begun.
    /// @throws DataException if there is none
    public static RunDirectory begun(Path path) {
        var run = new RunDirectory(path);
        if (Files.isRegularFile(run.config())) return run;
        boolean there = Files.isDirectory(path);
        throw new DataException(
                path.toString(),
                "expects a run's directory with " + CONFIG + ", got " + (there ? "one without it" : "no directory"),
                there || path.isAbsolute() ? "" : "Looked in " + Path.of("").toAbsolutePath());
    }

    public Path config() {
        return path.resolve(CONFIG);
    }

    /// Where checkpoints are.
    Path checkpoints() {
        return path.resolve(CHECKPOINTS);
    }

    /// Whether the training has ended well.
    public boolean isComplete() {
        return Files.exists(model());
    }

    public Path model() {
        return path.resolve(MODEL);
    }

    Path metrics() {
        return path.resolve(METRICS);
    }

    /// Writes a file: whole or not at all, and onto the disk.
    public void write(String name, String text) {
        Path file = path.resolve(name);
        try {
            Path temporary = path.resolve("." + name + ".tmp");
            try {
                try (var channel = FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
                    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                    while (bytes.hasRemaining()) channel.write(bytes);
                    channel.force(true); // checkpoints are no use without their configuration
                }
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be written: " + ResourceException.reason(e));
        }
    }
}

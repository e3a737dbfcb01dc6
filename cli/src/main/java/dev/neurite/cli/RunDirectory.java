package dev.neurite.cli;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A directory that keeps one training: `config.yaml` and `env.json` from its start, `metrics.jsonl`
/// and `checkpoints/` while it goes on, `model.safetensors` when it has ended well.
/// @param path where it is
record RunDirectory(Path path) {
    static final String MODEL = "model.safetensors";
    static final String CONFIG = "config.yaml";
    static final String METRICS = "metrics.jsonl";
    private static final String CHECKPOINTS = "checkpoints";

    /// The names of all that a run has.
    private static final Set<String> NAMES =
            Set.of(CONFIG, Environment.FILE, METRICS, CHECKPOINTS, MODEL, DirectoryLock.FILE);

    /// Refuses a directory that holds anything, unless that is a run which is to be overwritten.
    /// @throws ConfigException if it does
    static void requireFree(Path out, boolean overwrites) {
        if (!Files.exists(out)) return;
        String where = TrainCommand.OUT + " " + out;
        String another = "Choose another " + TrainCommand.OUT;
        if (!Files.isDirectory(out)) throw new ConfigException(where, "expects a directory, got a file", another);
        List<Path> files = files(out);
        if (files.isEmpty() || onlyLocked(files)) return;
        Optional<Path> other = files.stream().filter(each -> !isOfRun(each)).findFirst();
        boolean run = Files.isRegularFile(out.resolve(CONFIG)) && other.isEmpty();
        if (run && overwrites) return;
        String expected = "expects a new or empty directory" + (overwrites ? ", or one with a run alone" : "");
        String got = run
                ? "a run"
                : other.map(each -> "one with " + each.getFileName()).orElse("one with files");
        String hint = run ? ", or " + TrainCommand.OVERWRITE + " it; " + TrainCommand.RESUME + " goes on with one" : "";
        throw new ConfigException(where, expected + ", got " + got, another + hint);
    }

    private static boolean onlyLocked(List<Path> files) {
        return files.size() == 1 && files.getFirst().endsWith(DirectoryLock.FILE);
    }

    private static boolean isOfRun(Path file) {
        String name = String.valueOf(file.getFileName());
        return NAMES.contains(name)
                || (name.startsWith(".") && name.endsWith(".tmp")); // half-written, when it was killed
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new ResourceException(directory.toString(), "cannot be read: " + e);
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
            throw new ResourceException(file.toString(), "cannot be deleted: " + e);
        }
    }

    private static ResourceException cannotMake(Path path, IOException e) {
        return new ResourceException(
                path.toString(),
                "cannot be made: " + e,
                "Choose a place that can be written to with " + TrainCommand.OUT);
    }

    /// The directory of a run that has begun.
    /// @throws DataException if there is none
    static RunDirectory begun(Path path) {
        var run = new RunDirectory(path);
        if (Files.isRegularFile(run.config())) return run;
        boolean there = Files.isDirectory(path);
        throw new DataException(
                path.toString(),
                "expects a run's directory with " + CONFIG + ", got " + (there ? "one without it" : "no directory"),
                there || path.isAbsolute() ? "" : "Looked in " + Path.of("").toAbsolutePath());
    }

    Path config() {
        return path.resolve(CONFIG);
    }

    /// Where checkpoints are.
    Path checkpoints() {
        return path.resolve(CHECKPOINTS);
    }

    /// Whether the training has ended well.
    boolean isComplete() {
        return Files.exists(model());
    }

    Path model() {
        return path.resolve(MODEL);
    }

    Path metrics() {
        return path.resolve(METRICS);
    }

    /// The lines of a file.
    List<String> lines(String name) {
        try {
            return Files.readAllLines(path.resolve(name));
        } catch (IOException e) {
            throw new ResourceException(path.resolve(name).toString(), "cannot be read: " + e);
        }
    }

    /// Writes a file: whole or not at all.
    void write(String name, String text) {
        Path file = path.resolve(name);
        try {
            Path temporary = path.resolve("." + name + ".tmp");
            try {
                Files.writeString(temporary, text);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be written: " + e);
        }
    }
}

package dev.neurite.cli;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;

/// A directory that keeps one training: `config.yaml` and `env.json` from its start, `metrics.jsonl`
/// and `checkpoints/` while it goes on, `model.safetensors` when it has ended well.
/// @param path where it is
record RunDirectory(Path path) {
    static final String MODEL = "model.safetensors";
    static final String CONFIG = "config.yaml";
    static final String METRICS = "metrics.jsonl";
    private static final String CHECKPOINTS = "checkpoints";

    /// Refuses a directory that holds anything.
    /// @throws ConfigException if it is there and not empty
    static void requireFree(Path out) {
        if (!Files.exists(out)) return;
        String hint = "Choose another --out; a run is never overwritten";
        if (!Files.isDirectory(out)) {
            throw new ConfigException("--out " + out, "expects a directory, got a file", hint);
        }
        try (Stream<Path> files = Files.list(out)) {
            if (files.findAny().isPresent()) {
                throw new ConfigException("--out " + out, "expects a new or empty directory, got one with files", hint);
            }
        } catch (IOException e) {
            throw new ResourceException(out.toString(), "cannot be read: " + e);
        }
    }

    /// Makes this directory, which may be there if it is empty.
    static RunDirectory at(Path out) {
        requireFree(out);
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

    private static ResourceException cannotMake(Path path, IOException e) {
        return new ResourceException(
                path.toString(), "cannot be made: " + e, "Choose a place that can be written to with --out");
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

    /// Holds the run for one process: a second one is refused. The system gives it back when the process ends, however
    /// it does.
    /// @throws ResourceException if another process holds it
    FileChannel lock() {
        try {
            var channel = FileChannel.open(config(), StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (ProcessLock.take(channel)) return channel;
            channel.close();
        } catch (IOException e) {
            throw new ResourceException(config().toString(), "cannot be locked: " + e);
        }
        throw new ResourceException(
                path.toString(),
                "expects to be trained by one process at a time, got a second one",
                "Wait until the other one has ended, or end it");
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

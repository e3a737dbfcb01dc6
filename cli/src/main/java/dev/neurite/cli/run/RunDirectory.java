package dev.neurite.cli.run;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.network.ForeignFile;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.dashboard.runs.TagFile;
import dev.neurite.dashboard.runs.TestFile;
import dev.neurite.dashboard.view.StoredAdvice;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.AtomicFile;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.LoraFile;
import dev.neurite.io.ModelFile;
import dev.neurite.tensorboard.EventFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The directory of a run: `config.yaml` and `env.json` from its start, `metrics.jsonl`, `checkpoints/` and, if asked
/// for, event files of TensorBoard during the training, `model.safetensors` and `test.json` after its end; `tags.json`
/// where people have tagged it.
/// @param path the directory
public record RunDirectory(Path path) {
    /// Options of `train` that choose the directory.
    public static final String OUT = "--out";

    public static final String OVERWRITE = "--overwrite";
    public static final String RESUME = "--resume";

    public static final String MODEL = LoadedModel.MODEL_FILE;
    public static final String CONFIG = "config.yaml";
    public static final String METRICS = LoadedModel.METRICS_FILE;
    static final String HISTOGRAMS = "histograms.jsonl";

    private static final String NOTES = "notes.jsonl";

    /// The log of the cluster's software, which begins before the run: the cluster may refuse it.
    private static final String CLUSTER_LOG = "spark.log";

    /// The names of all files of a run, without temporary files.
    private static final Set<String> FILES = Set.of(
            CONFIG,
            RecordedEnvironment.FILE,
            METRICS,
            HISTOGRAMS,
            StoredAdvice.FILE,
            NOTES,
            TagFile.NAME,
            TestFile.NAME,
            MODEL,
            LoraFile.TENSORS,
            LoraFile.CONFIG,
            CLUSTER_LOG,
            DirectoryLock.FILE);

    /// Refuses a directory that is not empty, unless it holds only a run that may be overwritten.
    /// @throws ConfigException otherwise
    public static void requireFree(Path out, boolean overwrites) {
        if (!Files.exists(out)) return;
        String where = OUT + " " + out;
        String another = "Choose another " + OUT;
        if (!Files.isDirectory(out)) throw new ConfigException(where, "expects a directory, got a file", another);
        List<Path> files = files(out);
        if (files.stream().allMatch(RunDirectory::isFirst)) return;
        Optional<Path> other =
                files.stream().flatMap(RunDirectory::foreignFiles).findFirst();
        // A configuration alone may be a user's own file.
        boolean run = files.contains(out.resolve(CONFIG))
                && files.contains(out.resolve(RecordedEnvironment.FILE))
                && other.isEmpty();
        if (run && overwrites) return;
        String expected = "expects a new or empty directory" + (overwrites ? ", or one that holds only a run" : "");
        String got = run
                ? "a run"
                : "one " + other.map(each -> "with " + out.relativize(each)).orElse("that is not a complete run");
        String hint = run ? ", or replace the run with " + OVERWRITE + ", or continue it with " + RESUME : "";
        throw new ConfigException(where, expected + ", got " + got, another + hint);
    }

    /// Whether a file may be there before a run begins.
    private static boolean isFirst(Path file) {
        return file.endsWith(DirectoryLock.FILE) || file.endsWith(CLUSTER_LOG);
    }

    /// The files that do not belong to a run: the file itself, or those in its directory of
    /// checkpoints. A run has no links.
    private static Stream<Path> foreignFiles(Path file) {
        boolean checkpoints =
                file.endsWith(LoadedModel.CHECKPOINTS) && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        if (checkpoints) return files(file).stream().filter(each -> !isCheckpointFile(each));
        return isOwn(file) ? Stream.empty() : Stream.of(file);
    }

    /// The files of the run that a path is or is in, of which some may be read with it; empty if that is no run.
    /// @param path the directory, a model file or a checkpoint
    public static List<Path> filesBeside(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        return Stream.iterate(Optional.of(absolute), each -> each.map(Path::getParent))
                .limit(3)
                .flatMap(Optional::stream)
                .filter(each -> Files.isRegularFile(each.resolve(CONFIG))
                        && Files.isRegularFile(each.resolve(RecordedEnvironment.FILE)))
                .findFirst()
                .map(RunDirectory::ownFiles)
                .orElse(List.of());
    }

    private static List<Path> ownFiles(Path run) {
        Path checkpoints = run.resolve(LoadedModel.CHECKPOINTS);
        Stream<Path> kept = Files.isDirectory(checkpoints) ? files(checkpoints).stream() : Stream.empty();
        return Stream.concat(
                        files(run).stream().filter(RunDirectory::isOwn), kept.filter(RunDirectory::isCheckpointFile))
                .toList();
    }

    private static boolean isOwn(Path file) {
        return isOf(file, name -> FILES.contains(name) || EventFile.isEventFile(name));
    }

    private static boolean isCheckpointFile(Path file) {
        return isOf(file, name -> name.equals(Checkpoints.BEST) || Checkpoints.isCheckpoint(name));
    }

    private static boolean isOf(Path file, Predicate<String> names) {
        String name = String.valueOf(file.getFileName());
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && (names.test(name) || AtomicFile.isTemporary(name));
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new ResourceException(directory.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// Creates the directory, if it does not exist.
    static RunDirectory at(Path out) {
        try {
            return new RunDirectory(Files.createDirectories(out));
        } catch (IOException e) {
            throw cannotMake(out, e);
        }
    }

    /// Creates a directory `<date>_<name>-<n>` with the first free n.
    /// @param runs the parent directory, created if it does not exist
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
                // try the next number
            } catch (IOException e) {
                throw cannotMake(path, e);
            }
        }
    }

    /// Locks the run for this process.
    /// @throws ResourceException if another process has locked it
    DirectoryLock lock() {
        return DirectoryLock.take(path, "trained");
    }

    /// Deletes all files of the run except those of the one that is about to begin in the same directory.
    void clear() {
        List<Path> files = new ArrayList<>(files(path));
        if (files.remove(metrics())) files.add(metrics()); // last: until then what is left is still a run
        for (Path each : files) {
            if (isFirst(each)) continue;
            if (each.equals(checkpoints())) files(each).forEach(RunDirectory::delete);
            delete(each);
        }
    }

    /// Refuses a directory that [#remove] would not delete.
    /// @throws ConfigException if it is no run, or holds anything else; a link is no run
    public void requireRemovable() {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw notRemovable(Files.isSymbolicLink(path) ? "a link" : "no directory");
        }
        List<Path> files = files(path);
        Optional<Path> other =
                files.stream().flatMap(RunDirectory::foreignFiles).findFirst();
        if (other.isPresent()) throw notRemovable("one with " + path.relativize(other.get()));
        boolean begun = files.contains(metrics()) || files.contains(path.resolve(RecordedEnvironment.FILE));
        if (!begun) throw notRemovable("one without " + METRICS); // a configuration alone may be a user's own file
    }

    private ConfigException notRemovable(String got) {
        return new ConfigException(path.toString(), "expects a directory that holds only a run, got " + got);
    }

    /// Deletes the run: its files, then the directory. No training can begin in it meanwhile.
    /// @throws ConfigException if it is no run, or holds anything else
    /// @throws ResourceException if a process trains it, or a file cannot be deleted
    public void remove() {
        requireRemovable();
        DirectoryLock lock = DirectoryLock.tryTake(path).orElseThrow(this::trained);
        try {
            clear();
            if (Files.exists(clusterLog())) delete(clusterLog());
        } catch (ResourceException e) {
            lock.close();
            throw e;
        }
        lock.delete();
        delete(path);
    }

    /// The error for a run that a process trains.
    public ResourceException trained() {
        return new ResourceException(
                path.toString(),
                "expects a run that no process trains, got one that is being trained",
                DirectoryLock.WAIT);
    }

    /// Releases the lock. If no training has begun, also deletes the lock's file.
    /// @param made whether to delete the directory too, as it was created for this run, unless it has the
    /// log of a cluster
    void release(DirectoryLock lock, boolean made) {
        List<Path> files = files(path);
        if (!files.stream().allMatch(RunDirectory::isFirst)) {
            lock.close();
            return;
        }
        lock.abandon();
        if (!made || files.contains(clusterLog())) return;
        try {
            Files.deleteIfExists(path);
        } catch (DirectoryNotEmptyException _) {
            // another process has begun a run in it since the lock was released
        } catch (IOException e) {
            throw new ResourceException(path.toString(), "cannot be deleted: " + ResourceException.reason(e));
        }
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
                "cannot be created: " + ResourceException.reason(e),
                "Choose a writable place with " + OUT);
    }

    /// Opens the directory of a run that has begun.
    /// @throws DataException if there is no run
    public static RunDirectory open(Path path) {
        var run = new RunDirectory(path);
        if (Files.isRegularFile(run.config())) return run;
        ForeignFile.refuseAsRun(path.toString(), "a run's directory");
        boolean there = Files.isDirectory(path);
        throw new DataException(
                path.toString(),
                "expects a run's directory with " + CONFIG + ", got " + (there ? "one without it" : "no directory"),
                there || path.isAbsolute() ? "" : "Looked in " + Path.of("").toAbsolutePath());
    }

    public Path config() {
        return path.resolve(CONFIG);
    }

    Path checkpoints() {
        return path.resolve(LoadedModel.CHECKPOINTS);
    }

    /// Whether the training has ended and the model is saved.
    public boolean isComplete() {
        return Files.exists(model());
    }

    public Path model() {
        return path.resolve(MODEL);
    }

    /// Writes the model of a training that has ended. Where that fails, as on a full disk, the model is written
    /// elsewhere: it would be lost.
    /// @param elsewhere a directory
    /// @throws ResourceException if it is not in its place; says where it is, or how to train on
    void save(ModelFile model, Path elsewhere) {
        try {
            model.write(model(), Catalog.standard());
        } catch (ResourceException e) {
            var problem = new ResourceException(e.where(), e.problem(), afterFailure(model, elsewhere));
            problem.initCause(e);
            throw problem;
        }
    }

    private String afterFailure(ModelFile model, Path elsewhere) {
        Path other = elsewhere.resolve("neurite-" + UUID.randomUUID() + ".safetensors");
        try {
            model.write(other, Catalog.standard());
            return "The trained model is in " + other + ": make room, and move it to " + model();
        } catch (ResourceException _) {
            String resume = Console.commandLine("train", RESUME, path.toString());
            return (Checkpoints.files(checkpoints()).isEmpty()
                            ? "The trained model is lost, and there is no checkpoint; make room, and train again: "
                            : "The steps after the newest checkpoint are lost; make room, and take them again: ")
                    + resume;
        }
    }

    /// The log of the cluster's software; there is none without anything to say.
    Path clusterLog() {
        return path.resolve(CLUSTER_LOG);
    }

    Path metrics() {
        return path.resolve(METRICS);
    }

    /// Writes a file as a whole or not at all, and flushes it to the disk.
    public void write(String name, String text) {
        AtomicFile.write(path.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }
}

package dev.neurite.cli.library;

import dev.neurite.cli.run.RunDirectory;
import dev.neurite.dashboard.runs.DirectoryRun;
import dev.neurite.dashboard.runs.RunDirectories;
import dev.neurite.dashboard.runs.RunSummary;
import dev.neurite.dashboard.runs.SubjectReader;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/// The runs of a directory.
/// @param directory that of one run or of several
record RunLibrary(Path directory) {
    /// Where a training makes its run.
    static final String USUAL = "runs";

    private static final SubjectReader NO_MODELS = _ -> {
        throw new IllegalStateException("a list reads no model");
    };

    /// A run of the library, or another.
    /// @param path as a user types it
    /// @param run its files
    /// @param summary its line in a list
    record Found(Path path, DirectoryRun run, RunSummary summary) {
        /// Whether it has a model.
        boolean hasModel() {
            return new RunDirectory(run.directory()).isComplete();
        }
    }

    /// The library in a directory.
    /// @param where what names it, for messages
    static RunLibrary of(String where, String directory) {
        return new RunLibrary(path(where, directory));
    }

    private static Path path(String where, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigException(where, "expects a path, got '" + text + "': " + e.getReason());
        }
    }

    /// All runs, the oldest first.
    /// @throws DataException if the directory does not exist
    List<Found> runs() {
        if (!Files.isDirectory(directory)) {
            throw new DataException(
                    directory.toString(),
                    "expects a directory of runs, got " + (Files.exists(directory) ? "a file" : "nothing"),
                    "'neurite train iris' makes a first run in " + USUAL);
        }
        return runs(directory);
    }

    private static List<Found> runs(Path directory) {
        RunDirectories all = RunDirectories.of(directory, NO_MODELS);
        boolean one = !all.root().equals(directory.toAbsolutePath().normalize());
        return all.summaries().reversed().stream()
                .map(each -> new Found(
                        one ? directory : directory.resolve(all.root().relativize(each.directory())),
                        new DirectoryRun(each.id(), each.directory(), NO_MODELS),
                        each))
                .toList();
    }

    /// The run of a path, or of a name in the library.
    /// @throws DataException if there is none
    Found find(String given) {
        Path path = path("RUN", given);
        if (!given.isEmpty() && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            List<Found> at = runs(path);
            if (at.size() == 1 && at.getFirst().path().equals(path)) return at.getFirst();
        }
        List<Found> known = Files.isDirectory(directory) ? runs(directory) : List.of();
        return known.stream()
                .filter(each -> each.summary().id().equals(given))
                .findFirst()
                .orElseThrow(() -> missing(given, path, known));
    }

    private DataException missing(String given, Path path, List<Found> known) {
        boolean nothing = given.isEmpty() || Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
        String got = "a file";
        if (nothing) got = "nothing of that name";
        else if (Files.isSymbolicLink(path)) got = "a link";
        else if (Files.isDirectory(path)) got = "a directory that is no run";
        List<String> names = known.stream().map(each -> each.summary().id()).toList();
        return new DataException(
                given.isEmpty() ? "RUN" : given,
                "expects a run's directory, or the name of a run in " + directory + ", got " + got,
                nothing && !given.isEmpty() ? Spelling.hint(given, names) : "");
    }
}

package dev.neurite.cli.search;

import dev.neurite.cli.run.RunExports;
import dev.neurite.tensorboard.EventFile;
import dev.neurite.tensorboard.TensorBoardLog;
import dev.neurite.train.Callback;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.Consumer;

/// The event files of a trial for TensorBoard: a directory for the trial, with one for each fold. Folds have the same
/// hyperparameters, so that TensorBoard shows them as one group.
final class TrialBoard {
    /// The directory of event files in that of a search.
    static final String DIRECTORY = "tensorboard";

    private final Path directory;
    private final Consumer<String> warnings;
    private final SequencedMap<String, String> values;
    private final String tag;
    private long steps; // of the last training

    /// @param directory of the trial
    /// @param values that it tries, by key
    /// @param metric that trials are compared by
    TrialBoard(Path directory, Consumer<String> warnings, SequencedMap<String, String> values, String metric) {
        this.directory = directory;
        this.warnings = warnings;
        this.values = values;
        this.tag = metric + "/held_out";
    }

    /// The directory of a trial.
    /// @param search the directory of the search
    /// @param rung of halving, from 0
    static Path directory(Path search, int trial, int rung) {
        String name = String.format(Locale.ROOT, "trial-%04d", trial) + (rung == 0 ? "" : "-rung-" + (rung + 1));
        return search.resolve(DIRECTORY).resolve(name);
    }

    /// Watches the training of a fold.
    /// @param fold from 1
    List<Callback> callbacks(int fold) {
        TensorBoardLog log = new TensorBoardLog(fold(fold), warnings)
                .withHparams(RunExports.hparams(values))
                .withCompared(List.of(tag));
        return List.of(log, training -> _ -> steps = training.steps());
    }

    /// Writes the score of a fold.
    /// @param fold from 1
    void ended(int fold, double score) {
        try (EventFile file = EventFile.next(fold(fold), warnings)) {
            file.scalar(tag, steps, score);
        }
    }

    private Path fold(int fold) {
        return directory.resolve("fold-" + fold);
    }

    /// Deletes the event files of a search, and directories that are then empty.
    static void delete(Path search) throws IOException {
        deleteIn(search.resolve(DIRECTORY));
    }

    private static void deleteIn(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) return;
        boolean empty = true;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path each : files) {
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) deleteIn(each);
                else if (EventFile.isEventFile(String.valueOf(each.getFileName()))) Files.delete(each);
                if (Files.exists(each, LinkOption.NOFOLLOW_LINKS)) empty = false;
            }
        }
        if (empty) Files.delete(directory);
    }
}

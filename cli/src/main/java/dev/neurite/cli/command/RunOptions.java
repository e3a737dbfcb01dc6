package dev.neurite.cli.command;

import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.option.ClusterOptions;
import dev.neurite.cli.option.DataOptions;
import dev.neurite.cli.option.HtmlOption;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.cli.run.RunExports;
import dev.neurite.error.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of `train` about the run: its directory, what it measures, resuming and folds.
final class RunOptions {
    static final String FOLDS = "--folds";

    @Option(
            names = RunDirectory.RESUME,
            paramLabel = "RUN",
            description =
                    "Continue a run that was interrupted, killed or paused, from its newest checkpoint. The result has"
                            + " the same bits as without the interruption. Takes no DATA; all settings are the run's.")
    private @Nullable String resume;

    @Option(
            names = RunDirectory.OUT,
            paramLabel = "DIR",
            description = "Directory of the run, new or empty; runs/<date>_<name>-<n> by default.")
    private @Nullable String out;

    @Option(
            names = RunDirectory.OVERWRITE,
            description = "Replace the run in " + RunDirectory.OUT + "; it is deleted when the training starts.")
    private boolean overwrite;

    @Option(
            names = FOLDS,
            paramLabel = "K",
            description = "Cross-validation instead of a run: splits the training part into K folds, trains K times"
                    + " without one fold and evaluates on that fold. Prints loss, accuracy and --metrics of each"
                    + " fold, their mean and standard deviation. Saves no model and does not use the test part.")
    private @Nullable Integer folds;

    @Option(
            names = RunExports.TENSORBOARD,
            description = "Also write event files for TensorBoard into the run: losses, metrics, histograms of the"
                    + " parameters, the confusion matrix, settings. 'tensorboard --logdir runs' shows them.")
    private boolean tensorboard;

    @Mixin
    private HtmlOption html = new HtmlOption();

    /// The number of folds of a cross-validation; empty for a usual training.
    /// @throws ConfigException for fewer than two
    OptionalInt folds() {
        if (folds == null) return OptionalInt.empty();
        if (folds < 2) throw new ConfigException(FOLDS, "expects at least 2, got " + folds);
        return OptionalInt.of(folds);
    }

    /// Refuses options that a training on a cluster does not have.
    void refuseWithCluster() {
        if (folds != null) throw ClusterOptions.refused(FOLDS, "");
    }

    Optional<String> resumed() {
        return Optional.ofNullable(resume);
    }

    /// Whether the run may replace one that is there.
    boolean overwrites() {
        return overwrite;
    }

    /// What to write besides the run.
    /// @param read what the command reads
    /// @throws ConfigException for a file of a report that cannot be written
    RunExports exports(FilesRead read) {
        Optional<Path> directory =
                Optional.ofNullable(resume != null ? resume : out).flatMap(RunOptions::path);
        return new RunExports(html.file(read, directory), tensorboard);
    }

    private static Optional<Path> path(String text) {
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException _) {
            return Optional.empty(); // refused by #directory
        }
    }

    /// The directory that `--out` names; empty for the next free one.
    /// @throws ConfigException if it is not free, or for `--overwrite` alone
    Optional<Path> directory() {
        if (out == null && overwrite) {
            throw new ConfigException(
                    RunDirectory.OVERWRITE, "expects " + RunDirectory.OUT + " with the run to overwrite, got none");
        }
        if (out == null) return Optional.empty();
        try {
            if (out.isBlank()) throw new ConfigException(RunDirectory.OUT, "expects a directory, got nothing");
            Path path = Path.of(out);
            RunDirectory.requireFree(path, overwrite);
            return Optional.of(path);
        } catch (InvalidPathException e) {
            throw new ConfigException(RunDirectory.OUT, "expects a directory, got '" + out + "': " + e.getReason());
        }
    }

    /// Refuses options that choose a directory, for a run that has one.
    void refuseDirectory() {
        if (out == null && !overwrite) return;
        throw new ConfigException(
                out != null ? RunDirectory.OUT : RunDirectory.OVERWRITE,
                "expects no " + RunDirectory.RESUME + ", got both");
    }

    /// Refuses options without meaning for cross-validation, whose trainings end by themselves and are not kept.
    void refuseWithFolds(TrainSettings settings) {
        Map<String, Boolean> given = new LinkedHashMap<>();
        given.put(RunDirectory.RESUME, resume != null);
        given.put(RunDirectory.OUT, out != null);
        given.put(RunDirectory.OVERWRITE, overwrite);
        given.put(RunExports.TENSORBOARD, tensorboard);
        given.put(HtmlOption.NAME, html.isGiven());
        boolean validated = settings.data().validation().isPresent();
        given.put(DataOptions.VALIDATION, validated && !settings.watchesMetric());
        given.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .findFirst()
                .or(settings::givenStop)
                .ifPresent(option -> {
                    throw new ConfigException(
                            option, "expects no " + FOLDS + ", whose trainings end by themselves and are not saved");
                });
    }
}

package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.MonitoredMetric;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of early stopping, pausing and checkpoints.
public final class CheckpointOptions {
    public static final String CHECKPOINT_EVERY = "--checkpoint-every";
    public static final String CHECKPOINT_EPOCHS = "--checkpoint-epochs";
    static final String EARLY_STOPPING = "--early-stopping";
    public static final String KEEP = "--keep";
    static final String MONITOR = "--monitor";
    private static final String MIN_DELTA = "--min-delta";
    public static final String TIME_LIMIT = "--time-limit";
    public static final String VALIDATE_EVERY = "--validate-every";
    static final String SKIP_DIVERGED = "--skip-diverged";

    @Option(
            names = EARLY_STOPPING,
            paramLabel = "EPOCHS",
            description = "Stop when --monitor has not improved for this many epochs, and keep the best weights. Needs"
                    + " --validation.")
    private @Nullable Integer patience;

    @Option(
            names = MONITOR,
            paramLabel = "METRIC",
            description = "The validation metric that decides which epoch is best: loss (default), accuracy, or"
                    + " one of --metrics. Keeps the best model. Needs --validation.")
    private @Nullable String monitor;

    @Option(
            names = MIN_DELTA,
            paramLabel = "D",
            description = "The smallest change that --early-stopping counts as an improvement; 0 by default.")
    private @Nullable Double minDelta;

    @Option(
            names = TIME_LIMIT,
            paramLabel = "TIME",
            description = "Pause after this time: 90s, 30m, 8h. Continue with --resume.")
    private @Nullable String timeLimit;

    @Option(
            names = CHECKPOINT_EVERY,
            paramLabel = "STEPS",
            description = "Write a checkpoint every this many steps. Without this option and " + CHECKPOINT_EPOCHS
                    + " at the end of an epoch, at most every 20 seconds. --resume continues from the newest.")
    private @Nullable Integer checkpointEvery;

    @Option(
            names = CHECKPOINT_EPOCHS,
            paramLabel = "EPOCHS",
            description =
                    "Write a checkpoint every this many epochs, in addition to those of " + CHECKPOINT_EVERY + ".")
    private @Nullable Integer checkpointEpochs;

    @Option(names = KEEP, paramLabel = "N", description = "How many checkpoints to keep: the newest 2 by default.")
    private @Nullable Integer keep;

    @Option(
            names = VALIDATE_EVERY,
            paramLabel = "STEPS",
            description = "Also evaluate every this many steps; the metrics go to metrics.jsonl.")
    private @Nullable Integer validateEvery;

    @Option(
            names = SKIP_DIVERGED,
            paramLabel = "N",
            description = "Skip up to N batches in a row whose loss or gradient is not finite; 0 by default.")
    private int skipDiverged;

    /// The settings.
    /// @param rule the optimizer, or L-BFGS
    /// @throws ConfigException for a value out of range, or an option that L-BFGS does not have
    CheckpointSettings settings(Record rule) {
        TrainingOptions.refuseForMinimizer(rule, CHECKPOINT_EVERY, checkpointEvery != null);
        TrainingOptions.refuseForMinimizer(rule, VALIDATE_EVERY, validateEvery != null);
        TrainingOptions.refuseForMinimizer(rule, SKIP_DIVERGED, skipDiverged > 0);
        if (skipDiverged < 0) throw new ConfigException(SKIP_DIVERGED, "expects at least 0, got " + skipDiverged);
        if (minDelta != null && patience == null) {
            throw new ConfigException(MIN_DELTA, "expects " + EARLY_STOPPING + ", got none");
        }
        return new CheckpointSettings(
                stopping(),
                Optional.ofNullable(monitor),
                Optional.ofNullable(timeLimit).map(CheckpointOptions::duration),
                TrainingOptions.positive(CHECKPOINT_EVERY, checkpointEvery),
                TrainingOptions.positive(CHECKPOINT_EPOCHS, checkpointEpochs),
                TrainingOptions.positive(KEEP, keep).orElse(CheckpointSettings.DEFAULT_KEEP),
                TrainingOptions.positive(VALIDATE_EVERY, validateEvery),
                skipDiverged);
    }

    private Optional<EarlyStopping> stopping() {
        OptionalInt epochs = TrainingOptions.positive(EARLY_STOPPING, patience);
        if (epochs.isEmpty()) return Optional.empty();
        double difference = minDelta == null ? 0 : minDelta;
        if (!(difference >= 0 && difference < Double.POSITIVE_INFINITY)) {
            throw new ConfigException(MIN_DELTA, "expects a number from 0, got " + difference);
        }
        String metric = monitor == null ? MonitoredMetric.LOSS : monitor;
        return Optional.of(
                OptionValue.of(EARLY_STOPPING, () -> new EarlyStopping(metric, epochs.getAsInt(), difference)));
    }

    private static Duration duration(String text) {
        if (!text.matches("[1-9][0-9]{0,5}[smh]")) {
            throw new ConfigException(TIME_LIMIT, "expects a time as in 90s, 30m or 8h, got '" + text + "'");
        }
        return Duration.parse("PT" + text);
    }
}

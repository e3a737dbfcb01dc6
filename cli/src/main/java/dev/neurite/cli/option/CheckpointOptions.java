package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.MonitoredMetric;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say when a training ends early, and what of it is kept while it goes on.
public final class CheckpointOptions {
    public static final String CHECKPOINT_EVERY = "--checkpoint-every";
    public static final String CHECKPOINT_EPOCHS = "--checkpoint-epochs";
    static final String EARLY_STOPPING = "--early-stopping";
    public static final String KEEP = "--keep";
    static final String MONITOR = "--monitor";
    private static final String MIN_DELTA = "--min-delta";
    public static final String TIME_LIMIT = "--time-limit";
    public static final String VALIDATE_EVERY = "--validate-every";
    private static final String SKIP_DIVERGED = "--skip-diverged";

    @Option(
            names = EARLY_STOPPING,
            paramLabel = "EPOCHS",
            description = "End when the validation data has not become better for so many epochs; the best weights are"
                    + " kept. Needs --validation.")
    private @Nullable Integer patience;

    @Option(
            names = MONITOR,
            paramLabel = "FIGURE",
            description = "What has to become better, and says which epoch was best: loss (default), accuracy, or a"
                    + " metric of --metrics. Needs --validation.")
    private @Nullable String monitor;

    @Option(
            names = MIN_DELTA,
            paramLabel = "D",
            description = "By how much it has to become better to count for --early-stopping; 0 by default.")
    private @Nullable Double minDelta;

    @Option(
            names = TIME_LIMIT,
            paramLabel = "TIME",
            description = "Pause after so long: 90s, 30m, 8h. --resume goes on.")
    private @Nullable String timeLimit;

    @Option(
            names = CHECKPOINT_EVERY,
            paramLabel = "STEPS",
            description = "Write a checkpoint after every so many steps; without it and " + CHECKPOINT_EPOCHS
                    + " at the end of an epoch, but not within 20 seconds of the last. --resume goes on from"
                    + " the newest.")
    private @Nullable Integer checkpointEvery;

    @Option(
            names = CHECKPOINT_EPOCHS,
            paramLabel = "EPOCHS",
            description = "Write a checkpoint at the end of every so many epochs; beside those of " + CHECKPOINT_EVERY
                    + ", where both are given.")
    private @Nullable Integer checkpointEpochs;

    @Option(names = KEEP, paramLabel = "N", description = "How many checkpoints stay: 2 by default.")
    private @Nullable Integer keep;

    @Option(
            names = VALIDATE_EVERY,
            paramLabel = "STEPS",
            description = "Also validate after every so many steps, for metrics.jsonl.")
    private @Nullable Integer validateEvery;

    @Option(
            names = SKIP_DIVERGED,
            paramLabel = "N",
            description = "Pass over up to N batches in a row whose loss or gradient is no number; 0 by default.")
    private int skipDiverged;

    /// What the options say.
    /// @param rule what changes the parameters
    /// @throws ConfigException for what is out of its range
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
                TrainingOptions.positive(KEEP, keep).orElse(CheckpointSettings.USUAL_KEEP),
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
        String figure = monitor == null ? MonitoredMetric.LOSS : monitor;
        return Optional.of(Checked.of(EARLY_STOPPING, () -> new EarlyStopping(figure, epochs.getAsInt(), difference)));
    }

    private static Duration duration(String text) {
        if (!text.matches("[1-9][0-9]{0,5}[smh]")) {
            throw new ConfigException(TIME_LIMIT, "expects a time as in 90s, 30m or 8h, got '" + text + "'");
        }
        return Duration.parse("PT" + text);
    }
}

package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.train.Trainer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of checkpoints.
public final class CheckpointOptions {
    public static final String CHECKPOINT_EVERY = "--checkpoint-every";
    public static final String CHECKPOINT_EPOCHS = "--checkpoint-epochs";
    public static final String KEEP = "--keep";

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

    /// The settings.
    /// @param trainer with the settings of the training
    /// @throws ConfigException for a value out of range, or an option that L-BFGS does not have
    CheckpointSettings settings(Trainer trainer) {
        if (checkpointEvery != null && trainer.minimizer().isPresent()) {
            throw new ConfigException(
                    CHECKPOINT_EVERY, "expects an optimizer that takes a step for each batch, got --optimizer lbfgs");
        }
        return new CheckpointSettings(
                TrainingOptions.positive(CHECKPOINT_EVERY, checkpointEvery),
                TrainingOptions.positive(CHECKPOINT_EPOCHS, checkpointEpochs),
                TrainingOptions.positive(KEEP, keep).orElse(CheckpointSettings.DEFAULT_KEEP));
    }
}

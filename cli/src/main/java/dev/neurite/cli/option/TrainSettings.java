package dev.neurite.cli.option;

import dev.neurite.cli.network.NetworkSource;
import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.network.SmallCnn;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Schedules;

/// All settings of a training, checked before any data is read.
/// @param data of the data
/// @param network of the network
/// @param loss of the loss
/// @param optimizer of a step
/// @param schedule of epochs, learning-rate schedule, averaging and freezing
/// @param checkpoints of early stopping, pausing and checkpoints
/// @param seed of all random choices
/// @param threads the number of threads that compute
public record TrainSettings(
        DataSettings data,
        NetworkSettings network,
        LossSettings loss,
        OptimizerSettings optimizer,
        ScheduleSettings schedule,
        CheckpointSettings checkpoints,
        long seed,
        int threads) {
    private static final double IMAGE_RATE = 0.003; // of a small network with batch norm

    /// Refuses augmentations that mix rows, if rows belong to shards.
    /// @throws ConfigException then
    public TrainSettings {
        if (optimizer.rowsByShard() && data.augmentations().mixes()) {
            throw new ConfigException(
                    DataOptions.AUGMENT,
                    "expects augmentations that change each row by itself, as rows belong to shards, got "
                            + Catalog.standard().brief(data.augmentations()));
        }
    }

    /// The same for a training on a cluster: rows belong to shards.
    /// @throws ConfigException naming the first option that a cluster does not have
    public TrainSettings onCluster() {
        if (optimizer.rule() instanceof Lbfgs) throw ClusterOptions.refused(OptimizerOptions.OPTIMIZER + " lbfgs", "");
        if (data.prefetch().isPresent()) throw ClusterOptions.refused(DataOptions.PREFETCH, "");
        if (checkpoints.checkpointSteps().isPresent()) {
            throw ClusterOptions.refused(
                    CheckpointOptions.CHECKPOINT_EVERY, "Use " + CheckpointOptions.CHECKPOINT_EPOCHS);
        }
        if (checkpoints.validateEvery().isPresent()) {
            throw ClusterOptions.refused(
                    CheckpointOptions.VALIDATE_EVERY, "The model is evaluated at the end of each epoch");
        }
        if (checkpoints.skipDiverged() > 0) throw ClusterOptions.refused(CheckpointOptions.SKIP_DIVERGED, "");
        return new TrainSettings(data, network, loss, optimizer.onCluster(), schedule, checkpoints, seed, threads);
    }

    /// The same for a directory of images: with the size that images have by default, and, if no network was chosen,
    /// with a small convolutional one, augmentation, and a rate that falls; each unless another was chosen.
    /// @param how images are read
    public TrainSettings forImages(ImageInput how, Dataset train) {
        DataSettings read = data.withImages(how);
        boolean small = SmallCnn.takes(train.inputShape());
        if (!small || !(network.source() instanceof NetworkSource.Usual usual)) {
            return new TrainSettings(read, network, loss, optimizer, schedule, checkpoints, seed, threads);
        }
        boolean steps = optimizer.rule() instanceof Optimizer; // L-BFGS takes the same rows each time, and no schedule
        return new TrainSettings(
                steps ? read.withUsualAugmentation() : read,
                network.withSource(usual.ofImages()),
                loss,
                optimizer.withUsual(Optimizers.adam(IMAGE_RATE)),
                steps ? schedule.withUsual(Schedules.cosine()) : schedule,
                checkpoints,
                seed,
                threads);
    }

    /// The same without a validation part.
    public TrainSettings withoutValidation() {
        return new TrainSettings(
                data.withoutValidation(), network, loss, optimizer, schedule, checkpoints, seed, threads);
    }
}

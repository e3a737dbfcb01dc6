package dev.neurite.cli.option;

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
    /// The same without a validation part.
    public TrainSettings withoutValidation() {
        return new TrainSettings(
                data.withoutValidation(), network, loss, optimizer, schedule, checkpoints, seed, threads);
    }
}

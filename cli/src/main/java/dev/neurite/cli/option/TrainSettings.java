package dev.neurite.cli.option;

/// How to train, as far as it does not depend on the data.
/// @param data what becomes of the data
/// @param network what the network is
/// @param loss what is made small
/// @param update how a step changes parameters
/// @param course how it goes on from epoch to epoch
/// @param keeping when it ends early, and what is kept of it
/// @param seed what random choices depend on
/// @param threads how many compute
public record TrainSettings(
        DataSettings data,
        NetworkSettings network,
        LossSettings loss,
        OptimizerSettings update,
        ScheduleSettings course,
        CheckpointSettings keeping,
        long seed,
        int threads) {}

package dev.neurite.train.shard;

import java.io.Serializable;

/// What a loop must know of a step that was taken elsewhere, see [dev.neurite.train.EpochRunner].
/// @param step the number of steps taken after it, from 0: a step whose rows all have the weight 0 does not
/// count
/// @param rate the learning rate
/// @param losses the losses and weights of all shards
public record StepFigures(long step, double rate, ShardLosses losses) implements Serializable {}

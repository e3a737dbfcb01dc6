package dev.neurite.spark.engine;

import dev.neurite.train.shard.StepFigures;
import java.io.Serializable;
import java.util.List;

/// What a worker says at the end of an epoch.
/// @param rank the worker
/// @param executor Spark's name of the executor
/// @param host the name of its machine
/// @param pid the number of its process
/// @param weights the SHA-256 of its parameters and running statistics
/// @param steps the figures of each step; of the first worker only
/// @param state the checkpoint at the end; of the first worker only, else empty
/// @param sent the bytes that it sent to others
/// @param computeSeconds the time that it computed
/// @param waitSeconds the time that it sent, received and waited
/// @param stepCompute the median time that it computed in a step, seconds
/// @param stepWait the median time that it sent, received and waited in a step, seconds
@SuppressWarnings("ArrayRecordComponent") // nobody compares reports, and a state is as large as the model
record EpochReport(
        int rank,
        String executor,
        String host,
        long pid,
        String weights,
        List<StepFigures> steps,
        byte[] state,
        long sent,
        double computeSeconds,
        double waitSeconds,
        double stepCompute,
        double stepWait)
        implements Serializable {}

package dev.neurite.spark.engine;

import dev.neurite.spark.mesh.Secret;
import dev.neurite.train.cluster.TrainerSource;
import java.io.Serializable;
import java.util.List;

/// What every worker of a training must know.
/// @param training a number of the training
/// @param secret of its workers
/// @param source makes the trainer
/// @param shards the number of shards of a step
/// @param epochs the number of all epochs
/// @param steps the number of steps of all epochs
/// @param rows the number of all rows
/// @param width the number of inputs of a row
/// @param targets the number of target values of a row; 0 for labels
/// @param classNames the names of the classes; empty for values
/// @param rowsHash the [RowsHash] of all rows when Spark read them first; empty if they cannot change
/// @param timeoutMillis how long a worker waits for others
/// @param version the version of the library, which all must have
record WorkerPlan(
        long training,
        Secret secret,
        TrainerSource source,
        int shards,
        int epochs,
        long steps,
        int rows,
        int width,
        int targets,
        List<String> classNames,
        String rowsHash,
        long timeoutMillis,
        String version)
        implements Serializable {
    boolean isLabeled() {
        return targets == 0;
    }
}

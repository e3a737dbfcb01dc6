package dev.neurite.spark.engine;

import dev.neurite.train.shard.StepFigures;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;

/// What a worker says at the end of an epoch.
/// @param rank the worker
/// @param executor Spark's name of the executor
/// @param host the name of its machine
/// @param pid the number of its process
/// @param weights the SHA-256 of its parameters and running statistics
/// @param steps the figures of each step; of the first worker only
/// @param sent the bytes that it sent to others
/// @param computeSeconds the time that it computed
/// @param waitSeconds the time that it sent, received and waited, and computed nothing
/// @param stepCompute the median time that it computed in a step, seconds
/// @param stepWait the median time that it sent, received and waited in a step, and computed nothing, seconds
record EpochReport(
        int rank,
        String executor,
        String host,
        long pid,
        String weights,
        List<StepFigures> steps,
        long sent,
        double computeSeconds,
        double waitSeconds,
        double stepCompute,
        double stepWait)
        implements Serializable {
    /// The report as bytes. What tasks return goes through the serializer that Spark is told to use; that may
    /// be Kryo, which knows no records.
    byte[] bytes() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(this);
        }
        return bytes.toByteArray();
    }

    /// The report of [#bytes].
    static EpochReport of(byte[] bytes) {
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return (EpochReport) in.readObject();
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("the report of another version", e);
        }
    }
}

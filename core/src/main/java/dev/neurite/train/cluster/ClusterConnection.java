package dev.neurite.train.cluster;

import dev.neurite.train.EpochRunner;
import java.util.Optional;

/// A connection with a cluster, for [dev.neurite.train.Trainer#fit(EpochRunner)].
public interface ClusterConnection extends EpochRunner, AutoCloseable {
    /// The number of workers of the last epoch; before the first, of the next.
    int workers();

    /// The cluster's software with its version: `Apache Spark 4.2.0`.
    String software();

    /// Whether another number of workers would do better, after the first epoch, in a sentence; empty if not,
    /// or not yet known.
    Optional<String> advice();

    /// Ends the connection, and what it has started.
    @Override
    void close();
}

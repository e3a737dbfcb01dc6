package dev.neurite.train.cluster;

import dev.neurite.error.ConfigException;
import java.util.ServiceLoader;

/// The software of a kind of cluster, such as module `neurite-spark`, a service of [ServiceLoader].
public interface ClusterService {
    /// Connects with a cluster, and makes the rows known to it.
    /// @throws ConfigException for a cluster or settings that it cannot train with
    /// @throws dev.neurite.error.ResourceException if the cluster cannot be reached in time
    ClusterConnection connect(ClusterRequest request);

    /// The one on the class path.
    /// @throws ConfigException if there is none
    static ClusterService installed() {
        return ServiceLoader.load(ClusterService.class)
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "cluster",
                        "expects software for a cluster on the class path, got none",
                        "Add neurite-spark and the jars of Spark to the class path"));
    }
}

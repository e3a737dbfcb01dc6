package dev.neurite.train.cluster;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.model.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// What a training wants of a cluster.
/// @param master the address of the cluster, such as `spark://host:7077` or `local[4]`
/// @param workers the number of workers; empty for as many as the cluster has processes for
/// @param conf settings of the cluster's software, by name
/// @param jars files that workers need on their class path
/// @param source makes the trainer on each worker
/// @param model the model to train
/// @param train the rows to train on
/// @param log the file for what the cluster's software logs; empty to leave that as it is configured
/// @param notes takes sentences for the user, such as that an epoch begins again, in any thread
public record ClusterRequest(
        String master,
        OptionalInt workers,
        Map<String, String> conf,
        List<Path> jars,
        TrainerSource source,
        Model model,
        Dataset train,
        Optional<Path> log,
        Consumer<String> notes) {
    /// Copies map and list.
    /// @throws ConfigException for less than 1 worker
    public ClusterRequest {
        conf = Map.copyOf(conf);
        jars = List.copyOf(jars);
        if (workers.isPresent() && workers.getAsInt() < 1) {
            throw new ConfigException("workers", "expects at least 1, got " + workers.getAsInt());
        }
    }
}

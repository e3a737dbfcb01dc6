package dev.neurite.train.cluster;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.model.Model;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ClusterServiceTest {
    @Test
    void withoutSoftwareForAClusterTheErrorSaysWhatToAdd() {
        assertThatThrownBy(ClusterService::installed)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("cluster: expects software for a cluster on the class path, got none")
                .hasMessageContaining("neurite-spark");
    }

    @Test
    void aRequestForNoWorkerIsRefused() {
        assertThatThrownBy(() -> new ClusterRequest(
                        "local[2]",
                        OptionalInt.of(0),
                        Map.of(),
                        List.of(),
                        Trainer::of,
                        Model.of(features(1), dense(1)),
                        Dataset.of(new float[1][1], new float[1][1]),
                        Optional.empty(),
                        _ -> {}))
                .isInstanceOf(ConfigException.class)
                .hasMessage("workers: expects at least 1, got 0");
    }
}

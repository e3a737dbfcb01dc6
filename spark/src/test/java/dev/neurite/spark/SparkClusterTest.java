package dev.neurite.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.spark.engine.Masters;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.ClusterConnection;
import dev.neurite.train.cluster.ClusterRequest;
import dev.neurite.train.cluster.ClusterService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clusters that cannot be reached.
@Timeout(60)
class SparkClusterTest {
    private static final Map<String, String> HERE =
            Map.of("spark.driver.host", "127.0.0.1", "spark.driver.bindAddress", "127.0.0.1");

    private static ClusterConnection connect(String master) {
        return connect(master, Map.of());
    }

    private static ClusterConnection connect(String master, Map<String, String> conf) {
        Model model = Model.of(Layers.features(1), Layers.dense(1)).initialize(1);
        Dataset data = Dataset.of(new float[][] {{1}, {2}}, new float[][] {{1}, {2}});
        return ClusterService.installed()
                .connect(new ClusterRequest(
                        master,
                        OptionalInt.empty(),
                        conf,
                        List.of(),
                        Trainer::of,
                        model,
                        data,
                        Optional.empty(),
                        _ -> {}));
    }

    @Test
    void aMasterThatDoesNotListenIsRefusedAtOnce() throws IOException {
        int port;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        String master = "spark://127.0.0.1:" + port;
        assertThatThrownBy(() -> connect(master))
                .isInstanceOf(ResourceException.class)
                .hasMessageStartingWith(master + ": expects a master that answers, got 127.0.0.1:" + port + ": ")
                .hasMessageEndingWith("Is the master running, and can this machine reach it?");
    }

    @Test
    void allMastersOfSeveralAreTried() {
        assertThatThrownBy(() -> connect("spark://one.invalid:7077,two.invalid:7078"))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("one.invalid:7077: an unknown host, two.invalid:7078: an unknown host");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"spark://host; got 'host'", "spark://:7077; got ':7077'", "spark://host:99999; got 'host:99999'"})
    void anAddressHasHostAndPort(String master, String got) {
        assertThatThrownBy(() -> connect(master))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects spark://host:port, " + got);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nonsense", "local[0]", "local[2", "local-cluster[2]", "yarn://host", "k8s://", "mesos://host"})
    void whatSparkDoesNotKnowIsRefusedBeforeItStarts(String master) {
        assertThatThrownBy(() -> connect(master))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("spark.master: expects local, local[N]")
                .hasMessageEndingWith("got '" + master + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local",
                "local[*]",
                "local[12]",
                "local[2, 3]",
                "local-cluster[2, 1, 1024]",
                "spark://one:7077,two:7077",
                "yarn",
                "k8s://https://host:6443"
            })
    void allFormsOfAMasterAreKnown(String master) {
        assertThatCode(() -> Masters.requireForm(master)).doesNotThrowAnyException();
    }

    /// No Spark could start there: nobody listens.
    @Test
    void aSettingThatATrainingCannotDoWithIsRefusedBeforeSparkStarts() {
        assertThatThrownBy(() -> connect("spark://one.invalid:7077", Map.of("spark.io.encryption.enabled", "true")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("spark.io.encryption.enabled: expects false");
    }

    @Test
    void sparkHasNoPageUnlessItIsAskedFor() {
        try (ClusterConnection connection = connect("local[1]", HERE)) {
            assertThat(connection.workers()).isEqualTo(1);
            assertThat(SparkContext.getOrCreate().uiWebUrl().isEmpty()).isTrue();
        }
    }
}

package dev.neurite.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SparkExampleTest {
    private static JavaSparkContext spark;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(new SparkConf()
                .setMaster("local[2]")
                .setAppName("examples")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1"));
        spark.setLogLevel("ERROR");
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    @Test
    void aClusterTrainsDigitsWithTheWeightsOfOneMachine() {
        var text = new ByteArrayOutputStream();
        ClusterTraining training = SparkExample.cluster(
                spark,
                2,
                directory.toUri().toString(),
                new PrintStream(text, true, StandardCharsets.UTF_8));
        assertThat(training.epochs().getFirst().workers()).hasSize(2);
        assertThat(training.run().history().last().validation().orElseThrow().accuracy().orElseThrow())
                .isGreaterThan(0.9);
        assertThat(text.toString(StandardCharsets.UTF_8)).contains(training.weights());
        assertThat(training.weights()).isEqualTo(SparkExample.oneMachine());
    }
}

package dev.neurite.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.spark.cluster.FashionDriver;
import dev.neurite.spark.cluster.FashionJob;
import dev.neurite.spark.cluster.Host;
import dev.neurite.spark.cluster.LocalSpark;
import dev.neurite.spark.cluster.Recovery;
import dev.neurite.spark.cluster.SparkHome;
import dev.neurite.spark.cluster.StandaloneCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A training of a cluster has the weights of one machine: in threads of one process, in executors that the driver
/// starts, and in those of a real cluster.
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class EqualWeightsTest {
    private static final List<String> NETWORKS = List.of("mlp", "cnn");
    private static final int SUBSET = 800; // rows
    private static final int ALL = 60_000;

    // --------------------------------------------------------------------------------------------------- one process

    @Test
    void theWeightsAreThoseOfOneMachineInThreads() throws Exception {
        inThreads(4, SUBSET, List.of(2, 4));
    }

    @Test
    @Tag("thorough")
    void theWeightsOfAllImagesAreThoseOfOneMachineInThreads() throws Exception {
        inThreads(2, ALL, List.of(1, 2));
        inThreads(4, ALL, List.of(1, 2, 3, 4));
    }

    private static void inThreads(int threads, int rows, List<Integer> workers) throws Exception {
        try (var spark = new JavaSparkContext(LocalSpark.conf("local[" + threads + "]"))) {
            spark.setLogLevel("ERROR");
            for (String network : NETWORKS) {
                for (int count : workers) {
                    var job = new FashionJob(network, rows, 1, count);
                    job.check(job.run(spark), false);
                }
            }
        }
    }

    // ------------------------------------------------------------------------------------------------- local cluster

    @Test
    @Tag("thorough")
    void theWeightsAreThoseOfOneMachineInALocalCluster() throws Exception {
        inALocalCluster(2, SUBSET);
    }

    @Test
    @Tag("thorough")
    void theWeightsOfAllImagesAreThoseOfOneMachineInALocalCluster() throws Exception {
        for (int workers = 1; workers <= 4; workers++) inALocalCluster(workers, ALL);
    }

    private static void inALocalCluster(int workers, int rows) throws Exception {
        try (var home = new SparkHome()) {
            List<String> arguments = new ArrayList<>();
            for (String network : NETWORKS) {
                arguments.add(new FashionJob(network, rows, 2, workers).text());
                arguments.add(home.root().resolve(network).toString());
            }
            SparkConf conf = home.conf("local-cluster[" + workers + ",1,1024]", Host.LOOPBACK);
            Process driver = home.driver("driver", conf, arguments.toArray(String[]::new));
            boolean ended = driver.waitFor(10, TimeUnit.MINUTES);
            assertThat(ended && driver.exitValue() == 0)
                    .as(() -> "the driver ends: " + ended + home.logs())
                    .isTrue();
            for (int i = 0; i < arguments.size(); i += 2) {
                FashionJob.of(arguments.get(i)).check(FashionDriver.outcome(Path.of(arguments.get(i + 1))), true);
            }
        }
    }

    // -------------------------------------------------------------------------------------------- standalone cluster

    @Test
    void theWeightsAreThoseOfOneMachineInAStandaloneClusterAlsoWhenAnExecutorIsKilled() throws Exception {
        try (var cluster = new StandaloneCluster(Host.LOOPBACK);
                var spark = new JavaSparkContext(cluster.conf());
                var thread = Executors.newSingleThreadExecutor()) {
            spark.setLogLevel("OFF");
            StandaloneCluster.Worker two =
                    cluster.addWorker(Host.LOOPBACK, cluster.home().localFiles(), 2);
            cluster.addWorker();
            cluster.awaitExecutors(spark, 3);
            var job = new FashionJob("mlp", SUBSET, 1, 2);
            job.check(job.run(spark), true);
            var recovery = new Recovery();
            spark.sc().addSparkListener(recovery);
            var killed = new FashionJob("cnn", SUBSET, 2, 3);
            Future<FashionJob.Outcome> outcome = thread.submit(() -> killed.run(spark));
            SparkHome.await("the second epoch", Duration.ofSeconds(60), () -> recovery.epochs() == 2);
            recovery.begin();
            assertThat(two.executors()).hasSize(2);
            two.executors().getFirst().destroyForcibly();
            killed.check(outcome.get(90, TimeUnit.SECONDS), true);
            assertThat(recovery.seconds()).isPresent();
        }
    }

    @Test
    @Tag("thorough")
    void theWeightsOfAllImagesAreThoseOfOneMachineInAStandaloneCluster() throws Exception {
        try (var cluster = StandaloneCluster.start(4);
                var spark = new JavaSparkContext(cluster.conf())) {
            spark.setLogLevel("ERROR");
            cluster.awaitExecutors(spark, 4);
            for (String network : NETWORKS) {
                for (int workers = 1; workers <= 4; workers++) {
                    var job = new FashionJob(network, ALL, 2, workers);
                    job.check(job.run(spark), true);
                }
            }
        }
    }
}

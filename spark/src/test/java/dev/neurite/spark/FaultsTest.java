package dev.neurite.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.error.ResourceException;
import dev.neurite.spark.cluster.FashionDriver;
import dev.neurite.spark.cluster.FashionJob;
import dev.neurite.spark.cluster.Host;
import dev.neurite.spark.cluster.Namespaces;
import dev.neurite.spark.cluster.Recovery;
import dev.neurite.spark.cluster.SmallDisk;
import dev.neurite.spark.cluster.SparkHome;
import dev.neurite.spark.cluster.StandaloneCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whatever happens to a cluster at whatever moment, a training gets the weights of one machine, or says why not; and
/// never hangs. Each test prints how long its rounds stood still.
@Tag("thorough")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class FaultsTest {
    private static final Duration DEADLINE = Duration.ofMinutes(3); // of a round
    private static final double SOON = 15; // seconds: a new executor starts, which takes a few

    /// Something that happens to a cluster.
    @FunctionalInterface
    private interface Fault {
        void strike() throws Exception;
    }

    /// Trainings on a cluster with a fault in each, at a random moment.
    private static final class Rounds implements AutoCloseable {
        private final String name;
        private final StandaloneCluster cluster;
        private final JavaSparkContext spark;
        private final FashionJob job;
        private final Random random = new Random(20_261_127);
        private final Recovery recovery = new Recovery();
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final List<Double> seconds = new ArrayList<>();
        private double usual; // seconds of a training
        private int rounds;

        /// @param silence how long an executor may be silent
        Rounds(String name, StandaloneCluster cluster, FashionJob job, Duration silence) throws Exception {
            this.name = name;
            this.cluster = cluster;
            this.job = job;
            spark = new JavaSparkContext(cluster.conf().set("spark.network.timeout", silence.toSeconds() + "s"));
            spark.setLogLevel("OFF");
            spark.sc().addSparkListener(recovery);
            ready();
            job.run(spark); // executors compile
            long start = System.nanoTime();
            assertThat(job.run(spark).weights()).isEqualTo(job.expected());
            usual = (System.nanoTime() - start) * 1e-9;
        }

        /// Waits until all workers have an executor.
        private void ready() {
            cluster.awaitExecutors(spark, cluster.workers().size());
        }

        /// Trains, with a fault at a random moment.
        void round(Fault fault) throws Exception {
            double moment = 0;
            for (boolean struck = false; !struck; ) {
                ready();
                moment = usual * random.nextDouble();
                long start = System.nanoTime();
                Future<FashionJob.Outcome> training = thread.submit(() -> job.run(spark));
                Thread.sleep(Duration.ofMillis(Math.round(1e3 * moment)));
                struck = !training.isDone();
                if (struck) {
                    recovery.begin();
                    fault.strike();
                }
                check(training, moment);
                double all = (System.nanoTime() - start) * 1e-9;
                if (!struck) usual = all; // the machine is faster now: once more
            }
            rounds++;
            spark.sc().listenerBus().waitUntilEmpty(10_000);
            recovery.seconds().ifPresent(seconds::add);
            String recovered = recovery.seconds().isPresent()
                    ? String.format(
                            Locale.ROOT,
                            "recovered after %.1f s",
                            recovery.seconds().getAsDouble())
                    : "no epoch failed";
            print(String.format(Locale.ROOT, "round %d: fault at %.1f s, %s", rounds, moment, recovered));
        }

        private void check(Future<FashionJob.Outcome> training, double moment) throws Exception {
            try {
                FashionJob.Outcome outcome = training.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                assertThat(outcome.weights())
                        .as("round %s, fault at %.1f s", rounds + 1, moment)
                        .isEqualTo(job.expected());
            } catch (TimeoutException _) {
                spark.sc().cancelAllJobs();
                fail(
                        "round %s, fault at %.1f s: hangs%s",
                        rounds + 1, moment, cluster.home().logs());
            }
        }

        /// The median of the seconds to recover.
        private double median() {
            return seconds.stream().sorted().toList().get(seconds.size() / 2);
        }

        private void print(String text) {
            System.out.println(name + ": " + text);
        }

        @Override
        public void close() {
            thread.shutdownNow();
            spark.close();
            if (seconds.isEmpty()) return;
            print(String.format(
                    Locale.ROOT,
                    "%d rounds, an epoch failed in %d; to recover: median %.1f s, longest %.1f s; a training takes"
                            + " %.1f s",
                    rounds,
                    seconds.size(),
                    median(),
                    Collections.max(seconds),
                    usual));
        }
    }

    @Test
    void aWorkerIsKilled() throws Exception {
        try (var cluster = StandaloneCluster.start(3);
                var rounds = new Rounds(
                        "worker killed", cluster, new FashionJob("cnn", 6_000, 3, 3), Duration.ofSeconds(60))) {
            for (int i = 0; i < 20; i++) {
                StandaloneCluster.Worker victim = cluster.workers()
                        .get(rounds.random.nextInt(cluster.workers().size()));
                if (i % 2 == 0) {
                    rounds.round(victim::killExecutors);
                } else {
                    rounds.round(() -> {
                        victim.kill();
                        cluster.addWorker();
                    });
                }
            }
            assertThat(rounds.median()).as("seconds to recover").isLessThan(SOON);
        }
    }

    @Test
    void theNetworkIsCut() throws Exception {
        Namespaces.obstacle().ifPresent(each -> assumeTrue(false, each));
        try (var hosts = new Namespaces(3);
                var cluster = new StandaloneCluster(hosts.machine())) {
            List<StandaloneCluster.Worker> workers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                workers.add(cluster.addWorker(hosts.host(i), cluster.home().localFiles()));
            }
            try (var rounds =
                    new Rounds("network cut", cluster, new FashionJob("mlp", 6_000, 3, 2), Duration.ofSeconds(10))) {
                for (int round = 0; round < 5; round++) {
                    int[] cut = {-1};
                    rounds.round(() -> {
                        SparkHome.await(
                                "workers",
                                DEADLINE,
                                () -> rounds.recovery.hosts().size() == 2);
                        String address = rounds.recovery.hosts().get(rounds.random.nextInt(2));
                        for (int i = 0; i < 3; i++) if (hosts.host(i).address().equals(address)) cut[0] = i;
                        hosts.cut(cut[0]);
                    });
                    workers.get(cut[0]).kill();
                    hosts.mend(cut[0]);
                    workers.set(
                            cut[0],
                            cluster.addWorker(hosts.host(cut[0]), cluster.home().localFiles()));
                }
            }
        }
    }

    @Test
    void aWorkerStandsStillForFiveSeconds() throws Exception {
        try (var cluster = StandaloneCluster.start(2);
                var rounds = new Rounds(
                        "worker stopped for 5 s",
                        cluster,
                        new FashionJob("mlp", 6_000, 3, 2),
                        Duration.ofSeconds(10))) {
            for (int i = 0; i < 3; i++) {
                StandaloneCluster.Worker victim = cluster.workers().get(i % 2);
                rounds.round(() -> {
                    victim.pauseExecutors();
                    Thread.sleep(Duration.ofSeconds(5));
                    victim.resume();
                });
            }
        }
    }

    @Test
    void anExecutorStandsStillForEver() throws Exception {
        try (var cluster = StandaloneCluster.start(2);
                var rounds = new Rounds(
                        "executor stopped for ever",
                        cluster,
                        new FashionJob("mlp", 6_000, 3, 2),
                        Duration.ofSeconds(10))) {
            for (int i = 0; i < 3; i++) {
                rounds.round(cluster.workers().get(i % 2)::pauseExecutors);
            }
        }
    }

    @Test
    void aWorkerStandsStillForEver() throws Exception {
        try (var cluster = StandaloneCluster.start(2);
                var rounds = new Rounds(
                        "worker stopped for ever",
                        cluster,
                        new FashionJob("mlp", 6_000, 3, 2),
                        Duration.ofSeconds(10))) {
            for (int i = 0; i < 3; i++) {
                StandaloneCluster.Worker victim = cluster.workers().getFirst();
                rounds.round(() -> {
                    victim.pause();
                    cluster.addWorker();
                });
                victim.kill();
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------- drivers

    @Test
    void theDriverIsKilledAndStartedAgain() throws Exception {
        var random = new Random(20_261_127);
        try (var cluster = StandaloneCluster.start(2)) {
            for (int round = 1; round <= 3; round++) {
                Path checkpoints = cluster.home().root().resolve("checkpoints-" + round);
                Path outcome = cluster.home().root().resolve("outcome-" + round);
                var job = new FashionJob("cnn", 6_000, 6, 2, Optional.of(checkpoints.toString()));
                String name = "driver-" + round;
                Process first = cluster.home().driver(name, cluster.conf(), job.text(), outcome.toString());
                SparkHome.await("a checkpoint", DEADLINE, () -> {
                    assertThat(first.isAlive())
                            .as(() -> "the driver trains" + cluster.home().logs())
                            .isTrue();
                    return !files(checkpoints).isEmpty();
                });
                Thread.sleep(random.nextInt(3_000));
                assertThat(first.destroyForcibly().waitFor(10, TimeUnit.SECONDS))
                        .isTrue();
                assertThat(outcome).as("the first driver was killed in time").doesNotExist();
                long start = System.nanoTime();
                List<Path> before = files(checkpoints);
                Process second = cluster.home().driver(name + "-again", cluster.conf(), job.text(), outcome.toString());
                SparkHome.await("another checkpoint", DEADLINE, () -> {
                    assertThat(second.isAlive() || Files.exists(outcome))
                            .as(() -> "the driver trains" + cluster.home().logs())
                            .isTrue();
                    return !files(checkpoints).equals(before);
                });
                double seconds = (System.nanoTime() - start) * 1e-9;
                assertThat(second.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                FashionJob.Outcome done = FashionDriver.outcome(outcome);
                assertThat(done.weights()).as("round %s", round).isEqualTo(job.expected());
                assertThat(done.epochs()).as("it went on").hasSizeBetween(1, 5);
                System.out.printf(
                        Locale.ROOT,
                        "driver killed: round %d: %d epochs were left, the first of them done %.1f s after the"
                                + " restart%n",
                        round,
                        done.epochs().size(),
                        seconds);
            }
        }
    }

    private static List<Path> files(Path directory) {
        if (!Files.isDirectory(directory)) return List.of();
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(each -> !each.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---------------------------------------------------------------------------------------------------- full disks

    @Test
    void theDiskIsFullWhereAnExecutorStoresItsRows() throws Exception {
        SmallDisk.obstacle().ifPresent(each -> assumeTrue(false, each));
        try (var disk = new SmallDisk(16);
                var cluster = StandaloneCluster.start(1);
                var spark = new JavaSparkContext(cluster.conf()
                        .set("spark.executor.memory", "512m") // a quarter is less than the images
                        .set("spark.executor.extraJavaOptions", "-Djava.io.tmpdir=" + disk.directory()))) {
            spark.setLogLevel("OFF");
            assertThatThrownBy(() -> withinDeadline(() -> new FashionJob("mlp", 60_000, 1, 1).run(spark)))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("temporary file in " + disk.directory())
                    .hasMessageContaining("No space left on device");
        }
    }

    @Test
    void theDiskIsFullWhereSparkShuffles() throws Exception {
        SmallDisk.obstacle().ifPresent(each -> assumeTrue(false, each));
        try (var disk = new SmallDisk(8);
                var cluster = new StandaloneCluster(Host.LOOPBACK)) {
            cluster.addWorker(Host.LOOPBACK, disk.directory()); // with another worker, Spark would do it there
            try (var spark = new JavaSparkContext(cluster.conf())) {
                spark.setLogLevel("OFF");
                cluster.awaitExecutors(spark, 1);
                assertThatThrownBy(() -> withinDeadline(() -> new FashionJob("mlp", 60_000, 1, 1).run(spark)))
                        .isInstanceOf(ResourceException.class)
                        .hasMessageContaining("No space left on device");
            }
        }
    }

    private static <T> T withinDeadline(Callable<T> work) throws Exception {
        try (var thread = Executors.newSingleThreadExecutor()) {
            Future<T> result = thread.submit(work);
            try {
                return result.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            } finally {
                thread.shutdownNow();
            }
        }
    }
}

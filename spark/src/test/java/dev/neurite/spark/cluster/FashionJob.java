package dev.neurite.spark.cluster;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.relu;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.datasets.fashionmnist.FashionMnist;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.optim.Schedules;
import dev.neurite.spark.ClusterRows;
import dev.neurite.spark.ClusterTrainer;
import dev.neurite.spark.ClusterTraining;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.TrainerSource;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/// A training on images of Fashion-MNIST that one machine and a cluster can do.
/// @param network `mlp`, with dropout, or `cnn`, with batch norm
/// @param rows the number of images, the first ones
/// @param workers the number of workers
/// @param checkpoints the directory of checkpoints
public record FashionJob(String network, int rows, int epochs, int workers, Optional<String> checkpoints) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int BATCH = 64; // rows
    private static final int SHARDS = 8;
    private static final Map<String, String> EXPECTED = new ConcurrentHashMap<>();

    /// A job without checkpoints.
    public FashionJob(String network, int rows, int epochs, int workers) {
        this(network, rows, epochs, workers, Optional.empty());
    }

    /// What a cluster has done.
    /// @param weights the SHA-256 of the weights
    public record Outcome(String weights, List<Epoch> epochs) implements Serializable {
        /// An epoch.
        /// @param workers the process of each worker
        /// @param sent the bytes that workers sent to each other
        public record Epoch(List<Long> workers, long sent) implements Serializable {}
    }

    private static final class Images {
        static final Dataset ALL = FashionMnist.load().train();
    }

    /// The job of a text: `mlp,2000,2,3` for network, rows, epochs, workers, and perhaps the directory of checkpoints.
    public static FashionJob of(String text) {
        String[] words = text.split(",", -1);
        return new FashionJob(
                words[0],
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                words.length > 4 ? Optional.of(words[4]) : Optional.empty());
    }

    /// The text that [#of] reads.
    public String text() {
        return network + "," + rows + "," + epochs + "," + workers
                + checkpoints.map(each -> "," + each).orElse("");
    }

    private Model model() {
        return network.equals("mlp")
                ? Model.of(image(1, 28, 28), flatten(), dense(64, RELU), dropout(0.3), dense(10, SOFTMAX))
                        .initialize(3)
                : Model.of(
                                image(1, 28, 28),
                                conv2d(4, 3),
                                batchNorm(),
                                relu(),
                                maxPool2d(2),
                                flatten(),
                                dense(10, SOFTMAX))
                        .initialize(5);
    }

    private static Trainer trainer(Model model, int epochs) {
        return Trainer.of(model)
                .optimizer(adam(0.002))
                .schedule(Schedules.cosine())
                .batchSize(BATCH)
                .shards(SHARDS)
                .epochs(epochs)
                .seed(23)
                .rowsByShard(true);
    }

    private Dataset data() {
        return Images.ALL.rows(IntStream.range(0, rows).toArray());
    }

    /// The SHA-256 of the weights that one machine gets.
    public String expected() {
        return EXPECTED.computeIfAbsent(
                network + rows + epochs,
                _ -> WeightsHash.sha256(trainer(model(), epochs).fit(data()).last()));
    }

    /// Trains on a cluster.
    public Outcome run(JavaSparkContext spark) {
        int count = epochs;
        TrainerSource source = model -> trainer(model, count);
        ClusterTrainer cluster = ClusterTrainer.on(spark).workers(workers).timeout(TIMEOUT);
        if (checkpoints.isPresent()) cluster = cluster.checkpoints(checkpoints.get());
        ClusterTraining done = cluster.fit(source.trainer(model()), source, ClusterRows.of(spark, data()));
        return new Outcome(
                done.weights(),
                done.epochs().stream()
                        .map(each -> new Outcome.Epoch(each.workers(), each.sent()))
                        .toList());
    }

    /// Checks that the weights are those of one machine, and that each worker has sent its share.
    /// @param processes whether each worker is a process of its own, and none the driver's
    public void check(Outcome outcome, boolean processes) {
        assertThat(outcome.weights()).isEqualTo(expected());
        assertThat(outcome.epochs()).hasSize(epochs);
        int steps = (rows + BATCH - 1) / BATCH;
        long least = 2L * (workers - 1) * Float.BYTES * model().parameters().size() * steps;
        for (Outcome.Epoch epoch : outcome.epochs()) {
            assertThat(epoch.workers()).hasSize(workers);
            if (processes) {
                assertThat(new HashSet<>(epoch.workers()))
                        .hasSize(workers)
                        .doesNotContain(ProcessHandle.current().pid());
            }
            assertThat(epoch.sent()).isGreaterThanOrEqualTo(least);
            if (workers == 1) assertThat(epoch.sent()).isZero();
        }
    }
}

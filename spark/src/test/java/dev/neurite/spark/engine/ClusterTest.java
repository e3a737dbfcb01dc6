package dev.neurite.spark.engine;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.relu;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.optim.Schedules;
import dev.neurite.spark.ClusterRows;
import dev.neurite.spark.ClusterTrainer;
import dev.neurite.spark.ClusterTraining;
import dev.neurite.spark.cluster.LocalSpark;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.TrainerSource;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.serializer.KryoSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class ClusterTest {
    private static final List<String> CLASSES = List.of("a", "b", "c");
    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(LocalSpark.conf("local[4]")
                .set("spark.serializer", KryoSerializer.class.getName())); // which knows no records
        spark.setLogLevel("ERROR");
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    private static Model model(String name) {
        return switch (name) {
            case "mlp" ->
                Model.of(features(12), dense(9, RELU), dropout(0.4), dense(3, SOFTMAX))
                        .initialize(3);
            case "cnn" ->
                Model.of(image(1, 4, 3), conv2d(4, 3), batchNorm(), relu(), flatten(), dense(3, SOFTMAX))
                        .initialize(5);
            default ->
                Model.of(
                                image(1, 4, 3),
                                conv2d(4, 3),
                                batchNorm(),
                                relu(),
                                flatten(),
                                dense(300, RELU),
                                dense(450, RELU),
                                dropout(0.3),
                                dense(300, RELU),
                                dense(3, SOFTMAX))
                        .initialize(7);
        };
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model)
                .optimizer(adam(0.01))
                .schedule(Schedules.cosine())
                .batchSize(32)
                .shards(8)
                .epochs(3)
                .seed(23)
                .rowsByShard(true);
    }

    @Test
    void theWideModelHasThreeBuckets() {
        for (int workers = 2; workers <= 4; workers++) {
            assertThat(EpochWork.buckets(model("wide"), workers)).hasSize(3);
        }
    }

    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({"mlp, 2", "mlp, 3", "mlp, 4", "cnn, 2", "wide, 1", "wide, 3", "wide, 4"})
    void theWeightsOfOthersAreThoseOfOneMachine(String name, int workers) throws Exception {
        theWeightsAreThoseOfOneMachine(name, workers);
    }

    @ParameterizedTest
    @CsvSource({"mlp, 1", "cnn, 3", "wide, 2"})
    void theWeightsAreThoseOfOneMachine(String name, int workers) throws Exception {
        Model model = model(name);
        int rows = 300;
        var random = new KeyedRandom(17);
        float[][] inputs = new float[rows][12];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = random.below(3);
            for (int i = 0; i < 12; i++) inputs[row][i] = (float) (random.nextGaussian() + labels[row] * (i % 3));
        }
        Dataset data = Dataset.of(inputs, labels, CLASSES)
                .withInputShape(model.network().inputs().getFirst());
        Run expected = trainer(model).fit(data);
        TrainerSource source = ClusterTest::trainer;
        ClusterTraining found =
                ClusterTrainer.on(spark).workers(workers).fit(trainer(model), source, ClusterRows.of(spark, data));
        assertThat(found.weights()).isEqualTo(WeightsHash.sha256(expected.last()));
        assertThat(found.run().model()).isEqualTo(expected.model());
        assertThat(found.epochs()).hasSize(3).allSatisfy(epoch -> {
            assertThat(epoch.workers()).hasSize(workers);
            if (workers > 1) assertThat(epoch.sent()).isGreaterThan(1000);
        });
    }
}

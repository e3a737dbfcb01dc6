package dev.neurite.spark;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Digits;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.spark.cluster.LocalSpark;
import dev.neurite.spark.ml.NeuriteClassifier;
import dev.neurite.train.Trainer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class SparkExampleTest {
    private static SparkSession session;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        session = SparkSession.builder()
                .config(LocalSpark.conf("local[2]"))
                .config("spark.sql.shuffle.partitions", "2")
                .getOrCreate();
        session.sparkContext().setLogLevel("ERROR");
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /// The digits, a row each.
    private static Dataset<Row> frame(dev.neurite.data.Dataset digits) {
        StructType schema = new StructType()
                .add("id", DataTypes.IntegerType)
                .add("label", DataTypes.IntegerType)
                .add("pixels", SQLDataTypes.VectorType());
        List<Row> rows = IntStream.range(0, digits.size())
                .mapToObj(i -> {
                    float[] inputs = new float[64];
                    digits.readInput(i, inputs, 0);
                    double[] pixels = new double[64];
                    for (int j = 0; j < pixels.length; j++) pixels[j] = inputs[j];
                    return RowFactory.create(i, digits.label(i), Vectors.dense(pixels));
                })
                .toList();
        return session.createDataFrame(rows, schema);
    }

    @Test
    void aPipelineTrainsDigitsAndIsSaved() throws IOException {
        DataSplit digits = Digits.load();
        String path = directory.toUri().toString();
        SparkExample.frame(frame(digits.train()), path);
        Dataset<Row> predicted = SparkExample.predict(frame(digits.test()), path);
        long right = predicted.where("label = prediction").count();
        assertThat((double) right / digits.test().size()).isGreaterThan(0.9);
    }

    @Test
    void theConfigurationOfTheGuideConfiguresAClassifier() throws IOException {
        Path module = Path.of(System.getProperty("basedir", "")); // of the build
        String guide = Files.readString(module.resolve("../docs/spark.md"));
        Matcher block = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(guide);
        assertThat(block.find()).isTrue();
        Path file = Files.writeString(directory.resolve("config.yaml"), block.group(1));
        NeuriteClassifier read = SparkExample.configured(file);
        NeuriteClassifier set = new NeuriteClassifier()
                .setIdCol("id")
                .setHiddenLayers(32)
                .setActivation("gelu")
                .setOptimizer("adamw:decay=0.05")
                .setStepSize(0.01)
                .setSchedule("cosine")
                .setMaxIter(5)
                .setBatchSize(64)
                .setShards(4);
        assertThat(read.getOrDefault(read.hiddenLayers())).containsExactly(32);
        assertThat(explained(read)).isEqualTo(explained(set));
    }

    /// All parameters with their values, but for arrays.
    private static String explained(NeuriteClassifier classifier) {
        return classifier.explainParams().replaceAll("\\[I@[0-9a-f]+", "array");
    }

    @Test
    void aClusterTrainsDigitsWithTheWeightsOfOneMachine() {
        var text = new ByteArrayOutputStream();
        ClusterTraining training = SparkExample.cluster(
                session, 2, directory.toUri().toString(), new PrintStream(text, true, StandardCharsets.UTF_8));
        assertThat(training.epochs().getFirst().workers()).hasSize(2);
        assertThat(training.run()
                        .history()
                        .last()
                        .validation()
                        .orElseThrow()
                        .accuracy()
                        .orElseThrow())
                .isGreaterThan(0.9);
        assertThat(text.toString(StandardCharsets.UTF_8)).contains(training.weights());
        assertThat(training.weights()).isEqualTo(SparkExample.oneMachine());
    }

    @Test
    void aClusterTrainsOnTheRowsOfAFrameWithTheWeightsOfOneMachine() {
        dev.neurite.data.Dataset digits = Digits.load().train();
        Trainer alone = Trainer.of(Model.of(features(64), dense(32, RELU), dense(10, SOFTMAX)))
                .optimizer(adam(0.01))
                .batchSize(64)
                .shards(4)
                .rowsByShard(true)
                .epochs(2);
        String weights = WeightsHash.sha256(alone.fit(digits).last());
        assertThat(SparkExample.rows(session, frame(digits)).weights()).isEqualTo(weights);
    }
}

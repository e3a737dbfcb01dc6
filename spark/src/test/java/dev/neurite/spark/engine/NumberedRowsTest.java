package dev.neurite.spark.engine;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.DataException;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.spark.ClusterRows;
import dev.neurite.spark.ClusterTrainer;
import dev.neurite.spark.ClusterTraining;
import dev.neurite.spark.cluster.LocalSpark;
import dev.neurite.spark.mesh.Secret;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.cluster.TrainerSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Tuple2;
import scala.reflect.ClassTag$;

/// Rows as Spark has them: in partitions of any size, with numbers that somebody else has given them.
@Timeout(120)
class NumberedRowsTest {
    private static final List<String> CLASSES = List.of("a", "b", "c");
    private static final int ROWS = 40;
    private static final TrainerSource SOURCE =
            model -> Trainer.of(model).batchSize(8).shards(4).epochs(1);

    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(LocalSpark.conf("local[2]"));
        spark.setLogLevel("OFF");
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    private static Model model() {
        return Model.of(features(2), dense(3)).initialize(1);
    }

    private static byte[] row(long number, float label) {
        return new Sample(new float[] {number % 7, number % 5}, new float[] {label}, 1).bytes();
    }

    private static List<Tuple2<Long, byte[]>> rows() {
        List<Tuple2<Long, byte[]>> rows = new ArrayList<>();
        for (long number = 0; number < ROWS; number++) rows.add(new Tuple2<>(number, row(number, (int) (number % 3))));
        return rows;
    }

    private static ClusterTraining fit(List<Tuple2<Long, byte[]>> rows, int partitions) {
        JavaPairRDD<Long, byte[]> rdd = JavaPairRDD.fromJavaRDD(spark.parallelize(rows, partitions));
        return ClusterTrainer.on(spark)
                .workers(2)
                .fit(SOURCE.trainer(model()), SOURCE, ClusterRows.of(rdd, 2, 0, CLASSES));
    }

    /// Of a hundred partitions at least sixty are empty.
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100})
    void neitherFewPartitionsNorEmptyOnesChangeTheWeights(int partitions) {
        float[][] inputs = new float[ROWS][];
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            inputs[i] = new float[] {i % 7, i % 5};
            labels[i] = i % 3;
        }
        Dataset data = Dataset.of(inputs, labels, CLASSES);
        Trainer alone = SOURCE.trainer(model()).rowsByShard(true);
        assertThat(fit(rows(), partitions).weights())
                .isEqualTo(WeightsHash.sha256(alone.fit(data).last()));
    }

    private static void refuses(List<Tuple2<Long, byte[]>> rows, String message) {
        assertThatThrownBy(() -> fit(rows, 3)).isInstanceOf(DataException.class).hasMessageContaining(message);
    }

    @Test
    void aNumberThatIsMissingOrThereTwiceIsRefused() {
        List<Tuple2<Long, byte[]>> gap = rows();
        gap.set(17, new Tuple2<>(97L, row(97, 0)));
        refuses(gap, "row 21: expects rows that are numbered from 0 without a gap, got no row 17");
        List<Tuple2<Long, byte[]>> twice = rows();
        twice.set(17, new Tuple2<>(13L, row(13, 0)));
        refuses(twice, "row 13: expects rows that are numbered from 0 without a gap, got no row 17");
        List<Tuple2<Long, byte[]>> negative = rows();
        negative.set(0, new Tuple2<>(-4L, row(0, 0)));
        refuses(negative, "row -4: expects rows that are numbered from 0 without a gap, got no row 0");
        List<Tuple2<Long, byte[]>> moved = rows();
        moved.set(39, new Tuple2<>(40L, row(40, 0)));
        refuses(moved, "expects 10 of 40 rows, got");
    }

    @Test
    void aRowOfAnotherLengthOrWithALabelOutOfRangeIsNamed() {
        List<Tuple2<Long, byte[]>> longer = rows();
        longer.set(5, new Tuple2<>(5L, new byte[17]));
        refuses(longer, "row 5: expects 16 bytes: weight, 1 targets and 2 inputs, got 17");
        List<Tuple2<Long, byte[]>> empty = rows();
        empty.set(6, new Tuple2<>(6L, new byte[0]));
        refuses(empty, "row 6: expects 16 bytes: weight, 1 targets and 2 inputs, got 0");
        for (float label : new float[] {3, -1, 0.5f}) {
            List<Tuple2<Long, byte[]>> wrong = rows();
            wrong.set(7, new Tuple2<>(7L, row(7, label)));
            refuses(wrong, "row 7: expects a whole label from 0 to 2, got " + label);
        }
        List<Tuple2<Long, byte[]>> infinite = rows();
        infinite.set(8, new Tuple2<>(8L, row(8, Float.NaN)));
        refuses(infinite, "row 8: expects a finite target, got NaN");
    }

    /// As many, with the same numbers, but with other inputs each time.
    @Test
    void rowsThatAreOthersWhenSparkComputesThemAgainAreRefused() {
        JavaPairRDD<Long, byte[]> changing = spark.parallelize(rows(), 3).mapToPair(row -> {
            float input = row._1() == 17 ? System.nanoTime() % 1_000_003 : 1;
            return new Tuple2<>(row._1(), new Sample(new float[] {input, 1}, new float[] {0}, 1).bytes());
        });
        for (int workers = 1; workers <= 2; workers++) {
            ClusterTrainer cluster = ClusterTrainer.on(spark).workers(workers);
            assertThatThrownBy(
                            () -> cluster.fit(SOURCE.trainer(model()), SOURCE, ClusterRows.of(changing, 2, 0, CLASSES)))
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith("rows: expects the same each time that Spark computes them, got others: a"
                            + " sum of 40 rows ")
                    .hasMessageContaining("Cache them")
                    .hasMessageContaining("idCol");
        }
    }

    @Test
    void workersHearWhichTrainingsRun() {
        List<Set<Long>> heard = new ArrayList<>();
        Trainer listening = SOURCE.trainer(model()).listener(event -> {
            if (event instanceof EpochEnded) {
                heard.add(RunningTrainings.ofThisJvm().numbers());
            }
        });
        ClusterRows rows = ClusterRows.of(JavaPairRDD.fromJavaRDD(spark.parallelize(rows(), 3)), 2, 0, CLASSES);
        ClusterTrainer.on(spark).fit(listening, SOURCE, rows);
        assertThat(heard).hasSize(1).allMatch(each -> each.size() == 1);
        assertThat(RunningTrainings.ofThisJvm().numbers()).isEmpty();
        List<Tuple2<Long, byte[]>> wrong = rows();
        wrong.set(5, new Tuple2<>(5L, new byte[17]));
        refuses(wrong, "row 5: expects 16 bytes"); // a training that fails has ended as well
        assertThat(RunningTrainings.ofThisJvm().numbers()).isEmpty();
    }

    /// Two programs of different versions have the same names of classes.
    @Test
    void anExecutorOfAnotherVersionRefusesToTrain() {
        var plan = new WorkerPlan(
                1, Secret.random(), SOURCE, 4, 1, 5, ROWS, 2, 0, CLASSES, "", 1_000, "0.0.1, numerics 1");
        RDD<Tuple2<Long, byte[]>> rows =
                JavaPairRDD.fromJavaRDD(spark.parallelize(rows(), 2)).rdd();
        var task = new EpochTask(plan, spark.broadcast(new byte[0]), 1);
        assertThatThrownBy(() -> new WorkerRdd(rows, Set.of(), Map.of())
                        .barrier()
                        .mapPartitions(task, false, ClassTag$.MODULE$.apply(Tuple2.class))
                        .collect())
                .hasMessageContaining("executor on ")
                .hasMessageContaining(
                        "expects version 0.0.1, numerics 1 of Neurite, as on the driver, has " + Cluster.version());
    }
}

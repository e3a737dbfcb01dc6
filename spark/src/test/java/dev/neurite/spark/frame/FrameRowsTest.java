package dev.neurite.spark.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.spark.cluster.LocalSpark;
import dev.neurite.spark.engine.Sample;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FrameRowsTest {
    private static SparkSession spark;

    @BeforeAll
    static void start() {
        spark = SparkSession.builder().config(LocalSpark.conf("local[2]")).getOrCreate();
        spark.sparkContext().setLogLevel("OFF");
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static Dataset<Row> frame(DataType idType, Object... ids) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) rows.add(RowFactory.create(ids[i], i % 2, Vectors.dense(10 * i)));
        return spark.createDataFrame(
                rows,
                new StructType()
                        .add("id", idType)
                        .add("label", DataTypes.IntegerType)
                        .add("a.b", SQLDataTypes.VectorType()));
    }

    /// The features of the rows, in the order of their numbers.
    private static List<Float> numbered(Dataset<Row> frame, Optional<String> id) {
        List<Float> features = new ArrayList<>();
        new TreeMap<>(FrameRows.of(
                                frame, new Columns("a.b", "label", Optional.empty(), id), Features.of(Shape.of(1)), 2)
                        .collectAsMap())
                .forEach((number, bytes) -> {
                    assertThat(number).isEqualTo(features.size()); // from 0, without a gap
                    features.add(Sample.of(bytes, 1).inputs()[0]);
                });
        return features;
    }

    @Test
    void rowsAreNumberedInTheOrderOfTheirIds() {
        Dataset<Row> numbers = frame(DataTypes.IntegerType, 7, -3, 12, 100);
        assertThat(numbered(numbers, Optional.of("id"))).containsExactly(10f, 0f, 20f, 30f);
        assertThat(numbered(numbers.repartition(3).sort("label"), Optional.of("id")))
                .containsExactly(10f, 0f, 20f, 30f);
        Dataset<Row> texts = frame(DataTypes.StringType, "7", "-3", "12", "100");
        assertThat(numbered(texts, Optional.of("id"))).containsExactly(10f, 30f, 20f, 0f);
    }

    @Test
    void rowsWithoutIdsAreNumberedByTheirContent() {
        Dataset<Row> frame = frame(DataTypes.IntegerType, 1, 2, 3, 4, 5, 6);
        List<Float> first = numbered(frame.union(frame), Optional.empty());
        assertThat(first).hasSize(12);
        for (int i = 0; i < 12; i += 2) assertThat(first.get(i)).isEqualTo(first.get(i + 1)); // equal rows
        assertThat(numbered(frame.repartition(4).union(frame.orderBy("label")), Optional.empty()))
                .isEqualTo(first);
    }

    @Test
    void theLargestLabelTellsTheNumberOfClasses() {
        Columns columns = new Columns("a.b", "label");
        Dataset<Row> frame = frame(DataTypes.IntegerType, 1, 2, 3);
        assertThat(FrameRows.classes(frame, columns)).isEqualTo(2);
        assertThat(FrameRows.classes(frame.withColumn("label", org.apache.spark.sql.functions.lit(4)), columns))
                .isEqualTo(5);
        assertThat(FrameRows.classes(frame.filter("label = 0"), columns)).isEqualTo(2);
    }
}

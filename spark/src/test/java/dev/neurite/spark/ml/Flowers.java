package dev.neurite.spark.ml;

import dev.neurite.data.Dataset;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.spark.cluster.LocalSpark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/// Rows of three classes that overlap a little, on one machine and as a DataFrame.
final class Flowers {
    static final int ROWS = 96;
    static final int WIDTH = 4;
    static final List<String> NAMES = List.of("0", "1", "2");
    static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType)
            .add("label", DataTypes.IntegerType)
            .add("features", SQLDataTypes.VectorType())
            .add("weight", DataTypes.DoubleType)
            .add("held", DataTypes.BooleanType);

    private Flowers() {}

    static SparkSession session() {
        SparkSession spark = SparkSession.builder()
                .config(LocalSpark.conf("local[2]"))
                .config("spark.sql.shuffle.partitions", "2")
                // Expressions are interpreted: a test is too short to compile them. SparkExampleTest and
                // CsvClassifierTest do.
                .config("spark.sql.codegen.wholeStage", "false")
                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer") // which knows no records
                .getOrCreate();
        spark.sparkContext().setLogLevel("OFF");
        return spark;
    }

    static int label(int row) {
        return row * 7 % 3;
    }

    static float[] features(int row) {
        var random = new KeyedRandom(row);
        float[] features = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) features[i] = (float) (random.nextGaussian() + 3 * label(row) * (i % 2));
        return features;
    }

    static double weight(int row) {
        return row % 4 == 0 ? 0.5 : 1 + row % 3;
    }

    static boolean held(int row) {
        return row % 5 == 0;
    }

    /// The rows with these numbers.
    static Dataset onOneMachine(int... rows) {
        float[][] inputs = new float[rows.length][];
        int[] labels = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            inputs[i] = features(rows[i]);
            labels[i] = label(rows[i]);
        }
        return Dataset.of(inputs, labels, NAMES);
    }

    static int[] all() {
        return IntStream.range(0, ROWS).toArray();
    }

    /// The rows with these numbers and their weights.
    static Dataset weighted(int... rows) {
        float[] weights = new float[rows.length];
        for (int i = 0; i < rows.length; i++) weights[i] = (float) weight(rows[i]);
        return onOneMachine(rows).withWeights(weights);
    }

    /// The rows in an order and in partitions of their own.
    static org.apache.spark.sql.Dataset<Row> frame(SparkSession spark) {
        List<Row> rows = new ArrayList<>();
        for (int row : all()) {
            float[] features = features(row);
            double[] values = new double[WIDTH];
            for (int i = 0; i < WIDTH; i++) values[i] = features[i];
            rows.add(RowFactory.create((long) row, label(row), Vectors.dense(values), weight(row), held(row)));
        }
        Collections.shuffle(rows, new Random(4));
        return spark.createDataFrame(rows, SCHEMA).repartition(3);
    }
}

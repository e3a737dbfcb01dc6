package dev.neurite.spark.examples;

import dev.neurite.error.ConfigException;
import dev.neurite.spark.ml.NeuriteClassifier;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.NumericType;

/// Trains a classifier on a CSV file with a header, and prints the accuracy on a fifth of the rows. All columns of
/// numbers are features. In the directory of a release:
///
/// ```
/// spark-submit --master spark://host:7077 --class dev.neurite.spark.examples.CsvClassifier \
///   --jars lib/neurite-core-0.1.0.jar lib/spark/neurite-spark-0.1.0.jar \
///   hdfs:///data/iris.csv species hdfs:///models/iris
/// ```
///
/// The arguments are the file, the column of classes, and a new directory for the model, of any file system that
/// Spark knows.
public final class CsvClassifier {
    private static final int SEED = 1;

    private CsvClassifier() {}

    /// Runs the application.
    /// @param args file, column of classes, directory of the model
    /// @throws ConfigException for another number of arguments
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            throw new ConfigException("arguments", "expects FILE CLASSES MODEL, got " + Arrays.asList(args));
        }
        try (SparkSession spark = SparkSession.builder().getOrCreate()) {
            run(spark, args[0], args[1], args[2], System.out);
        }
    }

    /// @param classes the column of classes
    /// @param directory of the model
    static void run(SparkSession spark, String file, String classes, String directory, PrintStream out)
            throws IOException {
        Dataset<Row> rows = spark.read()
                .option("header", true)
                .option("inferSchema", true)
                .csv(file)
                .cache();
        String[] features = Stream.of(rows.schema().fields())
                .filter(each ->
                        each.dataType() instanceof NumericType && !each.name().equals(classes))
                .map(each -> each.name())
                .toArray(String[]::new);
        Dataset<Row>[] parts = rows.randomSplit(new double[] {0.8, 0.2}, SEED);

        var indexer = new StringIndexer().setInputCol(classes).setOutputCol("label");
        var assembler = new VectorAssembler().setInputCols(features).setOutputCol("numbers");
        var scaler = new StandardScaler()
                .setWithMean(true)
                .setInputCol(assembler.getOutputCol())
                .setOutputCol("features");
        var classifier = new NeuriteClassifier()
                .setStack("dense:units=64,activation=relu") // and an output for each class
                .setMaxIter(30)
                .setBatchSize(32)
                .setShards(4); // at most 4 workers
        PipelineModel model = new Pipeline()
                .setStages(new PipelineStage[] {indexer, assembler, scaler, classifier})
                .fit(parts[0]);
        model.write().save(directory);

        double accuracy = new MulticlassClassificationEvaluator()
                .setMetricName("accuracy")
                .evaluate(PipelineModel.load(directory).transform(parts[1]));
        out.printf(Locale.ROOT, "accuracy %.4f on %,d rows, model in %s%n", accuracy, parts[1].count(), directory);
    }
}

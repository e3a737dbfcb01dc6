package dev.neurite.spark;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Digits;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.spark.frame.Columns;
import dev.neurite.spark.ml.NeuriteClassifier;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.TrainerSource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/// What docs/spark.md shows.
final class SparkExample {
    private SparkExample() {}

    static void frame(Dataset<Row> train, String directory) throws IOException {
        // region frame
        var scaler = new StandardScaler().setInputCol("pixels").setOutputCol("features");
        var classifier = new NeuriteClassifier()
                .setLayers(64, 32, 10) //                inputs, hidden units, classes
                .setIdCol("id") //                       the order of the rows
                .setOptimizer("adam:rate=0.01")
                .setMaxIter(5) //                        epochs
                .setBatchSize(64)
                .setShards(4); //                        at most 4 workers
        PipelineModel model = new Pipeline()
                .setStages(new PipelineStage[] {scaler, classifier})
                .fit(train);
        model.write().overwrite().save(directory); //    in any file system that Spark knows
        // endregion
    }

    static NeuriteClassifier configured(Path file) throws IOException {
        // region yaml
        NeuriteClassifier classifier = new NeuriteClassifier()
                .configure(Files.readString(file)) //    config.yaml, as ./neurite train takes it
                .setIdCol("id");
        // endregion
        return classifier;
    }

    static Dataset<Row> predict(Dataset<Row> test, String directory) {
        // region predict
        PipelineModel model = PipelineModel.load(directory);
        Dataset<Row> predicted = model.transform(test).select("id", "label", "prediction", "probability");
        // endregion
        return predicted;
    }

    static ClusterTraining cluster(SparkSession session, int workers, String directory, PrintStream out) {
        // region cluster
        JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
        Model model = Model.of(image(1, 8, 8), conv2d(16, 3, RELU), maxPool2d(2), flatten(), dense(10, SOFTMAX));
        DataSplit digits = Digits.load();
        TrainerSource source = each ->
                Trainer.of(each).optimizer(adam(0.01)).batchSize(64).shards(4).epochs(6);

        ClusterTraining training = ClusterTrainer.on(context)
                .workers(workers) //                     at most as many as shards; by default all executors
                .checkpoints(directory) //               of any file system that Spark knows
                .fit(
                        source.trainer(model).callback(new EarlyStopping(3)),
                        source,
                        ClusterRows.of(context, digits.train().withInputShape(image(1, 8, 8))),
                        digits.test().withInputShape(image(1, 8, 8)));
        Evaluation last = training.run().history().last().validation().orElseThrow();
        out.println(last.accuracy().orElseThrow());
        out.println(training.weights()); //              SHA-256: the same for any number of workers
        training.advice().ifPresent(out::println); //    if more workers would not pay
        // endregion
        return training;
    }

    static ClusterTraining rows(SparkSession session, Dataset<Row> frame) {
        TrainerSource source = each ->
                Trainer.of(each).optimizer(adam(0.01)).batchSize(64).shards(4).epochs(2);
        JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
        // region rows
        Model model = Model.of(features(64), dense(32, RELU), dense(10, SOFTMAX));
        var columns = new Columns("pixels", "label", Optional.empty(), Optional.of("id")); // no weights
        ClusterRows rows = ClusterRows.of(frame, columns, 64, 10); // features and classes
        ClusterTraining training = ClusterTrainer.on(context).fit(source.trainer(model), source, rows);
        // endregion
        return training;
    }

    /// The weights of [#cluster], without a cluster.
    static String oneMachine() {
        Model model = Model.of(image(1, 8, 8), conv2d(16, 3, RELU), maxPool2d(2), flatten(), dense(10, SOFTMAX));
        DataSplit digits = Digits.load();
        // region same
        Trainer trainer =
                Trainer.of(model).optimizer(adam(0.01)).batchSize(64).shards(4).epochs(6);
        Run run = trainer.rowsByShard(true).fit(digits.train().withInputShape(image(1, 8, 8)));
        String weights = WeightsHash.sha256(run.last());
        // endregion
        return weights;
    }
}

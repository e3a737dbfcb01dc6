package dev.neurite.spark;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Digits;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.TrainerSource;
import java.io.PrintStream;
import org.apache.spark.api.java.JavaSparkContext;

/// What docs/spark.md shows.
final class SparkExample {
    private SparkExample() {}

    static ClusterTraining cluster(JavaSparkContext spark, int workers, String directory, PrintStream out) {
        // region cluster
        Model model = Model.of(image(1, 8, 8), conv2d(16, 3, RELU), maxPool2d(2), flatten(), dense(10, SOFTMAX));
        DataSplit digits = Digits.load();
        TrainerSource source =
                each -> Trainer.of(each).optimizer(adam(0.01)).batchSize(64).shards(4).epochs(6);

        ClusterTraining training = ClusterTrainer.on(spark)
                .workers(workers) //                     at most as many as shards; by default all executors
                .checkpoints(directory) //               of any file system that Spark knows
                .fit(
                        source.trainer(model).callback(new EarlyStopping(3)),
                        source,
                        ClusterRows.of(spark, digits.train().withInputShape(image(1, 8, 8))),
                        digits.test().withInputShape(image(1, 8, 8)));
        Evaluation last = training.run().history().last().validation().orElseThrow();
        out.println(last.accuracy().orElseThrow());
        out.println(training.weights()); //              SHA-256: the same for any number of workers
        training.advice().ifPresent(out::println); //    if more workers would not pay
        // endregion
        return training;
    }

    /// The weights of [#cluster], without a cluster.
    static String oneMachine() {
        Model model = Model.of(image(1, 8, 8), conv2d(16, 3, RELU), maxPool2d(2), flatten(), dense(10, SOFTMAX));
        DataSplit digits = Digits.load();
        // region same
        Trainer trainer = Trainer.of(model).optimizer(adam(0.01)).batchSize(64).shards(4).epochs(6);
        Run run = trainer.rowsByShard(true).fit(digits.train().withInputShape(image(1, 8, 8)));
        String weights = WeightsHash.sha256(run.last());
        // endregion
        return weights;
    }
}

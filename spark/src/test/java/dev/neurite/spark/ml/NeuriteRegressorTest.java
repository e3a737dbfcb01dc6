package dev.neurite.spark.ml;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.meanSquaredError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.train.Run;
import dev.neurite.train.TargetScaler;
import dev.neurite.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NeuriteRegressorTest {
    private static SparkSession spark;
    private static org.apache.spark.sql.Dataset<Row> frame;

    @BeforeAll
    static void start() {
        spark = Flowers.session();
        frame = Flowers.frame(spark)
                .withColumn("price", functions.expr("cast(1000 + 50 * label + id as float)"))
                .cache();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static NeuriteRegressor regressor() {
        return new NeuriteRegressor()
                .setLabelCol("price")
                .setIdCol("id")
                .setLayers(Flowers.WIDTH, 8, 1)
                .setStepSize(0.05)
                .setBatchSize(16)
                .setShards(4)
                .setWorkers(1) // which begins sooner
                .setSeed(5)
                .setMaxIter(1);
    }

    private static Trainer trainer() {
        Model model =
                Model.of(features(Flowers.WIDTH), dense(8, RELU), dense(1)).initialize(5);
        return Trainer.of(model)
                .loss(meanSquaredError())
                .optimizer(Optimizers.adam(0.05))
                .batchSize(16)
                .shards(4)
                .rowsByShard(true)
                .seed(5);
    }

    private static Dataset onOneMachine(boolean held) {
        int[] rows = java.util.Arrays.stream(Flowers.all())
                .filter(row -> Flowers.held(row) == held)
                .toArray();
        float[][] inputs = new float[rows.length][];
        float[][] targets = new float[rows.length][1];
        for (int i = 0; i < rows.length; i++) {
            inputs[i] = Flowers.features(rows[i]);
            targets[i][0] = 1000 + 50 * Flowers.label(rows[i]) + rows[i];
        }
        return Dataset.of(inputs, targets);
    }

    @Test
    void itPredictsInTheUnitsOfTheLabelAndIsSavedInAPipeline(@TempDir Path directory) throws Exception {
        NeuriteRegressor regressor =
                regressor().setValidationIndicatorCol("held").setMetrics("mae");
        PipelineModel model =
                new Pipeline().setStages(new PipelineStage[] {regressor}).fit(frame);
        var fitted = (NeuriteRegressionModel) model.stages()[0];
        Dataset train = onOneMachine(false);
        Dataset held = onOneMachine(true);
        TargetScaler scaler = TargetScaler.of(train);
        Run run = trainer()
                .metrics(scaler.inOriginalUnits(Metrics.named("mae")))
                .fit(scaler.apply(train), scaler.apply(held));
        Model expected = scaler.undo(run.model());
        assertThat(fitted.file().model()).isEqualTo(expected);
        assertThat(fitted.summary().validations()).containsExactly(run.validation());
        List<Row> rows = model.transform(frame).collectAsList();
        assertThat(rows).hasSize(Flowers.ROWS);
        for (Row row : rows) {
            double value = expected.predict(Flowers.features((int) row.getLong(0)))[0];
            assertThat(row.<Double>getAs("prediction")).isEqualTo(value);
            assertThat(fitted.predict(row.<Vector>getAs("features"))).isEqualTo(value);
        }
        String path = directory.resolve("pipeline").toString();
        model.save(path);
        assertThat(PipelineModel.load(path).transform(frame).collectAsList()).isEqualTo(rows);
        double rmse = new RegressionEvaluator().setLabelCol("price").evaluate(model.transform(frame));
        assertThat(rmse).isLessThan(500);
    }

    @Test
    void labelsAreNotScaledIfNotWanted() {
        Model model = regressor()
                .setStandardizeLabel(false)
                .setOptimizer("sgd")
                .setStepSize(1e-9)
                .fit(frame.filter("not held"))
                .file()
                .model();
        assertThat(model)
                .isEqualTo(trainer()
                        .optimizer(Optimizers.sgd(1e-9))
                        .fit(onOneMachine(false))
                        .model());
    }

    @Test
    void aLossOfClassesIsRefused() {
        assertThatThrownBy(() -> regressor().setLoss("cross-entropy").fit(frame))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("loss: expects data with a class for each row, got targets of 1 number");
    }
}

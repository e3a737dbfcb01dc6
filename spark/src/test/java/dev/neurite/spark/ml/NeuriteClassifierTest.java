package dev.neurite.spark.ml;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.ModelFile;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Schedules;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NeuriteClassifierTest {
    private static SparkSession spark;
    private static Dataset<Row> frame;
    private static NeuriteClassificationModel fitted; // of one epoch
    private static Run expected; // on one machine

    @BeforeAll
    static void start() {
        spark = Flowers.session();
        frame = Flowers.frame(spark).cache();
        fitted = classifier().setWorkers(2).fit(frame);
        expected = trainer(1).fit(Flowers.onOneMachine(Flowers.all()));
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static NeuriteClassifier classifier() {
        return new NeuriteClassifier()
                .setIdCol("id")
                .setLayers(Flowers.WIDTH, 8, 3)
                .setDropout(0.25)
                .setOptimizer("adam:rate=0.02")
                .setSchedule("cosine")
                .setBatchSize(16)
                .setShards(4)
                .setWorkers(1) // which begins sooner
                .setSeed(5)
                .setMaxIter(1);
    }

    private static Trainer trainer(int epochs) {
        Model model = Model.of(features(Flowers.WIDTH), dense(8, RELU), dropout(0.25), dense(3, SOFTMAX))
                .initialize(5);
        return Trainer.of(model)
                .optimizer(Optimizers.adam(0.02))
                .schedule(Schedules.cosine())
                .batchSize(16)
                .shards(4)
                .rowsByShard(true)
                .epochs(epochs)
                .seed(5);
    }

    private static double[] predictions(Dataset<Row> rows) {
        return rows.orderBy("id").select("prediction").collectAsList().stream()
                .mapToDouble(row -> row.getDouble(0))
                .toArray();
    }

    // ------------------------------------------------------------------------------------------------------ fitting

    @Test
    void theWeightsAreThoseOfOneMachine() {
        assertThat(fitted.file().model()).isEqualTo(expected.model());
        assertThat(fitted.summary().objectiveHistory())
                .containsExactly(expected.history().last().loss());
        assertThat(fitted.summary().epochs())
                .hasSize(1)
                .allSatisfy(each -> assertThat(each.workers()).hasSize(2));
        assertThat(fitted.summary().weights()).matches("[0-9a-f]{64}");
        assertThat(fitted.summary().toString())
                .matches("1 epoch: loss [0-9.]+, accuracy [0-9.]+\n[0-9,]+ rows a second on 2 workers(\nmore .*)?");
    }

    @Test
    void rowsAreInTheOrderOfTheirContentWithoutIds() {
        NeuriteClassifier without = classifier();
        without.clear(without.idCol());
        Model first = without.fit(frame).file().model();
        Model again = without.fit(frame.repartition(2).sort("weight")).file().model();
        assertThat(again).isEqualTo(first);
    }

    @Test
    void rowsCountByTheirWeightsAndThoseOfValidationAreNotTrainedOn() {
        int[] trained =
                IntStream.of(Flowers.all()).filter(row -> !Flowers.held(row)).toArray();
        int[] held = IntStream.of(Flowers.all()).filter(Flowers::held).toArray();
        NeuriteClassificationModel model = classifier()
                .setWeightCol("weight")
                .setValidationIndicatorCol("held")
                .setMetrics("f1")
                .setPatience(1)
                .setTol(1e9)
                .setMaxIter(5)
                .fit(frame);
        Run run = trainer(5)
                .metrics(Metrics.named("f1"))
                .callback(new EarlyStopping("loss", 1, 1e9))
                .fit(Flowers.weighted(trained), Flowers.weighted(held));
        assertThat(model.file().model()).isEqualTo(run.model());
        assertThat(model.summary().validations())
                .usingRecursiveComparison()
                .isEqualTo(run.history().epochs().stream()
                        .map(each -> each.validation().orElseThrow())
                        .toList());
        assertThat(model.summary().totalIterations()).isEqualTo(2);
        assertThat(model.summary().stopReason()).get().asString().contains("loss was best in epoch 1");
        assertThat(model.summary().toString()).matches("""
            2 epochs: loss [0-9.]+, accuracy [0-9.]+
            validation: loss [0-9.]+, accuracy [0-9.]+, f1-macro [0-9.]+
            .*loss was best in epoch 1.*
            [0-9,]+ rows a second on 1 worker\
            """);
        assertThat(run.model())
                .isNotEqualTo(trainer(5)
                        .callback(new EarlyStopping("loss", 1, 1e9))
                        .fit(Flowers.onOneMachine(trained), Flowers.onOneMachine(held))
                        .model());
    }

    @Test
    void aModelIsTrainedFurther() {
        NeuriteClassifier more = classifier().setInitialModel(fitted.file().model());
        more.clear(more.layers());
        Model model = more.fit(frame).file().model();
        assertThat(model)
                .isEqualTo(Trainer.of(expected.model())
                        .optimizer(Optimizers.adam(0.02))
                        .schedule(Schedules.cosine())
                        .batchSize(16)
                        .shards(4)
                        .rowsByShard(true)
                        .seed(5)
                        .fit(Flowers.onOneMachine(Flowers.all()))
                        .model());
    }

    @Test
    void arraysAndAStackOfLayersTrainTheSameModel() {
        NeuriteClassifier stacked = classifier().setStack("dense:units=8,activation=relu", "dropout:rate=0.25");
        stacked.clear(stacked.layers());
        Dataset<Row> arrays = frame.withColumn(
                "features", org.apache.spark.ml.functions.vector_to_array(functions.col("features"), "float32"));
        assertThat(stacked.fit(arrays).file().model()).isEqualTo(expected.model());
    }

    @Test
    void imagesTrainANetworkOfConvolutionsWhichCheckpointsKeep(@TempDir Path directory) throws Exception {
        int[][] pixels = new int[16][];
        float[][] inputs = new float[16][3 * 4 * 5];
        int[] labels = new int[16];
        for (int row = 0; row < 16; row++) {
            pixels[row] = new Random(row).ints(4 * 5, 0, 0x1000000).toArray();
            labels[row] = row % 2;
            for (int i = 0; i < 4 * 5; i++) {
                for (int channel = 0; channel < 3; channel++) { // red, green, blue
                    inputs[row][channel * 4 * 5 + i] = (pixels[row][i] >> (8 * (2 - channel)) & 0xff) / 255f;
                }
            }
            var image = new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB);
            image.setRGB(0, 0, 5, 4, pixels[row], 0, 5);
            ImageIO.write(
                    image, "png", directory.resolve((char) ('a' + row) + ".png").toFile());
        }
        Dataset<Row> images = spark.read()
                .format("image")
                .load(directory.toString())
                .withColumn("id", functions.col("image.origin"))
                .withColumn("label", functions.expr("(ascii(right(image.origin, 5)) - 97) % 2"));
        NeuriteClassifier classifier = new NeuriteClassifier()
                .setFeaturesCol("image")
                .setIdCol("id")
                .setStack("conv2d:channels=2,kernel=3,activation=relu")
                .setBatchSize(8)
                .setShards(2)
                .setWorkers(1)
                .setSeed(3)
                .setMaxIter(1)
                .setCheckpointDir(directory.resolve("checkpoints").toUri().toString());
        NeuriteClassificationModel model = classifier.fit(images);
        Model start = Model.of(image(3, 4, 5), conv2d(2, 3, RELU), flatten(), dense(2, SOFTMAX))
                .initialize(3);
        assertThat(model.file().model())
                .isEqualTo(Trainer.of(start)
                        .batchSize(8)
                        .shards(2)
                        .rowsByShard(true)
                        .seed(3)
                        .fit(dev.neurite.data.Dataset.of(inputs, labels).withInputShape(image(3, 4, 5)))
                        .model());
        for (Row row : model.transform(images).collectAsList()) {
            int number = row.<String>getAs("id").charAt(row.<String>getAs("id").length() - 5) - 'a';
            assertThat(row.<Vector>getAs("probability").toArray())
                    .isEqualTo(doubles(model.file().model().predict(inputs[number])));
        }
        NeuriteClassificationModel again = classifier.fit(images);
        assertThat(again.summary().epochs()).isEmpty(); // all are in the checkpoint
        assertThat(again.summary().toString()).endsWith("\nall epochs were trained before: they are in checkpointDir");
        assertThat(again.file().model()).isEqualTo(model.file().model());
    }

    // --------------------------------------------------------------------------------------------------- predicting

    @Test
    void predictionsAreThoseOfOneMachine() {
        Predictor predictor = Predictor.of(fitted.file());
        List<Row> rows = fitted.transform(frame).collectAsList();
        assertThat(rows).hasSize(Flowers.ROWS);
        assertThat(fitted.transform(frame).schema()).isEqualTo(fitted.transformSchema(frame.schema()));
        for (Row row : rows) {
            float[] inputs = Flowers.features((int) row.getLong(0));
            float[] outputs = expected.model().predict(inputs);
            Vector probability = row.getAs("probability");
            double[] values = new double[3];
            for (int i = 0; i < 3; i++) values[i] = outputs[i];
            assertThat(probability.toArray()).isEqualTo(values);
            assertThat(String.valueOf(row.<Double>getAs("prediction").intValue()))
                    .isEqualTo(String.valueOf(Vectors.dense(values).argmax()))
                    .isEqualTo(predictor.predict(inputs).label());
            Vector raw = row.getAs("rawPrediction");
            Vector features = row.getAs("features");
            assertThat(fitted.predictRaw(features)).isEqualTo(raw);
            assertThat(fitted.predictProbability(features)).isEqualTo(probability);
            assertThat(fitted.predict(features)).isEqualTo(row.<Double>getAs("prediction"));
        }
    }

    @Test
    void rawPredictionsAreLogits() {
        Tensor logits = Tensor.of(new float[][] {Flowers.features(3)});
        var classes = ClassOutputs.of(fitted.file());
        float[] z = classes.logits(logits, dev.neurite.kernel.Kernels.shared()).toArray();
        double[] raw =
                fitted.predictRaw(Vectors.dense(doubles(Flowers.features(3)))).toArray();
        assertThat(raw).isEqualTo(doubles(z));
        double sum = Arrays.stream(raw).map(Math::exp).sum();
        double[] probability = fitted.predictProbability(Vectors.dense(doubles(Flowers.features(3))))
                .toArray();
        for (int i = 0; i < 3; i++) {
            assertThat(probability[i]).isCloseTo(Math.exp(raw[i]) / sum, org.assertj.core.api.Assertions.within(1e-6));
        }
    }

    private static double[] doubles(float[] floats) {
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) doubles[i] = floats[i];
        return doubles;
    }

    @Test
    void sparseVectorsAndArraysGiveTheSamePredictions() {
        double[] whole = predictions(fitted.transform(frame));
        Dataset<Row> sparse = frame.withColumn(
                "features",
                functions
                        .udf(
                                (Vector vector) -> (Vector) vector.toSparse(),
                                org.apache.spark.ml.linalg.SQLDataTypes.VectorType())
                        .apply(functions.col("features")));
        assertThat(predictions(fitted.transform(sparse))).isEqualTo(whole);
        for (String type : List.of("array<float>", "array<double>")) {
            Dataset<Row> arrays = frame.withColumn(
                    "features",
                    org.apache
                            .spark
                            .ml
                            .functions
                            .vector_to_array(functions.col("features"), "float64")
                            .cast(type));
            assertThat(predictions(fitted.transform(arrays))).isEqualTo(whole);
        }
    }

    @Test
    void thresholdsFavorClasses() {
        double[] thresholds = {1, 1e-9, 1};
        NeuriteClassificationModel biased = fitted.copy(new ParamMap()).setThresholds(thresholds);
        assertThat(predictions(biased.transform(frame))).containsOnly(1.0);
        assertThat(biased.predict(Vectors.dense(0, 0, 0, 0))).isEqualTo(1);
        assertThat(predictions(fitted.transform(frame))).contains(0.0, 2.0);
        assertThatThrownBy(() -> classifier().setThresholds(new double[] {1, 1}).fit(frame))
                .isInstanceOf(ConfigException.class)
                .hasMessage("thresholds: expects one for each of 3 classes, got 2");
    }

    @Test
    void onlyWantedColumnsAreAdded() {
        NeuriteClassificationModel few = fitted.copy(new ParamMap());
        few.setRawPredictionCol("").setProbabilityCol("").setPredictionCol("p");
        assertThat(few.transform(frame).columns()).containsExactly("id", "label", "features", "weight", "held", "p");
        few.setPredictionCol("");
        assertThat(few.transform(frame).columns()).isEqualTo(frame.columns());
    }

    @Test
    void aSingleOutputPredictsTwoClasses() {
        Dataset<Row> two = frame.filter("label < 2");
        NeuriteClassificationModel model =
                classifier().setLayers(Flowers.WIDTH, 8, 2).setLoss("bce").fit(two);
        assertThat(model.file().model().network().outputs().getFirst().size()).isEqualTo(1);
        assertThat(model.numClasses()).isEqualTo(2);
        for (Row row : model.transform(two).collectAsList()) {
            float second = model.file().model().predict(Flowers.features((int) row.getLong(0)))[0];
            assertThat(row.<Vector>getAs("probability").toArray()).containsExactly(1 - second, second);
            double[] raw = row.<Vector>getAs("rawPrediction").toArray();
            assertThat(raw[0]).isEqualTo(-raw[1]);
            assertThat(row.<Double>getAs("prediction")).isEqualTo(second > 0.5 ? 1 : 0);
        }
    }

    @Test
    void aRowThatDoesNotFitIsNamedByItsId() {
        Dataset<Row> broken = frame.withColumn(
                "features",
                functions
                        .when(functions.col("id").equalTo(42), functions.lit(null))
                        .otherwise(functions.col("features")));
        NeuriteClassificationModel model = fitted.copy(new ParamMap()).setIdCol("id");
        assertThatThrownBy(() -> model.transform(broken).collectAsList())
                .hasRootCauseInstanceOf(DataException.class)
                .rootCause()
                .hasMessageStartingWith(
                        "row 42: expects a vector, an array of numbers or an image as features, got null");
    }

    // ------------------------------------------------------------------------------------------- saving and loading

    @Test
    void aModelIsSavedAndLoaded(@TempDir Path directory) throws Exception {
        String path = directory.resolve("model").toUri().toString();
        fitted.copy(new ParamMap())
                .setThresholds(new double[] {1, 2, 3})
                .write()
                .overwrite()
                .save(path);
        NeuriteClassificationModel loaded = NeuriteClassificationModel.load(path);
        assertThat(loaded.uid()).isEqualTo(fitted.uid());
        assertThat(loaded.getThresholds()).containsExactly(1, 2, 3);
        assertThat(loaded.file().model()).isEqualTo(fitted.file().model());
        assertThat(loaded.file().notes()).isEqualTo(fitted.file().notes());
        assertThat(loaded.hasSummary()).isFalse();
        Path file = directory.resolve("model/model.safetensors");
        assertThat(ModelFile.load(file)).isEqualTo(fitted.file().model()); // other programs can read it
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        Files.deleteIfExists(directory.resolve("model/.model.safetensors.crc"));
        assertThatThrownBy(() -> NeuriteClassificationModel.load(path))
                .isInstanceOf(dev.neurite.error.ModelFormatException.class);
    }

    @Test
    void anEstimatorIsSavedAndLoaded(@TempDir Path directory) throws Exception {
        String path = directory.resolve("estimator").toString();
        NeuriteClassifier saved = classifier()
                .setInitialModel(expected.model())
                .setStack("dense:units=3")
                .setWeightCol("weight")
                .setMetrics("f1", "mcc");
        saved.save(path);
        NeuriteClassifier loaded = NeuriteClassifier.load(path);
        assertThat(loaded.uid()).isEqualTo(saved.uid());
        assertThat(loaded.extractParamMap().size())
                .isEqualTo(saved.extractParamMap().size());
        assertThat(loaded.getOrDefault(loaded.initialModel())).isEqualTo(expected.model());
        assertThat(loaded.getOrDefault(loaded.metrics())).containsExactly("f1", "mcc");
        assertThat(loaded.getOrDefault(loaded.layers())).containsExactly(4, 8, 3);
        assertThat(loaded.getOrDefault(loaded.seed())).isEqualTo(5L);
    }

    @Test
    void itWorksInAPipelineWhichIsSavedAndLoaded(@TempDir Path directory) throws Exception {
        var indexer =
                new StringIndexer().setInputCol("name").setOutputCol("index").setStringOrderType("alphabetAsc");
        var scaler =
                new StandardScaler().setWithMean(true).setInputCol("features").setOutputCol("scaled");
        NeuriteClassifier classifier = classifier().setLabelCol("index").setFeaturesCol("scaled");
        classifier.clear(classifier.layers());
        var names = new IndexToString().setInputCol("prediction").setOutputCol("kind");
        Dataset<Row> named = frame.withColumn("name", functions.concat(functions.lit("kind "), functions.col("label")));
        PipelineModel model = new Pipeline()
                .setStages(new PipelineStage[] {indexer, scaler, classifier, names})
                .fit(named);
        List<Row> rows = model.transform(named).orderBy("id").collectAsList();
        assertThat(rows)
                .allSatisfy(row -> assertThat(row.<String>getAs("kind"))
                        .isEqualTo("kind " + row.<Double>getAs("prediction").intValue()));
        String path = directory.resolve("pipeline").toString();
        model.save(path);
        assertThat(PipelineModel.load(path).transform(named).orderBy("id").collectAsList())
                .isEqualTo(rows);
        var stage = (NeuriteClassificationModel) model.stages()[2];
        assertThat(stage.classNames()).containsExactly("kind 0", "kind 1", "kind 2");
        assertThat(stage.parent()).isEqualTo(classifier);
    }

    // ------------------------------------------------------------------------------------------------ model selection

    @Test
    void aCrossValidatorFitsEachFold(@TempDir Path directory) throws Exception {
        CrossValidatorModel model = new CrossValidator()
                .setEstimator(classifier())
                .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
                .setEstimatorParamMaps(new ParamGridBuilder().build())
                .setNumFolds(2)
                .setSeed(1)
                .fit(frame);
        assertThat(model.avgMetrics()).hasSize(1);
        var best = (NeuriteClassificationModel) model.bestModel();
        assertThat(best.file().model()).isEqualTo(expected.model());
        String path = directory.resolve("validated").toString();
        model.save(path);
        assertThat(predictions(CrossValidatorModel.load(path).transform(frame)))
                .isEqualTo(predictions(model.transform(frame)));
    }

    @Test
    void aTrainValidationSplitChoosesAParameter() {
        NeuriteClassifier classifier = classifier();
        ParamMap[] grid = new ParamGridBuilder()
                .addGrid(
                        classifier.layers(),
                        scala.jdk.javaapi.CollectionConverters.asScala(
                                List.of(new int[] {4, 1, 3}, new int[] {4, 16, 3})))
                .build();
        var model = new TrainValidationSplit()
                .setEstimator(classifier)
                .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("logLoss"))
                .setEstimatorParamMaps(grid)
                .setTrainRatio(0.75)
                .setSeed(1)
                .fit(frame);
        assertThat(model.validationMetrics()).hasSize(2).doesNotHaveDuplicates();
        int better = model.validationMetrics()[0] < model.validationMetrics()[1] ? 0 : 1;
        assertThat(((NeuriteClassificationModel) model.bestModel())
                        .file()
                        .model()
                        .network()
                        .parameters()
                        .getFirst()
                        .shape()
                        .extent(0))
                .isEqualTo(better == 0 ? 1 : 16);
    }

    @Test
    void copiesKeepModelSummaryAndParameters() {
        NeuriteClassificationModel copy = fitted.copy(new ParamMap().put(fitted.predictionCol(), "other"));
        assertThat(copy.getPredictionCol()).isEqualTo("other");
        assertThat(fitted.getPredictionCol()).isEqualTo("prediction");
        assertThat(copy.summary()).isSameAs(fitted.summary());
        assertThat(copy.uid()).isEqualTo(fitted.uid());
        NeuriteClassifier estimator = classifier();
        NeuriteClassifier other = estimator.copy(new ParamMap().put(estimator.maxIter(), 7));
        assertThat(other.getOrDefault(other.maxIter())).isEqualTo(7);
        assertThat(estimator.getOrDefault(estimator.maxIter())).isEqualTo(1);
    }

    @Test
    void aModelOfAnotherProgramPredicts() {
        var model = NeuriteClassificationModel.of(new ModelFile(expected.model(), Map.of()));
        assertThat(predictions(model.transform(frame))).isEqualTo(predictions(fitted.transform(frame)));
    }

    @Test
    void everyParameterIsExplained() {
        assertThat(classifier().params())
                .allSatisfy(each -> assertThat(each.doc()).isNotBlank());
        assertThat(new NeuriteClassifier().explainParams())
                .contains("maxIter: Passes over the training data. (default: 10)", "activation of hidden layers")
                .doesNotContainPattern("default: .*default: ")
                .doesNotContain("[Ljava");
    }
}

package dev.neurite.spark.ml;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class BadInputTest {
    private static final int ID = 0;
    private static final int LABEL = 1;
    private static final int FEATURES = 2;
    private static final int WEIGHT = 3;
    private static final int HELD = 4;
    private static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.StringType)
            .add("label", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType())
            .add("weight", DataTypes.DoubleType)
            .add("held", DataTypes.BooleanType)
            .add("rank", DataTypes.DoubleType);

    private static SparkSession spark;

    @BeforeAll
    static void start() {
        spark = Flowers.session();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    /// Eight rows of three classes, of which row `f` is changed.
    private static Dataset<Row> frame(Consumer<@Nullable Object[]> change) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            @Nullable
            Object[] values = {
                String.valueOf((char) ('a' + i)), (double) (i % 3), Vectors.dense(i, -i), 1.0, i % 4 == 3, 0.5
            };
            if (i == 5) change.accept(values);
            rows.add(RowFactory.create(values));
        }
        return spark.createDataFrame(rows, SCHEMA);
    }

    private static Dataset<Row> frame(int column, @Nullable Object value) {
        return frame(values -> values[column] = value);
    }

    private static NeuriteClassifier classifier() {
        return new NeuriteClassifier()
                .setIdCol("id")
                .setWeightCol("weight")
                .setValidationIndicatorCol("held")
                .setLayers(2, 3)
                .setBatchSize(4)
                .setShards(2)
                .setWorkers(1)
                .setMaxIter(1);
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                arguments(
                        FEATURES,
                        null,
                        "row f: expects a vector, an array of numbers or an image as features, got null"),
                arguments(
                        FEATURES, Vectors.dense(1, Double.NaN), "row f: expects finite features, got NaN as number 1"),
                arguments(
                        FEATURES,
                        Vectors.dense(Double.NEGATIVE_INFINITY, 0),
                        "row f: expects finite features, got -Infinity as number 0"),
                arguments(FEATURES, Vectors.dense(1), "row f: expects 2 features, got 1"),
                arguments(
                        FEATURES,
                        Vectors.sparse(7, new int[] {6}, new double[] {1}),
                        "row f: expects 2 features, got 7"),
                arguments(LABEL, null, "row f: expects a label, got null"),
                arguments(LABEL, Double.NaN, "row f: expects a whole label from 0 to 2, got NaN"),
                arguments(LABEL, 1.5, "row f: expects a whole label from 0 to 2, got 1.5"),
                arguments(LABEL, -1.0, "row f: expects a whole label from 0 to 2, got -1.0"),
                arguments(
                        LABEL,
                        3.0,
                        "row f: expects a whole label from 0 to 2, got 3.0. It needs a network of at least 4 outputs:"
                                + " see the last number of layers"),
                arguments(WEIGHT, null, "row f: expects a weight, got null"),
                arguments(WEIGHT, -0.5, "row f: expects a weight that is at least 0 and finite, got -0.5"),
                arguments(WEIGHT, Double.NaN, "row f: expects a weight that is at least 0 and finite, got NaN"),
                arguments(HELD, null, "row f: expects true or false in 'held', got null"),
                arguments(ID, null, "a row: expects an id, got null"),
                arguments(ID, "b", "row b: expects an id of its own, got the same twice"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aRowThatDoesNotFitIsNamed(int column, @Nullable Object value, String message) {
        Dataset<Row> frame = frame(column, value);
        assertThatThrownBy(() -> classifier().fit(frame))
                .isInstanceOf(DataException.class)
                .hasMessage(message);
    }

    @Test
    void labelsAreCheckedWhenTheyTellTheNumberOfClasses() {
        NeuriteClassifier classifier = classifier();
        classifier.clear(classifier.layers());
        assertThatThrownBy(() -> classifier.fit(frame(LABEL, 0.5)))
                .isInstanceOf(DataException.class)
                .hasMessage("row f: expects a whole label from 0 to 65535, got 0.5");
    }

    @Test
    void aRowWithoutIdIsNamedByItsFirstFeatures() {
        NeuriteClassifier classifier = classifier();
        classifier.clear(classifier.idCol());
        assertThatThrownBy(() -> classifier.fit(frame(LABEL, 0.5)))
                .isInstanceOf(DataException.class)
                .hasMessage("a row without id, with features [5.0, -5.0]: expects a whole label from 0 to 2, got 0.5");
        assertThatThrownBy(() -> classifier.fit(frame(FEATURES, Vectors.dense(1, 2, 3, 4))))
                .isInstanceOf(DataException.class)
                .hasMessage("a row without id, with features [1.0, 2.0, 3.0, …]: expects 2 features, got 4");
    }

    @Test
    void rowsOfValidationAreCheckedToo() {
        Dataset<Row> frame = frame(values -> {
            values[HELD] = true;
            values[LABEL] = 9.0;
        });
        assertThatThrownBy(() -> classifier().fit(frame))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("row f: expects a whole label from 0 to 2, got 9.0. ");
    }

    @Test
    void dataWithoutRowsIsRefused() {
        Dataset<Row> none = frame(ID, "f").filter("false");
        assertThatThrownBy(() -> classifier().fit(none))
                .isInstanceOf(DataException.class)
                .hasMessage("data: expects at least one row, got none");
        assertThatThrownBy(() -> classifier().fit(frame(ID, "f").filter("not held")))
                .isInstanceOf(DataException.class)
                .hasMessage("rows of validation: expects at least one row, got none");
        assertThatThrownBy(() -> classifier().fit(frame(ID, "f").filter("held")))
                .isInstanceOf(DataException.class)
                .hasMessage("data: expects at least one row, got none");
    }

    @Test
    void featuresFitTheShapeThatIsSet() {
        assertThatThrownBy(() -> alone(classifier()).setInputShape(3).fit(frame(ID, "f")))
                .isInstanceOf(DataException.class)
                .hasMessageMatching("row [a-h]: expects 3 features, got 2");
    }

    @Test
    void fewerRowsThanShardsAreRefused() {
        NeuriteClassifier many = classifier().setShards(16).setBatchSize(32);
        assertThatThrownBy(() -> many.fit(frame(ID, "f")))
                .isInstanceOf(NeuriteException.class)
                .hasMessageContaining("at least a row for each of 16 shards");
    }

    static Stream<Arguments> columns() {
        return Stream.of(
                settings("featuresCol: expects a column of the data, got 'x'", each -> each.setFeaturesCol("x")),
                settings("labelCol: expects a column of the data, got 'lable'", each -> each.setLabelCol("lable")),
                settings("weightCol: expects a column of the data, got 'x'", each -> each.setWeightCol("x")),
                settings("idCol: expects a column of the data, got 'x'", each -> each.setIdCol("x")),
                settings(
                        "validationIndicatorCol: expects a column of the data, got 'x'",
                        each -> each.setValidationIndicatorCol("x")),
                settings(
                        "featuresCol: expects a column of vectors, arrays of numbers or images, got 'id' of type"
                                + " string",
                        each -> each.setFeaturesCol("id")),
                settings(
                        "labelCol: expects a column of numbers, got 'id' of type string",
                        each -> each.setLabelCol("id")),
                settings(
                        "weightCol: expects a column of numbers, got 'held' of type boolean",
                        each -> each.setWeightCol("held")),
                settings(
                        "idCol: expects a column of whole numbers or strings, got 'rank' of type double",
                        each -> each.setIdCol("rank")),
                settings(
                        "validationIndicatorCol: expects a column of booleans, got 'rank' of type double",
                        each -> each.setValidationIndicatorCol("rank")),
                settings(
                        "predictionCol: expects a name that no column has, got 'id'",
                        each -> each.setPredictionCol("id")),
                settings(
                        "probabilityCol: expects a name that no column has, got 'rawPrediction'",
                        each -> each.setProbabilityCol("rawPrediction")));
    }

    static Stream<Arguments> values() {
        return Stream.of(
                settings("maxIter: expects at least 1, got 0", each -> each.setMaxIter(0)),
                settings("batchSize: expects at least 1, got 0", each -> each.setBatchSize(0)),
                settings(
                        "shards: expects a divisor of the batch size 5, as rows belong to shards, got 2",
                        each -> each.setBatchSize(5)),
                settings("shards: expects at least 1, got 0", each -> each.setShards(0)),
                settings("workers: expects at least 0, got -1", each -> each.setWorkers(-1)),
                settings("workers: expects at most one for each of 2 shards, got 3", each -> each.setWorkers(3)),
                settings("optimizer: expects one of sgd", each -> each.setOptimizer("adamm")),
                settings("optimizer adam: expects settings of rate", each -> each.setOptimizer("adam:speed=1")),
                settings("stepSize: expects a number above 0 and below 1e10, got 0.0", each -> each.setStepSize(0)),
                settings(
                        "stepSize: expects rate to be given once, got optimizer sgd:rate=1 too",
                        each -> each.setOptimizer("sgd:rate=1").setStepSize(0.1)),
                settings("loss: expects one of ", each -> each.setLoss("entropy")),
                settings("loss: expects one whose outputs become probabilities", each -> each.setLoss("multi-margin")),
                settings("loss: expects data with 2 classes, got 3 classes", each -> each.setLoss("bce")),
                settings("schedule: expects one of ", each -> each.setSchedule("cosin")),
                settings("activation: expects one of ", each -> each.setActivation("rel")),
                settings("dropout: expects a rate from 0 to below 1, got 1.0", each -> each.setDropout(1)),
                settings(
                        "layers: expects 2, the number of features, then units from 1, then 3, the number of outputs,"
                                + " got [5, 3]",
                        each -> each.setLayers(5, 3)),
                settings("layers: expects 2, the number of features", each -> each.setLayers(2, 0, 3)),
                settings("layers: expects 2, the number of features", each -> each.setLayers()),
                settings("stack: expects one of ", each -> alone(each).setStack("dens:units=3")),
                settings("architecture: expects one of ", each -> alone(each).setArchitecture("resnt")),
                settings(
                        "stack: expects to be the only choice of a network, got also layers",
                        each -> each.setStack("dense:units=3")),
                settings("inputShape: expects extents from 1, got [0]", each -> each.setInputShape(0)),
                settings("metrics: expects one of ", each -> each.setMetrics("f2")),
                settings(
                        "metrics: expects rows to measure on",
                        each -> each.setMetrics("f1").clear(each.validationIndicatorCol())),
                settings("patience: expects at least 0, got -1", each -> each.setPatience(-1)),
                settings("tol: expects at least 0, got -1.0", each -> each.setTol(-1)),
                settings(
                        "scheduleMetric: expects one of loss",
                        each -> each.setSchedule("reduce-on-plateau").with("schedule-metric", "los")),
                settings(
                        "scheduleMetric: expects a schedule that watches a metric",
                        each -> each.with("schedule-metric", "loss")),
                settings("ema: expects a number from 0 to below 1, got 1.0", each -> each.with("ema", 1.0)),
                settings(
                        "clipNorm: expects no clipValue",
                        each -> each.with("clip-norm", 1.0).with("clip-value", 1.0)),
                settings(
                        "classWeights: expects a number for each class",
                        each -> each.with("class-weights", "balanced")),
                settings(
                        "monitor: expects one of loss, accuracy, train_loss, train_accuracy, f1-macro, got 'loss2'",
                        each -> each.setMetrics("f1").setMonitor("loss2")),
                settings("timeout: expects seconds above 0", each -> each.setTimeout(0)),
                settings(
                        "thresholds: expects one for each of 3 classes, got 2",
                        each -> each.setThresholds(new double[] {1, 1})));
    }

    private static NeuriteClassifier alone(NeuriteClassifier classifier) {
        classifier.clear(classifier.layers());
        return classifier;
    }

    private static Arguments settings(String message, Consumer<NeuriteClassifier> change) {
        return arguments(message, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"columns", "values"})
    void aParameterThatDoesNotFitIsNamed(String message, Consumer<NeuriteClassifier> change) {
        NeuriteClassifier classifier = classifier();
        change.accept(classifier);
        assertThatThrownBy(() -> classifier.fit(frame(ID, "f")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }
}

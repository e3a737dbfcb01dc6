package dev.neurite.spark.ml;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.network.TextAndTable;
import dev.neurite.network.TextClassifier;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import dev.neurite.text.data.TextRows;
import dev.neurite.train.Trainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class NeuriteUdfTest {
    private static SparkSession spark;
    private static Dataset<Row> frame;

    @BeforeAll
    static void start() {
        spark = Flowers.session();
        frame = Flowers.frame(spark);
        frame.createOrReplaceTempView("flowers");
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static ModelFile classes(long seed) {
        return new ModelFile(
                Model.of(features(Flowers.WIDTH), dense(3, SOFTMAX)).initialize(seed), Map.of());
    }

    @Test
    void aModelIsAFunctionOfSql() {
        var model = NeuriteClassificationModel.of(classes(1));
        NeuriteUdf.register(spark, "kind", model);
        NeuriteUdf.registerProbabilities(spark, "chances", model);
        List<Row> rows = spark.sql("SELECT id, kind(features), chances(features), kind(null) FROM flowers")
                .collectAsList();
        assertThat(rows).hasSize(Flowers.ROWS);
        for (Row row : rows) {
            float[] outputs = model.file().model().predict(Flowers.features((int) row.getLong(0)));
            List<Double> chances = row.getList(2);
            assertThat(chances).containsExactly((double) outputs[0], (double) outputs[1], (double) outputs[2]);
            assertThat(chances.get((int) row.getDouble(1))).isEqualTo(java.util.Collections.max(chances));
            assertThat(row.isNullAt(3)).isTrue();
        }
        model.setThresholds(new double[] {1, 1, 1e-9});
        NeuriteUdf.register(spark, "third", model);
        assertThat(spark.sql("SELECT count(*) FROM flowers WHERE third(features) = 2")
                        .first()
                        .getLong(0))
                .isEqualTo(Flowers.ROWS);
    }

    @Test
    void aRegressionIsAFunctionOfArrays() {
        Model model = Model.of(features(2), dense(1)).initialize(3);
        NeuriteUdf.register(spark, "value", NeuriteRegressionModel.of(new ModelFile(model, Map.of())));
        assertThat(spark.sql("SELECT value(array(1.5D, 2D)), value(array(1.5F, 2F))")
                        .first())
                .isEqualTo(org.apache.spark.sql.RowFactory.create(
                        (double) model.predict(1.5f, 2)[0], (double) model.predict(1.5f, 2)[0]));
        assertThatThrownBy(() -> spark.sql("SELECT value(array(1D))").collectAsList())
                .rootCause()
                .isInstanceOf(DataException.class)
                .hasMessage("features: expects 2 features, got 1");
    }

    @Test
    void tasksShareOneModelAndTheLastFewAreKept() {
        var cache = new ModelCache();
        byte[] bytes = ModelBytes.of(classes(0));
        ReadyModel first = cache.get("a", () -> bytes);
        assertThat(cache.get("a", () -> {
                    throw new AssertionError("read twice");
                }))
                .isSameAs(first);
        for (int i = 0; i < ModelCache.MOST; i++) cache.get("other " + i, () -> bytes);
        assertThat(cache.size()).isEqualTo(ModelCache.MOST);
        assertThat(cache.get("a", () -> bytes)).isNotSameAs(first);
    }

    @Test
    void allTasksPredictWithOneModel() {
        var model = NeuriteClassificationModel.of(classes(9));
        ReadyModel here = ModelCache.ofThisJvm().get(ModelBytes.fingerprint(ModelBytes.of(model.file())), () -> {
            throw new AssertionError("not in the cache");
        });
        assertThat(model.transform(frame.repartition(4)).count()).isEqualTo(Flowers.ROWS);
        assertThat(model.shared(spark).get()).isSameAs(here);
        assertThat(model.shared(spark)).isSameAs(model.shared(spark)); // sent once
    }

    record Fruit(double weight, String color, String kind) {}

    private static final List<Fruit> FRUITS = List.of(
            new Fruit(8, "red", "cherry"),
            new Fruit(150, "green", "apple"),
            new Fruit(9, "red", "cherry"),
            new Fruit(140, "red", "apple"));

    private static ModelFile trained(PreprocessingSettings settings, int outputs, Criterion loss) {
        Table table = Table.of(FRUITS);
        Preprocessing columns = Preprocessing.fit(table, settings);
        Model model =
                Model.of(features(columns.inputNames().size()), dense(outputs)).initialize(1);
        return ModelFile.of(Trainer.of(model).loss(loss).epochs(5).fit(columns.apply(table)));
    }

    @Test
    void rawColumnsArePredicted() {
        ModelFile kinds = trained(
                PreprocessingSettings.classes("kind").withUsual(ColumnSettings.USUAL.withMissing(Missing.MEAN)),
                2,
                Losses.crossEntropy());
        ModelFile weights =
                trained(PreprocessingSettings.values("weight").without("kind"), 1, Losses.meanSquaredError());
        Input.Numbers named = new Input.Numbers(Shape.of(2), List.of("a", "b"));
        dev.neurite.data.Dataset data = dev.neurite.data.Dataset.of(
                        new float[][] {{0, 1}, {1, 0}}, new float[][] {{0, 1, 1}, {1, 0, 1}})
                .withOrigin(named);
        ModelFile labels =
                ModelFile.of(Trainer.of(Model.of(features(2), dense(3)).initialize(1))
                        .loss(Losses.binaryCrossEntropy())
                        .epochs(2)
                        .fit(data));
        NeuriteUdf.register(spark, "kindOf", kinds);
        NeuriteUdf.register(spark, "weightOf", weights);
        NeuriteUdf.register(spark, "labelsOf", labels);
        Row row = spark.sql("SELECT kindOf(struct(color, weight)), weightOf(struct(*)), labelsOf(struct(a, b)),"
                        + " kindOf(null) FROM (SELECT 'red' AS color, 9 AS weight, 0.5 AS a, 1 AS b)")
                .first();
        Map<String, Object> raw = Map.of("color", "red", "weight", 9);
        assertThat(row.getString(0)).isEqualTo(Predictor.of(kinds).predict(raw).label());
        assertThat(row.getDouble(1))
                .isEqualTo(Predictor.of(weights).predict(raw).value());
        Prediction several = Predictor.of(labels).predict(Map.of("a", 0.5, "b", 1));
        assertThat(row.<String>getList(2)).isEqualTo(((Prediction.Labels) several).labels());
        assertThat(row.isNullAt(3)).isTrue();
        String missing = "SELECT kindOf(named_struct('color', 'red', 'weight', CAST(null AS DOUBLE)))";
        assertThat(spark.sql(missing).first().getString(0))
                .isEqualTo(Predictor.of(kinds)
                        .predict(Map.of("color", "red", "weight", Optional.empty()))
                        .label());
        assertThatThrownBy(() ->
                        spark.sql("SELECT kindOf(named_struct('weight', 1))").collectAsList())
                .rootCause()
                .isInstanceOf(DataException.class)
                .hasMessageContaining("color");
    }

    record Review(String review, double stars, String mood) {}

    @Test
    void textsArePredictedAloneAndBesideOtherColumns() {
        List<Review> reviews = List.of(
                new Review("a lovely film", 4, "praise"),
                new Review("a dull film", 2, "blame"),
                new Review("lovely and charming", 5, "praise"),
                new Review("dull and awful", 1, "blame"));
        Table table = Table.of(reviews);
        Tokenizer words = VocabularyTrainer.words(20).train(reviews.stream().map(Review::review));
        ModelFile alone = ModelFile.of(Trainer.of(new TextClassifier()
                        .withVocabulary(words.vocabularySize())
                        .model(2))
                .epochs(20)
                .fit(TextRows.of(words, table, "review", "mood", List.of("blame", "praise"))));
        Preprocessing columns =
                Preprocessing.fit(table, PreprocessingSettings.classes("mood").without("review"));
        var data = dev.neurite.data.Dataset.of(
                RowSource.joint(TextRows.of(words, table, "review"), columns.apply(table)), columns.apply(table));
        List<Shape> shapes = data.inputs().stream().map(RowSource::inputShape).toList();
        ModelFile both = ModelFile.of(Trainer.of(new TextAndTable()
                        .withVocabulary(words.vocabularySize())
                        .model(shapes, 2))
                .epochs(20)
                .fit(data));
        NeuriteUdf.register(spark, "moodOf", alone);
        NeuriteUdf.register(spark, "moodOfBoth", both);
        for (Review each : reviews) {
            Row row = spark.sql("SELECT moodOf(struct(review)), moodOfBoth(struct(stars, review)) FROM (SELECT '"
                            + each.review() + "' AS review, " + each.stars() + " AS stars)")
                    .first();
            assertThat(row.getString(0))
                    .isEqualTo(each.mood())
                    .isEqualTo(Predictor.of(alone).predict(each.review()).label());
            assertThat(row.getString(1))
                    .isEqualTo(each.mood())
                    .isEqualTo(Predictor.of(both)
                            .predict(Map.of("stars", each.stars(), "review", each.review()))
                            .label());
        }
    }

    /// A column that the model does not use may have the name of its input.
    @Test
    void allColumnsOfATableMayBeGiven() {
        NeuriteUdf.register(spark, "sort", trained(PreprocessingSettings.classes("kind"), 2, Losses.crossEntropy()));
        Row row = spark.sql("SELECT sort(struct(*)), sort(struct(color, weight))"
                        + " FROM (SELECT 'red' AS color, 9 AS weight, 55 AS `table`)")
                .first();
        assertThat(row.getString(0)).isEqualTo(row.getString(1));
    }

    @Test
    void whatIsNotFiniteIsNoPrediction() {
        NeuriteUdf.register(spark, "far", NeuriteClassificationModel.of(classes(1)));
        String far = "SELECT far(array_repeat(CAST(3e38 AS FLOAT), " + Flowers.WIDTH + "))";
        assertThatThrownBy(() -> spark.sql(far).collectAsList())
                .rootCause()
                .isInstanceOf(DataException.class)
                .hasMessageContaining("features: expects finite predictions, got NaN or infinite ones");
        ModelFile kinds = trained(PreprocessingSettings.classes("kind"), 2, Losses.crossEntropy());
        Tensor steep = Tensor.of(new float[][] {{1e9f, 0, 0}, {-1e9f, 0, 0}});
        NeuriteUdf.register(spark, "farKind", kinds.with(kinds.model().with("dense1.weight", steep)));
        assertThatThrownBy(() -> spark.sql("SELECT farKind(named_struct('color', 'red', 'weight', 3e38))")
                        .collectAsList())
                .rootCause()
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a finite prediction");
    }

    @Test
    void whatIsNoFunctionOfColumnsIsRefused() {
        Model model = Model.of(features(2), dense(3)).initialize(1);
        assertThatThrownBy(() -> NeuriteUdf.register(spark, "none", new ModelFile(model, Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects inputs that columns make, got input 'numbers': numbers");
        var named = new Signature(
                new LinkedHashMap<>(Map.of("x", new Input.Numbers(Shape.of(2), List.of("a", "b")))),
                new LinkedHashMap<>(Map.of("y", new Output.Numbers())));
        assertThatThrownBy(() -> NeuriteUdf.register(spark, "none", new ModelFile(model, Map.of(), named)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects one output that is a class, several labels or one value, got y");
        ModelFile kinds = trained(PreprocessingSettings.classes("kind"), 2, Losses.crossEntropy());
        assertThatThrownBy(() -> NeuriteClassificationModel.of(kinds))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("NeuriteUdf.register takes its file");
    }
}

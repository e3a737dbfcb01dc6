package dev.neurite.spark.ml;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import java.util.List;
import java.util.Map;
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
}

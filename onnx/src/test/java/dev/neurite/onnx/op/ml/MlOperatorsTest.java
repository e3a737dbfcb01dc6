package dev.neurite.onnx.op.ml;

import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.longs;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The operators of `ai.onnx.ml` but trees. What scikit-learn makes of them is in `SklearnTest`.
final class MlOperatorsTest {
    private static Ops ml(String op, int version) {
        return op(Operators.ML, op, version);
    }

    private static Value texts(String... all) {
        return Value.of(Shape.of(all.length), all);
    }

    private static void refused(Ops ops, Value... x) {
        assertThatThrownBy(() -> ops.run(x)).isInstanceOfAny(ModelFormatException.class, ShapeException.class);
    }

    // ---------------------------------------------------------------------------------------------------------- maps

    @Test
    void zipMapGivesAMapForEachRow() {
        Value y = ml("ZipMap", 1)
                .with("classlabels_strings", List.of("a", "b"))
                .run(Value.of(shape(2, 2), 0.25f, 0.75f, 1, 0));
        assertThat(y.elements()).hasSize(2);
        assertThat(y.elements().get(0).numbers()).containsExactly(Map.entry("a", 0.25), Map.entry("b", 0.75));
        Value numbered = ml("ZipMap", 1).integers("classlabels_int64s", 7).run(floats(0.5f));
        assertThat(numbered.elements().getFirst().keys().longs()).containsExactly(7);
        assertThat(numbered.elements().getFirst().numbers()).containsExactly(Map.entry("7", 0.5));
        refused(ml("ZipMap", 1).integers("classlabels_int64s", 7), floats(1, 2));
        refused(ml("ZipMap", 1), floats(1, 2));
    }

    @Test
    void dictVectorizerPutsValuesWhereTheirKeysAre() {
        Ops dictionary = ml("DictVectorizer", 1).with("string_vocabulary", List.of("a", "c", "b", "z"));
        assertThat(dictionary.run(Value.map(texts("a", "c"), longs(4, 8))))
                .isEqualTo(Value.of(shape(1, 4), 4L, 8L, 0L, 0L));
        assertThatThrownBy(() -> dictionary.run(Value.map(texts("x"), floats(1))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects keys of its vocabulary, got 'x'");
        assertThatThrownBy(() -> dictionary.run(Value.map(longs(1), floats(1)))).isInstanceOf(ShapeException.class);
        refused(dictionary, floats(1));
    }

    @Test
    void castMapOrdersByKeysOrPlaces() {
        Value map = Value.map(longs(3, 1), floats(0.5f, 2));
        assertThat(ml("CastMap", 1).run(map)).isEqualTo(Value.of(shape(1, 2), 2f, 0.5f));
        Ops sparse = ml("CastMap", 1).with("map_form", "SPARSE").with("cast_to", "TO_INT64");
        assertThat(sparse.integer("max_map", 4).run(map)).isEqualTo(Value.of(shape(1, 4), 0L, 2L, 0L, 0L));
        assertThatThrownBy(() -> sparse.integer("max_map", 3).run(map)).isInstanceOf(DataException.class);
        refused(sparse.integer("max_map", -1), map);
        refused(ml("CastMap", 1).with("cast_to", "TO_BOOL"), map);
    }

    // ------------------------------------------------------------------------------------------------------- encoders

    @Test
    void labelEncoderLooksUpInEachVersion() {
        Ops first =
                ml("LabelEncoder", 1).with("classes_strings", List.of("a", "b")).integer("default_int64", -5);
        assertThat(first.run(texts("b", "?"))).isEqualTo(longs(1, -5));
        assertThat(first.run(longs(0, 9))).isEqualTo(texts("a", "_Unused"));
        Ops second = ml("LabelEncoder", 2)
                .with("keys_floats", List.of(1f, Float.NaN, 1f))
                .with("values_strings", List.of("one", "none", "again"))
                .with("default_string", "?");
        assertThat(second.run(floats(Float.intBitsToFloat(0x7fc00001), 1, 2))).isEqualTo(texts("none", "again", "?"));
        Ops fourth = ml("LabelEncoder", 4)
                .with("keys_tensor", texts("x"))
                .with("values_tensor", Value.of(shape(1), 0.5))
                .with("default_tensor", Value.of(shape(1), 7.0));
        assertThat(fourth.run(texts("y", "x"))).isEqualTo(Value.of(shape(2), 7.0, 0.5));
        refused(second, texts("1"));
        refused(ml("LabelEncoder", 2).integers("keys_int64s", 1, 2).integers("values_int64s", 1), longs(1));
        refused(ml("LabelEncoder", 2).integers("keys_int64s", 1), longs(1));
        refused(fourth.with("default_tensor", floats(1)), texts("x"));
    }

    @Test
    void categoryMapperGoesBothWays() {
        Ops mapper = ml("CategoryMapper", 1)
                .with("cats_strings", List.of("cat", "dog"))
                .integers("cats_int64s", 3, 4)
                .integer("default_int64", -1);
        assertThat(mapper.run(texts("dog", "fox"))).isEqualTo(longs(4, -1));
        assertThat(mapper.run(longs(3, 0))).isEqualTo(texts("cat", "_Unused"));
        refused(mapper.integers("cats_int64s", 3), longs(3));
    }

    @Test
    void oneHotEncoderKnowsItsCategories() {
        Ops encoder = ml("OneHotEncoder", 1).integers("cats_int64s", 1, 5);
        assertThat(encoder.run(Value.of(shape(1, 2), 5L, 2L))).isEqualTo(Value.of(shape(1, 2, 2), 0f, 1f, 0f, 0f));
        assertThat(encoder.run(floats(1.9f))).isEqualTo(Value.of(shape(1, 2), 1f, 0f));
        assertThatThrownBy(() -> encoder.integer("zeros", 0).run(longs(2)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got 2 as element 0");
        assertThatThrownBy(() -> ml("OneHotEncoder", 1)
                        .with("cats_strings", List.of("cat"))
                        .integer("zeros", 0)
                        .run(texts("")))
                .hasMessageContaining("got '' as element 0");
        refused(encoder, texts("1"));
        refused(ml("OneHotEncoder", 1), longs(1));
    }

    // -------------------------------------------------------------------------------------------------------- columns

    @Test
    void columnsAreTakenAndPutTogether() {
        Value x = Value.of(shape(2, 3), 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(ml("ArrayFeatureExtractor", 1).run(x, longs(2, 0))).isEqualTo(Value.of(shape(2, 2), 3L, 1L, 6L, 4L));
        assertThatThrownBy(() -> ml("ArrayFeatureExtractor", 1).run(x, longs(3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> ml("ArrayFeatureExtractor", 1).run(x, longs(-1)))
                .isInstanceOf(ShapeException.class);
        Ops both = ml("FeatureVectorizer", 1).integers("inputdimensions", 2, 4);
        assertThat(both.run(x, x)).isEqualTo(Value.of(shape(2, 6), 1f, 2f, 1f, 2f, 3f, 0f, 4f, 5f, 4f, 5f, 6f, 0f));
        refused(both.integers("inputdimensions", 2), x, x);
        refused(both.integers("inputdimensions", 1L << 40, 1), x, x);
    }

    @Test
    void numbersArePrepared() {
        Value x = Value.of(shape(2, 2), 1f, -3f, 0f, 0f);
        assertThat(ml("Scaler", 1)
                        .with("offset", List.of(1f))
                        .with("scale", List.of(2f, 3f))
                        .run(x))
                .isEqualTo(Value.of(shape(2, 2), 0f, -12f, -2f, -3f));
        assertThat(ml("Normalizer", 1).with("norm", "L1").run(x))
                .isEqualTo(Value.of(shape(2, 2), 0.25f, -0.75f, 0f, 0f));
        assertThat(ml("Normalizer", 1).run(x).floats()[1]).isEqualTo(-1);
        assertThat(ml("Binarizer", 1).with("threshold", 0f).run(x)).isEqualTo(Value.of(shape(2, 2), 1f, 0f, 0f, 0f));
        Value missing = Value.of(shape(2, 2), Float.NaN, 1f, 2f, Float.NaN);
        Ops imputer =
                ml("Imputer", 1).with("imputed_value_floats", List.of(8f, 9f)).with("replaced_value_float", Float.NaN);
        assertThat(imputer.run(missing)).isEqualTo(Value.of(shape(2, 2), 8f, 1f, 2f, 9f));
        assertThat(ml("Imputer", 1)
                        .integers("imputed_value_int64s", 7)
                        .integer("replaced_value_int64", 2)
                        .run(longs(1, 2)))
                .isEqualTo(longs(1, 7));
        refused(ml("Scaler", 1).with("offset", List.of(1f, 2f, 3f)), x);
        refused(ml("Normalizer", 1).with("norm", "L3"), x);
        refused(ml("Imputer", 1), missing);
    }

    // --------------------------------------------------------------------------------------------------------- models

    @Test
    void linearModelsOfWrongSizesAreRefused() {
        Value x = Value.of(shape(1, 2), 1f, 2f);
        Ops linear = ml("LinearClassifier", 1)
                .with("coefficients", List.of(1f, -1f))
                .with("intercepts", List.of(0.5f))
                .integers("classlabels_ints", 0, 1)
                .outputs(2);
        Value[] y = linear.runAll(x);
        assertThat(y[0].longs()).containsExactly(0);
        assertThat(y[1].floats()).containsExactly(0.5f, -0.5f);
        refused(linear.with("coefficients", List.of(1f, -1f, 0f)), x);
        refused(linear.with("intercepts", List.of(1f, 2f)), x);
        refused(linear.integers("classlabels_ints", 0, 1, 2), x);
        refused(linear.with("post_transform", "?"), x);
        refused(ml("LinearRegressor", 1).with("coefficients", List.of(1f)), x);
        refused(ml("LinearRegressor", 1).with("coefficients", List.of(1f, 2f)).integer("targets", 0), x);
        assertThat(linear.with("post_transform", "PROBIT").runAll(x)[1].shape()).isEqualTo(shape(1, 2));
    }

    @Test
    void supportVectorsOfWrongSizesAreRefused() {
        Value x = Value.of(shape(1, 2), 1f, 2f);
        Ops machine = ml("SVMClassifier", 1)
                .with("support_vectors", List.of(1f, 0f, 0f, 1f))
                .integers("vectors_per_class", 1, 1)
                .with("coefficients", List.of(1f, -1f))
                .with("rho", List.of(0f))
                .integers("classlabels_ints", 3, 4);
        assertThat(machine.outputs(2).runAll(x)[0].longs()).containsExactly(4);
        refused(machine.integers("vectors_per_class", 1, 2), x);
        refused(machine.integers("vectors_per_class", -1, 1), x);
        refused(machine.integers("vectors_per_class", Long.MAX_VALUE, 1), x);
        refused(machine.with("coefficients", List.of(1f)), x);
        refused(machine.with("rho", List.of()), x);
        refused(machine.with("prob_a", List.of(1f)), x);
        refused(machine.with("kernel_type", "CUBIC"), x);
        refused(machine.with("kernel_params", List.of(1f)), x);
        refused(
                ml("SVMRegressor", 1)
                        .with("coefficients", List.of(1f))
                        .with("rho", List.of(1f))
                        .integer("n_supports", 5),
                x);
        Ops linear = ml("SVMRegressor", 1).with("coefficients", List.of(2f, 1f)).with("rho", List.of(1f));
        assertThat(linear.run(x).floats()).containsExactly(5);
    }
}

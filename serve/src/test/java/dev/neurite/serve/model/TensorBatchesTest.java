package dev.neurite.serve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ShapeException;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.SampleValues;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.serve.Models;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TensorBatchesTest {
    private static final Path RESOURCES = Path.of("../onnx/src/test/resources");

    /// x [n×3] divided by the largest number of each column: rows depend on each other.
    private static final String BY_THE_LARGEST =
            "CAg6cAovCgF4EgFtIglSZWR1Y2VNYXgqCwoEYXhlc6ABB0AAKg8KCGtlZXBkaW1zoAECGAEKDgoBeAoBbRIBeSIDRG"
                    + "l2EgFnWhQKAXgSDwoNCAESCQoDEgFuCgIIA2IUCgF5Eg8KDQgBEgkKAxIBbgoCCANCBAoAEA0=";

    @ParameterizedTest
    @ValueSource(strings = {"models/mlp.onnx", "sklearn/decision_tree_texts/model.onnx"})
    void requestsThatAreComputedTogetherHaveTheBitsOfEachAlone(String file) {
        OnnxModel model = OnnxModel.load(RESOURCES.resolve(file));
        TensorBatches batches = TensorBatches.of(model);
        assertThat(batches.joins()).as(model.inputs() + " " + model.outputs()).isTrue();
        List<Map<String, Value>> requests =
                IntStream.of(1, 3, 2).mapToObj(rows -> request(model, rows)).toList();
        assertThat(batches.compute(requests))
                .isEqualTo(requests.stream().map(model::run).toList());
        Batching<Map<String, Value>> batching = batches.batching(BatchSettings.USUAL);
        assertThat(batching.together().test(requests.getFirst(), requests.getLast()))
                .isTrue();
        assertThat(batching.rows().applyAsInt(requests.get(1))).isEqualTo(3);
    }

    /// Their encoders refuse categories that they do not know.
    static List<OnnxModel> modelsOfCategories() {
        return List.of(
                Models.exportedFruit(),
                OnnxModel.load(RESOURCES.resolve("sklearn/one_hot_columns_and_logistic_regression/model.onnx")));
    }

    @ParameterizedTest
    @MethodSource("modelsOfCategories")
    void categoriesOfSampleRowsAreThoseThatTheModelKnows(OnnxModel model) {
        TensorBatches batches = TensorBatches.of(model);
        assertThat(batches.notice()).isEmpty();
        assertThat(batches.joins()).isTrue();
        assertThat(batches.hasSample()).isTrue();
        batches.warm(4);
    }

    @Test
    void aModelThatIsComputedOneRequestAtATimeSaysWhy() {
        assertThat(TensorBatches.of(OnnxModel.read(Base64.getDecoder().decode(BY_THE_LARGEST)))
                        .notice())
                .hasValue("is computed one request at a time: sample rows give other numbers together than alone");
    }

    @Test
    void inputsOfDifferentNumbersOfRowsAreRefusedBeforeTheModelRuns() {
        OnnxModel model =
                OnnxModel.load(RESOURCES.resolve("sklearn/one_hot_columns_and_logistic_regression/model.onnx"));
        Map<String, Value> request = new LinkedHashMap<>();
        for (ValueInfo each : model.inputs()) {
            Shape shape = each.name().equals("area") ? Shape.of(2, 1) : Shape.of(1, 1);
            request.put(each.name(), SampleValues.of(each.type(), shape, 1, model.known(each.name())));
        }
        assertThatThrownBy(() -> TensorBatches.of(model).compute(List.of(request)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("inputs: expects one number of rows, got 1 for 'city' and 2 for 'area'");
    }

    @Test
    void severalRowsOfAModelThatDoesNotJoinAreComputedEachAlone() {
        TensorBatches batches =
                TensorBatches.of(OnnxModel.read(Base64.getDecoder().decode(BY_THE_LARGEST)));
        Map<String, Value> one = Map.of("x", Value.of(Shape.of(1, 3), 1f, 2f, 3f));
        Map<String, Value> ten = Map.of("x", Value.of(Shape.of(1, 3), 10f, 20f, 30f));
        Map<String, Value> ones = Map.of("y", Value.of(Shape.of(1, 3), 1f, 1f, 1f));
        assertThat(batches.compute(List.of(one, ten))).isEqualTo(List.of(ones, ones));
    }

    private static Map<String, Value> request(OnnxModel model, int rows) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (ValueInfo each : model.inputs()) {
            Shape one = each.shape(Map.of());
            values.put(each.name(), SampleValues.of(each.type(), one.row().forRows(rows), 7L * rows));
        }
        return values;
    }

    @Test
    void aModelWhoseRowsDependOnEachOtherComputesRequestsAlone() {
        OnnxModel model = OnnxModel.read(Base64.getDecoder().decode(BY_THE_LARGEST));
        TensorBatches batches = TensorBatches.of(model);
        assertThat(batches.joins()).isFalse();
        Map<String, Value> one = Map.of("x", SampleValues.of(ElementType.FLOAT, Shape.of(1, 3), 1));
        assertThat(batches.batching(BatchSettings.USUAL).together().test(one, one))
                .isFalse();
        assertThat(batches.compute(List.of(one))).isEqualTo(List.of(Map.of("y", Value.of(Shape.of(1, 3), 1f, 1f, 1f))));
    }

    /// x [n×16] divided by the largest of all numbers (uint8), or of each column (int64, bool).
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CAg6fAoXCgF4EgFmIgRDYXN0KgkKAnRvGAGgAQIKIgoBZhIBbSIJUmVkdWNlTWF4Kg8KCGtlZXBkaW1zGAGgAQIKDgoBZgoBbRIB"
                        + "eSIDRGl2EgFnWhQKAXgSDwoNCAISCQoDEgFuCgIIEGIUCgF5Eg8KDQgBEgkKAxIBbgoCCBBCBAoAEA0=",
                "CAg6iQEKFwoBeBIBZiIEQ2FzdCoJCgJ0bxgBoAECCi8KAWYSAW0iCVJlZHVjZU1heCoLCgRheGVzQACgAQcqDwoIa2VlcGRpbXMYAa"
                    + "ABAgoOCgFmCgFtEgF5IgNEaXYSAWdaFAoBeBIPCg0IBxIJCgMSAW4KAggQYhQKAXkSDwoNCAESCQoDEgFuCgIIEEIECgAQDQ==",
                "CAg6iQEKFwoBeBIBZiIEQ2FzdCoJCgJ0bxgBoAECCi8KAWYSAW0iCVJlZHVjZU1heCoLCgRheGVzQACgAQcqDwoIa2VlcGRpbXMYAa"
                    + "ABAgoOCgFmCgFtEgF5IgNEaXYSAWdaFAoBeBIPCg0ICRIJCgMSAW4KAggQYhQKAXkSDwoNCAESCQoDEgFuCgIIEEIECgAQDQ=="
            })
    void rowsOfIntegersThatDependOnEachOtherAreFoundOut(String graph) {
        OnnxModel model = OnnxModel.read(Base64.getDecoder().decode(graph));
        TensorBatches batches = TensorBatches.of(model);
        assertThat(batches.joins()).isFalse();
        ValueInfo input = model.inputs().getFirst();
        Map<String, Value> many = Map.of("x", SampleValues.various(input.type(), Shape.of(5000, 16), 100, 1));
        assertThat(batches.batching(BatchSettings.USUAL).rows().applyAsInt(many))
                .as("an item of a model that does not join counts as one row")
                .isEqualTo(1);
    }

    @Test
    void requestsOfOtherShapesAreNotComputedTogether() {
        TensorBatches batches = TensorBatches.of(OnnxModel.load(RESOURCES.resolve("models/mlp.onnx")));
        Batching<Map<String, Value>> batching = batches.batching(BatchSettings.USUAL);
        Map<String, Value> good = request(OnnxModel.load(RESOURCES.resolve("models/mlp.onnx")), 1);
        Map<String, Value> wrong = new LinkedHashMap<>(good);
        wrong.replaceAll((_, value) -> SampleValues.of(ElementType.FLOAT, Shape.of(1, 999), 1));
        assertThat(batching.together().test(good, good)).isTrue();
        assertThat(batching.together().test(good, wrong)).isFalse();
        assertThat(batching.together().test(good, Map.of())).isFalse();
    }
}

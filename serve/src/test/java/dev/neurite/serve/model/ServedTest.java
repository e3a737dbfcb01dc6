package dev.neurite.serve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.image.Pixels;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.http.HttpProblem;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextScorer;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.SampleValues;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.Models;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Models of every kind as ones of tensors.
final class ServedTest {
    private static final Deadline LATE = Deadline.in(Duration.ofMinutes(1));

    private static Value value(Map<String, Value> values, String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    private static List<String> names(List<ValueInfo> infos) {
        return infos.stream().map(ValueInfo::toString).toList();
    }

    @Test
    void aTableWithTextsTakesAColumnByName() {
        Predictor fruit = Models.fruit();
        try (Served served = Served.of("fruit", "1", fruit)) {
            assertThat(names(served.tensors().inputs()))
                    .containsExactly("weight: float [batch×1]", "color: string [batch×1]");
            assertThat(names(served.tensors().outputs()))
                    .containsExactly("label: string [batch]", "probabilities: float [batch×2]");
            Map<String, Value> out = served.infer(
                    Map.of(
                            "weight", Value.of(Shape.of(2), 150L, 110L), // another type, without the last axis
                            "color", Value.of(Shape.of(2, 1), "green", "red")),
                    LATE);
            List<Prediction> expected = fruit.predictAll(
                    List.of(Map.of("weight", 150, "color", "green"), Map.of("weight", 110, "color", "red")));
            assertThat(out.keySet()).containsExactly("label", "probabilities");
            assertThat(value(out, "label").texts())
                    .containsExactly(expected.get(0).label(), expected.get(1).label());
            assertThat(value(out, "probabilities").number(3))
                    .isEqualTo(expected.get(1).probabilities().lastEntry().getValue());
        }
    }

    @Test
    void wrongTensorsAreRefusedWithTheirPlace() {
        Value weight = Value.of(Shape.of(1, 1), 1f);
        Value color = Value.of(Shape.of(1, 1), "green");
        try (Served served = Served.of("fruit", "1", Models.fruit())) {
            assertThatThrownBy(() -> served.infer(Map.of("weight", weight), LATE))
                    .isInstanceOf(DataException.class)
                    .hasMessage("input 'color': expects a value, got none");
            assertThatThrownBy(() -> served.infer(Map.of("wieght", weight, "color", color), LATE))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("input 'wieght': expects one of [weight, color]");
            assertThatThrownBy(() ->
                            served.infer(Map.of("weight", Value.of(Shape.of(1, 2), 1f, 2f), "color", color), LATE))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("expects weight: float [batch×1], got float [1×2]");
            assertThatThrownBy(() ->
                            served.infer(Map.of("weight", Value.of(Shape.of(2), 1f, 2f), "color", color), LATE))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("input 'color': expects 2 rows as the inputs before it, got 1");
            int most = Served.Tensors.MOST_ROWS;
            Value many = Value.of(Shape.of(most + 1), new float[most + 1]);
            assertThatThrownBy(() -> served.infer(Map.of("weight", many, "color", color), LATE))
                    .isInstanceOfSatisfying(
                            HttpProblem.class,
                            problem -> assertThat(problem.status()).isEqualTo(413))
                    .hasMessageContaining("expects at most 65536 rows, got 65537");
            assertThatThrownBy(() ->
                            served.infer(Map.of("weight", weight, "color", Value.of(Shape.of(1), "blue")), LATE))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("blue");
        }
    }

    @Test
    void imagesArePixelsAsThePredictorTakesThem() {
        Predictor digits = Models.digits();
        byte[] pixels = new byte[28 * 28];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (i % 251);
        try (Served served = Served.of("digits", "1", digits)) {
            assertThat(names(served.tensors().inputs())).containsExactly("image: uint8 [batch×1×28×28]");
            Map<String, Value> out = served.infer(Map.of("image", Value.ofUint8(Shape.of(1, 1, 28, 28), pixels)), LATE);
            Prediction expected = digits.predict(Pixels.of(Shape.of(1, 28, 28), pixels));
            assertThat(value(out, "label").texts()).containsExactly(expected.label());
            assertThat(value(out, "probabilities").number(3))
                    .isEqualTo(expected.probabilities().get("3"));
        }
    }

    @Test
    void anOnnxModelIsAsItIs() {
        OnnxModel model = Models.onnx();
        ValueInfo input = model.inputs().getFirst();
        Map<String, Value> given = Map.of(input.name(), SampleValues.of(input.type(), input.shape(Map.of()), 3));
        try (Served served = Served.of("net", "1", model)) {
            assertThat(served.tensors().inputs()).isEqualTo(model.inputs());
            assertThat(served.infer(given, LATE)).isEqualTo(model.run(given));
        }
    }

    @Test
    void theMapsOfZipMapAreNumbersOfClasses() {
        OnnxModel model = OnnxModel.load(Path.of("../onnx/src/test/resources/sklearn/ada_boost/model.onnx"));
        ValueInfo input = model.inputs().getFirst();
        Map<String, Value> given = Map.of(
                input.name(),
                SampleValues.of(input.type(), input.shape(Map.of()).row().forRows(2), 3));
        try (Served served = Served.of("ada", "1", model)) {
            for (ValueInfo each : served.tensors().outputs()) {
                Value value = value(served.infer(given, LATE), each.name());
                assertThat(each.fits(value)).as(each + " " + value).isTrue();
                assertThat(value.type()).isNotEqualTo(ElementType.SEQUENCE);
            }
        }
    }

    @Test
    void aScorerTakesAQueryForAllTexts() {
        TextScorer scorer = TextScorer.load(
                Models.CROSS_ENCODER.resolve("model.onnx"), Models.CROSS_ENCODER.resolve("tokenizer.json"));
        try (Served served = Served.of("ce", "1", scorer)) {
            Value texts = Value.of(Shape.of(2), "a cat sleeps", "shares fell");
            Map<String, Value> out =
                    served.infer(Map.of("query", Value.of(Shape.of(1), "how do cats sleep"), "text", texts), LATE);
            assertThat(value(out, "score").floats())
                    .containsExactly(scorer.score("how do cats sleep", List.of("a cat sleeps", "shares fell")));
            assertThat(served.statistics().snapshot().rows()).isEqualTo(2);
        }
    }
}

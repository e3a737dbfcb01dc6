package dev.neurite.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.model.Model;
import dev.neurite.onnx.BackendCase.Outcome;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Models that scikit-learn has fitted, with what it answers itself: `scripts/onnx/sklearn_models.py` writes them.
final class SklearnTest {
    private static final Path MODELS = Path.of("src/test/resources/sklearn");
    private static final String CLASSIFIER = "mlp";
    /// The others are no networks.
    private static final Set<String> LAYERS = Set.of("mlp", "mlp_regressor", "multinomial_naive_bayes");

    private static final double RELATIVE = 1e-6;
    private static final double ABSOLUTE = 1e-6;

    static List<BackendCase> models() throws IOException {
        try (Stream<Path> all = Files.list(MODELS)) {
            return all.sorted().map(BackendCase::read).toList();
        }
    }

    @Test
    void thereAreThirtyModels() throws IOException {
        assertThat(models()).hasSizeGreaterThanOrEqualTo(30);
    }

    @ParameterizedTest
    @MethodSource("models")
    void answersAsScikitLearn(BackendCase model) {
        BackendCase.Result result = model.run(RELATIVE, ABSOLUTE);
        assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.PASSED);
    }

    /// Neither the number of rows nor that of threads changes a bit.
    @ParameterizedTest
    @MethodSource("models")
    void aRowAloneGetsTheSameAnswer(BackendCase model) {
        OnnxModel loaded = OnnxModel.read(model.model().toByteArray());
        Map<String, Value> inputs = model.inputs();
        Map<String, Value> together = loaded.run(inputs);
        int rows = inputs.values().iterator().next().shape().extent(0);
        for (int row = 0; row < rows; row++) {
            int number = row;
            Map<String, Value> one = new HashMap<>();
            inputs.forEach((name, all) -> one.put(name, row(all, number)));
            loaded.run(one)
                    .forEach((name, answer) -> assertThat(answer)
                            .as(name + " of row " + number)
                            .isEqualTo(row(Objects.requireNonNull(together.get(name)), number)));
        }
    }

    /// What becomes layers gives the probabilities of scikit-learn; of the rest the message names the operator.
    @ParameterizedTest
    @MethodSource("models")
    void becomesLayersOrSaysWhy(BackendCase model) {
        OnnxModel loaded = OnnxModel.read(model.model().toByteArray());
        if (!LAYERS.contains(model.name())) {
            assertThatExceptionOfType(ModelFormatException.class)
                    .isThrownBy(loaded::toModel)
                    .withMessageContaining("It can be run as it is, but not be trained");
            return;
        }
        Model made = loaded.toModel();
        List<Value> wanted = List.copyOf(loaded.run(model.inputs()).values());
        Tensor x = model.inputs().values().iterator().next().tensor();
        Value last = wanted.getLast();
        double[] all = last.type() == ElementType.SEQUENCE
                ? last.elements().stream()
                        .flatMap(each -> each.numbers().values().stream())
                        .mapToDouble(Double::doubleValue)
                        .toArray()
                : doubles(last);
        float[] got = made.predict(x).toArray();
        assertThat(got).hasSameSizeAs(all);
        for (int i = 0; i < got.length; i++) assertThat((double) got[i]).isCloseTo(all[i], within(1e-5));
    }

    private static double[] doubles(Value value) {
        return IntStream.range(0, value.size()).mapToDouble(value::number).toArray();
    }

    /// A program's mistakes are answered with what to write.
    @Test
    void callsThatDoNotFitSayWhatToWrite() throws IOException {
        OnnxModel loaded = OnnxModel.read(models().stream()
                .filter(each -> each.name().equals(CLASSIFIER))
                .findAny()
                .orElseThrow()
                .model()
                .toByteArray());
        String input = loaded.inputs().getFirst().name();
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> loaded.run(Value.of(Shape.of(1, 4), 1, 2, 3, 4)))
                .withMessageContaining("expects a model with one output, got 2: ")
                .withMessageContaining("run(Map.of(\"" + input + "\", value))");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> loaded.run(Map.of(input, Value.of(Shape.of(1, 4), 1, 2, 3, 4))))
                .withMessageContaining("got int32 [1×4]. Write floats as 1f");
    }

    private static Value row(Value all, int number) {
        int size = all.size() / all.shape().extent(0);
        return Value.view(all.type(), one(all.shape()), all.array(), all.offset() + number * size);
    }

    private static Shape one(Shape all) {
        int[] extents = all.extents().stream().mapToInt(Integer::intValue).toArray();
        extents[0] = 1;
        return Shape.of(extents);
    }
}

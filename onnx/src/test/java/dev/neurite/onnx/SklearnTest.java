package dev.neurite.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.onnx.BackendCase.Outcome;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Models that scikit-learn has fitted, with what it answers itself: `scripts/onnx/sklearn_models.py` writes them.
final class SklearnTest {
    private static final Path MODELS = Path.of("src/test/resources/sklearn");
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

package dev.neurite.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.golden.Golden;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Metrics are scikit-learn's; the calibration error is that of Guo et al.'s formula.
class MetricsGoldenTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("metrics.safetensors").tensors();

    static Stream<String> figures() {
        return GOLDEN.keySet().stream().filter(key -> key.contains("/"));
    }

    @ParameterizedTest
    @MethodSource("figures")
    void aFigureIsThatOfScikitLearn(String key) {
        String[] parts = key.split("/", -1);
        OptionalDouble actual = Metrics.named(parts[1]).of(predictions(parts[0]));
        Tensor golden = Golden.get(GOLDEN, key);
        if (Float.isNaN(golden.get())) {
            assertThat(actual).as(key).isEmpty();
        } else {
            Golden.assertClose(Tensor.of(Shape.SCALAR, (float) actual.orElseThrow()), golden, key);
        }
    }

    @Test
    void everyMetricHasGoldenFigures() {
        Set<String> compared =
                figures().map(key -> key.substring(key.indexOf('/') + 1)).collect(Collectors.toSet());
        assertThat(Metrics.standard())
                .allSatisfy(family -> assertThat(compared)
                        .anyMatch(name -> name.equals(family.name()) || name.startsWith(family.name() + "-")));
    }

    private static Predictions predictions(String name) {
        Tensor outputs = Golden.get(GOLDEN, name + ".outputs");
        int width = outputs.matrix().columns();
        Predictions all;
        if (GOLDEN.containsKey(name + ".labels")) {
            all = Predictions.ofClasses(width, outputs.toArray(), whole(Golden.get(GOLDEN, name + ".labels")));
        } else {
            float[] targets = Golden.get(GOLDEN, name + ".targets").toArray();
            all = name.contains("label")
                    ? Predictions.ofLabels(width, outputs.toArray(), targets)
                    : Predictions.ofValues(width, outputs.toArray(), targets);
        }
        Tensor weights = GOLDEN.get(name + ".weights");
        return weights == null ? all : all.withWeights(doubles(weights));
    }

    private static int[] whole(Tensor numbers) {
        int[] whole = new int[numbers.size()];
        for (int i = 0; i < whole.length; i++) whole[i] = (int) numbers.get(i);
        return whole;
    }

    private static double[] doubles(Tensor numbers) {
        double[] doubles = new double[numbers.size()];
        for (int i = 0; i < doubles.length; i++) doubles[i] = numbers.get(i);
        return doubles;
    }
}

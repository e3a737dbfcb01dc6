package dev.neurite.onnx.op.math;

import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class RandomOperatorsTest {
    /// `np.random.seed(42); np.random.uniform(0, 1, 3)` gives these.
    @Test
    void aSeedBeginsTheNumbersOfNumpy() {
        Ops uniform =
                op("RandomUniform", 1).integers("shape", 3).with("seed", 42f).integer("dtype", 11);
        assertThat(uniform.run().doubles()).containsExactly(0.3745401188473625, 0.9507143064099162, 0.7319939418114051);
        assertThat(uniform.run()).isEqualTo(uniform.run());
    }

    @Test
    void withoutASeedTheNumbersDiffer() {
        Ops uniform =
                op("RandomUniform", 1).integers("shape", 20).with("low", 2f).with("high", 3f);
        Value one = uniform.run();
        assertThat(one).isNotEqualTo(uniform.run());
        for (float each : one.floats()) assertThat(each).isBetween(2f, 3f);
    }

    @Test
    void normalNumbersHaveTheirMeanAndDeviation() {
        Value x = Value.zeros(ElementType.DOUBLE, shape(20_000));
        double[] y = op("RandomNormalLike", 1)
                .with("mean", 3f)
                .with("scale", 2f)
                .with("seed", 1f)
                .run(x)
                .doubles();
        double mean = Arrays.stream(y).average().orElseThrow();
        double variance = Arrays.stream(y)
                .map(each -> (each - mean) * (each - mean))
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(3, within(0.05));
        assertThat(variance).isCloseTo(4, within(0.1));
    }

    @Test
    void drawsHaveTheirProbabilities() {
        float[] p = new float[10_000];
        Arrays.fill(p, 0.3f);
        float[] drawn = op("Bernoulli", 15).with("seed", 5f).run(floats(p)).floats();
        int ones = 0;
        for (float each : drawn) ones += (int) each;
        assertThat(ones / 10_000.0).isCloseTo(0.3, within(0.02));
        Value logarithms = Value.of(shape(1, 3), 0f, Float.NEGATIVE_INFINITY, (float) Math.log(3));
        int[] classes = op("Multinomial", 7)
                .integer("sample_size", 8000)
                .with("seed", 5f)
                .run(logarithms)
                .ints();
        assertThat(Arrays.stream(classes).filter(each -> each == 2).count() / 8000.0)
                .isCloseTo(0.75, within(0.02));
        assertThat(classes).doesNotContain(1);
    }

    @Test
    void dropoutWithoutASeedKeepsItsShare() {
        float[] ones = new float[10_000];
        Arrays.fill(ones, 1);
        Value x = floats(ones);
        Value training = Value.of(shape(), true);
        float[] y = op("Dropout", 13).run(x, Value.of(shape(), 0.25f), training).floats();
        int kept = 0;
        for (float each : y) {
            assertThat(each).isIn(0f, 1 / 0.75f);
            kept += each == 0 ? 0 : 1;
        }
        assertThat(kept / 10_000.0).isCloseTo(0.75, within(0.02));
        assertThatThrownBy(() -> op("Dropout", 13).run(x, Value.of(shape(), 1.5f), training))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThatThrownBy(
                        () -> op("RandomUniform", 1).integers("shape", 1L << 40).run())
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("RandomUniform", 1).run()).isInstanceOf(ModelFormatException.class);
    }
}

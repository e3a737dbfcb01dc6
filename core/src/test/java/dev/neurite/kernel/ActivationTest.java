package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Activations at the ends of the number line and with settings out of range; `PytorchActivationsTest` has values.
@BothEngines
class ActivationTest {
    /// Values and derivatives at −∞ and ∞.
    record Limits(Elementwise g, double below, double slopeBelow, double above, double slopeAbove) {
        @Override
        public String toString() {
            return g.toString();
        }
    }

    private static final double INFINITE = Double.POSITIVE_INFINITY;
    private static final double LAMBDA = 1.0507009873554805;

    static Stream<Limits> limits() {
        return Stream.of(
                new Limits(Activation.RELU, 0, 0, INFINITE, 1),
                new Limits(Activation.leakyRelu(), -INFINITE, 0.01, INFINITE, 1),
                new Limits(Activation.TANH, -1, 0, 1, 0),
                new Limits(Activation.SIGMOID, 0, 0, 1, 0),
                new Limits(Activation.elu(0.5), -0.5, 0, INFINITE, 1),
                new Limits(Activation.elu(0), 0, 0, INFINITE, 1),
                new Limits(Activation.celu(2), -2, 0, INFINITE, 1),
                new Limits(Activation.SELU, -LAMBDA * 1.6732632423543772, 0, INFINITE, LAMBDA),
                new Limits(Activation.GELU, 0, 0, INFINITE, 1),
                new Limits(Activation.GELU_TANH, 0, 0, INFINITE, 1),
                new Limits(Activation.SILU, 0, 0, INFINITE, 1),
                new Limits(Activation.MISH, 0, 0, INFINITE, 1),
                new Limits(Activation.LOG_SIGMOID, -INFINITE, 1, 0, 0),
                new Limits(Activation.softplus(), 0, 0, INFINITE, 1),
                new Limits(Activation.softplus(0.1, 3), 0, 0, INFINITE, 1),
                new Limits(Activation.RELU6, 0, 0, 6, 0),
                new Limits(Activation.hardTanh(), -1, 0, 1, 0),
                new Limits(Activation.HARD_SIGMOID, 0, 0, 1, 0),
                new Limits(Activation.HARD_SWISH, 0, 0, INFINITE, 1),
                new Limits(Activation.SOFTSIGN, -1, 0, 1, 0),
                new Limits(Activation.TANH_SHRINK, -INFINITE, 1, INFINITE, 1),
                new Limits(Activation.softShrink(), -INFINITE, 1, INFINITE, 1),
                new Limits(Activation.hardShrink(), -INFINITE, 1, INFINITE, 1),
                new Limits(Activation.threshold(1, 3), 3, 0, INFINITE, 1));
    }

    private static float slope(Elementwise g, float z) {
        return g.derivative(g.derivativeNeedsInput() ? z : 0, g.apply(z));
    }

    private static void close(float actual, double expected, String what) {
        if (Double.isInfinite(expected)) assertThat((double) actual).as(what).isEqualTo(expected);
        else assertThat((double) actual).as(what).isCloseTo(expected, within(2e-7));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void infinityGivesTheLimit(Limits each) {
        Elementwise g = each.g();
        close(g.apply(Float.NEGATIVE_INFINITY), each.below(), "g(−∞)");
        close(g.apply(Float.POSITIVE_INFINITY), each.above(), "g(∞)");
        close(slope(g, Float.NEGATIVE_INFINITY), each.slopeBelow(), "g′(−∞)");
        close(slope(g, Float.POSITIVE_INFINITY), each.slopeAbove(), "g′(∞)");
    }

    @ParameterizedTest
    @MethodSource("limits")
    void noFiniteNumberOverflowsToNaNAndNaNStays(Limits each) {
        Elementwise g = each.g();
        for (long bits = 0; bits < 1L << 32; bits += 10_007) {
            float z = Float.intBitsToFloat((int) bits);
            float y = g.apply(z);
            assertThat(Float.isNaN(y)).as("g(%s)", z).isEqualTo(Float.isNaN(z));
            if (Float.isFinite(z)) {
                assertThat(y).as("g(%s)", z).isBetween(-Float.MAX_VALUE, Float.POSITIVE_INFINITY);
                assertThat(slope(g, z)).as("g′(%s)", z).isBetween(-1f, 2f);
            }
        }
    }

    /// A bell curve, whose derivative −2z·y needs both.
    private record Bell() implements Elementwise {
        @Override
        public float apply(float z) {
            return ScalarMath.exp(-z * z);
        }

        @Override
        public float derivative(float z, float y) {
            return -2 * z * y;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return true;
        }
    }

    @Test
    void aFunctionOfYourOwnIsAnActivationLikeAnyOther() {
        Tensor z = Samples.tensor(1, 7, 5);
        Tensor dy = Samples.tensor(2, 7, 5);
        Tensor y = Tensor.zeros(Shape.of(7, 5));
        Tensor dz = Tensor.zeros(Shape.of(7, 5));
        Kernels.shared().activations().activate(new Bell(), z, y);
        Kernels.shared().activations().activationGradient(new Bell(), z, y, dy, dz);
        for (int i = 0; i < 7; i++) {
            for (int j = 0; j < 5; j++) {
                double exact = Math.exp(-z.get(i, j) * (double) z.get(i, j));
                assertThat((double) y.get(i, j)).isCloseTo(exact, within(1e-6));
                assertThat((double) dz.get(i, j)).isCloseTo(-2 * z.get(i, j) * exact * dy.get(i, j), within(3e-6));
            }
        }
    }

    private static void refused(String message, ThrowingCallable... code) {
        for (ThrowingCallable each : code) {
            assertThatThrownBy(each).isInstanceOf(ConfigException.class).hasMessageContaining(message);
        }
    }

    @Test
    void settingsOutOfRangeAreRefusedWithTheRange() {
        double nan = Double.NaN;
        refused(
                "expects a finite number of at least 0.0, got",
                () -> Activation.elu(-0.1),
                () -> Activation.elu(nan),
                () -> Activation.elu(1e39),
                () -> Activation.softplus(1, -1),
                () -> Activation.softplus(1, nan),
                () -> Activation.softplus(1, INFINITE));
        refused(
                "expects a finite number of at least 1.1754944E-38, got",
                () -> Activation.celu(0),
                () -> Activation.celu(1e-39),
                () -> Activation.celu(nan),
                () -> Activation.celu(INFINITE),
                () -> Activation.softplus(0, 20),
                () -> Activation.softplus(nan, 20));
        refused(
                "expects finite min < max, got",
                () -> Activation.hardTanh(1, 1),
                () -> Activation.hardTanh(nan, 1),
                () -> Activation.hardTanh(-INFINITE, 1),
                () -> Activation.hardTanh(0, INFINITE));
        refused("expects a finite slope of at least 0, got", () -> Activation.leakyRelu(-1));
    }
}

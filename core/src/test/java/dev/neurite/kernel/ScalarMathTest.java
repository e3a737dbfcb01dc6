package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class ScalarMathTest {
    private interface Function {
        float of(float x);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }

    /// The distance in units of the last place of the exact value's nearest float.
    private static double ulps(float actual, double exact) {
        float nearest = (float) exact;
        if (Float.isInfinite(nearest)) {
            nearest = Math.copySign(Float.MAX_VALUE, nearest);
            return actual == (float) exact ? 0 : Math.abs(actual - exact) / Math.ulp(nearest);
        }
        return Math.abs(actual - exact) / Math.ulp(nearest);
    }

    /// Two million floats, evenly over all bit patterns: each exponent and both signs.
    private static double worst(Function f, DoubleUnaryOperator exact) {
        double worst = 0;
        float worstAt = 0;
        for (long bits = 0; bits < 1L << 32; bits += 2141) {
            float x = Float.intBitsToFloat((int) bits);
            if (Float.isNaN(x)) continue;
            double error = ulps(f.of(x), exact.applyAsDouble(x));
            if (!(error <= worst)) {
                worst = error;
                worstAt = x;
            }
        }
        // And densely where the functions bend.
        for (int i = -200_000; i <= 200_000; i++) {
            float x = i * 5.3e-4f;
            double error = ulps(f.of(x), exact.applyAsDouble(x));
            if (!(error <= worst)) {
                worst = error;
                worstAt = x;
            }
        }
        assertThat(worst).as("worst error, at %s", worstAt).isLessThanOrEqualTo(2);
        return worst;
    }

    @Test
    void expIsWithinTwoUlpEverywhere() {
        worst(ScalarMath::exp, StrictMath::exp);
    }

    @Test
    void sigmoidIsWithinTwoUlpEverywhere() {
        worst(ScalarMath::sigmoid, ScalarMathTest::sigmoid);
    }

    @Test
    void tanhIsWithinTwoUlpEverywhere() {
        worst(ScalarMath::tanh, StrictMath::tanh);
    }

    @Test
    void expOfResultsBelowTheSmallestNormalRoundsOnce() {
        for (float x = -103.98f; x < -87.33f; x += 1e-4f) {
            double exact = StrictMath.exp(x);
            assertThat(ulps(ScalarMath.exp(x), exact)).as("exp(%s)", x).isLessThanOrEqualTo(2);
        }
        assertThat(ScalarMath.exp(-87.5f)).isBetween(Float.MIN_VALUE, Float.MIN_NORMAL);
        assertThat(ScalarMath.exp(-104f)).isEqualTo(0f);
        assertThat(ScalarMath.exp(-103.97f)).isEqualTo(Float.MIN_VALUE);
    }

    @Test
    void expOfSpecialNumbersIsWhatItShouldBe() {
        assertThat(ScalarMath.exp(0f)).isEqualTo(1f);
        assertThat(ScalarMath.exp(-0f)).isEqualTo(1f);
        assertThat(ScalarMath.exp(Float.MIN_VALUE)).isEqualTo(1f);
        assertThat(ScalarMath.exp(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(ScalarMath.exp(Float.NEGATIVE_INFINITY)).isEqualTo(0f);
        assertThat(ScalarMath.exp(88.72f)).isLessThan(Float.POSITIVE_INFINITY);
        assertThat(ScalarMath.exp(88.73f)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(ScalarMath.exp(1e30f)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(ScalarMath.exp(Float.NaN)).isNaN();
    }

    @Test
    void sigmoidOfSpecialNumbersIsWhatItShouldBe() {
        assertThat(ScalarMath.sigmoid(0f)).isEqualTo(0.5f);
        assertThat(ScalarMath.sigmoid(-0f)).isEqualTo(0.5f);
        assertThat(ScalarMath.sigmoid(Float.POSITIVE_INFINITY)).isEqualTo(1f);
        assertThat(ScalarMath.sigmoid(Float.NEGATIVE_INFINITY)).isEqualTo(0f);
        assertThat(ScalarMath.sigmoid(Float.NaN)).isNaN();
    }

    @Test
    void tanhOfSpecialNumbersIsWhatItShouldBeAndKeepsTheSignOfZero() {
        assertThat(Float.floatToRawIntBits(ScalarMath.tanh(0f))).isEqualTo(Float.floatToRawIntBits(0f));
        assertThat(Float.floatToRawIntBits(ScalarMath.tanh(-0f))).isEqualTo(Float.floatToRawIntBits(-0f));
        assertThat(ScalarMath.tanh(Float.POSITIVE_INFINITY)).isEqualTo(1f);
        assertThat(ScalarMath.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1f);
        assertThat(ScalarMath.tanh(Float.MIN_VALUE)).isEqualTo(Float.MIN_VALUE);
        assertThat(ScalarMath.tanh(Float.NaN)).isNaN();
    }

    @Test
    void vectorsGiveTheSameBitsOverAllExponents() {
        ScalarKernels vector = Samples.vectorKernels();
        var scalar = new ScalarKernels();
        int block = 1 << 16;
        float[] x = new float[block];
        float[] a = new float[block];
        float[] b = new float[block];
        long bits = 0;
        while (bits < 1L << 32) {
            for (int i = 0; i < block; i++, bits += 2141) x[i] = Float.intBitsToFloat((int) bits);
            for (Activation.Elementwise g : Samples.ACTIVATIONS) {
                scalar.activate(g, x, 0, a, 0, block);
                vector.activate(g, x, 0, b, 0, block);
                Samples.assertSameBits(b, a, g.toString());
            }
        }
    }
}

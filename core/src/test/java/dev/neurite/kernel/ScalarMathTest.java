package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.BothEngines;
import dev.neurite.kernel.cpu.VectorFunctions;
import dev.neurite.kernel.math.Coefficients;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

@BothEngines
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

    /// Four million floats, evenly over all bit patterns: each exponent and both signs. The function is NaN
    /// where the exact one is.
    private static void withinTwoUlpEverywhere(Function f, DoubleUnaryOperator exact) {
        for (long bits = 0; bits < 1L << 32; bits += 997) check(f, exact, Float.intBitsToFloat((int) bits));
        // And densely where the functions bend.
        for (int i = -200_000; i <= 200_000; i++) check(f, exact, i * 5.3e-4f);
    }

    /// A few 100 000 floats between two of one sign, each of them or evenly over their bit patterns.
    private static void withinTwoUlp(Function f, DoubleUnaryOperator exact, float from, float to) {
        int first = Float.floatToRawIntBits(from);
        int last = Float.floatToRawIntBits(to);
        assertThat(first).isLessThan(last);
        int step = 1 + (last - first) / 300_000;
        for (int bits = first; bits <= last; bits += step) check(f, exact, Float.intBitsToFloat(bits));
    }

    private static void check(Function f, DoubleUnaryOperator exact, float x) {
        double expected = exact.applyAsDouble(x);
        float actual = f.of(x);
        boolean fine = Double.isNaN(expected) ? Float.isNaN(actual) : ulps(actual, expected) <= 2;
        if (!fine) assertThat(actual).as("f(%s), exactly %s", x, expected).isEqualTo((float) expected);
    }

    @Test
    void expIsWithinTwoUlpEverywhere() {
        withinTwoUlpEverywhere(ScalarMath::exp, StrictMath::exp);
    }

    @Test
    void expm1IsWithinTwoUlpEverywhere() {
        withinTwoUlpEverywhere(ScalarMath::expm1, StrictMath::expm1);
        withinTwoUlp(ScalarMath::expm1, StrictMath::expm1, 0.2f, 1.2f);
        withinTwoUlp(ScalarMath::expm1, StrictMath::expm1, -0.2f, -1.2f);
        withinTwoUlp(ScalarMath::expm1, StrictMath::expm1, 88f, 88.8f);
    }

    @Test
    void sigmoidIsWithinTwoUlpEverywhere() {
        withinTwoUlpEverywhere(ScalarMath::sigmoid, ScalarMathTest::sigmoid);
        withinTwoUlp(ScalarMath::sigmoid, ScalarMathTest::sigmoid, -6.1f, -6.4f); // the worst, 1.97 ulp
    }

    @Test
    void tanhIsWithinTwoUlpEverywhere() {
        withinTwoUlpEverywhere(ScalarMath::tanh, StrictMath::tanh);
        withinTwoUlp(ScalarMath::tanh, StrictMath::tanh, 0.6f, 0.65f); // around the change of formulas
    }

    @Test
    void logIsWithinTwoUlpEverywhere() {
        withinTwoUlpEverywhere(ScalarMath::log, StrictMath::log);
        withinTwoUlp(ScalarMath::log, StrictMath::log, 0.7f, 0.8f); // around the octave's end, and near 1
        withinTwoUlp(ScalarMath::log, StrictMath::log, 0.99f, 1.01f);
        withinTwoUlp(ScalarMath::log, StrictMath::log, 1.45f, 1.55f);
        withinTwoUlp(ScalarMath::log, StrictMath::log, Float.MIN_VALUE, 1e-37f);
    }

    @Test
    void softplusIsWithinTwoUlpEverywhere() {
        withinTwoUlpEverywhere(ScalarMath::softplus, ScalarMathTest::softplus);
        // Around the change of octaves, at e^−|x| = ½; where the result is eˣ; and where that is denormal.
        withinTwoUlp(ScalarMath::softplus, ScalarMathTest::softplus, 0.65f, 0.72f);
        withinTwoUlp(ScalarMath::softplus, ScalarMathTest::softplus, -0.4f, -0.75f);
        withinTwoUlp(ScalarMath::softplus, ScalarMathTest::softplus, -10f, -20f);
        withinTwoUlp(ScalarMath::softplus, ScalarMathTest::softplus, -87f, -104f);
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
    }

    @Test
    void erfIsWithinTwoUlpEverywhere() {
        withinTwoUlpEverywhere(ScalarMath::erf, ScalarMathTest::erf);
        withinTwoUlp(ScalarMath::erf, ScalarMathTest::erf, 0.9f, 0.96f); // around the change of formulas
        withinTwoUlp(ScalarMath::erf, ScalarMathTest::erf, 1f, 4.1f);
        withinTwoUlp(ScalarMath::erf, ScalarMathTest::erf, -0.9f, -0.96f);
    }

    /// For small x the series 2/√π · e^(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)), else 1 less the continued fraction
    /// of erfc, e^(−x²)/√π / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))).
    /// Abramowitz and Stegun 1964, 7.1.6 and 7.1.14.
    static double erf(double x) {
        double a = Math.abs(x);
        if (!(a <= 6)) return Double.isNaN(x) ? x : Math.signum(x);
        double gauss = StrictMath.exp(-a * a) / Math.sqrt(Math.PI);
        if (a < 2.5) {
            double term = a;
            double sum = a;
            for (int n = 1; term > 1e-18 * sum; n++) {
                term *= 2 * a * a / (2 * n + 1);
                sum += term;
            }
            return Math.copySign(2 * gauss * sum, x);
        }
        double fraction = a;
        for (int n = 60; n > 0; n--) fraction = a + n / 2.0 / fraction;
        return Math.copySign(1 - gauss / fraction, x);
    }

    /// Values of erf and erfc from Abramowitz and Stegun 1964, tables 7.1 and 7.3, and from mpmath 1.3.
    @Test
    void theReferenceForErfGivesThePublishedValues() {
        assertThat(erf(0.1)).isCloseTo(0.1124629160, within(5e-11));
        assertThat(erf(0.5)).isCloseTo(0.5204998778130465, within(1e-15));
        assertThat(erf(-1)).isCloseTo(-0.8427007929497149, within(1e-15));
        assertThat(erf(2)).isCloseTo(0.9953222650189527, within(1e-15));
        assertThat(erf(2.4999999)).isCloseTo(erf(2.5000001), within(5e-10));
        assertThat(erf(2.5)).isCloseTo(0.9995930479825550, within(1e-15));
        assertThat(erf(3)).isCloseTo(0.9999779095030014, within(1e-15));
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
    void expm1OfSpecialNumbersIsWhatItShouldBe() {
        assertThat(ScalarMath.expm1(0f)).isZero();
        assertThat(ScalarMath.expm1(-0f)).isZero();
        assertThat(ScalarMath.expm1(-Float.MIN_VALUE)).isEqualTo(-Float.MIN_VALUE);
        assertThat(ScalarMath.expm1(Float.NEGATIVE_INFINITY)).isEqualTo(-1f);
        assertThat(ScalarMath.expm1(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(ScalarMath.expm1(88.72f)).isLessThan(Float.POSITIVE_INFINITY);
        assertThat(ScalarMath.expm1(88.73f)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(ScalarMath.expm1(Float.NaN)).isNaN();
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
    void logOfSpecialNumbersIsWhatItShouldBe() {
        assertThat(Float.floatToRawIntBits(ScalarMath.log(1f))).isEqualTo(Float.floatToRawIntBits(0f));
        assertThat(ScalarMath.log(0f)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(ScalarMath.log(-0f)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(ScalarMath.log(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(ScalarMath.log(Float.MAX_VALUE)).isEqualTo(88.72284f);
        assertThat(ScalarMath.log(Float.MIN_VALUE)).isEqualTo(-103.27893f);
        for (float bad : new float[] {-Float.MIN_VALUE, -1, -1e30f, Float.NEGATIVE_INFINITY, Float.NaN}) {
            assertThat(ScalarMath.log(bad)).as("log(%s)", bad).isNaN();
        }
    }

    @Test
    void softplusOfSpecialNumbersIsWhatItShouldBeAndNeverOverflows() {
        for (float zero : new float[] {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE}) {
            assertThat(ScalarMath.softplus(zero)).isEqualTo((float) StrictMath.log(2));
        }
        for (float large : new float[] {100, 1e30f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
            assertThat(ScalarMath.softplus(large)).isEqualTo(large);
            assertThat(ScalarMath.softplus(-large)).isEqualTo(ScalarMath.exp(-large));
        }
        assertThat(ScalarMath.softplus(-100f)).isBetween(Float.MIN_VALUE, Float.MIN_NORMAL);
        assertThat(ScalarMath.softplus(Float.NaN)).isNaN();
    }

    @Test
    void erfOfSpecialNumbersIsWhatItShouldBeAndKeepsTheSignOfZero() {
        assertThat(Float.floatToRawIntBits(ScalarMath.erf(0f))).isEqualTo(Float.floatToRawIntBits(0f));
        assertThat(Float.floatToRawIntBits(ScalarMath.erf(-0f))).isEqualTo(Float.floatToRawIntBits(-0f));
        assertThat(ScalarMath.erf(Float.MIN_VALUE)).isEqualTo(Float.MIN_VALUE);
        for (float large : new float[] {4, 5, 1e30f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
            assertThat(ScalarMath.erf(large)).isEqualTo(1f);
            assertThat(ScalarMath.erf(-large)).isEqualTo(-1f);
        }
        assertThat(ScalarMath.erf(Float.NaN)).isNaN();
    }

    @Test
    void vectorsGiveTheSameBitsOverAllExponents() {
        assumeTrue(Kernels.vectorsPresent(), "the other run of this suite has the Vector API");
        sameBits("exp", ScalarMath::exp);
        sameBits("expm1", ScalarMath::expm1);
        sameBits("sigmoid", ScalarMath::sigmoid);
        sameBits("tanh", ScalarMath::tanh);
        sameBits("log", ScalarMath::log);
        sameBits("softplus", ScalarMath::softplus);
        sameBits("erf", ScalarMath::erf);
    }

    @Test
    void theTailOfTheNormalDistributionIsExactToAFewUlp() {
        for (float t = 0; t < 5; t += 1e-4f) {
            double exact = (1 - erf(t / Math.sqrt(2))) / 2;
            double bound = 4e-7 * (1 + t * t) * exact + 1e-15; // the reference's own error
            assertThat((double) normalTail(t)).as("Φ(−%s)", t).isCloseTo(exact, within(bound));
        }
        assertThat(normalTail(0)).isEqualTo(0.5f);
        assertThat(normalTail(Coefficients.NORMAL_FAR)).isZero();
    }

    private static float normalTail(float t) {
        return ScalarMath.tailOverBell(t) * ScalarMath.bell(t);
    }

    private static void sameBits(String name, Function f) {
        int block = 1 << 16;
        float[] x = new float[block];
        float[] actual = new float[block];
        float[] expected = new float[block];
        long bits = 0;
        while (bits < 1L << 32) {
            for (int i = 0; i < block; i++, bits += 2141) {
                x[i] = i < Samples.special().length ? Samples.special()[i] : Float.intBitsToFloat((int) bits);
                expected[i] = f.of(x[i]);
            }
            VectorFunctions.apply(name, x, actual);
            Samples.assertSameBits(actual, expected, name);
        }
    }
}

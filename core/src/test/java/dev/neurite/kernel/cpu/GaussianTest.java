package dev.neurite.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import org.junit.jupiter.api.Test;

@BothEngines
class GaussianTest {
    private static final int STEP = 9973; // through all 2³² angles and draws

    /// Of the nearest float's last place. The angle that is left is rounded to a float first, half a place more.
    @Test
    void sinesAreWithinTwoUlp() {
        for (long i = Integer.MIN_VALUE; i <= Integer.MAX_VALUE; i += STEP) sineIsClose((int) i);
        for (int near = -20_000; near <= 20_000; near++) {
            for (int quarter = 0; quarter < 4; quarter++) sineIsClose((quarter << 30) + near);
            for (int eighth = 0; eighth < 8; eighth++) sineIsClose((eighth << 29) + near);
        }
    }

    private static void sineIsClose(int angle) {
        // Quarters are taken off in whole numbers, as π in double precision is not exact enough beside 0.
        int quarters = (angle + (1 << 29)) >> 30;
        double rest = 2 * Math.PI * (angle - (quarters << 30)) * 0x1p-32;
        double exact = switch (quarters & 3) {
            case 0 -> StrictMath.sin(rest);
            case 1 -> StrictMath.cos(rest);
            case 2 -> -StrictMath.sin(rest);
            default -> -StrictMath.cos(rest);
        };
        float actual = Gaussian.sin(angle);
        double ulps = Math.abs(actual - exact) / Math.ulp((float) exact);
        if (!(ulps <= 2)) assertThat(actual).as("sine of %d / 2³² turns", angle).isEqualTo((float) exact);
    }

    @Test
    void sinesOfWholeQuartersAreExact() {
        assertThat(Gaussian.sin(0)).isZero();
        assertThat(Gaussian.sin(1 << 30)).isEqualTo(1);
        assertThat(Gaussian.sin(2 << 30)).isZero();
        assertThat(Gaussian.sin(3 << 30)).isEqualTo(-1);
    }

    /// u is rounded twice, and r = √(−2·log u) to a few places, so e^(−r²/2) is u·(1 ± 2⁻²³ ± 4·2⁻²⁴·r²).
    @Test
    void radiiAreThoseOfTheirProbability() {
        for (long i = Integer.MIN_VALUE; i <= Integer.MAX_VALUE; i += STEP) radiusIsClose((int) i);
        for (int near = -20_000; near <= 20_000; near++) radiusIsClose(near);
    }

    private static void radiusIsClose(int bits) {
        double u = ((bits >>> 1) + 0.5) * 0x1p-31;
        double r = Gaussian.radius(bits);
        double bound = 0x1p-23 * (1 + 2 * r * r);
        double error = Math.abs(StrictMath.exp(-r * r / 2) / u - 1);
        if (!(error <= bound)) assertThat(error).as("radius of %d: %s", bits, r).isLessThanOrEqualTo(bound);
    }

    @Test
    void radiiGoFromZeroToSixAndTwoThirds() {
        assertThat(Gaussian.radius(-1)).isZero();
        assertThat(Gaussian.radius(0)).isBetween(6.65f, 6.67f);
    }
}

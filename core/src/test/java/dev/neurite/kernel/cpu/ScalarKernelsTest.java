package dev.neurite.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Samples;
import org.junit.jupiter.api.Test;

@BothEngines
class ScalarKernelsTest {
    /// The order of a row's sum, which is part of the numerics: sixteen lanes, added as a tree.
    @Test
    void sumsAreThoseOfSixteenLanesAddedAsATree() {
        var scalar = new ScalarKernels();
        for (int n = 0; n <= 100; n++) {
            float[] x = Samples.normal(n, n);
            float[] y = Samples.normal(n, 1000 + n);
            float[] sums = new float[16];
            float[] dots = new float[16];
            for (int i = 0; i < n; i++) {
                sums[i % 16] += x[i];
                dots[i % 16] = Math.fma(x[i], y[i], dots[i % 16]);
            }
            for (int half : new int[] {8, 4, 2, 1}) {
                for (int i = 0; i < half; i++) {
                    sums[i] += sums[i + half];
                    dots[i] += dots[i + half];
                }
            }
            assertThat(scalar.sum(x, 0, n)).isEqualTo(sums[0]);
            assertThat(scalar.dot(x, 0, y, 0, n)).isEqualTo(dots[0]);
        }
    }
}

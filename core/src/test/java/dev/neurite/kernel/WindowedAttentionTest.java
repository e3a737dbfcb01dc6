package dev.neurite.kernel;

import static dev.neurite.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.kernel.AttentionKernels.Scaling;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Attention that sees a window of keys, with scores that are scaled and have a cap, beside the same in doubles.
class WindowedAttentionTest {
    private static final int TIME = 450; // several blocks of keys
    private static final int HEADS = 4;
    private static final int KEY_HEADS = 2;
    private static final int SIZE = 6;

    private static Heads heads(int count, long seed) {
        return new Heads(normal(Shape.of(1, TIME, count * SIZE), seed), 0, count, SIZE);
    }

    private static float at(Heads heads, int head, int t, int i) {
        return heads.tensor().array()[t * heads.width() + head * SIZE + i];
    }

    /// What the kernels compute, in doubles and without blocks.
    private static final class Reference {
        final double[] y = new double[TIME * HEADS * SIZE];
        final double[] dq = new double[TIME * HEADS * SIZE];
        final double[] dk = new double[TIME * KEY_HEADS * SIZE];
        final double[] dv = new double[TIME * KEY_HEADS * SIZE];

        Reference(Heads q, Heads k, Heads v, Tensor dy, int window, Scaling scaling) {
            double factor = scaling.factor() == 0 ? 1 / Math.sqrt(SIZE) : scaling.factor();
            for (int head = 0; head < HEADS; head++) {
                int of = head / (HEADS / KEY_HEADS);
                for (int t = 0; t < TIME; t++) row(q, k, v, dy, head, of, t, window, factor, scaling.cap());
            }
        }

        private void row(
                Heads q, Heads k, Heads v, Tensor dy, int head, int of, int t, int window, double factor, double cap) {
            int first = window == 0 ? 0 : Math.max(0, t - window + 1);
            double[] p = new double[t + 1];
            double[] slope = new double[t + 1]; // of the capped score
            double sum = 0;
            for (int j = first; j <= t; j++) {
                double s = 0;
                for (int i = 0; i < SIZE; i++) s += (double) at(q, head, t, i) * at(k, of, j, i);
                double tanh = cap == 0 ? 0 : Math.tanh(s * factor / cap);
                slope[j] = factor * (1 - tanh * tanh);
                p[j] = Math.exp(cap == 0 ? s * factor : cap * tanh);
                sum += p[j];
            }
            double mean = 0; // Σ p·dp
            double[] dp = new double[t + 1];
            for (int j = first; j <= t; j++) {
                p[j] /= sum;
                for (int i = 0; i < SIZE; i++) {
                    double d = dy.array()[t * HEADS * SIZE + head * SIZE + i];
                    y[t * HEADS * SIZE + head * SIZE + i] += p[j] * at(v, of, j, i);
                    dv[(j * KEY_HEADS + of) * SIZE + i] += p[j] * d;
                    dp[j] += d * at(v, of, j, i);
                }
                mean += p[j] * dp[j];
            }
            for (int j = first; j <= t; j++) {
                double ds = p[j] * (dp[j] - mean) * slope[j];
                for (int i = 0; i < SIZE; i++) {
                    dq[(t * HEADS + head) * SIZE + i] += ds * at(k, of, j, i);
                    dk[(j * KEY_HEADS + of) * SIZE + i] += ds * at(q, head, t, i);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 0, 0", "7, 0, 0", "192, 0.3, 0", "193, 0, 1.5", "250, 0.9, 3", "1000, 0.1, 50"})
    void equalsTheSameInDoubles(int window, double factor, double cap) {
        Heads q = heads(HEADS, 1);
        Heads k = heads(KEY_HEADS, 2);
        Heads v = heads(KEY_HEADS, 3);
        Tensor dy = normal(q.tensor().shape(), 4);
        var scaling = new Scaling(factor, cap);
        Masking masking = Masking.of(true, Tensor.EMPTY).withWindow(window).withScaling(scaling);
        Tensor y = Tensor.zeros(q.tensor().shape());
        Tensor sums = Tensor.zeros(Shape.of(1, HEADS, TIME));
        Tensor dq = Tensor.zeros(q.tensor().shape());
        Tensor dk = Tensor.zeros(k.tensor().shape());
        Tensor dv = Tensor.zeros(v.tensor().shape());
        AttentionKernels kernels = Kernels.shared().attention();
        kernels.attention(q, k, v, masking, y, sums);
        kernels.attentionGradient(q, k, v, masking, y, sums, dy, dq, dk, dv);
        var reference = new Reference(q, k, v, dy, window, scaling);
        assertNear(y, reference.y);
        assertNear(dq, reference.dq);
        assertNear(dk, reference.dk);
        assertNear(dv, reference.dv);
    }

    private static void assertNear(Tensor got, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) got.array()[i]).isCloseTo(expected[i], within(2e-5 * (1 + Math.abs(expected[i]))));
        }
    }

    /// A query has the same bits with a cache of keys as among all queries.
    @Test
    void aQueryWithACacheHasTheSameBits() {
        Heads q = heads(HEADS, 1);
        Heads k = heads(KEY_HEADS, 2);
        Heads v = heads(KEY_HEADS, 3);
        Masking masking = Masking.of(true, Tensor.EMPTY).withWindow(100).withScaling(new Scaling(0.3, 2));
        Tensor all = Tensor.zeros(q.tensor().shape());
        Kernels.shared().attention().attention(q, k, v, masking, all, Tensor.EMPTY);
        for (int t : new int[] {0, 5, 191, 192, 300, TIME - 1}) {
            int width = HEADS * SIZE;
            Tensor one = Tensor.of(
                    Shape.of(1, 1, width), Arrays.copyOfRange(q.tensor().array(), t * width, (t + 1) * width));
            Tensor y = Tensor.zeros(one.shape());
            Masking past = masking.withPast(Tensor.of(Shape.of(1), t));
            Kernels.shared().attention().attention(new Heads(one, 0, HEADS, SIZE), k, v, past, y, Tensor.EMPTY);
            assertThat(y.toArray()).isEqualTo(Arrays.copyOfRange(all.array(), t * width, (t + 1) * width));
        }
    }

    @Test
    void wrongSettingsAreRefused() {
        for (Masking wrong : new Masking[] {
            Masking.of(false, Tensor.EMPTY).withWindow(3),
            Masking.of(true, Tensor.EMPTY).withWindow(-1),
            Masking.of(true, Tensor.EMPTY).withScaling(new Scaling(-1, 0)),
            Masking.of(true, Tensor.EMPTY).withScaling(new Scaling(0, Double.NaN))
        }) {
            Heads q = heads(HEADS, 1);
            Tensor y = Tensor.zeros(q.tensor().shape());
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> Kernels.shared().attention().attention(q, q, q, wrong, y, Tensor.EMPTY));
        }
    }
}

package dev.neurite.layer;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.crossAttention;
import static dev.neurite.layer.Layers.selfAttention;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.BothEngines;
import dev.neurite.error.DataException;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Noise;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A query from which all keys are hidden gets zeros and gives zeros, never NaN, and changes nothing for others.
@BothEngines
class MaskedAttentionTest {
    private static final int ROWS = 2;
    private static final int TIME = 70; // several blocks
    private static final int HEADS = 4;
    private static final int KEY_HEADS = 2;
    private static final int SIZE = 5;

    private static Tensor nan(Tensor like) {
        Tensor filled = Tensor.zeros(like.shape());
        Arrays.fill(filled.array(), Float.NaN);
        return filled;
    }

    private static Heads heads(int count, long seed) {
        return new Heads(normal(Shape.of(ROWS, TIME, count * SIZE), seed), 0, count, SIZE);
    }

    static Stream<Masking> maskings() {
        Masking plain = Masking.of(false, Tensor.EMPTY);
        Masking causal = Masking.of(true, Tensor.EMPTY);
        Tensor lengths = Tensor.of(Shape.of(ROWS), 33, TIME);
        Tensor slopes = Tensor.of(Shape.of(HEADS), 0.5f, 0.25f, 0.125f, 0.01f);
        return Stream.of(
                plain,
                causal,
                Masking.of(false, lengths),
                Masking.of(true, lengths).withSlopes(slopes),
                plain.withDropout(0.4, new Noise(5, 2)));
    }

    private record Result(Tensor y, Tensor dq, Tensor dk, Tensor dv) {
        static Result of(Heads q, Heads k, Heads v, Masking masking) {
            Tensor y = nan(q.tensor());
            Tensor sums = nan(Tensor.zeros(Shape.of(ROWS, HEADS, TIME)));
            Kernels.shared().attention().attention(q, k, v, masking, y, sums);
            Tensor dy = normal(y.shape(), 77);
            Tensor dq = nan(q.tensor());
            Tensor dk = nan(k.tensor());
            Tensor dv = nan(v.tensor());
            Kernels.shared().attention().attentionGradient(q, k, v, masking, y, sums, dy, dq, dk, dv);
            return new Result(y, dq, dk, dv);
        }
    }

    @ParameterizedTest
    @MethodSource("maskings")
    void aQueryThatSeesNoKeyGetsZerosAndGivesZeros(Masking masking) {
        Heads q = heads(HEADS, 1);
        Heads k = heads(KEY_HEADS, 2);
        Heads v = heads(KEY_HEADS, 3);
        Tensor added = normal(Shape.of(ROWS, HEADS, TIME, TIME), 4);
        int[] blind = {0, 1, 31, 32, 40, TIME - 1};
        for (int row = 0; row < ROWS; row++) {
            for (int query : blind) {
                for (int head = 0; head < HEADS; head++) {
                    int from = ((row * HEADS + head) * TIME + query) * TIME;
                    Arrays.fill(added.array(), from, from + TIME, Float.NEGATIVE_INFINITY);
                }
            }
        }
        Result result = Result.of(q, k, v, masking.withAdded(added));
        assertThat(result.y.isFinite()).isTrue();
        assertThat(result.dq.isFinite() && result.dk.isFinite() && result.dv.isFinite())
                .isTrue();
        for (int row = 0; row < ROWS; row++) {
            for (int query : blind) {
                assertZeros(result.y.select(0, row).select(0, query));
                assertZeros(result.dq.select(0, row).select(0, query));
            }
        }
        // What these queries ask and what comes back from them does not matter.
        Tensor other = q.tensor().copy();
        for (int row = 0; row < ROWS; row++) {
            for (int query : blind) {
                int from = (row * TIME + query) * q.width();
                Arrays.fill(other.array(), from, from + q.width(), 1e30f);
            }
        }
        Result same = Result.of(q.in(other), k, v, masking.withAdded(added));
        assertThat(same).isEqualTo(result);
    }

    @ParameterizedTest
    @MethodSource("maskings")
    void aMaskThatHidesAllGivesZerosForAll(Masking masking) {
        Tensor added = Tensor.zeros(Shape.of(TIME, TIME));
        Arrays.fill(added.array(), Float.NEGATIVE_INFINITY);
        Result result = Result.of(heads(HEADS, 1), heads(KEY_HEADS, 2), heads(KEY_HEADS, 3), masking.withAdded(added));
        for (Tensor each : List.of(result.y, result.dq, result.dk, result.dv)) assertZeros(each);
    }

    private static void assertZeros(Tensor x) {
        for (float number : x.toArray()) assertThat(number).isZero();
    }

    /// As layers: the output is the bias of the output, and only that learns.
    @Test
    void layersGiveTheirBias() {
        List<Node> layers =
                List.of(selfAttention(2), selfAttention(2).withCausal().withAlibi(), crossAttention(2));
        for (Node layer : layers) {
            boolean self = layer instanceof SelfAttention;
            Shape x = Shape.of(3, 6);
            Shape mask = Shape.of(3, self ? 3 : 4);
            var network = new Network(layer, self ? List.of(x, mask) : List.of(x, Shape.of(4, 5), mask));
            float[] theta = normal(Shape.of(network.size()), 8).toArray();
            float[] gradient = new float[theta.length];
            Arrays.fill(gradient, Float.NaN);
            Tensor hidden = Tensor.zeros(mask.forRows(2));
            Arrays.fill(hidden.array(), Float.NEGATIVE_INFINITY);
            List<Tensor> in = self
                    ? List.of(normal(x.forRows(2), 9), hidden)
                    : List.of(normal(x.forRows(2), 9), normal(Shape.of(2, 4, 5), 10), hidden);
            Executor executor = network.executor(Kernels.shared(), theta, gradient);
            executor.fillBuffersWithNaN();
            Tensor y = executor.forward(Mode.TRAIN, in).getFirst().copy();
            var bias = network.parameters().stream()
                    .filter(each -> each.name().endsWith("out_proj_bias"))
                    .findFirst()
                    .orElseThrow();
            for (int i = 0; i < y.size(); i++) {
                assertThat(y.toArray()[i]).isEqualTo(theta[bias.offset() + i % 6]);
            }
            Kernels.shared().fill(1, executor.outputGradient(0));
            executor.backward();
            for (int i = 0; i < gradient.length; i++) {
                boolean learns = i >= bias.offset() && i < bias.offset() + 6;
                assertThat(gradient[i]).as("gradient %d of %s", i, layer).isEqualTo(learns ? 6 : 0); // 2 rows, 3 steps
            }
        }
    }

    @Test
    void masksOfOtherNumbersAreRefused() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            Tensor added = Tensor.zeros(Shape.of(TIME, TIME));
            added.array()[5] = wrong;
            Masking masking = Masking.of(false, Tensor.EMPTY).withAdded(added);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> Result.of(heads(HEADS, 1), heads(KEY_HEADS, 2), heads(KEY_HEADS, 3), masking))
                    .withMessageContaining("numbers or −∞, got " + wrong);
        }
    }
}

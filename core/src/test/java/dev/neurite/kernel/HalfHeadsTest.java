package dev.neurite.kernel;

import static dev.neurite.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys and values in half precision: attention has the bits that it has with floats rounded to it.
class HalfHeadsTest {
    private static final int ROWS = 2;
    private static final int KEY_HEADS = 2;
    private static final Kernels KERNELS = Kernels.shared();

    private static Heads stored(Heads x, boolean halves) {
        int time = x.tensor().shape().extent(1);
        Tensor to = Tensor.zeros(Shape.of(ROWS, time, x.count() * Heads.columns(x.size(), halves)));
        var heads = new Heads(to, 0, x.count(), x.size(), halves);
        KERNELS.positions().store(x, Tensor.EMPTY, Tensor.EMPTY, heads);
        return heads;
    }

    private static Heads rounded(Heads x) {
        Tensor copy = x.tensor().copy();
        for (int i = 0; i < copy.size(); i++) {
            copy.array()[i] = Float.float16ToFloat(Float.floatToFloat16(copy.array()[i]));
        }
        return x.in(copy);
    }

    private static Heads normalHeads(int time, int count, int size, long seed) {
        return new Heads(normal(Shape.of(ROWS, time, count * size), seed), 0, count, size);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 5, 5, 0",
        "6, 7, 7, 0",
        "7, 450, 450, 0",
        "16, 30, 1, 0",
        "64, 450, 1, 0",
        "64, 450, 20, 0",
        "64, 450, 1, 200",
        "64, 450, 60, 193",
        "128, 200, 3, 0"
    })
    void attentionReadsWhatWasStored(int size, int keys, int queries, int window) {
        Heads q = normalHeads(queries, 2 * KEY_HEADS, size, 1);
        Heads k = normalHeads(keys, KEY_HEADS, size, 2);
        Heads v = normalHeads(keys, KEY_HEADS, size, 3);
        for (int i = 0; i < k.tensor().size(); i += 5) k.tensor().array()[i] *= 1e-6f; // denormal halves
        Masking masking = Masking.of(true, Tensor.EMPTY).withWindow(window);
        Tensor expected = Tensor.zeros(q.tensor().shape());
        Tensor got = Tensor.zeros(q.tensor().shape());
        KERNELS.attention().attention(q, rounded(k), rounded(v), masking, expected, Tensor.EMPTY);
        KERNELS.attention().attention(q, stored(k, true), stored(v, true), masking, got, Tensor.EMPTY);
        assertThat(got).isEqualTo(expected);
        assertThat(got).isNotEqualTo(Tensor.zeros(got.shape()));
    }

    @ParameterizedTest
    @ValueSource(floats = {65520, -1e9f, Float.NaN, Float.POSITIVE_INFINITY})
    void whatHalvesDoNotHaveIsRefused(float x) {
        Heads k = normalHeads(3, KEY_HEADS, 8, 1);
        k.tensor().array()[20] = x;
        assertThat(stored(k, false).tensor()).isEqualTo(k.tensor());
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> stored(k, true))
                .withMessageContaining("keys and values: expect numbers of half precision, up to 65504, got " + x);
    }

    @Test
    void headsThatDoNotFitAreRefused() {
        Heads k = normalHeads(3, KEY_HEADS, 8, 1);
        Heads halves = stored(k, true);
        Tensor y = Tensor.zeros(Shape.of(ROWS, 3, KEY_HEADS * 8));
        Masking masking = Masking.of(true, Tensor.EMPTY);
        AttentionKernels a = KERNELS.attention();
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> a.attention(k, halves, k, masking, y, Tensor.EMPTY));
        var rotation = PositionKernels.Rotation.of(10_000, 4, false);
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> KERNELS.positions().rotate(halves, rotation, Tensor.EMPTY, false))
                .withMessageContaining("expects heads of floats");
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> a.attention(halves, halves, halves, masking, y, Tensor.EMPTY));
        Tensor sums = Tensor.zeros(Shape.of(ROWS, KEY_HEADS, 3));
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(
                        () -> a.attentionGradient(k, halves, halves, masking, y, sums, y, y.copy(), y.copy(), y.copy()))
                .withMessageContaining("halves");
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() ->
                        KERNELS.positions().store(k, Tensor.EMPTY, Tensor.EMPTY, new Heads(y, 0, KEY_HEADS, 8, true)));
    }
}

package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.BothEngines;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@BothEngines
class PoolsTest {
    private static final List<Pooling> POOLINGS = poolings();

    /// Sizes around those of one and two vectors, in every way to slide.
    private static List<Pooling> poolings() {
        List<Pooling> all = new ArrayList<>();
        for (int width : new int[] {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 34, 35, 63, 64, 65, 66, 67}) {
            for (int kernel = 1; kernel <= 3; kernel++) {
                for (int stride = 1; stride <= 3; stride++) {
                    for (int padding = 0; padding <= kernel / 2; padding++) {
                        if (width + 2 * padding < kernel) continue;
                        Window window = Window.of(kernel, kernel).withStride(stride, stride);
                        int rows = 3 + width % 3;
                        all.add(Pooling.sliding(
                                rows, width, window, padding, padding, padding, padding, width % 2 == 0));
                    }
                }
            }
        }
        return all;
    }

    private static float[] results(Kernels kernels, Pooling p) {
        Tensor x = Tensor.view(Shape.of(3, p.area()), Samples.awkward(3 * p.area(), 7), 0);
        Tensor dy = Tensor.view(Shape.of(3, p.outArea()), Samples.normal(3 * p.outArea(), 8), 0);
        Tensor y = Tensor.zeros(dy.shape());
        Tensor places = Tensor.zeros(dy.shape());
        Tensor dx = Tensor.zeros(x.shape());
        var all = new ArrayList<float[]>();
        kernels.pools().max(p, x, y);
        all.add(y.toArray());
        kernels.pools().max(p, x, y, places);
        all.add(y.toArray());
        kernels.pools().maxGradient(p, dy, places, dx);
        all.add(dx.toArray());
        for (boolean padding : new boolean[] {true, false}) {
            kernels.pools().average(p, padding, x, y);
            all.add(y.toArray());
            kernels.pools().averageGradient(p, padding, dy, dx);
            all.add(dx.toArray());
        }
        return concatenated(all);
    }

    private static float[] concatenated(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void vectorsGiveTheBitsOfTheDefinitionForAnyNumbersAndSizes(int threads) {
        assumeTrue(Kernels.vectorsPresent(), "the Vector API module is present");
        try (Kernels scalar = Kernels.create(Engine.SCALAR, 1);
                Kernels vector = Kernels.create(Engine.VECTOR, threads)) {
            for (Pooling p : POOLINGS) Samples.assertSameBits(results(vector, p), results(scalar, p), p.toString());
        }
    }

    @Test
    void aWindowOnAPartOfAnArrayLeavesTheRestAlone() {
        Pooling p = Pooling.sliding(4, 6, Window.of(2, 2).withStride(2, 2), 0, 0, 0, 0, false);
        float[] array = Samples.normal(200, 3);
        float[] before = array.clone();
        Tensor x = Tensor.view(Shape.of(2, 4, 6), array, 1);
        Tensor y = Tensor.view(Shape.of(2, 2, 3), array, 60);
        Kernels.shared().pools().max(p, x, y);
        for (int i = 0; i < array.length; i++) {
            if (i < 60 || i >= 72) assertThat(array[i]).isEqualTo(before[i]);
        }
        float largest = Math.max(Math.max(before[1], before[2]), Math.max(before[7], before[8]));
        assertThat(array[60]).isEqualTo(largest);
    }

    @Test
    void tensorsOfOtherSizesAreRefused() {
        Pooling p = Pooling.sliding(4, 4, Window.of(2, 2).withStride(2, 2), 0, 0, 0, 0, false);
        Tensor x = Tensor.zeros(Shape.of(2, 4, 4));
        assertThatThrownBy(() -> Kernels.shared().pools().max(p, x, Tensor.zeros(Shape.of(2, 3, 2))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects planes of 4×4 and as many of 2×2, got [2×4×4] and [2×3×2]");
        assertThatThrownBy(() -> Kernels.shared().pools().globalAverage(x, Tensor.zeros(Shape.of(5))))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Kernels.shared()
                        .planes()
                        .cut(new Rectangle(4, 4, 1, 1, 2, 2), x, Tensor.zeros(Shape.of(2, 3, 2))))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void aWindowThatSeesNoPixelIsRefused() {
        Window window = Window.of(2, 2).withDilation(2, 2);
        assertThatThrownBy(() -> Pooling.sliding(1, 1, window, 1, 1, 1, 1, false))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects windows that cover a pixel");
        assertThatThrownBy(() -> new Rectangle(4, 4, 1, 1, 4, 2)).isInstanceOf(ShapeException.class);
    }

    @Test
    void aLastWindowBeginsBeforeTheEnd() {
        Window window = Window.of(2, 2).withStride(3, 3);
        assertThat(Pooling.sliding(5, 8, window, 1, 1, 1, 1, true).out()).isEqualTo("2×3");
        assertThat(Pooling.sliding(1, 4, Window.of(1, 2).withStride(1, 2), 0, 0, 0, 0, true)
                        .out())
                .isEqualTo("1×2");
    }
}

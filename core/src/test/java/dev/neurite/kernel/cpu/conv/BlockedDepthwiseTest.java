package dev.neurite.kernel.cpu.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockedTensors;
import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.Samples;
import dev.neurite.kernel.Window;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Depthwise convolutions in blocks give the bits of the scalar kernels in row-major order.
class BlockedDepthwiseTest {
    private static final Tensor NONE = Tensor.EMPTY;

    record Case(int images, int channels, Geometry g) {}

    private static final List<Case> CASES = cases();

    private static List<Case> cases() {
        List<Case> all = new ArrayList<>(List.of(
                of(1, 32, 7, 7, Window.of(3, 3), 1, 1, 1, 1),
                of(2, 16, 14, 13, Window.of(3, 3).withStride(2, 2), 1, 1, 1, 1),
                of(1, 16, 90, 61, Window.of(3, 3), 1, 1, 1, 1), // several bands
                of(1, 16, 91, 93, Window.of(3, 3).withStride(2, 2), 1, 1, 1, 1),
                of(1, 16, 70, 80, Window.of(5, 4).withStride(3, 1), 2, 2, 2, 1),
                of(0, 16, 7, 7, Window.of(3, 3), 1, 1, 1, 1),
                of(18, 16, 4, 4, Window.of(3, 3), 1, 1, 1, 1), // more images than slots
                of(1, 16, 2, 2, Window.of(3, 3).withStride(2, 2), 4, 5, 3, 4), // windows on padding alone
                of(1, 16, 8, 8, Window.of(3, 3).withDilation(12, 12), 12, 12, 12, 12),
                of(1, 16, 6, 5, Window.of(1, 2).withStride(3, 4), 0, 0, 0, 1))); // pixels that no window covers
        var random = new SplittableRandom(3);
        while (all.size() < 60) {
            var window = new Window(
                    random.nextInt(1, 6),
                    random.nextInt(1, 6),
                    random.nextInt(1, 4),
                    random.nextInt(1, 4),
                    random.nextInt(1, 3),
                    random.nextInt(1, 3));
            int height = random.nextInt(1, 16);
            int width = random.nextInt(1, 20);
            int[] pads = random.ints(4, 0, 5).toArray();
            if (height + pads[0] + pads[2] < window.reachHeight() || width + pads[1] + pads[3] < window.reachWidth()) {
                continue;
            }
            all.add(of(random.nextInt(1, 4), 16 * random.nextInt(1, 4), height, width, window, pads));
        }
        return all;
    }

    private static Case of(int images, int channels, int height, int width, Window window, int... pads) {
        return new Case(images, channels, new Geometry(height, width, window, pads[0], pads[1], pads[2], pads[3]));
    }

    private static Tensor numbers(Shape shape, long seed) {
        float[] x = Samples.normal(shape.size(), seed);
        for (int i = 2; i < x.length; i += 7) x[i] = i % 2 == 0 ? 0 : -0f;
        if (x.length > 40) x[(int) (37 * seed % x.length)] = seed % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
        return Tensor.of(shape, x);
    }

    /// All results, in row-major order.
    private static List<float[]> results(Case each, Kernels kernels, Layout layout) {
        Geometry g = each.g();
        int n = each.channels();
        Shape in = Shape.of(each.images(), n, g.height(), g.width());
        Shape out = Shape.of(each.images(), n, g.outHeight(), g.outWidth());
        Shape of = Shape.of(n, 1, g.window().height(), g.window().width());
        Tensor x = BlockedTensors.of(numbers(in, 1), layout);
        Tensor dy = BlockedTensors.of(numbers(out, 3), layout);
        Tensor residual = BlockedTensors.of(numbers(out, 5), layout);
        Tensor earlier = BlockedTensors.of(numbers(in, 7), layout);
        Tensor b = numbers(Shape.of(n), 4);
        PackedWeights w = PackedWeights.changing(numbers(of, 2));
        PackedWeights constant = PackedWeights.constant(w.values());
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) all.add(BlockedTensors.empty(i < 4 ? out : in, layout));
        all.add(BlockedTensors.empty(in, layout));
        Tensor dw = Tensor.zeros(of);
        Convolutions k = kernels.convolutions();
        k.forward(g, n, x, w, NONE, NONE, Activation.IDENTITY, all.get(0));
        k.forward(g, n, x, w, b, residual, Activation.RELU6, all.get(1));
        k.forward(g, n, x, constant, b, NONE, Activation.IDENTITY, all.get(2));
        k.forward(g, n, x, constant, b, NONE, Activation.IDENTITY, all.get(3)); // with a kept copy
        k.inputGradient(g, n, dy, w, NONE, all.get(4));
        k.inputGradient(g, n, dy, constant, earlier, all.get(5));
        k.transposed(g, n, dy, w, b, Activation.TANH, all.get(6));
        k.weightGradient(g, n, x, dy, dw);
        for (Tensor result : all) assertThat(BlockedTensors.isAlone(result)).isTrue();
        all.add(dw);
        return all.stream().map(Tensor::toArray).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void theyGiveTheBitsOfRowMajorOrder(int threads) {
        assumeTrue(Kernels.vectorsPresent(), "the Vector API module is present");
        try (Kernels scalar = Kernels.create(Engine.SCALAR, 1);
                Kernels vector = Kernels.create(Engine.VECTOR, threads)) {
            for (Case each : CASES) {
                List<float[]> expected = results(each, scalar, Layout.ROW_MAJOR);
                List<float[]> actual = results(each, vector, Layout.BLOCKED);
                for (int i = 0; i < expected.size(); i++) {
                    Samples.assertSameBits(actual.get(i), expected.get(i), "result " + i + " of " + each);
                }
            }
        }
    }

    @Test
    void onVectorsTheyStayInTheLayoutOfTheirInput() {
        var g = new Geometry(7, 7, Window.of(3, 3), 1, 1, 1, 1);
        Convolutions k = Kernels.shared().convolutions();
        Layout blocks = Kernels.vectorsPresent() ? Layout.BLOCKED : Layout.ROW_MAJOR;
        assertThat(k.layout(g, 32, 32, 32, Layout.BLOCKED)).isEqualTo(blocks);
        assertThat(k.layout(g, 32, 32, 32, Layout.ROW_MAJOR)).isEqualTo(Layout.ROW_MAJOR);
        assertThat(k.layout(g, 32, 32, 64, Layout.BLOCKED)).isEqualTo(Layout.ROW_MAJOR);
        assertThat(k.layout(g, 24, 24, 24, Layout.BLOCKED)).isEqualTo(Layout.ROW_MAJOR);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        var g = new Geometry(4, 4, Window.of(3, 3), 1, 1, 1, 1);
        Convolutions k = Kernels.shared().convolutions();
        Tensor rows = Tensor.zeros(Shape.of(1, 16, 4, 4));
        Tensor blocks = BlockedTensors.empty(rows.shape(), Layout.BLOCKED);
        PackedWeights w = PackedWeights.changing(Tensor.zeros(Shape.of(16, 1, 3, 3)));
        assertThatThrownBy(() -> k.forward(g, 16, blocks, w, NONE, NONE, Activation.IDENTITY, rows))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("got BLOCKED and ROW_MAJOR in 16 groups");
        assertThatThrownBy(() -> k.forward(g, 16, rows, w, NONE, blocks, Activation.IDENTITY, rows))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects a residual of [1×16×4×4] ROW_MAJOR, got [1×16×4×4] BLOCKED");
        assertThatThrownBy(() -> k.inputGradient(g, 16, rows, w, NONE, blocks)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> k.weightGradient(g, 16, blocks, rows, w.values()))
                .isInstanceOf(ShapeException.class);
    }
}

package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// With channels in blocks, pooling and conversions give the bits of the scalar kernels in row-major order.
@BothEngines
class BlockedPoolsTest {
    private static final List<Pooling> POOLINGS = poolings();

    private static List<Pooling> poolings() {
        var random = new SplittableRandom(5);
        List<Pooling> all = new ArrayList<>();
        while (all.size() < 120) {
            int height = random.nextInt(1, 12);
            int width = random.nextInt(1, 20);
            if (all.size() % 5 == 4) {
                all.add(Pooling.adaptive(height, width, random.nextInt(1, 9), random.nextInt(1, 9)));
                continue;
            }
            boolean dilated = all.size() % 5 == 3;
            Window window = Window.of(random.nextInt(1, 5), random.nextInt(1, 5))
                    .withStride(random.nextInt(1, 4), random.nextInt(1, 4))
                    .withDilation(dilated ? random.nextInt(1, 3) : 1, dilated ? random.nextInt(1, 3) : 1);
            int down = random.nextInt(1 + window.height() / 2);
            int across = random.nextInt(1 + window.width() / 2);
            if (height + 2 * down < window.reachHeight() || width + 2 * across < window.reachWidth()) continue;
            try {
                all.add(Pooling.sliding(height, width, window, down, across, down, across, random.nextBoolean()));
            } catch (ShapeException _) {
                // a window that covers no pixel is no pooling
            }
        }
        return all;
    }

    private static Tensor numbers(Shape shape, long seed) {
        float[] x = Samples.awkward(shape.size(), seed);
        for (int i = 0; i < x.length; i += 3) x[i] = Math.round(x[i]) % 3; // ties
        return Tensor.of(shape, x);
    }

    /// All results, in row-major order.
    private static List<float[]> results(Kernels kernels, Pooling p, int images, int channels, Layout layout) {
        Shape in = Shape.of(images, channels, p.rows().size(), p.columns().size());
        Shape out = Shape.of(images, channels, p.rows().count(), p.columns().count());
        Tensor x = BlockedTensors.of(numbers(in, 1), layout);
        Tensor dy = BlockedTensors.of(numbers(out, 2), layout);
        Tensor means = numbers(Shape.of(images, channels), 3);
        Tensor y = BlockedTensors.empty(out, layout);
        Tensor best = BlockedTensors.empty(out, layout);
        Tensor places = BlockedTensors.empty(out, layout);
        Tensor dx = BlockedTensors.empty(in, layout);
        Tensor mean = Tensor.zeros(means.shape());
        Tensor ofMean = BlockedTensors.empty(in, layout);
        List<float[]> all = new ArrayList<>();
        Pools pools = kernels.pools();
        pools.max(p, x, y);
        pools.max(p, x, best, places);
        pools.maxGradient(p, dy, places, dx);
        pools.globalAverage(x, mean);
        pools.globalAverageGradient(means, ofMean);
        for (Tensor each : List.of(y, best, places, dx, mean, ofMean)) all.add(each.toArray());
        if (p.rows().dilation() == 1 && p.columns().dilation() == 1) {
            for (boolean padding : new boolean[] {true, false}) {
                pools.average(p, padding, x, y);
                pools.averageGradient(p, padding, dy, dx);
                all.add(y.toArray());
                all.add(dx.toArray());
            }
        }
        for (Tensor each : List.of(y, best, places, dx, ofMean)) {
            assertThat(BlockedTensors.isAlone(each)).isTrue();
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void poolingGivesTheBitsOfRowMajorOrder(int threads) {
        try (Kernels scalar = Kernels.create(Engine.SCALAR, 1);
                Kernels slow = Kernels.create(Engine.SCALAR, threads);
                Kernels fast = Kernels.create(threads)) {
            for (int i = 0; i < POOLINGS.size(); i++) {
                Pooling p = POOLINGS.get(i);
                int images = 1 + i % 3;
                int channels = i % 2 == 0 ? 16 : 48;
                List<float[]> expected = results(scalar, p, images, channels, Layout.ROW_MAJOR);
                for (Kernels kernels : List.of(slow, fast)) {
                    List<float[]> actual = results(kernels, p, images, channels, Layout.BLOCKED);
                    for (int k = 0; k < expected.size(); k++) {
                        Samples.assertSameBits(actual.get(k), expected.get(k), "result " + k + " of " + p);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void convertingMovesEachElementToItsPlaceAndBack(int threads) {
        try (Kernels slow = Kernels.create(Engine.SCALAR, threads);
                Kernels fast = Kernels.create(threads)) {
            int[][] planes = {{1, 1}, {3, 5}, {4, 4}, {17, 1}, {7, 7}, {14, 14}, {15, 15}, {16, 16}, {5, 51}, {40, 40}};
            for (int[] plane : planes) {
                Shape shape = Shape.of(2, 48, plane[0], plane[1]);
                Tensor x = BlockedTensors.of(numbers(shape, 4), Layout.ROW_MAJOR);
                Tensor inBlocks = BlockedTensors.of(x, Layout.BLOCKED);
                for (Kernels kernels : List.of(slow, fast)) {
                    Tensor blocked = BlockedTensors.empty(shape, Layout.BLOCKED);
                    kernels.planes().convert(x, blocked);
                    Samples.assertSameBits(blocked.array(), inBlocks.array(), "blocks of " + shape);
                    Tensor back = BlockedTensors.empty(shape, Layout.ROW_MAJOR);
                    kernels.planes().convert(blocked, back);
                    Samples.assertSameBits(back.array(), x.array(), "planes of " + shape);
                }
            }
        }
    }

    @Test
    void wholeBlocksOfChannelsAreCutAndPastedInBlocks() {
        Planes planes = Kernels.shared().planes();
        Rectangle middle = Rectangle.ofRows(64, 15, 16, 32); // channels 16 to 47 of images [64×3×5]
        Tensor x = BlockedTensors.of(numbers(Shape.of(2, 64, 3, 5), 6), Layout.ROW_MAJOR);
        Tensor blocked = BlockedTensors.of(x, Layout.BLOCKED);
        Tensor part = BlockedTensors.empty(Shape.of(2, 32, 3, 5), Layout.BLOCKED);
        planes.cut(middle, blocked, part);
        Samples.assertSameBits(part.toArray(), x.slice(1, 16, 48).toArray(), "cut");
        planes.paste(Rectangle.ofRows(64, 15, 32, 32), part, blocked);
        planes.paste(Rectangle.ofRows(64, 15, 32, 32), x.slice(1, 16, 48), x);
        Samples.assertSameBits(blocked.toArray(), x.toArray(), "pasted");
        Rectangle amid = Rectangle.ofRows(64, 15, 8, 32); // begins within a block
        assertThatThrownBy(() -> planes.cut(amid, blocked, part)).isInstanceOf(ShapeException.class);
        Rectangle pixels = new Rectangle(64, 15, 0, 0, 64, 5);
        assertThatThrownBy(
                        () -> planes.cut(pixels, blocked, BlockedTensors.empty(Shape.of(2, 64, 1, 5), Layout.BLOCKED)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void globalPoolingTakesItsResultsInEitherLayout() {
        Kernels kernels = Kernels.shared();
        Tensor x = BlockedTensors.of(numbers(Shape.of(2, 32, 3, 5), 7), Layout.BLOCKED);
        Pooling whole = Pooling.adaptive(1, 15, 1, 1);
        Tensor[] means = new Tensor[3];
        Tensor[] greatest = new Tensor[3];
        for (int i = 0; i < 3; i++) {
            Shape row = i == 0 ? Shape.of(32) : Shape.of(32, 1, 1);
            Layout layout = i == 2 ? Layout.BLOCKED : Layout.ROW_MAJOR;
            means[i] = BlockedTensors.empty(row.forRows(2), layout);
            greatest[i] = BlockedTensors.empty(row.forRows(2), layout);
            kernels.pools().globalAverage(x, means[i]);
            kernels.pools().max(whole, x, greatest[i]);
            Samples.assertSameBits(means[i].toArray(), means[0].toArray(), "means " + layout);
            Samples.assertSameBits(greatest[i].toArray(), greatest[0].toArray(), "maxima " + layout);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Pools pools = Kernels.shared().pools();
        Planes planes = Kernels.shared().planes();
        Pooling p = Pooling.sliding(4, 4, Window.of(2, 2).withStride(2, 2), 0, 0, 0, 0, false);
        Tensor x = BlockedTensors.empty(Shape.of(1, 16, 4, 4), Layout.BLOCKED);
        Tensor y = Tensor.zeros(Shape.of(1, 16, 2, 2));
        Tensor blocked = BlockedTensors.empty(y.shape(), Layout.BLOCKED);
        assertThatThrownBy(() -> pools.max(p, x, y))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects tensors of one layout, got BLOCKED and ROW_MAJOR");
        assertThatThrownBy(() -> pools.max(p, x, blocked, y)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> pools.averageGradient(p, true, y, x)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> pools.max(
                        p,
                        BlockedTensors.empty(Shape.of(1, 64, 2, 2), Layout.BLOCKED),
                        BlockedTensors.empty(Shape.of(1, 64, 1, 1), Layout.BLOCKED)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> pools.globalAverage(x, blocked)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> pools.globalAverage(x, Tensor.zeros(Shape.of(8))))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> planes.convert(y, Tensor.zeros(y.shape()))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> planes.cut(new Rectangle(4, 4, 0, 0, 2, 2), x, y))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects tensors in row-major order, got BLOCKED and ROW_MAJOR");
    }
}

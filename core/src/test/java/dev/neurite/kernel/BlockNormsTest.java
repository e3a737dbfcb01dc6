package dev.neurite.kernel;

import static dev.neurite.kernel.Samples.assertSameBits;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Normalizations and sums of channels in blocks give the bits of the scalar kernels on tensors in row-major order.
class BlockNormsTest {
    private static final int MARGIN = 5;
    private static final float UNTOUCHED = 77;
    private static final float[] SPECIAL = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -Float.MAX_VALUE, 1e-40f
    };

    /// A batch and how it is normalized; the numbers depend on the shape alone.
    record Batch(Shape shape, boolean affine, boolean residual, Elementwise g, Map<Long, float[]> numbers) {
        int channels() {
            return shape.extent(1);
        }

        /// Numbers around 0, among them −0. In every third channel one is large, infinite or NaN.
        Tensor images(long seed, Layout layout) {
            return inLayout(numbers.computeIfAbsent(seed, this::numbers), shape, layout);
        }

        private float[] numbers(long seed) {
            var random = new SplittableRandom(seed);
            float[] x = new float[shape.size()];
            for (int i = 0; i < x.length; i++) x[i] = i % 13 == 6 ? -0f : (float) random.nextGaussian();
            int plane = shape.extent(2) * shape.extent(3);
            for (int channel = 0; channel < channels(); channel += 3) {
                int row = random.nextInt(shape.extent(0));
                float special = SPECIAL[(channel / 3 + (int) seed) % SPECIAL.length];
                x[(row * channels() + channel) * plane + random.nextInt(plane)] = special;
            }
            return x;
        }

        Tensor empty(Layout layout) {
            float[] x = new float[shape.size()];
            Arrays.fill(x, UNTOUCHED);
            return inLayout(x, shape, layout);
        }

        Tensor each(long seed) {
            return Tensor.view(Shape.of(channels()), Samples.normal(channels() + MARGIN, seed), 3);
        }
    }

    private static Batch batch(Shape shape, boolean affine, boolean residual, Elementwise g) {
        return new Batch(shape, affine, residual, g, new HashMap<>());
    }

    /// The numbers of a row-major array in another layout, with a margin around them.
    private static Tensor inLayout(float[] x, Shape shape, Layout layout) {
        float[] array = new float[x.length + 2 * MARGIN];
        Arrays.fill(array, UNTOUCHED);
        int channels = shape.extent(1);
        int plane = shape.extent(2) * shape.extent(3);
        for (int i = 0; i < x.length; i++) {
            int row = i / (channels * plane);
            int channel = i / plane % channels;
            int blocked = ((row * channels / 16 + channel / 16) * plane + i % plane) * 16 + channel % 16;
            array[MARGIN + (layout == Layout.BLOCKED ? blocked : i)] = x[i];
        }
        return Tensor.view(shape, array, MARGIN, layout);
    }

    /// What all kernels write, in row-major order, by name.
    private static Map<String, float[]> results(Kernels kernels, Batch batch, Layout layout) {
        var results = new LinkedHashMap<String, float[]>();
        statistics(kernels, batch, layout, results);
        gradients(kernels, batch, layout, results);
        elements(kernels, batch, layout, results);
        return results;
    }

    private static void add(Map<String, float[]> results, String name, Tensor written) {
        results.put(name, written.toArray());
        if (written.shape().rank() < 4) return;
        float[] array = written.array();
        for (int i = 0; i < MARGIN; i++) {
            assertThat(array[i]).as("before %s", name).isEqualTo(UNTOUCHED);
            assertThat(array[array.length - 1 - i]).as("after %s", name).isEqualTo(UNTOUCHED);
        }
    }

    private static void statistics(Kernels kernels, Batch batch, Layout layout, Map<String, float[]> results) {
        Norms norms = kernels.norms();
        Tensor x = batch.images(1, layout);
        Tensor residual = batch.residual() ? batch.images(2, layout) : Tensor.EMPTY;
        Tensor w = batch.affine() ? batch.each(3) : Tensor.EMPTY;
        Tensor b = batch.affine() ? batch.each(4) : Tensor.EMPTY;
        Tensor mean = batch.each(5);
        Tensor factor = batch.each(6);
        Tensor y = batch.empty(layout);
        norms.normalizeChannels(x, mean, factor, w, b, residual, batch.g(), y);
        add(results, "normalized channels", y);
        Tensor variance = batch.each(7);
        norms.channelStatistics(x, mean, variance);
        add(results, "mean", mean);
        add(results, "variance", variance);
        Tensor mean2 = batch.each(5);
        Tensor variance2 = batch.each(7);
        Tensor y2 = batch.empty(layout);
        norms.normalizeBatch(x, 1e-3, w, b, residual, batch.g(), mean2, variance2, factor, y2);
        add(results, "normalized batch", y2);
        add(results, "its mean", mean2);
        add(results, "its variance", variance2);
        add(results, "its factor", factor);
    }

    private static void gradients(Kernels kernels, Batch batch, Layout layout, Map<String, float[]> results) {
        Norms norms = kernels.norms();
        Tensor x = batch.images(1, layout);
        Tensor y = batch.images(2, layout);
        Tensor z = batch.g().derivativeNeedsInput() ? batch.images(9, layout) : y;
        Tensor w = batch.affine() ? batch.each(3) : Tensor.EMPTY;
        Tensor mean = batch.each(5);
        Tensor factor = batch.each(6);
        Tensor dw = batch.each(7);
        Tensor db = batch.each(8);
        Tensor dx = batch.empty(layout);
        Tensor delta = batch.images(10, layout);
        norms.channelSums(x, mean, factor, delta, dw, db);
        add(results, "dw", dw);
        add(results, "db", db);
        norms.channelGradient(x, mean, factor, w, delta, dw, db, dx);
        add(results, "dx", dx);
        norms.channelGradient(x, mean, factor, w, delta, dw, db, delta);
        add(results, "dx in place", delta);
        for (String where : List.of("apart", "in place", "not wanted")) {
            Tensor dy = batch.images(11, layout);
            Tensor target = where.equals("apart") ? dx : where.equals("in place") ? dy : Tensor.EMPTY;
            norms.batchGradient(x, mean, factor, w, batch.g(), z, y, dy, dw, db, target);
            add(results, "δ of the batch, dx " + where, dy);
            add(results, "dw of the batch, dx " + where, dw);
            add(results, "db of the batch, dx " + where, db);
            add(results, "dx of the batch, dx " + where, dx);
        }
    }

    private static void elements(Kernels kernels, Batch batch, Layout layout, Map<String, float[]> results) {
        Tensor x = batch.images(1, layout);
        Tensor w = batch.affine() ? batch.each(3) : Tensor.EMPTY;
        Tensor y = batch.empty(layout);
        kernels.norms().scaleChannels(x, batch.each(6), w, y);
        add(results, "w·factor·x", y);
        kernels.scaleChannels(x, batch.each(6), y);
        add(results, "factor·x", y);
        kernels.standardizeChannels(x, batch.each(5), batch.each(6), y);
        add(results, "(x − mean)·factor", y);
        Tensor sums = batch.each(7);
        kernels.channelSums(x, sums);
        add(results, "Σ x", sums);
        kernels.standardizeChannels(x, batch.each(5), batch.each(6), x);
        kernels.norms().scaleChannels(x, batch.each(6), w, x);
        add(results, "in place", x);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 5", "7, 7", "8, 8", "16, 16", "17, 19", "50, 42"})
    void theBitsAreThoseOfRowMajorOrder(int height, int width) {
        List<Batch> batches = new ArrayList<>();
        int plane = height * width;
        for (int channels : new int[] {16, 32, 48, 80}) {
            for (int images : new int[] {1, 2, 5, 64}) {
                if ((images == 64 && channels > 32) || images * channels * plane > 300_000) continue;
                Shape shape = Shape.of(images, channels, height, width);
                int which = batches.size();
                Elementwise g = Samples.EXACT.get(which % Samples.EXACT.size());
                batches.add(batch(shape, which % 2 == 0, which % 3 == 0, g));
            }
        }
        batches.add(batch(Shape.of(13, 32, height, width), true, true, Activation.RELU));
        batches.add(batch(Shape.of(13, 32, height, width), true, false, Activation.RELU));
        List<Map<String, float[]>> expected = new ArrayList<>();
        try (Kernels scalar = Kernels.create(Engine.SCALAR, 1)) {
            for (Batch batch : batches) expected.add(results(scalar, batch, Layout.ROW_MAJOR));
        }
        for (Engine engine : Engine.values()) {
            if (engine == Engine.VECTOR && !Kernels.vectorsPresent()) continue;
            for (int threads : new int[] {1, 3, 7}) {
                try (Kernels kernels = Kernels.create(engine, threads)) {
                    for (int i = 0; i < batches.size(); i++) {
                        compare(kernels, batches.get(i), expected.get(i));
                    }
                }
            }
        }
    }

    private static void compare(Kernels kernels, Batch batch, Map<String, float[]> expected) {
        Map<String, float[]> actual = results(kernels, batch, Layout.BLOCKED);
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, bits) -> assertSameBits(
                requireNonNull(actual.get(name)), bits, name + " of " + batch.shape() + " on " + kernels));
    }

    @Test
    void aMixtureOfLayoutsIsRefused() {
        var batch = batch(Shape.of(2, 16, 3, 3), true, false, Activation.IDENTITY);
        Tensor x = batch.images(1, Layout.BLOCKED);
        Tensor y = batch.images(2, Layout.ROW_MAJOR);
        Tensor each = batch.each(3);
        try (Kernels kernels = Kernels.create(1)) {
            Norms norms = kernels.norms();
            assertThatThrownBy(() ->
                            norms.normalizeChannels(x, each, each, each, each, Tensor.EMPTY, Activation.IDENTITY, y))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("one layout");
            assertThatThrownBy(() -> norms.channelSums(x, each, each, y, each, each))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("one layout");
            assertThatThrownBy(() -> norms.scaleChannels(x, each, each, y))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("one layout");
        }
    }

    @Test
    void spansAndOtherNumbersOfChannelsAreRefused() {
        var batch = batch(Shape.of(2, 32, 3, 3), true, false, Activation.IDENTITY);
        Tensor x = batch.images(1, Layout.BLOCKED);
        Tensor y = batch.images(2, Layout.BLOCKED);
        Tensor each = batch.each(3);
        Tensor rows = Tensor.zeros(Shape.of(2));
        Tensor half = Tensor.zeros(Shape.of(16));
        try (Kernels kernels = Kernels.create(1)) {
            Norms norms = kernels.norms();
            assertThatThrownBy(() -> norms.normalizeSpans(x, 32, 9, 1e-3, each, each, rows, rows, y))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("row-major");
            assertThatThrownBy(() -> norms.spanSums(x, 32, 9, rows, rows, y, each, each))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("row-major");
            assertThatThrownBy(() -> norms.spanGradient(x, 32, 9, each, rows, rows, y, y))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("row-major");
            assertThatThrownBy(() -> norms.channelStatistics(x, half, half))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("each channel");
            assertThatThrownBy(() -> kernels.channelSums(x, half))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("each channel");
        }
    }
}

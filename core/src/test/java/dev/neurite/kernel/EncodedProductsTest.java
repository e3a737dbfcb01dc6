package dev.neurite.kernel;

import static dev.neurite.kernel.Samples.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Products with encoded weights, beside plain loops over what the class of [QuantizedMatrix] says.
@BothEngines
class EncodedProductsTest {
    private static final int[][] SIZES = { // rows, inputs, outputs
        {1, 5, 3},
        {1, 32, 16},
        {3, 33, 17},
        {4, 64, 40},
        {9, 100, 33},
        {33, 1500, 50},
        {70, 2050, 35},
        {250, 40, 8},
        {1, 70, 200},
        {2, 1500, 210},
        {12, 33, 130}
    };

    private static List<Kernels.Engine> engines() {
        return Kernels.vectorsPresent() ? List.of(Kernels.Engine.values()) : List.of(Kernels.Engine.SCALAR);
    }

    private static Tensor dense(Kernels kernels, Tensor x, EncodedMatrix w) {
        Tensor y = Tensor.zeros(Shape.of(x.rows(), w.rows()));
        kernels.dense(x, PackedWeights.encoded(w), Tensor.EMPTY, Activation.IDENTITY, y);
        return y;
    }

    private static Tensor normal(int rows, int columns, long seed) {
        return Tensor.of(Shape.of(rows, columns), Samples.normal(rows * columns, seed));
    }

    /// One number of a result: x quantized as the class says, exact sums, and chains of `fma`.
    private static float expected(Tensor x, int row, QuantizedMatrix w, int out) {
        int n = w.columns();
        int width = w.format() == BlockFormat.INT8 ? n : QuantizedMatrix.BLOCK;
        float all = 0;
        float minimums = 0;
        for (int from = 0; from < n; from += width) {
            int to = Math.min(n, from + width);
            float largest = 0;
            for (int i = from; i < to; i++) largest = Math.max(largest, Math.abs(x.get(row, i)));
            long sum = 0;
            long ofX = 0;
            for (int i = from; i < to; i++) {
                double code = Math.rint((double) x.get(row, i) * (127 / largest));
                sum += (long) code * w.value(out, i);
                ofX += (long) code;
            }
            float scale = largest / 127;
            all = Math.fma((float) sum, scale * w.scale(out, from / w.columnsOfScale()), all);
            minimums = Math.fma(ofX * scale, w.minimum(out, from / QuantizedMatrix.BLOCK), minimums);
        }
        return all + minimums;
    }

    private static List<BlockFormat> quantized() {
        return Arrays.stream(BlockFormat.values())
                .filter(BlockFormat::isQuantized)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("quantized")
    void wholeNumbersAreMultipliedExactly(BlockFormat format) {
        for (int[] size : SIZES) {
            int n = EncodedSamples.columns(format, size[1]);
            Tensor x = normal(size[0], n, 11);
            var w = (QuantizedMatrix) EncodedSamples.of(format, size[2], n, 12);
            for (Kernels.Engine engine : engines()) {
                try (Kernels kernels = Kernels.create(engine, 2)) {
                    Tensor y = dense(kernels, x, w);
                    for (int i = 0; i < x.rows(); i += Math.max(1, x.rows() / 5)) {
                        for (int j = 0; j < w.rows(); j++) {
                            assertThat(y.get(i, j))
                                    .as("%s, %s, row %s, output %s", w, engine, i, j)
                                    .isEqualTo(expected(x, i, w, j));
                        }
                    }
                }
            }
        }
    }

    /// Codes and parts of the largest magnitude, whose sums in 16 bits and in floats are the largest.
    @ParameterizedTest
    @MethodSource("quantized")
    void theLargestSumsAreExact(BlockFormat format) {
        if (!format.isStored()) return; // rows with one scale are looked at below
        int n = EncodedSamples.columns(format, 256);
        for (int bits : new int[] {0, 0xff, 0x80, 0x0f, 0xf0}) {
            byte[] stored = EncodedSamples.stored(format, 17, n, 5);
            for (int i = 0; i < stored.length; i++) {
                int in = i % format.blockBytes();
                int scale = format == BlockFormat.Q6_K ? 208 : 0;
                if (in >= scale && in < scale + (format.hasMinimums() ? 4 : 2)) continue;
                stored[i] = (byte) bits;
            }
            for (int sign : new int[] {1, -1}) {
                Tensor x = Tensor.filled(Shape.of(40, n), sign * 3);
                try (Kernels kernels = Kernels.create(2)) {
                    var w = (QuantizedMatrix)
                            EncodedMatrix.ofBlocks(format, 17, n, MemorySegment.ofArray(stored), kernels);
                    for (Tensor each : List.of(x, x.rows(0, 1))) {
                        Tensor y = dense(kernels, each, w);
                        for (int j = 0; j < 17; j++) assertThat(y.get(0, j)).isEqualTo(expected(x, 0, w, j));
                    }
                }
            }
        }
    }

    /// Few rows and many take different ways.
    @ParameterizedTest
    @EnumSource
    void aRowHasTheSameBitsAloneAndAmongOthers(BlockFormat format) {
        try (Kernels kernels = Kernels.create(2)) {
            for (int[] size : SIZES) {
                int n = EncodedSamples.columns(format, size[1]);
                Tensor x = normal(size[0], n, 21);
                EncodedMatrix w = EncodedSamples.of(format, size[2], n, 22);
                Tensor all = dense(kernels, x, w);
                for (int i = 0; i < x.rows(); i++) {
                    assertSameBits(
                            dense(kernels, x.rows(i, i + 1), w).toArray(),
                            all.rows(i, i + 1).toArray(),
                            w + ", row " + i + " of " + size[0]);
                }
            }
        }
    }

    /// 16-bit floats are storage: the product is that of the decoded numbers.
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void halvesAreMultipliedAsTheFloatsThatTheyAre(BlockFormat format) {
        try (Kernels kernels = Kernels.create(2)) {
            for (int[] size : SIZES) {
                Tensor x = normal(size[0], size[1], 31);
                EncodedMatrix w = EncodedMatrix.of(format, normal(size[2], size[1], 32));
                Tensor y = Tensor.zeros(Shape.of(size[0], size[2]));
                kernels.dense(x, PackedWeights.constant(w.decode()), Tensor.EMPTY, Activation.IDENTITY, y);
                assertSameBits(dense(kernels, x, w).toArray(), y.toArray(), w.toString());
            }
        }
    }

    /// @param end above all numbers; those of F16 have other bits in memory if all are below 128
    @ParameterizedTest
    @CsvSource({"F16, Infinity", "F16, 128", "BF16, Infinity"})
    void eachHalfIsTheFloatThatItMeans(BlockFormat format, float end) {
        boolean f16 = format == BlockFormat.F16;
        short[] halves = new short[1 << Short.SIZE];
        int n = 0;
        for (int bits = 0; bits < halves.length; bits++) {
            float x = f16 ? Float.float16ToFloat((short) bits) : Float.intBitsToFloat(bits << 16);
            if (Math.abs(x) < end) halves[n++] = (short) bits;
        }
        for (int column = 0; column < 3; column++) { // the last one has no neighbor
            short[] all = new short[3 * n];
            for (int i = 0; i < n; i++) all[3 * i + column] = halves[i];
            HalfMatrix w = HalfMatrix.of(format, n, 3, all);
            assertThat(w.halves()).isEqualTo(all);
            float[] decoded = w.decode().array();
            for (Kernels.Engine engine : engines()) {
                try (Kernels kernels = Kernels.create(engine, 2)) {
                    for (int rows : new int[] {1, 2}) {
                        Tensor y = dense(kernels, Tensor.filled(Shape.of(rows, 3), 1), w);
                        for (int i = 0; i < n; i++) {
                            float x = f16 ? Float.float16ToFloat(halves[i]) : Float.intBitsToFloat(halves[i] << 16);
                            assertThat(decoded[3 * i + column]).isEqualTo(x);
                            assertThat(y.get(rows - 1, i)).isEqualTo(x + 0); // the sum of −0 and 0 is 0
                        }
                    }
                }
            }
        }
    }

    /// 128 and 0.125 have the same bits in memory.
    @Test
    void matricesWithLargeNumbersAreOthers() {
        short large = Float.floatToFloat16(128);
        short small = Float.floatToFloat16(0.125f);
        HalfMatrix w = HalfMatrix.of(BlockFormat.F16, 1, 1, new short[] {large});
        assertThat(w).isNotEqualTo(HalfMatrix.of(BlockFormat.F16, 1, 1, new short[] {small}));
        assertThat(w).isEqualTo(HalfMatrix.of(BlockFormat.F16, 1, 1, new short[] {large}));
    }

    @Test
    void theResultIsNearThatOfFloats() {
        Map<BlockFormat, Double> most = Map.of(
                BlockFormat.INT8, 0.012,
                BlockFormat.Q8_0, 0.012,
                BlockFormat.Q4_0, 0.1,
                BlockFormat.F16, 0.0005,
                BlockFormat.BF16, 0.004);
        try (Kernels kernels = Kernels.create(2)) {
            Tensor x = normal(20, 300, 41);
            Tensor w = normal(90, 300, 42);
            Tensor exact = Tensor.zeros(Shape.of(20, 90));
            kernels.dense(x, PackedWeights.constant(w), Tensor.EMPTY, Activation.IDENTITY, exact);
            for (BlockFormat format : BlockFormat.encodable()) {
                Tensor y = dense(kernels, x, EncodedMatrix.of(format, w));
                assertThat(distance(kernels, y, exact)).as(format.name()).isBetween(1e-6, most.get(format));
            }
        }
    }

    /// Of all formats, to that of the floats that the codes stand for: x is rounded alone.
    @Test
    void theResultIsNearThatOfTheDecodedFloats() {
        try (Kernels kernels = Kernels.create(2)) {
            for (BlockFormat format : quantized()) {
                EncodedMatrix w = EncodedSamples.of(format, 90, 512, 42);
                Tensor x = normal(20, 512, 41);
                Tensor exact = Tensor.zeros(Shape.of(20, 90));
                kernels.dense(x, PackedWeights.constant(w.decode()), Tensor.EMPTY, Activation.IDENTITY, exact);
                assertThat(distance(kernels, dense(kernels, x, w), exact))
                        .as(format.name())
                        .isBetween(1e-6, 0.012);
            }
        }
    }

    /// The norm of the difference, as a share of that of what is exact.
    private static double distance(Kernels kernels, Tensor y, Tensor exact) {
        double norm = Math.sqrt(kernels.sumOfSquares(exact.array(), 0, exact.size()));
        kernels.addScaled(-1, exact, y);
        return Math.sqrt(kernels.sumOfSquares(y.array(), 0, y.size())) / norm;
    }

    @Test
    void aRowThatIsNotFiniteGivesNaNAndLeavesTheOthersAlone() {
        try (Kernels kernels = Kernels.create(2)) {
            for (BlockFormat format : BlockFormat.values()) {
                int n = EncodedSamples.columns(format, 64);
                EncodedMatrix w = EncodedSamples.of(format, 20, n, 52);
                for (int rows : new int[] {3, 60}) {
                    Tensor x = normal(rows, n, 51);
                    Tensor before = dense(kernels, x, w);
                    x.array()[n + 7] = Float.NaN;
                    Tensor y = dense(kernels, x, w);
                    for (int j = 0; j < 20; j++) assertThat(y.get(1, j)).isNaN();
                    assertSameBits(y.rows(2, 3).toArray(), before.rows(2, 3).toArray(), format.name());
                }
            }
        }
    }

    @Test
    void tinyNumbersCountAsZeros() {
        try (Kernels kernels = Kernels.create(1)) {
            Tensor x = Tensor.of(Shape.of(1, 32), new float[32]);
            x.array()[3] = Float.MIN_VALUE;
            Tensor y = dense(kernels, x, EncodedMatrix.of(BlockFormat.INT8, normal(4, 32, 1)));
            assertThat(y.toArray()).containsExactly(0, 0, 0, 0);
        }
    }

    @Test
    void productsOfCodesAreExact() {
        var random = new Random(6);
        for (int[] size : SIZES) {
            for (boolean unsigned : new boolean[] {false, true}) {
                byte[] codes = new byte[size[0] * size[1]];
                byte[] ofW = new byte[size[2] * size[1]];
                random.nextBytes(codes);
                random.nextBytes(ofW);
                for (int i = 0; i < Math.min(200, ofW.length); i++) ofW[i] = Byte.MIN_VALUE; // the largest products
                for (int i = 0; i < Math.min(200, codes.length); i++) codes[i] = unsigned ? 0 : Byte.MIN_VALUE;
                int[] zeros = random.ints(size[2], -128, 128).toArray();
                float[] scales = new float[size[2]];
                for (int[] each : new int[][] {{}, zeros}) {
                    var w = QuantizedMatrix.int8(size[2], size[1], ofW, scales, each);
                    int zero = unsigned ? 200 : -77;
                    var x = new QuantizedRows(codes, 0, size[0], size[1], unsigned, zero, 1);
                    for (Kernels.Engine engine : engines()) {
                        int[] y = new int[size[0] * size[2] + 3];
                        try (Kernels kernels = Kernels.create(engine, 2)) {
                            kernels.products(x, w, y, 3);
                        }
                        assertThat(y).as("%s rows, %s, %s", size[0], w, engine).isEqualTo(sums(x, ofW, each, size[2]));
                    }
                }
            }
        }
    }

    /// After three numbers that stay as they are.
    private static int[] sums(QuantizedRows x, byte[] ofW, int[] zeros, int outputs) {
        int[] y = new int[x.rows() * outputs + 3];
        int n = x.columns();
        for (int row = 0; row < x.rows(); row++) {
            for (int j = 0; j < outputs; j++) {
                int sum = 0;
                for (int i = 0; i < n; i++) {
                    int code = x.codes()[row * n + i] & (x.isUnsigned() ? 0xff : -1);
                    sum += (code - x.zero()) * (ofW[j * n + i] - (zeros.length == 0 ? 0 : zeros[j]));
                }
                y[3 + row * outputs + j] = sum;
            }
        }
        return y;
    }

    /// More columns than weights have that are encoded.
    @Test
    void sumsOfLongRowsAreExact() {
        int n = QuantizedMatrix.MOST_COLUMNS + 9;
        var random = new Random(7);
        byte[] codes = new byte[20 * n];
        byte[] ofW = new byte[17 * n];
        random.nextBytes(codes);
        Arrays.fill(ofW, Byte.MIN_VALUE);
        Arrays.fill(codes, 0, 2 * n, (byte) 0);
        int[] zeros = random.ints(17, 100, 128).toArray();
        var w = QuantizedMatrix.int8(17, n, ofW, new float[17], zeros);
        for (int rows : new int[] {1, 5, 20}) {
            var x = new QuantizedRows(codes, 0, rows, n, true, 250, 1);
            for (Kernels.Engine engine : engines()) {
                int[] y = new int[rows * 17 + 3];
                try (Kernels kernels = Kernels.create(engine, 2)) {
                    kernels.products(x, w, y, 3);
                }
                assertThat(y).as("%s rows, %s", rows, engine).isEqualTo(sums(x, ofW, zeros, 17));
            }
        }
    }

    @Test
    void codesMayLieColumnByColumn() {
        try (Kernels kernels = Kernels.create(2)) {
            for (int[] size : new int[][] {{1, 1}, {17, 33}, {40, 700}}) {
                int rows = size[0];
                int columns = size[1];
                byte[] codes = new byte[3 + rows * columns];
                new Random(8).nextBytes(codes);
                byte[] signed = new byte[rows * columns];
                for (int i = 0; i < signed.length; i++) {
                    signed[i] = (byte) ((codes[3 + i / columns + i % columns * rows] & 0xff) - 128);
                }
                float[] scales = Samples.normal(rows, 9);
                int[] zeros = new Random(9).ints(rows, 0, 256).toArray();
                int[] less = Arrays.stream(zeros).map(each -> each - 128).toArray();
                var byColumn = new QuantizedMatrix.Codes(codes, 3, 1, rows, true);
                var w = QuantizedMatrix.int8(rows, columns, byColumn, scales, zeros, kernels);
                var same = QuantizedMatrix.int8(rows, columns, signed, scales, less);
                assertThat(w).isEqualTo(same);
                assertThat(w.rowSums()).isEqualTo(same.rowSums());
                assertThat(w.decode()).isEqualTo(same.decode());
                assertThatThrownBy(() -> QuantizedMatrix.int8(rows, columns + 1, byColumn, scales, zeros, kernels))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void codesTimesScalesAreADenseLayer() {
        try (Kernels kernels = Kernels.create(2)) {
            byte[] codes = {1, 2, 3, -4, 5, 6};
            var x = new QuantizedRows(codes, 0, 2, 3, false, 1, 0.5f);
            var w = QuantizedMatrix.int8(2, 3, new byte[] {1, 0, 2, 3, 3, 3}, new float[] {2, 0.25f}, new int[] {0, 3});
            Tensor bias = Tensor.of(Shape.of(2), 10, 20);
            Tensor residual = Tensor.of(new float[][] {{0, 1}, {-20, 0}});
            Tensor y = Tensor.zeros(Shape.of(2, 2));
            kernels.dense(x, w, bias, residual, Activation.RELU, y);
            // (0·1 + 1·0 + 2·2)·1 + 10, (−5·1 + 4·0 + 5·2)·1 + 10 − 20 → 0; all weights less 3 are 0
            assertThat(y.toArray()).containsExactly(14, 21, 0, 20);
        }
    }

    /// Of one input and of several, of one format and of all, with threads that take parts of some.
    @Test
    void layersAtOnceHaveTheBitsOfEachAlone() {
        List<Activation.Elementwise> activations = List.of(Activation.IDENTITY, Activation.SILU, Activation.RELU);
        for (int rows : new int[] {1, 3, 40}) {
            Tensor x = normal(rows, 256, 61);
            Tensor other = normal(rows, 256, 62);
            List<PackedWeights> all = new ArrayList<>(List.of(
                    PackedWeights.encoded(EncodedSamples.of(BlockFormat.Q8_0, 129, 256, 63)),
                    PackedWeights.encoded(EncodedSamples.of(BlockFormat.Q8_0, 900, 256, 64)),
                    PackedWeights.encoded(EncodedSamples.of(BlockFormat.Q8_0, 3, 256, 65))));
            List<PackedWeights> alike = List.copyOf(all);
            for (BlockFormat format : BlockFormat.values()) {
                all.add(PackedWeights.encoded(EncodedSamples.of(format, 70, 256, format.ordinal())));
            }
            List<PackedWeights> mixed = new ArrayList<>(alike);
            mixed.add(PackedWeights.constant(normal(20, 256, 66)));
            for (List<PackedWeights> weights : List.of(alike, List.copyOf(all), mixed)) {
                for (Kernels.Engine engine : engines()) {
                    for (int threads : new int[] {1, 2, 5}) {
                        try (Kernels kernels = Kernels.create(engine, threads)) {
                            List<DenseCall> layers = new ArrayList<>();
                            for (int i = 0; i < weights.size(); i++) {
                                PackedWeights w = weights.get(i);
                                Tensor b = i % 2 == 0
                                        ? Tensor.EMPTY
                                        : normal(1, w.rows(), i).reshape(Shape.of(w.rows()));
                                Tensor y = Tensor.zeros(Shape.of(rows, w.rows()));
                                layers.add(new DenseCall(i % 4 == 1 ? other : x, w, b, activations.get(i % 3), y));
                            }
                            kernels.dense(layers);
                            for (DenseCall each : layers) {
                                Tensor y = Tensor.zeros(each.y().shape());
                                kernels.dense(each.x(), each.w(), each.b(), each.g(), y);
                                assertThat(y).isNotEqualTo(Tensor.zeros(y.shape()));
                                assertSameBits(each.y().toArray(), y.toArray(), engine + ", " + threads + " threads");
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Kernels kernels = Kernels.create(1)) {
            var w = (QuantizedMatrix) EncodedMatrix.of(BlockFormat.INT8, normal(4, 8, 1));
            var blocks = (QuantizedMatrix) EncodedMatrix.of(BlockFormat.Q8_0, normal(4, 8, 1));
            var x = new QuantizedRows(new byte[14], 0, 2, 7, false, 0, 1);
            var fits = new QuantizedRows(new byte[16], 0, 2, 8, false, 0, 1);
            assertThatThrownBy(() -> new QuantizedRows(new byte[16], 0, -2, -8, false, 0, 1))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("quantized rows: expects 0 or more rows and columns, got [-2 × -8]");
            assertThatThrownBy(() -> kernels.products(x, w, new int[8], 0)).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> kernels.products(fits, blocks, new int[8], 0))
                    .hasMessageContaining("INT8");
            assertThatThrownBy(() -> kernels.products(fits, w, new int[7], 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> dense(kernels, normal(1, 9, 1), w))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("expects x [rows × 8]");
        }
    }

    @Test
    void rowsOfATableAreDecoded() {
        try (Kernels kernels = Kernels.create(2)) {
            Tensor ids = Tensor.of(Shape.of(4), 3, 0, 18, 3);
            for (BlockFormat format : BlockFormat.values()) {
                int n = EncodedSamples.columns(format, 45);
                EncodedMatrix table = EncodedSamples.of(format, 19, n, 2);
                Tensor y = Tensor.zeros(Shape.of(4, n));
                kernels.gather(PackedWeights.encoded(table), ids, y);
                for (int i = 0; i < 4; i++) {
                    int id = (int) ids.get(i);
                    assertSameBits(
                            y.rows(i, i + 1).toArray(),
                            table.decode().rows(id, id + 1).toArray(),
                            format.name());
                }
            }
        }
    }
}

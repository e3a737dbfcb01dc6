package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EncodedMatrixTest {
    private static Tensor weights(int rows, int columns, long seed) {
        return Tensor.of(Shape.of(rows, columns), Samples.normal(rows * columns, seed));
    }

    /// Half a step of each format, as a share of the largest magnitude of a row or block.
    private static double error(BlockFormat format) {
        return switch (format) {
            case INT8, Q8_0 -> 0.501 / 127;
            case Q4_0 -> 1.001 / 8; // the largest of the other sign is a step beyond 7
            case F16 -> 0x1p-11;
            case BF16 -> 0x1p-8;
            default -> throw new IllegalArgumentException(format.name());
        };
    }

    @ParameterizedTest
    @MethodSource("dev.neurite.kernel.BlockFormat#encodable")
    void eachElementIsNearTheWeight(BlockFormat format) {
        for (int[] size : new int[][] {{1, 1}, {3, 33}, {16, 32}, {17, 100}, {40, 65}}) {
            Tensor w = weights(size[0], size[1], 7);
            EncodedMatrix matrix = EncodedMatrix.of(format, w);
            Tensor decoded = matrix.decode();
            assertThat(matrix.rows()).isEqualTo(size[0]);
            assertThat(matrix.columns()).isEqualTo(size[1]);
            for (int row = 0; row < size[0]; row++) {
                double largest = 0;
                for (int i = 0; i < size[1]; i++) largest = Math.max(largest, Math.abs(w.get(row, i)));
                for (int i = 0; i < size[1]; i++) {
                    assertThat((double) decoded.get(row, i))
                            .as("%s, row %s, column %s", matrix, row, i)
                            .isCloseTo(w.get(row, i), within(largest * error(format) + 1e-6));
                }
            }
        }
    }

    /// What was decoded is encoded to the same bits, so that saving and loading loses nothing.
    @ParameterizedTest
    @MethodSource("dev.neurite.kernel.BlockFormat#encodable")
    void encodingWhatWasDecodedChangesNothing(BlockFormat format) {
        EncodedMatrix matrix = EncodedMatrix.of(format, weights(19, 70, 3));
        if (!format.isQuantized())
            assertThat(EncodedMatrix.of(format, matrix.decode())).isEqualTo(matrix);
        if (!(matrix instanceof QuantizedMatrix of)) return;
        var again = QuantizedMatrix.of(format, 19, 70, of.values(), of.scales());
        assertThat(again).isEqualTo(matrix).hasSameHashCodeAs(matrix);
        assertThat(again.decode()).isEqualTo(matrix.decode());
    }

    /// ggml's quantize_row_q4_0_ref and quantize_row_q8_0_ref on these numbers, worked out by hand: the element of
    /// largest magnitude is −8, or 127.
    @Test
    void theFormatsOfGgufHaveItsScales() {
        float[] row = new float[32];
        row[0] = 4;
        row[1] = -2;
        row[17] = 1;
        Tensor w = Tensor.of(Shape.of(1, 32), row);
        var four = (QuantizedMatrix) EncodedMatrix.of(BlockFormat.Q4_0, w);
        assertThat(four.scales()).containsExactly(-0.5f);
        assertThat(four.value(0, 0)).isEqualTo(-8);
        assertThat(four.value(0, 1)).isEqualTo(4);
        assertThat(four.value(0, 17)).isEqualTo(-2);
        assertThat(four.value(0, 2)).isZero();
        var eight = (QuantizedMatrix) EncodedMatrix.of(BlockFormat.Q8_0, w);
        assertThat(eight.scales()).containsExactly(Float.float16ToFloat(Float.floatToFloat16(4f / 127)));
        assertThat(eight.value(0, 0)).isEqualTo(127);
        assertThat(eight.value(0, 1)).isEqualTo(-64);
    }

    @Test
    void zerosStayZeros() {
        for (BlockFormat format : BlockFormat.encodable()) {
            EncodedMatrix matrix = EncodedMatrix.of(format, Tensor.zeros(Shape.of(2, 40)));
            assertThat(matrix.decode()).as(format.name()).isEqualTo(Tensor.zeros(Shape.of(2, 40)));
        }
    }

    @ParameterizedTest
    @CsvSource({"INT8, 1.02", "Q8_0, 1.07", "Q4_0, 0.6", "F16, 2", "BF16, 2"})
    void memoryIsThatOfTheCodes(BlockFormat format, double bytesOfWeight) {
        long bytes = EncodedMatrix.of(format, weights(512, 1024, 5)).bytes();
        assertThat((double) bytes / (512 * 1024)).isLessThanOrEqualTo(bytesOfWeight);
    }

    /// However wide vectors are, so that the same weights become smaller on all processors.
    @ParameterizedTest
    @MethodSource("dev.neurite.kernel.BlockFormat#encodable")
    void memoryCountsRowsInSixteens(BlockFormat format) {
        long bytes = EncodedMatrix.of(format, weights(16, 64, 5)).bytes();
        assertThat(EncodedMatrix.of(format, weights(1, 64, 5)).bytes()).isEqualTo(bytes);
        assertThat(EncodedMatrix.of(format, weights(17, 64, 5)).bytes()).isEqualTo(2 * bytes);
        assertThat(EncodedMatrix.of(format, weights(96, 64, 5)).bytes()).isEqualTo(6 * bytes);
    }

    @ParameterizedTest
    @MethodSource("dev.neurite.kernel.BlockFormat#encodable")
    void numbersThatAreNotFiniteAreRefused(BlockFormat format) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            Tensor w = weights(2, 40, 1);
            w.array()[50] = bad;
            assertThatThrownBy(() -> EncodedMatrix.of(format, w))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("expect finite numbers");
        }
    }

    @Test
    void formatsThatAreOnlyReadAreNotMadeOfFloats() {
        for (BlockFormat format : BlockFormat.values()) {
            if (format.isEncodable()) continue;
            String message = "format: expects one that floats are encoded in, [INT8, Q8_0, Q4_0, F16, BF16], got "
                    + format + ". Matrices of " + format + " are read from GGUF files alone";
            assertThatThrownBy(() -> EncodedMatrix.of(format, weights(2, 256, 1)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> QuantizedMatrix.of(format, 1, 256, new byte[256], new float[8]))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage(message);
            var matrix = (QuantizedMatrix) EncodedSamples.of(format, 1, 256, 1);
            assertThatThrownBy(matrix::values)
                    .isInstanceOf(ConfigException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void whatAFormatCannotHoldIsRefused() {
        Tensor large = Tensor.of(Shape.of(1, 32), filled(32, 1e9f));
        assertThatThrownBy(() -> EncodedMatrix.of(BlockFormat.F16, large)).hasMessageContaining("F16");
        assertThatThrownBy(() -> EncodedMatrix.of(BlockFormat.Q8_0, large)).hasMessageContaining("65504");
        int most = QuantizedMatrix.MOST_COLUMNS;
        assertThatThrownBy(() -> EncodedMatrix.of(BlockFormat.INT8, Tensor.zeros(Shape.of(1, most + 1))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("Q8_0");
        assertThatThrownBy(() -> QuantizedMatrix.of(BlockFormat.INT8, 1, most + 1, new byte[most + 1], new float[1]))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("Q8_0");
        assertThatThrownBy(() -> EncodedMatrix.of(BlockFormat.INT8, Tensor.zeros(Shape.of(4))))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> QuantizedMatrix.of(BlockFormat.Q4_0, 1, 32, new byte[] {9}, new float[] {1}))
                .isInstanceOf(ShapeException.class);
        byte[] eight = new byte[32];
        eight[3] = 8;
        assertThatThrownBy(() -> QuantizedMatrix.of(BlockFormat.Q4_0, 1, 32, eight, new float[] {1}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("-8 to 7");
    }

    @ParameterizedTest
    @MethodSource("dev.neurite.kernel.BlockFormat#encodable")
    void aFormatIsRefusedByTheClassOfTheOthers(BlockFormat format) {
        assertThatThrownBy(() -> {
                    if (format.isQuantized()) HalfMatrix.of(format, 1, 32, new short[32]);
                    else QuantizedMatrix.of(format, 1, 32, new byte[32], new float[] {1});
                })
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        format.isQuantized()
                                ? "format: expects F16 or BF16, got " + format + ". Take QuantizedMatrix.of"
                                : "format: expects INT8, Q8_0 or Q4_0, got " + format + ". Take HalfMatrix.of");
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "5, 0", "0, 0", "-1, -4", "-3, 4"})
    void matricesWithoutRowsOrColumnsAreRefused(int rows, int columns) {
        int size = Math.max(0, rows * columns);
        for (BlockFormat format : BlockFormat.encodable()) {
            assertThatThrownBy(() -> {
                        if (!format.isQuantized()) HalfMatrix.of(format, rows, columns, new short[size]);
                        else QuantizedMatrix.of(format, rows, columns, new byte[size], new float[Math.max(0, rows)]);
                    })
                    .isInstanceOf(ShapeException.class)
                    .hasMessage(format + ": expects at least 1 row and 1 column, got [" + rows + " × " + columns + "]");
        }
        assertThatThrownBy(() ->
                        QuantizedMatrix.int8(rows, columns, new byte[size], new float[Math.max(0, rows)], new int[0]))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void zeroPointsAreCodes() {
        for (int zero : new int[] {-128, 127}) {
            var matrix = QuantizedMatrix.int8(1, 2, new byte[] {-128, 127}, new float[] {2}, new int[] {zero});
            assertThat(matrix.decode().toArray()).containsExactly(2 * (-128 - zero), 2 * (127 - zero));
        }
        for (int zero : new int[] {-129, 128, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> QuantizedMatrix.int8(1, 2, new byte[2], new float[] {1}, new int[] {zero}))
                    .isInstanceOf(DataException.class)
                    .hasMessage("zero points: expect numbers from -128 to 127, got " + zero);
        }
    }

    @Test
    void equalMatricesHaveTheSameFormatShapeAndNumbers() {
        byte[] codes = {1, 2, 3, 4, 5, 6};
        var matrix = QuantizedMatrix.int8(2, 3, codes, new float[] {1, 2}, new int[0]);
        assertThat(matrix)
                .isEqualTo(QuantizedMatrix.of(BlockFormat.INT8, 2, 3, codes, new float[] {1, 2}))
                .isNotEqualTo(QuantizedMatrix.of(BlockFormat.Q8_0, 2, 3, codes, new float[] {1, 2}))
                .isNotEqualTo(QuantizedMatrix.of(BlockFormat.INT8, 2, 3, codes, new float[] {1, 3}))
                .isNotEqualTo(QuantizedMatrix.int8(2, 3, codes, new float[] {1, 2}, new int[] {0, 1}));
        byte[] padded = {1, 2, 3, 0, 4, 5, 6, 0};
        assertThat(matrix).isNotEqualTo(QuantizedMatrix.of(BlockFormat.INT8, 2, 4, padded, new float[] {1, 2}));
        short[] halves = new short[6];
        assertThat(HalfMatrix.of(BlockFormat.F16, 2, 3, halves))
                .isEqualTo(HalfMatrix.of(BlockFormat.F16, 2, 3, halves))
                .isNotEqualTo(HalfMatrix.of(BlockFormat.BF16, 2, 3, halves))
                .isNotEqualTo(HalfMatrix.of(BlockFormat.F16, 3, 2, halves));
    }

    private static float[] filled(int n, float number) {
        float[] all = new float[n];
        Arrays.fill(all, number);
        return all;
    }
}

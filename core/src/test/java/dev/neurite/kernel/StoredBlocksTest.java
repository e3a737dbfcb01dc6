package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.golden.Golden;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows of blocks as they lie in GGUF files.
@BothEngines
class StoredBlocksTest {
    private static final Kernels KERNELS = Kernels.create(2);

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    private static EncodedMatrix matrix(BlockFormat format, int rows, int columns) {
        return EncodedMatrix.of(format, Tensor.of(Shape.of(rows, columns), Samples.normal(rows * columns, 3)));
    }

    /// What ggml's blocks of these formats are, element by element.
    private static byte[] stored(EncodedMatrix of) {
        int n = (int) (of.rows() * of.format().storedBytes(of.columns()));
        ByteBuffer to = ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
        if (of instanceof HalfMatrix halves) {
            for (short each : halves.halves()) to.putShort(each);
            return to.array();
        }
        var matrix = (QuantizedMatrix) of;
        for (int row = 0; row < of.rows(); row++) {
            for (int block = 0; block < of.columns() / 32; block++) {
                to.putShort(Float.floatToFloat16(matrix.scale(row, block)));
                if (of.format() == BlockFormat.Q8_0) {
                    for (int i = 0; i < 32; i++) to.put((byte) matrix.value(row, block * 32 + i));
                } else {
                    for (int i = 0; i < 16; i++) {
                        int low = matrix.value(row, block * 32 + i) + 8;
                        to.put((byte) (low | (matrix.value(row, block * 32 + 16 + i) + 8) << 4));
                    }
                }
            }
        }
        return to.array();
    }

    /// In memory F16 has other bits if all numbers are below 128, also in an odd number of columns.
    @ParameterizedTest
    @ValueSource(floats = {Float.POSITIVE_INFINITY, 128})
    void allHalvesAreReadAndWritten(float end) {
        ByteBuffer all = ByteBuffer.allocate(1 << 17).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 1 << 16; bits++) {
            if (Math.abs(Float.float16ToFloat((short) bits)) < end) all.putShort((short) bits);
        }
        for (int columns : new int[] {1, all.position() / 2 - 1}) {
            int rows = all.position() / 2 / columns;
            byte[] stored = Arrays.copyOf(all.array(), rows * columns * 2);
            var matrix = EncodedMatrix.ofBlocks(BlockFormat.F16, rows, columns, MemorySegment.ofArray(stored), KERNELS);
            byte[] written = new byte[stored.length];
            matrix.store(MemorySegment.ofArray(written), KERNELS);
            assertThat(written).isEqualTo(stored);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_0", "F16", "BF16"})
    void rowsAreThoseOfGguf(BlockFormat format) {
        for (int[] size : new int[][] {{1, 32}, {16, 64}, {19, 96}, {33, 512}, {40, 1568}}) {
            EncodedMatrix of = matrix(format, size[0], size[1]);
            byte[] expected = stored(of);
            byte[] written = new byte[expected.length];
            of.store(MemorySegment.ofArray(written), KERNELS);
            assertThat(written).as(of.toString()).isEqualTo(expected);
            try (Arena arena = Arena.ofShared()) { // as of a file, at an odd address
                MemorySegment file = arena.allocate(expected.length + 1L).asSlice(1);
                file.copyFrom(MemorySegment.ofArray(expected));
                EncodedMatrix read = EncodedMatrix.ofBlocks(format, size[0], size[1], file, KERNELS);
                assertThat(read).isEqualTo(of).hasSameHashCodeAs(of);
                assertThat(read.decode()).isEqualTo(of.decode());
            }
        }
    }

    /// Blocks with random bits, or as ggml quantizes, and what ggml's dequantize_row functions make of them
    /// (llama.cpp b4916): a line is a format, bytes and little-endian floats.
    @Test
    void decodedNumbersHaveTheBitsOfGgml() throws IOException {
        var formats = EnumSet.noneOf(BlockFormat.class);
        for (String line : Files.readAllLines(Golden.path("gguf-blocks.txt"))) {
            String[] parts = line.split(" ");
            BlockFormat format = BlockFormat.valueOf(parts[0]);
            formats.add(format);
            byte[] stored = HexFormat.of().parseHex(parts[1]);
            byte[] floats = HexFormat.of().parseHex(parts[2]);
            int n = floats.length / Float.BYTES;
            EncodedMatrix matrix = EncodedMatrix.ofBlocks(format, 1, n, MemorySegment.ofArray(stored), KERNELS);
            ByteBuffer decoded = ByteBuffer.allocate(floats.length).order(ByteOrder.LITTLE_ENDIAN);
            for (float each : matrix.decode().toArray()) decoded.putFloat(each);
            assertThat(decoded.array()).as(format.name()).isEqualTo(floats);
        }
        assertThat(formats)
                .allMatch(each -> each.isQuantized() && each.isStored())
                .hasSize(8);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"INT8", "F16", "BF16"})
    void anyBlocksComeBack(BlockFormat format) {
        for (int[] size : new int[][] {{1, 256}, {19, 768}, {33, 1024}}) {
            byte[] stored = EncodedSamples.stored(format, size[0], size[1], 9);
            EncodedMatrix matrix =
                    EncodedMatrix.ofBlocks(format, size[0], size[1], MemorySegment.ofArray(stored), KERNELS);
            byte[] written = new byte[stored.length];
            Arrays.fill(written, (byte) 0x5a);
            matrix.store(MemorySegment.ofArray(written), KERNELS);
            assertThat(written).isEqualTo(stored);
            EncodedMatrix again =
                    EncodedMatrix.ofBlocks(format, size[0], size[1], MemorySegment.ofArray(written), KERNELS);
            assertThat(again).isEqualTo(matrix).hasSameHashCodeAs(matrix);
            for (int i = 0; i < stored.length; i += 1 + stored.length / 50) {
                int in = i % format.blockBytes();
                if (in < 4 || in >= 208) continue; // a scale may become infinite
                written[i] ^= 0x10;
                assertThat(EncodedMatrix.ofBlocks(format, size[0], size[1], MemorySegment.ofArray(written), KERNELS))
                        .isNotEqualTo(matrix);
                written[i] ^= 0x10;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INT8")
    void memoryIsThatOfTheFile(BlockFormat format) {
        EncodedMatrix matrix = EncodedSamples.of(format, 512, 1024, 1);
        assertThat(matrix.bytes() / (512.0 * format.storedBytes(1024))).isBetween(1.0, 1.03);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        var bytes = MemorySegment.ofArray(new byte[67]);
        assertThatThrownBy(() -> EncodedMatrix.ofBlocks(BlockFormat.INT8, 1, 32, bytes, KERNELS))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("format: expects one of GGUF, [Q8_0, Q4_0, ")
                .hasMessageEndingWith(", got INT8");
        assertThatThrownBy(() -> EncodedMatrix.ofBlocks(BlockFormat.Q8_0, 2, 32, bytes, KERNELS))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Q8_0 [2×32]: expects 68 bytes, got 67");
        assertThatThrownBy(() -> matrix(BlockFormat.Q8_0, 2, 32).store(bytes, KERNELS))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Q8_0 [2×32]: expects 68 bytes, got 67");
        assertThatThrownBy(() -> EncodedMatrix.ofBlocks(BlockFormat.Q4_0, 2, 33, bytes, KERNELS))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Q4_0: expects a multiple of 32 columns, at least 1, got 33");
        assertThatThrownBy(() -> EncodedMatrix.ofBlocks(BlockFormat.F16, 0, 32, bytes, KERNELS))
                .isInstanceOf(ShapeException.class)
                .hasMessage("F16: expects at least 1 row and 1 column, got [0 × 32]");
        assertThatThrownBy(() -> EncodedMatrix.ofBlocks(BlockFormat.F16, 1 << 30, 1 << 30, bytes, KERNELS))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects 2305843009213693952 bytes, got 67");
    }

    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_0", "F16", "BF16"})
    void numbersThatAreNotFiniteAreRefused(BlockFormat format) {
        byte[] bytes = stored(matrix(format, 18, 64));
        int at = (int) (17 * format.storedBytes(64)) + 2 * (format.isQuantized() ? 0 : 5);
        for (int bad : new int[] {0x7f80, 0xff80, 0x7fc1, 0x7c00, 0xfc00}) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putShort(at, (short) bad);
            if (format == BlockFormat.BF16 && (bad & 0x7f80) != 0x7f80) continue; // 0x7c00 is a number there
            assertThatThrownBy(() -> EncodedMatrix.ofBlocks(format, 18, 64, MemorySegment.ofArray(bytes), KERNELS))
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(format + " [18×64], row 17: expects finite ");
        }
    }
}

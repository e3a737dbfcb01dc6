package dev.neurite.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.llm.weights.StoredTensor;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class GgufWriterTest {
    private static final Metadata NONE = Metadata.of("test", Map.of());

    @TempDir
    private Path folder;

    private Path path() {
        return folder.resolve("model.gguf");
    }

    private static Tensor random(Shape shape) {
        var random = new SplittableRandom(1);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        return Tensor.view(shape, values, 0);
    }

    @Test
    void valuesOfAllTypesAreReadAgain() {
        Metadata metadata = NONE.with("u8", ValueType.UINT8, 255)
                .with("i8", ValueType.INT8, -128)
                .with("u16", ValueType.UINT16, 65535)
                .with("i16", ValueType.INT16, -32768)
                .with("u32", ValueType.UINT32, 0xffff_ffffL)
                .with("i32", ValueType.INT32, Integer.MIN_VALUE)
                .with("f32", ValueType.FLOAT32, 1e-5f)
                .with("bool", true)
                .with("text", "ünï \0 😀")
                .with("u64", ValueType.UINT64, Long.MAX_VALUE)
                .with("i64", ValueType.INT64, Long.MIN_VALUE)
                .with("f64", ValueType.FLOAT64, 1e-5)
                .with("texts", List.of("a", "", "é"))
                .with("flags", List.of(true, false))
                .with("u8s", ValueType.UINT8, List.of(0, 255))
                .with("i8s", ValueType.INT8, List.of(-1, 1))
                .with("u16s", ValueType.UINT16, List.of(40_000))
                .with("i16s", ValueType.INT16, List.of(-7, 7))
                .with("u64s", ValueType.UINT64, List.of(1L << 60))
                .with("f64s", ValueType.FLOAT64, List.of(0.1, Double.NaN))
                .with("nested", List.of(List.of(1, -2), List.of("x"), List.of()))
                .with("none", List.of())
                .with("count", 7)
                .with("negative", -7)
                .with("large", 1L << 40)
                .with("number", 0.5)
                .with("ids", List.of(1, 2, -1))
                .with("long ids", List.of(1, 1L << 40))
                .with("numbers", List.of(1.5, -2.0));
        new GgufWriter(metadata).write(path());
        try (GgufFile file = GgufFile.open(path())) {
            assertThat(file.metadata()).isEqualTo(metadata);
            assertThat(file.metadata().keys())
                    .containsExactlyElementsOf(metadata.keys())
                    .hasSize(29);
            assertThat(file.weights().tensors()).isEmpty();
        }
        assertThat(List.of("count", "negative", "large", "number", "ids", "long ids", "numbers", "none", "nested"))
                .extracting(metadata::type)
                .containsExactly(
                        ValueType.UINT32,
                        ValueType.INT32,
                        ValueType.INT64,
                        ValueType.FLOAT32,
                        ValueType.INT32,
                        ValueType.INT64,
                        ValueType.FLOAT32,
                        ValueType.STRING,
                        ValueType.ARRAY);
    }

    /// All that is in a file of the Python script is written to the very same bytes.
    @ParameterizedTest
    @ValueSource(
            strings = {"tiny-F32.gguf", "tiny-Q8_0.gguf", "tiny-Q4_0.gguf", "tiny-qwen2-F16.gguf", "tiny-k-Q4_K.gguf"})
    void anotherProgramsFileIsWrittenWithItsBytes(String name) throws IOException {
        try (GgufFile file = GgufFile.open(GgufFileTest.resource(name))) {
            var writer = new GgufWriter(file.metadata());
            file.weights().tensors().forEach(writer::add);
            writer.write(path());
        }
        assertThat(path()).hasSameBinaryContentAs(GgufFileTest.resource(name));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void floatsAreRoundedToTheirType(StoredType type) {
        Tensor values = random(Shape.of(3, 5, 7));
        Tensor large = random(Shape.of(2, 70_001)); // rows longer than what is encoded at a time
        new GgufWriter(NONE)
                .add("a", type, values)
                .add("b", type, large)
                .add("c", type, Shape.of(9), (row, to, at) -> to[at + 8] = 1)
                .write(path());
        try (GgufFile file = GgufFile.open(path())) {
            var of = type == StoredType.F32 ? null : BlockFormat.valueOf(type.name());
            Tensor flat = large.reshape(Shape.of(2, 70_001));
            Tensor expected = of == null ? flat : EncodedMatrix.of(of, flat).decode();
            assertThat(file.weights().tensor("b").floats()).isEqualTo(expected);
            assertThat(file.weights().tensor("a").shape()).isEqualTo(Shape.of(3, 5, 7));
            assertThat(file.weights().tensor("c").floats().toArray()).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1);
        }
    }

    /// Rounded while they are written, or before: the same bytes, whose scales and codes are those of the
    /// matrix.
    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_0"})
    void blocksHaveTheScalesAndCodesOfTheMatrix(StoredType type) {
        Tensor values = random(Shape.of(3000, 64)); // more than are encoded at a time
        values.array()[5] = 0;
        var matrix = (QuantizedMatrix) EncodedMatrix.of(BlockFormat.valueOf(type.name()), values);
        new GgufWriter(NONE).add("floats", type, values).add("matrix", matrix).write(path());
        try (GgufFile file = GgufFile.open(path())) {
            StoredTensor written = file.weights().tensor("matrix");
            assertThat(written.type()).isEqualTo(type);
            assertThat(written.bytes().mismatch(file.weights().tensor("floats").bytes()))
                    .isEqualTo(-1);
            for (int row = 0; row < 3000; row++) {
                for (int i = 0; i < 64; i++) {
                    long block = (row * 2L + i / 32) * type.blockBytes();
                    short scale = written.bytes().get(ValueLayout.JAVA_SHORT_UNALIGNED, block);
                    assertThat(Float.float16ToFloat(scale)).isEqualTo(matrix.scale(row, i / 32));
                    assertThat(code(written, block + 2, i % 32)).isEqualTo(matrix.value(row, i));
                }
            }
        }
    }

    /// The Python script rounds as ggml does. Scales are the same. Codes differ where they are nearest to the
    /// weight with the scale in full precision there, and with that of half precision, which the file has,
    /// here: by one, seldom.
    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_0"})
    void codesAreThoseOfGgmlOrNearer(StoredType type) {
        long all = 0;
        long other = 0;
        try (GgufFile exact = GgufFile.open(GgufFileTest.resource("tiny-F32.gguf"));
                GgufFile ggml = GgufFile.open(GgufFileTest.resource("tiny-" + type + ".gguf"))) {
            for (StoredTensor each : ggml.weights().tensors()) {
                if (each.type() != type) continue;
                Tensor weights = exact.weights().tensor(each.name()).floats();
                var ours = (QuantizedMatrix) EncodedMatrix.of(BlockFormat.valueOf(type.name()), weights);
                int columns = weights.shape().extent(1);
                for (int i = 0; i < weights.size(); i++) {
                    long block = (long) (i / 32) * type.blockBytes();
                    short half = each.bytes().get(ValueLayout.JAVA_SHORT_UNALIGNED, block);
                    float scale = ours.scale(i / columns, i % columns / 32);
                    assertThat(Float.float16ToFloat(half)).isEqualTo(scale);
                    int code = code(each, block + 2, i % 32);
                    int own = ours.value(i / columns, i % columns);
                    all++;
                    if (code == own) continue;
                    other++;
                    float weight = weights.array()[i];
                    assertThat(Math.abs(code - own)).isEqualTo(1);
                    assertThat(Math.abs((double) scale * own - weight))
                            .isLessThanOrEqualTo(Math.abs((double) scale * code - weight));
                }
            }
        }
        assertThat(all).isGreaterThan(10_000);
        assertThat(other).isLessThan(all / 50);
    }

    private static int code(StoredTensor tensor, long at, int i) {
        if (tensor.type() == StoredType.Q8_0) return tensor.bytes().get(ValueLayout.JAVA_BYTE, at + i);
        int both = tensor.bytes().get(ValueLayout.JAVA_BYTE, at + i % 16);
        return (both >> (i < 16 ? 0 : 4) & 15) - 8;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 32, 4096})
    void tensorsBeginAtMultiplesOfTheAlignment(int alignment) throws IOException {
        new GgufWriter(NONE.with("general.alignment", alignment))
                .add("a", StoredType.F32, random(Shape.of(3)))
                .add("b", StoredType.F16, random(Shape.of(5)))
                .write(path());
        assertThat(Files.size(path()) % alignment).isZero();
        try (GgufFile file = GgufFile.open(path())) {
            assertThat(file.weights().tensor("a").floats()).isEqualTo(random(Shape.of(3)));
            long between = file.weights().tensor("b").bytes().address()
                    - file.weights().tensor("a").bytes().address();
            assertThat(between).isEqualTo(Math.max(12, alignment));
            assertThat(file.weights().tensor("b").bytes().address() % Math.min(alignment, 4096))
                    .isZero();
        }
    }

    @Test
    void theOldFileStaysIfWritingFails() throws IOException {
        Files.writeString(path(), "old");
        GgufWriter writer = new GgufWriter(NONE)
                .add("a", StoredType.F32, random(Shape.of(5)))
                .add("b", StoredType.F16, Tensor.of(Shape.of(2), 1, 70_000));
        assertThatThrownBy(() -> writer.write(path()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("b: expects numbers in the range of F16, got 70000.0. Take BF16 or F32");
        GgufWriter infinite =
                new GgufWriter(NONE).add("a", StoredType.Q8_0, Tensor.filled(Shape.of(1, 32), Float.POSITIVE_INFINITY));
        assertThatThrownBy(() -> infinite.write(path())).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> new GgufWriter(NONE.with("k", "\ud800")).write(path()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("half a surrogate pair");
        assertThatThrownBy(() -> new GgufWriter(NONE).write(folder.resolve("none/model.gguf")))
                .isInstanceOf(ResourceException.class);
        assertThat(path()).hasContent("old");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void whatGgufDoesNotHaveIsRefused() {
        Tensor row = random(Shape.of(33));
        GgufWriter writer = new GgufWriter(NONE).add("a", StoredType.F32, row);
        refuses(() -> writer.add("a", StoredType.F32, row), "a: expects each name once, got it twice");
        refuses(() -> writer.add("", StoredType.F32, row), "expects a name of 1 to 63 bytes, got 0");
        refuses(() -> writer.add("n".repeat(64), StoredType.F32, row), "expects a name of 1 to 63 bytes, got 64");
        refuses(() -> writer.add("b", StoredType.Q8_0, row), "b: expects rows of a multiple of 32 elements for Q8_0");
        refuses(() -> writer.add("b", StoredType.Q4_K, row), "expects F32, F16, BF16, Q8_0 or Q4_0 to write, got Q4_K");
        refuses(() -> writer.add("b", StoredType.F32, Tensor.zeros(Shape.of(1, 1, 1, 1, 1))), "expects 1 to 4 axes");
        refuses(() -> writer.add("b", StoredType.F32, Tensor.zeros(Shape.of(0, 2))), "with 1 or more elements");
        refuses(() -> writer.add("b", StoredType.F32, Tensor.zeros(Shape.of())), "expects 1 to 4 axes");
        refuses(
                () -> writer.add("b", EncodedMatrix.of(BlockFormat.INT8, random(Shape.of(1, 32)))),
                "b: expects weights of format Q8_0, Q4_0, F16 or BF16, got INT8");
        refuses(() -> new GgufWriter(NONE.with("general.alignment", 48)), "expects a power of two up to 65536, got 48");
        refuses(() -> NONE.with("k", ValueType.UINT8, 256), "test, key 'k': expects values of type UINT8, got 256");
        refuses(() -> NONE.with("k", ValueType.UINT64, -1), "expects values of type UINT64, got -1");
        refuses(() -> NONE.with("k", List.of(1, "a")), "key 'k': expects values of type");
        refuses(() -> NONE.with("k", List.of(List.of(1, "a"))), "key 'k': expects values of type");
        refuses(() -> NONE.with("k", ValueType.ARRAY, "a"), "expects values of type ARRAY, got a");
        refuses(() -> NONE.with("k", Map.of()), "expects a text, number, truth value or list");
        refuses(() -> NONE.with("k", Collections.nCopies(3, 'x')), "expects a text, number, truth value or list");
    }

    private static void refuses(Runnable code, String message) {
        assertThatThrownBy(code::run).isInstanceOf(ConfigException.class).hasMessageContaining(message);
    }
}

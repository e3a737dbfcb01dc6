package dev.neurite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.AllocatedBytes;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
    @TempDir
    private Path folder;

    // ------------------------------------------------------------------------------------------------ what is good

    private static Safetensors sample() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        float[] odd = {1, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, -Float.MAX_VALUE};
        tensors.put("a", Tensor.of(Shape.of(2, 3), odd));
        tensors.put("empty", Tensor.zeros(Shape.of(0, 7)));
        tensors.put("scalar", Tensor.of(Shape.of(), 42));
        tensors.put("ünï\n\"code\" 😀", Tensor.view(Shape.of(2), new float[] {9, 8, 7, 6}, 1));
        return new Safetensors(Map.of("note", "a \"text\" \\ with\nlines and 😀"), tensors);
    }

    @Test
    void whatIsWrittenIsReadAgainBitForBitInItsOrder() {
        Path file = folder.resolve("a.safetensors");
        sample().write(file);
        Safetensors read = Safetensors.read(file);
        assertThat(read).isEqualTo(sample());
        assertThat(read.tensors().keySet())
                .containsExactlyElementsOf(sample().tensors().keySet());
    }

    /// A file says what it is before its numbers are read: they may be damaged, but not missing.
    @Test
    void metadataAreReadFromTheHeaderAlone() throws IOException {
        Path file = folder.resolve("a.safetensors");
        var large = new Safetensors(Map.of("format", "mine"), Map.of("w", Tensor.zeros(Shape.of(1 << 20))));
        large.write(file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        var allocated = new AllocatedBytes();
        long taken =
                allocated.of(1, () -> assertThat(Safetensors.readMetadata(file)).isEqualTo(large.metadata()));
        assertThat(taken).isLessThan(1 << 20);
        assertThatThrownBy(() -> Safetensors.read(file))
                .hasMessageContaining("its checksum is not that of its content");

        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> Safetensors.readMetadata(file)).isInstanceOf(ModelFormatException.class);
    }

    /// What PyTorch's `tensor.to(torch.float16)` and `torch.bfloat16` give.
    @Test
    void halvesAreRoundedToTheNearestAndOfTwoToTheEvenOne() {
        float[] numbers = {
            1, -0f, 0.1f, 1 + 0x1p-11f, 1 + 0x3p-11f, 1 + 0x1p-8f, 1 + 0x3p-8f, 6e-8f, 65504, -3e4f, 65519, 1e-45f
        };
        float[] inF16 = {1, -0f, 0x1.998p-4f, 1, 0x1.008p0f, 0x1.01p0f, 0x1.03p0f, 0x1p-24f, 65504, -3e4f, 65504, 0};
        float[] inBf16 = {1, -0f, 0x1.9ap-4f, 1, 1, 1, 0x1.04p0f, 0x1.02p-24f, 65536, -29952, 65536, 0};
        Map<String, Tensor> tensors = Map.of("a", Tensor.of(Shape.of(3, 4), numbers));
        Path file = folder.resolve("half.safetensors");
        for (NumberType type : List.of(NumberType.F16, NumberType.BF16)) {
            new Safetensors(Map.of("k", "v"), tensors).write(file, type);
            Safetensors.verify(file);
            float[] expected = type == NumberType.F16 ? inF16 : inBf16;
            assertThat(Safetensors.read(file).tensors()).isEqualTo(Map.of("a", Tensor.of(Shape.of(3, 4), expected)));
        }
        for (int bits = 0; bits < 1 << 16; bits++) { // each half is itself
            float half = Float.float16ToFloat((short) bits);
            assertThat(Float.compare(NumberType.F16.rounded(half), half)).isZero();
            float wide = Float.intBitsToFloat(bits << 16);
            assertThat(Float.compare(NumberType.BF16.rounded(wide), wide)).isZero();
        }
    }

    @Test
    void numbersBeyondTheRangeOfATypeAndOtherTypesAreRefused() {
        Map<String, Tensor> tensors = Map.of("w", Tensor.of(Shape.of(2), 1, 1e6f));
        var content = new Safetensors(Map.of(), tensors);
        Path file = folder.resolve("half.safetensors");
        assertThatThrownBy(() -> content.write(file, NumberType.F16))
                .isInstanceOf(ConfigException.class)
                .hasMessage("w: expects numbers in the range of F16, got 1000000.0. Take BF16, whose range is that of"
                        + " F32");
        content.write(file, NumberType.BF16);
        assertThatThrownBy(() -> content.write(file, NumberType.I16))
                .isInstanceOf(ConfigException.class)
                .hasMessage("w: expects F32, F16, BF16, I8 or U8 to write, got I16");
        assertThat(file).exists();
    }

    @Test
    void tensorsHaveTypesOfTheirOwn() {
        float[] signed = {-128, -1, -0f, 127};
        float[] unsigned = {0, 128, 255};
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("i", Tensor.of(Shape.of(4), signed));
        tensors.put("u", Tensor.of(Shape.of(3), unsigned));
        tensors.put("h", Tensor.of(Shape.of(1), 0x1.998p-4f));
        tensors.put("f", Tensor.of(Shape.of(2), 1e30f, -0f));
        Map<String, NumberType> types = Map.of("i", NumberType.I8, "u", NumberType.U8, "h", NumberType.F16);
        Path file = folder.resolve("types.safetensors");
        new Safetensors(Map.of("k", "v"), tensors, types).write(file);
        Safetensors.verify(file);
        Safetensors read = Safetensors.read(file);
        assertThat(read.types()).isEqualTo(types);
        tensors.put("i", Tensor.of(Shape.of(4), -128, -1, 0, 127)); // whole numbers have no −0
        assertThat(read.tensors()).isEqualTo(tensors);
        for (float bad : new float[] {-129, 128, 0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
            refuses("I8", NumberType.I8, bad, file);
        }
        for (float bad : new float[] {-1, 256, 1.5f}) refuses("U8", NumberType.U8, bad, file);
        assertThat(Safetensors.read(file)).isEqualTo(read);
    }

    private static void refuses(String name, NumberType type, float bad, Path file) {
        var content = new Safetensors(Map.of(), Map.of("w", Tensor.of(Shape.of(1), bad)), Map.of("w", type));
        assertThatThrownBy(() -> content.write(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage("w: expects whole numbers that " + name + " has, got " + bad);
    }

    @Test
    void typesAreThoseOfTensorsAndCopied() {
        Map<String, Tensor> tensors = Map.of("w", Tensor.of(Shape.of(1), 2));
        Map<String, NumberType> types = new HashMap<>(Map.of("w", NumberType.F16));
        var content = new Safetensors(Map.of(), tensors, types);
        types.put("w", NumberType.I64);
        assertThat(content.types()).isEqualTo(Map.of("w", NumberType.F16));
        assertThat(new Safetensors(Map.of(), tensors, Map.of("w", NumberType.F32)))
                .isEqualTo(new Safetensors(Map.of(), tensors));
        assertThatThrownBy(() -> new Safetensors(Map.of(), tensors, Map.of("v", NumberType.F16)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("v: expects a tensor of type F16, got none of this name");
        for (NumberType type : List.of(NumberType.F64, NumberType.F8_E4M3, NumberType.BOOL)) {
            assertThatThrownBy(() -> new Safetensors(Map.of(), tensors, Map.of("w", type)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("w: expects F32, F16, BF16, I8 or U8 to write, got " + type);
        }
    }

    @Test
    void theSameContentGivesTheSameBytesWithNumbersAlignedToEight() throws IOException {
        Path first = folder.resolve("a");
        Path second = folder.resolve("b");
        sample().write(first);
        Safetensors.read(first).write(second);
        byte[] bytes = Files.readAllBytes(first);
        assertThat(Files.readAllBytes(second)).isEqualTo(bytes);
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8)
                .isZero();
    }

    @Test
    void tensorsLargerThanOneChunkAreReadAgain() {
        float[] values = new float[600_001];
        for (int i = 0; i < values.length; i++) values[i] = i * 0.1f;
        var large = new Safetensors(Map.of(), Map.of("large", Tensor.view(Shape.of(values.length), values, 0)));
        Path file = folder.resolve("large");
        large.write(file);
        assertThat(Safetensors.read(file)).isEqualTo(large);
    }

    @Test
    void otherFloatTypesBecomeF32() {
        ByteBuffer numbers = ByteBuffer.allocate(8 * 2 + 2 * 4 + 2 * 4).order(ByteOrder.LITTLE_ENDIAN);
        numbers.putDouble(1 / 3.0).putDouble(1e300);
        for (int half : new int[] {0x3c00, 0x0001, 0x7bff, 0xfc00}) numbers.putShort((short) half);
        for (int brain : new int[] {0x3f80, 0x0001, 0x7f7f, 0x8000}) numbers.putShort((short) brain);
        String header = "{\"d\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]},"
                + "\"h\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[16,24]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[24,32]}}";
        byte[] bytes = Raw.file(header.getBytes(StandardCharsets.UTF_8), numbers.array());
        Safetensors read = Safetensors.read(Raw.write(folder, bytes));
        assertThat(read.types()).isEqualTo(Map.of("h", NumberType.F16, "b", NumberType.BF16));
        Map<String, Tensor> tensors = read.tensors();
        assertThat(tensors)
                .containsEntry("d", Tensor.of(Shape.of(2), 1 / 3f, Float.POSITIVE_INFINITY))
                .containsEntry("h", Tensor.of(Shape.of(4), 1, 0x1p-24f, 65504, Float.NEGATIVE_INFINITY))
                .containsEntry("b", Tensor.of(Shape.of(4), 1, Float.intBitsToFloat(1 << 16), 0x1.FEp127f, -0f));
    }

    @Test
    void aFileWithoutChecksumMetadataOrTensorsIsRead() {
        Safetensors read = Safetensors.read(Raw.write(folder, Raw.file("{}", 0)));
        assertThat(read).isEqualTo(new Safetensors(Map.of(), Map.of()));
    }

    @Test
    void headerEntriesMayStandInAnotherOrderThanTheirBytes() {
        String header = "{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]},"
                + "\"a\":{\"data_offsets\":[0,4],\"shape\":[1,1],\"dtype\":\"F32\"}}  ";
        assertThat(Safetensors.read(Raw.write(folder, Raw.file(header, 8))).tensors())
                .containsOnlyKeys("a", "b");
    }

    @Test
    void namesThatTheFormatReservesAreRefused() {
        assertThatThrownBy(() -> new Safetensors(Map.of("sha256", "x"), Map.of()))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new Safetensors(Map.of(), Map.of("__metadata__", Tensor.zeros(Shape.of()))))
                .isInstanceOf(ConfigException.class)
                .hasMessage("safetensors: expects no metadata 'sha256' and no tensor '__metadata__'");
    }

    // ------------------------------------------------------------------------------------------------- what is bad

    private static String tensor(String name, String type, String shape, String offsets) {
        return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
    }

    private static byte[] one(String type, String shape, String offsets, int bytes) {
        return Raw.file("{" + tensor("w", type, shape, offsets) + "}", bytes);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Numbers are those of the catalogue of bad inputs.
    static Stream<Arguments> bad() {
        String good = tensor("a", "F32", "[2]", "[0,8]");
        byte[] whole = Raw.file("{" + good + "}", 8);
        byte[] zip = text("PK\003\004 and so on, longer than eight bytes");
        return Stream.of(
                Arguments.of("59 empty", new byte[0], "expects a safetensors file, got an empty file"),
                Arguments.of("59 seven bytes", new byte[7], "expects more than 7 bytes.*cut short"),
                Arguments.of("60 no header", Raw.length(0), "got a file that begins 0x0000000000000000"),
                Arguments.of("60 longer than the file", Raw.join(Raw.length(9_000_000), text("{}")), "says 9000000"),
                Arguments.of(
                        "60 longer than may be", Raw.join(Raw.length(10_000_001), new byte[10_000_001]), "10000001"),
                Arguments.of("60 negative", Raw.join(Raw.length(-1), text("{}")), "got a file that begins 0xffff"),
                Arguments.of(
                        "60 smallest negative",
                        Raw.join(Raw.length(Long.MIN_VALUE), text("{}")),
                        "begins 0x0000000000000080"),
                Arguments.of("61 not {", Raw.file(" {}", 0), "begins with '\\{'"),
                Arguments.of("61 array", Raw.file("[]", 0), "begins with '\\{'"),
                Arguments.of("61 bad UTF-8", Raw.file(text("{\"\u00ff\":1}"), new byte[0]), "in UTF-8"),
                Arguments.of("61 bad JSON", Raw.file("{\"a\"", 0), "header: expects ':'"),
                Arguments.of("61 deep", Raw.file("{\"a\":" + "[".repeat(10_000), 0), "at most 64 levels"),
                Arguments.of("61 NUL padding", Raw.file("{}\0\0", 0), "expects the end"),
                Arguments.of(
                        "62 same name twice", Raw.file("{" + good + "," + good + "}", 8), "each key once, got 'a'"),
                Arguments.of(
                        "63 overlap",
                        Raw.file("{" + good + "," + tensor("b", "F32", "[2]", "[4,12]") + "}", 12),
                        "tensor 'b': expects to begin at byte 8.*got 4"),
                Arguments.of(
                        "63 gap",
                        Raw.file("{" + good + "," + tensor("b", "F32", "[1]", "[12,16]") + "}", 16),
                        "tensor 'b': expects to begin at byte 8.*got 12"),
                Arguments.of("63 gap at the start", one("F32", "[1]", "[4,8]", 8), "begin at byte 0.*got 4"),
                Arguments.of("63 begin after end", one("F32", "[1]", "[4,0]", 4), "tensor 'w': expects 4 bytes"),
                Arguments.of("63 past the end", one("F32", "[4]", "[0,16]", 8), "expects 16 bytes of numbers, got 8"),
                Arguments.of("63 bytes left", one("F32", "[1]", "[0,4]", 8), "expects 4 bytes of numbers, got 8"),
                Arguments.of("63 negative", one("F32", "[1]", "[-4,0]", 4), "expects a whole number from 0, got -4"),
                Arguments.of("63 fraction", one("F32", "[1]", "[0,4.0]", 4), "expects a whole number from 0, got 4.0"),
                Arguments.of("63 huge", one("F32", "[1]", "[0,99999999999999999999]", 4), "expects a whole number"),
                Arguments.of("63 three offsets", one("F32", "[1]", "[0,4,8]", 4), "two data_offsets"),
                Arguments.of("64 shape too large", one("F32", "[3]", "[0,8]", 8), "expects 12 bytes for \\[3\\]"),
                Arguments.of("64 shape too small", one("F64", "[1]", "[0,4]", 4), "expects 8 bytes for \\[1\\]"),
                Arguments.of(
                        "64 product overflows", one("F32", "[2147483647,2147483647]", "[0,4]", 4), "2³¹−1 elements"),
                Arguments.of(
                        "64 product overflows a long",
                        one("F32", "[2147483647,2147483647,2147483647,2147483647]", "[0,4]", 4),
                        "2³¹−1 elements"),
                Arguments.of("64 axis overflows", one("F32", "[4294967297]", "[0,4]", 4), "2³¹−1 elements"),
                Arguments.of("64 open axis", one("F32", "[-1]", "[0,4]", 4), "expects a whole number from 0, got -1"),
                Arguments.of("64 text as axis", one("F32", "[\"1\"]", "[0,4]", 4), "expects a whole number from 0"),
                Arguments.of("64 promises 8 GB", one("F32", "[2147483647]", "[0,8589934588]", 4), "8589934588 bytes"),
                Arguments.of("64 many axes", one("F32", "[" + "1,".repeat(16) + "1]", "[0,4]", 4), "expects dtype"),
                Arguments.of(
                        "65 unknown type", one("C64", "[4]", "[0,32]", 32), "I8 to I64, U8 to U64 or BOOL, got C64"),
                Arguments.of("65 bits", one("F4", "[8]", "[0,4]", 4), "I8 to I64, U8 to U64 or BOOL, got F4"),
                Arguments.of(
                        "65 no type", Raw.file("{\"w\":{\"shape\":[],\"data_offsets\":[0,4]}}", 4), "expects dtype"),
                Arguments.of("65 no object", Raw.file("{\"w\":3}", 0), "tensor 'w': expects dtype"),
                Arguments.of("68 zip appended", Raw.join(whole, zip), "expects 8 bytes of numbers, got"),
                Arguments.of(
                        "69 name with control characters",
                        Raw.file("{" + tensor("\\u001b[31mred\\u0007", "X", "[]", "[0,4]") + "}", 4),
                        "tensor '\\\\u001b\\[31mred\\\\u0007'"),
                Arguments.of(
                        "69 name of 1 MB",
                        Raw.file("{" + tensor("n".repeat(1_000_000), "X", "[]", "[0,4]") + "}", 4),
                        "tensor 'nnn"),
                Arguments.of("metadata no object", Raw.file("{\"__metadata__\":[]}", 0), "an object as __metadata__"),
                Arguments.of("metadata no text", Raw.file("{\"__metadata__\":{\"a\":1}}", 0), "a text as metadata 'a'"),
                Arguments.of(
                        "73 checksum elsewhere",
                        Raw.file("{\"__metadata__\":{\"a\":\"\",\"sha256\":\"" + "0".repeat(64) + "\"}}", 0),
                        "checksum at the beginning"),
                Arguments.of(
                        "73 checksum too short",
                        Raw.file("{\"__metadata__\":{\"sha256\":\"0\"}}", 0),
                        "checksum at the beginning"),
                Arguments.of(
                        "73 checksum wrong",
                        Raw.file("{\"__metadata__\":{\"sha256\":\"" + "0".repeat(64) + "\"}}", 0),
                        "is damaged: its checksum"),
                Arguments.of("74 zip, as .pt and .keras", zip, "expects a safetensors file, got a zip archive"),
                Arguments.of(
                        "74 HDF5",
                        latin("\u0089HDF\r\n\032\n and more"),
                        "got an HDF5 file, as Keras's .weights.h5. KerasFile.read"),
                Arguments.of(
                        "74 pickle",
                        latin("\u0080\004\u0095\0\0\0\0\0\0\0\0."),
                        "looks like a pickle. If it is an old file of PyTorch .*: PretrainedWeights.pytorch"),
                Arguments.of(
                        "74 HTML", text("<!DOCTYPE html><html></html>"), "expects a safetensors file, got a web page"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void badFilesAreRefusedWithWhatIsWrong(String id, byte[] bytes, String message) {
        Path file = Raw.write(folder, bytes);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageMatching("[^\\p{Cntrl}]{1,2100}")
                .hasMessageMatching(".*(" + message + ").*");
    }

    @Test
    void emptyTensorsAndSingleNumbersAreFine() {
        byte[] bytes = Raw.file(
                "{" + tensor("e", "F32", "[0,2147483647]", "[0,0]") + "," + tensor("s", "F32", "[]", "[0,4]") + "}", 4);
        assertThat(Safetensors.read(Raw.write(folder, bytes)).tensors())
                .as("75")
                .containsEntry("s", Tensor.of(Shape.of(), 0))
                .containsEntry("e", Tensor.zeros(Shape.of(0, Integer.MAX_VALUE)));
    }

    @Test
    void aFileThatIsNotThereOrADirectoryIsADataError() {
        assertThatThrownBy(() -> Safetensors.read(folder.resolve("none")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none: expects a safetensors file, got nothing: it does not exist");
        assertThatThrownBy(() -> Safetensors.read(folder))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("expects a file, got a directory");
    }

    // --------------------------------------------------------------------------------------- writing: all or nothing

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aWriteThatFailsHalfwayKeepsTheOldFileAndLeavesNothingElse() throws IOException {
        Path file = folder.resolve("model");
        sample().write(file);
        byte[] before = Files.readAllBytes(file);
        var failing = new Safetensors(Map.of(), new FailingSecondTime());
        assertThatThrownBy(() -> failing.write(file)).isInstanceOf(IllegalStateException.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(names()).containsExactly("model");
    }

    /// A map that gives its tensors for the header and fails when they are to be written.
    private static final class FailingSecondTime extends LinkedHashMap<String, Tensor> {
        private static final long serialVersionUID = 1L;

        private int asked;

        FailingSecondTime() {
            put("a", Tensor.zeros(Shape.of(100)));
        }

        @Override
        public Set<Map.Entry<String, Tensor>> entrySet() {
            if (asked++ > 0) throw new IllegalStateException("as planned");
            return super.entrySet();
        }
    }

    @Test
    void aPlaceThatCannotBeReplacedKeepsWhatItHas() throws IOException {
        Path directory = folder.resolve("full");
        Files.createDirectories(directory.resolve("inside"));
        assertThatThrownBy(() -> sample().write(directory))
                .isInstanceOf(ResourceException.class)
                .hasMessageStartingWith(directory + ": cannot be written");
        assertThat(directory.resolve("inside")).isDirectory();
        assertThat(names()).containsExactly("full");
    }

    @Test
    void aDirectoryThatIsMissingOrNoDirectoryIsAResourceError() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");
        for (Path place : List.of(folder.resolve("missing/model"), file.resolve("model"))) {
            assertThatThrownBy(() -> sample().write(place))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageStartingWith(place + ": cannot be written: ")
                    .hasMessageNotContaining("Exception");
        }
        assertThat(names()).containsExactly("file");
    }

    @Test
    void anExistingFileIsReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("model"), "something else");
        sample().write(file);
        assertThat(Safetensors.read(file)).isEqualTo(sample());
        assertThat(names()).containsExactly("model");
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void smallAndWholeNumbersAreRead() throws IOException {
        byte[] header = text("{" + tensor("u64", "U64", "[1]", "[0,8]") + "," + tensor("i16", "I16", "[1]", "[8,10]")
                + "," + tensor("u16", "U16", "[1]", "[10,12]") + "," + tensor("i8", "I8", "[1]", "[12,13]") + ","
                + tensor("u8", "U8", "[1]", "[13,14]") + "," + tensor("bool", "BOOL", "[1]", "[14,15]") + ","
                + tensor("e5m2", "F8_E5M2", "[1]", "[15,16]") + "," + tensor("e4m3", "F8_E4M3", "[3]", "[16,19]") + ","
                + tensor("u32", "U32", "[1]", "[19,23]") + "}");
        byte[] numbers = new byte[23];
        Arrays.fill(numbers, (byte) 0xff);
        numbers[14] = 1;
        numbers[15] = (byte) 0xc1; // −2.5
        numbers[16] = 0x7e; // 448, the largest
        numbers[17] = (byte) 0x81; // −2⁻⁹, the smallest
        numbers[18] = 0x38; // 1
        Path file = Files.write(folder.resolve("types"), Raw.join(Raw.length(header.length), header, numbers));
        Map<String, Tensor> tensors = Safetensors.read(file).tensors();
        assertThat(numbers(tensors, "u64")).containsExactly(0x1p64f);
        assertThat(numbers(tensors, "i16")).containsExactly(-1);
        assertThat(numbers(tensors, "u16")).containsExactly(65535);
        assertThat(numbers(tensors, "i8")).containsExactly(-1);
        assertThat(numbers(tensors, "u8")).containsExactly(255);
        assertThat(numbers(tensors, "bool")).containsExactly(1);
        assertThat(numbers(tensors, "e5m2")).containsExactly(-2.5f);
        assertThat(numbers(tensors, "e4m3")).containsExactly(448, -0.001953125f, 1);
        assertThat(numbers(tensors, "u32")).containsExactly(0x1p32f);
    }

    private static float[] numbers(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name), name).toArray();
    }
}

package dev.neurite.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.NeuriteException;
import dev.neurite.llm.AllocatedBytes;
import dev.neurite.llm.weights.StoredTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// GGUF files that are broken or hostile: the message names the place, what was expected and what was there.
@Timeout(120)
final class HostileGgufTest {
    private static final long MOST_ALLOCATED = 4 << 20; // bytes

    private final RawGguf raw = new RawGguf();

    @TempDir
    private Path folder;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("model.gguf"), bytes);
    }

    /// Opens a file and reads all that it has.
    private static void readAll(Path file) {
        try (GgufFile opened = GgufFile.open(file)) {
            for (String key : opened.metadata().keys())
                assertThat(opened.metadata().value(key)).isNotNull();
            for (StoredTensor each : opened.weights().tensors()) {
                if (each.type().isFloat()) assertThat(each.floats().shape()).isEqualTo(each.shape());
                else if (each.type().isSupported())
                    assertThat(each.bytes().byteSize()).isEqualTo(each.byteSize());
            }
        }
    }

    private void refuses(byte[] bytes, String message) throws IOException {
        Path file = file(bytes);
        long before = AllocatedBytes.soFar();
        Throwable error = catchThrowable(() -> GgufFile.open(file));
        assertThat(AllocatedBytes.soFar() - before).isLessThan(MOST_ALLOCATED);
        assertThat(error)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageMatching("[^\\p{Cntrl}]{1,2100}")
                .hasMessageContaining(message);
    }

    @Test
    void theFileItselfIsRead() throws IOException {
        try (GgufFile opened = GgufFile.open(file(raw.bytes()))) {
            assertThat(opened.version()).isEqualTo(3);
            assertThat(opened.metadata().texts("tokens")).containsExactly("a", "é");
            assertThat(opened.metadata().value("nested")).isEqualTo(List.of(List.of(-1L, 7L)));
            assertThat(opened.metadata().flag("flag")).isTrue();
            assertThat(opened.metadata().integer("big")).isEqualTo(1L << 40);
            assertThat(opened.weights().tensors())
                    .hasToString("[a F32 [2×32], b Q8_0 [3×64], c F16 [5]]")
                    .allMatch(each -> each.bytes().byteSize() == each.byteSize());
        }
        readAll(file(raw.with("version", 4, 2)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        version          | 4 | 0                   | version: expects 2 or 3, got 0. Make it again
        version          | 4 | 1                   | version: expects 2 or 3, got 1. Make it again
        version          | 4 | 4                   | version: expects 2 or 3, got 4. Use a newer Neurite
        version          | 4 | 0x03000000          | expects a little-endian file, got a big-endian one. Convert
        version          | 4 | 0xffffffff          | expects 2 or 3, got 4294967295
        tensors          | 8 | 2                   | no error
        tensors          | 8 | 4                   | tensor 3: expects a name of 1 to 65535 bytes
        tensors          | 8 | 1000000             | the number of tensors: expects at most 26, for which the file has bytes, got 1000000
        tensors          | 8 | 0x7fffffffffffffff  | got 9223372036854775807
        tensors          | 8 | 0xffffffffffffffff  | the number of tensors: expects a number below 2⁶³, got 18446744073709551615
        keys             | 8 | 5                   | tensor 'big': expects 1 to 4 axes, got 10
        keys             | 8 | 7                   | tensor 0: expects a name of 1 to 65535 bytes
        keys             | 8 | 1000000             | the number of keys: expects at most
        keys             | 8 | 0x7fffffffffffffff  | the number of keys: expects at most
        keys             | 8 | 0x8000000000000000  | the number of keys: expects a number below 2⁶³
        key0.length      | 8 | 0                   | key 0: expects a name of 1 to 65535 bytes, got 0
        key0.length      | 8 | 65536               | key 0: expects a name of 1 to 65535 bytes, got 65536
        key0.length      | 8 | 60000               | expects 60000 bytes of key 0 from byte 32, where the file has
        key0.length      | 8 | 0x7fffffffffffffff  | key 0: expects a name of 1 to 65535 bytes, got 9223372036854775807
        key0.length      | 8 | 0xffffffffffffffff  | key 0: expects a number below 2⁶³
        key0.name        | 1 | 0xff                | key 0: expects a text in UTF-8 at byte 32
        key0.type        | 4 | 13                  | key 'general.architecture': expects a type from 0 to 12 at byte 52, got 13
        key0.type        | 4 | 0xffffffff          | got 4294967295
        key0.type        | 4 | 9                   | key 'general.architecture'
        key0.value       | 8 | 2000                | expects 2000 bytes of key 'general.architecture' from byte 64, where
        key0.value       | 8 | 0x7fffffffffffffff  | expects 9223372036854775807 bytes of key 'general.architecture' from byte 64
        key0.value       | 8 | 0xffffffffffffffff  | key 'general.architecture': expects a number below 2⁶³
        key0.text        | 2 | 0x80c0              | key 'general.architecture': expects a text in UTF-8 at byte 64
        key0.text        | 3 | 0x80a0ed            | key 'general.architecture': expects a text in UTF-8
        key0.text        | 4 | 0x8f8f8ff7          | key 'general.architecture': expects a text in UTF-8
        key1.value       | 4 | 0                   | key 'general.alignment': expects a power of two up to 65536, got 0
        key1.value       | 4 | 24                  | key 'general.alignment': expects a power of two up to 65536, got 24
        key1.value       | 4 | 0x80000000          | key 'general.alignment': expects a power of two
        key1.value       | 4 | 64                  | tensor 'c': expects an offset that is a multiple of 64, got 480
        key1.type        | 4 | 5                   | no error
        key1.type        | 4 | 6                   | key 'general.alignment': expects a whole number, got
        key2.elements    | 4 | 14                  | key 'tokens': expects a type from 0 to 12
        key2.elements    | 4 | 9                   | key 'tokens': expects at most
        key2.count       | 8 | 3                   | key 3: expects a name of 1 to 65535 bytes, got 38654705673
        key2.count       | 8 | 4000000             | key 'tokens': expects at most
        key2.count       | 8 | 0x1fffffffffffffff  | key 'tokens': expects at most
        key2.count       | 8 | 0x8000000000000001  | key 'tokens': expects a number below 2⁶³
        key2.length      | 8 | 99999               | expects 99999 bytes of key 'tokens'
        key2.b           | 1 | 0xff                | key 'tokens': expects a text in UTF-8
        key2.name        | 6 | 0x64657473656e      | key 'nested': expects each key once, got it twice
        key3.elements    | 4 | 77                  | key 'nested': expects a type from 0 to 12
        key3.count       | 8 | 100000              | key 'nested': expects at most
        key3.inner       | 4 | 13                  | key 'nested': expects a type
        key3.inner.count | 8 | 0x4000000000000000  | key 'nested': expects at most
        key4.value       | 1 | 2                   | key 'flag': expects 0 or 1 at byte
        key4.value       | 1 | 0xff                | key 'flag': expects 0 or 1 at byte
        key5.value       | 8 | 0xffffffffffffffff  | key 'big': expects a number below 2⁶³, got 18446744073709551615
        a.length         | 8 | 0                   | tensor 0: expects a name of 1 to 65535 bytes, got 0
        a.length         | 8 | 0x7fffffff          | tensor 0: expects a name of 1 to 65535 bytes, got 2147483647
        a.name           | 1 | 0xfe                | tensor 0: expects a text in UTF-8
        a.name           | 1 | 0x62                | tensor 'b': expects each name once, got it twice
        a.axes           | 4 | 0                   | tensor 'a': expects 1 to 4 axes, got 0
        a.axes           | 4 | 5                   | tensor 'a': expects 1 to 4 axes, got 5
        a.axes           | 4 | 0xffffffff          | tensor 'a': expects 1 to 4 axes, got 4294967295
        a.axis0          | 8 | 0                   | tensor 'a': expects 1 to 2³¹−1 elements, got axis 0 of 0
        a.axis1          | 8 | 0                   | tensor 'a': expects 1 to 2³¹−1 elements, got axis 1 of 0 after 32
        a.axis1          | 8 | 0xffffffffffffffff  | tensor 'a': expects a number below 2⁶³
        a.axis1          | 8 | 0x7fffffffffffffff  | tensor 'a': expects 1 to 2³¹−1 elements, got axis 1 of 9223372036854775807
        a.axis1          | 8 | 0x0800000000000001  | tensor 'a': expects 1 to 2³¹−1 elements
        a.axis1          | 8 | 67108863            | tensor 'a': expects 8589934464 bytes
        a.axis1          | 8 | 3                   | tensor 'b': expects to begin at byte 384 or later, where 'a' ends, got 256
        a.type           | 4 | 4                   | tensor 'a': expects a type of ggml, got the number 4
        a.type           | 4 | 40                  | tensor 'a': expects a type of ggml, got the number 40
        a.type           | 4 | 0xffffffff          | tensor 'a': expects a type of ggml, got the number 4294967295
        a.type           | 4 | 12                  | tensor 'a': expects rows of a multiple of 256 elements for Q4_K, got 32
        a.offset         | 8 | 1                   | tensor 'a': expects an offset that is a multiple of 32, got 1
        a.offset         | 8 | 32                  | tensor 'b': expects to begin at byte 288 or later
        a.offset         | 8 | 0x7fffffffffffffe0  | tensor 'a': expects 256 bytes from byte 9223372036854775776
        a.offset         | 8 | 0xffffffffffffffe0  | tensor 'a': expects a number below 2⁶³
        b.axis0          | 8 | 63                  | tensor 'b': expects rows of a multiple of 32 elements for Q8_0, got 63
        b.axis0          | 8 | 128                 | tensor 'b': expects 408 bytes from byte 256 of the tensors, of which the file has 490
        c.offset         | 8 | 448                 | tensor 'c': expects to begin at byte 460 or later, where 'b' ends, got 448
        b.offset         | 8 | 0                   | expects to begin at byte
        c.axis0          | 8 | 6                   | tensor 'c': expects 12 bytes from byte 480 of the tensors, of which the file has 490
        c.offset         | 8 | 512                 | tensor 'c': expects 10 bytes from byte 512
        c.name           | 1 | 0x61                | tensor 'a': expects each name once, got it twice
        """)
    void aFieldWithAnotherNumberIsRefused(String field, int width, String number, String message) throws IOException {
        long value = number.startsWith("0x") ? Long.parseUnsignedLong(number.substring(2), 16) : Long.parseLong(number);
        byte[] changed = raw.with(field, width, value);
        if (message.equals("no error")) readAll(file(changed));
        else refuses(changed, message);
    }

    /// Cut anywhere, the file is refused.
    @Test
    void aFileThatIsCutShortIsRefused() throws IOException {
        for (int length = 0; length < raw.bytes().length; length++) {
            Path file = file(Arrays.copyOf(raw.bytes(), length));
            assertThatThrownBy(() -> GgufFile.open(file))
                    .as("%s bytes", length)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("expects");
        }
        refuses(raw.until("data"), "tensor 'a': expects 256 bytes from byte 0 of the tensors, of which the file has 0");
        refuses(raw.until("padding"), "tensor 'a': expects 256 bytes");
    }

    @Test
    void otherFilesAreRefusedByTheirKind() throws IOException {
        refuses(new byte[0], "expects a language model in GGUF, got an empty file");
        refuses(
                "PK\3\4 and so on".getBytes(StandardCharsets.ISO_8859_1),
                "expects a language model in GGUF, got a zip archive");
        refuses("{}".getBytes(StandardCharsets.ISO_8859_1), "expects a language model in GGUF, got a text in JSON");
        refuses(new byte[] {1, 2, 3, 4, 5}, "its first bytes: expects 'GGUF', got others");
        byte[] bigEndian = "GGUF\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
        refuses(bigEndian, "version: expects a little-endian file, got a big-endian one");
    }

    @Test
    void whatIsNoFileIsADataError() {
        assertThatThrownBy(() -> GgufFile.open(folder.resolve("none.gguf")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.gguf: expects a language model in GGUF, got nothing: it does not exist");
        assertThatThrownBy(() -> GgufFile.open(folder))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("expects a language model in GGUF, got a directory");
    }

    @Test
    void aPartOfASplitModelIsRefused() throws IOException {
        Path file = folder.resolve("model.gguf");
        new GgufWriter(Metadata.of("test", Map.of("split.count", 1))).write(file);
        readAll(file);
        new GgufWriter(Metadata.of("test", Map.of("split.count", 3))).write(file);
        refuses(Files.readAllBytes(file), "key 'split.count': expects a whole model, got a part of one that was split");
    }

    /// Lists in lists, deeper than the reader goes; a stack of any depth would end it otherwise.
    @Test
    void deepListsAreRefused() throws IOException {
        byte[] deep = raw.bytes();
        int at = raw.place("key3.elements");
        byte[] file = Arrays.copyOf(deep, at + 12 * 100_000);
        for (int i = 0; i < 100_000; i++) {
            file[at + 12 * i] = 9;
            for (int k = 1; k < 12; k++) file[at + 12 * i + k] = (byte) (k == 4 ? 1 : 0);
        }
        refuses(file, "key 'nested': expects at most 8 lists in lists");
    }

    /// A file with room for more values than there may be: refused before their list is allocated.
    @Test
    void moreValuesThanAModelHasAreRefused() throws IOException {
        long most = GgufReader.MOST_VALUES;
        byte[] file = Arrays.copyOf(raw.with("key3.inner.count", 8, most + 1), (int) (4 * most) + 5_000);
        refuses(file, "key 'nested': expects at most " + most + " values before the tensors, got more");
    }

    private static byte[] mutated(byte[] source, SplittableRandom random) {
        byte[] bytes = source.clone();
        for (int changes = random.nextInt(1, 4); changes > 0 && bytes.length > 8; changes--) {
            int at = random.nextInt(bytes.length - 8);
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(8, at));
                case 3 -> Arrays.fill(bytes, at, at + random.nextInt(1, 9), (byte) random.nextInt(-1, 1));
                case 4 -> System.arraycopy(bytes, random.nextInt(bytes.length - 8), bytes, at, random.nextInt(1, 9));
                case 5 -> bytes[at] = (byte) random.nextInt(14);
                default -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(64));
            }
        }
        return bytes;
    }

    /// Mutated files from fixed seeds are refused with the library's exceptions, or read as a whole.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void mutatedFilesGiveOnlyTypedErrors(int seed) throws IOException {
        var random = new SplittableRandom(seed);
        byte[] large = Files.readAllBytes(GgufFileTest.resource("tiny-Q4_0.gguf"));
        int refused = 0;
        for (int i = 0; i < 1_500; i++) {
            byte[] bytes = mutated(i % 4 == 0 ? large : raw.bytes(), random);
            Path file = file(bytes);
            try {
                readAll(file);
            } catch (NeuriteException e) {
                assertThat(e.getMessage())
                        .startsWith(file.toString())
                        .contains("expects")
                        .hasSizeLessThan(2_100);
                refused++;
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw new AssertionError("seed " + seed + ", file " + i, e);
            }
        }
        assertThat(refused).isBetween(300, 1_450);
    }
}

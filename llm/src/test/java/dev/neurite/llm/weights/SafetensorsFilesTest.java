package dev.neurite.llm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.NeuriteException;
import dev.neurite.io.Safetensors;
import dev.neurite.llm.AllocatedBytes;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
final class SafetensorsFilesTest {
    private static final String ONE = "model.safetensors";
    private static final String FIRST = "model-00001-of-00002.safetensors";
    private static final String SECOND = "model-00002-of-00002.safetensors";
    private static final String INDEX = "{\"metadata\":{\"total_size\":40},\"weight_map\":{\"a\":\"" + FIRST
            + "\",\"b\":\"" + FIRST + "\",\"c\":\"" + SECOND + "\"}}";

    @TempDir
    private Path top;

    private Path folder;

    @BeforeEach
    void makeShards() throws IOException {
        folder = Files.createDirectory(top.resolve("model"));
        write(folder.resolve(FIRST), NumberType.F32, "a", "b");
        write(folder.resolve(SECOND), NumberType.F16, "c");
        index(INDEX);
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private static Tensor tensor(String name) {
        return Tensor.of(Shape.of(2, 3), name.charAt(0), 1, -0f, 0.25f, -3, 65504);
    }

    private static void write(Path file, NumberType type, String... names) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String each : names) tensors.put(each, tensor(each));
        new Safetensors(Map.of(), tensors).write(file, type);
    }

    private void refuses(String message) {
        long before = AllocatedBytes.soFar();
        assertThatThrownBy(() -> WeightFile.openSafetensors(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(folder.toString())
                .hasMessageContaining(message);
        assertThat(AllocatedBytes.soFar() - before).isLessThan(8 << 20);
    }

    @Test
    void shardsAreOneFile() {
        try (WeightFile file = WeightFile.openSafetensors(folder)) {
            assertThat(file.source()).isEqualTo(folder.toString());
            assertThat(file.names()).containsExactly("a", "b", "c");
            assertThat(file.tensors()).hasToString("[a F32 [2×3], b F32 [2×3], c F16 [2×3]]");
            for (String each : file.names())
                assertThat(file.tensor(each).floats()).isEqualTo(tensor(each));
            assertThat(file.tensor("c").source()).endsWith(SECOND);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void oneFileIsReadByItsPathOrThatOfItsDirectory(NumberType type) {
        Path one = folder.resolve(ONE); // before an index, as transformers does
        write(one, type, "z");
        float[] expected = tensor("z").toArray();
        for (int i = 0; i < expected.length; i++) expected[i] = type.rounded(expected[i]);
        for (Path each : new Path[] {folder, one}) {
            try (WeightFile file = WeightFile.openSafetensors(each)) {
                assertThat(file.names()).containsExactly("z");
                assertThat(file.tensor("z").type().name()).isEqualTo(type.name());
                assertThat(file.tensor("z").floats().toArray()).isEqualTo(expected);
            }
        }
    }

    @Test
    void otherTypesAreListedAndRefusedByName() throws IOException {
        byte[] header =
                "{\"w\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]}}".getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(8 + header.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(header.length).put(header);
        Path path = Files.write(folder.resolve("other.safetensors"), all.array());
        try (WeightFile file = WeightFile.openSafetensors(path)) {
            assertThat(file.tensors()).hasToString("[w I64 [2]]");
            assertThatThrownBy(() -> file.tensor("w").floats())
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith(path + ", tensor 'w': expects elements of type F32, F16 or BF16, got I64");
            assertThatThrownBy(() -> file.tensor("w").bytes()).isInstanceOf(ModelFormatException.class);
        }
    }

    /// A shard of 5 GB, of which almost nothing is on the disk.
    @Test
    void filesLargerThanFourGigabytesAreRead() throws IOException {
        long large = 1_342_177_280L; // floats
        String header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[" + large + "],\"data_offsets\":[0," + 4 * large
                + "]},\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[" + 4 * large + "," + (4 * large + 4)
                + "]}}";
        Path path = folder.resolve("large.safetensors");
        ByteBuffer start = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
        Files.write(path, start.array());
        try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {0, 0, (byte) 0x80, 0x3f}), start.capacity() + 4 * large);
        }
        try (WeightFile file = WeightFile.openSafetensors(path)) {
            assertThat(file.tensor("y").floats().toArray()).containsExactly(1);
            float[] last = {5};
            file.tensor("x").read(large - 1, last, 0, 1);
            assertThat(last).containsExactly(0);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        "c":"model-00002-of-00002.safetensors" | "c":"../model/model-00002-of-00002.safetensors" | without a path, got '../model/model
        "c":"model-00002-of-00002.safetensors" | "c":"/etc/passwd"           | without a path, got '/etc/passwd'
        "c":"model-00002-of-00002.safetensors" | "c":"/x.safetensors"        | without a path, got '/x.safetensors'
        "c":"model-00002-of-00002.safetensors" | "c":"..\\\\x.safetensors"   | expects names of safetensors files beside it
        "c":"model-00002-of-00002.safetensors" | "c":"C:x.safetensors"       | expects names of safetensors files beside it
        "c":"model-00002-of-00002.safetensors" | "c":"file:x.safetensors"    | expects names of safetensors files beside it
        "c":"model-00002-of-00002.safetensors" | "c":"x\\u0000.safetensors"  | expects names of safetensors files beside it
        "c":"model-00002-of-00002.safetensors" | "c":""                      | expects names of safetensors files beside it
        "c":"model-00002-of-00002.safetensors" | "c":".."                    | expects names of safetensors files beside it
        "c":"model-00002-of-00002.safetensors" | "c":"model.bin"             | expects names of safetensors files beside it
        "c":"model-00002-of-00002.safetensors" | "c":"none.safetensors"      | expects the file 'none.safetensors' beside it, got none. The download
        "c":"model-00002-of-00002.safetensors" | "c":7                       | tensor 'c': expects the name of a file, got 7
        "c":"model-00002-of-00002.safetensors" | "c":null                    | tensor 'c': expects the name of a file, got null
        "c":"model-00002-of-00002.safetensors" | "c":["x"]                   | tensor 'c': expects the name of a file
        "c":"model-00002-of-00002.safetensors" | "a":"model-00002-of-00002.safetensors" | each key once, got 'a'
        "c":"model-00002-of-00002.safetensors" | "d":"model-00002-of-00002.safetensors" | expects d, of which model.safetensors.index.json says so, got none
        "c":"model-00002-of-00002.safetensors" | "c":"model-00001-of-00002.safetensors" | expects c, of which
        ,"c":"model-00002-of-00002.safetensors"| ,"c":"model-00002-of-00002.safetensors","d":"model-00002-of-00002.safetensors" | expects d, of which
        "b":"model-00001-of-00002.safetensors" | "b":"model-00002-of-00002.safetensors" | expects the tensors that model.safetensors.index.json names, got also b
        "b":"model-00001-of-00002.safetensors",|                             | got also b. The files may be of different downloads
        "weight_map"                           | "weights"                   | expects an object with 'weight_map'
        "metadata":{"total_size":40},          | "metadata"                  | at character
        }}                                     | }                           | at character
        "total_size":40                        | "total_size":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ | at most 64 levels
        """)
    void anIndexThatDoesNotFitTheFilesIsRefused(String part, String replacement, String message) throws IOException {
        assertThat(INDEX).contains(part);
        index(INDEX.replace(part, replacement == null ? "" : replacement));
        refuses(message);
    }

    @Test
    void anIndexOfAnotherKindIsRefused() throws IOException {
        for (String each : new String[] {"", "[]", "null", "{}", "{\"weight_map\":[]}", "{\"weight_map\":{}}"}) {
            index(each);
            refuses("expects");
        }
        Files.write(folder.resolve("model.safetensors.index.json"), new byte[] {'{', '"', (byte) 0xff});
        refuses("expects JSON in UTF-8");
        try (var channel = FileChannel.open(folder.resolve("model.safetensors.index.json"), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 1L << 32);
        }
        long before = AllocatedBytes.soFar();
        assertThatThrownBy(() -> WeightFile.openSafetensors(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects an index of at most 33554432 bytes, got more");
        assertThat(AllocatedBytes.soFar() - before).isLessThan(160 << 20);
    }

    @Test
    void aTensorInTwoShardsIsRefused() {
        write(folder.resolve(SECOND), NumberType.F32, "c", "a");
        refuses(SECOND + ": expects the tensors that model.safetensors.index.json names, got also a");
    }

    @Test
    void aDamagedShardIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve(SECOND));
        Files.write(folder.resolve(SECOND), Arrays.copyOf(bytes, bytes.length - 1));
        refuses(SECOND + ": expects 12 bytes of numbers, got 11");
        Files.write(folder.resolve(SECOND), new byte[0]);
        refuses(SECOND + ": expects a safetensors file, got an empty file");
        Files.writeString(folder.resolve(SECOND), "version https://git-lfs.github.com/spec/v1\noid sha256:1\n");
        refuses(SECOND + ": expects a safetensors file, got a Git LFS pointer");
    }

    @Test
    void linksOutOfTheDirectoryAreRefused() throws IOException {
        Path outside = top.resolve("outside.safetensors");
        Files.move(folder.resolve(SECOND), outside);
        Files.createSymbolicLink(folder.resolve(SECOND), outside);
        refuses("expects '" + SECOND + "' in this directory, got a link to ");
        Files.delete(folder.resolve(SECOND));
        Files.createSymbolicLink(folder.resolve(SECOND), Path.of("../outside.safetensors"));
        refuses("expects '" + SECOND + "' in this directory, got a link to ");
        Files.createSymbolicLink(folder.resolve(ONE), outside);
        refuses("expects 'model.safetensors' in this directory, got a link to ");
        Files.delete(folder.resolve(ONE));

        Files.delete(folder.resolve(SECOND)); // within the directory
        Files.move(outside, folder.resolve("other.safetensors"));
        Files.createSymbolicLink(folder.resolve(SECOND), Path.of("other.safetensors"));
        try (WeightFile file = WeightFile.openSafetensors(folder)) {
            assertThat(file.tensor("c").floats()).isEqualTo(tensor("c"));
        }
    }

    /// The Hub's cache has files in `blobs`, and links to them in `snapshots/REVISION`.
    @Test
    void linksOfTheHubsCacheAreFollowed() throws IOException {
        Path blobs = Files.createDirectories(top.resolve("models--a--b/blobs"));
        Path snapshot = Files.createDirectories(top.resolve("models--a--b/snapshots/0123"));
        Files.move(folder.resolve(FIRST), blobs.resolve("1"));
        Files.move(folder.resolve(SECOND), blobs.resolve("2"));
        Files.move(folder.resolve("model.safetensors.index.json"), blobs.resolve("3"));
        Files.createSymbolicLink(snapshot.resolve(FIRST), Path.of("../../blobs/1"));
        Files.createSymbolicLink(snapshot.resolve(SECOND), Path.of("../../blobs/2"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors.index.json"), Path.of("../../blobs/3"));
        try (WeightFile file = WeightFile.openSafetensors(snapshot)) {
            assertThat(file.names()).containsExactly("a", "b", "c");
        }
        Files.delete(snapshot.resolve(SECOND));
        Files.move(blobs.resolve("2"), top.resolve("2"));
        Files.createSymbolicLink(snapshot.resolve(SECOND), Path.of("../../../2"));
        folder = snapshot;
        refuses("got a link to ");
    }

    @Test
    void whatIsNotThereIsADataError() throws IOException {
        Path empty = Files.createDirectory(top.resolve("empty"));
        assertThatThrownBy(() -> WeightFile.openSafetensors(empty))
                .isInstanceOf(DataException.class)
                .hasMessage(empty + ": expects a directory with model.safetensors or model.safetensors.index.json, got"
                        + " neither");
        assertThatThrownBy(() -> WeightFile.openSafetensors(top.resolve("none.safetensors")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a safetensors file, got nothing: it does not exist");
    }

    /// Mutated indexes and shards from a fixed seed are refused with the library's exceptions, or read as a whole.
    @Test
    void mutatedFilesGiveOnlyTypedErrors() throws IOException {
        var random = new SplittableRandom(7);
        Path index = folder.resolve("model.safetensors.index.json");
        byte[] shard = Files.readAllBytes(folder.resolve(FIRST));
        byte[] map = INDEX.getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] bytes = (i % 2 == 0 ? shard : map).clone();
            for (int changes = random.nextInt(1, 4); changes > 0 && bytes.length > 1; changes--) {
                int at = random.nextInt(bytes.length);
                switch (random.nextInt(4)) {
                    case 0 -> bytes[at] = (byte) random.nextInt(256);
                    case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                    case 2 -> bytes[at] = (byte) "\"{}[]:,./\\019".charAt(random.nextInt(13));
                    default -> bytes = Arrays.copyOf(bytes, at);
                }
            }
            Files.write(i % 2 == 0 ? folder.resolve(FIRST) : index, bytes);
            try (WeightFile file = WeightFile.openSafetensors(folder)) {
                for (StoredTensor each : file.tensors()) if (each.type().isFloat()) each.floats();
            } catch (NeuriteException e) {
                assertThat(e.getMessage()).startsWith(folder.toString()).hasSizeLessThan(2_100);
                refused++;
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw new AssertionError("file " + i + ": " + new String(bytes, StandardCharsets.ISO_8859_1), e);
            }
            Files.write(i % 2 == 0 ? folder.resolve(FIRST) : index, i % 2 == 0 ? shard : map);
        }
        assertThat(refused).isBetween(1_000, 2_950);
    }
}

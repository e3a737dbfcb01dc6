package dev.neurite.llm.gguf;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ModelFormatException;
import dev.neurite.llm.weights.StoredTensor;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.llm.weights.WeightFile;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class GgufFileTest {
    @TempDir
    private Path folder;

    /// A file that the Python script wrote; see the README beside it.
    static Path resource(String name) {
        try {
            return Path.of(
                    requireNonNull(GgufFileTest.class.getResource(name), name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<List<String>> golden() throws IOException {
        try (InputStream in = requireNonNull(GgufFileTest.class.getResourceAsStream("golden.tsv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> List.of(line.split("\t")))
                    .toList();
        }
    }

    private static String checksum(StoredTensor tensor) {
        var sum = new CRC32();
        sum.update(tensor.bytes().toArray(ValueLayout.JAVA_BYTE));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    /// Names, types, shapes and bytes are those that an independent reader finds.
    @ParameterizedTest
    @ValueSource(
            strings = {"tiny-F32.gguf", "tiny-Q8_0.gguf", "tiny-Q4_0.gguf", "tiny-qwen2-F16.gguf", "tiny-k-Q4_K.gguf"})
    void hasTheTensorsThatAnotherReaderFinds(String name) throws IOException {
        List<List<String>> lines = new ArrayList<>();
        try (GgufFile file = GgufFile.open(resource(name))) {
            for (StoredTensor each : file.weights().tensors()) {
                String shape =
                        each.shape().extents().stream().map(String::valueOf).collect(Collectors.joining("×"));
                lines.add(List.of(name, each.name(), each.type().name(), shape, checksum(each)));
            }
        }
        assertThat(lines)
                .isNotEmpty()
                .isEqualTo(golden().stream()
                        .filter(line -> line.getFirst().equals(name))
                        .toList());
    }

    @Test
    void whatIsUnloadedIsReadAgain() {
        try (GgufFile file = GgufFile.open(resource("tiny-Q8_0.gguf"))) {
            for (StoredTensor each : file.weights().tensors()) {
                String before = checksum(each);
                each.unload();
                assertThat(checksum(each)).as(each.name()).isEqualTo(before);
            }
        }
    }

    @Test
    void hasMetadataInTheirOrderWithTheirTypes() {
        try (GgufFile file = GgufFile.open(resource("tiny-F32.gguf"))) {
            Metadata metadata = file.metadata();
            assertThat(file.version()).isEqualTo(3);
            assertThat(metadata.keys()).startsWith("general.architecture", "general.name", "general.file_type");
            assertThat(metadata.text("general.architecture")).isEqualTo("llama");
            assertThat(metadata.integer("llama.attention.head_count_kv")).isEqualTo(1);
            assertThat((float) metadata.number("llama.attention.layer_norm_rms_epsilon"))
                    .isEqualTo(1e-5f);
            assertThat(metadata.flag("tokenizer.ggml.add_bos_token")).isFalse();
            assertThat(metadata.texts("tokenizer.ggml.tokens"))
                    .hasSize(260)
                    .startsWith("!")
                    .endsWith("<|eos|>");
            assertThat(metadata.integers("tokenizer.ggml.token_type")).endsWith(1L, 3L, 3L);
            assertThat(metadata.numbers("tokenizer.ggml.scores")).hasSize(260).containsOnly(0.0);
            assertThat(metadata.type("llama.block_count")).isEqualTo(ValueType.UINT32);
            assertThat(metadata.type("tokenizer.ggml.token_type")).isEqualTo(ValueType.INT32);
            assertThat(metadata.integerOr("llama.expert_count", 0)).isZero();
        }
    }

    @Test
    void floatsAreThoseOfTheFile() {
        try (GgufFile wide = GgufFile.open(resource("tiny-F32.gguf"));
                GgufFile half = GgufFile.open(resource("tiny-qwen2-F16.gguf"))) {
            for (String each : List.of("token_embd.weight", "blk.0.ffn_up.weight", "blk.0.attn_norm.weight")) {
                Tensor floats = wide.weights().tensor(each).floats();
                assertThat(half.weights().tensor(each).floats()).isEqualTo(floats); // numbers that F16 has
                float[] some = new float[9];
                wide.weights().tensor(each).read(7, some, 2, 5);
                for (int i = 0; i < 5; i++) assertThat(some[2 + i]).isEqualTo(floats.array()[7 + i]);
                wide.weights().tensor(each).unload();
                assertThat(wide.weights().tensor(each).floats()).isEqualTo(floats); // read again
            }
        }
    }

    @Test
    void saysWhichTensorIsMissingOrOfAnotherType() throws IOException {
        Path path = resource("tiny-Q8_0.gguf");
        try (GgufFile file = GgufFile.open(path)) {
            WeightFile weights = file.weights();
            assertThat(weights.has("output.weight")).isFalse();
            assertThatThrownBy(() -> weights.tensor("token_embed.weight"))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessage(path + ": expects a tensor 'token_embed.weight', got none. Did you mean"
                            + " 'token_embd.weight'?");
            assertThatThrownBy(() -> weights.tensor("token_embd.weight").floats())
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessage(path + ", tensor 'token_embd.weight': expects elements of type F32, F16 or BF16, got"
                            + " Q8_0");
        }
        // a type that is only known by its name: listed, but not read
        byte[] other = new RawGguf().with("b.type", 4, 20);
        Path listed = Files.write(folder.resolve("other.gguf"), other);
        try (GgufFile file = GgufFile.open(listed)) {
            StoredTensor tensor = file.weights().tensor("b");
            assertThat(tensor.type()).isEqualTo(StoredType.IQ4_NL);
            assertThat(tensor.byteSize()).isEqualTo(6 * 18);
            assertThatThrownBy(tensor::bytes)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith(
                            listed + ", tensor 'b': expects elements of type F32, F16, BF16, Q8_0, Q4_0,"
                                    + " Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K, got IQ4_NL. Take a file");
        }
    }

    @Test
    void aClosedFileIsNotRead() {
        GgufFile file = GgufFile.open(resource("tiny-F32.gguf"));
        StoredTensor tensor = file.weights().tensor("output_norm.weight");
        file.close();
        assertThat(tensor.name()).isEqualTo("output_norm.weight");
        assertThatThrownBy(tensor::floats)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    /// A file of 5 GB, of which almost nothing is on the disk: places beyond 2³¹ and 2³².
    @Test
    void filesLargerThanFourGigabytesAreRead() throws IOException {
        var raw = new RawGguf();
        long far = 5L << 30;
        Path path = Files.write(folder.resolve("large.gguf"), raw.with("c.offset", 8, far));
        try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            ByteBuffer halves = ByteBuffer.wrap(new byte[] {0, 0x3c, 0, 0x40, 0, 0x42, 0, 0x44, 0, (byte) 0xbc});
            channel.write(halves, raw.place("data") + far);
        }
        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.weights().tensor("c").floats().toArray()).containsExactly(1, 2, 3, 4, -1);
            assertThat(file.weights().tensor("a").floats().size()).isEqualTo(64);
        }
    }

    /// The numbers and sizes of ggml's `ggml_type` and its block structures.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 F32 1 4",
                "1 F16 1 2",
                "2 Q4_0 32 18",
                "3 Q4_1 32 20",
                "6 Q5_0 32 22",
                "7 Q5_1 32 24",
                "8 Q8_0 32 34",
                "9 Q8_1 32 36",
                "10 Q2_K 256 84",
                "11 Q3_K 256 110",
                "12 Q4_K 256 144",
                "13 Q5_K 256 176",
                "14 Q6_K 256 210",
                "15 Q8_K 256 292",
                "16 IQ2_XXS 256 66",
                "17 IQ2_XS 256 74",
                "18 IQ3_XXS 256 98",
                "19 IQ1_S 256 50",
                "20 IQ4_NL 32 18",
                "21 IQ3_S 256 110",
                "22 IQ2_S 256 82",
                "23 IQ4_XS 256 136",
                "24 I8 1 1",
                "25 I16 1 2",
                "26 I32 1 4",
                "27 I64 1 8",
                "28 F64 1 8",
                "29 IQ1_M 256 56",
                "30 BF16 1 2",
                "34 TQ1_0 256 54",
                "35 TQ2_0 256 66",
                "39 MXFP4 32 17"
            })
    void typesHaveTheNumbersAndSizesOfGgml(String line) {
        String[] of = line.split(" ");
        StoredType type = GgmlTypes.type(Integer.parseInt(of[0])).orElseThrow();
        assertThat(type.name()).isEqualTo(of[1]);
        assertThat(type.block()).isEqualTo(Integer.parseInt(of[2]));
        assertThat(type.blockBytes()).isEqualTo(Integer.parseInt(of[3]));
        assertThat(GgmlTypes.id(type)).isEqualTo(Integer.parseInt(of[0]));
    }
}

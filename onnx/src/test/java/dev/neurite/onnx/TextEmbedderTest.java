package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.INT64;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.graph;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.value;
import static dev.neurite.text.Truncation.Strategy.LONGEST_FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.TextEmbedder.Pooling;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.text.Side;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.Truncation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With a model that looks up a vector for each token: (2, 0) for `[CLS]`, (0, 4) for `[SEP]`, (1, 1) for a …
class TextEmbedderTest {
    private static final Offset<Float> ROUNDING = within(1e-6f);
    private static final String TOKENIZER = """
        {
          "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
          "pre_tokenizer": {"type": "Whitespace"},
          "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
          "decoder": null,
          "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "b": 5, "c": 6, "##c": 7}
          }
        }
        """;

    @TempDir
    private Path temp;

    private Path tokenizer;
    private TextEmbedder embedder;

    @BeforeEach
    void load() throws IOException {
        tokenizer = Files.writeString(temp.resolve("tokenizer.json"), TOKENIZER);
        embedder = TextEmbedder.load(model("input_ids", "attention_mask"), tokenizer);
    }

    private Path model(String... inputs) throws IOException {
        float[] table = {9, 9, 0, 0, 2, 0, 0, 4, 1, 1, 3, 1, 5, 5, 7, 1};
        GraphProto.Builder graph = graph(node("Gather", "table " + inputs[0], "y"))
                .clearInput()
                .addInitializer(floats("table", List.of(8L, 2L), table))
                .setOutput(0, value("y", Protos.FLOAT, "rows", "tokens", 2L));
        for (String each : inputs) graph.addInput(value(each, INT64, "rows", "tokens"));
        Path file = temp.resolve(inputs[0] + ".onnx");
        return Files.write(file, Protos.model(graph).build().toByteArray());
    }

    @Test
    void theVectorIsTheMeanOfTheTokensWithLengthOne() {
        assertThat(embedder.withNormalization(false).embed("a b")).containsExactly(6f / 4, 6f / 4);
        assertThat(embedder.embed("a b")).containsExactly(new float[] {0.5f * 1.4142135f, 0.5f * 1.4142135f}, ROUNDING);
    }

    @Test
    void anEmptyTextHasTheSpecialTokens() {
        assertThat(embedder.withNormalization(false).embed("")).containsExactly(1, 2);
        assertThat(embedder.tokens("")).isZero();
        assertThat(embedder.tokens("a bcc")).isEqualTo(4);
    }

    @Test
    void clsTakesTheFirstToken() {
        assertThat(embedder.withPooling(Pooling.CLS).embed("a b c")).containsExactly(1, 0);
    }

    @Test
    void textsOfDifferentLengthsKeepTheirOrderAndTheirBits() {
        List<String> texts = List.of("a b c a b c", "", "c", "a a a", "bcc", "b");
        List<float[]> alone = texts.stream().map(embedder::embed).toList();
        assertThat(embedder.withBatch(2).embed(texts))
                .usingRecursiveComparison()
                .isEqualTo(alone);
        assertThat(embedder.embed(texts)).usingRecursiveComparison().isEqualTo(alone);
        assertThat(embedder.embed(List.of())).isEmpty();
    }

    @Test
    void aLongTextIsTheMeanOfItsPartsByTheirTokens() {
        TextEmbedder shorter = embedder.withNormalization(false).withMostTokens(4);
        float x = (2 * (6f / 4) + 7f / 3) / 3; // of [CLS] a b [SEP] and of [CLS] c [SEP]
        float y = (2 * (6f / 4) + 9f / 3) / 3;
        assertThat(shorter.embed("a b c")).containsExactly(new float[] {x, y}, ROUNDING);
    }

    @Test
    void partsDoNotEndWithinWords() {
        TextEmbedder shorter = embedder.withNormalization(false).withMostTokens(5);
        float x = (3f / 3 + 3 * (19f / 5)) / 4; // of [CLS] a [SEP] and of [CLS] b ##c ##c [SEP]
        float y = (5f / 3 + 3 * (7f / 5)) / 4;
        assertThat(shorter.embed("a bcc")).containsExactly(new float[] {x, y}, ROUNDING);
    }

    /// Tokens of other models do not say by themselves whether they go on with a word.
    @Test
    void partsDoNotEndWithinWordsOfOtherModels() throws IOException {
        String bytes = other(
                "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": true}",
                """
                {"type": "BPE", "merges": ["Ġ b"],
                 "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "b": 5, "c": 6, "Ġb": 7, "Ġ": 8}}\
                """);
        String pieces = other(
                "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"always\", \"split\": true}",
                """
                {"type": "Unigram", "unk_id": 1,
                 "vocab": [["[PAD]", 0.0], ["[UNK]", -9.0], ["[CLS]", 0.0], ["[SEP]", 0.0],
                           ["▁a", -1.0], ["▁b", -1.0], ["c", -1.0], ["d", -1.0]]}\
                """);
        float y = (5f / 3 + 3 * (15f / 5)) / 4; // of [CLS] a [SEP] and of [CLS] b c c [SEP]
        assertThat(inParts(bytes, "a bcc")).containsExactly(new float[] {(1 + 3 * (19f / 5)) / 4, y}, ROUNDING);
        assertThat(inParts(pieces, "a bcc")).containsExactly(new float[] {(1 + 3 * (15f / 5)) / 4, y}, ROUNDING);
    }

    private static String other(String preTokenizer, String model) {
        int first = TOKENIZER.indexOf("\"model\": {");
        return TOKENIZER.substring(0, first).replace("{\"type\": \"Whitespace\"}", preTokenizer) + "\"model\": " + model
                + "}";
    }

    private float[] inParts(String json, String text) throws IOException {
        Path file = Files.writeString(temp.resolve("other.json"), json);
        return TextEmbedder.load(model("input_ids", "attention_mask"), file)
                .withNormalization(false)
                .withMostTokens(5)
                .embed(text);
    }

    @Test
    void aWordThatIsLongerThanAPartIsCut() {
        TextEmbedder shorter = embedder.withNormalization(false).withMostTokens(5);
        float x = (3 * (21f / 5) + 3 * (23f / 5) + 9f / 3) / 7; // of c ##c ##c, of ##c ##c ##c, and of ##c
        float y = (3 * (11f / 5) + 3 * (7f / 5) + 5f / 3) / 7;
        assertThat(shorter.embed("ccccccc")).containsExactly(new float[] {x, y}, ROUNDING);
    }

    @Test
    void truncationLeavesTokensOut() {
        TextEmbedder brief = embedder.withTruncation(new Truncation(4));
        assertThat(brief.tokens("a b c a")).isEqualTo(2);
        assertThat(brief.embed("a b c a")).containsExactly(embedder.embed("a b"));
        assertThat(brief.withMostTokens(3).vectors(List.of("a b c", "")))
                .extracting(TextVector::tokens)
                .containsExactly(2, 0);
        TextEmbedder end = embedder.withTruncation(new Truncation(4, LONGEST_FIRST, Side.LEFT, 0));
        assertThat(end.embed("a b c a")).containsExactly(embedder.embed("c a"));
    }

    @Test
    void aTextIsShortenedToWhatTheModelTakesAtOnce() {
        TextEmbedder four = embedder.withMostTokens(4);
        assertThat(four.room()).isEqualTo(2);
        assertThat(four.shortened("a b ", Side.RIGHT)).isEqualTo("a b ");
        assertThat(four.shortened("a b c a", Side.RIGHT)).isEqualTo("a b");
        assertThat(four.shortened("a b c a", Side.LEFT)).isEqualTo("c a");
        TextEmbedder three = four.withTruncation(new Truncation(3));
        assertThat(three.room()).isEqualTo(1);
        assertThat(three.shortened("a b c a", Side.LEFT)).isEqualTo("a");
        assertThat(embedder.room()).isEqualTo(510);
    }

    @Test
    void aVectorMayBeNormalizedLater() {
        TextVector raw =
                embedder.withNormalization(false).vectors(List.of("a b b")).getFirst();
        assertThat(raw.normalized().vector()).containsExactly(embedder.embed("a b b"));
        assertThat(raw.normalized().tokens()).isEqualTo(raw.tokens());
        assertThat(new TextVector(new float[2], 0).normalized().vector()).containsExactly(0, 0);
        assertThat(embedder.normalizes()).isTrue();
    }

    @Test
    void theDimensionIsThatOfTheVectors() throws IOException {
        assertThat(embedder.dimension()).isEqualTo(2);
        GraphProto.Builder graph = graph(node("Gather", "table input_ids", "y"))
                .clearInput()
                .addInput(value("input_ids", INT64, "rows", "tokens"))
                .addInitializer(floats("table", List.of(8L, 2L), new float[16]))
                .setOutput(0, value("y", Protos.FLOAT, "rows", "tokens", "size"));
        OnnxModel open = OnnxModel.read(Protos.model(graph).build().toByteArray());
        assertThat(TextEmbedder.of(open, Tokenizer.load(tokenizer)).dimension()).isEqualTo(2);
    }

    /// The vectors of b and what is around it have numbers up to 4; beside c, up to 7, they are rounded otherwise.
    @Test
    void aModelThatQuantizesByRangeGivesATextTheSameVectorBesideOthers() {
        float[] table = {9, 9, 0, 0, 2, 0, 0, 4, 1, 1, 3, 1.3f, 5, 7, 7, 1};
        GraphProto.Builder graph = graph(
                        node("Gather", "table input_ids", "rows"),
                        node("DynamicQuantizeLinear", "rows", "q scale zero"),
                        node("DequantizeLinear", "q scale zero", "y"))
                .clearInput()
                .addInput(value("input_ids", INT64, "rows", "tokens"))
                .addInput(value("attention_mask", INT64, "rows", "tokens"))
                .addInitializer(floats("table", List.of(8L, 2L), table))
                .setOutput(0, value("y", Protos.FLOAT, "rows", "tokens", 2L));
        OnnxModel model = OnnxModel.read(Protos.model(graph).build().toByteArray());
        TextEmbedder quantized = TextEmbedder.of(model, Tokenizer.load(tokenizer));
        assertThat(quantized.embed(List.of("b", "c")).getFirst()).containsExactly(quantized.embed("b"));
        assertThat(quantized.withBatch(2).embed(List.of("b", "c")).getFirst()).isNotEqualTo(quantized.embed("b"));
        assertThat(quantized.withBatch(2).embed(List.of("b", "c ".repeat(20))).getFirst())
                .as("alone, as the padding would take longer than a run")
                .containsExactly(quantized.embed("b"));
    }

    /// It would take the padding for tokens.
    @Test
    void aModelWithoutAMaskComputesTextsOneByOne() throws IOException {
        TextEmbedder unmasked = TextEmbedder.load(model("input_ids"), tokenizer);
        List<String> texts = List.of("a", "a b c a b c");
        assertThat(unmasked.embed(texts)).usingRecursiveComparison().isEqualTo(embedder.embed(texts));
        assertThat(unmasked.withBatch(1).embed("a")).containsExactly(embedder.embed("a"));
        assertThatThrownBy(() -> unmasked.withBatch(2))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no input attention_mask, got 2");
    }

    @Test
    void anEmptyTextWithoutSpecialTokensIsZero() throws IOException {
        int first = TOKENIZER.indexOf("\"post_processor\": {");
        String plain = TOKENIZER.substring(0, first) + "\"post_processor\": null,"
                + TOKENIZER.substring(TOKENIZER.indexOf('\n', first));
        Path file = Files.writeString(temp.resolve("plain.json"), plain);
        TextEmbedder bare = TextEmbedder.load(model("input_ids", "attention_mask"), file);
        for (Pooling each : Pooling.values()) {
            List<float[]> vectors =
                    bare.withPooling(each).withNormalization(false).embed(List.of("", "a"));
            assertThat(vectors.getFirst()).containsExactly(0, 0);
            assertThat(vectors.getLast()).containsExactly(1, 1);
            assertThat(bare.withPooling(each).embed("")).containsExactly(0, 0);
        }
    }

    @Test
    void settingsAndModelsThatCannotBeAreRefused() throws IOException {
        assertThatThrownBy(() -> embedder.withMostTokens(2))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects room for more than the special tokens, got 2 tokens");
        assertThatThrownBy(() -> embedder.withTruncation(new Truncation(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects room for more than the special tokens, got 1 tokens");
        assertThatThrownBy(() -> embedder.withBatch(0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects at least 1 text at once, got 0");
        Path other = model("tokens");
        assertThatThrownBy(() -> TextEmbedder.load(other, tokenizer))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(
                        "expects a model with inputs input_ids, attention_mask, token_type_ids, got [tokens]");
    }
}

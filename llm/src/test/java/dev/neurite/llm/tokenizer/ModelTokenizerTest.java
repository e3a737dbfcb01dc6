package dev.neurite.llm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.llm.gguf.Metadata;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Vocabularies that `scripts/golden/model_tokenizers.sh` made, in the forms of GGUF and of Hugging Face's library.
final class ModelTokenizerTest {
    private static final String KEYS = "tokenizer.ggml.";

    @TempDir
    private Path folder;

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(ModelTokenizerTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    private static Json json(String name) {
        try {
            return Json.read(resource(name));
        } catch (Json.SyntaxException e) {
            throw new AssertionError(name, e);
        }
    }

    private static Map<String, Json> object(Json json) {
        if (json instanceof JsonObject(Map<String, Json> members)) return members;
        throw new AssertionError(json.write());
    }

    private static List<Json> list(Json json) {
        if (json instanceof JsonArray(List<Json> items)) return items;
        throw new AssertionError(json.write());
    }

    private static Json member(Json json, String name) {
        return Objects.requireNonNull(object(json).get(name), name);
    }

    private static List<String> texts(Json json) {
        return list(json).stream().map(each -> ((JsonString) each).value()).toList();
    }

    private static List<Double> numbers(Json json) {
        return list(json).stream()
                .map(each -> Double.valueOf(((JsonNumber) each).literal()))
                .toList();
    }

    private static List<Long> wholes(Json json) {
        return list(json).stream()
                .map(each -> Long.valueOf(((JsonNumber) each).literal()))
                .toList();
    }

    private static int[] ids(Json json) {
        return wholes(json).stream().mapToInt(Math::toIntExact).toArray();
    }

    /// A `tokenizer.json` of a family.
    private static Json form(String name) {
        if (name.equals("llama") || name.equals("gemma")) return json(name + ".json");
        Map<String, Json> file = new LinkedHashMap<>(object(member(json("stages.json"), name)));
        Map<String, Json> model = new LinkedHashMap<>(object(Objects.requireNonNull(file.get("model"))));
        model.putAll(object(json("bytes.json")));
        file.put("model", new JsonObject(model));
        return new JsonObject(file);
    }

    private ModelTokenizer loaded(Json tokenizer, Map<String, String> others) {
        try {
            Path own = Files.createTempDirectory(folder, "model");
            Files.writeString(own.resolve("tokenizer.json"), tokenizer.write());
            for (Map.Entry<String, String> each : others.entrySet()) {
                Files.writeString(own.resolve(each.getKey()), each.getValue());
            }
            return ModelTokenizer.load(own);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final Map<String, String> BYTES_CONFIG =
            Map.of("tokenizer_config.json", """
                {"bos_token": "<|begin_of_text|>", "eos_token": {"content": "<|end_of_text|>"}, "chat_template": "{{ bos_token }}x"}\
                """, "generation_config.json", "{\"eos_token_id\": [1202, 1201]}");

    private static final Map<String, String> SCORES_CONFIG = Map.of(
            "tokenizer_config.json",
            "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"unk_token\": {\"content\": \"<unk>\"}}");

    private ModelTokenizer loaded(String name) {
        boolean scores = name.equals("llama") || name.equals("gemma");
        return loaded(form(name), scores ? SCORES_CONFIG : BYTES_CONFIG);
    }

    private static Map<String, String> differences(ModelTokenizer tokenizer, List<Json> golden) {
        List<String> texts = texts(json("texts.json"));
        Map<String, String> wrong = new TreeMap<>();
        for (int i = 0; i < texts.size(); i++) {
            int[] got = tokenizer.encode(texts.get(i));
            if (!Arrays.equals(got, ids(golden.get(i)))) {
                wrong.put(
                        texts.get(i),
                        Arrays.toString(got) + " instead of " + golden.get(i).write());
            }
        }
        return wrong;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-2",
                "llama-bpe",
                "dbrx",
                "qwen2",
                "smollm",
                "tekken",
                "gpt-4o",
                "deepseek-llm",
                "deepseek-coder",
                "deepseek-v3",
                "default",
                "llama",
                "gemma"
            })
    void bothFormsGiveTheIdsOfTheReference(String name) {
        List<Json> golden = list(member(json("golden.json"), name));
        assertThat(golden).hasSizeGreaterThan(200);
        ModelTokenizer first = loaded(name);
        assertThat(differences(first, golden)).isEmpty();

        Map<String, Object> entries = first.entries(1300);
        assertThat(entries).doesNotContainKey(GgufVocabulary.WHOLE);
        assertThat(entries.get(KEYS + "pre"))
                .isEqualTo(name.equals("llama") || name.equals("gemma") ? "default" : name);
        ModelTokenizer second = ModelTokenizer.of(Metadata.of("model.gguf", entries));
        assertThat(differences(second, golden)).isEmpty();
        assertThat(second.tokenizer().vocabularySize()).isEqualTo(1300);
        assertThat(second.tokenizer().token(1299)).isEqualTo("[PAD1299]");
        assertThat(second.bos()).isEqualTo(first.bos());
        assertThat(second.eos()).isEqualTo(first.eos()).isPresent();
        assertThat(second.unknown()).isEqualTo(first.unknown());
        assertThat(second.ends()).isEqualTo(first.ends());
        assertThat(second.addsBos()).isEqualTo(first.addsBos());
        assertThat(second.addsEos()).isFalse();
        assertThat(second.chatTemplate().isPresent())
                .isEqualTo(first.chatTemplate().isPresent());
        for (String text : texts(json("texts.json"))) {
            int[] tokens = first.encode(text);
            assertThat(second.decode(tokens, true)).isEqualTo(first.decode(tokens, true));
        }
    }

    private static Metadata ofPieces(String name) {
        Json pieces = json(name + "-pieces.json");
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put(KEYS + "model", "llama");
        entries.put(KEYS + "pre", "default");
        entries.put(KEYS + "tokens", texts(member(pieces, "tokens")));
        entries.put(KEYS + "scores", numbers(member(pieces, "scores")));
        entries.put(KEYS + "token_type", wholes(member(pieces, "types")));
        entries.put(KEYS + "bos_token_id", 1L);
        entries.put(KEYS + "eos_token_id", 2L);
        entries.put(KEYS + "add_bos_token", false);
        if (name.equals("gemma")) entries.put(KEYS + "add_space_prefix", false);
        return Metadata.of(name + ".gguf", entries);
    }

    /// Texts in which SentencePiece, as here, does not look for the tokens `<s>`, `</s>` and `<unk>`.
    private static boolean isPlain(String text) {
        return !text.contains("<s>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma"})
    void scoresGiveTheIdsOfSentencePiece(String name) {
        ModelTokenizer tokenizer = ModelTokenizer.of(ofPieces(name));
        Map<String, String> wrong = differences(tokenizer, list(json(name + "-sentencepiece.json")));
        wrong.keySet().removeIf(text -> !isPlain(text));
        assertThat(wrong).isEmpty();
        assertThat(tokenizer.unknown()).isEmpty();
        assertThat(tokenizer.ends()).contains(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "llama-bpe", "llama", "gemma"})
    void aStreamGivesTheTextOfAllTokens(String name) {
        ModelTokenizer tokenizer = loaded(name);
        List<String> texts = texts(json("texts.json"));
        var random = new SplittableRandom(7);
        List<int[]> all = new ArrayList<>();
        for (String text : texts) all.add(tokenizer.encode(text));
        int least = tokenizer.tokenizer().id("<0xFF>").orElse(-1) + 1; // bytes in tokens of letters only
        for (int i = 0; i < 300; i++) {
            all.add(random.ints(40, least, tokenizer.tokenizer().vocabularySize())
                    .toArray());
        }
        for (boolean skips : new boolean[] {true, false}) {
            for (int[] tokens : all) {
                TextStream stream = tokenizer.stream(skips);
                var text = new StringBuilder();
                for (int each : tokens) text.append(stream.add(each));
                text.append(stream.end());
                assertThat(text.toString()).isEqualTo(tokenizer.decode(tokens, skips));
            }
        }
    }

    @Test
    void charactersComeWhole() {
        ModelTokenizer tokenizer = loaded("llama");
        TextStream stream = tokenizer.stream(true);
        List<String> parts = new ArrayList<>();
        for (int each : tokenizer.encode("𓀀!")) parts.add(stream.add(each));
        assertThat(parts).contains("𓀀", "!").noneMatch(each -> each.contains("\uFFFD"));
        assertThat(stream.end()).isEmpty();
        int first = tokenizer.tokenizer().id("<0xF0>").orElseThrow();
        assertThat(stream.add(first)).isEmpty();
        assertThat(stream.end()).isEqualTo("\uFFFD");
    }

    /// What has been returned stays, whatever follows.
    @Test
    void bytesThatAreNoTextEnd() {
        ModelTokenizer tokenizer = loaded("llama");
        int letter = tokenizer.tokenizer().id("<0x49>").orElseThrow();
        int wrong = tokenizer.tokenizer().id("<0xFF>").orElseThrow();
        TextStream stream = tokenizer.stream(true);
        assertThat(stream.add(letter)).isEqualTo("I");
        var rest = new StringBuilder();
        for (int i = 0; i < 20; i++) rest.append(stream.add(wrong));
        assertThat(rest).hasToString("\uFFFD".repeat(16));
        assertThat(stream.end()).isEqualTo("\uFFFD".repeat(4));
    }

    @Test
    void knowsTheTokensThatEndAnswers() {
        ModelTokenizer tokenizer = loaded("llama-bpe");
        assertThat(tokenizer.bos()).hasValue(1200);
        assertThat(tokenizer.eos()).hasValue(1202);
        assertThat(tokenizer.ends()).containsExactly(1201, 1202);
        assertThat(tokenizer.addsBos()).isTrue();
        assertThat(tokenizer.encode("a")).startsWith(1200);
        assertThat(tokenizer.encodeChat("<|begin_of_text|>a")).startsWith(1200).hasSize(2);
        assertThat(tokenizer.chatTemplate().orElseThrow().render(List.of(), false, Map.of()))
                .isEqualTo("<|begin_of_text|>x");
        Map<String, Object> entries = tokenizer.entries(1204);
        assertThat(entries)
                .containsEntry(KEYS + "model", "gpt2")
                .containsEntry(KEYS + "eos_token_id", 1202L)
                .containsEntry(KEYS + "eot_token_id", 1201L)
                .containsEntry(KEYS + "add_bos_token", true)
                .containsEntry("tokenizer.chat_template", "{{ bos_token }}x");
        assertThat(loaded("qwen2").addsBos()).isFalse();
    }

    /// What GGUF has no word for is kept in the whole `tokenizer.json`.
    @Test
    void tokensThatTakeSpacesAreKept() {
        Map<String, Json> file = new LinkedHashMap<>(object(form("llama")));
        List<Json> added = new ArrayList<>();
        for (Json each : list(Objects.requireNonNull(file.get("added_tokens")))) {
            Map<String, Json> token = new LinkedHashMap<>(object(each));
            token.put("rstrip", Json.of(true));
            added.add(new JsonObject(token));
        }
        file.put("added_tokens", new JsonArray(added));
        ModelTokenizer first = loaded(new JsonObject(file), SCORES_CONFIG);
        Map<String, Object> entries = first.entries(1200);
        assertThat(entries).containsKey(GgufVocabulary.WHOLE);
        ModelTokenizer second = ModelTokenizer.of(Metadata.of("model.gguf", entries));
        String text = "a <tool_call>  \n b";
        assertThat(second.encode(text))
                .isEqualTo(first.encode(text))
                .isNotEqualTo(loaded("llama").encode(text));

        Map<String, Object> named = new LinkedHashMap<>(loaded("llama").entries(1200));
        named.put("general.name", "Phi-3 mini");
        ModelTokenizer phi = ModelTokenizer.of(Metadata.of("model.gguf", named));
        assertThat(phi.encode("</s>\n\na")).isEqualTo(phi.encode("</s>a"));
    }

    @Test
    void mergesThatAreNoScoresAreKept() {
        Map<String, Json> file = new LinkedHashMap<>(object(form("llama")));
        Map<String, Json> model = new LinkedHashMap<>(object(Objects.requireNonNull(file.get("model"))));
        List<Json> merges = list(Objects.requireNonNull(model.get("merges")));
        model.put("merges", new JsonArray(merges.subList(0, merges.size() - 1)));
        file.put("model", new JsonObject(model));
        assertThat(loaded(new JsonObject(file), SCORES_CONFIG).entries(1200)).containsKey(GgufVocabulary.WHOLE);
    }

    private static Metadata changed(Consumer<Map<String, Object>> change) {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put(KEYS + "model", "gpt2");
        entries.put(KEYS + "pre", "gpt-2");
        entries.put(KEYS + "tokens", List.of("a", "b", "ab", "<end>"));
        entries.put(KEYS + "token_type", List.of(1L, 1L, 1L, 3L));
        entries.put(KEYS + "merges", List.of("a b"));
        entries.put(KEYS + "eos_token_id", 3L);
        change.accept(entries);
        return Metadata.of("small.gguf", entries);
    }

    private static void refused(Consumer<Map<String, Object>> change, String... parts) {
        var thrown = assertThatThrownBy(() -> ModelTokenizer.of(changed(change)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("small.gguf");
        for (String each : parts) thrown.hasMessageContaining(each);
    }

    @Test
    void wrongMetadataAreRefused() {
        assertThat(ModelTokenizer.of(changed(_ -> {})).encode("abba<end>")).containsExactly(2, 1, 0, 3);
        refused(each -> each.put(KEYS + "model", "t5"), "tokenizer.ggml.model", "gpt2, llama", "'t5'");
        refused(each -> each.put(KEYS + "pre", "qwen-2"), "tokenizer.ggml.pre", "Did you mean 'qwen2'?");
        refused(each -> each.remove(KEYS + "pre"), "tokenizer.ggml.pre", "got none");
        refused(each -> each.remove(KEYS + "tokens"), "tokenizer.ggml.tokens");
        refused(each -> each.remove(KEYS + "merges"), "tokenizer.ggml.merges");
        refused(
                each -> each.put(KEYS + "tokens", List.of("a", "b", "a", "<end>")),
                "each token once",
                "'a' again at 2");
        refused(each -> each.put(KEYS + "token_type", List.of(1L)), "one for each of 4 tokens, got 1");
        refused(each -> each.put(KEYS + "merges", List.of("ab")), "got 'ab' at 0");
        refused(each -> each.put(KEYS + "merges", List.of("b b")), "merges");
        refused(each -> each.put(KEYS + "eos_token_id", 4L), "eos_token_id", "from 0 to 3, got 4");
        refused(each -> each.put(KEYS + "eot_token_id", -1L), "eot_token_id");
        refused(each -> each.put(KEYS + "add_bos_token", true), "bos_token_id", "got none");
        refused(each -> each.put(KEYS + "add_bos_token", "yes"), "add_bos_token");
        refused(each -> each.put(KEYS + "remove_extra_whitespaces", true), "remove_extra_whitespaces");
        refused(each -> each.put(KEYS + "model", "llama"), "scores");
        refused(
                each -> {
                    each.put(KEYS + "model", "llama");
                    each.put(KEYS + "scores", List.of(0.0, -1.0, Double.NaN, 0.0));
                },
                "finite",
                "at 2");
        refused(
                each -> {
                    each.put(KEYS + "model", "llama");
                    each.put(KEYS + "tokens", List.of("a", "b", "c".repeat(513), "<end>"));
                    each.put(KEYS + "scores", List.of(0.0, -1.0, -2.0, 0.0));
                },
                "at most 512 characters");
        refused(each -> each.put(GgufVocabulary.WHOLE, "{"), "tokenizer.huggingface.json");
        refused(each -> each.put(GgufVocabulary.WHOLE, "{}"), "version");
    }

    @Test
    void emptyTokensHaveNames() {
        ModelTokenizer tokenizer = ModelTokenizer.of(changed(each -> {
            each.put(KEYS + "tokens", List.of("a", "b", "ab", "<end>", "", ""));
            each.remove(KEYS + "token_type");
        }));
        assertThat(tokenizer.tokenizer().token(5)).isEqualTo("[EMPTY_5]");
    }

    @Test
    void wrongFoldersAreRefused() {
        assertThatThrownBy(() -> ModelTokenizer.load(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("tokenizer.json");
        Json form = form("gpt-2");
        assertThatThrownBy(() -> loaded(form, Map.of("generation_config.json", "{\"eos_token_id\": 99999}")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("generation_config.json, eos_token_id")
                .hasMessageContaining("99999");
        assertThatThrownBy(() -> loaded(form, Map.of("tokenizer_config.json", "[]")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects a JSON object");
        ModelTokenizer tokenizer = loaded("gpt-2");
        assertThatThrownBy(() -> tokenizer.entries(1203))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects ids below the model's 1203, got 1203");
        Map<String, Json> file = new LinkedHashMap<>(object(form));
        file.put("pre_tokenizer", Json.of(Map.of("type", "WhitespaceSplit")));
        ModelTokenizer other = loaded(new JsonObject(file), Map.of());
        assertThatThrownBy(() -> other.entries(1300))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("pre_tokenizer")
                .hasMessageContaining("llama-bpe");
    }
}

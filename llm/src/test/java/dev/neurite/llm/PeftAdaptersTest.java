package dev.neurite.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.LoraFile;
import dev.neurite.io.Safetensors;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.layer.Lora;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Adapters in PEFT's files beside a program in PyTorch, `scripts/golden/language_adapters.py`.
class PeftAdaptersTest {
    private static final Generation GREEDY = Generation.USUAL.greedy().withMaxTokens(12);

    @TempDir
    Path temp;

    private static JsonObject golden() {
        try {
            return (JsonObject) Json.read(Files.readString(TinyDirectory.resource("adapter/golden.json")));
        } catch (IOException | Json.SyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Json> scores() {
        return ((JsonObject) member(golden().map(), "scores")).map();
    }

    private static Json member(Map<String, Json> of, String name) {
        return Objects.requireNonNull(of.get(name));
    }

    private static float[] numbers(Json json) {
        List<Json> all = ((JsonArray) json).list();
        float[] numbers = new float[all.size()];
        for (int i = 0; i < numbers.length; i++) numbers[i] = Float.parseFloat(((JsonNumber) all.get(i)).literal());
        return numbers;
    }

    static Stream<String> families() {
        return scores().keySet().stream();
    }

    private static Path adapter(String family) {
        return Objects.requireNonNull(TinyDirectory.resource("adapter/" + family + "/adapter_config.json")
                .getParent());
    }

    private static LoadSettings with(Path adapter) {
        return LoadSettings.USUAL.withAdapter(adapter);
    }

    private static float[] scores(Model model) {
        float[] prompt = numbers(member(golden().map(), "prompt"));
        return model.predict(Tensor.of(Shape.of(1, prompt.length), prompt)).toArray();
    }

    private static double difference(float[] got, float[] expected) {
        assertThat(got).hasSameSizeAs(expected);
        double most = 0;
        for (int i = 0; i < got.length; i++) {
            most = Math.max(most, Math.abs(got[i] - expected[i]) / (1 + Math.abs(expected[i])));
        }
        return most;
    }

    /// Beside the weights of a directory, beside those of a GGUF file, whose rows of queries and keys may have another
    /// order, and merged into them.
    @ParameterizedTest
    @MethodSource("families")
    void scoresAreThoseOfPytorch(String family) throws IOException {
        float[] expected = numbers(member(scores(), family));
        Path directory = TinyDirectory.copy(family, temp);
        Path gguf = temp.resolve("model.gguf");
        Path merged = temp.resolve("merged.gguf");
        GgufConversion.write(directory, StoredType.F32, gguf);
        GgufConversion.write(directory, StoredType.F32, merged, Optional.of(adapter(family)));
        try (LanguageModel plain = LanguageModel.load(directory);
                LanguageModel one = LanguageModel.load(directory, with(adapter(family)));
                LanguageModel other = LanguageModel.load(gguf, with(adapter(family)));
                LanguageModel whole = LanguageModel.load(merged)) {
            assertThat(difference(scores(plain.scores()), expected)).isGreaterThan(0.1);
            List<Integer> tokens = one.complete("abba", GREEDY).tokens();
            for (LanguageModel each : List.of(one, other, whole)) {
                assertThat(difference(scores(each.scores()), expected)).isLessThan(1e-4);
                assertThat(each.complete("abba", GREEDY).tokens()).isEqualTo(tokens);
            }
            assertThat(one.bytes()).isGreaterThan(plain.bytes());
        }
    }

    /// The adapters of a file of either kind are written as PEFT has them.
    @ParameterizedTest
    @ValueSource(strings = {"llama2", "llama3", "qwen2"})
    void whatIsSavedIsPefts(String family) throws IOException {
        Path directory = TinyDirectory.copy(family, temp);
        Path gguf = temp.resolve("model.gguf");
        Path saved = temp.resolve("saved");
        GgufConversion.write(directory, StoredType.F32, gguf);
        for (Path each : List.of(directory, gguf)) {
            try (LanguageModel model = LanguageModel.load(each, with(adapter(family)))) {
                model.saveAdapter(model.scores(), saved);
                assertThat(LoraFile.read(saved).tensors())
                        .isEqualTo(LoraFile.read(adapter(family)).tensors());
                assertThat(Files.readString(saved.resolve("adapter_config.json")))
                        .contains("\"CAUSAL_LM\"");
            }
        }
    }

    @Test
    void whatPeftHasNoNameForIsNotSaved() throws IOException {
        try (LanguageModel phi = LanguageModel.load(TinyDirectory.copy("phi3", temp), with(adapter("phi3")));
                LanguageModel qwen = LanguageModel.load(TinyDirectory.copy("qwen2", temp))) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> phi.saveAdapter(phi.scores(), temp.resolve("saved")))
                    .withMessageContaining("model.layers.0.self_attn.qkv_proj, which has several");
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> qwen.saveAdapter(qwen.scores(), temp.resolve("saved")))
                    .withMessageContaining("got none");
            try (LanguageModel wider = LanguageModel.load(Truth.path("tiny-F32"))) {
                Model other = Lora.of(wider.scores(), 2).adapted();
                assertThatExceptionOfType(ConfigException.class)
                        .isThrownBy(() -> qwen.saveAdapter(other, temp.resolve("saved")))
                        .withMessageContaining("expects adapters of this language model");
            }
        }
        assertThat(temp.resolve("saved")).doesNotExist();
    }

    @Test
    void adaptersThatDoNotFitAreRefused() throws IOException {
        Path directory = TinyDirectory.copy("llama3", temp);
        refused(directory, adapter("phi3"), "'model.layers.0.self_attn.qkv_proj'");
        refused(directory, adapter("llama2"), "lm_head"); //   tied here
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> LanguageModel.load(directory, with(temp)))
                .withMessageContaining("adapter_config.json");

        Path changed = Files.createDirectory(temp.resolve("changed"));
        Files.copy(adapter("llama3").resolve("adapter_config.json"), changed.resolve("adapter_config.json"));
        Path file = changed.resolve("adapter_model.safetensors");
        Map<String, Tensor> tensors =
                new LinkedHashMap<>(Safetensors.read(adapter("llama3").resolve("adapter_model.safetensors"))
                        .tensors());
        String b = "base_model.model.model.layers.1.self_attn.k_proj.lora_B.weight";
        tensors.put(b, Tensor.zeros(Shape.of(9, 3)));
        new Safetensors(Map.of(), tensors).write(file);
        refused(directory, changed, b);
        Path config = changed.resolve("adapter_config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replaceFirst("\"r\": *[0-9]+", "\"r\": 2"));
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> LanguageModel.load(directory, with(changed)))
                .withMessageContaining("adapter_config.json says a rank of 2: the two files do not belong together");
        Files.writeString(config, text);
        tensors.remove(b);
        new Safetensors(Map.of(), tensors).write(file);
        refused(directory, changed, b);
    }

    private void refused(Path directory, Path adapter, String named) {
        Path to = temp.resolve("refused.gguf");
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> LanguageModel.load(directory, with(adapter)))
                .withMessageContaining(named);
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> GgufConversion.write(directory, StoredType.F32, to, Optional.of(adapter)))
                .withMessageContaining("base_model.model.");
        assertThat(to).doesNotExist();
    }
}

package dev.neurite.llm.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.CacheType;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.weights.WeightFile;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.PredictionSession;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The families beside a program in PyTorch, `scripts/golden/language_models.py`.
class FamilyTest {
    private static final List<Shape> IN = List.of(Shape.of(Shape.OPEN));

    private static Path folder() {
        try {
            Path golden = Path.of(Objects.requireNonNull(FamilyTest.class.getResource("golden.json"))
                    .toURI());
            return Objects.requireNonNull(golden.getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject json(Path file) {
        try {
            return (JsonObject) Json.read(Files.readString(file));
        } catch (IOException | Json.SyntaxException e) {
            throw new IllegalStateException(e);
        }
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

    private static Map<String, Json> scores() {
        return ((JsonObject) member(json(folder().resolve("golden.json")), "scores")).map();
    }

    private static Json member(JsonObject of, String name) {
        return Objects.requireNonNull(of.map().get(name));
    }

    private static Metadata config(String family) {
        return Config.members(family, json(folder().resolve(family).resolve("config.json")));
    }

    private static Model model(String name) {
        return model(name, CacheType.F32);
    }

    private static Model model(String name, CacheType cache) {
        Metadata config = config(name);
        Family family = Family.familyOf(config);
        DecoderSettings decoder = family.ofConfig(config);
        var graph = decoder.graph(DecoderSettings.Output.SCORES, cache);
        try (WeightFile weights = WeightFile.openSafetensors(folder().resolve(name))) {
            return Model.of(
                    IN,
                    graph,
                    StoredParameters.read(
                            new Network(graph, IN), weights, each -> family.source(decoder, each), Kernels.shared()));
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void scoresAreThoseOfPytorch(String name) {
        JsonObject golden = json(folder().resolve("golden.json"));
        float[] expected = numbers(Objects.requireNonNull(scores().get(name)));
        float[] prompt = numbers(member(golden, "prompt"));
        Model model = model(name);
        Tensor ids = Tensor.of(Shape.of(1, prompt.length), prompt);
        Tensor whole = model.predict(ids);
        float[] got = whole.toArray();
        assertThat(got).hasSameSizeAs(expected);
        for (int i = 0; i < got.length; i++) {
            assertThat(got[i]).isCloseTo(expected[i], within(1e-4f * (1 + Math.abs(expected[i]))));
        }
        PredictionSession session = model.session(1, prompt.length); // same bits in parts
        int at = 0;
        for (int part : new int[] {7, 1, 1, 6, prompt.length - 15}) {
            assertThat(session.predict(ids.slice(1, at, at + part))).isEqualTo(whole.slice(1, at, at + part));
            at += part;
        }
    }

    /// Attention rounds keys and values to 11 bits: an error of 2⁻¹² of each, as prompts, and one token at a time.
    @ParameterizedTest
    @MethodSource("families")
    void keysAndValuesInHalfThePrecisionTakeHalfTheMemory(String name) {
        float[] prompt = numbers(member(json(folder().resolve("golden.json")), "prompt"));
        Tensor ids = Tensor.of(Shape.of(1, prompt.length), prompt);
        Model whole = model(name);
        Tensor expected = whole.predict(ids);
        Model halves = model(name, CacheType.F16);
        PredictionSession session = halves.session(1, prompt.length);
        long floats = whole.session(1, prompt.length).bytes();
        assertThat((double) session.bytes()).isCloseTo(floats / 2.0, withinPercentage(2));
        Tensor first = session.predict(ids.slice(1, 0, 7));
        assertCloseInHalves(first, expected.slice(1, 0, 7));
        PredictionSession copy = session.withMost(prompt.length);
        for (int at = 7; at < prompt.length; at++) {
            Tensor next = ids.slice(1, at, at + 1);
            Tensor scores = session.predict(next);
            assertCloseInHalves(scores, expected.slice(1, at, at + 1));
            assertThat(copy.predict(next)).isEqualTo(scores);
        }
        PredictionSession other = halves.session(1, prompt.length); // the same bits in other parts
        int end = prompt.length;
        assertThat(other.predict(ids).slice(1, 0, 7)).isEqualTo(first);
        session.rewind(end - 3);
        assertThat(session.predict(ids.slice(1, end - 3, end)))
                .isEqualTo(halves.session(1, end).predict(ids).slice(1, end - 3, end));
    }

    /// A program in NumPy that rounds keys and values of other small models is off by up to 3.3e-3 of the deviation of
    /// the scores. HalfHeadsTest of core has the bits.
    private static void assertCloseInHalves(Tensor got, Tensor expected) {
        float[] all = expected.toArray();
        double mean = 0;
        for (float each : all) mean += each / all.length;
        double difference = 0;
        double deviation = 0;
        for (int i = 0; i < all.length; i++) {
            difference += Math.pow(got.toArray()[i] - all[i], 2);
            deviation += Math.pow(all[i] - mean, 2);
        }
        assertThat(Math.sqrt(difference / deviation)).isBetween(1e-6, 4e-3);
    }

    @ParameterizedTest
    @CsvSource({
        "llama2, model_type, mamba, expects one of",
        "llama2, hidden_act, relu, expects silu",
        "llama3, rope_scaling.rope_type, dynamic, 'expects default, linear, llama3, yarn or longrope'",
        "qwen2, use_sliding_window, true, expects false",
        "llama2, num_hidden_layers, 0, 'expects 1 to 16777216, got 0'",
        "llama2, num_hidden_layers, 99999999999, 'expects 1 to 16777216, got 99999999999'",
        "llama2, vocab_size, none, 'expects a whole number, got none'",
        "gemma2, sliding_window, none, expects a whole number",
        "gemma3, sliding_window_pattern, 4, expects 6",
        "phi3long, rope_scaling.long_factor, none, expects a list of numbers"
    })
    void whatIsNotKnownIsRefusedByName(String family, String key, String value, String message) {
        Metadata config = config(family);
        Map<String, Object> changed = new HashMap<>();
        for (String each : config.keys()) changed.put(each, config.value(each));
        if (value.equals("none")) changed.remove(key);
        else if (value.equals("true")) changed.put(key, true);
        else if (value.matches("[0-9]+")) changed.put(key, Long.parseLong(value));
        else changed.put(key, value);
        Metadata wrong = Metadata.of("config.json", changed);
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> Family.familyOf(wrong).ofConfig(wrong))
                .withMessageContaining("config.json, key '" + key)
                .withMessageContaining(message);
    }

    @Test
    void textsOfModelsForImagesAreFound() {
        Metadata config = config("gemma3");
        Map<String, Object> outer = new HashMap<>(Map.of("model_type", "gemma3"));
        for (String each : config.keys()) outer.put("text_config." + each, config.value(each));
        Metadata nested = Metadata.of("config.json", outer);
        assertThat(Family.familyOf(nested).ofConfig(nested))
                .isEqualTo(Family.familyOf(config).ofConfig(config));
    }

    @Test
    void aTensorThatIsMissingOrOfAnotherShapeIsRefused() {
        Metadata config = config("llama2");
        Family family = Family.familyOf(config);
        DecoderSettings decoder = family.ofConfig(config);
        var network = new Network(decoder.graph(DecoderSettings.Output.SCORES, CacheType.F32), IN);
        try (WeightFile weights = WeightFile.openSafetensors(folder().resolve("llama2"))) {
            assertThatExceptionOfType(ModelFormatException.class)
                    .isThrownBy(() -> StoredParameters.read(
                            network, weights, _ -> Family.Source.of("model.norm.weight"), Kernels.shared()))
                    .withMessageContaining("expects [40×16], got [16]");
            assertThatExceptionOfType(ModelFormatException.class)
                    .isThrownBy(() -> StoredParameters.read(
                            network, weights, each -> Family.Source.of(each + "s"), Kernels.shared()))
                    .withMessageContaining("expects a tensor 'model.embed_tokens.weights', got none");
            assertThatExceptionOfType(ModelFormatException.class)
                    .isThrownBy(() -> StoredParameters.read(
                            network, weights, each -> Family.Source.rows(each, 30), Kernels.shared()))
                    .withMessageContaining("expects rows of");
        }
    }
}

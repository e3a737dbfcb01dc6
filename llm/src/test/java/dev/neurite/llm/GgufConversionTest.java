package dev.neurite.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufConversionTest {
    private static final float[] PROMPT = {3, 17, 5, 29, 31, 2, 11, 8, 23, 39, 1, 14};
    private static final Generation GREEDY = Generation.USUAL.greedy().withMaxTokens(16);

    @TempDir
    Path temp;

    private Path directory(String family) throws IOException {
        return TinyDirectory.copy(family, temp);
    }

    /// Changes a setting for which GGUF has no key, and which is refused.
    private void changed(Path directory, String member, String value, String problem) throws IOException {
        Path to = temp.resolve("refused.gguf");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> GgufConversion.write(directory, StoredType.F32, to))
                .withMessageContaining(problem);
        assertThat(to).doesNotExist();
        Path config = directory.resolve("config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replaceAll("\"" + member + "\": *\\d+", "\"" + member + "\": " + value));
    }

    private static float[] scores(LanguageModel model) {
        return model.scores()
                .predict(Tensor.of(Shape.of(1, PROMPT.length), PROMPT))
                .toArray();
    }

    private static List<Integer> tokens(LanguageModel model) {
        int[] ids = new int[PROMPT.length];
        for (int i = 0; i < ids.length; i++) ids[i] = (int) PROMPT[i];
        return model.write(ids, GREEDY, PieceListener.NONE).tokens();
    }

    /// The file says of scaled positions what the directory does, in float32.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama2",
                "llama3",
                "linear",
                "mistral",
                "qwen2",
                "qwen2yarn",
                "qwen3",
                "phi3",
                "phi3long",
                "gemma",
                "gemma2",
                "gemma3"
            })
    void theFileIsTheSameModel(String family) throws IOException {
        Path from = directory(family);
        Path to = temp.resolve("model.gguf");
        if (family.equals("mistral")) changed(from, "sliding_window", "null", "expects no window");
        if (family.equals("gemma2")) changed(from, "query_pre_attn_scalar", "8", "expects 8.0 for GGUF, got 20.0");
        GgufConversion.write(from, StoredType.F32, to);
        try (LanguageModel one = LanguageModel.load(from);
                LanguageModel other = LanguageModel.load(to)) {
            float[] expected = scores(one);
            float[] got = scores(other);
            assertThat(got).hasSameSizeAs(expected);
            for (int i = 0; i < got.length; i++) {
                assertThat(got[i]).isCloseTo(expected[i], within(2e-5f * (1 + Math.abs(expected[i]))));
            }
            assertThat(tokens(other)).isEqualTo(tokens(one)).isNotEmpty();
            assertThat(other.tokenizer().encode("abba"))
                    .isEqualTo(one.tokenizer().encode("abba"));
            assertThat(other.context()).isEqualTo(one.context());
        }
        ModelDescription of = ModelDescription.of(from);
        ModelDescription again = ModelDescription.of(to);
        assertThat(again.parameters()).isEqualTo(of.parameters());
        try (LanguageModel model = LanguageModel.load(to)) {
            assertThat(again.weightBytes()).isEqualTo(model.bytes());
        }
    }

    @Test
    void matricesHaveTheTypeAndAllElseIsFloat32() throws IOException {
        Path from = directory("qwen2");
        Path to = temp.resolve("model.gguf");
        for (StoredType type : List.of(StoredType.F16, StoredType.BF16)) {
            GgufConversion.write(from, type, to);
            List<StoredType> types = new ArrayList<>();
            for (ModelDescription.Stored each : ModelDescription.of(to).tensors()) {
                if (!types.contains(each.type())) types.add(each.type());
                boolean row = each.name().contains("norm") || each.name().endsWith(".bias");
                assertThat(each.type() == StoredType.F32).as(each.name()).isEqualTo(row);
            }
            assertThat(types).containsExactlyInAnyOrder(StoredType.F32, type);
        }
    }

    @Test
    void mistakesAreTold() throws IOException {
        Path from = directory("llama2");
        Path to = temp.resolve("model.gguf");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> GgufConversion.write(from, StoredType.Q4_K, to))
                .withMessageContaining("expects F32, F16, BF16, Q8_0 or Q4_0, got Q4_K");
        Files.delete(from.resolve("model.safetensors"));
        assertThatExceptionOfType(DataException.class).isThrownBy(() -> GgufConversion.write(from, StoredType.F32, to));
        assertThat(to).doesNotExist();
    }
}

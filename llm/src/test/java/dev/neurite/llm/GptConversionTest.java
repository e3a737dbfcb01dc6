package dev.neurite.llm;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.positionEmbedding;
import static dev.neurite.layer.Layers.relu;
import static dev.neurite.layer.Layers.rmsNorm;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.transformerBlock;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.generate.Generator;
import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.layer.Activate;
import dev.neurite.layer.SelfAttention;
import dev.neurite.layer.TransformerBlock;
import dev.neurite.llm.gguf.GgufFile;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.CacheType;
import dev.neurite.llm.weights.StoredTensor;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Quantization;
import dev.neurite.network.Gpt;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.text.BpeTrainer;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// GPTs of ours as GGUF files of architecture `gpt2`.
final class GptConversionTest {
    private static final String TEXT =
            "the quick brown fox jumps over the lazy dog, and the dog sleeps on; it's 1 or 22. ";
    private static final Tokenizer TOKENIZER = new BpeTrainer(288).train(Stream.of(TEXT.repeat(3)));
    private static final int VOCABULARY = TOKENIZER.vocabularySize();
    private static final int WIDTH = 32;
    private static final String NAME = "our gpt";

    @TempDir
    Path temp;

    /// A GPT whose every parameter is random, norms and biases too.
    private static Model gpt() {
        Model model = new Gpt(2, 4, WIDTH, 24, 0.1).model(VOCABULARY);
        var random = new Random(1);
        Map<String, Tensor> values = new LinkedHashMap<>();
        model.parameters().asMap().forEach((name, tensor) -> {
            float[] array = tensor.array();
            for (int i = 0; i < array.length; i++) {
                array[i] = (float) random.nextGaussian(name.contains("norm") && name.endsWith("weight") ? 1 : 0, 0.3);
            }
            values.put(name, tensor);
        });
        return model.with(values);
    }

    private Path written(Model model, StoredType type) {
        Path file = temp.resolve(type + ".gguf");
        GgufConversion.write(model, TOKENIZER, NAME, type, file);
        return file;
    }

    private static float[] scores(Model model, int[] ids) {
        Tensor row = Tensor.zeros(Shape.of(1, ids.length));
        for (int i = 0; i < ids.length; i++) row.array()[i] = ids[i];
        return model.predict(row).toArray();
    }

    @Test
    void theFileSaysWhatLlamaCppReads() {
        Model model = gpt();
        try (GgufFile file = GgufFile.open(written(model, StoredType.F32))) {
            Metadata keys = file.metadata();
            assertThat(keys.text("general.architecture")).isEqualTo("gpt2");
            assertThat(keys.text("general.name")).isEqualTo(NAME);
            assertThat(keys.integer("gpt2.vocab_size")).isEqualTo(VOCABULARY);
            assertThat(keys.integer("gpt2.context_length")).isEqualTo(24);
            assertThat(keys.integer("gpt2.embedding_length")).isEqualTo(WIDTH);
            assertThat(keys.integer("gpt2.block_count")).isEqualTo(2);
            assertThat(keys.integer("gpt2.feed_forward_length")).isEqualTo(4 * WIDTH);
            assertThat(keys.integer("gpt2.attention.head_count")).isEqualTo(4);
            assertThat(keys.number("gpt2.attention.layer_norm_epsilon")).isCloseTo(1e-5, within(1e-12));
            assertThat(keys.text("tokenizer.ggml.model")).isEqualTo("gpt2");
            assertThat(keys.text("tokenizer.ggml.pre")).isEqualTo("gpt-2");
            assertThat(keys.texts("tokenizer.ggml.tokens")).hasSize(VOCABULARY);
            int end = TOKENIZER.id("ÿ").orElseThrow(); // no text has the byte FF
            assertThat(TOKENIZER.bytes(end)).containsExactly(0xFF);
            assertThat(keys.integer("tokenizer.ggml.eos_token_id")).isEqualTo(end);
            assertThat(keys.flag("tokenizer.ggml.add_bos_token")).isFalse();

            Map<String, String> names = new LinkedHashMap<>();
            names.put("token_embd.weight", "wte.weight");
            names.put("output.weight", "wte.weight");
            names.put("position_embd.weight", "wpe.weight");
            for (int i = 0; i < 2; i++) {
                for (String kind : List.of("weight", "bias")) {
                    String to = "blk." + i + ".";
                    String from = "h." + i + ".";
                    names.put(to + "attn_norm." + kind, from + "norm1." + kind);
                    names.put(to + "attn_qkv." + kind, from + "self_attn.in_proj_" + kind);
                    names.put(to + "attn_output." + kind, from + "self_attn.out_proj_" + kind);
                    names.put(to + "ffn_norm." + kind, from + "norm2." + kind);
                    names.put(to + "ffn_up." + kind, from + "linear1." + kind);
                    names.put(to + "ffn_down." + kind, from + "linear2." + kind);
                }
            }
            names.put("output_norm.weight", "ln_f.weight");
            names.put("output_norm.bias", "ln_f.bias");
            assertThat(file.weights().tensors())
                    .extracting(StoredTensor::name)
                    .containsExactlyInAnyOrderElementsOf(names.keySet());
            names.forEach((to, from) -> {
                StoredTensor stored = file.weights().tensor(to);
                Tensor own = model.parameters().get(from);
                assertThat(stored.type()).as(to).isEqualTo(StoredType.F32);
                assertThat(stored.shape()).as(to).isEqualTo(own.shape());
                assertThat(stored.floats().toArray()).as(to).isEqualTo(own.toArray());
            });
        }
    }

    @Test
    void theFileIsTheSameModel() {
        Model own = gpt();
        int[] prompt = TOKENIZER.encode("the lazy fox").ids();
        int[] more = Generator.of(own)
                .withMaxTokens(12)
                .withSampling(Sampling.USUAL.withTemperature(0))
                .generate(prompt);
        try (LanguageModel model = LanguageModel.load(written(own, StoredType.F32))) {
            float[] expected = scores(own, prompt);
            float[] got = scores(model.scores(), prompt);
            assertThat(got).hasSameSizeAs(expected);
            for (int i = 0; i < got.length; i++) assertThat(got[i]).isCloseTo(expected[i], within(1e-5f));
            assertThat(model.context()).isEqualTo(24);
            GeneratedText text =
                    model.complete("the lazy fox", Generation.USUAL.greedy().withMaxTokens(12));
            assertThat(text.tokens()).isEqualTo(Arrays.stream(more).boxed().toList());
            for (String each : List.of(TEXT, "", "  two  spaces\n\tand 12345 Ünïcödé 漢字 🦊", "it's I'LL")) {
                assertThat(model.tokenizer().encode(each))
                        .isEqualTo(TOKENIZER.encode(each).ids());
            }
        }
    }

    @Test
    void matricesHaveTheTypeAndFewerBitsStay() {
        Model own = gpt();
        int[] prompt = TOKENIZER.encode("the lazy fox").ids();
        float[] exact = scores(own, prompt);
        for (StoredType type : List.of(StoredType.F16, StoredType.BF16, StoredType.Q8_0, StoredType.Q4_0)) {
            Path file = written(own, type);
            for (ModelDescription.Stored each : ModelDescription.of(file).tensors()) {
                boolean matrix = each.name().endsWith("weight") && !each.name().contains("norm");
                boolean positions = each.name().startsWith("position");
                assertThat(each.type()).as(each.name()).isEqualTo(matrix && !positions ? type : StoredType.F32);
            }
            Model encoded = own.quantized(Quantization.of(BlockFormat.valueOf(type.name())));
            float[] expected = scores(encoded, prompt);
            assertThat(expected).isNotEqualTo(exact);
            for (StoredType to : List.of(type, StoredType.F32)) {
                try (LanguageModel model = LanguageModel.load(written(encoded, to))) {
                    assertThat(model.scores().parameters().encoded().isEmpty()).isEqualTo(to == StoredType.F32);
                    if (to == type)
                        assertThat(scores(model.scores(), prompt))
                                .as(type.name())
                                .isEqualTo(expected);
                }
            }
        }
    }

    private static TransformerBlock block(SelfAttention attention) {
        return transformerBlock(attention, 64).withActivation(Activation.GELU_TANH);
    }

    private static Model model(Node block, Node norm, Node... end) {
        List<Node> all = new ArrayList<>(List.of(embedding(VOCABULARY, WIDTH), positionEmbedding(24), block, norm));
        all.addAll(List.of(end));
        return Model.of(Shape.of(Shape.OPEN), all.toArray(Node[]::new));
    }

    private static Model model(TransformerBlock block) {
        return model(block, layerNorm(), dense(VOCABULARY).withoutBias());
    }

    @Test
    void scoresMayHaveWeightsOfTheirOwnAndASoftmax() {
        Node block = block(selfAttention(2).withCausal());
        Model own = model(block, layerNorm(), dense(VOCABULARY).withoutBias(), new Activate(Activation.SOFTMAX));
        int[] prompt = TOKENIZER.encode(TEXT).ids();
        int[] some = Arrays.copyOf(prompt, 20);
        try (LanguageModel model = LanguageModel.load(written(own, StoredType.F32))) {
            float[] scores = scores(model.scores(), some);
            float[] chances = scores(own, some);
            int last = scores.length - VOCABULARY;
            double sum = 0;
            for (int i = 0; i < VOCABULARY; i++) sum += Math.exp(scores[last + i]);
            for (int i = 0; i < VOCABULARY; i++) {
                assertThat((double) chances[last + i]).isCloseTo(Math.exp(scores[last + i]) / sum, within(1e-6));
            }
        }
    }

    @Test
    void whatTheArchitectureDoesNotHaveIsRefusedByName() {
        SelfAttention plain = selfAttention(2).withCausal();
        TransformerBlock usual = block(plain);
        Node scores = dense(VOCABULARY).withoutBias();
        Map<String, Model> refused = new LinkedHashMap<>();
        refused.put("layer 'transformerBlock1': expects attention without positions", model(block(plain.withRotary())));
        refused.put("expects as many heads of keys", model(block(plain.withKeyHeads(1))));
        refused.put("expects attention with biases", model(block(plain.withoutBias())));
        refused.put("expects causal attention", model(block(selfAttention(2))));
        refused.put("expects the activation gelu-tanh", model(usual.withActivation(Activation.GELU)));
        refused.put("expects hidden layers without a gate", model(usual.withGate()));
        refused.put("expects hidden layers with biases", model(usual.withoutBias()));
        refused.put("expects norms before", model(usual.withNormAfter()));
        refused.put("expects layer norms of the last axis", model(usual.withNorm(rmsNorm())));
        refused.put("expects layer norms", model(usual.withNorm(layerNorm().withoutBias())));
        refused.put("expects norms of one epsilon", model(usual, layerNorm().withEpsilon(1e-3), scores));
        refused.put("expects a layer layerNorm for", model(usual, rmsNorm(), scores));
        refused.put(
                "expects a layer layerNorm for GGUF",
                model(usual, new Activate(Activation.SOFTMAX), layerNorm(), scores));
        refused.put("without activation and biases", model(usual, layerNorm(), dense(VOCABULARY)));
        refused.put("expects no layer after the scores", model(usual, layerNorm(), scores, relu()));
        refused.put("got the end of the network", model(usual, layerNorm()));
        refused.put(
                "expects a layer positionEmbedding",
                Model.of(Shape.of(Shape.OPEN), embedding(VOCABULARY, WIDTH), usual));
        Path to = temp.resolve("refused.gguf");
        refused.forEach((problem, model) -> assertThatExceptionOfType(ConfigException.class)
                .as(problem)
                .isThrownBy(() -> GgufConversion.write(model, TOKENIZER, NAME, StoredType.F32, to))
                .withMessageContaining(problem)
                .withMessageContaining(NAME));
        assertThat(to).doesNotExist();
    }

    @Test
    void theCacheOfGpt2IsOfFloats() {
        Path file = written(gpt(), StoredType.F32);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> LanguageModel.load(file, LoadSettings.USUAL.withCache(CacheType.F16)))
                .withMessageContaining("cache: expects F32 for models of GPT-2's blocks, got F16");
    }

    @Test
    void tokensThatLlamaCppDoesNotHaveAreRefused() throws IOException {
        Path to = temp.resolve("refused.gguf");
        Tokenizer characters = VocabularyTrainer.characters().train(Stream.of(TEXT));
        Model model = new Gpt(1, 1, WIDTH, 8, 0).model(characters.vocabularySize());
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> GgufConversion.write(model, characters, NAME, StoredType.F32, to))
                .withMessageContainingAll(NAME, "byte-level BPE", "WordLevel");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> GgufConversion.write(gpt(), TOKENIZER, NAME, StoredType.Q4_K, to))
                .withMessageContaining("expects F32, F16, BF16, Q8_0 or Q4_0, got Q4_K");
        assertThat(to).doesNotExist();

        Path directory = Files.createDirectory(temp.resolve("gpt2"));
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"gpt2\"}");
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> LanguageModel.load(directory))
                .withMessageContaining("GPT-2 as GGUF");
    }
}

package dev.neurite.io;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Lora;
import dev.neurite.model.Model;
import dev.neurite.model.Quantization;
import dev.neurite.network.Gpt;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Adapters in PEFT's files.
class LoraFileTest {
    @TempDir
    private Path directory;

    private static Model base() {
        return Model.of(features(6), dense(8, Activation.RELU), dense(5, Activation.TANH), dense(3))
                .initialize(4);
    }

    private static Model adapted() {
        Model adapted = Lora.of(base(), 2).withAlpha(3).withDropout(0.1).adapted();
        float[] values = adapted.parameters().toArray(adapted.kept());
        var random = new KeyedRandom(9);
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        return adapted.withKept(values);
    }

    private Path config() {
        return directory.resolve("adapter_config.json");
    }

    private Path tensors() {
        return directory.resolve("adapter_model.safetensors");
    }

    @Test
    void theFilesArePefts() throws IOException {
        LoraFile.save(adapted(), directory.resolve("new"), "some/model");
        Safetensors file = Safetensors.read(directory.resolve("new/adapter_model.safetensors"));
        assertThat(file.metadata()).containsEntry("format", "pt");
        Map<String, Shape> shapes = new LinkedHashMap<>();
        file.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        assertThat(shapes)
                .isEqualTo(Map.of(
                        "base_model.model.dense1.lora_A.weight", Shape.of(2, 6),
                        "base_model.model.dense1.lora_B.weight", Shape.of(8, 2),
                        "base_model.model.dense2.lora_A.weight", Shape.of(2, 8),
                        "base_model.model.dense2.lora_B.weight", Shape.of(5, 2)));
        String text = Files.readString(directory.resolve("new/adapter_config.json"));
        assertThat(text)
                .contains(
                        "\"peft_type\": \"LORA\"",
                        "\"r\": 2",
                        "\"lora_alpha\": 3,",
                        "\"lora_dropout\": 0.1",
                        "\"target_modules\": [\"dense1\",\"dense2\"]",
                        "\"base_model_name_or_path\": \"some/model\"",
                        "\"bias\": \"none\"",
                        "\"fan_in_fan_out\": false",
                        "\"modules_to_save\": null");
    }

    @Test
    void whatIsSavedIsLoadedBesideAModel() {
        LoraFile.save(adapted(), directory);
        Model loaded = LoraFile.load(directory, base());
        assertThat(loaded).isEqualTo(adapted());
        assertThat(Lora.from(loaded)).isEqualTo(Lora.from(adapted()));
        assertThatThrownBy(() -> LoraFile.load(directory, loaded)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> LoraFile.save(base(), directory)).isInstanceOf(ConfigException.class);
    }

    @Test
    void adaptersOfAGptAreLoadedBesideWeightsOfFewerBits() {
        Model gpt = new Gpt(2, 2, 64, 8, 0).model(11).initialize(3);
        Model small = gpt.quantized(Quantization.of(BlockFormat.Q4_0));
        LoraFile.save(Lora.of(gpt, 4).adapted(), directory);
        Model loaded = LoraFile.load(directory, small);
        assertThat(loaded).isEqualTo(Lora.of(small, 4).adapted());
        assertThat(loaded.parameters().encoded()).isEqualTo(small.parameters().encoded());
    }

    @Test
    void aModelWithAdaptersIsAModelFile() {
        Model large = Model.of(features(40), dense(60, Activation.RELU), dense(50), dense(3));
        Model small = Lora.of(large.quantized(Quantization.of(BlockFormat.Q8_0)), 2)
                .withTargets("dense2")
                .adapted();
        Path file = directory.resolve("model.safetensors");
        ModelFile.save(small, file);
        assertThat(ModelFile.load(file)).isEqualTo(small);
        assertThat(ModelFile.load(file).parameters().encoded()).isNotEmpty();
    }

    /// A file of PEFT has members that are not known here, and leaves others out.
    @Test
    void otherMembersDoNotMatter() throws IOException {
        LoraFile.save(adapted(), directory);
        Files.writeString(config(), """
            {"peft_type": "LORA", "r": 2, "lora_alpha": 3, "lora_dropout": 0.1, "auto_mapping": null,
             "target_modules": ["dense2", "dense1"], "rank_pattern": {}, "modules_to_save": null,
             "layers_to_transform": null, "megatron_core": "megatron.core"}\
            """);
        assertThat(LoraFile.load(directory, base())).isEqualTo(adapted());
    }

    /// The factor is alpha / √rank then.
    @Test
    void adaptersMayBeScaledByTheRootOfTheirRank() throws IOException {
        LoraFile.save(adapted(), directory);
        String text = Files.readString(config());
        Files.writeString(config(), text.replace("\"use_rslora\": false", "\"use_rslora\": true"));
        Lora lora = Lora.from(LoraFile.load(directory, base()));
        assertThat(lora.alpha() / lora.rank()).isCloseTo(3 / Math.sqrt(2), within(1e-15));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"peft_type\": \"LORA\"        | \"peft_type\": \"LOHA\"      | peft_type",
                "\"peft_type\": \"LORA\"        | \"peft_type\": null          | peft_type",
                "\"use_dora\": false            | \"use_dora\": true           | use_dora",
                "\"use_dora\": false            | \"use_qalora\": true         | use_qalora",
                "\"use_dora\": false            | \"target_parameters\": [\"a\"] | target_parameters",
                "\"init_lora_weights\": true    | \"init_lora_weights\": \"pissa_niter_4\" | init_lora_weights",
                "\"bias\": \"none\"             | \"bias\": \"all\"            | bias",
                "\"rank_pattern\": {}           | \"rank_pattern\": {\"a\": 3} | rank_pattern",
                "\"modules_to_save\": null      | \"modules_to_save\": [\"a\"] | modules_to_save",
                "\"r\": 2                       | \"r\": 3                     | lora_A.weight",
                "\"r\": 2                       | \"r\": 2.5                   | whole number",
                "\"r\": 2                       | \"r\": 0                     | from 1",
                "\"lora_dropout\": 0.1          | \"lora_dropout\": 1          | lora_dropout",
                "\"lora_alpha\": 3              | \"lora_alpha\": \"3\"        | lora_alpha",
                "\"r\": 2                       | \"r\": 2,,                   | adapter_config.json"
            })
    void adaptersOfOtherKindsAreRefused(String before, String after, String named) throws IOException {
        LoraFile.save(adapted(), directory);
        String text = Files.readString(config());
        assertThat(text).contains(before);
        Files.writeString(config(), text.replace(before, after));
        assertThatThrownBy(() -> LoraFile.load(directory, base()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(named);
    }

    @Test
    void tensorsThatDoNotFitAreRefused() throws IOException {
        assertThatThrownBy(() -> LoraFile.load(directory, base()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no such file");
        LoraFile.save(adapted(), directory);
        Map<String, Tensor> good = Safetensors.read(tensors()).tensors();
        String b = "base_model.model.dense2.lora_B.weight";
        Map<String, Tensor> bad = new LinkedHashMap<>(good);
        bad.remove(b);
        refused(bad, b);
        bad.put(b, Tensor.zeros(Shape.of(2, 5)));
        refused(bad, "[5×2]");
        bad.put(b, Tensor.zeros(Shape.of(5, 2)));
        bad.put("base_model.model.dense9.lora_A.weight", Tensor.zeros(Shape.of(2, 5)));
        refused(bad, "'dense9'");
        bad.remove("base_model.model.dense9.lora_A.weight");
        bad.put("base_model.model.wte.lora_embedding_A", Tensor.zeros(Shape.of(2, 5)));
        refused(bad, "lora_embedding_A");
        refused(Map.of(), "got none");
        Files.delete(tensors());
        assertThatThrownBy(() -> LoraFile.load(directory, base())).isInstanceOf(DataException.class);
        Files.delete(config());
        Files.writeString(config(), "[]");
        assertThatThrownBy(() -> LoraFile.load(directory, base())).isInstanceOf(ModelFormatException.class);
    }

    private void refused(Map<String, Tensor> content, String named) {
        new Safetensors(Map.of(), content).write(tensors());
        assertThatThrownBy(() -> LoraFile.load(directory, base()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(named);
    }
}

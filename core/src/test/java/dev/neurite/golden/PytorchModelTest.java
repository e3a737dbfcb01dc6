package dev.neurite.golden;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.io.Safetensors;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Model;
import dev.neurite.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Weights from a file that PyTorch's user wrote, `[out×in]`, give PyTorch's output.
@BothEngines
class PytorchModelTest {
    private static final Map<String, String> LAYERS = Map.of("0", "dense1", "2", "dense2", "4", "dense3");

    private static Model load(Safetensors file, Activation end) {
        Model model = Model.of(features(6), dense(16, Activation.RELU), dense(11, Activation.TANH), dense(5, end));
        for (Map.Entry<String, String> layer : LAYERS.entrySet()) {
            for (String part : new String[] {".weight", ".bias"}) {
                model = model.with(layer.getValue() + part, Golden.get(file.tensors(), layer.getKey() + part));
            }
        }
        return model;
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "f64", "f16", "bf16"})
    void weightsOfAnyFloatTypeGivePytorchsOutput(String type) {
        Safetensors file = Golden.read("mlp-" + type + ".safetensors");
        Tensor x = Golden.get(file.tensors(), "x");
        Golden.assertClose(load(file, Activation.IDENTITY).predict(x), Golden.get(file.tensors(), "logits"), "logits");
        Tensor probabilities = load(file, Activation.SOFTMAX).predict(x);
        Golden.assertClose(probabilities, Golden.get(file.tensors(), "probabilities"), "probabilities");
        assertThat(file.metadata()).containsEntry("made_by", "scripts/golden/mlp.py");
    }
}

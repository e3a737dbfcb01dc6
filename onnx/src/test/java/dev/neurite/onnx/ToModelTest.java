package dev.neurite.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.Safetensors;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Models that PyTorch has exported become layers, which give its results and can be trained;
/// `scripts/golden/onnx_models.py` makes them.
final class ToModelTest {
    private static Path folder() {
        try {
            return Path.of(Objects.requireNonNull(ToModelTest.class.getResource("/models"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OnnxModel load(String name) {
        return OnnxModel.load(folder().resolve(name + ".onnx"));
    }

    private static Tensor golden(String name, String tensor) {
        return Objects.requireNonNull(Safetensors.read(folder().resolve(name + ".safetensors"))
                .tensors()
                .get(tensor));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attention-apart",
                "attention-joined",
                "gru",
                "lenet",
                "lstm",
                "mlp",
                "mobilenet-v3",
                "resnet18",
                "rnn",
                "squeezenet",
                "unet"
            })
    void layersGiveWhatPytorchGives(String name) {
        Model model = load(name).toModel();
        Tensor wanted = golden(name, "y");
        assertThat(model.predict(golden(name, "x")).toArray()).containsExactly(wanted.toArray(), within(1e-4f));
    }

    @Tag("thorough")
    @ParameterizedTest
    @ValueSource(strings = {"densenet", "mobilenet-v2", "resnet50", "shufflenet"})
    void soDoMore(String name) {
        layersGiveWhatPytorchGives(name);
    }

    @Test
    void whatCannotBeLayersIsNamed() {
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> load("encoder-after").toModel())
                .withMessageContaining("expects operators that layers stand for, got");
    }

    /// A new output layer for other classes; all else keeps its weights.
    @Test
    void theHeadIsReplaced() {
        Model model = load("resnet18").toModel();
        String last = model.graph().applications().getLast().name();
        Model other = model.replace(last, Layers.dense(3));
        assertThat(other.predict(golden("resnet18", "x")).shape().extent(1)).isEqualTo(3);
        Set<String> changed = new TreeSet<>(other.parameters().names());
        changed.removeIf(
                each -> other.parameters().get(each).equals(model.parameters().get(each)));
        assertThat(changed).containsExactly(last + ".bias", last + ".weight");
    }

    /// Imported, trained, exported.
    @Test
    void goesOnLearning() {
        Model model = load("lenet").toModel();
        Tensor x = golden("lenet", "x");
        Dataset data = Dataset.of(x, new int[] {1, 2, 3}, List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
        Model trained = Trainer.of(model)
                .loss(Losses.crossEntropy())
                .epochs(80)
                .batchSize(3)
                .fit(data)
                .model();
        assertThat(trained.predict(x).argMaxOfRows()).containsExactly(1, 2, 3);
        OnnxModel back = OnnxModel.read(OnnxExport.of(trained).bytes());
        Map<String, Value> given = Map.of(back.inputs().getFirst().name(), Value.of(x));
        float[] said = back.run(given).values().iterator().next().floats();
        assertThat(said).containsExactly(trained.predict(x).toArray(), within(1e-5f));
    }
}

package dev.neurite.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.golden.Golden;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Weights of PyTorch's networks in those here, and back. `scripts/pytorch/golden.py` makes the files,
/// `scripts/pytorch/round_trip.py` does the same with large networks, and loads what is written here in PyTorch.
class PytorchTwinsTest {
    private static final Path TWINS = Golden.path("pytorch/twins.pt");

    @TempDir
    private Path folder;

    static Stream<String> names() {
        return PytorchTwins.SMALL.stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void pytorchsWeightsGivePytorchsOutputsAndGoBackWithTheSameBitsAndNames(String name) {
        PretrainedWeights theirs = PretrainedWeights.pytorch(TWINS, name);
        Model model = theirs.into(PytorchTwins.of(name)).complete();
        var io = Golden.read("pytorch/twins.safetensors").tensors();
        Golden.assertClose(model.predict(Golden.get(io, name + ".x")), Golden.get(io, name + ".y"), name);

        Path back = folder.resolve("back.safetensors");
        StateDict.of(model).write(back);
        Map<String, Tensor> written = Safetensors.read(back).tensors();
        if (name.equals("images")) { // a dropout that the twin here has not comes before the last layer
            assertThat(written.keySet()).contains("6.weight").doesNotContain("7.weight");
        } else {
            assertThat(written).isEqualTo(theirs.tensors());
        }
        assertThat(StateDict.of(model).notes()).isEmpty();
        assertThat(PretrainedWeights.read(back).into(PytorchTwins.of(name)).complete())
                .isEqualTo(model);
    }

    @Test
    void everyLayerWithParametersHasATwinOrANote() {
        Shape images = Shape.of(4, 6, 6);
        Shape steps = Shape.of(5, 4);
        List<Model> models = Stream.of(
                        Map.entry(images, (Node) Layers.conv2d(2, 3)),
                        Map.entry(images, Layers.separableConv2d(2, 3)),
                        Map.entry(images, Layers.residual(Layers.conv2d(4, 1))),
                        Map.entry(steps, Layers.gru(3).withResetBefore()),
                        Map.entry(steps, Layers.selfAttention(4).withKeyHeads(2)),
                        Map.entry(steps, Layers.selfAttention(2).withRotary()),
                        Map.entry(
                                steps, Layers.relativeToLast(Layers.sequential(Layers.flatten(), Layers.dense(4)), 0)),
                        Map.entry(steps, Layers.simpleRnn(3).withActivation(Activation.SIGMOID)))
                .map(each -> Model.of(each.getKey(), each.getValue()))
                .toList();
        assertThat(models.stream().map(model -> StateDict.of(model).notes()))
                .containsExactly(
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of("gru1 resets before the product, PyTorch's GRU after it."),
                        List.of("selfAttention1 has fewer heads of keys than of queries, which PyTorch's"
                                + " MultiheadAttention has not."),
                        List.of("selfAttention1 has positions of its own, which PyTorch's MultiheadAttention has not."),
                        List.of("relativeToLast1 has no twin in PyTorch."),
                        List.of("simpleRnn1 has the activation sigmoid, PyTorch's RNN tanh or relu."));
    }
}

package dev.neurite.io;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.error.ModelFormatException;
import dev.neurite.golden.Golden;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

    @BothEngines
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

    private static PretrainedWeights numbered(StateDict state, String from, String to) {
        return PretrainedWeights.of(state.tensors()).renamed(name -> name.replace(from, to));
    }

    @Test
    void sequencesInSequencesHaveNumbersThatCountInOrder() {
        Model model = Model.of(
                        Shape.of(1, 6, 6),
                        named(
                                "features",
                                sequential(
                                        frozen(conv2d(2, 3, Activation.RELU)), batchNorm(), sequential(conv2d(2, 1)))),
                        flatten(),
                        named("head", dense(2)))
                .initialize(3);
        StateDict state = StateDict.of(model);
        assertThat(state.tensors().keySet())
                .contains("features.0.weight", "features.2.running_mean", "features.3.0.bias", "head.weight")
                .hasSize(10);
        Model other = model.initialize(4);
        PretrainedWeights moved = numbered(state, "features.3.", "features.7.");
        assertThat(moved.into(other).complete()).isEqualTo(model);
        assertThat(moved.renamed(name -> name.replace("7.0.", "7.5."))
                        .into(other)
                        .complete())
                .isEqualTo(model);
        Transfer more = moved.renamed(name -> name.replace("head.", "features.9."))
                .into(other); // another count: only names that are equal
        assertThat(more.missing()).contains("features.sequential1.conv2d1.weight", "head.weight");
        assertThat(PretrainedWeights.of(model).into(other).complete()).isEqualTo(model);
    }

    @Test
    void aLayerThatIsUsedTwiceHasOneNumberAndTiedTensorsMustBeEqual() {
        Model twice = Model.of(Shape.of(4), named("a", dense(4)), Layers.relu(), named("a", dense(4)));
        assertThat(StateDict.of(twice).tensors().keySet()).containsExactly("a.weight", "a.bias");
        Model gpt = PytorchTwins.of("gpt");
        Map<String, Tensor> tensors = new LinkedHashMap<>(StateDict.of(gpt).tensors());
        assertThat(tensors.get("head.weight")).isEqualTo(tensors.get("wte.weight"));
        tensors.put("head.weight", Tensor.zeros(Shape.of(11, 8)));
        PretrainedWeights untied = PretrainedWeights.of(tensors);
        assertThatThrownBy(() -> untied.into(gpt))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("weights, 'head.weight': expects the numbers of 'wte.weight', which is the same parameter"
                        + " here, got others");
        tensors.remove("head.weight");
        assertThat(PretrainedWeights.of(tensors).into(gpt).complete()).isEqualTo(gpt);
    }

    @Test
    void wrongShapesAreReportedByTheNamesHere() {
        Model model = PytorchTwins.of("decoder");
        Map<String, Tensor> tensors = new LinkedHashMap<>(StateDict.of(model).tensors());
        tensors.put("block.multihead_attn.in_proj_weight", Tensor.zeros(Shape.of(9, 8)));
        tensors.put("block.linear1.weight", Tensor.zeros(Shape.of(3, 3)));
        Transfer transfer = PretrainedWeights.of(tensors).into(model);
        assertThat(transfer.misshapen())
                .extracting(Object::toString)
                .containsExactly("block.linear1.weight [3×3] instead of [16×8]");
        assertThat(transfer.unexpected()).containsExactly("block.multihead_attn.in_proj_weight");
        assertThat(transfer.missing()).hasSize(3).contains("block.multihead_attn.q_proj_weight");
    }

    @Test
    void aStateIsRenamedAndWrittenInHalfTheSizeAndForNumpy() throws IOException {
        Model model = PytorchTwins.of("mlp");
        StateDict state = StateDict.of(model).renamed(Map.of("0.", "fc1.", "2.", "fc2."));
        assertThat(state.tensors().keySet()).containsExactly("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias");
        Path half = folder.resolve("half.safetensors");
        Path whole = folder.resolve("whole.safetensors");
        StateDict.of(model).write(half, NumberType.BF16);
        StateDict.of(model).write(whole);
        assertThat(Files.size(whole) - Files.size(half)).isBetween(2L * 67 - 16, 2L * 67 + 16);
        assertThat(PretrainedWeights.read(half)
                        .into(model)
                        .complete()
                        .parameters()
                        .size())
                .isEqualTo(67);
        Path arrays = folder.resolve("all.npz");
        StateDict.of(model).writeNpz(arrays);
        assertThat(PretrainedWeights.npz(arrays).into(model.initialize(9)).complete())
                .isEqualTo(model);
    }

    @Test
    void everyLayerWithParametersHasATwinOrANote() {
        Shape images = Shape.of(4, 6, 6);
        Shape steps = Shape.of(5, 4);
        List<Model> models = Stream.of(
                        Map.entry(images, (Node) conv2d(2, 3)),
                        Map.entry(images, Layers.separableConv2d(2, 3)),
                        Map.entry(images, Layers.residual(conv2d(4, 1))),
                        Map.entry(steps, Layers.gru(3).withResetBefore()),
                        Map.entry(steps, Layers.selfAttention(4).withKeyHeads(2)),
                        Map.entry(steps, Layers.selfAttention(2).withRotary()),
                        Map.entry(steps, Layers.relativeToLast(sequential(flatten(), dense(4)), 0)),
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

package dev.neurite.golden;

import static dev.neurite.layer.Layers.conv1d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.convAdd;
import static dev.neurite.layer.Layers.convTranspose1d;
import static dev.neurite.layer.Layers.convTranspose2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.depthwiseConv2d;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.separableConv2d;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.model.Graph;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Sgd;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolutions, transposed ones and fused ones give PyTorch's results and gradients, and trainings of nets made of
/// them go as in PyTorch.
@BothEngines
class PytorchConvolutionsTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("convolutions.safetensors").tensors();

    private static final Map<String, Node> LAYERS = Map.ofEntries(
            Map.entry("conv2d", conv2d(4, 3)),
            Map.entry("one", conv2d(1, 1)),
            Map.entry(
                    "one-channel",
                    conv2d(3, 1, Activation.RELU).withWindow(Window.of(5, 3)).withPadding(2)),
            Map.entry("point-stride", conv2d(6, 1).withStride(2).withoutBias()),
            Map.entry("stride-above-kernel", conv2d(3, 2, Activation.TANH).withStride(3, 4)),
            Map.entry(
                    "padding",
                    conv2d(5, 1).withWindow(Window.of(3, 2)).withStride(2).withPadding(Padding.of(2, 1))),
            Map.entry(
                    "asymmetric",
                    conv2d(3, 1, Activation.SIGMOID)
                            .withWindow(Window.of(3, 4))
                            .withPadding(new Padding(false, 2, 0, 1, 3))),
            Map.entry(
                    "same",
                    conv2d(3, 1, Activation.GELU).withWindow(Window.of(4, 3)).withPadding(Padding.SAME)),
            Map.entry(
                    "dilation",
                    conv2d(3, 1)
                            .withWindow(Window.of(3, 2))
                            .withDilation(2, 3)
                            .withStride(2, 1)
                            .withPadding(Padding.of(1, 2))),
            Map.entry("groups", conv2d(4, 3, Activation.SILU).withGroups(2).withPadding(1)),
            Map.entry("wide", conv2d(19, 3, Activation.RELU6).withPadding(1)),
            Map.entry("larger-than-plane", conv2d(3, 5).withPadding(2)),
            Map.entry(
                    "depthwise",
                    depthwiseConv2d(3, Activation.RELU).withPadding(1).withStride(2)),
            Map.entry(
                    "depthwise-multiplier",
                    depthwiseConv2d(1)
                            .withMultiplier(2)
                            .withWindow(Window.of(2, 3))
                            .withDilation(2)
                            .withoutBias()),
            Map.entry("depthwise-many", depthwiseConv2d(3).withPadding(1)),
            Map.entry("conv1d", conv1d(5, 3)),
            Map.entry(
                    "conv1d-all",
                    conv1d(6, 3, Activation.TANH)
                            .withStride(4)
                            .withPadding(3)
                            .withDilation(2)
                            .withGroups(2)),
            Map.entry("conv1d-causal", conv1d(2, 4, Activation.elu()).withPadding(Padding1d.of(3, 0))),
            Map.entry("conv1d-same", conv1d(2, 4).withPadding(Padding1d.SAME).withoutBias()),
            Map.entry("transposed", convTranspose2d(4, 1).withWindow(Window.of(3, 2))),
            Map.entry("transposed-one", convTranspose2d(1, 3).withStride(2)),
            Map.entry(
                    "transposed-all",
                    convTranspose2d(6, 1, Activation.TANH)
                            .withWindow(new Window(3, 2, 2, 3, 2, 3))
                            .withPadding(Padding.of(1, 2))
                            .withOutputPadding(1, 2)
                            .withGroups(2)),
            Map.entry(
                    "transposed-stride-above-kernel",
                    convTranspose2d(5, 2, Activation.GELU)
                            .withStride(3)
                            .withOutputPadding(2)
                            .withoutBias()),
            Map.entry(
                    "transposed-same",
                    convTranspose2d(2, 3)
                            .withStride(2)
                            .withPadding(Padding.SAME)
                            .withoutBias()),
            Map.entry(
                    "transposed-1d",
                    convTranspose1d(2, 4).withStride(2).withPadding(1).withOutputPadding(1)),
            Map.entry(
                    "transposed-1d-groups",
                    convTranspose1d(6, 3, Activation.RELU)
                            .withDilation(2)
                            .withPadding(2)
                            .withGroups(3)),
            Map.entry("added", convAdd(conv2d(4, 3, Activation.RELU).withPadding(1))),
            Map.entry(
                    "added-smooth",
                    convAdd(conv2d(6, 1, Activation.SILU)
                            .withWindow(Window.of(2, 3))
                            .withStride(2)
                            .withGroups(2)
                            .withoutBias())),
            Map.entry("added-linear", convAdd(conv2d(1, 1))));

    static Stream<String> layers() {
        return LAYERS.keySet().stream().sorted();
    }

    @Test
    void everyGoldenLayerIsCompared() {
        var names = new TreeSet<String>();
        for (String key : GOLDEN.keySet()) names.add(key.replaceFirst("\\..*", ""));
        assertThat(names).isEqualTo(new TreeSet<>(LAYERS.keySet()));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aLayerAndItsGradientsArePytorchs(String name) {
        List<Tensor> in = new ArrayList<>(List.of(golden(name, "x")));
        boolean adds = GOLDEN.containsKey(name + ".r");
        if (adds) in.add(golden(name, "r"));
        var network = new Network(
                Golden.get(LAYERS, name),
                in.stream().map(tensor -> tensor.shape().row()).toList());
        float[] theta = new float[network.size()];
        float[] gradient = new float[theta.length];
        for (Parameter part : network.parameters()) {
            Tensor values = golden(name, part.name());
            assertThat(part.shape()).as(name).isEqualTo(values.shape());
            System.arraycopy(values.toArray(), 0, theta, part.offset(), values.size());
        }
        var executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        Golden.assertClose(executor.forward(Mode.TRAIN, in).getFirst(), golden(name, "y"), name);
        Kernels.shared().copy(golden(name, "dy"), executor.outputGradient(0));
        executor.backward();
        Golden.assertClose(executor.inputGradient(0), golden(name, "dx"), name + ", dx");
        if (adds) Golden.assertClose(executor.inputGradient(1), golden(name, "dr"), name + ", dr");
        for (Parameter part : network.parameters()) {
            float[] own = new float[part.shape().size()];
            System.arraycopy(gradient, part.offset(), own, 0, own.length);
            Golden.assertClose(Tensor.of(part.shape(), own), golden(name, "d" + part.name()), name + ", " + part);
        }
    }

    private static Tensor golden(String name, String what) {
        return Golden.get(GOLDEN, name + "." + what);
    }

    @Test
    void aSeparableConvolutionIsOneOfEachChannelAndOneOfAll() {
        Node whole = separableConv2d(5, 3, Activation.TANH).withMultiplier(2).withPadding(Padding.SAME);
        Model model = Model.of(image(3, 6, 5), whole).initialize(4);
        Model parts = Model.of(
                image(3, 6, 5),
                depthwiseConv2d(3).withMultiplier(2).withPadding(Padding.SAME).withoutBias(),
                conv2d(5, 1, Activation.TANH));
        Map<String, String> names = Map.of(
                "depthwiseConv2d1.weight", "separableConv2d1.depthwise.weight",
                "conv2d1.weight", "separableConv2d1.pointwise.weight",
                "conv2d1.bias", "separableConv2d1.pointwise.bias");
        for (var each : names.entrySet())
            parts = parts.with(each.getKey(), model.parameters().get(each.getValue()));
        float[] values = new float[2 * 3 * 6 * 5];
        for (int i = 0; i < values.length; i++) values[i] = (float) Math.sin(i);
        Tensor x = Tensor.of(Shape.of(2, 3, 6, 5), values);
        assertThat(model.predict(x)).isEqualTo(parts.predict(x));
    }

    // ---------------------------------------------------------------------------------------------------- trainings

    private static final Map<String, Optimizer> OPTIMIZERS =
            Map.of("momentum", new Sgd(0.02).withMomentum(0.9), "adam", new Adam(0.003));

    private static Model lenet() {
        return Model.of(
                image(1, 16, 16),
                conv2d(4, 5, Activation.TANH).withStride(2).withPadding(2),
                conv2d(6, 5, Activation.TANH).withStride(2),
                flatten(),
                dense(12, Activation.TANH),
                dense(5));
    }

    private static Model mixed() {
        return Model.of(List.of(image(2, 9, 8)), Graph.of(x -> {
            var h = x.then(conv2d(6, 1, Activation.RELU)
                    .withWindow(Window.of(3, 4))
                    .withStride(2, 1)
                    .withPadding(new Padding(false, 1, 1, 0, 2)));
            return h.then(depthwiseConv2d(3, Activation.SILU).withPadding(1))
                    .join(convAdd(conv2d(6, 1, Activation.RELU).withGroups(2)), h)
                    .then(convTranspose2d(4, 3, Activation.TANH)
                            .withStride(2)
                            .withPadding(1)
                            .withOutputPadding(1))
                    .then(conv2d(3, 3).withStride(4).withDilation(2))
                    .then(flatten())
                    .then(dense(5));
        }));
    }

    @ParameterizedTest
    @CsvSource({"lenet, momentum", "lenet, adam", "mixed, momentum", "mixed, adam"})
    void eachStepsLossAndTheFinalParametersArePytorchs(String net, String optimizer) {
        Map<String, Tensor> golden = new HashMap<>();
        Golden.read("convolution-trainings.safetensors").tensors().forEach((name, tensor) -> {
            if (name.startsWith(net + ".")) golden.put(name.substring(net.length() + 1), tensor);
        });
        Model model = Trajectory.initialized(net.equals("lenet") ? lenet() : mixed(), golden);
        Tensor labels = Golden.get(golden, "labels");
        int[] classes = new int[labels.size()];
        for (int i = 0; i < classes.length; i++) classes[i] = (int) labels.get(i);
        Trainer trainer = Trainer.of(model)
                .loss(new CrossEntropy())
                .optimizer(Golden.get(OPTIMIZERS, optimizer))
                .batchSize(4)
                .epochs(1);
        var data = new Images(Golden.get(golden, "x"), Dataset.of(new float[classes.length][1], classes));
        Trajectory.assertFollows(trainer, data, 20, golden, optimizer + ".");
    }

    /// Images with the labels of other data.
    private record Images(Tensor x, Dataset labels) implements Dataset {
        @Override
        public int size() {
            return labels.size();
        }

        @Override
        public Shape inputShape() {
            return x.shape().row();
        }

        @Override
        public List<String> classNames() {
            return labels.classNames();
        }

        @Override
        public Shape targetShape() {
            return labels.targetShape();
        }

        @Override
        public void readInput(int row, float[] array, int at) {
            float[] values = x.rows(row, row + 1).toArray();
            System.arraycopy(values, 0, array, at, values.length);
        }

        @Override
        public int label(int row) {
            return labels.label(row);
        }

        @Override
        public void readTarget(int row, float[] array, int at) {
            labels.readTarget(row, array, at);
        }
    }
}

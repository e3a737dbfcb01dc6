package dev.neurite.golden;

import static dev.neurite.layer.Layers.glu;
import static dev.neurite.layer.Layers.logSoftmax;
import static dev.neurite.layer.Layers.prelu;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Glu;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Initializers.Scaled;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Activations with their derivatives, layers of their kind with their gradients, and the spread of initial
/// weights are PyTorch's.
@BothEngines
class PytorchActivationsTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("activations.safetensors").tensors();

    private static final Map<String, Elementwise> ACTIVATIONS = Map.ofEntries(
            Map.entry("elu", Activation.elu()),
            Map.entry("elu-0.5", Activation.elu(0.5)),
            Map.entry("celu", Activation.celu()),
            Map.entry("celu-2", Activation.celu(2)),
            Map.entry("selu", Activation.SELU),
            Map.entry("gelu", Activation.GELU),
            Map.entry("gelu-tanh", Activation.GELU_TANH),
            Map.entry("silu", Activation.SILU),
            Map.entry("mish", Activation.MISH),
            Map.entry("log-sigmoid", Activation.LOG_SIGMOID),
            Map.entry("softplus", Activation.softplus()),
            Map.entry("softplus-2-1", Activation.softplus(2, 1)),
            Map.entry("relu6", Activation.RELU6),
            Map.entry("hard-tanh", Activation.hardTanh()),
            Map.entry("hard-tanh-2-3", Activation.hardTanh(-2, 3)),
            Map.entry("hard-sigmoid", Activation.HARD_SIGMOID),
            Map.entry("hard-swish", Activation.HARD_SWISH),
            Map.entry("softsign", Activation.SOFTSIGN),
            Map.entry("tanh-shrink", Activation.TANH_SHRINK),
            Map.entry("soft-shrink", Activation.softShrink()),
            Map.entry("soft-shrink-2", Activation.softShrink(2)),
            Map.entry("hard-shrink", Activation.hardShrink()),
            Map.entry("hard-shrink-2", Activation.hardShrink(2)),
            Map.entry("threshold-1-3", Activation.threshold(1, 3)));

    private static final Map<String, Node> LAYERS = Map.of(
            "prelu", prelu(),
            "prelu-features", prelu().withSlopePerChannel(),
            "prelu-channels", prelu().withSlopePerChannel(),
            "glu", glu(),
            "glu-channels", new Glu(0),
            "glu-last", glu(),
            "log-softmax", logSoftmax());

    private static final Map<String, Scaled> INITIALIZERS = Map.of(
            "xavier-uniform", Initializers.xavierUniform(),
            "xavier-normal", Initializers.xavierNormal(),
            "xavier-normal-tanh", Initializers.xavierNormal().times(5.0 / 3),
            "he-uniform", Initializers.heUniform(),
            "he-normal", Initializers.heNormal(),
            "he-uniform-out", Initializers.heUniform().fanOut(),
            "he-normal-slope-0.2", Initializers.heNormal().forSlope(0.2),
            "lecun-uniform", Initializers.lecunUniform(),
            "lecun-normal-selu", Initializers.lecunNormal().times(0.75));

    static Stream<String> activations() {
        return ACTIVATIONS.keySet().stream().sorted();
    }

    static Stream<String> layers() {
        return LAYERS.keySet().stream().sorted();
    }

    static Stream<String> initializers() {
        return INITIALIZERS.keySet().stream().sorted();
    }

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    @ParameterizedTest
    @MethodSource("activations")
    void anActivationAndItsDerivativeArePytorchs(String name) {
        assertIsPytorchs(Golden.get(ACTIVATIONS, name), GOLDEN, name);
    }

    /// Demands the values and slopes in a golden file, at its points z.
    static void assertIsPytorchs(Elementwise g, Map<String, Tensor> golden, String name) {
        Tensor z = Golden.get(golden, "z");
        Tensor y = Tensor.zeros(z.shape());
        Tensor ones = Tensor.zeros(z.shape());
        Tensor slope = Tensor.zeros(z.shape());
        Kernels.shared().fill(1, ones);
        Kernels.shared().activations().activate(g, z, y);
        Kernels.shared().activations().activationGradient(g, z, y, ones, slope);
        Golden.assertClose(y, Golden.get(golden, name + ".y"), name);
        Golden.assertClose(slope, Golden.get(golden, name + ".derivative"), name + "'");
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aLayerAndItsGradientsArePytorchs(String name) {
        Tensor x = golden(name + ".x");
        var network = new Network(Golden.get(LAYERS, name), List.of(x.shape().row()));
        float[] slopes =
                network.size() == 0 ? new float[0] : golden(name + ".slope").toArray();
        float[] gradient = new float[slopes.length];
        var executor = network.executor(Kernels.shared(), slopes, gradient);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        Golden.assertClose(executor.forward(Mode.TRAIN, x), golden(name + ".y"), name);
        Kernels.shared().copy(golden(name + ".dy"), executor.outputGradient(0));
        executor.backward();
        Golden.assertClose(executor.inputGradient(0), golden(name + ".dx"), name + ", dx");
        if (slopes.length > 0) {
            Golden.assertClose(Tensor.of(Shape.of(slopes.length), gradient), golden(name + ".da"), name + ", da");
        }
    }

    @ParameterizedTest
    @MethodSource("initializers")
    void theDeviationOfInitialWeightsIsPytorchs(String name) {
        Scaled initializer = Golden.get(INITIALIZERS, name);
        Shape[] shapes = {Shape.of(7, 5), Shape.of(1, 300), Shape.of(64, 3, 3, 3), Shape.of(6, 4, 5)};
        Tensor deviations = golden(name + ".deviations");
        assertThat(deviations.size()).isEqualTo(shapes.length);
        for (int i = 0; i < shapes.length; i++) {
            assertThat(initializer.deviation(shapes[i])).isCloseTo(deviations.get(i), within(1e-7));
        }
    }
}

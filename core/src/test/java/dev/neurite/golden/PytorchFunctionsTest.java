package dev.neurite.golden;

import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.features;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.loss.Loss;
import dev.neurite.loss.MeanSquaredError;
import dev.neurite.loss.Targets;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Activations with their derivatives, and losses with their gradients, are PyTorch's.
@BothEngines
class PytorchFunctionsTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("functions.safetensors").tensors();

    private static final Map<String, Elementwise> ACTIVATIONS = Map.of(
            "identity", Activation.IDENTITY,
            "relu", Activation.RELU,
            "leaky-relu", Activation.leakyRelu(),
            "leaky-relu-0.25", Activation.leakyRelu(0.25),
            "tanh", Activation.TANH,
            "sigmoid", Activation.SIGMOID);

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "relu", "leaky-relu", "leaky-relu-0.25", "tanh", "sigmoid"})
    void anActivationAndItsDerivativeArePytorchs(String name) {
        PytorchActivationsTest.assertIsPytorchs(Golden.get(ACTIVATIONS, name), GOLDEN, name);
    }

    @Test
    void softmaxAndItsGradientArePytorchs() {
        Tensor rows = golden("rows");
        Tensor y = Tensor.zeros(rows.shape());
        Tensor dz = Tensor.zeros(rows.shape());
        Kernels.shared().activations().softmax(rows, y);
        Kernels.shared().activations().softmaxGradient(y, golden("dy"), dz);
        Golden.assertClose(y, golden("softmax.y"), "softmax");
        Golden.assertClose(dz, golden("softmax.dz"), "softmax'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"labels", "soft", "sigmoid", "squared"})
    void aLossAndItsGradientArePytorchs(String name) {
        Loss loss = name.equals("squared") ? new MeanSquaredError() : new CrossEntropy();
        Activation end = name.equals("sigmoid") ? Activation.SIGMOID : Activation.IDENTITY;
        Tensor target = golden(name + ".target");
        Tensor z = golden("rows");
        Model model = Model.of(features(6), activation(Activation.IDENTITY));
        Executor executor = model.network().executor(Kernels.shared(), new float[0], new float[0]);
        Tensor output = executor.forward(Mode.TRAIN, z);
        Tensor losses = Tensor.zeros(Shape.of(z.rows()));
        Tensor delta = Tensor.zeros(z.shape());
        loss.compute(end, output, targets(target), losses, delta, executor.pass());
        Golden.assertClose(losses, golden(name + ".losses"), name);
        Golden.assertClose(delta, golden(name + ".delta"), name + ", δ");
    }

    private static Targets targets(Tensor target) {
        if (target.shape().rank() > 1) return Targets.values(target);
        int[] labels = new int[target.size()];
        for (int i = 0; i < labels.length; i++) labels[i] = (int) target.get(i);
        return Targets.labels(labels);
    }
}

package dev.neurite.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Noise;
import dev.neurite.layer.AlphaDropout;
import dev.neurite.layer.Dropout;
import dev.neurite.layer.GaussianDropout;
import dev.neurite.layer.GaussianNoise;
import dev.neurite.layer.SpatialDropout;
import dev.neurite.model.Executor;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Masks and normal numbers are those of the description, hashed by another program; what layers make of them is
/// PyTorch's formula and Keras's.
@BothEngines
class NoiseGoldenTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("noise.safetensors").tensors();
    private static final long SEED = 123456789012345L;
    private static final int STEP = 17;
    private static final int USE = 2;
    private static final int FIRST_ROW = 1000;

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    /// A layer whose noise is that of the third use in a pass.
    private record Third(Layer layer) implements Layer {
        @Override
        public Shape build(Shape in, dev.neurite.model.Declarations declare) {
            return declare.child("inner", layer, List.of(in)).getFirst();
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            for (int i = 0; i < USE; i++) assertThat(pass.noise()).isEqualTo(Noise.of(SEED, STEP, i, FIRST_ROW));
            return pass.apply(0, x);
        }
    }

    private static void check(Layer layer, Tensor x, Tensor y, Tensor dx) {
        var network = new Network(new Third(layer), List.of(x.shape().row()));
        Executor executor = network.executor(Kernels.shared(), new float[0], new float[0]);
        executor.wantInputGradients(true);
        executor.randomness(SEED, STEP, FIRST_ROW);
        Golden.assertClose(executor.forward(Mode.TRAIN, x), y, layer.toString());
        Kernels.shared().fill(1, executor.outputGradient(0));
        executor.backward();
        Golden.assertClose(executor.inputGradient(0), dx, layer + "'");
    }

    /// What a layer that only scales gives for ones.
    private static Tensor slopes(Tensor x, Tensor y) {
        Tensor slopes = Tensor.zeros(x.shape());
        for (int i = 0; i < x.size(); i++) slopes.array()[i] = y.array()[i] / x.array()[i];
        return slopes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "0.5", "0.8"})
    void dropoutAndAlphaDropoutArePytorchsWithTheMaskOfTheDescription(String rate) {
        double p = Double.parseDouble(rate);
        Tensor x = golden("x");
        Tensor y = golden("dropout-" + rate);
        check(new Dropout(p), x, y, slopes(x, y));
        check(new AlphaDropout(p), x, golden("alpha-" + rate), golden("alpha-" + rate + ".dx"));
    }

    @Test
    void spatialDropoutDropsTheChannelsOfTheDescription() {
        Tensor x = golden("channels");
        Tensor y = golden("channels-0.4");
        check(new SpatialDropout(0.4), x, y, slopes(x, y));
    }

    @Test
    void normalNumbersAreThoseOfTheDescription() {
        Tensor x = golden("x");
        Tensor n = Tensor.zeros(x.shape());
        Kernels.shared().noise().addNoise(Noise.of(SEED, STEP, USE, FIRST_ROW), 1, n, n);
        Golden.assertClose(n, golden("normals"), "normal numbers");
        Tensor ones = Tensor.zeros(x.shape());
        Kernels.shared().fill(1, ones);
        check(new GaussianNoise(0.3), x, golden("noise-0.3"), ones);
        Tensor factors = Tensor.zeros(x.shape());
        for (int i = 0; i < x.size(); i++) {
            factors.array()[i] = 1 + 0.5f * n.array()[i]; // √(0.2 / 0.8) = ½
        }
        check(new GaussianDropout(0.2), x, golden("gaussian-dropout-0.2"), factors);
    }
}

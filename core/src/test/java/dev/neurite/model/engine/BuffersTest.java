package dev.neurite.model.engine;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.network.MobileNetV2;
import dev.neurite.network.ResNet;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Buffers against what the best of all pools would need: the largest set of values that live at once.
class BuffersTest {
    private static final Model CONVOLUTIONS = Model.of(
            image(3, 16, 16),
            conv2d(16, 3, Activation.RELU),
            maxPool2d(2),
            conv2d(8, 3),
            batchNorm(),
            flatten(),
            dense(64, Activation.RELU),
            dense(10));

    @Test
    void predictingTakesLittleMoreThanWhatLivesAtOnce() {
        assertThat(share(CONVOLUTIONS, Mode.PREDICT)).isBetween(1.0, 1.25); // converts between its convolutions
        assertThat(share(new ResNet(20).model(image(3, 32, 32), 10), Mode.PREDICT))
                .isEqualTo(1);
        assertThat(share(new MobileNetV2(1).model(image(3, 32, 32), 10), Mode.PREDICT))
                .isBetween(1.0, 1.25);
    }

    @Test
    void trainingTakesLittleMoreThanWhatLivesAtOnce() {
        assertThat(share(CONVOLUTIONS, Mode.TRAIN)).isBetween(1.0, 1.25);
        assertThat(share(new ResNet(20).model(image(3, 32, 32), 10), Mode.TRAIN))
                .isBetween(1.0, 1.1);
    }

    /// What some passes take, as a multiple of the largest set of values alive.
    private static double share(Model model, Mode mode) {
        Network network = model.logits();
        boolean trains = mode == Mode.TRAIN;
        float[] gradient = new float[trains ? network.size() : 0];
        var executor = (NetworkExecutor) network.executor(Kernels.shared(), new float[network.size()], gradient);
        long once = 0;
        for (int pass = 0; pass < 3; pass++) {
            executor.forward(mode, Tensor.zeros(network.inputs().getFirst().forRows(2)));
            if (trains) {
                executor.outputGradient(0);
                executor.backward();
            }
            if (pass == 0) once = executor.bufferFloats();
            assertThat(executor.bufferFloats()).isEqualTo(once);
        }
        return executor.footprint().floatsARow() / (double) executor.mostInUse();
    }

    @Test
    void aBufferShowsTheSameTensorObjectToEqualRequestsInEachLayout() {
        var buffers = new Buffers();
        List<Tensor> shown = new ArrayList<>();
        for (int pass = 0; pass < 2; pass++) {
            for (Layout layout : Layout.values()) {
                buffers.begin(false);
                PassValue value = buffers.take(image(16, 2, 3), layout, 4, 1, Map.of());
                assertThat(value.layout()).isEqualTo(layout);
                shown.add(value.tensor);
                value.references = 0;
                buffers.release(value);
            }
        }
        assertThat(shown.get(2)).isSameAs(shown.get(0)).isNotSameAs(shown.get(1));
        assertThat(shown.get(3)).isSameAs(shown.get(1));
        assertThat(shown.get(1).array()).isSameAs(shown.get(0).array());
    }
}

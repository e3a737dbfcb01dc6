package dev.neurite.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.Safetensors;
import dev.neurite.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.jspecify.annotations.NullUnmarked;

/// Figures of scikit-learn, from `scripts/golden/errors.py`.
@NullUnmarked // members of JSON that are missing fail the test
final class Golden {
    private static final Safetensors FILE = read();

    private Golden() {}

    private static Safetensors read() {
        try {
            Path file = Path.of(
                    Golden.class.getResource("/golden/errors.safetensors").toURI());
            Safetensors golden = Safetensors.read(file);
            assertThat(golden.metadata()).containsEntry("made_by", "scripts/golden/errors.py");
            return golden;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Tensor tensor(String name) {
        Tensor tensor = FILE.tensors().get(name);
        assertThat(tensor).as(name).isNotNull();
        return tensor;
    }

    static double[] numbers(String name) {
        float[] values = tensor(name).toArray();
        double[] numbers = new double[values.length];
        for (int i = 0; i < numbers.length; i++) numbers[i] = values[i];
        return numbers;
    }

    static double number(String name) {
        return numbers(name)[0];
    }

    static float[][] rows(String name) {
        return tensor(name).toRows();
    }

    static int[] labels(String name) {
        double[] numbers = numbers(name);
        int[] labels = new int[numbers.length];
        for (int i = 0; i < labels.length; i++) labels[i] = (int) numbers[i];
        return labels;
    }
}

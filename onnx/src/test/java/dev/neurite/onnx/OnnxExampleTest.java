package dev.neurite.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.Safetensors;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OnnxExampleTest {
    @Test
    void theScoresAreThoseOfPytorch() throws URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(OnnxExampleTest.class.getResource("/models"))
                .toURI());
        Map<String, Tensor> golden =
                Safetensors.read(folder.resolve("lenet.safetensors")).tensors();
        float[] pixels = Objects.requireNonNull(golden.get("x")).toArray();
        float[] wanted = Objects.requireNonNull(golden.get("y")).toArray();
        Map<String, Value> all = OnnxExample.scores(folder.resolve("lenet.onnx"), 3, pixels);
        assertThat(Objects.requireNonNull(all.get("y")).floats()).containsExactly(wanted, Offset.offset(1e-5f));
    }
}

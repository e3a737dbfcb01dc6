package dev.neurite.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.neurite.io.Safetensors;
import dev.neurite.onnx.proto.AttributeProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.TypeProto;
import dev.neurite.onnx.proto.ValueInfoProto;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    /// A tree of scikit-learn whose model ends with ZipMap, as skl2onnx writes it by default.
    @Test
    void theProbabilitiesOfTheFirstRowAreAMap(@TempDir Path folder) throws IOException {
        BackendCase tree = BackendCase.read(Path.of("src/test/resources/sklearn/decision_tree_texts"));
        ModelProto.Builder zipped = tree.model().toBuilder();
        AttributeProto.Builder labels = AttributeProto.newBuilder()
                .setName("classlabels_strings")
                .setType(AttributeProto.AttributeType.STRINGS);
        for (String each : List.of("setosa", "versicolor", "virginica"))
            labels.addStrings(ByteString.copyFromUtf8(each));
        zipped.getGraphBuilder()
                .addNode(Protos.node("ZipMap", "probabilities", "maps", labels.build())
                        .setDomain("ai.onnx.ml"))
                .setOutput(
                        1,
                        ValueInfoProto.newBuilder()
                                .setName("maps")
                                .setType(TypeProto.newBuilder()
                                        .setSequenceType(TypeProto.Sequence.getDefaultInstance())));
        Path file = folder.resolve("tree.onnx");
        Files.write(file, zipped.build().toByteArray());
        Value x = Objects.requireNonNull(tree.inputs().get("x"));
        Map<String, Double> first = OnnxExample.probabilities(file, 12, x.floats());
        assertThat(first.keySet()).containsExactly("setosa", "versicolor", "virginica");
        assertThat(first.values().stream().mapToDouble(each -> each).sum()).isEqualTo(1, Offset.offset(1e-6));
    }
}

package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.INT64;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.graph;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxKindTest {
    private static final Path FOLDER = Path.of("src/test/resources/cross-encoder");

    @Test
    void anEncoderGivesVectorsAndACrossEncoderScores() {
        assertThat(OnnxKind.of(OnnxModel.load(FOLDER.resolve("encoder.onnx")))).isEqualTo(OnnxKind.EMBEDDINGS);
        assertThat(OnnxKind.of(OnnxModel.load(FOLDER.resolve("model.onnx")))).isEqualTo(OnnxKind.SCORES);
    }

    /// A classifier is none, whatever its output is called.
    @ParameterizedTest
    @CsvSource({
        "logits, 2, 2, TENSORS",
        "probabilities, 2, 2, TENSORS",
        "output_0, 3, 3, TENSORS",
        "logits, labels, 3, TENSORS",
        "logits, labels, 1, SCORES",
        "output_0, 1, 1, SCORES",
        "sentence_embedding, 8, 8, EMBEDDINGS",
        "pooler_output, size, 8, EMBEDDINGS"
    })
    void theOutputTells(String name, String extent, int size, OnnxKind kind) {
        assertThat(OnnxKind.of(model("input_ids", name, extent, size))).isEqualTo(kind);
        assertThat(OnnxKind.of(model("pixels", name, extent, size))).isEqualTo(OnnxKind.TENSORS);
    }

    /// Sums of the numbers that a table has for the tokens.
    private static OnnxModel model(String input, String output, String extent, int size) {
        Object last = extent.matches("[0-9]+") ? (Object) Long.parseLong(extent) : extent;
        var graph = graph(
                        node("Gather", "table " + input, "found"),
                        node("ReduceSum", "found one", output, Protos.attribute("keepdims", 0L)))
                .clearInput()
                .addInput(value(input, INT64, "rows", "tokens"))
                .addInitializer(floats("table", List.of(9L, (long) size), new float[9 * size]))
                .addInitializer(Protos.longs("one", 1))
                .setOutput(0, value(output, Protos.FLOAT, "rows", last));
        return OnnxModel.read(Protos.model(graph).build().toByteArray());
    }
}

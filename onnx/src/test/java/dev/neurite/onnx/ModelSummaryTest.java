package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.graph;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.onnx.graph.Unsupported;
import dev.neurite.onnx.plan.Outline;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.StringStringEntryProto;
import dev.neurite.onnx.value.ValueInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Of a model with an operator that does not exist.
class ModelSummaryTest {
    @TempDir
    private Path temp;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        GraphProto.Builder graph = graph(
                        node("MatMul", "x w", "z"),
                        node("Relu", "z", "a"),
                        node("Relu", "a", "b"),
                        node("Wobble", "b", "y").setName("last"))
                .setInput(0, value("x", FLOAT, "rows", 4L))
                .setOutput(0, value("y", FLOAT, "rows", 3L))
                .addInitializer(floats("w", List.of(4L, 3L), new float[12]));
        file = Files.write(
                temp.resolve("model.onnx"),
                Protos.model(graph)
                        .setProducerVersion("2.1")
                        .addMetadataProps(StringStringEntryProto.newBuilder()
                                .setKey("author")
                                .setValue("someone"))
                        .build()
                        .toByteArray());
    }

    @Test
    void whatIsInAFileIsToldAlsoIfItCannotBeRun() {
        ModelSummary summary = ModelSummary.of(file, Map.of("rows", 5));
        assertThat(summary.producer()).isEqualTo("test 2.1");
        assertThat(summary.opsets()).isEqualTo(Map.of("", 17));
        assertThat(summary.metadata()).isEqualTo(Map.of("author", "someone"));
        assertThat(summary.inputs()).extracting(ValueInfo::name).containsExactly("x");
        assertThat(summary.outputs()).extracting(ValueInfo::name).containsExactly("y");
        assertThat(summary.parameters()).isEqualTo(12);
        assertThat(summary.operators()).isEqualTo(Map.of("MatMul", 1, "Relu", 2, "Wobble", 1));
        assertThat(summary.multiplications()).isEqualTo(5 * 4 * 3);
        assertThat(summary.unsupported()).containsExactly(new Unsupported("Wobble", List.of("last")));
        assertThat(summary.nodes()).extracting(Outline.Line::parameters).containsExactly(12L, 0L, 0L, 0L);
        assertThat(summary.nodes()).extracting(Outline.Line::isKnown).containsExactly(true, true, true, false);
    }

    @Test
    void shapesAreThoseOfTheExtentsThatAreGiven() {
        assertThat(ModelSummary.of(file, Map.of("rows", 5)).nodes().getFirst().outputs())
                .hasSize(1)
                .first()
                .asString()
                .contains("5")
                .contains("3");
        assertThat(ModelSummary.of(file, Map.of()).multiplications()).isEqualTo(12); // one row
        assertThat(ModelSummary.of(file, Map.of()).nodes().getLast().outputs()).containsExactly("?");
    }

    @Test
    void anExtentBelowOneIsRefused() {
        assertThatThrownBy(() -> ModelSummary.of(file, Map.of("rows", 0)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("extent of 'rows'")
                .hasMessageContaining("expects at least 1, got 0");
    }
}

package dev.neurite.onnx.layers;

import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.ModelFormatException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.onnx.Protos;
import dev.neurite.onnx.format.OnnxReader;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.plan.PlanContext;
import dev.neurite.onnx.plan.Runner;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
    /// Compares a layer with `y = Relu(x)` of 3 features.
    private static void compare(Node layer) {
        GraphProto.Builder relu = GraphProto.newBuilder()
                .setName("g")
                .addInput(Protos.value("x", Protos.FLOAT, "batch", 3L))
                .addOutput(Protos.value("y", Protos.FLOAT, "batch", 3L))
                .addNode(Protos.node("Relu", "x", "y"));
        byte[] file = Protos.model(relu).build().toByteArray();
        OnnxGraph graph = OnnxReader.read(file, "file").graph();
        var runner = new Runner(graph, new PlanContext(Kernels.shared()));
        new Comparison("file", graph, runner).require(Model.of(features(3), layer), List.of(Shape.of(7, 3)));
    }

    @Test
    void layersThatGiveSomethingElseAreRefused() {
        compare(new Activate(Activation.RELU));
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> compare(new Activate(Activation.leakyRelu(0.01))))
                .withMessageContaining("file, output 'y': expects layers that give what its operators give")
                .withMessageContaining("numbers that differ by");
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> compare(Layers.dense(2)))
                .withMessageContaining("2×2");
    }
}

package dev.neurite.onnx;

import static dev.neurite.layer.Initializers.constant;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.longs;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ModelFormatException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.BatchNorm;
import dev.neurite.model.Model;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.onnx.proto.AttributeProto;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Settings that few files have: layers give what operators give, or are refused.
final class LayersOfOldOpsetsTest {
    private static ModelProto.Builder model(int opset, List<Long> row, NodeProto.Builder... nodes) {
        Object[] extents = new Object[row.size() + 1];
        extents[0] = "batch";
        for (int i = 0; i < row.size(); i++) extents[i + 1] = row.get(i);
        Object[] open = new Object[extents.length];
        for (int i = 0; i < open.length; i++) open[i] = "y" + i;
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("g")
                .addInput(value("x", Protos.FLOAT, extents))
                .addOutput(value("y", Protos.FLOAT, open));
        for (NodeProto.Builder each : nodes) graph.addNode(each);
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(Protos.opset("", opset))
                .setGraph(graph);
    }

    private static OnnxModel read(ModelProto.Builder model) {
        return OnnxModel.read(model.build().toByteArray());
    }

    private static void assertSame(ModelProto.Builder proto) {
        OnnxModel file = read(proto);
        Model layers = file.toModel();
        Shape rows = layers.network().inputs().getFirst().forRows(3);
        float[] x = new float[rows.size()];
        for (int i = 0; i < x.length; i++) x[i] = (float) Math.sin(7 * i) * 9;
        Tensor got = layers.predict(Tensor.of(rows, x));
        Value wanted =
                file.run(Map.of("x", Value.of(rows, x))).values().iterator().next();
        assertThat(got.shape()).isEqualTo(wanted.shape());
        assertThat(got.toArray()).containsExactly(wanted.floats(), within(1e-5f));
    }

    private static void assertRefused(ModelProto.Builder proto, String message) {
        OnnxModel file = read(proto);
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(file::toModel)
                .withMessageContaining(message);
    }

    @Test
    void limitsAsAttributesClip() {
        assertSame(model(10, List.of(5L), node("Clip", "x", "y", attribute("min", -1f), attribute("max", 2f))));
        assertSame(model(10, List.of(5L), node("Clip", "x", "y", attribute("min", 0f), attribute("max", 6f))));
    }

    @Test
    void sizesAsAnAttributeSplit() {
        assertSame(model(
                12,
                List.of(6L),
                node("Split", "x", "a b", attribute("axis", 1), attribute("split", List.of(2L, 4L))),
                node("Concat", "b a", "y", attribute("axis", 1))));
    }

    @Test
    void earlierSoftmaxJoinsAxes() {
        assertSame(model(11, List.of(5L), node("Softmax", "x", "y")));
        assertSame(model(11, List.of(2L, 5L), node("LogSoftmax", "x", "y", attribute("axis", 2))));
        assertRefused(model(11, List.of(2L, 5L), node("Softmax", "x", "y")), "1 × Softmax");
        assertSame(model(13, List.of(2L, 5L), node("Softmax", "x", "y")));
    }

    @Test
    void numbersAreNotCutOff() {
        assertRefused(
                model(
                        17,
                        List.of(5L),
                        node("Cast", "x", "a", attribute("to", Protos.INT64)),
                        node("Cast", "a", "y", attribute("to", Protos.FLOAT))),
                "1 × Cast");
    }

    @Test
    void idsMayBeCast() {
        ModelProto.Builder model = model(
                17,
                List.of(4L),
                node("Cast", "x", "a", attribute("to", Protos.INT64)),
                node("Gather", "table", "y").addInput("a"));
        model.getGraphBuilder().addInitializer(floats("table", List.of(3L, 2L), 1, 2, 3, 4, 5, 6));
        model.getGraphBuilder().getNodeBuilder(1).clearInput().addInput("table").addInput("a");
        Model layers = read(model).toModel();
        assertThat(layers.predict(Tensor.of(Shape.of(1, 4), 2, 0, 1, 1)).toArray())
                .containsExactly(5, 6, 1, 2, 3, 4, 3, 4);
    }

    @Test
    void paddingBeyondTheEndCounts() {
        NodeProto.Builder pool = node(
                "AveragePool",
                "x",
                "y",
                attribute("kernel_shape", List.of(3L, 3L)),
                attribute("strides", List.of(2L, 2L)),
                attribute("pads", List.of(0L, 0L, 2L, 2L)),
                attribute("count_include_pad", 1));
        assertRefused(model(17, List.of(2L, 5L, 5L), pool), "1 × AveragePool");
        NodeProto.Builder plain = node(
                "AveragePool",
                "x",
                "y",
                attribute("kernel_shape", List.of(3L, 3L)),
                attribute("strides", List.of(2L, 2L)),
                attribute("pads", List.of(0L, 0L, 2L, 2L)));
        assertSame(model(17, List.of(2L, 6L, 6L), plain));
    }

    @Test
    void meansWithDilationsAreRefused() {
        NodeProto.Builder pool = node(
                "AveragePool", "x", "y", attribute("kernel_shape", List.of(2L)), attribute("dilations", List.of(2L)));
        assertRefused(model(19, List.of(2L, 7L), pool), "1 × AveragePool");
    }

    @Test
    void resizingToOneTakesTheFirst() {
        for (String how : List.of("pytorch_half_pixel", "half_pixel")) {
            ModelProto.Builder model = model(
                    18,
                    List.of(2L, 4L, 3L),
                    node(
                                    "Resize",
                                    "x",
                                    "y",
                                    attribute("mode", "linear"),
                                    attribute("coordinate_transformation_mode", how))
                            .addInput("")
                            .addInput("")
                            .addInput("sizes"));
            model.getGraphBuilder().addInitializer(longs("sizes", 7, 2, 1, 6));
            model.getGraphBuilder()
                    .getInputBuilder(0)
                    .getTypeBuilder()
                    .getTensorTypeBuilder()
                    .getShapeBuilder()
                    .getDimBuilder(0)
                    .setDimValue(7);
            if (how.equals("half_pixel")) read(model).toModel();
            else assertRefused(model, "1 × Resize");
        }
    }

    @Test
    void resizingThatKeepsRatiosIsRefused() {
        ModelProto.Builder model = model(
                18,
                List.of(2L, 4L, 3L),
                node(
                                "Resize",
                                "x",
                                "y",
                                attribute("mode", "linear"),
                                attribute("keep_aspect_ratio_policy", "not_larger"))
                        .addInput("")
                        .addInput("")
                        .addInput("sizes"));
        model.getGraphBuilder().addInitializer(longs("sizes", 7, 2, 8, 12));
        assertRefused(model, "1 × Resize");
    }

    @Test
    void attributesThatAreNotUnderstoodAreRefused() {
        assertRefused(model(17, List.of(5L), node("Relu", "x", "y", attribute("slope", 0.5f))), "1 × Relu");
    }

    private static ModelProto.Builder norm(AttributeProto... attributes) {
        ModelProto.Builder model =
                model(17, List.of(2L, 3L), node("BatchNormalization", "x ones zeros zeros ones", "y", attributes));
        model.getGraphBuilder().addInitializer(floats("ones", List.of(2L), 1, 1));
        model.getGraphBuilder().addInitializer(floats("zeros", List.of(2L), 0, 0));
        return model;
    }

    /// ONNX has the weight of the past, a layer that of the batch.
    @Test
    void batchNormsKeepTheirMomentum() {
        assertThat(firstLayer(read(norm()).toModel())).contains("momentum 0.1,");
        assertThat(firstLayer(read(norm(attribute("momentum", 0.99f))).toModel()))
                .contains("momentum 0.01,");
        Model layers = Model.of(Shape.of(2, 3), new BatchNorm(Activation.IDENTITY, 0.25, 1e-5, true, constant(1)))
                .initialize(0);
        Model back = OnnxModel.read(OnnxExport.of(layers).bytes()).toModel();
        assertThat(firstLayer(back)).contains("momentum 0.25,");
    }

    /// Those that keep their statistics, or have no momentum at all.
    @Test
    void batchNormsOfAnotherMomentumGetTheUsualOne() {
        for (float past : new float[] {1, 1.5f, -0.5f, Float.NaN}) {
            OnnxModel file = read(norm(attribute("momentum", past)));
            assertThat(firstLayer(file.toModel())).contains("momentum 0.1,");
            assertThat(file.notes())
                    .containsExactly("Batch norms whose momentum no layer has, as 1, with which statistics stay: 1."
                            + " They get the usual one, 0.1");
        }
        assertThat(read(norm()).notes()).isEmpty();
    }

    private static String firstLayer(Model model) {
        return model.graph().applications().getFirst().node().toString();
    }

    @Test
    void batchNormsInTrainingNameTheWayOut() {
        assertRefused(norm(attribute("training_mode", 1)), "Export it again in evaluation mode");
    }
}

package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.BOOL;
import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.INT64;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.body;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.longs;
import static dev.neurite.onnx.Protos.model;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.tensor;
import static dev.neurite.onnx.Protos.value;

import com.google.protobuf.ByteString;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.ModelProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Small models with many kinds of operators and fields: what the fuzzer begins with.
final class SampleModels {
    private SampleModels() {}

    /// The models by name.
    static Map<String, ModelProto> all() {
        Map<String, ModelProto> all = new LinkedHashMap<>();
        all.put("mlp", model(mlp()).build());
        all.put("image", model(image()).build());
        all.put("shapes", model(shapes()).build());
        all.put("loop", model(loop()).build());
        all.put("integers", model(integers()).build());
        all.put("sequence", model(sequence()).build());
        return all;
    }

    private static float[] ramp(int count) {
        float[] ramp = new float[count];
        for (int i = 0; i < count; i++) ramp[i] = (i % 7 - 3) / 4f;
        return ramp;
    }

    private static GraphProto.Builder mlp() {
        return GraphProto.newBuilder()
                .setName("mlp")
                .addInput(value("x", FLOAT, "n", 3L))
                .addOutput(value("y", FLOAT, "n", 2L))
                .addInitializer(floats("w1", List.of(4L, 3L), ramp(12)))
                .addInitializer(floats("b1", List.of(4L), ramp(4)))
                .addInitializer(floats("w2", List.of(4L, 2L), ramp(8)))
                .addNode(node("Gemm", "x w1 b1", "h", attribute("transB", 1), attribute("alpha", 0.5f)))
                .addNode(node("Relu", "h", "a"))
                .addNode(node("MatMul", "a w2", "z"))
                .addNode(node("Softmax", "z", "y", attribute("axis", -1)));
    }

    private static GraphProto.Builder image() {
        return GraphProto.newBuilder()
                .setName("image")
                .addInput(value("x", FLOAT, 1L, 2L, 6L, 6L))
                .addOutput(value("y", FLOAT, 1L, 12L))
                .addInitializer(floats("w", List.of(3L, 2L, 3L, 3L), ramp(54)))
                .addInitializer(floats("s", List.of(3L), 1, 2, 3))
                .addInitializer(floats("v", List.of(3L), 1, 2, 3))
                .addInitializer(longs("shape", 0, -1))
                .addNode(node("Conv", "x w s", "c", attribute("pads", List.of(1L, 1L, 0L, 0L))))
                .addNode(node("BatchNormalization", "c s s v v", "b", attribute("epsilon", 1e-3f)))
                .addNode(node(
                        "MaxPool",
                        "b",
                        "p",
                        attribute("kernel_shape", List.of(2L, 2L)),
                        attribute("strides", List.of(2L, 2L)),
                        attribute("auto_pad", "NOTSET")))
                .addNode(node("Reshape", "p shape", "y"));
    }

    private static GraphProto.Builder shapes() {
        return GraphProto.newBuilder()
                .setName("shapes")
                .addInput(value("x", FLOAT, 2L, 3L))
                .addOutput(value("y", FLOAT, "m", "n"))
                .addInitializer(longs("one", 1))
                .addInitializer(longs("two", 2))
                .addInitializer(longs("pads", 0, 1, 0, 2))
                .addNode(node("Shape", "x", "shape"))
                .addNode(node("Gather", "shape one", "last"))
                .addNode(node("Concat", "two last", "both", attribute("axis", 0)))
                .addNode(node("ConstantOfShape", "both", "ones", attribute("value", floats("", List.of(1L), 1))))
                .addNode(node("Constant", "", "c", attribute("value", floats("", List.of(2L, 1L), 5, 6))))
                .addNode(node("Pad", "x pads", "padded"))
                .addNode(node("Slice", "padded one two one one", "sliced"))
                .addNode(node("Expand", "c both", "wide"))
                .addNode(node("Tile", "wide two2", "tiled"))
                .addInitializer(longs("two2", 1, 1))
                .addNode(node("Add", "ones tiled", "sum"))
                .addNode(node("Transpose", "sum", "y", attribute("perm", List.of(1L, 0L))))
                .addNode(node("ReduceSum", "sliced one", "unused", attribute("keepdims", 0)))
                .addNode(node("Resize", "padded no no sizes", "unused2", attribute("mode", "linear")))
                .addInitializer(longs("sizes", 4, 4))
                .addInitializer(floats("no", List.of(0L)))
                .addOutput(value("unused", FLOAT, "k"))
                .addOutput(value("unused2", FLOAT, "k", "l"));
    }

    private static GraphProto.Builder loop() {
        GraphProto.Builder then = body(List.of(), List.of("t"), node("Mul", "state w", "t"));
        GraphProto.Builder other = body(List.of(), List.of("e"), node("Sub", "state w", "e"));
        GraphProto.Builder own = body(
                List.of("i", "go", "state"),
                List.of("stay", "next", "next"),
                node("Identity", "go", "stay"),
                node("If", "c", "next", attribute("then_branch", then), attribute("else_branch", other)));
        return GraphProto.newBuilder()
                .setName("loop")
                .addInput(value("x", FLOAT, 2L))
                .addInput(value("c", BOOL))
                .addOutput(value("y", FLOAT, 2L))
                .addOutput(value("all", FLOAT, "steps", 2L))
                .addInitializer(floats("w", List.of(2L), 2, 3))
                .addInitializer(tensor("count", INT64).addInt64Data(4))
                .addInitializer(tensor("true", BOOL).addInt32Data(1))
                .addNode(node("Loop", "count true x", "y all", attribute("body", own)));
    }

    private static GraphProto.Builder integers() {
        return GraphProto.newBuilder()
                .setName("integers")
                .addInput(value("x", FLOAT, 2L, 4L))
                .addOutput(value("y", FLOAT, 2L, 3L))
                .addOutput(value("texts", 8, 2L))
                .addOutput(value("k", INT64, 2L, 2L))
                .addInitializer(tensor("w", 3, 4, 3).setRawData(ByteString.copyFrom(new byte[12])))
                .addInitializer(tensor("z", 3).addInt32Data(1))
                .addInitializer(tensor("half", 10, 1).addInt32Data(0x3c00))
                .addInitializer(longs("two", 2))
                .addInitializer(tensor("t", 8, 2)
                        .addStringData(ByteString.copyFromUtf8("a"))
                        .addStringData(ByteString.copyFromUtf8("b")))
                .addNode(node("DynamicQuantizeLinear", "x", "q scale zero"))
                .addNode(node("MatMulInteger", "q w zero z", "m"))
                .addNode(node("Cast", "m", "f", attribute("to", 1)))
                .addNode(node("Mul", "f scale", "g"))
                .addNode(node("Add", "g half", "y"))
                .addNode(node("Identity", "t", "texts"))
                .addNode(node("TopK", "y two", "best k", attribute("axis", -1), attribute("largest", 1)));
    }

    private static GraphProto.Builder sequence() {
        return GraphProto.newBuilder()
                .setName("sequence")
                .addInput(value("x", FLOAT, 3L, 1L, 2L))
                .addOutput(value("y", FLOAT, 3L, 1L, 1L, 2L))
                .addOutput(value("z", FLOAT, 3L, 3L))
                .addInitializer(floats("w", List.of(1L, 8L, 2L), ramp(16)))
                .addInitializer(floats("r", List.of(1L, 8L, 2L), ramp(16)))
                .addInitializer(longs("rows", 3, 2))
                .addNode(node("LSTM", "x w r", "y h c", attribute("hidden_size", 2), attribute("direction", "forward")))
                .addNode(node("Reshape", "x rows", "flat"))
                .addNode(node("Einsum", "flat flat", "z", attribute("equation", "ij,kj->ik")));
    }
}

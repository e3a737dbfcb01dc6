package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.BOOL;
import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.longs;
import static dev.neurite.onnx.Protos.model;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.opset;
import static dev.neurite.onnx.Protos.tensor;
import static dev.neurite.onnx.Protos.value;

import com.google.protobuf.ByteString;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.proto.AttributeProto;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.value.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A graph for each operator of which ONNX has no small test, and for those that plans make of several.
final class HandMadeCases {
    private static final int INT32 = ElementType.INT32.code();

    private HandMadeCases() {}

    static List<GraphCase> all() {
        List<GraphCase> all = new ArrayList<>();
        TensorProto image = ramp("x", 2, 3, 5, 4);
        all.add(of("not", node("Not", "x", "y"), truths("x", 1, 0, 0, 1, 1)));
        all.add(of("mish", node("Mish", "x", "y"), image));
        all.add(of("globallppool", node("GlobalLpPool", "x", "y"), image));
        all.add(of("lpnormalization", node("LpNormalization", "x", "y", attribute("axis", 1)), image));
        addMicrosoft(all);
        addQuantized(all);
        all.add(sequences());
        addOthers(all, image);
        all.add(dense());
        all.add(blocks());
        all.add(betweenPairs("Conv", ramp("x", 2, 3, 7, 6), bytes("w", 16, 3, 3, 3)));
        all.add(betweenPairs("MatMul", ramp("x", 2, 7), bytes("w", 7, 5)));
        all.add(of("attention", RewritingTest.attention(), ramp("x", 2, 5, 32)));
        all.add(of("quantizeddense", RewritingTest.quantizedDense(), ramp("x", 3, 16)));
        TensorProto row = ramp("x", 37);
        all.add(of("silu", graph(List.of(row), node("Sigmoid", "x", "s"), node("Mul", "x s", "y")), row));
        all.add(of("gelu", RewritingTest.gelu(), ramp("x", 2, 3)));
        for (String each : List.of("RNN", "GRU", "LSTM")) all.add(batchFirst(each));
        return all;
    }

    /// A recurrent layer between transposes.
    private static GraphCase batchFirst(String op) {
        TensorProto x = ramp("x", 2, 5, 3);
        int gates = op.equals("RNN") ? 1 : op.equals("GRU") ? 3 : 4;
        AttributeProto swapped = attribute("perm", List.of(1L, 0L, 2L));
        GraphProto.Builder graph = graph(
                List.of(x),
                node("Transpose", "x", "t").addAttribute(swapped),
                node(op, "t w r", "steps", attribute("hidden_size", 4)),
                node("Squeeze", "steps one", "s"),
                node("Transpose", "s", "y").addAttribute(swapped));
        graph.addInitializer(ramp("w", 1, 4 * gates, 3)).addInitializer(ramp("r", 1, 4 * gates, 4));
        graph.addInitializer(longs("one", 1));
        return of(op + " with the batch first", graph, x);
    }

    private static void addMicrosoft(List<GraphCase> all) {
        TensorProto x = ramp("x", 2, 3, 8);
        TensorProto a = ramp("a", 8);
        TensorProto b = ramp("b", 8);
        all.add(of("ms gelu", microsoft("Gelu", "x"), x));
        all.add(of("ms quickgelu", microsoft("QuickGelu", "x"), x));
        all.add(of("ms quickgelu 1", microsoft("QuickGelu", "x").addAttribute(attribute("alpha", 1f)), x));
        all.add(of("ms biasgelu", microsoft("BiasGelu", "x a"), x, a));
        all.add(of("ms fastgelu", microsoft("FastGelu", "x"), x));
        all.add(of("ms fastgelu with a bias", microsoft("FastGelu", "x a"), x, a));
        TensorProto w = ramp("w", 8, 5);
        all.add(of("ms fusedmatmul", microsoft("FusedMatMul", "x w").addAttribute(attribute("alpha", 2f)), x, w));
        all.add(of("ms transposematmul", microsoft("TransposeMatMul", "x w"), x, w));
        TensorProto skip = ramp("s", 2, 3, 8);
        all.add(of("ms skip", microsoft("SkipLayerNormalization", "x s a b"), x, skip, a, b));
        TensorProto ids = integers("ids", 2, 3);
        TensorProto segments = integers("segments", 2, 3);
        all.add(of(
                "ms embed",
                microsoft("EmbedLayerNormalization", "ids segments words places kinds a b"),
                ids,
                segments,
                ramp("words", 10, 8),
                ramp("places", 6, 8),
                ramp("kinds", 6, 8),
                a,
                b));
        all.add(of(
                "ms attention",
                microsoft("Attention", "x w b").addAttribute(attribute("num_heads", 2)),
                x,
                ramp("w", 8, 24),
                ramp("b", 24)));
    }

    /// Operators of bytes with their scales and zero points.
    private static void addQuantized(List<GraphCase> all) {
        TensorProto a = bytes("a", 2, 3);
        TensorProto b = bytes("b", 2, 3);
        TensorProto image = bytes("image", 1, 2, 3, 3);
        TensorProto w = bytes("w", 3, 2);
        TensorProto s = floats("s", List.of(), 0.1f).build();
        TensorProto z = tensor("z", ElementType.UINT8.code()).addInt32Data(100).build();
        for (String op : new String[] {"QLinearAdd", "QLinearMul"}) {
            all.add(ofBytes("ms " + op, microsoft(op, "a s z b s z s z"), a, s, z, b));
        }
        for (String op : new String[] {"QLinearSigmoid", "QLinearLeakyRelu", "QLinearSoftmax"}) {
            all.add(ofBytes("ms " + op, microsoft(op, "a s z s z"), a, s, z));
        }
        all.add(ofBytes(
                "ms qlinearconcat",
                microsoft("QLinearConcat", "s z a s z b s z").addAttribute(attribute("axis", 1)),
                a,
                s,
                z,
                b));
        all.add(ofBytes("ms pool", microsoft("QLinearGlobalAveragePool", "image s z s z"), image, s, z));
        NodeProto.Builder pool = microsoft("QLinearAveragePool", "image s z s z");
        all.add(ofBytes("ms average", pool.addAttribute(attribute("kernel_shape", List.of(2L, 2L))), image, s, z));
        all.add(ofBytes("ms qgemm", microsoft("QGemm", "a s z w s z none s z"), a, s, z, w));
    }

    /// Sequences and optional values inside of a graph of tensors.
    private static GraphCase sequences() {
        TensorProto x = ramp("x", 4, 3);
        GraphProto.Builder graph = graph(
                List.of(x),
                node("SequenceEmpty", "", "empty"),
                node("SequenceInsert", "empty x", "one"),
                node("SequenceConstruct", "x x", "two"),
                node("SequenceInsert", "two x zero", "three"),
                node("SequenceErase", "three zero", "left"),
                node(
                        "SequenceMap",
                        "left",
                        "mapped",
                        attribute("body", Protos.body(List.of("e"), List.of("n"), node("Neg", "e", "n")))),
                node("SequenceAt", "mapped zero", "first"),
                node("SplitToSequence", "first", "rows"),
                node("ConcatFromSequence", "rows", "whole", attribute("axis", 0)),
                node("Optional", "whole", "optional"),
                node("OptionalHasElement", "optional", "has"),
                node("OptionalGetElement", "optional", "got"),
                node("SequenceLength", "one", "count"),
                node("Cast", "count", "factor", attribute("to", 1)),
                node("Mul", "got factor", "scaled"),
                node("Where", "has scaled x", "y"));
        graph.addInitializer(tensor("zero", Protos.INT64).addInt64Data(0));
        return of("sequences", graph, x);
    }

    /// Operators of which ONNX's tests are larger, or none.
    private static void addOthers(List<GraphCase> all, TensorProto image) {
        TensorProto regions =
                floats("regions", List.of(2L, 5L), 0, 0, 0, 3, 4, 1, 1, 1, 2, 2).build();
        NodeProto.Builder pool = node("MaxRoiPool", "x regions", "y", attribute("pooled_shape", List.of(2L, 2L)));
        all.add(of("maxroipool", pool, image, regions));
        AttributeProto seed = attribute("seed", 3f);
        AttributeProto shape = attribute("shape", List.of(2L, 3L));
        for (String op : new String[] {"RandomNormal", "RandomUniform"}) {
            GraphProto.Builder graph =
                    graph(List.of(ramp("x", 2, 3)), node(op, "", "r", seed, shape), node("Add", "x r", "y"));
            all.add(of(op, graph, ramp("x", 2, 3)));
            all.add(of(op + "Like", node(op + "Like", "x", "y", seed), ramp("x", 2, 3)));
        }
        all.add(of("bernoulli", node("Bernoulli", "x", "y", seed), ramp("x", 2, 3)));
        AttributeProto type = attribute("dtype", 7);
        GraphProto.Builder drawn = graph(
                List.of(ramp("x", 2, 3)),
                node("Multinomial", "x", "d", seed, type, attribute("sample_size", 4)),
                node("Cast", "d", "y", attribute("to", 1)));
        all.add(of("multinomial", drawn, ramp("x", 2, 3)));
        all.add(of("vectorizer", ml("FeatureVectorizer", "x x", "y"), ramp("x", 2, 3)));
        GraphProto.Builder mapped = graph(
                List.of(ramp("x", 2, 3)),
                node("Cast", "x", "i", attribute("to", 7)),
                ml("CategoryMapper", "i", "t")
                        .addAttribute(strings("cats_strings", "1"))
                        .addAttribute(attribute("cats_int64s", List.of(0L)))
                        .addAttribute(attribute("default_string", "2")),
                node("Cast", "t", "y", attribute("to", 1)));
        all.add(of("categorymapper", mapped, ramp("x", 2, 3)));
        TensorProto x = ramp("x", 3, 2, 3);
        NodeProto.Builder lstm = microsoft("DynamicQuantizeLSTM", "x w r none none none none none s z s z");
        lstm.addAttribute(attribute("hidden_size", 2));
        GraphProto.Builder steps =
                graph(List.of(x), lstm).addInitializer(signed("w", 1, 3, 8)).addInitializer(signed("r", 1, 2, 8));
        steps.addInitializer(floats("s", List.of(1L), 0.01f)).addInitializer(signed("z", 1));
        steps.setOutput(0, value("y", FLOAT, "a", "b", "c", "d"));
        all.add(of("ms lstm", steps, x));
    }

    private static NodeProto.Builder ml(String op, String inputs, String outputs) {
        return node(op, inputs, outputs).setDomain(Operators.ML);
    }

    private static AttributeProto strings(String name, String... all) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRINGS);
        for (String each : all) attribute.addStrings(ByteString.copyFromUtf8(each));
        return attribute.build();
    }

    private static TensorProto bytes(String name, long... extents) {
        TensorProto.Builder tensor = tensor(name, ElementType.UINT8.code(), extents);
        for (int i = 0; i < size(extents); i++) tensor.addInt32Data(i * 37 % 256);
        return tensor.build();
    }

    private static TensorProto signed(String name, long... extents) {
        TensorProto.Builder tensor = tensor(name, ElementType.INT8.code(), extents);
        for (int i = 0; i < size(extents); i++) tensor.addInt32Data(i * 37 % 256 - 128);
        return tensor.build();
    }

    private static int size(long... extents) {
        int size = 1;
        for (long each : extents) size *= (int) each;
        return size;
    }

    /// Of one operator, whose inputs `none` are not given.
    private static GraphCase ofBytes(String name, NodeProto.Builder node, TensorProto... inputs) {
        GraphProto.Builder graph = graph(List.of(inputs), node);
        graph.setOutput(
                0,
                value(
                        "y",
                        ElementType.UINT8.code(),
                        graph.getOutput(0).getType().getTensorType().getShape().getDimList().stream()
                                .map(each -> (Object) each.getDimParam())
                                .toArray()));
        return of(name, graph, inputs);
    }

    /// A product with a bias and an activation, which are one step.
    private static GraphCase dense() {
        GraphProto.Builder graph = graph(
                List.of(ramp("x", 3, 8)), node("MatMul", "x w", "p"), node("Add", "p b", "z"), node("Relu", "z", "y"));
        graph.addInitializer(ramp("w", 8, 5)).addInitializer(ramp("b", 5));
        return of("dense", graph, ramp("x", 3, 8));
    }

    /// Convolutions whose channels are in blocks.
    private static GraphCase blocks() {
        TensorProto x = ramp("x", 2, 16, 12, 12);
        GraphProto.Builder graph = graph(
                List.of(x),
                node("Conv", "x w b", "p", attribute("pads", List.of(1L, 1L, 1L, 1L))),
                node("Relu", "p", "h"),
                node("Conv", "h w b", "z", attribute("pads", List.of(1L, 1L, 1L, 1L))),
                node("Add", "z h", "s"),
                node("Tanh", "s", "y"));
        graph.addInitializer(ramp("w", 16, 16, 3, 3)).addInitializer(ramp("b", 16));
        return of("blocks", graph, x);
    }

    /// A convolution or product between QuantizeLinear and DequantizeLinear, which is one of integers.
    private static GraphCase betweenPairs(String op, TensorProto x, TensorProto w) {
        GraphProto.Builder graph = graph(
                List.of(x),
                node("QuantizeLinear", "x s z", "q"),
                node("DequantizeLinear", "q s z", "f"),
                node("DequantizeLinear", "w s z", "g"),
                node(op, "f g", "c"),
                node("QuantizeLinear", "c s z", "p"),
                node("DequantizeLinear", "p s z", "y"));
        graph.addInitializer(floats("s", List.of(), 0.02f)).addInitializer(w);
        graph.addInitializer(tensor("z", ElementType.UINT8.code()).addInt32Data(120));
        return of(op + " between pairs", graph, x);
    }

    // -------------------------------------------------------------------------------------------------------- models

    private static NodeProto.Builder microsoft(String op, String inputs) {
        return node(op, inputs, "y").setDomain(Operators.MICROSOFT);
    }

    private static GraphCase of(String name, NodeProto.Builder node, TensorProto... inputs) {
        return of(name, graph(List.of(inputs), node), inputs);
    }

    private static GraphProto.Builder graph(List<TensorProto> inputs, NodeProto.Builder... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
        for (TensorProto each : inputs) {
            graph.addInput(
                    value(each.getName(), each.getDataType(), each.getDimsList().toArray()));
        }
        for (NodeProto.Builder each : nodes) {
            for (int i = 0; i < each.getInputCount(); i++) if (each.getInput(i).equals("none")) each.setInput(i, "");
            graph.addNode(each);
        }
        boolean truths = inputs.getFirst().getDataType() == BOOL;
        Object[] any = new Object[inputs.getFirst().getDimsCount()];
        for (int i = 0; i < any.length; i++) any[i] = "y" + i;
        return graph.addOutput(value("y", truths ? BOOL : FLOAT, any));
    }

    private static GraphCase of(String name, GraphProto.Builder graph, TensorProto... inputs) {
        Map<String, TensorProto> given = new LinkedHashMap<>();
        for (TensorProto each : inputs) given.put(each.getName(), each);
        return new GraphCase(
                name,
                model(graph)
                        .addOpsetImport(opset(Operators.MICROSOFT, 1))
                        .addOpsetImport(opset(Operators.ML, 3))
                        .build(),
                given);
    }

    private static TensorProto ramp(String name, long... extents) {
        int size = 1;
        List<Long> shape = new ArrayList<>();
        for (long each : extents) {
            size *= (int) each;
            shape.add(each);
        }
        float[] all = new float[size];
        for (int i = 0; i < size; i++) all[i] = (float) Math.sin(1.7 * i) / 2;
        return floats(name, shape, all).build();
    }

    /// 0, 1, 2 and so on.
    private static TensorProto integers(String name, long rows, long columns) {
        TensorProto.Builder tensor = tensor(name, INT32, rows, columns);
        for (int i = 0; i < rows * columns; i++) tensor.addInt32Data(i);
        return tensor.build();
    }

    private static TensorProto truths(String name, int... all) {
        TensorProto.Builder tensor = tensor(name, BOOL, all.length);
        for (int each : all) tensor.addInt32Data(each);
        return tensor.build();
    }
}

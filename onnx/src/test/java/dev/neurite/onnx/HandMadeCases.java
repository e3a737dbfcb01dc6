package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.BOOL;
import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.model;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.opset;
import static dev.neurite.onnx.Protos.tensor;
import static dev.neurite.onnx.Protos.value;

import dev.neurite.onnx.op.Operators;
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
        all.add(dense());
        all.add(blocks());
        all.add(of("attention", RewritingTest.attention(), ramp("x", 2, 5, 32)));
        TensorProto row = ramp("x", 37);
        all.add(of("silu", graph(List.of(row), node("Sigmoid", "x", "s"), node("Mul", "x s", "y")), row));
        all.add(of("gelu", RewritingTest.gelu(), ramp("x", 2, 3)));
        return all;
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
        for (NodeProto.Builder each : nodes) graph.addNode(each);
        boolean truths = inputs.getFirst().getDataType() == BOOL;
        Object[] any = new Object[inputs.getFirst().getDimsCount()];
        for (int i = 0; i < any.length; i++) any[i] = "y" + i;
        return graph.addOutput(value("y", truths ? BOOL : FLOAT, any));
    }

    private static GraphCase of(String name, GraphProto.Builder graph, TensorProto... inputs) {
        Map<String, TensorProto> given = new LinkedHashMap<>();
        for (TensorProto each : inputs) given.put(each.getName(), each);
        return new GraphCase(
                name, model(graph).addOpsetImport(opset(Operators.MICROSOFT, 1)).build(), given);
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

package dev.neurite.onnx.plan;

import dev.neurite.error.NeuriteException;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NotYetKnown;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.registry.Registry;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a graph computes for inputs of some shapes, node by node, without computing it.
public final class Outline {
    private static final String UNKNOWN = "?";
    private static final int SMALL = 1 << 12; // elements, as of arithmetic on shapes

    private final Map<String, Fact> facts;
    private final OnnxGraph graph;
    private final PlanContext context;

    private Outline(OnnxGraph graph, Map<String, Fact> facts, PlanContext context) {
        this.graph = graph;
        this.facts = new HashMap<>(facts);
        this.context = context;
    }

    /// A node.
    /// @param node the node
    /// @param outputs the types and shapes of its results, as texts: `?` for what is not known before it runs
    /// @param parameters the number of elements of the file's tensors that it takes
    /// @param multiplications of products, convolutions and recurrent layers; 0 for other operators
    public record Line(OnnxNode node, List<String> outputs, long parameters, long multiplications) {
        public Line {
            outputs = List.copyOf(outputs);
        }

        /// Whether the shapes of all its results are known.
        public boolean isKnown() {
            return !outputs.contains(UNKNOWN);
        }
    }

    /// The nodes of a graph, in their order.
    /// @param given what is known of the inputs
    public static List<Line> of(OnnxGraph graph, Map<String, Fact> given, PlanContext context) {
        var outline = new Outline(graph, given, context);
        return graph.nodes().stream().map(outline::line).toList();
    }

    private @Nullable Fact fact(String name) {
        Fact known = facts.get(name);
        Constant constant = graph.constants().get(name);
        return known == null && constant != null ? Fact.of(constant) : known;
    }

    private Line line(OnnxNode node) {
        @Nullable ReadyNode step = step(node);
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < node.outputs().size(); i++) {
            Fact fact = step == null ? null : step.outputs().get(i);
            String name = node.outputs().get(i);
            if (fact != null && !name.isEmpty()) facts.put(name, fact);
            if (!name.isEmpty()) outputs.add(fact == null ? UNKNOWN : fact.type() + " " + fact.shape());
        }
        return new Line(node, outputs, parameters(node), step == null ? 0 : multiplications(node, step));
    }

    private long parameters(OnnxNode node) {
        return node.inputs().stream()
                .map(graph.constants()::get)
                .filter(Objects::nonNull)
                .mapToLong(each -> each.shape().size())
                .sum();
    }

    /// The step of a node, computed if its inputs are constants; null if nothing is known of it.
    private @Nullable ReadyNode step(OnnxNode node) {
        if (Registry.find(node).isEmpty()) return null;
        List<@Nullable Fact> in = new ArrayList<>();
        boolean constant = true;
        long size = 0;
        for (String each : node.inputs()) {
            Fact fact = each.isEmpty() ? null : fact(each);
            if (fact == null && !each.isEmpty()) return null;
            in.add(fact);
            constant &= fact == null || fact.isConstant();
            size += fact == null ? 0 : fact.shape().size();
        }
        try {
            ReadyNode step = ConstantFolding.prepare(node, in, context);
            boolean small = size <= SMALL
                    && step.outputs().stream()
                            .allMatch(each -> each != null && each.shape().size() <= SMALL);
            if (!constant
                    || step.isConstant()
                    || !small
                    || !OnnxGraph.bodies(node).isEmpty()) return step;
            Value[] given = new Value[in.size()];
            for (int i = 0; i < given.length; i++) {
                Fact fact = in.get(i);
                if (fact != null && fact.value() != null) given[i] = fact.value();
            }
            Value[] results = Plan.run(node, step, given);
            return Arrays.stream(results).allMatch(Objects::nonNull) ? ReadyNode.constant(results) : step;
        } catch (NotYetKnown | NeuriteException _) {
            return null; // told when the model runs
        }
    }

    private long multiplications(OnnxNode node, ReadyNode step) {
        Fact y = step.outputs().getFirst();
        Shape x = shape(node, 0);
        Shape w = shape(node, 1);
        if (y == null || x == null || w == null) return 0;
        long out = y.shape().size();
        return switch (node.op()) {
            case "Conv", "ConvInteger" -> out * (w.size() / Math.max(1, w.extent(0)));
            case "QLinearConv" -> {
                Shape weights = shape(node, 3);
                yield weights == null ? 0 : out * (weights.size() / Math.max(1, weights.extent(0)));
            }
            case "ConvTranspose" -> (long) x.size() * (w.size() / Math.max(1, w.extent(0)));
            case "MatMul", "MatMulInteger", "QLinearMatMul", "RequantizedProduct" ->
                x.rank() == 0 ? 0 : out * x.extent(x.rank() - 1);
            case "FusedMatMul", "TransposeMatMul" -> out * inner(node, x);
            case "Gemm", "QGemm" -> out * x.extent(node.attributes().flag("transA", false) ? 0 : 1);
            case "LSTM", "GRU", "RNN" -> {
                Shape r = shape(node, 2);
                yield r == null || x.rank() < 2 ? 0 : (long) x.extent(0) * x.extent(1) * (w.size() + (long) r.size());
            }
            default -> 0;
        };
    }

    /// The products in a sum of FusedMatMul: the last axis of its first input, or the other of a transposed matrix.
    private static int inner(OnnxNode node, Shape x) {
        if (x.rank() < 2) return x.rank() == 0 ? 0 : x.extent(0);
        if (!node.attributes().flag("transA", false)) return x.extent(x.rank() - 1);
        boolean leading = node.attributes().flag("transBatchA", false) && x.rank() > 2;
        return x.extent(leading ? 0 : x.rank() - 2);
    }

    private @Nullable Shape shape(OnnxNode node, int input) {
        if (node.inputs().size() <= input || node.inputs().get(input).isEmpty()) return null;
        Fact fact = fact(node.inputs().get(input));
        return fact == null ? null : fact.shape();
    }
}

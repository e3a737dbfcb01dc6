package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.NotYetKnown;
import dev.neurite.onnx.op.math.Functions;
import dev.neurite.onnx.op.math.PointwiseOperators;
import dev.neurite.onnx.op.nn.Converting;
import dev.neurite.onnx.op.nn.Convolving;
import dev.neurite.onnx.op.quantized.Centering;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Chooses the layout of images: convolutions that are faster so give channels in blocks, operators that can carry
/// them on do, and values are converted where others take them.
final class Layouts {
    /// Operators whose result has the layout of their input.
    private static final Set<String> CARRYING = Set.of("MaxPool", "AveragePool", "BatchNormalization", "Clip");

    private final Map<String, Fact> facts;
    private final OnnxGraph graph;
    private final PlanContext context;
    private final Map<String, Layout> layouts = new HashMap<>(); // of values in blocks, and of their copies
    private final Map<String, String> converted = new HashMap<>(); // the names of copies in the other layout
    private final List<OnnxNode> nodes = new ArrayList<>();

    private Layouts(ConstantFolding.Folded folded, PlanContext context) {
        facts = folded.facts();
        graph = folded.graph();
        this.context = context;
    }

    /// @param folded the graph, with what is known of its values
    static OnnxGraph layOut(ConstantFolding.Folded folded, PlanContext context) {
        var layouts = new Layouts(folded, context);
        for (OnnxNode node : folded.graph().nodes()) layouts.add(node);
        List<String> outputs = folded.graph().outputs();
        for (String each : outputs) layouts.requireRowMajor(each);
        return folded.graph().with(folded.graph().constants(), layouts.nodes);
    }

    private Layout of(String value) {
        return layouts.getOrDefault(value, Layout.ROW_MAJOR);
    }

    /// An output in blocks gets its name from a conversion.
    private void requireRowMajor(String output) {
        if (of(output) == Layout.ROW_MAJOR) return;
        String inside = output + " in blocks";
        nodes.replaceAll(node -> {
            List<String> in = node.inputs().stream()
                    .map(each -> each.equals(output) ? inside : each)
                    .toList();
            List<String> out = node.outputs().stream()
                    .map(each -> each.equals(output) ? inside : each)
                    .toList();
            return node.withInputs(in).withOutputs(out);
        });
        nodes.add(Converting.node(inside, output, Layout.ROW_MAJOR));
        layouts.remove(output);
    }

    private void add(OnnxNode node) {
        if (node.is("Conv") || node.isOwn(Convolving.CONV)) {
            addConvolution(node);
            return;
        }
        if (node.is("GlobalAveragePool")) { // takes any layout; planes of one element are the same in both
            nodes.add(node);
            return;
        }
        Layout layout = carried(node);
        List<String> inputs = new ArrayList<>();
        boolean broadcasts = node.is("Add") || node.is("Mul");
        boolean all = broadcasts || node.is("Concat");
        for (int i = 0; i < node.inputs().size(); i++) {
            String each = node.inputs().get(i);
            boolean asItIs = each.isEmpty() || (broadcasts && layout == Layout.BLOCKED && isOfPixels(each));
            inputs.add(asItIs ? each : in(each, all || i == 0 ? layout : Layout.ROW_MAJOR));
        }
        nodes.add(node.withInputs(inputs));
        if (layout == Layout.BLOCKED) layouts.put(node.outputs().getFirst(), layout);
    }

    /// The layout in which a node takes its first input, or all, and gives its result.
    private Layout carried(OnnxNode node) {
        if (node.inputs().isEmpty()
                || node.outputs().isEmpty()
                || of(node.inputs().getFirst()) != Layout.BLOCKED) {
            boolean second = (node.is("Add") || node.is("Mul"))
                    && node.inputs().size() == 2
                    && of(node.inputs().get(1)) == Layout.BLOCKED;
            if (!second) return Layout.ROW_MAJOR;
        }
        @Nullable Shape out = shape(node.outputs().getFirst());
        if (out == null || out.rank() != 4 || !Layout.canBlock(out.row())) return Layout.ROW_MAJOR;
        if (node.outputs().stream().filter(each -> !each.isEmpty()).count() > 1) return Layout.ROW_MAJOR;
        if (node.is("Add") || node.is("Mul")) return fitBlocks(node, out) ? Layout.BLOCKED : Layout.ROW_MAJOR;
        if (node.is("Concat")) return joinsBlocks(node) ? Layout.BLOCKED : Layout.ROW_MAJOR;
        boolean carries = (node.domain().isEmpty() && CARRYING.contains(node.op()))
                || node.isOwn(PointwiseOperators.ACTIVATION)
                || node.isOwn(Centering.REQUANTIZE)
                || node.isOwn(Centering.QUANTIZE)
                || Functions.isFunction(node);
        return carries && keepsBlocks(node) ? Layout.BLOCKED : Layout.ROW_MAJOR;
    }

    /// Whether the step of a node gives channels in blocks, if it gets them: for some settings there is no such kernel.
    private boolean keepsBlocks(OnnxNode node) {
        List<@Nullable Fact> in = facts(node);
        for (int i = 0; i < in.size(); i++)
            if (in.get(i) == null && !node.inputs().get(i).isEmpty()) return false;
        try {
            Fact y = ConstantFolding.prepare(node, in, context).outputs().getFirst();
            return y != null && y.layout() == Layout.BLOCKED;
        } catch (NotYetKnown _) {
            return false;
        }
    }

    /// What is known of a node's inputs, in the layouts that they have.
    private List<@Nullable Fact> facts(OnnxNode node) {
        List<@Nullable Fact> in = new ArrayList<>();
        for (String each : node.inputs()) {
            Constant constant = graph.constants().get(each);
            Fact known = constant != null ? Fact.of(constant) : facts.get(each);
            in.add(
                    known == null || constant != null
                            ? known
                            : new Fact(known.type(), known.shape(), of(each), null, null));
        }
        return in;
    }

    /// Whether all inputs have the result's shape, or a number for each channel.
    private boolean fitBlocks(OnnxNode node, Shape out) {
        boolean whole = false; // whether one has the result's shape
        for (String each : node.inputs()) {
            Shape shape = shape(each);
            if (shape == null) return false;
            boolean ofChannels = isOfPixels(each) && shape.extent(1) == out.extent(1);
            if (!ofChannels && !shape.equals(out)) return false;
            whole |= shape.equals(out);
        }
        return whole;
    }

    /// Whether a value has images of one pixel, which are the same in both layouts.
    private boolean isOfPixels(String value) {
        Shape shape = shape(value);
        return shape != null && shape.rank() == 4 && shape.extent(2) == 1 && shape.extent(3) == 1;
    }

    /// Whether channels are joined in whole blocks.
    private boolean joinsBlocks(OnnxNode node) {
        if (node.attributes().integer("axis", 1) != 1) return false;
        for (String each : node.inputs()) {
            Shape shape = shape(each);
            if (shape == null || shape.rank() != 4 || !Layout.canBlock(shape.row())) return false;
        }
        return true;
    }

    private void addConvolution(OnnxNode node) {
        String x = node.inputs().getFirst();
        Shape in = shape(x);
        Shape out = shape(node.outputs().getFirst());
        Layout layout = Layout.ROW_MAJOR;
        if (in != null && out != null && in.rank() == 4 && Layout.canBlock(out.row()) && isFloat(x)) {
            layout = preferred(node);
        }
        List<String> inputs = new ArrayList<>(node.inputs());
        if (layout == Layout.ROW_MAJOR) inputs.set(0, in(x, Layout.ROW_MAJOR));
        if (inputs.size() > 3) inputs.set(3, in(inputs.get(3), layout));
        if (layout == Layout.ROW_MAJOR) {
            nodes.add(node.withInputs(inputs));
            return;
        }
        Attributes attributes = node.attributes().with(Convolving.LAYOUT, layout);
        nodes.add(OnnxNode.own(node.name(), Convolving.CONV, inputs, node.outputs(), attributes));
        layouts.put(node.outputs().getFirst(), layout);
    }

    /// The layout in which a convolution is faster.
    private Layout preferred(OnnxNode node) {
        return Convolving.preferred(new NodeCall(node, facts(node), context));
    }

    private boolean isFloat(String value) {
        Fact fact = facts.get(value);
        return fact != null && fact.type() == ElementType.FLOAT;
    }

    private @Nullable Shape shape(String value) {
        Fact fact = facts.get(value);
        return fact == null ? null : fact.shape();
    }

    /// The name of a value in a layout: its own, or that of a copy.
    private String in(String value, Layout layout) {
        if (of(value) == layout || value.isEmpty()) return value;
        return converted.computeIfAbsent(value, from -> {
            String copy = from + (layout == Layout.BLOCKED ? " in blocks" : " in rows");
            nodes.add(Converting.node(from, copy, layout));
            if (layout == Layout.BLOCKED) layouts.put(copy, layout);
            return copy;
        });
    }
}

package dev.neurite.javasource;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Add;
import dev.neurite.layer.AlphaDropout;
import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.Bidirectional;
import dev.neurite.layer.Concat;
import dev.neurite.layer.Conv1d;
import dev.neurite.layer.Conv2d;
import dev.neurite.layer.ConvAdd;
import dev.neurite.layer.Crop;
import dev.neurite.layer.Dense;
import dev.neurite.layer.DepthwiseConv2d;
import dev.neurite.layer.Dropout;
import dev.neurite.layer.Embedding;
import dev.neurite.layer.Flatten;
import dev.neurite.layer.Frozen;
import dev.neurite.layer.GaussianDropout;
import dev.neurite.layer.GaussianNoise;
import dev.neurite.layer.Glu;
import dev.neurite.layer.LayerNorm;
import dev.neurite.layer.Multiply;
import dev.neurite.layer.NormAdd;
import dev.neurite.layer.PRelu;
import dev.neurite.layer.Permute;
import dev.neurite.layer.Recomputed;
import dev.neurite.layer.RecurrentLayer;
import dev.neurite.layer.RelativeToLast;
import dev.neurite.layer.Reshape;
import dev.neurite.layer.Residual;
import dev.neurite.layer.RmsNorm;
import dev.neurite.layer.SeparableConv2d;
import dev.neurite.layer.SequencePool;
import dev.neurite.layer.Slice;
import dev.neurite.layer.SpatialDropout;
import dev.neurite.layer.Split;
import dev.neurite.layer.Stacked;
import dev.neurite.layer.Standardize;
import dev.neurite.layer.ZeroPad1d;
import dev.neurite.layer.ZeroPad2d;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Graph;
import dev.neurite.model.Named;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// Writes the methods of the layers of a network, in the order in which they run.
final class LayerCode {
    private final ClassDraft draft;

    private LayerCode(ClassDraft draft) {
        this.draft = draft;
    }

    /// Writes all layers. Those that cannot be written become obstacles, and their outputs fields that nothing
    /// fills.
    static List<LayerValue> write(BuiltNode root, List<LayerValue> in, ClassDraft draft) {
        return new LayerCode(draft).node(root, in);
    }

    /// The kind of a layer in a word.
    static String kind(BuiltNode built) {
        return built.node().kind();
    }

    private List<LayerValue> node(BuiltNode built, List<LayerValue> in) {
        LayerValue x = in.getFirst();
        return switch (built.node()) {
            case Graph graph -> graph(graph, built, in);
            case Frozen _, Recomputed _, Named _ -> node(built.children().getFirst(), in);
            case Residual residual -> List.of(residual(residual, built, x));
            case Split split -> new ElementCode(draft, built).split(split, x);
            case RecurrentLayer<?> layer
            when in.size() == 1 && !layer.settings().states() -> List.of(recurrent(layer, built, x));
            case Bidirectional _ when in.size() == 1 && built.outputs().size() == 1 -> List.of(bidirectional(built, x));
            case Stacked _ when in.size() == 1 && built.outputs().size() == 1 -> children(built, in);
            case SeparableConv2d _ -> children(built, in);
            case RelativeToLast relative -> List.of(relative(relative, built, x));
            case Flatten _, Reshape _ -> List.of(x.as(built.outputs().getFirst()));
            case Dropout _, SpatialDropout _, AlphaDropout _, GaussianNoise _, GaussianDropout _ -> in;
            default -> {
                if (!elements(built.node())) yield refused(built, "");
                if (!in.stream().allMatch(each -> each.shape().isKnown()) && !anySteps(built.node())) {
                    yield refused(built, ", for sequences of any length");
                }
                yield List.of(element(built, in));
            }
        };
    }

    private List<LayerValue> refused(BuiltNode built, String why) {
        draft.obstacle(built, why);
        return built.outputs().stream()
                .map(shape -> new LayerValue("none", shape))
                .toList();
    }

    private static boolean elements(Node node) {
        return switch (node) {
            case Dense _, Activate _, PRelu _, Glu _, Conv1d _, Conv2d _, ConvAdd _, DepthwiseConv2d _ -> true;
            case BatchNorm _, NormAdd _, LayerNorm _, RmsNorm _, Standardize _, Add _, Multiply _ -> true;
            case Concat _, Slice _, Permute _, Embedding _, SequencePool _, ZeroPad1d _, ZeroPad2d _, Crop _ -> true;
            default -> PoolingCode.isOne(node);
        };
    }

    /// Whether a layer is written for sequences of any length.
    private static boolean anySteps(Node node) {
        return switch (node) {
            case Dense _, Activate _, LayerNorm _, RmsNorm _, Add _, Multiply _, Embedding _, SequencePool _ -> true;
            case PRelu slopes -> slopes.slopePer() != PRelu.SlopePer.CHANNEL;
            default -> false;
        };
    }

    private LayerValue element(BuiltNode built, List<LayerValue> in) {
        LayerValue x = in.getFirst();
        var code = new ElementCode(draft, built);
        return switch (built.node()) {
            case Dense dense when known(dense.activation(), built) -> code.dense(dense, x);
            case Activate(Activation g) when known(g, built) -> code.activate(g, x);
            case Conv1d conv
            when known(conv.activation(), built) ->
                ConvolutionCode.of(conv, x.shape()).write(built, in, draft);
            case Conv2d conv
            when known(conv.activation(), built) ->
                ConvolutionCode.of(conv, x.shape()).write(built, in, draft);
            case ConvAdd conv
            when known(conv.conv().activation(), built) ->
                ConvolutionCode.of(conv, x.shape()).write(built, in, draft);
            case DepthwiseConv2d conv
            when known(conv.activation(), built) ->
                ConvolutionCode.of(conv, x.shape()).write(built, in, draft);
            case BatchNorm norm when known(norm.activation(), built) -> code.batchNorm(norm, in);
            case NormAdd(BatchNorm norm) when known(norm.activation(), built) -> code.batchNorm(norm, in);
            case Add(Activation.Elementwise g) when known(g, built) -> code.add(g, in);
            case Multiply _ -> code.multiply(in);
            case PRelu slopes -> code.prelu(slopes, x);
            case Glu glu -> code.glu(glu, x);
            case LayerNorm norm -> code.layerNorm(norm, x);
            case RmsNorm norm -> code.rmsNorm(norm, x);
            case Standardize standardize -> code.standardize(standardize, x);
            case Concat concat -> code.concat(concat, in);
            case Slice slice -> code.slice(slice, x);
            case Permute permute -> code.permute(permute, x);
            case Embedding embedding -> code.embed(embedding, x);
            case SequencePool pool -> code.sequencePool(pool, x);
            case ZeroPad1d pad -> code.frame(0, pad.left(), x);
            case ZeroPad2d pad -> code.frame(pad.top(), pad.left(), x);
            case Crop crop -> code.frame(-crop.top(), -crop.left(), x);
            case Node pooling when PoolingCode.isOne(pooling) -> PoolingCode.write(built, x, draft);
            default -> new LayerValue("none", built.outputs().getFirst()); // its activation is an obstacle
        };
    }

    /// Whether an activation can be written; else it is an obstacle.
    private boolean known(Activation g, BuiltNode built) {
        if (ActivationCode.known(g)) return true;
        draft.obstacle(built, ", with the activation " + g);
        return false;
    }

    private List<LayerValue> graph(Graph graph, BuiltNode built, List<LayerValue> in) {
        List<List<LayerValue>> results = new ArrayList<>();
        for (int i = 0; i < graph.applications().size(); i++) {
            List<LayerValue> read = new ArrayList<>();
            for (Graph.Port port : graph.applications().get(i).from()) read.add(at(port, in, results));
            results.add(node(built.children().get(i), read));
        }
        return graph.outputs().stream().map(port -> at(port, in, results)).toList();
    }

    private static LayerValue at(Graph.Port port, List<LayerValue> in, List<List<LayerValue>> results) {
        return (port.application() < 0 ? in : results.get(port.application())).get(port.index());
    }

    /// The children one after the other.
    private List<LayerValue> children(BuiltNode built, List<LayerValue> in) {
        List<LayerValue> values = in;
        for (BuiltNode child : built.children()) values = node(child, values);
        return values;
    }

    private LayerValue residual(Residual residual, BuiltNode built, LayerValue x) {
        LayerValue body = node(built.children().get(0), List.of(x)).getFirst();
        LayerValue shortcut = node(built.children().get(1), List.of(x)).getFirst();
        if (!known(residual.activation(), built)) return body;
        return new ElementCode(draft, built).add(residual.activation(), List.of(body, shortcut));
    }

    private LayerValue recurrent(RecurrentLayer<?> layer, BuiltNode built, LayerValue x) {
        return RecurrentCode.write(built, layer, x, draft);
    }

    private LayerValue bidirectional(BuiltNode built, LayerValue x) {
        Shape shape = built.outputs().getFirst();
        LayerValue y = new LayerValue(draft.name(built.name()), shape);
        draft.buffer(y.field(), "float", LayerValue.times(shape));
        for (int i = 0; i < 2; i++) {
            BuiltNode child = built.children().get(i);
            RecurrentCode.write(
                    child, (RecurrentLayer<?>) child.node(), x, y, i * shape.extent(shape.rank() - 1) / 2, draft);
        }
        return y;
    }

    private LayerValue relative(RelativeToLast relative, BuiltNode built, LayerValue x) {
        var code = new ElementCode(draft, built);
        LayerValue changes = code.relativeTo(relative, x);
        LayerValue forecast =
                node(built.children().getFirst(), List.of(changes)).getFirst();
        return code.addLast(relative, x, forecast);
    }
}

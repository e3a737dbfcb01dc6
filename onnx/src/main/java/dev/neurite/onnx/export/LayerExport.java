package dev.neurite.onnx.export;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.layer.Activate;
import dev.neurite.layer.AdaptiveAvgPool1d;
import dev.neurite.layer.AdaptiveAvgPool2d;
import dev.neurite.layer.AdaptiveMaxPool1d;
import dev.neurite.layer.AdaptiveMaxPool2d;
import dev.neurite.layer.Add;
import dev.neurite.layer.AlphaDropout;
import dev.neurite.layer.AvgPool1d;
import dev.neurite.layer.AvgPool2d;
import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.Bidirectional;
import dev.neurite.layer.Cell;
import dev.neurite.layer.Concat;
import dev.neurite.layer.ConvAdd;
import dev.neurite.layer.ConvolutionLayer;
import dev.neurite.layer.Crop;
import dev.neurite.layer.CrossAttention;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Dropout;
import dev.neurite.layer.Embedding;
import dev.neurite.layer.Flatten;
import dev.neurite.layer.GaussianDropout;
import dev.neurite.layer.GaussianNoise;
import dev.neurite.layer.GlobalAvgPool;
import dev.neurite.layer.GlobalMaxPool;
import dev.neurite.layer.Glu;
import dev.neurite.layer.GroupNorm;
import dev.neurite.layer.InstanceNorm;
import dev.neurite.layer.LayerNorm;
import dev.neurite.layer.MaxPool1d;
import dev.neurite.layer.MaxPool2d;
import dev.neurite.layer.Multiply;
import dev.neurite.layer.NormAdd;
import dev.neurite.layer.PRelu;
import dev.neurite.layer.Permute;
import dev.neurite.layer.PositionEmbedding;
import dev.neurite.layer.RecurrentLayer;
import dev.neurite.layer.RelativeToLast;
import dev.neurite.layer.Reshape;
import dev.neurite.layer.Residual;
import dev.neurite.layer.RmsNorm;
import dev.neurite.layer.SelfAttention;
import dev.neurite.layer.SeparableConv2d;
import dev.neurite.layer.SequencePool;
import dev.neurite.layer.SinusoidalPositions;
import dev.neurite.layer.Slice;
import dev.neurite.layer.SpatialDropout;
import dev.neurite.layer.Split;
import dev.neurite.layer.Stacked;
import dev.neurite.layer.Standardize;
import dev.neurite.layer.TiedOutput;
import dev.neurite.layer.TimeDistributed;
import dev.neurite.layer.TransformerBlock;
import dev.neurite.layer.Upsample;
import dev.neurite.layer.ZeroPad1d;
import dev.neurite.layer.ZeroPad2d;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Graph;
import dev.neurite.model.Graph.Application;
import dev.neurite.model.Graph.Port;
import dev.neurite.model.Named;
import dev.neurite.model.Node;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Adds the operators of layers to a graph. What a layer computes when predicting is what counts.
final class LayerExport {
    private final GraphBuilder b;

    LayerExport(GraphBuilder builder) {
        b = builder;
    }

    /// Adds the operators of a node and of those inside it.
    /// @param in the names of its inputs
    /// @return the names of its outputs
    List<String> add(BuiltNode layer, List<String> in) {
        if (!layer.adapters().isEmpty()) {
            throw new ConfigException(
                    layer.name(), "expects weights without adapters, got some", "Merge them first: Lora.merged(model)");
        }
        return switch (layer.node()) {
            case Graph graph -> wired(graph, layer, in);
            case Cell _ -> Recurrences.cell(b, layer, in, this);
            case Wrapper _, Named _, TransformerBlock _ -> add(layer.children().getFirst(), in);
            case Residual residual -> {
                BuiltNode body = layer.children().getFirst();
                String y = add(body, in).getFirst();
                String around = add(layer.children().get(1), in).getFirst();
                b.enter(layer.name());
                yield List.of(sum(layer, List.of(y, around), residual.activation()));
            }
            case SeparableConv2d _ ->
                add(layer.children().get(1), add(layer.children().getFirst(), in));
            case Stacked stacked -> Recurrences.stacked(stacked, layer, in, this);
            case TimeDistributed _ -> List.of(positions(layer, in.getFirst()));
            case RelativeToLast relative -> List.of(relative(relative, layer, in.getFirst()));
            default -> {
                b.enter(layer.name());
                yield leaf(layer, in);
            }
        };
    }

    private List<String> wired(Graph graph, BuiltNode layer, List<String> in) {
        List<List<String>> results = new ArrayList<>();
        for (Application each : graph.applications()) {
            List<String> read =
                    each.from().stream().map(port -> at(port, in, results)).toList();
            results.add(add(layer.children().get(results.size()), read));
        }
        return graph.outputs().stream().map(port -> at(port, in, results)).toList();
    }

    private static String at(Port port, List<String> in, List<List<String>> results) {
        return (port.application() < 0 ? in : results.get(port.application())).get(port.index());
    }

    private List<String> leaf(BuiltNode layer, List<String> in) {
        String x = in.getFirst();
        return switch (layer.node()) {
            case Bidirectional both -> Recurrences.bidirectional(b, both, layer, in);
            case RecurrentLayer<?> recurrent -> Recurrences.layer(b, recurrent, layer, in);
            case Split split -> ShapeExport.split(b, split, layer, x);
            case Add(Elementwise g) -> List.of(sum(layer, in, g));
            case Multiply _ -> List.of(joined("Mul", in));
            case Concat(int axis) -> List.of(b.concat(axis < 0 ? axis : axis + 1, in));
            case ConvAdd(var conv) -> List.of(ConvolutionExport.add(b, conv, layer, x, in.get(1)));
            case NormAdd(var norm) -> List.of(NormExport.add(b, norm, layer, x, in.get(1)));
            case SelfAttention attention -> List.of(new Attentions(b, layer).self(attention, in));
            case CrossAttention attention -> List.of(new Attentions(b, layer).cross(attention, in));
            case Dropout _, SpatialDropout _, AlphaDropout _, GaussianNoise _, GaussianDropout _ -> in;
            case Node other -> List.of(one(layer, other, x));
        };
    }

    /// A layer with one input and one output.
    private String one(BuiltNode layer, Node node, String x) {
        return switch (node) {
            case Dense dense ->
                Activations.of(b, layer, dense.activation(), ProductExport.linear(b, layer, "weight", dense.bias(), x));
            case TiedOutput tied -> ProductExport.linear(b, layer, "weight", tied.bias(), x);
            case Embedding _ -> ProductExport.embedding(b, layer, x);
            case Activate(var g) -> Activations.of(b, layer, g, x);
            case PRelu prelu -> ProductExport.prelu(b, prelu, layer, x);
            case Glu(int axis) -> ProductExport.glu(b, axis, layer, x);
            case ConvolutionLayer<?> conv -> ConvolutionExport.of(b, conv, layer, x);
            case MaxPool1d _, MaxPool2d _, AvgPool1d _, AvgPool2d _ -> PoolExport.sliding(b, layer, x);
            case AdaptiveAvgPool1d _, AdaptiveAvgPool2d _ -> PoolExport.adaptive(b, layer, true, x);
            case AdaptiveMaxPool1d _, AdaptiveMaxPool2d _ -> PoolExport.adaptive(b, layer, false, x);
            case GlobalAvgPool _ -> PoolExport.global(b, "GlobalAveragePool", x);
            case GlobalMaxPool _ -> PoolExport.global(b, "GlobalMaxPool", x);
            case BatchNorm norm -> NormExport.batch(b, norm, layer, x);
            case LayerNorm norm -> NormExport.layer(b, norm, layer, x);
            case GroupNorm norm -> NormExport.group(b, norm, layer, x);
            case InstanceNorm norm -> NormExport.instance(b, norm, layer, x);
            case RmsNorm norm -> NormExport.rms(b, norm, layer, x);
            case Standardize scale -> NormExport.standardize(b, scale, layer, x);
            case SequencePool pool -> SequenceExport.pool(b, pool, x);
            case SinusoidalPositions positions -> SequenceExport.sinusoids(b, positions, layer, x);
            case PositionEmbedding _ -> SequenceExport.positions(b, layer, x);
            case Flatten _ -> b.add("Flatten", Map.of("axis", 1L), x);
            case Reshape _, Permute _, ZeroPad1d _, ZeroPad2d _, Crop _, Slice _, Upsample _ ->
                ShapeExport.of(b, layer, x);
            default -> b.refuse(layer, "a layer without an operator of ONNX").getFirst();
        };
    }

    private String sum(BuiltNode layer, List<String> in, Elementwise g) {
        return Activations.of(b, layer, g, joined("Add", in));
    }

    private String joined(String op, List<String> in) {
        String all = in.getFirst();
        for (String each : in.subList(1, in.size())) all = b.add(op, all, each);
        return all;
    }

    /// The node for each position: positions are rows to it.
    private String positions(BuiltNode layer, String x) {
        BuiltNode inner = layer.children().getFirst();
        b.enter(layer.name());
        Shape in = layer.inputs().getFirst();
        String rows = ShapeExport.withoutPositions(b, in, x);
        String y = add(inner, List.of(rows)).getFirst();
        b.enter(layer.name());
        return ShapeExport.withPositions(b, layer.outputs().getFirst(), x, y);
    }

    private String relative(RelativeToLast node, BuiltNode layer, String x) {
        b.enter(layer.name());
        String change = add(layer.children().getFirst(), List.of(SequenceExport.relative(b, node, layer, x)))
                .getFirst();
        b.enter(layer.name());
        return SequenceExport.addLast(b, node, layer, x, change);
    }
}

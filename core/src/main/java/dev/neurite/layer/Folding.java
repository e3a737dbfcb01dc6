package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Norms;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Graph;
import dev.neurite.model.Graph.Application;
import dev.neurite.model.Graph.Port;
import dev.neurite.model.Model;
import dev.neurite.model.Named;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Folds batch norms into the layers before them, for predicting. A batch norm that directly follows a
/// [Dense], [Conv2d], [Conv1d] or [DepthwiseConv2d] is merged into its weights: W ← W·w/√(variance + ε)
/// and bias ← (bias − mean)·w/√(variance + ε) + b, with the running mean and variance. The layer takes
/// over the batch norm's activation. A [NormAdd] is folded into a [Conv2d] only, which becomes a
/// [ConvAdd].
///
/// A batch norm stays if the layer before it has an activation, if another node reads that layer's
/// output, if one of the two is used twice or shares parameters, if the layer is of another kind (a
/// transposed or separable convolution, for example), or if only the batch norm is [Frozen].
public final class Folding {
    /// A placeholder for a layer that has moved.
    private static final Application GONE = new Application("gone", new Flatten(), List.of());

    private final Model model;
    private final Map<String, Tensor> changed = new HashMap<>();
    private final Set<String> gone = new HashSet<>(); // paths of folded batch norms

    private Folding(Model model) {
        this.model = model;
    }

    /// A model with as few batch norms as possible, whose predictions are the same up to rounding. It
    /// is meant for predicting: training it further would train without normalization.
    /// @throws ConfigException for a model with adapters, see [Lora#merged]
    public static Model fold(Model model) {
        if (model.network().layers().stream()
                .anyMatch(layer -> !layer.adapters().isEmpty())) {
            throw new ConfigException(
                    "folding", "expects a model without adapters, got one with them", "Merge them first: Lora.merged");
        }
        var folding = new Folding(model);
        Graph graph = folding.graph("", model.graph());
        List<Shape> inputs = model.network().inputs();
        var network = new Network(graph, inputs);
        Parameters parameters = Parameters.of(network.parameters(), folding.tensors(network));
        Map<String, Tensor> statistics = new LinkedHashMap<>();
        for (Parameter part : network.statistics()) {
            statistics.put(part.name(), model.statistics().get(part.name()));
        }
        return Model.of(inputs, graph, parameters).withStatistics(Parameters.of(network.statistics(), statistics));
    }

    private Map<String, Tensor> tensors(Network network) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter part : network.parameters()) tensors.put(part.name(), parameter(part.name()));
        return tensors;
    }

    private Tensor parameter(String name) {
        Tensor known = changed.get(name);
        return known != null ? known : model.parameters().get(name);
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private Node node(String path, Node node) {
        return switch (node) {
            case Graph graph -> graph(path, graph);
            case Wrapper wrapper -> wrapper.around(node(path, wrapper.node()));
            case Residual(Node body, Node around, Elementwise g) ->
                new Residual(node(join(path, "body"), body), node(join(path, "shortcut"), around), g);
            case Named(String name, Node inner) -> new Named(name, node(join(path, name), inner));
            default -> node;
        };
    }

    private Graph graph(String path, Graph graph) {
        List<Application> kept = new ArrayList<>();
        int[] places = new int[graph.applications().size()]; // indices into `kept`
        for (int i = 0; i < places.length; i++) {
            Application each = graph.applications().get(i);
            int before = each.from().isEmpty() ? -1 : each.from().getFirst().application();
            Application layer = before < 0 ? each : kept.get(places[before]);
            BatchNorm norm = normOf(each.node());
            Node folded = norm != null && isAlone(graph, each, layer, path) ? folded(layer.node(), norm) : null;
            boolean adds = each.node() instanceof NormAdd;
            if (norm != null && adds && folded instanceof Conv2d conv) {
                fold(join(path, layer.name()), join(path, each.name()), norm);
                List<Port> from = new ArrayList<>(layer.from());
                from.add(moved(each.from().getLast(), places));
                places[i] = kept.size();
                kept.set(places[before], GONE); // the other input may be computed after the convolution
                kept.add(new Application(layer.name(), new ConvAdd(conv), from));
            } else if (norm != null && folded != null && !adds) {
                fold(join(path, layer.name()), join(path, each.name()), norm);
                places[i] = places[before];
                kept.set(places[i], new Application(layer.name(), folded, layer.from()));
            } else {
                places[i] = kept.size();
                List<Port> from =
                        each.from().stream().map(port -> moved(port, places)).toList();
                kept.add(new Application(each.name(), node(join(path, each.name()), each.node()), from));
            }
        }
        List<Port> outputs =
                graph.outputs().stream().map(port -> moved(port, places)).toList();
        return withoutGone(graph.inputs(), kept, outputs);
    }

    private static Graph withoutGone(int inputs, List<Application> all, List<Port> outputs) {
        List<Application> left = new ArrayList<>();
        int[] places = new int[all.size()];
        for (int i = 0; i < places.length; i++) {
            Application each = all.get(i);
            places[i] = left.size();
            if (each.equals(GONE)) continue;
            List<Port> from =
                    each.from().stream().map(port -> moved(port, places)).toList();
            left.add(new Application(each.name(), each.node(), from));
        }
        return new Graph(
                inputs, left, outputs.stream().map(port -> moved(port, places)).toList());
    }

    /// The batch norm that a node is or ends with.
    private static @Nullable BatchNorm normOf(Node node) {
        return node instanceof BatchNorm norm ? norm : node instanceof NormAdd(BatchNorm norm) ? norm : null;
    }

    private static Port moved(Port port, int[] places) {
        return port.application() < 0 ? port : new Port(places[port.application()], port.index());
    }

    /// Whether only the batch norm reads the layer's output, and both are used once and share no
    /// parameters.
    private boolean isAlone(Graph graph, Application norm, Application layer, String path) {
        Port between = norm.from().getFirst();
        long readers = graph.applications().stream()
                .flatMap(each -> each.from().stream())
                .filter(between::equals)
                .count();
        return readers == 1
                && !graph.outputs().contains(between)
                && isUsedOnce(graph, norm.name())
                && isUsedOnce(graph, layer.name())
                && hasItsOwnParameters(join(path, norm.name()))
                && hasItsOwnParameters(join(path, layer.name()));
    }

    private static boolean isUsedOnce(Graph graph, String name) {
        return graph.applications().stream()
                        .filter(each -> each.name().equals(name))
                        .count()
                == 1;
    }

    private boolean hasItsOwnParameters(String path) {
        for (BuiltNode layer : model.network().layers()) {
            for (Parameter part : layer.parameters().values()) {
                int end = part.name().lastIndexOf('.');
                boolean isOfPath = end > 0 && part.name().substring(0, end).equals(path);
                if (isOfPath != layer.name().equals(path)) return false;
            }
        }
        return true;
    }

    /// A layer that replaces this layer and the batch norm after it; null if there is none.
    private static @Nullable Node folded(Node layer, BatchNorm norm) {
        return switch (layer) {
            case Dense dense
            when dense.activation() instanceof Identity ->
                dense.withActivation(norm.activation()).withBiases(dense.biases());
            case Conv2d conv
            when conv.activation() instanceof Identity ->
                conv.withActivation(norm.activation()).withBiases(conv.biases());
            case Conv1d conv
            when conv.activation() instanceof Identity ->
                conv.withActivation(norm.activation()).withBiases(conv.biases());
            case DepthwiseConv2d conv
            when conv.activation() instanceof Identity ->
                conv.withActivation(norm.activation()).withBiases(conv.biases());
            default -> null;
        };
    }

    /// Computes the layer's folded weights and bias.
    private void fold(String layer, String normPath, BatchNorm norm) {
        if (!gone.add(normPath)) return; // seen before: in a container that is used twice
        Norms norms = Kernels.shared().norms();
        Tensor mean = model.statistics().get(normPath + ".running_mean");
        Tensor variance = model.statistics().get(normPath + ".running_var");
        Tensor none = Tensor.EMPTY;
        Tensor w = norm.affine() ? model.parameters().get(normPath + ".weight") : none;
        Tensor b = norm.affine() ? model.parameters().get(normPath + ".bias") : none;
        Tensor factor = Tensor.zeros(variance.shape());
        norms.factors(variance, norm.epsilon(), factor);

        Tensor weight = parameter(layer + ".weight");
        int channels = weight.rows();
        Tensor planes = weight.reshape(Shape.of(1, channels, weight.matrix().columns()));
        norms.scaleChannels(planes, factor, w, planes); //                         W ← W·w·factor
        changed.put(layer + ".weight", weight);

        String bias = layer + ".bias";
        boolean hasBias = changed.containsKey(bias) || model.parameters().has(bias);
        Tensor old = hasBias ? parameter(bias) : Tensor.zeros(mean.shape());
        Tensor row = Tensor.zeros(Shape.of(1, channels));
        norms.normalizeChannels(
                old.reshape(row.shape()),
                mean,
                factor,
                w,
                b,
                none,
                Activation.IDENTITY,
                row); // (bias − mean)·factor·w + b
        changed.put(bias, row.reshape(mean.shape()));
    }
}

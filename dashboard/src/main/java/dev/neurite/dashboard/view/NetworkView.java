package dev.neurite.dashboard.view;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Add;
import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.Conv1d;
import dev.neurite.layer.Conv2d;
import dev.neurite.layer.ConvAdd;
import dev.neurite.layer.ConvTranspose2d;
import dev.neurite.layer.Dense;
import dev.neurite.layer.DepthwiseConv2d;
import dev.neurite.layer.NormAdd;
import dev.neurite.layer.Residual;
import dev.neurite.layer.SeparableConv2d;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Graph;
import dev.neurite.model.Named;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// A network as a picture: its layers with their wires. Sequences, graphs, wrappers and residual
/// connections are drawn by what is in them; any other container is one layer.
/// @param parameters the number of parameter values
/// @param memoryBytes the bytes of parameters and running statistics
/// @param nodes the layers, in an order in which each reads only from earlier ones
public record NetworkView(long parameters, long memoryBytes, List<Layer> nodes) {
    /// No network: its model is not known yet.
    public static final NetworkView UNKNOWN = new NetworkView(0, 0, List.of());

    /// The input of the network as a source: −1 for the first one, −2 for the second, and so on.
    private static final int INPUT = -1;

    /// A layer in the picture.
    /// @param name its path: `layer1.0.conv1`
    /// @param type its kind: `dense`
    /// @param settings its settings in words
    /// @param in the shape of one row of each input
    /// @param out the shape of one row of each output
    /// @param parameters the number of its parameter values
    /// @param flops floating-point operations for one row, forward
    /// @param activation the activation at its end: `relu`; empty for none
    /// @param sources what it reads: indices of nodes, or −1 for the input of the network, −2 for its
    /// second input
    /// @param frozen whether it is not trained
    public record Layer(
            String name,
            String type,
            String settings,
            List<List<Integer>> in,
            List<List<Integer>> out,
            long parameters,
            long flops,
            String activation,
            List<Integer> sources,
            boolean frozen) {
        public Layer {
            in = List.copyOf(in);
            out = List.copyOf(out);
            sources = List.copyOf(sources);
        }
    }

    public NetworkView {
        nodes = List.copyOf(nodes);
    }

    public static NetworkView of(Network network) {
        List<Layer> nodes = new ArrayList<>();
        List<Integer> inputs = new ArrayList<>();
        for (int i = 0; i < network.inputs().size(); i++) inputs.add(INPUT - i);
        draw(network.root(), inputs, nodes);
        long statistics =
                network.statistics().stream().mapToLong(each -> each.size()).sum();
        return new NetworkView(network.count(), Float.BYTES * (network.count() + statistics), nodes);
    }

    /// Draws a node and returns where each of its outputs comes from.
    /// @param sources where each of its inputs comes from
    private static List<Integer> draw(BuiltNode built, List<Integer> sources, List<Layer> to) {
        return switch (built.node()) {
            case Graph graph -> draw(graph, built, sources, to);
            case Activate(Activation.Identity _) -> sources; // a shortcut
            case Wrapper _, Named _ -> draw(built.children().getFirst(), sources, to);
            case Residual residual -> {
                List<Integer> joined = new ArrayList<>(draw(built.children().get(0), sources, to));
                joined.addAll(draw(built.children().get(1), sources, to));
                List<List<Integer>> in = List.of(
                        shape(built.outputs().getFirst()), shape(built.outputs().getFirst()));
                String g = name(residual.activation());
                String settings = "adds the shortcut" + (g.isEmpty() ? "" : ", then " + g);
                to.add(new Layer(
                        built.name(), "add", settings, in, shapes(built.outputs()), 0, 0, g, joined, built.frozen()));
                yield List.of(to.size() - 1);
            }
            default -> {
                to.add(layer(built, sources));
                yield java.util.Collections.nCopies(built.outputs().size(), to.size() - 1);
            }
        };
    }

    private static List<Integer> draw(Graph graph, BuiltNode built, List<Integer> sources, List<Layer> to) {
        List<List<Integer>> ends = new ArrayList<>();
        for (int i = 0; i < graph.applications().size(); i++) {
            List<Integer> read = graph.applications().get(i).from().stream()
                    .map(port -> at(port, sources, ends))
                    .toList();
            ends.add(draw(built.children().get(i), read, to));
        }
        return graph.outputs().stream().map(port -> at(port, sources, ends)).toList();
    }

    private static Integer at(Graph.Port port, List<Integer> sources, List<List<Integer>> ends) {
        return (port.application() < 0 ? sources : ends.get(port.application())).get(port.index());
    }

    private static Layer layer(BuiltNode built, List<Integer> sources) {
        return new Layer(
                built.name(),
                built.node().kind(),
                built.node().toString(),
                shapes(built.inputs()),
                shapes(built.outputs()),
                parameters(built),
                2 * multiplications(built),
                activation(built.node()),
                sources,
                built.frozen());
    }

    private static long parameters(BuiltNode built) {
        return built.parameterCount()
                + built.children().stream().mapToLong(NetworkView::parameters).sum();
    }

    private static long multiplications(BuiltNode built) {
        return built.multiplications()
                + built.children().stream()
                        .mapToLong(NetworkView::multiplications)
                        .sum();
    }

    private static List<List<Integer>> shapes(List<Shape> shapes) {
        return shapes.stream().map(NetworkView::shape).toList();
    }

    private static List<Integer> shape(Shape shape) {
        return shape.extents();
    }

    /// The name of the activation at the end of a node; empty for none.
    static String activation(Node node) {
        return switch (node) {
            case Dense dense -> name(dense.activation());
            case Activate activate -> name(activate.activation());
            case Conv2d conv -> name(conv.activation());
            case Conv1d conv -> name(conv.activation());
            case DepthwiseConv2d conv -> name(conv.activation());
            case SeparableConv2d conv -> name(conv.activation());
            case ConvTranspose2d conv -> name(conv.activation());
            case ConvAdd add -> name(add.conv().activation());
            case BatchNorm norm -> name(norm.activation());
            case NormAdd add -> name(add.norm().activation());
            case Add add -> name(add.activation());
            default -> "";
        };
    }

    private static String name(Activation activation) {
        return activation instanceof Activation.Identity ? "" : activation.toString();
    }

    /// The layers whose outputs a rectifier makes, which are 0 for negative sums.
    public List<String> rectifiers() {
        return nodes.stream()
                .filter(each ->
                        each.activation().equals("relu") || each.activation().equals("relu6"))
                .map(Layer::name)
                .toList();
    }
}

package dev.neurite.model;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A connection in a [Graph] that is being built: an input of the graph, or an output of a node.
public final class Wire {
    private final Builder builder;
    private final Graph.Port port;

    private Wire(Builder builder, Graph.Port port) {
        this.builder = builder;
        this.port = port;
    }

    /// Applies nodes with one input, one after the other.
    /// @return the output of the last
    public Wire then(Node... nodes) {
        Wire end = this;
        for (Node node : nodes) end = builder.apply(node, List.of(end), 1).getFirst();
        return end;
    }

    /// Applies a node with several inputs.
    /// @param others the inputs after this one
    /// @return the output of the node
    public Wire join(Node node, Wire... others) {
        return split(node, 1, others).getFirst();
    }

    /// Applies a node with several outputs.
    /// @param outputs how many outputs it has
    /// @param others the inputs after this one
    public List<Wire> split(Node node, int outputs, Wire... others) {
        List<Wire> in = new ArrayList<>(List.of(this));
        in.addAll(List.of(others));
        return builder.apply(node, in, outputs);
    }

    /// The applications of a graph that is being built.
    static final class Builder {
        private final Graph.Names names;
        private final List<Graph.Application> applications = new ArrayList<>();

        Builder(Graph.Names names) {
            this.names = names;
        }

        List<Wire> inputs(int count) {
            return wires(-1, count);
        }

        List<Graph.Application> applications() {
            return applications;
        }

        private List<Wire> apply(Node node, List<Wire> in, int outputs) {
            applications.add(names.application(node, ports(in)));
            return wires(applications.size() - 1, outputs);
        }

        List<Graph.Port> ports(List<Wire> wires) {
            for (Wire wire : wires) {
                if (wire.builder != this) {
                    throw new ConfigException(
                            "wire",
                            "expects one of the same graph, got one of another",
                            "Build everything in one Graph.of(…)");
                }
            }
            return wires.stream().map(wire -> wire.port).toList();
        }

        private List<Wire> wires(int application, int count) {
            return IntStream.range(0, count)
                    .mapToObj(i -> new Wire(this, new Graph.Port(application, i)))
                    .toList();
        }
    }
}

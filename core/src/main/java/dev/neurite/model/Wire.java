package dev.neurite.model;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A line in the drawing of a [Graph]: what flows there is an input of the graph or an output of one of its
/// nodes.
public final class Wire {
    private final Drawing drawing;
    private final Graph.Port port;

    private Wire(Drawing drawing, Graph.Port port) {
        this.drawing = drawing;
        this.port = port;
    }

    /// Leads through nodes with one input, one after the other.
    public Wire then(Node... nodes) {
        Wire end = this;
        for (Node node : nodes) end = drawing.apply(node, List.of(end), 1).getFirst();
        return end;
    }

    /// Leads, first, with others into a node with as many inputs.
    public Wire join(Node node, Wire... others) {
        List<Wire> in = new ArrayList<>(List.of(this));
        in.addAll(List.of(others));
        return drawing.apply(node, in, 1).getFirst();
    }

    /// Leads into a node with one input and several outputs.
    public List<Wire> split(Node node, int outputs) {
        return drawing.apply(node, List.of(this), outputs);
    }

    static final class Drawing {
        private final Graph.Names names;
        private final List<Graph.Application> applications = new ArrayList<>();

        Drawing(Graph.Names names) {
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
                if (wire.drawing != this) {
                    throw new ConfigException(
                            "wire", "expects to stay in its own drawing", "Draw everything in one Graph.of(…)");
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

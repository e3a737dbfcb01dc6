package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a node says of itself when a network is built: its parameters, its running statistics, its children,
/// whether it is frozen.
public final class Declarations {
    /// What the whole build collects.
    private static final class Registry {
        private final Flat parameters = new Flat();
        private final Flat statistics = new Flat();
        private final Map<String, Node> nodes = new LinkedHashMap<>();
    }

    /// The parts of a flat array, by their paths, in its order.
    private static final class Flat {
        private final Map<String, Parameter> byPath = new LinkedHashMap<>();
        private long size;

        Parameter declare(String path, Shape shape, Role role, Initializer initializer) {
            Parameter known = byPath.get(path);
            if (known == null) {
                known = new Parameter(path, role, shape, (int) size, initializer);
                size += shape.size();
                if (size > Integer.MAX_VALUE - 8) {
                    throw new ShapeException(
                            path, "expects a network of at most 2³¹ parameters, got " + size + " so far");
                }
                byPath.put(path, known);
            } else if (!known.shape().equals(shape)) {
                throw new ShapeException(
                        path, "expects the same shape wherever it is used, " + known.shape() + ", got " + shape);
            }
            return known;
        }
    }

    private final Registry registry;
    private final String path;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Parameter> statistics = new LinkedHashMap<>();
    private final List<BuiltNode> children = new ArrayList<>();
    private boolean frozen;
    private long multiplications;

    private Declarations(Registry registry, String path, boolean frozen) {
        this.registry = registry;
        this.path = path;
        this.frozen = frozen;
    }

    /// Builds a network's root, and all nodes inside it.
    /// @param parts takes the parameters of the network
    /// @param statistics takes the running statistics of the network
    static BuiltNode build(Node node, List<Shape> in, List<Parameter> parts, List<Parameter> statistics) {
        var registry = new Registry();
        BuiltNode root = new Declarations(registry, "", false).build(node, in);
        parts.addAll(registry.parameters.byPath.values());
        statistics.addAll(registry.statistics.byPath.values());
        return root;
    }

    private BuiltNode build(Node node, List<Shape> in) {
        List<Shape> out = node.build(in, this);
        return new BuiltNode(path, node, in, out, parameters, statistics, multiplications, frozen, children);
    }

    /// Where in the network the node is: `dense1`, `body.dense2`; `network` at its root.
    public String path() {
        return path.isEmpty() ? "network" : path;
    }

    /// Declares a parameter of this node.
    ///
    /// When the same named node is applied a second time, the second declaration means the same parameter.
    /// @param name short, unique in the node: `weight`
    /// @throws ShapeException if it is declared again with another shape
    public void parameter(String name, Shape shape, Role role, Initializer initializer) {
        String full = join(path, name);
        refuseTwoMeanings(full, registry.statistics);
        parameters.put(name, registry.parameters.declare(full, shape, role, initializer));
    }

    /// Declares a running statistic of this node: numbers that belong to the model, as parameters do, but are
    /// measured while training instead of learned. [Pass#statistic] reads it, [Pass#update] asks for another value.
    ///
    /// When the same named node is applied a second time, the second declaration means the same statistic.
    /// @param name short, unique in the node, parameters included: `running_mean`
    /// @throws ShapeException if it is declared again with another shape
    public void statistic(String name, Shape shape, Initializer initializer) {
        String full = join(path, name);
        refuseTwoMeanings(full, registry.parameters);
        statistics.put(name, registry.statistics.declare(full, shape, Role.STATISTIC, initializer));
    }

    private static void refuseTwoMeanings(String path, Flat others) {
        if (others.byPath.containsKey(path)) {
            throw new ConfigException(path, "expects to be a parameter or a running statistic, got both");
        }
    }

    /// Ties a parameter of this node to one that was declared before, anywhere in the network.
    /// @param name what this node calls it
    /// @param parameter its full name: `encoder.weight`
    /// @throws ConfigException if there is none of that name yet
    public Shape alias(String name, String parameter) {
        Parameter known = registry.parameters.byPath.get(parameter);
        if (known == null) {
            throw new ConfigException(
                    path() + "." + name,
                    "expects a parameter '" + parameter + "' declared before it",
                    "Declared so far: " + String.join(", ", registry.parameters.byPath.keySet()));
        }
        if (parameters.containsValue(known)) {
            throw new ConfigException(path() + "." + name, "expects a parameter that this node does not have yet");
        }
        parameters.put(name, known);
        return known.shape();
    }

    /// Builds a node inside this one, at the next index from 0. [Pass#apply] runs it.
    /// @param name unique among the children, or the name of an equal child, which then shares its parameters
    /// @param in the shape of one row of each of its inputs
    /// @return the shape of one row of each of its outputs
    public List<Shape> child(String name, Node node, List<Shape> in) {
        String full = join(path, name);
        Node known = registry.nodes.putIfAbsent(full, node);
        if (known != null && !known.equals(node)) {
            throw new ConfigException(full, "expects nodes of one name to be equal, got " + known + " and " + node);
        }
        return addChild(full, node, in);
    }

    private List<Shape> addChild(String childPath, Node node, List<Shape> in) {
        BuiltNode child = new Declarations(registry, childPath, frozen).build(node, List.copyOf(in));
        children.add(child);
        return child.outputs();
    }

    /// Builds the only node inside a [Wrapper], under the wrapper's own name. [Pass#apply] runs it at index 0.
    /// @param in the shape of one row of each of its inputs
    /// @return the shape of one row of each of its outputs
    public List<Shape> wrapped(Node node, List<Shape> in) {
        return addChild(path, node, in);
    }

    /// Declares that nothing in this node, children built later included, is trained: its parameters want no
    /// gradients, and it always runs in [Mode#PREDICT].
    public void freeze() {
        frozen = true;
    }

    /// Declares what one row costs: multiplications (with an addition each) in the forward pass.
    public void multiplications(long count) {
        multiplications = count;
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}

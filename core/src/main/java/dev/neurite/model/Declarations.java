package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Collects what a node declares in [Node#build]: its parameters, running statistics and children, and
/// whether it is frozen.
public final class Declarations {
    /// What all nodes of a network have declared so far, by path.
    private static final class Registry {
        private final Flat parameters = new Flat();
        private final Flat statistics = new Flat();
        private final Map<String, Node> nodes = new LinkedHashMap<>();
    }

    /// The parts of one flat array, in their order.
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
    /// @param parts receives the parameters of the network
    /// @param statistics receives the running statistics of the network
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

    /// The path of the node in the network: `dense1`, `body.dense2`; `network` for the root.
    public String path() {
        return path.isEmpty() ? "network" : path;
    }

    /// Declares a parameter of this node.
    ///
    /// A node that is used twice under one name declares its parameters twice. Both declarations mean
    /// the same parameter.
    /// @param name short, unique in the node: `weight`
    /// @throws ShapeException if the parameter was declared before with another shape
    public void parameter(String name, Shape shape, Role role, Initializer initializer) {
        String full = join(path, name);
        refuseTwoMeanings(full, registry.statistics);
        parameters.put(name, registry.parameters.declare(full, shape, role, initializer));
    }

    /// Declares a running statistic of this node: an array that belongs to the model, like a parameter,
    /// but is measured while training, not learned. [Pass#statistic] reads it, [Pass#update] requests a
    /// new value.
    ///
    /// A node that is used twice under one name declares its statistics twice. Both declarations mean
    /// the same statistic.
    /// @param name short, unique in the node, parameters included: `running_mean`
    /// @throws ShapeException if the statistic was declared before with another shape
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
    /// @param name its name in this node
    /// @param parameter the full name of the other: `encoder.weight`
    /// @return its shape
    /// @throws ConfigException for a name that was not declared before
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

    /// Builds a child: a node inside this one. [Pass#apply] runs it by its index; the first child has
    /// index 0.
    /// @param name unique among the children, or the name of an equal child, which then shares its
    /// parameters
    /// @param in the shape of one row of each input of the child
    /// @return the shape of one row of each output of the child
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

    /// Builds the node inside a [Wrapper], under the name of the wrapper. [Pass#apply] runs it at index
    /// 0.
    /// @param in the shape of one row of each input
    /// @return the shape of one row of each output
    public List<Shape> wrapped(Node node, List<Shape> in) {
        return addChild(path, node, in);
    }

    /// Freezes this node and the children that it declares later: their parameters are not trained, and
    /// they always run in [Mode#PREDICT].
    public void freeze() {
        frozen = true;
    }

    /// Declares the cost of one row: the multiplications (with an addition each) of the forward pass.
    public void multiplications(long count) {
        multiplications = count;
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}

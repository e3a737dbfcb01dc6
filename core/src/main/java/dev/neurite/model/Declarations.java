package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a node says of itself when a network is built: its parameters, its children, whether it is frozen.
public final class Declarations {
    /// What the whole build collects.
    private static final class Registry {
        private final List<Parameter> parts = new ArrayList<>();
        private final Map<String, Parameter> byPath = new LinkedHashMap<>();
        private final Map<String, Node> nodes = new LinkedHashMap<>();
        private long size;
    }

    private final Registry registry;
    private final Site site;

    private Declarations(Registry registry, Site site) {
        this.registry = registry;
        this.site = site;
    }

    /// Builds a node for these inputs: the root of a tree of sites.
    static Site build(Node node, List<Shape> in, List<Parameter> parts) {
        var registry = new Registry();
        var root = new Site("", node, in, false);
        root.out = node.build(in, new Declarations(registry, root));
        parts.addAll(registry.parts);
        return root;
    }

    /// Where in the network the node is: `dense1`, `body.dense2`; `network` at its root.
    public String path() {
        return site.path.isEmpty() ? "network" : site.path;
    }

    /// Declares a parameter of this node.
    ///
    /// When the same named node is applied a second time, the second declaration means the same parameter.
    /// @param name short, unique in the node: `weight`
    /// @throws ShapeException if it is declared again with another shape
    public void parameter(String name, Shape shape, Role role, Initializer initializer) {
        String path = join(site.path, name);
        Parameter known = registry.byPath.get(path);
        if (known == null) {
            known = new Parameter(path, role, shape, (int) registry.size, initializer);
            registry.size += shape.size();
            if (registry.size > Integer.MAX_VALUE - 8) {
                throw new ShapeException(
                        path, "expects a network of at most 2³¹ parameters, got " + registry.size + " so far");
            }
            registry.parts.add(known);
            registry.byPath.put(path, known);
        } else if (!known.shape().equals(shape)) {
            throw new ShapeException(
                    path, "expects the same shape wherever it is used, " + known.shape() + ", got " + shape);
        }
        site.parameters.put(name, known);
    }

    /// Ties a parameter of this node to one that was declared before, anywhere in the network.
    /// @param name what this node calls it
    /// @param path its full name: `encoder.weight`
    /// @throws ConfigException if there is none of that name yet
    public Shape alias(String name, String path) {
        Parameter known = registry.byPath.get(path);
        if (known == null) {
            throw new ConfigException(
                    path() + "." + name,
                    "expects a parameter '" + path + "' declared before it",
                    "Declared so far: " + String.join(", ", registry.byPath.keySet()));
        }
        if (site.parameters.containsValue(known)) {
            throw new ConfigException(path() + "." + name, "expects a parameter that this node does not have yet");
        }
        site.parameters.put(name, known);
        return known.shape();
    }

    /// Builds a node inside this one, at the next index from 0. [Pass#apply] runs it.
    /// @param name unique among the children, or the name of an equal child, which then shares its parameters
    /// @param in the shape of one row of each of its inputs
    /// @return the shape of one row of each of its outputs
    public List<Shape> child(String name, Node node, List<Shape> in) {
        String path = join(site.path, name);
        Node known = registry.nodes.putIfAbsent(path, node);
        if (known != null && !known.equals(node)) {
            throw new ConfigException(path, "expects nodes of one name to be equal, got " + known + " and " + node);
        }
        var child = new Site(path, node, List.copyOf(in), site.frozen);
        site.children.add(child);
        child.out = List.copyOf(node.build(in, new Declarations(registry, child)));
        return child.out;
    }

    /// Declares that nothing in this node, children built later included, learns: its parameters want no
    /// gradients, and it always runs in [Mode#PREDICT].
    public void freeze() {
        site.frozen = true;
    }

    /// Declares what one row costs: multiplications (with an addition each) in the forward pass.
    public void multiplications(long count) {
        site.multiplications = count;
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}

package dev.neurite.model;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Collects what a node declares in [Node#build]: its parameters, running statistics and children, and
/// whether it is frozen.
///
/// A node whose inputs have an open axis is built again for each extent that comes, see [BuiltNode#outputs(List)].
/// Then all that it declares is known already; only its shapes count.
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
                known = new Parameter(path, role, shape, size, initializer);
                size += shape.size();
                byPath.put(path, known);
            } else if (!known.shape().equals(shape)) {
                throw new ShapeException(
                        path, "expects the same shape wherever it is used, " + known.shape() + ", got " + shape);
            }
            return known;
        }
    }

    /// The adapters that a node gives to linear maps inside it.
    /// @param adapter of each map, without names of parameters
    /// @param maps accepts the paths of the maps that get one
    /// @param trained whether they are trained: no node around that one is frozen
    private record Adaptation(Adapter adapter, Predicate<String> maps, boolean trained) {}

    private static final String WEIGHT = "weight";

    private final Registry registry;
    private final String path;
    private final @Nullable BuiltNode known; // what was built before; null the first time
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Parameter> statistics = new LinkedHashMap<>();
    private final Map<String, Shape> states = new LinkedHashMap<>();
    private final Map<String, Adapter> adapters = new LinkedHashMap<>();
    private final Set<String> tuned = new LinkedHashSet<>();
    private final List<BuiltNode> children = new ArrayList<>();
    private final Shape positions; // see BuiltNode
    private boolean frozen;
    private @Nullable Adaptation adaptation; // of linear maps of this node and inside it
    private long multiplications;

    private Declarations(
            Registry registry,
            String path,
            @Nullable BuiltNode known,
            boolean frozen,
            @Nullable Adaptation adaptation,
            Shape positions) {
        this.adaptation = adaptation;
        this.positions = positions;
        this.registry = registry;
        this.path = path;
        this.known = known;
        this.frozen = frozen;
    }

    /// Builds a network's root, and all nodes inside it.
    /// @param parts receives the parameters of the network
    /// @param statistics receives the running statistics of the network
    static BuiltNode build(Node node, List<Shape> in, List<Parameter> parts, List<Parameter> statistics) {
        var registry = new Registry();
        BuiltNode root = new Declarations(registry, "", null, false, null, Shape.of()).build(node, in);
        parts.addAll(registry.parameters.byPath.values());
        statistics.addAll(registry.statistics.byPath.values());
        return root;
    }

    /// The shapes of the outputs of a node that was built before, for other inputs.
    static List<Shape> outputs(BuiltNode built, List<Shape> in) {
        var declarations =
                new Declarations(new Registry(), built.name(), built, built.frozen(), null, built.positions());
        return List.copyOf(declarations.shapes(built.node(), in));
    }

    /// A node that was built before, with what it declares for other inputs: shapes, states and costs.
    static BuiltNode rebuilt(BuiltNode built, List<Shape> in) {
        return new Declarations(new Registry(), built.name(), built, built.frozen(), null, built.positions())
                .build(built.node(), in);
    }

    private BuiltNode build(Node node, List<Shape> in) {
        List<Shape> out = shapes(node, in);
        return new BuiltNode(
                path,
                node,
                in,
                out,
                positions,
                parameters,
                statistics,
                states,
                multiplications,
                frozen,
                adapters,
                tuned,
                children);
    }

    private List<Shape> shapes(Node node, List<Shape> in) {
        try {
            return node.build(in, this);
        } catch (ArithmeticException e) {
            if (!String.valueOf(e.getMessage()).contains("overflow")) throw e; // as by Math.multiplyExact
            var tooLarge = new ShapeException(path(), node + " expects sizes below 2³¹, got larger ones for " + in);
            tooLarge.initCause(e);
            throw tooLarge;
        }
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
        if (known != null) {
            parameters.put(name, requireSame(full, known.parameters().get(name), shape));
            return;
        }
        refuseTwoMeanings(full, registry.statistics);
        requireKnown(full, shape);
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
        if (known != null) {
            statistics.put(name, requireSame(full, known.statistics().get(name), shape));
            return;
        }
        refuseTwoMeanings(full, registry.parameters);
        requireKnown(full, shape);
        statistics.put(name, registry.statistics.declare(full, shape, Role.STATISTIC, initializer));
    }

    /// Declares a state of this node: what it keeps of the steps that it has seen, between the predictions of a
    /// [PredictionSession]. It begins as zeros. [Pass#state] gives it to the node, which writes it.
    /// @param name short, unique in the node: `keys`
    /// @param row the shape for one row. If it depends on an open axis, it is built again for the most steps
    /// of the session
    public void state(String name, Shape row) {
        if (positions.rank() > 0 || states.put(name, row) == null) return;
        throw new ConfigException(join(path, name), "expects states of one name each, got it twice");
    }

    private static void requireKnown(String path, Shape shape) {
        if (shape.isKnown()) return;
        throw new ShapeException(path, "expects a shape without an open axis, got " + shape);
    }

    private static Parameter requireSame(String path, @Nullable Parameter before, Shape shape) {
        if (before != null && before.shape().equals(shape)) return before;
        throw new ShapeException(
                path,
                "expects a shape that does not depend on the open axis, " + (before == null ? "none" : before.shape())
                        + ", got " + shape);
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
        if (known != null) {
            Parameter same = requireNonNull(known.parameters().get(name));
            parameters.put(name, same);
            return same.shape();
        }
        Parameter other = registry.parameters.byPath.get(parameter);
        if (other == null) {
            throw new ConfigException(
                    path() + "." + name,
                    "expects a parameter '" + parameter + "' declared before it",
                    "Declared so far: " + String.join(", ", registry.parameters.byPath.keySet()));
        }
        if (parameters.containsValue(other)) {
            throw new ConfigException(path() + "." + name, "expects a parameter that this node does not have yet");
        }
        parameters.put(name, other);
        return other.shape();
    }

    /// Builds a child: a node inside this one. [Pass#apply] runs it by its index; the first child has
    /// index 0.
    /// @param name unique among the children, or the name of an equal child, which then shares its
    /// parameters
    /// @param in the shape of one row of each input of the child
    /// @return the shape of one row of each output of the child
    public List<Shape> child(String name, Node node, List<Shape> in) {
        String full = join(path, name);
        Node other = registry.nodes.putIfAbsent(full, node);
        if (other != null && !other.equals(node)) {
            throw new ConfigException(full, "expects nodes of one name to be equal, got " + other + " and " + node);
        }
        return addChild(full, node, in, positions);
    }

    private List<Shape> addChild(String childPath, Node node, List<Shape> in, Shape ofChild) {
        BuiltNode before = known == null ? null : known.children().get(children.size());
        BuiltNode child =
                new Declarations(registry, childPath, before, frozen, adaptation, ofChild).build(node, List.copyOf(in));
        children.add(child);
        return child.outputs();
    }

    /// Builds the node inside a [Wrapper], or the only one of which this node is made, under the name of this
    /// node. [Pass#apply] runs it at index 0.
    /// @param in the shape of one row of each input
    /// @return the shape of one row of each output
    public List<Shape> wrapped(Node node, List<Shape> in) {
        return addChild(path, node, in, positions);
    }

    /// Builds the only node of which this node is made, under the name of this node, for each position of
    /// sequences by itself. [Pass#applyToPositions] runs it at index 0. It has no states in a session, as a
    /// position is whole.
    /// @param count the number of positions; may be open
    /// @param in the shape of one position
    /// @return the shape of one position of the output
    public Shape childOfPositions(int count, Node node, Shape in) {
        List<Shape> out = addChild(path, node, List.of(in), with(positions, count));
        if (out.size() == 1) return out.getFirst();
        throw new ShapeException(path(), "expects a node with one output for each position, got " + out.size());
    }

    private static Shape with(Shape positions, int count) {
        return Shape.of(Stream.concat(positions.extents().stream(), Stream.of(count))
                .mapToInt(Integer::intValue)
                .toArray());
    }

    /// Freezes this node and the children that it declares later: their parameters are not trained, and
    /// they always run in [Mode#PREDICT]. They get no adapters of nodes around this one.
    public void freeze() {
        frozen = true;
        adaptation = null;
    }

    /// Freezes this node and the children that it declares later, but gives their linear maps adapters, which are
    /// trained unless a node around this one is frozen.
    /// @param maps accepts the names of the maps that get one: the path of a dense layer, `h.0.linear1`, and for
    /// attention its path and that of the projection, `h.0.self_attn.in_proj`
    /// @throws ConfigException for a number out of range, see [Adapter]
    public void adapt(int rank, double scale, double dropout, Predicate<String> maps) {
        adaptation = new Adaptation(new Adapter(rank, scale, dropout, "", ""), maps, !frozen);
        frozen = true;
    }

    /// Declares the adapter of a linear map of this node, if a node around it gives it one: parameters
    /// `lora_A.weight` and `lora_B.weight`, in front of them the name of the map.
    /// @param weight the name of the weights `[out×in]` in the node: `weight`, or one such as `in_proj_weight`
    /// @param a the initializer of A `[rank × in]`
    /// @param b the initializer of B `[out × rank]`
    public Optional<Adapter> adapter(String weight, int out, int in, Initializer a, Initializer b) {
        String map = weight.equals(WEIGHT) ? "" : weight.substring(0, weight.length() - WEIGHT.length() - 1);
        Adapter made = known != null ? known.adapters().get(weight) : adapterOf(map);
        if (made == null) return Optional.empty();
        adapters.put(weight, made);
        parameter(made.a(), Shape.of(made.rank(), in), Role.WEIGHT, a);
        parameter(made.b(), Shape.of(out, made.rank()), Role.WEIGHT, b);
        boolean trained = known != null ? !known.tuned().isEmpty() : adaptation != null && adaptation.trained;
        if (trained) tuned.addAll(List.of(made.a(), made.b()));
        return Optional.of(made);
    }

    private @Nullable Adapter adapterOf(String map) {
        Adaptation given = adaptation;
        if (given == null || !given.maps.test(map.isEmpty() ? path : join(path, map))) return null;
        Adapter like = given.adapter;
        return new Adapter(
                like.rank(), like.scale(), like.dropout(), join(map, "lora_A.weight"), join(map, "lora_B.weight"));
    }

    /// Declares the cost of one row: the multiplications (with an addition each) of the forward pass; with an open
    /// axis, the cost of a row of extent 1.
    public void multiplications(long count) {
        multiplications = count;
        for (int extent : positions.extents()) if (extent != Shape.OPEN) multiplications *= extent;
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}

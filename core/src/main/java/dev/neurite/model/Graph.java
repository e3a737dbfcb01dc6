package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.error.Spelling;
import dev.neurite.kernel.Activation;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Nodes wired together: the one container. A sequence of layers is a graph in which each node reads
/// the one before it, see [#chain]. [#of] builds any other:
/// ```java
/// Graph.of(x -> {
///     Wire h = x.then(dense(16, RELU));
///     return h.then(dense(16)).join(add(), h);
/// })
/// ```
/// Two applications of one name are one node used twice: it has one set of parameters.
public final class Graph implements Node {
    /// A node in its place in a graph.
    /// @param name unique, unless the same node is meant; without dots
    /// @param node the node
    /// @param from its inputs
    public record Application(String name, Node node, List<Port> from) {
        /// @throws ConfigException for a name that is empty, has a dot or is longer than 200 characters
        public Application {
            if (name.isEmpty() || name.contains(".") || name.length() > 200) {
                throw new ConfigException("name '" + name + "'", "expects 1 to 200 characters without a dot");
            }
            from = List.copyOf(from);
        }

        Application with(Node other) {
            return new Application(name, other, from);
        }
    }

    /// One output of an application, or one input of the graph.
    /// @param application the index of the application; −1 for an input of the graph
    /// @param index the index of the output or input
    public record Port(int application, int index) {}

    private final int inputs;
    private final List<Application> applications;
    private final List<Port> outputs;
    private final boolean chain;
    private final List<List<Port>> lastRead; // by application: the ports that it reads last
    private final int[] siblings; // by application: the end of those from it on that read the same

    /// A graph of these parts.
    /// @param inputs the number of inputs
    /// @param applications the nodes, in an order in which each reads only from earlier ones
    /// @param outputs the outputs of the graph
    /// @throws ConfigException if a port names a later application or an unknown input
    public Graph(int inputs, List<Application> applications, List<Port> outputs) {
        this.inputs = inputs;
        this.applications = List.copyOf(applications);
        this.outputs = List.copyOf(outputs);
        for (int i = 0; i < applications.size(); i++) {
            for (Port port : applications.get(i).from())
                check(port, i, applications.get(i).name());
        }
        for (Port port : outputs) check(port, applications.size(), "graph");
        this.chain = isChain();
        this.lastRead = lastReads();
        this.siblings = siblings();
    }

    private void check(Port port, int before, String who) {
        boolean input = port.application() == -1 && port.index() >= 0 && port.index() < inputs;
        boolean earlier = port.application() >= 0 && port.application() < before && port.index() >= 0;
        if (!input && !earlier) {
            throw new ConfigException(
                    who, "expects to read one of " + inputs + " inputs or an earlier application, got " + port);
        }
    }

    private boolean isChain() {
        boolean straight = inputs == 1 && outputs.equals(List.of(new Port(applications.size() - 1, 0)));
        for (int i = 0; i < applications.size() && straight; i++) {
            straight = applications.get(i).from().equals(List.of(new Port(i - 1, 0)));
        }
        return straight;
    }

    private List<List<Port>> lastReads() {
        Map<Port, Integer> last = new HashMap<>();
        for (int i = 0; i < applications.size(); i++) {
            for (Port port : applications.get(i).from()) last.put(port, i);
        }
        outputs.forEach(last::remove);
        List<List<Port>> reads = new ArrayList<>();
        for (int i = 0; i < applications.size(); i++) reads.add(new ArrayList<>());
        last.forEach((port, i) -> {
            if (port.application() >= 0) reads.get(i).add(port);
        });
        return reads;
    }

    private int[] siblings() {
        int[] ends = new int[applications.size()];
        for (int i = ends.length - 1; i >= 0; i--) {
            boolean same = i + 1 < ends.length
                    && applications.get(i).from().equals(applications.get(i + 1).from());
            ends[i] = same ? ends[i + 1] : i + 1;
        }
        return ends;
    }

    /// A sequence of layers, named by their kind and number: `dense1`, `dense2`.
    public static Graph chain(Node... layers) {
        return chain(Arrays.asList(layers));
    }

    /// A sequence of layers, named by their kind and number: `dense1`, `dense2`.
    public static Graph chain(List<? extends Node> layers) {
        var names = new Names();
        List<Application> applications = new ArrayList<>();
        for (Node layer : layers) {
            applications.add(names.application(layer, List.of(new Port(applications.size() - 1, 0))));
        }
        return new Graph(1, applications, List.of(new Port(applications.size() - 1, 0)));
    }

    /// A graph with one input and one output.
    /// @param builder returns the output for the input
    public static Graph of(UnaryOperator<Wire> builder) {
        return of(1, wires -> List.of(builder.apply(wires.getFirst())));
    }

    /// A graph with two inputs and one output.
    /// @param builder returns the output for the inputs
    public static Graph of(BinaryOperator<Wire> builder) {
        return of(2, wires -> List.of(builder.apply(wires.get(0), wires.get(1))));
    }

    /// A graph with any number of inputs and outputs.
    /// @param builder returns the outputs for the inputs
    public static Graph of(int inputs, Function<List<Wire>, List<Wire>> builder) {
        var parts = new Wire.Builder(new Names());
        List<Wire> ends = builder.apply(parts.inputs(inputs));
        return new Graph(inputs, parts.applications(), parts.ports(ends));
    }

    public int inputs() {
        return inputs;
    }

    /// The nodes in their places, in the order in which they run.
    public List<Application> applications() {
        return applications;
    }

    public List<Port> outputs() {
        return outputs;
    }

    /// Whether each node reads the one before it, and the last one is the output.
    public boolean isSequential() {
        return chain;
    }

    @Override
    public String kind() {
        return chain ? "sequential" : "graph";
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        if (in.size() != inputs) {
            throw new ShapeException(declare.path(), "expects " + inputs + " inputs, got " + in.size());
        }
        List<List<Shape>> shapes = new ArrayList<>();
        for (Application each : applications) {
            List<Shape> read = each.from().stream()
                    .map(port -> at(port, in, shapes, declare))
                    .toList();
            shapes.add(declare.child(each.name(), each.node(), read));
        }
        return outputs.stream().map(port -> at(port, in, shapes, declare)).toList();
    }

    private Shape at(Port port, List<Shape> in, List<List<Shape>> shapes, Declarations declare) {
        List<Shape> from = port.application() < 0 ? in : shapes.get(port.application());
        if (port.index() >= from.size()) {
            throw new ShapeException(
                    declare.path(),
                    "expects readers of the " + from.size() + " outputs of "
                            + applications.get(port.application()).name() + ", got one of output "
                            + (port.index() + 1));
        }
        return from.get(port.index());
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        return chain ? List.of(forward(in.getFirst(), pass)) : wired(in, pass);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (!chain) return wired(List.of(x), pass).getFirst();
        for (int i = 0; i < applications.size(); i++) {
            Tensor y = pass.apply(i, x);
            if (i > 0) pass.release(x);
            x = y;
        }
        return x;
    }

    private List<Tensor> wired(List<Tensor> in, Pass pass) {
        List<List<Tensor>> results = new ArrayList<>(applications.size());
        for (int i = 0; i < applications.size(); i = siblings[i]) {
            List<Port> from = applications.get(i).from();
            List<Tensor> read = new ArrayList<>(from.size());
            for (Port port : from) read.add(at(port, in, results));
            int last = siblings[i] - 1;
            if (last == i) results.add(pass.apply(i, read));
            else results.addAll(pass.applyAll(i, last + 1, read));
            for (Port port : lastRead.get(last)) pass.release(at(port, in, results));
        }
        List<Tensor> out = new ArrayList<>(outputs.size());
        for (Port port : outputs) out.add(at(port, in, results));
        return out;
    }

    private static Tensor at(Port port, List<Tensor> in, List<List<Tensor>> results) {
        return (port.application() < 0 ? in : results.get(port.application())).get(port.index());
    }

    /// The output activation of the only output; the identity for several outputs, see
    /// [#outputActivation(int)].
    @Override
    public Activation outputActivation() {
        return outputs.size() == 1 ? outputActivation(0) : Activation.IDENTITY;
    }

    @Override
    public Node withoutOutputActivation() {
        return outputs.size() == 1 ? withoutOutputActivation(0) : this;
    }

    /// The output activation of the node that computes this output. The identity if the output is used
    /// elsewhere too, or the node is used twice.
    public Activation outputActivation(int output) {
        int end = soleApplication(outputs.get(output));
        return end < 0 ? Activation.IDENTITY : applications.get(end).node().outputActivation();
    }

    /// This graph without the activation of [#outputActivation(int)]: the output is then logits.
    public Graph withoutOutputActivation(int output) {
        int end = soleApplication(outputs.get(output));
        return end < 0 ? this : replace(end, applications.get(end).node().withoutOutputActivation());
    }

    private int soleApplication(Port output) {
        int end = output.application();
        if (end < 0) return -1;
        boolean read = applications.stream().anyMatch(each -> each.from().contains(output));
        long given = outputs.stream().filter(output::equals).count();
        long uses = applications.stream()
                .filter(each -> each.name().equals(applications.get(end).name()))
                .count();
        return read || given > 1 || uses > 1 ? -1 : end;
    }

    private Graph replace(int index, Node node) {
        List<Application> changed = new ArrayList<>(applications);
        changed.set(index, changed.get(index).with(node));
        return new Graph(inputs, changed, outputs);
    }

    @Override
    public List<String> replaceable() {
        return applications.stream()
                .flatMap(each -> Node.replaceable(each.name(), each.node()).stream())
                .distinct()
                .toList();
    }

    /// This graph with another node in the place of one inside it, wherever that is used. The new node
    /// gets its name.
    /// @param path a name, with dots into containers: `dense1`, `residual2.body.dense1`
    /// @throws ConfigException for an unknown path, with the nearest known ones
    @Override
    public Graph replace(String path, Node other) {
        List<String> known = replaceable();
        if (!known.contains(path)) {
            throw new ConfigException("layer '" + path + "'", "is not in this network", Spelling.choice(path, known));
        }
        int dot = path.indexOf('.');
        String name = dot < 0 ? path : path.substring(0, dot);
        String inside = dot < 0 ? "" : path.substring(dot + 1);
        return new Graph(
                inputs,
                applications.stream()
                        .map(each ->
                                each.name().equals(name) ? each.with(Node.replaced(each.node(), inside, other)) : each)
                        .toList(),
                outputs);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Graph graph
                && inputs == graph.inputs
                && applications.equals(graph.applications)
                && outputs.equals(graph.outputs);
    }

    @Override
    public int hashCode() {
        return 31 * applications.hashCode() + outputs.hashCode();
    }

    @Override
    public String toString() {
        return kind() + " " + applications.stream().map(Application::name).toList();
    }

    /// Names the nodes of a graph: by `named(…)`, else by their kind and a number.
    static final class Names {
        private final Map<String, Integer> counts = new HashMap<>();
        private final Set<String> given = new HashSet<>();
        private final Set<String> automatic = new HashSet<>();

        Application application(Node node, List<Port> from) {
            if (node instanceof Wrapper wrapper && wrapper.node() instanceof Named(String name, Node inner)) {
                return application(new Named(name, wrapper.around(inner)), from);
            }
            if (node instanceof Named named) {
                if (automatic.contains(named.name())) {
                    throw new ConfigException(
                            "name '" + named.name() + "'",
                            "is the automatic name of an earlier layer",
                            "Choose another");
                }
                given.add(named.name());
                return new Application(named.name(), named.node(), from);
            }
            String name;
            do name = node.kind() + counts.merge(node.kind(), 1, Integer::sum);
            while (given.contains(name));
            automatic.add(name);
            return new Application(name, node, from);
        }
    }
}

package dev.neurite.model;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.model.engine.FootprintProbe;
import dev.neurite.model.engine.NetworkExecutor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// A node built for inputs of given shapes: all shapes, and the names and places of parameters, without
/// their values. Immutable.
public final class Network {
    private static final int LEAST_ROWS = 16; // that are predicted at once: fewer read the parameters too often
    private static final int MOST_ROWS = 512;
    private static final long IN_CACHE = 1L << 20; // floats of a tensor that are near when the next layer reads them
    private static final long MOST_FLOATS = 1L << 25;

    private final Node node;
    private final List<Shape> inputs;
    private final BuiltNode root;
    private final List<Parameter> parameters;
    private final List<Parameter> statistics;

    /// Builds a node.
    /// @param inputs the shape of one row of each input
    /// @throws ShapeException if layers do not fit together; the message names the layer and both
    /// shapes
    public Network(Node node, List<Shape> inputs) {
        List<Parameter> parts = new ArrayList<>();
        List<Parameter> running = new ArrayList<>();
        this.node = node;
        this.inputs = List.copyOf(inputs);
        this.root = Declarations.build(node, this.inputs, parts, running);
        this.parameters = List.copyOf(parts);
        this.statistics = List.copyOf(running);
    }

    /// The node that was built.
    public Node node() {
        return node;
    }

    /// The shape of one row of each input.
    public List<Shape> inputs() {
        return inputs;
    }

    /// The built node, with those inside it.
    public BuiltNode root() {
        return root;
    }

    /// The shape of one row of each output.
    public List<Shape> outputs() {
        return root.outputs();
    }

    /// The shape of one row of each output, for inputs whose open axis has an extent.
    /// @param in the shape of one row of each input
    /// @throws ShapeException if they do not fit
    public List<Shape> outputs(List<Shape> in) {
        boolean fits = in.size() == inputs.size();
        for (int i = 0; i < in.size() && fits; i++) fits = inputs.get(i).accepts(in.get(i));
        if (!fits) throw new ShapeException("input", "expects rows of " + inputs + ", got " + in);
        return inputs.stream().allMatch(Shape::isKnown) ? root.outputs() : root.outputs(in);
    }

    /// The parameters, in the order of their flat array.
    public List<Parameter> parameters() {
        return parameters;
    }

    /// The running statistics, in the order of their flat array.
    public List<Parameter> statistics() {
        return statistics;
    }

    /// The parameters that are trained: those with at least one use that is not frozen.
    public List<Parameter> trained() {
        Set<String> learning = new HashSet<>();
        for (BuiltNode layer : layers()) {
            layer.parameters().forEach((own, part) -> {
                if (layer.trains(own)) learning.add(part.name());
            });
        }
        return parameters.stream()
                .filter(part -> learning.contains(part.name()))
                .toList();
    }

    /// The parameters that a training keeps in its flat arrays, by their places there: all of them, but only the
    /// [trained][#trained()] ones, numbered anew, if there are adapters or if others have fewer bits.
    /// @param encoded accepts the names of parameters that have fewer bits
    public List<Parameter> kept(Predicate<String> encoded) {
        List<Parameter> learning = trained();
        Set<Parameter> trained = new HashSet<>(learning);
        boolean all = layers().stream().allMatch(layer -> layer.adapters().isEmpty())
                && parameters.stream().allMatch(part -> trained.contains(part) || !encoded.test(part.name()));
        return all ? parameters : Parameter.numbered(learning);
    }

    /// The parameters that may have fewer bits: those that all their nodes [accept so][Node#acceptsEncoded].
    public List<Parameter> encodable() {
        Set<String> refused = new HashSet<>();
        for (BuiltNode layer : layers()) {
            layer.parameters().forEach((own, part) -> {
                if (!layer.node().acceptsEncoded(own)) refused.add(part.name());
            });
        }
        return parameters.stream()
                .filter(part -> part.shape().rank() == 2 && !refused.contains(part.name()))
                .toList();
    }

    /// The names that parameters and running statistics have in files of earlier versions, by their
    /// present names. Earlier, a [Wrapper] added its name and the node's kind: `frozen1.dense.weight`.
    /// Has only names that changed.
    public Map<String, String> olderNames() {
        Map<String, String> names = new HashMap<>();
        olderNames(root, "", names);
        return names;
    }

    private static void olderNames(BuiltNode built, String olderPath, Map<String, String> names) {
        String prefix = olderPath.isEmpty() ? "" : olderPath + ".";
        for (Map<String, Parameter> each : List.of(built.parameters(), built.statistics())) {
            each.forEach((own, part) -> {
                boolean tied = !part.name().equals(built.name().isEmpty() ? own : built.name() + "." + own);
                if (!tied && !part.name().equals(prefix + own)) names.putIfAbsent(part.name(), prefix + own);
            });
        }
        for (BuiltNode child : built.children()) {
            if (!(built.node() instanceof Wrapper) && child.name().equals(built.name())) {
                olderNames(child, olderPath, names); // a node that is made of others, without a name of their own
                continue;
            }
            String name = built.node() instanceof Wrapper
                    ? child.node() instanceof Wrapper
                            ? Node.kindOf(child.node().getClass())
                            : child.node().kind()
                    : child.name()
                            .substring(built.name().isEmpty() ? 0 : built.name().length() + 1);
            olderNames(child, prefix + name, names);
        }
    }

    /// The softmax or sigmoid before an output, if only nodes without parameters are between them; else
    /// the identity.
    /// @param output the index of the output, from 0
    public Activation trailingActivation(int output) {
        return trailing(root, output);
    }

    private static Activation trailing(BuiltNode built, int output) {
        if (!(built.node() instanceof Graph graph)) return built.node().outputActivation();
        Graph.Port port = graph.outputs().get(output);
        while (port.application() >= 0) {
            BuiltNode child = built.children().get(port.application());
            Activation found = trailing(child, port.index());
            List<Graph.Port> from = graph.applications().get(port.application()).from();
            if (!(found instanceof Activation.Identity)) return found;
            if (from.size() != 1 || hasParameters(child)) return Activation.IDENTITY;
            port = from.getFirst();
        }
        return Activation.IDENTITY;
    }

    private static boolean hasParameters(BuiltNode built) {
        return !built.parameters().isEmpty()
                || !built.statistics().isEmpty()
                || built.children().stream().anyMatch(Network::hasParameters);
    }

    /// The number of values in all parameters.
    public long count() {
        return Parameters.countOf(parameters);
    }

    /// [#count()] as the length of their flat array.
    /// @throws ShapeException for 2³¹ values and more, which fit in no array
    public int size() {
        return Parameters.sizeOf(parameters);
    }

    /// The memory of the tensors of a pass. Finds it by running a pass over two rows of zeros.
    /// @param mode [Mode#TRAIN] includes the backward pass
    /// @throws ShapeException if an input has an open axis; say its extent by [#footprint(Mode, List)]
    public Footprint footprint(Mode mode) {
        return footprint(mode, inputs);
    }

    /// The memory of the tensors of training passes, of which some have a [PassObserver].
    /// @throws ShapeException if an input has an open axis
    public Footprint observedFootprint() {
        return observedFootprint(inputs);
    }

    /// The memory of the tensors of a pass over rows of these shapes.
    /// @param in the shape of one row of each input, with the extent of an open axis
    /// @param mode [Mode#TRAIN] includes the backward pass
    /// @throws ShapeException if they do not fit
    public Footprint footprint(Mode mode, List<Shape> in) {
        return footprint(mode, in, false);
    }

    /// The memory of the tensors of training passes over rows of these shapes, of which some have a
    /// [PassObserver].
    /// @param in the shape of one row of each input, with the extent of an open axis
    /// @throws ShapeException if they do not fit
    public Footprint observedFootprint(List<Shape> in) {
        return footprint(Mode.TRAIN, in, true);
    }

    private Footprint footprint(Mode mode, List<Shape> in, boolean observed) {
        return footprint(mode, in, observed, Map.of());
    }

    /// The memory of the tensors of a pass over rows of these shapes.
    /// @param in the shape of one row of each input, with the extent of an open axis
    /// @param mode [Mode#TRAIN] includes the backward pass
    /// @param observed whether some passes have a [PassObserver]
    /// @param encoded the weights that have fewer bits in these passes, by name
    /// @throws ShapeException if they do not fit
    public Footprint footprint(Mode mode, List<Shape> in, boolean observed, Map<String, EncodedMatrix> encoded) {
        outputs(in); // checks the shapes
        return FootprintProbe.footprint(
                this, in, encoded, Parameters.initialized(statistics, 0).array(), mode, observed);
    }

    /// How many rows [Model#predict] computes at once: up to 512, but at least 16, so many that the largest
    /// tensor has 4 MB, or as much as the parameters if they have more; fewer if it had more than 128 MB. An open
    /// axis counts as 1.
    public int rowsAtOnce() {
        return rowsAtOnce(1);
    }

    /// [#rowsAtOnce()] for inputs whose open axis has an extent.
    /// @param in the shape of one row of each input
    public int rowsAtOnce(List<Shape> in) {
        int open = 1; // the largest extent of an open axis
        for (int i = 0; i < Math.min(in.size(), inputs.size()); i++) {
            if (inputs.get(i).isKnown() || !inputs.get(i).accepts(in.get(i))) continue;
            int axis = inputs.get(i).extents().indexOf(Shape.OPEN);
            open = Math.max(open, in.get(i).extent(axis));
        }
        return rowsAtOnce(open);
    }

    private int rowsAtOnce(int open) {
        long largest = 1;
        for (BuiltNode layer : layers()) {
            long positions = floats(layer.positions(), open);
            for (Shape shape : layer.outputs()) largest = Math.max(largest, positions * floats(shape, open));
        }
        long wanted = Math.clamp(Math.max(IN_CACHE, count()) / largest, LEAST_ROWS, MOST_ROWS);
        return Math.clamp(MOST_FLOATS / largest, 1, (int) wanted);
    }

    private static long floats(Shape shape, int open) {
        long floats = 1;
        for (int extent : shape.extents()) floats *= extent == Shape.OPEN ? open : extent;
        return floats;
    }

    /// An executor with these parameters. Its running statistics have their initial values.
    /// @param theta the values of the parameters, read in each pass
    /// @param gradient the array for their gradients, at its beginning; empty for none
    /// @throws ShapeException unless `theta` is of length [#size()] and `gradient` at least of that
    public Executor executor(Kernels kernels, float[] theta, float[] gradient) {
        return executor(kernels, theta, Parameters.initialized(statistics, 0).toArray(), gradient);
    }

    /// An executor with these parameters and running statistics.
    /// @param theta the values of the parameters, read in each pass
    /// @param running the values of the statistics, read in each pass; [Executor#commitStatistics]
    /// writes to it
    /// @param gradient the array for the gradients of the parameters, at its beginning; empty for none
    /// @throws ShapeException if an array has another length than expected
    public Executor executor(Kernels kernels, float[] theta, float[] running, float[] gradient) {
        if (running.length != Parameters.sizeOf(statistics)) {
            throw new ShapeException(
                    "executor",
                    "expects an array of " + Parameters.sizeOf(statistics) + " statistics, got " + running.length);
        }
        if (theta.length != size() || (gradient.length != 0 && gradient.length < size())) {
            throw new ShapeException(
                    "executor",
                    "expects arrays of " + size() + " parameters, got " + theta.length + " and " + gradient.length);
        }
        List<PackedWeights> weights = parameters.stream()
                .map(part -> PackedWeights.changing(Tensor.view(part.shape(), theta, part.offset())))
                .toList();
        return new NetworkExecutor(this, kernels, weights, running, parameters, gradient);
    }

    /// An executor in which some parameters change and the others are those of a model, perhaps in fewer bits.
    /// @param constants parameters with the names and shapes of this network's
    /// @param kept the parameters that change, by their places in `theta` and `gradient`; all that are trained are
    /// among them, see [#kept]
    /// @param theta the values of those parameters, read in each pass
    /// @param running as in [#executor(Kernels, float\[\], float\[\], float\[\])]
    /// @param gradient the array for the gradients of those parameters, at its beginning; empty for none
    public Executor executor(
            Kernels kernels,
            Parameters constants,
            List<Parameter> kept,
            float[] theta,
            float[] running,
            float[] gradient) {
        return new NetworkExecutor(this, kernels, constants.weights(kept, theta), running, kept, gradient);
    }

    /// The layers, in the order in which they run: nodes without children, and those that have
    /// parameters beside their children.
    public List<BuiltNode> layers() {
        List<BuiltNode> layers = new ArrayList<>();
        addLayers(root, layers);
        return layers;
    }

    /// [#layers()] with the shapes and the cost for inputs whose open axis has an extent.
    /// @param in the shape of one row of each input
    /// @throws ShapeException if they do not fit
    public List<BuiltNode> layers(List<Shape> in) {
        outputs(in); // checks the shapes
        if (in.equals(inputs)) return layers();
        List<BuiltNode> layers = new ArrayList<>();
        addLayers(root.built(in), layers);
        return layers;
    }

    private static void addLayers(BuiltNode built, List<BuiltNode> to) {
        if (built.children().isEmpty() || !built.parameters().isEmpty()) to.add(built);
        for (BuiltNode child : built.children()) addLayers(child, to);
    }
}

package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.LogSoftmax;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A network with its parameters and running statistics: what a person builds, trains, asks and keeps.
///
/// Immutable and safe to use from many threads: a method that changes something returns another model.
/// Predicting never changes a model. Layers are numbered from 0.
public final class Model {
    private static final int IDLE = 64; // executors kept for later predictions

    private final Graph graph;
    private final Network whole;
    private final Network logits;
    private final int rowsAtOnce; // of a prediction
    private final Activation outputActivation;
    private final Parameters parameters;
    private final Parameters statistics;
    private final List<PackedWeights> constants; // the same, for all that predict
    private final ArrayDeque<Executor> idle = new ArrayDeque<>();

    private Model(Graph graph, Network whole, Parameters parameters, Parameters statistics) {
        this.graph = graph;
        this.whole = whole;
        this.logits = new Network(graph.withoutOutputActivation(), whole.inputs());
        this.rowsAtOnce = logits.rowsAtOnce();
        this.outputActivation = graph.outputActivation();
        this.parameters = parameters;
        this.statistics = statistics;
        this.constants = parameters.parts().stream()
                .map(part -> PackedWeights.constant(Tensor.view(part.shape(), parameters.array(), part.offset())))
                .toList();
        for (int i = 0; i < whole.outputs().size(); i++) refuseTwoSoftmaxes(i);
    }

    private void refuseTwoSoftmaxes(int output) {
        if (!(graph.outputActivation(output) instanceof Softmax)) return;
        var before = whole.outputs().size() == 1
                ? logits
                : new Network(graph.withoutOutputActivation(output), whole.inputs());
        if (before.trailingActivation(output) instanceof Softmax) {
            throw new ConfigException("network", "expects one softmax at its end, got two", "Remove the first of them");
        }
    }

    /// A model of layers one after the other, its parameters initialized with seed 0.
    /// @param input the shape of one row: `features(4)`, `image(1, 28, 28)`
    /// @throws ShapeException if layers do not fit together, naming the layer, what it expects and what comes
    public static Model of(Shape input, Node... layers) {
        return of(List.of(input), Graph.chain(layers));
    }

    /// A model of any graph, its parameters initialized with seed 0.
    /// @param inputs the shape of one row of each input
    /// @throws ShapeException if layers do not fit together, naming the layer, what it expects and what comes
    public static Model of(List<Shape> inputs, Graph graph) {
        return fresh(graph, new Network(graph, inputs), 0);
    }

    private static Model fresh(Graph graph, Network network, long seed) {
        return new Model(
                graph,
                network,
                Parameters.initialized(network.parameters(), seed),
                Parameters.initialized(network.statistics(), seed));
    }

    /// A model of any graph, with these parameters, and running statistics that are as declared.
    /// @param inputs the shape of one row of each input
    /// @throws ShapeException if layers do not fit together or the parameters are not the graph's
    public static Model of(List<Shape> inputs, Graph graph, Parameters parameters) {
        var network = new Network(graph, inputs);
        requireParts("parameters", network.parameters(), parameters);
        return new Model(graph, network, parameters, Parameters.initialized(network.statistics(), 0));
    }

    /// This model with freshly initialized parameters and running statistics.
    public Model initialize(long seed) {
        return fresh(graph, whole, seed);
    }

    /// The layers and how they are wired.
    public Graph graph() {
        return graph;
    }

    /// What this model computes: with its output activation.
    public Network network() {
        return whole;
    }

    /// The same up to the softmax or sigmoid at its end, with the same parameters.
    public Network logits() {
        return logits;
    }

    /// The softmax or sigmoid at the end, which a loss may fuse with; the identity if there is none.
    public Activation outputActivation() {
        return outputActivation;
    }

    /// All weights and biases.
    public Parameters parameters() {
        return parameters;
    }

    /// What was measured while training, as the means and variances of a batch norm; predicting reads them and
    /// never changes them.
    public Parameters statistics() {
        return statistics;
    }

    /// This model with these parameters.
    /// @throws ShapeException if they are not this network's
    public Model with(Parameters other) {
        requireParts("parameters", whole.parameters(), other);
        return new Model(graph, whole, other, statistics);
    }

    /// This model with these running statistics.
    /// @throws ShapeException if they are not this network's
    public Model withStatistics(Parameters other) {
        requireParts("statistics", whole.statistics(), other);
        return new Model(graph, whole, parameters, other);
    }

    private static void requireParts(String what, List<Parameter> expected, Parameters got) {
        if (!describe(expected).equals(describe(got.parts()))) {
            throw new ShapeException(
                    what, "expects those of this network, " + describe(expected) + ", got " + describe(got.parts()));
        }
    }

    private static List<String> describe(List<Parameter> parts) {
        return parts.stream().map(part -> part.name() + " " + part.shape()).toList();
    }

    /// This model with one parameter or running statistic set by hand: `with("dense1.weight", Tensor.of(new
    /// float[][] {{1, 2}, {3, 4}}))`.
    /// @param name the layer's name and the parameter's; a dense weight is `[out×in]`
    /// @throws ConfigException for an unknown name
    /// @throws ShapeException for another shape
    public Model with(String name, Tensor value) {
        if (statistics.has(name)) return withStatistics(statistics.with(name, value));
        return with(parameters.with(name, value));
    }

    // ---------------------------------------------------------------------------------------- changing the layers

    /// This model with another layer in a place. Layers that are not touched keep their parameters and running
    /// statistics; where the new layer gives one of these another shape, that one starts anew.
    /// @param index which layer, from 0
    public Model replace(int index, Node layer) {
        checkIndex(index, graph.applications().size() - 1);
        List<Node> layers = nodes();
        layers.set(index, layer);
        return rebuilt(layers, old -> old == index ? -1 : old);
    }

    /// This model with another layer in the place of that name, in any graph; a node that is used twice is replaced in
    /// both places. All others keep their names, parameters and running statistics; the new layer starts anew.
    /// @param layer the name, with dots into graphs within the graph: `head`, `stage3.block1.conv2d2`
    /// @throws ConfigException for an unknown name, naming those that there are
    /// @throws ShapeException if the layers do not fit together any more
    public Model replace(String layer, Node node) {
        Model fresh = of(whole.inputs(), graph.replace(layer, node)).initialize(Arrays.hashCode(parameters.array()));
        return fresh.with(kept(layer, parameters, fresh.parameters))
                .withStatistics(kept(layer, statistics, fresh.statistics));
    }

    /// The fresh values of one layer, with the old ones of all others.
    private static Parameters kept(String replaced, Parameters old, Parameters fresh) {
        float[] values = fresh.toArray();
        Map<String, Parameter> known = new HashMap<>();
        for (Parameter part : old.parts()) known.put(part.name(), part);
        for (Parameter part : fresh.parts()) {
            Parameter before = known.get(part.name());
            if (before == null || part.name().startsWith(replaced + ".")) continue;
            if (!before.shape().equals(part.shape())) continue;
            System.arraycopy(old.array(), before.offset(), values, part.offset(), part.size());
        }
        return Parameters.of(fresh.parts(), values);
    }

    /// This model with a layer more. Layers that are not touched keep their parameters, as in [#replace].
    /// @param index the place of the new layer, from 0 to the number of layers
    public Model insert(int index, Node layer) {
        checkIndex(index, graph.applications().size());
        List<Node> layers = nodes();
        layers.add(index, layer);
        return rebuilt(layers, i -> i == index ? -1 : i > index ? i - 1 : i);
    }

    /// This model with a layer less. Layers that are not touched keep their parameters, as in [#replace].
    /// @param index which layer, from 0
    public Model remove(int index) {
        checkIndex(index, graph.applications().size() - 1);
        List<Node> layers = nodes();
        layers.remove(index);
        return rebuilt(layers, i -> i >= index ? i + 1 : i);
    }

    private void checkIndex(int index, int last) {
        if (!graph.isSequential()) {
            throw new ConfigException("model", "expects layers one after the other to change them by index");
        }
        if (index < 0 || index > last) {
            throw new ConfigException("layer index", "expects 0 to " + last + ", got " + index);
        }
    }

    private List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        for (Graph.Application each : graph.applications()) {
            long uses = graph.applications().stream()
                    .filter(other -> other.name().equals(each.name()))
                    .count();
            boolean numbered = uses == 1 && each.name().matches(each.node().kind() + "\\d+");
            nodes.add(numbered ? each.node() : new Named(each.name(), each.node()));
        }
        return nodes;
    }

    /// A model of these layers in which the i-th keeps the parameters and running statistics of the old layer
    /// `origin(i)`, −1 for none.
    private Model rebuilt(List<Node> layers, java.util.function.IntUnaryOperator origin) {
        // A seed of this model's own, or a new layer could start as a copy of one whose old name it gets.
        Model fresh = of(whole.inputs(), Graph.chain(layers)).initialize(Arrays.hashCode(parameters.array()));
        Map<String, String> oldNames = new HashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            int old = origin.applyAsInt(i);
            if (old < 0) continue;
            oldNames.put(
                    fresh.graph.applications().get(i).name(),
                    graph.applications().get(old).name());
        }
        return fresh.with(kept(oldNames, parameters, fresh.parameters))
                .withStatistics(kept(oldNames, statistics, fresh.statistics));
    }

    /// The fresh values, with the old ones in their place where a layer has stayed.
    private static Parameters kept(Map<String, String> oldNames, Parameters old, Parameters fresh) {
        float[] values = fresh.toArray();
        for (Parameter part : fresh.parts()) {
            int dot = part.name().indexOf('.');
            String oldLayer = oldNames.get(part.name().substring(0, dot));
            if (oldLayer == null) continue;
            String oldName = oldLayer + part.name().substring(dot);
            for (Parameter known : old.parts()) {
                if (known.name().equals(oldName) && known.shape().equals(part.shape())) {
                    System.arraycopy(old.array(), known.offset(), values, part.offset(), part.size());
                }
            }
        }
        return Parameters.of(fresh.parts(), values);
    }

    // ------------------------------------------------------------------------------------------------- predicting

    /// The output for one row.
    /// @param row as many numbers as the input has
    /// @throws ShapeException for another number of them, or a network of many inputs or outputs
    public float[] predict(float... row) {
        Shape input = whole.inputs().getFirst();
        if (row.length != input.size()) {
            throw new ShapeException(
                    "input", "expects " + input.size() + " numbers for " + input + ", got " + row.length);
        }
        return predict(Tensor.view(input.forRows(1), row, 0)).toArray();
    }

    /// The outputs for many rows. A row's output does not depend on the others.
    /// @param rows the batch, one row an example
    public Tensor predict(Tensor rows) {
        return predict(rows, Kernels.shared());
    }

    /// The outputs for many rows, computed on these kernels.
    public Tensor predict(Tensor rows, Kernels kernels) {
        if (whole.outputs().size() != 1) {
            throw new ShapeException(
                    "network", "expects one output here, has " + whole.outputs().size());
        }
        Tensor result = Tensor.zeros(whole.outputs().getFirst().forRows(rows.rows()));
        predict(rows, result, kernels);
        return result;
    }

    /// Writes the outputs for many rows to a tensor, [Network#rowsAtOnce()] at a time. Called again and again, it
    /// allocates no array where these are all of them.
    /// @param rows the batch, one row an example
    /// @param result of the shape that [#predict(Tensor)] returns
    public void predict(Tensor rows, Tensor result, Kernels kernels) {
        Shape output = whole.outputs().getFirst();
        boolean fits = result.shape().rank() > 0
                && result.rows() == rows.rows()
                && result.shape().row().equals(output);
        if (!fits) {
            throw new ShapeException("result", "expects a row of " + output + " for each input, got " + result.shape());
        }
        Executor executor = take(kernels);
        for (int from = 0; from < rows.rows(); from += rowsAtOnce) {
            int to = Math.min(rows.rows(), from + rowsAtOnce);
            Tensor z = executor.forward(Mode.PREDICT, rows.rows(from, to));
            activateOutput(kernels, z, result.rows(from, to));
        }
        release(executor);
    }

    /// The outputs of a network of many inputs or outputs, for a batch.
    public List<Tensor> predict(List<Tensor> inputs) {
        Executor executor = whole.executor(Kernels.shared(), constants, statistics);
        return executor.forward(Mode.PREDICT, inputs).stream().map(Tensor::copy).toList();
    }

    /// y = the output activation of logits z.
    public void activateOutput(Kernels kernels, Tensor z, Tensor y) {
        activate(kernels, outputActivation, z, y);
    }

    /// y = g(z), element by element or row by row.
    public static void activate(Kernels kernels, Activation activation, Tensor z, Tensor y) {
        switch (activation) {
            case Softmax _ -> kernels.softmax(z, y);
            case LogSoftmax _ -> kernels.logSoftmax(z, y);
            case Elementwise g -> kernels.activate(g, z, y);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same kernels are meant
    private Executor take(Kernels kernels) {
        synchronized (idle) {
            for (Executor executor : idle) {
                if (executor.kernels().equals(kernels)) {
                    idle.removeFirstOccurrence(executor);
                    return executor;
                }
            }
        }
        return logits.executor(kernels, constants, statistics);
    }

    /// Only executors that ended well come back; those longest unused make room, as kernels may be closed.
    private void release(Executor executor) {
        executor.reset();
        synchronized (idle) {
            if (idle.size() == IDLE) idle.removeLast();
            idle.addFirst(executor);
        }
    }

    /// What happens inside while these rows go through: every layer's input, pre-activation and output.
    public Inspection inspect(Tensor rows) {
        Executor executor = whole.executor(Kernels.shared(), constants, statistics);
        executor.inspect();
        executor.forward(Mode.PREDICT, List.of(rows));
        return executor.inspection(new float[0]);
    }

    /// The layers, their shapes and sizes, as a table.
    public Summary summary() {
        return Summary.of(whole);
    }

    /// Equal layers, input shapes, parameters and running statistics, bit for bit.
    @Override
    public boolean equals(Object other) {
        return other instanceof Model model
                && graph.equals(model.graph)
                && whole.inputs().equals(model.whole.inputs())
                && Arrays.equals(parameters.array(), model.parameters.array())
                && Arrays.equals(statistics.array(), model.statistics.array());
    }

    @Override
    public int hashCode() {
        return 31 * (31 * graph.hashCode() + Arrays.hashCode(parameters.array())) + Arrays.hashCode(statistics.array());
    }

    /// The input and the layers.
    @Override
    public String toString() {
        return "model " + whole.inputs() + " → " + graph;
    }
}

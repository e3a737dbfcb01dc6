package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.LogSoftmax;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.engine.ModelRunner;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A network with its parameters and running statistics.
///
/// <!-- Snippets#model -->
/// ```java
/// Model model = Model.of(train, dense(32, RELU)); //        the last layer is made for the data
/// Model same = Model.of(features(4), dense(32, RELU), dense(3, SOFTMAX));
/// float[] probabilities = model.predict(5.1f, 3.5f, 1.4f, 0.2f);
/// ```
///
/// Immutable and safe to use from many threads: methods that change something return another model.
/// Predicting never changes a model. Layers are numbered from 0.
public final class Model {
    private final Graph graph;
    private final Network whole;
    private final Network logits;
    private final Activation outputActivation;
    private final Parameters parameters;
    private final Parameters statistics;
    private final ModelRunner runner;

    private Model(Graph graph, Network whole, Parameters parameters, Parameters statistics) {
        this.graph = graph;
        this.whole = whole;
        this.logits = new Network(graph.withoutOutputActivation(), whole.inputs());
        this.outputActivation = graph.outputActivation();
        this.parameters = parameters;
        this.statistics = statistics;
        this.runner = new ModelRunner(logits, outputActivation, parameters.packed(), statistics.array());
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

    /// A model of a sequence of layers, its parameters initialized with seed 0.
    /// @param input the shape of one row: `features(4)`, `image(1, 28, 28)`
    /// @throws ShapeException if layers do not fit together; the message names the layer and both
    /// shapes
    public static Model of(Shape input, Node... layers) {
        return of(List.of(input), Graph.chain(layers));
    }

    /// A model for the rows of a data set, its parameters initialized with seed 0: it takes inputs as they are
    /// there, and its last layer is made for their targets.
    /// @param rows a data set; see [RowSource#outputLayers] for the last layer. Of rows without targets the
    /// layers are all there are
    /// @param layers those before the last one; none for a linear model
    /// @throws ConfigException for layers that end with a softmax, as the last layer does
    /// @throws ShapeException if layers do not fit together, for rows of several inputs, or for a target for
    /// each step where the layers before the last one give one output a row
    public static Model of(RowSource rows, Node... layers) {
        List<Shape> inputs = rows.inputs().stream().map(RowSource::inputShape).toList();
        List<Node> all = new ArrayList<>(Arrays.asList(layers));
        Graph given = Graph.chain(all);
        List<Node> last = rows.outputLayers(new Network(given, inputs).outputs().getFirst());
        if (!last.isEmpty() && isOfClasses(given.outputActivation())) {
            throw new ConfigException(
                    "network",
                    "expects the layers before the last one, which is made for the data, got one with a softmax",
                    "Leave it out, or take Model.of(data.inputShape(), …), which adds none");
        }
        all.addAll(last);
        return of(inputs, Graph.chain(all));
    }

    private static boolean isOfClasses(Activation last) {
        return last instanceof Softmax || last instanceof LogSoftmax;
    }

    /// A model of a graph, its parameters initialized with seed 0.
    /// @param inputs the shape of one row of each input
    /// @throws ShapeException if layers do not fit together; the message names the layer and both
    /// shapes
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

    /// A model of a graph with these parameters. Running statistics have their initial values.
    /// @param inputs the shape of one row of each input
    /// @throws ShapeException if layers do not fit together, or the parameters are those of another
    /// network
    /// @throws ConfigException if a parameter has fewer bits whose layer needs floats, see [Network#encodable]
    public static Model of(List<Shape> inputs, Graph graph, Parameters parameters) {
        var network = new Network(graph, inputs);
        requireParts("parameters", network.parameters(), parameters);
        requireEncodable(network, parameters);
        return new Model(graph, network, parameters, Parameters.initialized(network.statistics(), 0));
    }

    /// This model with freshly initialized parameters and running statistics.
    public Model initialize(long seed) {
        return fresh(graph, whole, seed);
    }

    /// The layers and their wiring.
    public Graph graph() {
        return graph;
    }

    /// The built network, with its output activation.
    public Network network() {
        return whole;
    }

    /// The built network without its output activation: the same parameters, giving logits.
    public Network logits() {
        return logits;
    }

    /// The softmax or sigmoid at the end, which a loss may fuse with; the identity if there is none.
    public Activation outputActivation() {
        return outputActivation;
    }

    /// The parameters: all weights and biases.
    public Parameters parameters() {
        return parameters;
    }

    /// The running statistics, such as the means and variances of batch norm. Predicting reads them.
    public Parameters statistics() {
        return statistics;
    }

    /// The parameters that a training keeps in its flat arrays, by their places there: all of them; but of a model with
    /// [adapters][Adapter], or of one with fewer bits in parameters that are not trained, only the trained ones.
    public List<Parameter> kept() {
        return whole.kept(parameters.encoded()::containsKey);
    }

    /// This model with other values of the parameters that a training [keeps][#kept()]. The others are shared.
    /// @param values taken over without copying it. Nobody may write to it from now on
    /// @throws ShapeException for another number of them
    public Model withKept(float[] values) {
        return with(parameters.changed(whole.parameters(), kept(), values));
    }

    /// The model of another graph: parameters and running statistics of the same names keep their values and share
    /// their memory, the others are initialized.
    /// @param seed of the others
    /// @throws ShapeException if layers do not fit together, or one of the same name has another shape
    public Model rewired(Graph other, long seed) {
        return ModelEdits.rewired(this, other, seed);
    }

    /// This model with these parameters.
    /// @throws ShapeException if they are those of another network
    /// @throws ConfigException if one has fewer bits whose layer needs floats, see [Network#encodable]
    public Model with(Parameters other) {
        requireParts("parameters", whole.parameters(), other);
        requireEncodable(whole, other);
        return new Model(graph, whole, other, statistics);
    }

    private static void requireEncodable(Network network, Parameters parameters) {
        if (parameters.encoded().isEmpty()) return;
        List<String> able = network.encodable().stream().map(Parameter::name).toList();
        parameters.encoded().forEach((name, matrix) -> {
            if (able.contains(name)) return;
            throw new ConfigException(
                    name, "expects floats, as its layer does not compute with fewer bits, got " + matrix);
        });
    }

    /// This model with weights in fewer bits: those of dense and recurrent layers, of embeddings and of the
    /// projections of attention. Those that would not become smaller stay floats. With whole numbers predicting
    /// quantizes the inputs of these layers, too, see [dev.neurite.kernel.QuantizedMatrix]: faster for few
    /// rows, and for weights larger than the cache. Code that asks for weights as floats, such as a training,
    /// gets the decoded ones.
    ///
    /// <!-- Snippets#quantized -->
    /// ```java
    /// Model small = trained.quantized(EIGHT_BITS); //           a quarter of the memory
    /// ModelFile.save(small, file); //                           and of the file
    /// ```
    /// @throws ConfigException for a pattern that no such weights match, for weights named in full, without
    /// `*`, that would not become smaller, if there are none, or if some have fewer bits already
    /// @throws dev.neurite.error.DataException for weights that are not finite, or too large for their format
    public Model quantized(Quantization quantization) {
        if (!parameters.encoded().isEmpty()) { // bits that are lost do not come back
            throw new ConfigException(
                    "quantization",
                    "expects a model of floats, got one some of whose weights have fewer bits already",
                    "Take the model that this one was made of");
        }
        Map<String, EncodedMatrix> encoded = new LinkedHashMap<>();
        List<Parameter> larger = new ArrayList<>();
        List<Parameter> encodable = whole.encodable();
        if (encodable.isEmpty()) throw nothing("got convolutions, norms and biases alone");
        quantization.formats(encodable).forEach((part, format) -> {
            EncodedMatrix matrix = EncodedMatrix.of(format, parameters.get(part.name()));
            long floats = (long) Float.BYTES * part.size();
            if (matrix.bytes() < floats) encoded.put(part.name(), matrix);
            else if (quantization.namesInFull(part)) throw larger(part, matrix, floats);
            else larger.add(part);
        });
        if (encoded.isEmpty() && larger.isEmpty()) throw nothing("but all are to stay floats");
        if (encoded.isEmpty()) {
            Parameter first = larger.getFirst();
            throw nothing("got only ones that would not become smaller, such as " + first.name() + " " + first.shape());
        }
        return with(parameters.encoded(encoded));
    }

    private static ConfigException nothing(String why) {
        return new ConfigException(
                "quantization", "expects weights of dense or recurrent layers, embeddings or attention, " + why);
    }

    private static ConfigException larger(Parameter part, EncodedMatrix matrix, long floats) {
        return new ConfigException(
                part.name(),
                String.format(
                        Locale.ROOT,
                        "expects weights that become smaller, got %s with %,d bytes, as floats %,d",
                        matrix,
                        matrix.bytes(),
                        floats),
                "Leave it a float");
    }

    /// This model with these running statistics.
    /// @throws ShapeException if they are those of another network
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

    /// This model with another value of one parameter or running statistic:
    /// `with("dense1.weight", Tensor.of(new float[][] {{1, 2}, {3, 4}}))`.
    /// @param name the layer's name and the parameter's; a dense weight is `[out×in]`
    /// @throws ConfigException for an unknown name
    /// @throws ShapeException for another shape
    public Model with(String name, Tensor value) {
        if (statistics.has(name)) return withStatistics(statistics.with(name, value));
        return with(parameters.with(name, value));
    }

    /// This model with other values of some of its parameters and running statistics.
    /// @param values the new values, by name; all others stay
    /// @throws ConfigException for an unknown name
    /// @throws ShapeException for another shape
    public Model with(Map<String, Tensor> values) {
        Map<String, Tensor> measured = new LinkedHashMap<>();
        Map<String, Tensor> learned = new LinkedHashMap<>();
        values.forEach((name, value) -> (statistics.has(name) ? measured : learned).put(name, value));
        return new Model(graph, whole, parameters.with(learned), statistics.with(measured));
    }

    // ---------------------------------------------------------------------------------------- changing the layers

    /// This model with another layer at an index. The other layers keep their parameters and running
    /// statistics; one whose shape changes with the new layer is initialized again.
    /// @param index the index of the layer, from 0
    /// @throws ConfigException unless the layers are a sequence that has this index
    public Model replace(int index, Node layer) {
        return ModelEdits.replace(this, index, layer);
    }

    /// This model with another layer of a name, in any graph. A node that is used twice is replaced in
    /// both places. The other layers keep their names, parameters and running statistics; the new layer
    /// is initialized.
    /// @param layer the name, with dots into containers: `head`, `stage3.block1.conv2d2`,
    /// `residual1.body`
    /// @throws ConfigException for an unknown name, with the nearest known ones
    /// @throws ShapeException if the layers do not fit together any more
    public Model replace(String layer, Node node) {
        return ModelEdits.replace(this, layer, node);
    }

    /// This model with one layer more. The others keep their parameters, as in [#replace(int, Node)].
    /// @param index the index of the new layer, from 0 to the number of layers
    public Model insert(int index, Node layer) {
        return ModelEdits.insert(this, index, layer);
    }

    /// This model with one layer less. The others keep their parameters, as in [#replace(int, Node)].
    /// @param index the index of the layer, from 0
    public Model remove(int index) {
        return ModelEdits.remove(this, index);
    }

    // ------------------------------------------------------------------------------------------------- predicting

    /// Predicts one row.
    /// @param row as many numbers as the input has; if its first axis is open, those of any number of steps
    /// @return the output
    /// @throws ShapeException for another number of them, or a network of several inputs or outputs
    public float[] predict(float... row) {
        Shape input = whole.inputs().getFirst();
        boolean sequence = input.rank() > 0 && input.extent(0) == Shape.OPEN;
        int size = (sequence ? input.row() : input).size();
        if (sequence ? row.length == 0 || row.length % Math.max(1, size) != 0 : row.length != size) {
            throw new ShapeException(
                    "input",
                    "expects " + size + " numbers for " + (sequence ? "each step of " : "") + input + ", got "
                            + row.length);
        }
        if (sequence) input = input.row().forRows(row.length / size);
        return predict(Tensor.view(input.forRows(1), row, 0)).toArray();
    }

    /// Predicts rows. The output of a row does not depend on the other rows. Padding of outputs is zeros; where
    /// their first axis is that of the steps, they have the lengths, which are other ones than the input's
    /// after a convolution or pooling over time.
    /// @param rows the batch, one sample a row
    /// @return the outputs, one row for each
    public Tensor predict(Tensor rows) {
        return predict(rows, Kernels.shared());
    }

    /// Predicts rows with these kernels.
    public Tensor predict(Tensor rows, Kernels kernels) {
        requireOneOutput();
        return runner.predict(rows, Tensor.zeros(outputFor(rows).forRows(rows.rows())), kernels);
    }

    /// Predicts rows into a tensor, [Network#rowsAtOnce()] at a time. Allocates no array if there are
    /// no more rows than that and no padding, after the first call.
    /// @param rows the batch, one sample a row
    /// @param result of the shape that [#predict(Tensor)] returns
    public void predict(Tensor rows, Tensor result, Kernels kernels) {
        Shape output = outputFor(rows);
        boolean fits = result.shape().rank() > 0
                && result.rows() == rows.rows()
                && result.shape().row().equals(output);
        if (!fits) {
            throw new ShapeException("result", "expects a row of " + output + " for each input, got " + result.shape());
        }
        runner.predict(rows, result, kernels);
    }

    /// The shape of a row of the output for these inputs.
    private Shape outputFor(Tensor rows) {
        Shape output = whole.outputs().getFirst();
        return output.isKnown()
                ? output
                : whole.outputs(List.of(rows.shape().row())).getFirst();
    }

    /// Predicts rows with a network of several inputs or outputs.
    /// @param inputs a tensor for each input, all with the same number of rows
    /// @return a tensor for each output
    public List<Tensor> predict(List<Tensor> inputs) {
        return predict(inputs, Kernels.shared());
    }

    /// Predicts rows with a network of several inputs or outputs and these kernels,
    /// [Network#rowsAtOnce()] rows at a time.
    /// @param inputs a tensor for each input, all with the same number of rows
    /// @return a tensor for each output
    public List<Tensor> predict(List<Tensor> inputs, Kernels kernels) {
        return runner.predict(inputs, kernels);
    }

    /// Predicts the rows of a data set. Reads them as it needs them; does not read targets. Where rows have
    /// different lengths, and the network an output for each step, the outputs are padded with zeros and
    /// have the lengths.
    /// @throws ShapeException if their shapes are not those of the inputs, or for a network of several outputs
    public Tensor predict(RowSource rows) {
        return predict(rows, Kernels.shared());
    }

    /// Predicts the rows of a data set with these kernels.
    public Tensor predict(RowSource rows, Kernels kernels) {
        requireOneOutput();
        return runner.predict(rows, kernels).getFirst();
    }

    /// Predicts the rows of a data set with a network of several outputs.
    /// @return a tensor for each output
    public List<Tensor> predictAll(RowSource rows, Kernels kernels) {
        return runner.predict(rows, kernels);
    }

    private void requireOneOutput() {
        if (whole.outputs().size() == 1) return;
        throw new ShapeException(
                "network", "expects one output here, has " + whole.outputs().size());
    }

    /// A session, in which sequences come in parts, such as one token at a time: it keeps the states of
    /// recurrent layers and the keys and values of attention.
    /// @param rows the number of rows of each part, at least 1
    /// @param most the most steps that a row may get in all, at least 1; the memory of attention grows with it
    /// @throws ShapeException if the network has several inputs, or its positions are fewer
    /// @throws ConfigException if a layer does not take sequences in parts, such as one that runs backwards
    /// @throws dev.neurite.error.ResourceException if what layers keep of so many steps does not fit
    public PredictionSession session(int rows, int most) {
        if (whole.inputs().size() != 1) {
            throw new ShapeException(
                    "session",
                    "expects one input here, has " + whole.inputs().size(),
                    "Give the largest shape of each input");
        }
        return session(rows, List.of(PredictionSession.most(whole.inputs().getFirst(), most)));
    }

    /// A session for a network of several inputs, of which the first comes in parts. The others, such as the
    /// source of a translation, are given whole, with the first part.
    /// @param rows the number of rows of each part, at least 1
    /// @param most the shape of one row of each input, with the most steps
    public PredictionSession session(int rows, List<Shape> most) {
        return session(rows, most, Kernels.shared());
    }

    /// [#session(int, List)] with these kernels.
    public PredictionSession session(int rows, List<Shape> most, Kernels kernels) {
        return new PredictionSession(logits, outputActivation, most, rows, () -> runner.executor(logits, kernels));
    }

    /// An executor that predicts with the weights of this model, as [#predict] does, and a copy of its running
    /// statistics.
    /// @param of a network with the same parameters and statistics, such as [#logits()]
    /// @throws ShapeException for another network
    public Executor executor(Network of, Kernels kernels) {
        requireParts("parameters", of.parameters(), parameters);
        requireParts("statistics", of.statistics(), statistics);
        return runner.executor(of, kernels);
    }

    // ---------------------------------------------------------------------------------------- gradients of the input

    /// How one number of the output depends on each number of the input, as in a saliency map: its
    /// gradient with respect to the input, row by row, in [Mode#PREDICT]. For a network that ends in a
    /// softmax or sigmoid it is the gradient of the logit. Simonyan et al. 2013, arXiv:1312.6034.
    /// @param rows the batch, one sample a row
    /// @param output the index of the number in the output, row-major from 0, such as a class
    /// @return in the shape of `rows`
    public Tensor saliency(Tensor rows, int output) {
        return saliency(rows, output, Kernels.shared());
    }

    /// [#saliency(Tensor, int)] with these kernels.
    public Tensor saliency(Tensor rows, int output, Kernels kernels) {
        Shape shape = logits.outputs().getFirst();
        if (output < 0 || output >= shape.size()) {
            throw new ConfigException("output", "expects 0 to " + (shape.size() - 1) + ", got " + output);
        }
        Tensor dy = Tensor.zeros(shape.forRows(rows.rows()));
        for (int row = 0; row < rows.rows(); row++) dy.array()[row * shape.size() + output] = 1;
        return runner.inputGradient(logits, rows, dy, kernels);
    }

    /// The gradient of Σ dy ∘ y with respect to the input, with the y of [#predict(Tensor)]: in
    /// [Mode#PREDICT], without dropout and with running statistics.
    /// @param rows the batch, one sample a row
    /// @param dy the gradient of the outputs, in their shape
    /// @return in the shape of `rows`
    public Tensor inputGradient(Tensor rows, Tensor dy) {
        return runner.inputGradient(whole, rows, dy, Kernels.shared());
    }

    // ------------------------------------------------------------------------------------------------- looking inside

    /// Computes y, the output activation of logits z.
    public void activateOutput(Kernels kernels, Tensor z, Tensor y) {
        activate(kernels, outputActivation, z, y);
    }

    /// Computes y = g(z), element by element, or softmax and log-softmax over the last axis.
    public static void activate(Kernels kernels, Activation activation, Tensor z, Tensor y) {
        switch (activation) {
            case Softmax _ -> kernels.activations().softmax(z.positions(), y.positions());
            case LogSoftmax _ -> kernels.activations().logSoftmax(z.positions(), y.positions());
            case Elementwise g -> kernels.activations().activate(g, z, y);
        }
    }

    /// Predicts rows and returns the input, pre-activation and output of every layer.
    public Inspection inspect(Tensor rows) {
        return inspect(List.of(rows));
    }

    /// [#inspect(Tensor)] for a network of several inputs.
    /// @param inputs a tensor for each input, all with the same number of rows
    public Inspection inspect(List<Tensor> inputs) {
        Executor executor = runner.executor(whole, Kernels.shared());
        executor.inspect();
        executor.forward(Mode.PREDICT, inputs);
        return executor.inspection(new float[0]);
    }

    /// The layers, their shapes and sizes, as a table.
    public Summary summary() {
        return summary(whole.inputs());
    }

    /// [#summary()] for inputs whose open axis has an extent: shapes, operations and memory for sequences of a
    /// length.
    /// @param inputs the shape of one row of each input
    /// @throws ShapeException if they do not fit
    public Summary summary(List<Shape> inputs) {
        return new Summary(whole, inputs, parameters.encoded());
    }

    /// Equal layers, input shapes, parameters and running statistics, bit for bit.
    @Override
    public boolean equals(Object other) {
        return other instanceof Model model
                && graph.equals(model.graph)
                && whole.inputs().equals(model.whole.inputs())
                && parameters.equals(model.parameters)
                && statistics.equals(model.statistics);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * graph.hashCode() + parameters.hashCode()) + statistics.hashCode();
    }

    @Override
    public String toString() {
        return "model " + whole.inputs() + " → " + graph;
    }
}

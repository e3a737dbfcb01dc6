package dev.neurite.dashboard.playground;

import static dev.neurite.layer.Layers.dense;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.model.Role;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/// All settings of a playground: data, network, training. A value object: two equal ones train
/// the same, bit for bit, and so does a program that uses [#trainer()] and [#train()].
/// @param data the data set
/// @param noise noise of the data, in percent, 0 to 50
/// @param share the share of the rows that are trained on, in percent, 10 to 90; others test.
/// Presets train on all
/// @param batch the number of rows of a step, 1 to 64
/// @param shuffle whether each epoch has an order of its own
/// @param seed the seed of data, initial weights, order and dropout, 0 to 2³¹ − 1
/// @param features the inputs, at least one; the identity mapping has its own, and ignores them
/// @param layers the number of units of each hidden layer, 1 to 8; 0 to 6 layers
/// @param activation the activation of hidden layers
/// @param loss the loss
/// @param optimizer the optimizer
/// @param rate its learning rate, 1e-6 to 10
/// @param penalty the penalty for large weights
/// @param strength its factor λ, 0 to 10
/// @param dropout the rate of dropout after each hidden layer, 0 to 0.8
/// @param edits weights and biases that are set by hand before the first step
public record Experiment(
        PlaygroundData data,
        double noise,
        double share,
        int batch,
        boolean shuffle,
        long seed,
        List<Feature> features,
        List<Integer> layers,
        HiddenActivation activation,
        ErrorMeasure loss,
        UpdateRule optimizer,
        double rate,
        Regularization penalty,
        double strength,
        double dropout,
        List<Edit> edits) {
    /// An example.
    /// @param x1 its first coordinate
    /// @param x2 its second coordinate
    /// @param target what to learn: a class from 0, or a number from −1 to 1
    /// @param train whether it is trained on
    public record Example(double x1, double x2, float target, boolean train) {}

    /// Half the side of the square that heat maps show.
    public static final double RADIUS = PlaygroundData.RADIUS;

    /// The largest number of hidden layers.
    public static final int MOST_LAYERS = 6;

    /// The largest number of units of a hidden layer.
    public static final int MOST_UNITS = 8;

    private static final long DATA_STREAM = 0x706c6179; // keeps the data's random numbers apart from others

    /// @throws ConfigException for a setting out of range, naming the field and the range
    public Experiment {
        features = List.copyOf(features);
        layers = List.copyOf(layers);
        edits = List.copyOf(edits);
        range("noise", noise, 0, 50);
        range("share", share, 10, 90);
        range("batch", batch, 1, 64);
        range("seed", (double) seed, 0, Integer.MAX_VALUE);
        if (features.isEmpty() && data.kind() != PlaygroundData.Kind.IDENTITY) {
            throw new ConfigException("features", "expects at least one of them, got none");
        }
        if (new HashSet<>(features).size() != features.size()) {
            throw new ConfigException("features", "expects each of them once");
        }
        if (layers.size() > MOST_LAYERS) {
            throw new ConfigException("layers", "expects 0 to " + MOST_LAYERS + " layers, got " + layers.size());
        }
        for (int i = 0; i < layers.size(); i++) range("layers[" + i + "]", layers.get(i), 1, MOST_UNITS);
        if (!data.classifies() && loss.needsClasses()) {
            throw new ConfigException("loss", "expects squared, absolute or huber for a regression, got " + loss.key());
        }
        if (data.isPreset() && loss != ErrorMeasure.CROSS_ENTROPY) {
            throw new ConfigException("loss", "expects cross-entropy for softmax outputs, got " + loss.key());
        }
        range("rate", rate, 1e-6, 10);
        range("strength", strength, 0, 10);
        range("dropout", dropout, 0, 0.8);
        checkEdits(data, features, layers, edits);
    }

    private static void checkEdits(
            PlaygroundData data, List<Feature> features, List<Integer> layers, List<Edit> edits) {
        int most = 1000; // of 511 weights and biases at most
        if (edits.size() > most) {
            throw new ConfigException("edits", "expects at most " + most + " edits, got " + edits.size());
        }
        for (int i = 0; i < edits.size(); i++) check("edits[" + i + "]", data, features, layers, edits.get(i));
    }

    private static void check(
            String where, PlaygroundData data, List<Feature> features, List<Integer> layers, Edit edit) {
        range(where + ".layer", edit.layer(), 1, layers.size() + 1);
        int units = edit.layer() <= layers.size() ? layers.get(edit.layer() - 1) : outputs(data);
        int inputs = edit.layer() == 1 ? inputs(data, features) : layers.get(edit.layer() - 2);
        range(where + ".unit", edit.unit(), 1, units);
        range(where + ".input", edit.input(), 0, inputs);
        range(where + ".value", edit.value(), -Edit.LARGEST, Edit.LARGEST);
    }

    private static void range(String where, double value, double low, double high) {
        if (value >= low && value <= high) return;
        throw new ConfigException(
                where, "expects a number from " + text(low) + " to " + text(high) + ", got " + text(value));
    }

    private static String text(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private static int inputs(PlaygroundData data, List<Feature> features) {
        return data.kind() == PlaygroundData.Kind.IDENTITY ? 4 : features.size();
    }

    private static int outputs(PlaygroundData data) {
        return switch (data.kind()) {
            case CLASSES, NUMBERS -> 1;
            case IDENTITY -> 4;
            case TWO_ROWS -> 2;
        };
    }

    /// The experiment that a playground opens with: a disc within a ring, two hidden layers.
    public static Experiment usual() {
        return new Experiment(
                PlaygroundData.CIRCLES,
                0,
                50,
                10,
                true,
                0,
                List.of(Feature.X1, Feature.X2),
                List.of(4, 2),
                HiddenActivation.TANH,
                ErrorMeasure.CROSS_ENTROPY,
                UpdateRule.SGD,
                0.03,
                Regularization.NONE,
                0,
                0,
                List.of());
    }

    /// The identity mapping: four inputs, four ReLU units, four softmax outputs, gradient descent
    /// on all four rows.
    public static Experiment identity() {
        return preset(PlaygroundData.IDENTITY, 4, true, 4, 0.5, List.of());
    }

    /// The network set by hand: two inputs, two ReLU units, two softmax outputs, all weights and
    /// biases given.
    public static Experiment byHand() {
        return preset(
                PlaygroundData.BY_HAND,
                2,
                false,
                2,
                0.1,
                List.of(
                        new Edit(1, 1, 0, 0.25),
                        new Edit(1, 1, 1, 0.5),
                        new Edit(1, 1, 2, -0.25),
                        new Edit(1, 2, 0, 0.5),
                        new Edit(1, 2, 1, -1),
                        new Edit(1, 2, 2, 0.75),
                        new Edit(2, 1, 1, 1),
                        new Edit(2, 1, 2, -0.5),
                        new Edit(2, 2, 0, 0.25),
                        new Edit(2, 2, 1, -0.75),
                        new Edit(2, 2, 2, 0.5)));
    }

    /// A network with one hidden layer of ReLU units, trained by gradient descent.
    private static Experiment preset(
            PlaygroundData data, int batch, boolean shuffle, int units, double rate, List<Edit> edits) {
        return new Experiment(
                data,
                0,
                50,
                batch,
                shuffle,
                0,
                List.of(Feature.X1, Feature.X2),
                List.of(units),
                HiddenActivation.RELU,
                ErrorMeasure.CROSS_ENTROPY,
                UpdateRule.SGD,
                rate,
                Regularization.NONE,
                0,
                0,
                edits);
    }

    Experiment withEdits(List<Edit> other) {
        return new Experiment(
                data,
                noise,
                share,
                batch,
                shuffle,
                seed,
                features,
                layers,
                activation,
                loss,
                optimizer,
                rate,
                penalty,
                strength,
                dropout,
                other);
    }

    /// The number of inputs of the network.
    int inputs() {
        return inputs(data, features);
    }

    /// The number of outputs of the network.
    int outputs() {
        return outputs(data);
    }

    /// The names of the inputs, as on the page.
    public List<String> inputTitles() {
        if (data.isInPlane()) return features.stream().map(Feature::title).toList();
        return points().titles();
    }

    /// The names of the outputs; empty for a single one.
    public List<String> outputTitles() {
        return switch (data.kind()) {
            case CLASSES, NUMBERS -> List.of();
            case IDENTITY -> List.of("1", "2", "3", "4");
            case TWO_ROWS -> List.of("0", "1");
        };
    }

    public Activation outputActivation() {
        if (data.isPreset()) return Activation.SOFTMAX;
        return data.classifies() && loss != ErrorMeasure.HINGE ? Activation.SIGMOID : Activation.IDENTITY;
    }

    /// The initial network. Weights by [#seed], then the edits.
    public Model model() {
        List<Node> nodes = new ArrayList<>();
        for (int units : layers) {
            nodes.add(dense(units, activation.function()));
            if (dropout > 0) nodes.add(Layers.dropout(dropout));
        }
        nodes.add(dense(outputs(), outputActivation()));
        Model model =
                Model.of(Layers.features(inputs()), nodes.toArray(Node[]::new)).initialize(seed);
        float[] values = model.parameters().toArray();
        for (Edit edit : edits) apply(edit, model.parameters().parts(), values);
        return model.with(Parameters.of(model.parameters().parts(), values));
    }

    /// Sets a value in the flat array of all parameters.
    static void apply(Edit edit, List<Parameter> parts, float[] values) {
        Parameter part = parts.stream()
                .filter(each -> each.name().equals(edit.parameter()))
                .findFirst()
                .orElseThrow();
        int columns = edit.isBias() ? 1 : part.size() / part.shape().extent(0);
        int column = edit.isBias() ? 0 : edit.input() - 1;
        values[part.offset() + (edit.unit() - 1) * columns + column] = (float) edit.value();
    }

    /// Refuses an edit that does not fit this network.
    /// @throws ConfigException naming the field
    void check(Edit edit) {
        check("edit", data, features, layers, edit);
    }

    /// The trainer of the network, without a number of epochs.
    public Trainer trainer() {
        Trainer trainer = Trainer.of(model())
                .loss(loss.loss())
                .optimizer(optimizer.optimizer(rate))
                .batchSize(batch)
                .shuffle(shuffle)
                .seed(seed)
                .threads(1);
        if (!isPenalized()) return trainer;
        return trainer.group(ParameterGroup.of(Role.WEIGHT).withPenalty(penalty.penalty(strength)));
    }

    /// Whether there is a penalty for large weights.
    boolean isPenalized() {
        return penalty != Regularization.NONE && strength > 0;
    }

    /// All examples, in the order in which they were drawn.
    Points points() {
        return data.points(noise / 100, random(0));
    }

    /// Whether the examples are points of the plane.
    public boolean isInPlane() {
        return data.isInPlane();
    }

    public boolean classifies() {
        return data.classifies();
    }

    /// All examples: those that are trained on, in the order of [#train()], then those of [#test()].
    public List<Example> examples() {
        Points points = points();
        List<Example> examples = new ArrayList<>();
        for (int row : trainRows()) examples.add(example(points, row, true));
        for (int row : testRows()) examples.add(example(points, row, false));
        return examples;
    }

    private static Example example(Points points, int row, boolean train) {
        return new Example(points.x1()[row], points.x2()[row], points.targets()[row], train);
    }

    /// A stream of random numbers for the data alone.
    private KeyedRandom random(int purpose) {
        return new KeyedRandom(DATA_STREAM, seed, data.key().hashCode(), purpose);
    }

    /// The indices of the examples to train on, among [#points()]. Those of the presets are all
    /// of them.
    int[] trainRows() {
        return rows(true);
    }

    /// The indices of the examples to test with; none for presets.
    int[] testRows() {
        return rows(false);
    }

    private int[] rows(boolean train) {
        int count = points().count();
        if (data.isPreset()) return train ? IntStream.range(0, count).toArray() : new int[0];
        int[] order = random(1).permutation(count);
        int cut = (int) Math.round(count * share / 100);
        return train ? Arrays.copyOf(order, cut) : Arrays.copyOfRange(order, cut, count);
    }

    /// The inputs of the network at points of the plane.
    float[][] inputs(double[] x1, double[] x2) {
        float[][] rows = new float[x1.length][features.size()];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < features.size(); j++)
                rows[i][j] = features.get(j).of(x1[i], x2[i]);
        }
        return rows;
    }

    public Dataset train() {
        return all().rows(trainRows());
    }

    /// The data to test with; without rows for presets.
    public Dataset test() {
        return all().rows(testRows());
    }

    /// All examples, in the order of [#points()].
    Dataset all() {
        Points points = points();
        float[][] inputs = data.isInPlane() ? inputs(points.x1(), points.x2()) : points.inputs();
        int count = points.count();
        if (!data.classifies()) {
            float[][] targets = new float[count][];
            for (int i = 0; i < count; i++) targets[i] = new float[] {points.targets()[i]};
            return Dataset.of(inputs, targets);
        }
        if (data.kind() == PlaygroundData.Kind.IDENTITY) return Dataset.of(inputs, inputs);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) labels[i] = (int) points.targets()[i];
        return Dataset.of(inputs, labels, List.of("0", "1"));
    }
}

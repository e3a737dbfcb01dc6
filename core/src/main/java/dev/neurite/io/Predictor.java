package dev.neurite.io;

import dev.neurite.data.table.Encoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.RowEncoder;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Predicts raw rows with a model and its preprocessing. Immutable and thread-safe.
///
/// Class names come from the preprocessing or from the note `classes` of the file (a JSON list). Logits
/// become probabilities by the function that the note `loss` implies, by default softmax. The outputs
/// are values of a regression if the preprocessing says so, or if there are neither class names, nor a
/// softmax, nor a single sigmoid.
///
/// The label is the most probable class. A [Threshold] that the file of two classes keeps decides instead.
public final class Predictor {
    private static final String CLASSES = "classes";
    private static final String LOSS = "loss";

    private final Model model;
    private final Optional<Preprocessing> preprocessing;
    private final Optional<RowEncoder> encoder;
    private final List<String> classes; // empty for a regression
    private final Activation end;
    private final boolean scores;
    private final Optional<Threshold> threshold;
    private final int thresholdLabel; // −1 without a threshold

    private Predictor(ModelFile file, String where) {
        this.model = file.model();
        this.preprocessing = file.preprocessing();
        this.encoder = preprocessing.map(Preprocessing::rowEncoder);
        Shape output = output(model);
        if (model.network().inputs().size() != 1) {
            throw new ShapeException(
                    "predictor",
                    "expects a model with one input, got " + model.network().inputs());
        }
        Activation last = model.outputActivation();
        boolean softmax = last instanceof Softmax || model.network().trailingActivation(0) instanceof Softmax;
        this.classes = classes(file, output, softmax, where);
        boolean probable = softmax || last instanceof Sigmoid || classes.isEmpty();
        this.end = probable ? Activation.IDENTITY : loss(file, where).toProbabilities();
        this.scores = !probable && end instanceof Activation.Identity;
        this.threshold = Threshold.of(file.notes(), where);
        this.thresholdLabel = threshold.map(each -> each.label(classes)).orElse(-1);
    }

    /// Loads a model with its preprocessing.
    /// @param file a model file, such as `model.safetensors` in a run's directory
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws ModelFormatException for a file that is no Neurite model, damaged, or of a newer version
    /// @throws ShapeException for a model of several inputs or outputs
    public static Predictor load(Path file) {
        return of(ModelFile.read(file, Catalog.standard()), file.toString());
    }

    /// A predictor for a model in memory.
    /// @throws ModelFormatException for invalid notes `classes` or `loss`
    /// @throws ShapeException for a model of several inputs or outputs
    public static Predictor of(ModelFile file) {
        return of(file, "model");
    }

    /// A predictor for a model that was read.
    /// @param where the name of the model in messages, such as its file
    /// @throws ModelFormatException for invalid notes `classes` or `loss`
    /// @throws ShapeException for a model of several inputs or outputs
    public static Predictor of(ModelFile file, String where) {
        return new Predictor(file, where);
    }

    private static Shape output(Model model) {
        List<Shape> shapes = model.network().outputs();
        if (shapes.size() != 1 || !shapes.getFirst().isKnown()) {
            throw new ShapeException("predictor", "expects a model with an output of one known shape, got " + shapes);
        }
        return shapes.getFirst();
    }

    private static List<String> classes(ModelFile file, Shape output, boolean softmax, String where) {
        Optional<Preprocessing.Column> target = file.preprocessing().flatMap(Preprocessing::target);
        if (target.isPresent() && target.get().encoding() instanceof Encoding.Value) return List.of();
        List<String> names = file.preprocessing().map(Preprocessing::classNames).orElse(List.of());
        String note = file.notes().get(CLASSES);
        if (names.isEmpty() && note != null) names = names(note, where);
        Activation last = file.model().outputActivation();
        boolean pair = output.size() == 1 // the probability or score of the second of two classes
                && (last instanceof Sigmoid
                        || (names.size() == 2 && loss(file, where).classes(last, output, 2) == 2));
        int count = pair ? 2 : output.size();
        if (names.size() == count) return names;
        if (!pair && !softmax) return List.of();
        if (names.isEmpty())
            return IntStream.range(0, count).mapToObj(Integer::toString).toList();
        throw new ModelFormatException(
                where + ", note '" + CLASSES + "'", "expects " + count + " names, got " + names.size());
    }

    private static List<String> names(String note, String where) {
        String place = where + ", note '" + CLASSES + "'";
        List<String> names = Json.readStrings(place, note);
        if (Set.copyOf(names).size() == names.size()) return names;
        throw new ModelFormatException(place, "expects a list of strings, each once, got '" + note + "'");
    }

    private static Loss loss(ModelFile file, String where) {
        String note = file.notes().get(LOSS);
        try {
            return note == null ? Losses.crossEntropy() : Catalog.standard().read(LOSS, Loss.class, note);
        } catch (ConfigException unknown) {
            throw new ModelFormatException(where + ", note '" + LOSS + "'", String.valueOf(unknown.getMessage()));
        }
    }

    /// The preprocessing of raw rows, if there is one.
    public Optional<Preprocessing> preprocessing() {
        return preprocessing;
    }

    /// The names of the classes, by label; empty for a regression.
    public List<String> classNames() {
        return classes;
    }

    /// The rule by which labels are decided; empty if the most probable class wins.
    public Optional<Threshold> threshold() {
        return threshold;
    }

    /// Whether [Prediction#probabilities()] are scores instead, as of a network that was trained with a
    /// hinge loss.
    public boolean givesScores() {
        return scores;
    }

    /// Predicts a raw row of values by column name, see [RowEncoder#encode(Map)].
    /// @throws ConfigException for a model without preprocessing
    /// @throws dev.neurite.error.DataException for missing columns, or values that cannot be encoded
    public Prediction predict(Map<String, ?> row) {
        return predictPrepared(encoder().encode(row));
    }

    /// Predicts a raw row: a record with a component for each column.
    /// @throws ConfigException for a model without preprocessing, or a record that reflection may not read
    /// @throws dev.neurite.error.DataException for missing columns, or values that cannot be encoded
    public Prediction predict(Record row) {
        return predictPrepared(encoder().encode(row));
    }

    /// Predicts a row of numbers: raw ones in the order of [Preprocessing#inputColumns()], or, without
    /// a preprocessing, the model's inputs.
    /// @throws dev.neurite.error.DataException for another number of them, or values that cannot be
    /// encoded
    /// @throws ShapeException for another number of inputs of a model without preprocessing
    public Prediction predict(float... row) {
        return predictPrepared(encoder.isPresent() ? encoder.get().encode(row) : row);
    }

    /// Predicts all raw rows of a table: [Preprocessing#applyToInputs] and the model, batch by batch.
    /// @throws ConfigException for a model without preprocessing
    /// @throws dev.neurite.error.DataException for missing columns, or rows that cannot be encoded
    public List<Prediction> predict(Table rows) {
        encoder();
        return predictions(model.predict(preprocessing.orElseThrow().applyToInputs(rows)), Kernels.shared());
    }

    private RowEncoder encoder() {
        return encoder.orElseThrow(() -> new ConfigException(
                "predictor",
                "expects a model with a preprocessing for values by name, got one without",
                "Predict a row of numbers, the inputs of the model"));
    }

    private Prediction predictPrepared(float[] row) {
        Shape shape = model.network().inputs().getFirst();
        if (shape.equals(Shape.of(Shape.OPEN))) shape = Shape.of(row.length);
        if (!shape.isKnown() || row.length != shape.size()) {
            boolean window = encoder.isPresent(); // an encoder makes whole rows, or the steps of a window
            throw new ShapeException(
                    "row",
                    "expects " + (shape.isKnown() ? shape.size() + " numbers" : "a tensor of " + shape) + ", got "
                            + row.length,
                    window ? "The model takes windows of several rows: a Forecaster makes them of a table" : "");
        }
        return predictPrepared(Tensor.view(shape.forRows(1), row, 0), Kernels.shared())
                .getFirst();
    }

    /// Predicts rows of inputs that are already encoded.
    /// @param rows `[rows×…]`, each in the shape of the model's input
    /// @param kernels the threads and kernels to use; they do not change the result
    /// @return a prediction for each row, the same as for the row alone
    /// @throws ShapeException for rows of another shape
    public List<Prediction> predictPrepared(Tensor rows, Kernels kernels) {
        return predictions(model.predict(rows, kernels), kernels);
    }

    private List<Prediction> predictions(Tensor outputs, Kernels kernels) {
        Tensor flat = outputs.reshape(Shape.of(outputs.rows(), outputs.matrix().columns()));
        Tensor values = Tensor.zeros(flat.shape());
        switch (end) {
            case Elementwise g -> kernels.activations().activate(g, flat, values);
            default -> kernels.activations().softmax(flat, values);
        }
        return Arrays.stream(values.toRows()).map(this::prediction).toList();
    }

    private Prediction prediction(float[] outputs) {
        if (classes.isEmpty()) {
            List<Double> values = new ArrayList<>();
            for (float each : outputs) values.add(unscaled(each));
            return new Prediction("", new LinkedHashMap<>(), values);
        }
        float second = outputs[0];
        float[] values = outputs.length > 1 ? outputs : new float[] {scores ? -second : 1 - second, second};
        var probabilities = new LinkedHashMap<String, Double>();
        int best = 0;
        for (int i = 0; i < values.length; i++) {
            probabilities.put(classes.get(i), (double) values[i]);
            if (Float.compare(values[i], values[best]) > 0) best = i;
        }
        if (threshold.isPresent()) {
            best = values[thresholdLabel] >= threshold.get().value() ? thresholdLabel : 1 - thresholdLabel;
        }
        return new Prediction(classes.get(best), probabilities, List.of());
    }

    private double unscaled(double output) {
        Optional<Preprocessing.Column> target = preprocessing.flatMap(Preprocessing::target);
        return target.isPresent() && target.get().encoding() instanceof Encoding.Value value
                ? value.unscaled(output)
                : output;
    }
}

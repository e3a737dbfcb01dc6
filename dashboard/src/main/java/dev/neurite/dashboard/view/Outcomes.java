package dev.neurite.dashboard.view;

import dev.neurite.check.PermutationImportance;
import dev.neurite.check.PermutationImportance.Inputs;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Collector;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.metric.Predictions;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.signature.Output;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Evaluation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What one output of a model predicts for each row of its data, or each position of a row, beside the
/// truth. Computed once; then errors and examples are only sorted and counted.
///
/// An example is a row; of a model of language it is one position.
public final class Outcomes {
    /// The largest number of outputs that are kept, over all rows; of more rows an evenly spaced part
    /// is used.
    private static final long MOST = 1L << 25;

    private static final int MOST_COLUMNS = 200;
    private static final int ROWS = 2_000;

    private final Subject subject;
    private final String output;
    private final PredictionPlaces places;
    private final Predictions predictions;
    private final Evaluation evaluation;
    private final List<String> classNames;
    private final boolean sampled;
    private final double[] losses;
    private @Nullable PermutationImportance importance; // with this
    private final int[] starts; // of each example, the index of its first prediction; and the number of all

    private Outcomes(
            Subject subject,
            String output,
            PredictionPlaces places,
            Predictions predictions,
            Evaluation evaluation,
            boolean sampled) {
        this.subject = subject;
        this.output = output;
        this.places = places;
        this.predictions = predictions;
        this.evaluation = evaluation;
        this.classNames = names(description(), evaluation, predictions);
        this.sampled = sampled;
        this.starts = description() instanceof Output.Continuation ? places.each() : places.byRow();
        double[] all = IntStream.range(0, places.count())
                .mapToDouble(this::computedLoss)
                .toArray();
        this.losses = IntStream.range(0, starts.length - 1)
                .mapToDouble(i ->
                        Arrays.stream(all, starts[i], starts[i + 1]).average().orElse(0))
                .toArray();
    }

    /// [#of(Subject, String)] of the first output.
    public static Outcomes of(Subject subject) {
        return of(subject, subject.file().signature().outputs().firstEntry().getKey());
    }

    /// Evaluates the model of a subject on its data.
    /// @param output its name in the signature
    /// @throws ConfigException if the subject has no data, or no such output
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    public static Outcomes of(Subject subject, String output) {
        Dataset all = subject.data()
                .orElseThrow(() -> new ConfigException("errors", "expects data to evaluate on, got none"));
        List<String> outputs = List.copyOf(subject.file().signature().outputs().keySet());
        int number = outputs.indexOf(output);
        if (number < 0) {
            throw new ConfigException(
                    "output", "expects one of " + String.join(", ", outputs) + ", got '" + output + "'");
        }
        Criterion loss = subject.criterion();
        long width = Math.max(1, largest(subject, all));
        int count = (int) Math.min(all.size(), Math.max(1, MOST / width));
        int[] used = IntStream.range(0, count)
                .map(i -> (int) ((long) all.size() * i / count))
                .toArray();
        Dataset data = count == all.size() ? all : all.rows(used);
        var collector = new Collector();
        Evaluation evaluation = Evaluation.ofOutput(subject.model(), data, loss, number, collector);
        Predictions seen = collector.predictions();
        Loss own = loss.losses().get(number).loss();
        boolean open = !subject.model().network().outputs().get(number).isKnown();
        PredictionPlaces places = PredictionPlaces.of(data.targetsByOutput().get(number), own, open, used, seen.rows());
        Output description =
                Objects.requireNonNull(subject.file().signature().outputs().get(output));
        Optional<Threshold> threshold = description.decision();
        if (threshold.isPresent()) {
            List<String> names =
                    evaluation.confusion().map(Confusion::classNames).orElse(List.of());
            seen = seen.decided(threshold.get().label(names), threshold.get().value());
            evaluation = evaluation.with(seen.confusion(names));
        }
        return new Outcomes(subject, output, places, inUnits(description, seen), evaluation, count < all.size());
    }

    private static List<String> names(Output output, Evaluation evaluation, Predictions predictions) {
        Optional<List<String>> classes = evaluation.confusion().map(Confusion::classNames);
        if (classes.isPresent() && output instanceof Output.Continuation) {
            return classes.get().stream().map(Outcomes::visible).toList();
        }
        if (classes.isPresent()) return classes.get();
        boolean labels = predictions.kind() == Kind.LABELS && output instanceof Output.Labels;
        return labels ? ((Output.Labels) output).names() : List.of();
    }

    /// A token, with signs for spaces and line ends.
    private static String visible(String token) {
        return token.isBlank() ? token.replace(' ', '␣').replace('\n', '⏎').replace('\t', '⇥') : token;
    }

    /// Predictions and targets in the units of the target, if it is scaled.
    private static Predictions inUnits(Output description, Predictions p) {
        if (p.kind() != Kind.VALUES
                || !(description instanceof Output.Values units)
                || (units.shift() == 0 && units.scale() == 1)) return p;
        float[] values = new float[p.rows() * p.outputs()];
        float[] targets = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (p.output(i / p.outputs(), i % p.outputs()) * units.scale() + units.shift());
            targets[i] = (float) (p.target(i / p.outputs(), i % p.outputs()) * units.scale() + units.shift());
        }
        return Predictions.ofValues(p.outputs(), values, targets);
    }

    private static long largest(Subject subject, Dataset data) {
        List<Shape> inputs = data.longestInputs();
        long outputs = subject.model().network().outputs(inputs).stream()
                .mapToLong(Shape::size)
                .max()
                .orElse(1);
        long numbers = inputs.stream().mapToLong(Shape::size).sum();
        return Math.max(outputs, numbers / 16);
    }

    public Subject subject() {
        return subject;
    }

    /// The predictions, of rows or positions in their order.
    public Predictions predictions() {
        return predictions;
    }

    /// The loss and the confusion matrix.
    public Evaluation evaluation() {
        return evaluation;
    }

    /// The names of the classes; empty unless each row has one.
    public List<String> classNames() {
        return classNames;
    }

    /// Whether only a part of the rows was used, as all would take too much memory.
    public boolean isSampled() {
        return sampled;
    }

    /// What the output says.
    public Output description() {
        return Objects.requireNonNull(subject.file().signature().outputs().get(output));
    }

    public String output() {
        return output;
    }

    /// Whether there is a prediction for each position of a row.
    public boolean atPositions() {
        return places.atPositions();
    }

    /// The number of predictions: of rows, or of positions.
    public int count() {
        return places.count();
    }

    public int examples() {
        return losses.length;
    }

    public int row(int example) {
        return places.row(starts[example]);
    }

    /// The position of an example in its row, from 0; −1 where an example is a row.
    public int position(int example) {
        boolean one = places.atPositions() && description() instanceof Output.Continuation;
        return one ? places.position(starts[example]) : -1;
    }

    /// The predictions of an example: from this one.
    int start(int example) {
        return starts[example];
    }

    /// The predictions of an example: up to this one, exclusive.
    int end(int example) {
        return starts[example + 1];
    }

    int positionOf(int prediction) {
        return places.position(prediction);
    }

    /// The loss of an example, of several positions their mean: −ln p of the true class; for scores the
    /// highest score less that of the true class; for labels the mean of their −ln p; for values the
    /// mean squared error.
    public double loss(int example) {
        return losses[example];
    }

    private double computedLoss(int i) {
        Predictions p = predictions;
        return switch (p.kind()) {
            case PROBABILITIES -> -Math.log(Math.max(1e-12, p.output(i, p.label(i))));
            case SCORES -> {
                double most = Double.NEGATIVE_INFINITY;
                for (int c = 0; c < p.outputs(); c++) most = Math.max(most, p.output(i, c));
                yield most - p.output(i, p.label(i));
            }
            case LABELS -> {
                double sum = 0;
                for (int c = 0; c < p.outputs(); c++) {
                    double right = p.target(i, c) == 1 ? p.output(i, c) : 1 - p.output(i, c);
                    sum -= Math.log(Math.max(1e-12, right));
                }
                yield sum / p.outputs();
            }
            case VALUES -> {
                double sum = 0;
                for (int c = 0; c < p.outputs(); c++) {
                    double d = (double) p.output(i, c) - p.target(i, c);
                    sum += d * d;
                }
                yield sum / p.outputs();
            }
        };
    }

    /// The probability or score of the predicted class of an example; NaN for values, for several
    /// positions, and for rows that are no class.
    public double confidence(int example) {
        int first = starts[example];
        return starts[example + 1] == first + 1 ? sureness(first) : Double.NaN;
    }

    /// The probability or score of the predicted class of a prediction; NaN for values and for rows
    /// that are no class.
    double sureness(int index) {
        if (!predictions.kind().isClasses()) return Double.NaN;
        int predicted = predictions.predicted(index);
        return predicted == Confusion.NO_CLASS ? Double.NaN : predictions.output(index, predicted);
    }

    /// Whether an example is wrong: another class, at one of its positions, or another label than one
    /// of the true ones. Values are never wrong, only more or less far off.
    public boolean isWrong(int example) {
        return IntStream.range(starts[example], starts[example + 1]).anyMatch(this::isWrongPrediction);
    }

    private boolean isWrongPrediction(int index) {
        Predictions p = predictions;
        if (p.kind().isClasses()) return p.predicted(index) != p.label(index);
        return p.kind() == Kind.LABELS
                && IntStream.range(0, p.outputs())
                        .anyMatch(c -> (p.output(index, c) > 0.5f) != (p.target(index, c) == 1));
    }

    /// The number of examples that are wrong; −1 for values.
    public int wrong() {
        if (predictions.kind() == Kind.VALUES) return -1;
        return (int) IntStream.range(0, losses.length).filter(this::isWrong).count();
    }

    /// The examples with wrong ones first, both in the order of their loss, the highest first; of equal
    /// ones the earlier row.
    public int[] worst() {
        return IntStream.range(0, losses.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> !isWrong(i))
                        .thenComparing((a, b) -> Double.compare(losses[b], losses[a])))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /// Whether the inputs are columns, at most 200, so that there is an [#importance()].
    public boolean hasImportance() {
        int columns = subject.columnInputs().size();
        return columns > 0 && columns <= MOST_COLUMNS;
    }

    /// How much the model uses each column, by the loss of all outputs for at most 2,000 of the rows. Computed once;
    /// takes long.
    /// @return empty unless it [#hasImportance]
    public synchronized Optional<PermutationImportance> importance() {
        if (!hasImportance()) return Optional.empty();
        List<Inputs> columns = subject.columnInputs();
        PermutationImportance known = importance;
        if (known == null) {
            Dataset all = subject.data().orElseThrow();
            int count = Math.min(losses.length, ROWS);
            int[] some = IntStream.range(0, count)
                    .map(i -> row((int) ((long) losses.length * i / count)))
                    .toArray();
            known = PermutationImportance.ofLoss(
                    subject.model(),
                    all.rows(some),
                    subject.criterion(),
                    columns,
                    PermutationImportance.REPEATS,
                    0,
                    Kernels.shared());
            importance = known;
        }
        return Optional.of(known);
    }

    /// A metric of the predictions; NaN if it is undefined or does not fit them.
    double metric(Metric metric) {
        return metric.measures(predictions.kind()) ? metric.of(predictions).orElse(Double.NaN) : Double.NaN;
    }

    /// The share of rows predicted correctly; NaN for values.
    public double accuracy() {
        return metric(Metrics.accuracy());
    }

    /// The true values or the class of a prediction as text.
    public String truth(int index) {
        return text(index, true);
    }

    /// The predicted values or the class as text.
    public String predicted(int index) {
        return text(index, false);
    }

    private String text(int index, boolean truth) {
        Predictions p = predictions;
        if (p.kind().isClasses()) {
            int label = truth ? p.label(index) : p.predicted(index);
            return label < 0 ? "none" : label < classNames.size() ? classNames.get(label) : Integer.toString(label);
        }
        if (p.kind() == Kind.LABELS && !classNames.isEmpty()) return labels(index, truth);
        String[] texts = new String[p.outputs()];
        for (int c = 0; c < texts.length; c++) {
            float number = truth ? p.target(index, c) : p.output(index, c);
            boolean labels = p.kind() == Kind.LABELS && !truth;
            texts[c] = labels ? (number > 0.5f ? "1" : "0") : Subject.text(number);
        }
        String joined = String.join(", ", Arrays.copyOf(texts, Math.min(8, texts.length)));
        return texts.length > 8 ? joined + ", …" : joined;
    }

    private String labels(int index, boolean truth) {
        List<String> labels = new ArrayList<>();
        for (int c = 0; c < predictions.outputs(); c++) {
            boolean has = truth ? predictions.target(index, c) == 1 : predictions.predicts(index, c);
            if (has) labels.add(classNames.get(c));
        }
        return labels.isEmpty() ? "none" : String.join(", ", labels);
    }
}

package dev.neurite.dashboard.view;

import dev.neurite.check.PermutationImportance;
import dev.neurite.check.PermutationImportance.Inputs;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.Encoding;
import dev.neurite.data.table.Preprocessing;
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
import dev.neurite.signature.Threshold;
import dev.neurite.train.Evaluation;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a model predicts for each row of its data, beside the truth. Computed once; then errors and
/// examples are only sorted and counted.
public final class Outcomes {
    /// The largest number of outputs that are kept, over all rows; of more rows an evenly spaced part
    /// is used.
    private static final long MOST = 1L << 25;

    private static final int MOST_COLUMNS = 200;
    private static final int ROWS = 2_000;

    private final Subject subject;
    private final int[] rows; // the row in the data of each prediction
    private final Predictions predictions;
    private final Evaluation evaluation;
    private final List<String> classNames;
    private final boolean sampled;
    private final double[] losses;
    private @Nullable PermutationImportance importance; // with this

    private Outcomes(
            Subject subject,
            int[] rows,
            Predictions predictions,
            Evaluation evaluation,
            List<String> classNames,
            boolean sampled) {
        this.subject = subject;
        this.rows = rows;
        this.predictions = predictions;
        this.evaluation = evaluation;
        this.classNames = classNames;
        this.sampled = sampled;
        this.losses =
                IntStream.range(0, rows.length).mapToDouble(this::computedLoss).toArray();
    }

    /// Whether the data has rows of one input with one target each, so that each row has an outcome.
    public static boolean isOfRows(Dataset data) {
        return data.inputs().size() == 1 && (!data.isLabeled() || data.hasLabelPerRow());
    }

    /// Evaluates the model of a subject on its data.
    /// @throws ConfigException if the subject has no data, a label for each position of a row, or
    /// several inputs
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    public static Outcomes of(Subject subject) {
        Dataset all = subject.data()
                .orElseThrow(() -> new ConfigException("errors", "expects data to evaluate on, got none"));
        if (!isOfRows(all)) {
            throw new ConfigException(
                    "errors", "expects rows of one input with one target each, got several inputs or targets");
        }
        Criterion loss = subject.criterion();
        long width = Math.max(1, largest(subject, all));
        int count = (int) Math.min(all.size(), Math.max(1, MOST / width));
        int[] used = IntStream.range(0, count)
                .map(i -> (int) ((long) all.size() * i / count))
                .toArray();
        Dataset data = count == all.size() ? all : all.rows(used);
        var collector = new Collector();
        Evaluation evaluation = Evaluation.of(subject.model(), data, loss, collector);
        Predictions seen = collector.predictions();
        int[] rows = counted(data, loss, seen.rows()).map(i -> used[i]).toArray();
        List<String> names = evaluation.confusion().map(Confusion::classNames).orElse(List.of());
        Optional<Threshold> threshold = subject.file().signature().output().decision();
        if (threshold.isPresent()) {
            seen = seen.decided(threshold.get().label(names), threshold.get().value());
            evaluation = evaluation.with(seen.confusion(names));
        }
        return new Outcomes(subject, rows, inUnits(subject, seen), evaluation, names, count < all.size());
    }

    /// Predictions and targets in the units of the target column, if a preprocessing has scaled it.
    private static Predictions inUnits(Subject subject, Predictions p) {
        Optional<Preprocessing.Column> target = subject.file().preprocessing().flatMap(Preprocessing::target);
        boolean scaled = target.isPresent() && target.get().encoding() instanceof Encoding.Value;
        if (p.kind() != Kind.VALUES || !scaled) return p;
        Encoding.Value units = (Encoding.Value) target.get().encoding();
        float[] values = new float[p.rows() * p.outputs()];
        float[] targets = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) units.unscaled(p.output(i / p.outputs(), i % p.outputs()));
            targets[i] = (float) units.unscaled(p.target(i / p.outputs(), i % p.outputs()));
        }
        return Predictions.ofValues(p.outputs(), values, targets);
    }

    private static long largest(Subject subject, Dataset data) {
        long outputs = subject.model().network().outputs().stream()
                .mapToLong(each -> each.isKnown() ? each.size() : 1)
                .max()
                .orElse(1);
        return Math.max(outputs, data.longestInputs().getFirst().size() / 16);
    }

    /// The rows that an evaluation counts: those whose label the loss does not ignore.
    private static IntStream counted(Dataset data, Criterion criterion, int count) {
        if (count == data.size()) return IntStream.range(0, count);
        for (int i = 0; i < criterion.losses().size(); i++) {
            Dataset answers = data.targetsByOutput().get(i);
            Loss loss = criterion.losses().get(i).loss();
            if (answers.isLabeled()) {
                return IntStream.range(0, data.size()).filter(row -> !loss.ignores(answers.label(row)));
            }
        }
        return IntStream.range(0, count);
    }

    /// The model and data.
    public Subject subject() {
        return subject;
    }

    /// The predictions; of row `i` the data is row [#row(int)].
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

    /// The number of predictions.
    public int count() {
        return rows.length;
    }

    /// The row of a prediction in the data.
    public int row(int index) {
        return rows[index];
    }

    /// The loss of a row: −ln p of the true class; for scores the highest score less that of the true
    /// class; for labels the mean of their −ln p; for values the mean squared error.
    public double loss(int index) {
        return losses[index];
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

    /// The probability or score of the predicted class; NaN for values and for rows that are no class.
    public double confidence(int index) {
        if (!predictions.kind().isClasses()) return Double.NaN;
        int predicted = predictions.predicted(index);
        return predicted == Confusion.NO_CLASS ? Double.NaN : predictions.output(index, predicted);
    }

    /// Whether a prediction is wrong: another class, or another label than one of the true ones. Values are
    /// never wrong, only more or less far off.
    public boolean isWrong(int index) {
        Predictions p = predictions;
        if (p.kind().isClasses()) return p.predicted(index) != p.label(index);
        return p.kind() == Kind.LABELS
                && IntStream.range(0, p.outputs())
                        .anyMatch(c -> (p.output(index, c) > 0.5f) != (p.target(index, c) == 1));
    }

    /// The number of predictions that are wrong; −1 for values.
    public int wrong() {
        if (predictions.kind() == Kind.VALUES) return -1;
        return (int) IntStream.range(0, rows.length).filter(this::isWrong).count();
    }

    /// The predictions with wrong ones first, both in the order of their loss, the highest first; of equal ones the
    /// earlier row.
    public int[] worst() {
        return IntStream.range(0, rows.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> !isWrong(i))
                        .thenComparing((a, b) -> Double.compare(losses[b], losses[a])))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /// How much the model uses each column, by the loss of at most 2,000 of the rows. Computed once; takes long.
    /// @return empty for inputs that are no columns, and more than 200 of them
    public synchronized Optional<PermutationImportance> importance() {
        List<Inputs> columns = subject.inputs();
        if (columns.isEmpty() || columns.size() > MOST_COLUMNS) return Optional.empty();
        PermutationImportance known = importance;
        if (known == null) {
            Dataset all = subject.data().orElseThrow();
            int count = Math.min(rows.length, ROWS);
            int[] some = IntStream.range(0, count)
                    .map(i -> rows[(int) ((long) rows.length * i / count)])
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
        String[] texts = new String[p.outputs()];
        for (int c = 0; c < texts.length; c++) {
            float number = truth ? p.target(index, c) : p.output(index, c);
            boolean labels = p.kind() == Kind.LABELS && !truth;
            texts[c] = labels ? (number > 0.5f ? "1" : "0") : Subject.text(number);
        }
        String joined = String.join(", ", Arrays.copyOf(texts, Math.min(8, texts.length)));
        return texts.length > 8 ? joined + ", …" : joined;
    }
}

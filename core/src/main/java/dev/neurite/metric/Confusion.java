package dev.neurite.metric;

import dev.neurite.error.DataException;
import dev.neurite.metric.Tally.Figure;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/// A confusion matrix: rows are true classes, columns predicted ones. Undefined metrics, such as the
/// precision of a class that was never predicted, are empty, never NaN.
///
/// Averages over classes are macro averages over the classes with a defined metric.
public final class Confusion {
    /// The predicted class of a row with a NaN in its output: no class, counted as wrong.
    public static final int NO_CLASS = -1;

    private final List<String> classNames;
    private final Map<Long, Long> counts = new TreeMap<>(); // counts above 0, by truth · classes + prediction
    private final Tally tally;

    /// A matrix of zeros.
    public Confusion(List<String> classNames) {
        this.classNames = List.copyOf(classNames);
        this.tally = new Tally(classNames.size());
    }

    /// Counts one row.
    /// @param prediction a class, or [#NO_CLASS]
    /// @throws DataException for a class out of range
    public void add(int truth, int prediction) {
        check("truth", truth);
        if (prediction != NO_CLASS) check("prediction", prediction);
        tally.add(truth, prediction, 1);
        if (prediction != NO_CLASS) counts.merge(key(truth, prediction), 1L, Long::sum);
    }

    private long key(int truth, int prediction) {
        return (long) truth * classNames.size() + prediction;
    }

    private void check(String what, int label) {
        if (label < 0 || label >= classNames.size()) {
            throw new DataException(what, "expects a class from 0 to " + (classNames.size() - 1) + ", got " + label);
        }
    }

    /// The names of the classes, by label.
    public List<String> classNames() {
        return classNames;
    }

    /// The number of rows of class `truth` that were predicted as class `prediction`.
    public long count(int truth, int prediction) {
        check("truth", truth);
        check("prediction", prediction);
        return counts.getOrDefault(key(truth, prediction), 0L);
    }

    /// A cell of the matrix with a count above 0.
    public record Cell(int truth, int prediction, long count) {}

    /// The cells with a count above 0, ordered by truth, then by prediction: at most as many as rows,
    /// for any number of classes.
    public List<Cell> cells() {
        int classes = classNames.size();
        return counts.entrySet().stream()
                .map(each ->
                        new Cell((int) (each.getKey() / classes), (int) (each.getKey() % classes), each.getValue()))
                .toList();
    }

    /// A copy of all counts, `[truth][prediction]`. For many classes use [#cells()], which is sparse.
    public long[][] counts() {
        long[][] all = new long[classNames.size()][classNames.size()];
        for (Cell each : cells()) all[each.truth()][each.prediction()] = each.count();
        return all;
    }

    /// The number of rows of this class that were predicted as [#NO_CLASS].
    public long unclassified(int truth) {
        return support(truth)
                - cells().stream()
                        .filter(each -> each.truth() == truth)
                        .mapToLong(Cell::count)
                        .sum();
    }

    /// The number of rows of this class.
    public long support(int truth) {
        return (long) tally.support[truth];
    }

    /// The number of all rows.
    public long total() {
        return (long) tally.total();
    }

    /// The share of rows predicted correctly; empty without rows.
    public OptionalDouble accuracy() {
        return MetricFormula.figure(tally.accuracy());
    }

    /// The precision of a class, TP / (TP + FP).
    public OptionalDouble precision(int label) {
        return MetricFormula.figure(tally.get(Figure.PRECISION, label));
    }

    /// The recall of a class, TP / (TP + FN).
    public OptionalDouble recall(int label) {
        return MetricFormula.figure(tally.get(Figure.RECALL, label));
    }

    /// The F1 score of a class, 2·TP / (2·TP + FP + FN).
    public OptionalDouble f1(int label) {
        return MetricFormula.figure(tally.get(Figure.F1, label));
    }

    /// The mean of the classes' precisions.
    public OptionalDouble macroPrecision() {
        return MetricFormula.figure(tally.get(Figure.PRECISION, Average.MACRO));
    }

    /// The mean of the classes' recalls.
    public OptionalDouble macroRecall() {
        return MetricFormula.figure(tally.get(Figure.RECALL, Average.MACRO));
    }

    /// The mean of the classes' F1 scores.
    public OptionalDouble macroF1() {
        return MetricFormula.figure(tally.get(Figure.F1, Average.MACRO));
    }

    /// A metric as text: four decimals, or `n/a`.
    public static String show(OptionalDouble figure) {
        return figure.isPresent() ? String.format(Locale.ROOT, "%.4f", figure.getAsDouble()) : "n/a";
    }

    /// The metrics of each class, as a table.
    @Override
    public String toString() {
        int width = classNames.stream().mapToInt(String::length).max().orElse(0);
        width = Math.max(width, "class".length());
        var text = new StringBuilder(
                String.format(Locale.ROOT, "%-" + width + "s  precision  recall      f1  support%n", "class"));
        for (int i = 0; i < classNames.size(); i++) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-" + width + "s  %9s  %6s  %6s  %,7d%n",
                    classNames.get(i),
                    show(precision(i)),
                    show(recall(i)),
                    show(f1(i)),
                    support(i)));
        }
        return text.append(String.format(
                        Locale.ROOT,
                        "%-" + width + "s  %9s  %6s  %6s  %,7d",
                        "mean",
                        show(macroPrecision()),
                        show(macroRecall()),
                        show(macroF1()),
                        total()))
                .toString();
    }
}

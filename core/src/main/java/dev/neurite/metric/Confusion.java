package dev.neurite.metric;

import dev.neurite.error.DataException;
import dev.neurite.metric.Tally.Figure;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/// How often each class was taken for each: rows are the truth, columns the predictions. What cannot be
/// told (the precision of a class that was never predicted) is empty, never NaN.
///
/// Averages over classes are macro averages, over the classes for which there is a figure.
public final class Confusion {
    /// What a row is predicted to be whose output is NaN: none of the classes, and wrong.
    public static final int NO_CLASS = -1;

    private final List<String> classNames;
    private final Map<Long, Long> counts =
            new TreeMap<>(); // of the cells that are not 0, by truth · classes + prediction
    private final Tally tally;

    /// A matrix of zeros.
    public Confusion(List<String> classNames) {
        this.classNames = List.copyOf(classNames);
        this.tally = new Tally(classNames.size());
    }

    /// Counts one row.
    /// @param prediction a class, or [#NO_CLASS]
    /// @throws DataException for a class that is not among the names
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

    /// How many rows of this class were predicted to be of that class.
    public long count(int truth, int prediction) {
        check("truth", truth);
        check("prediction", prediction);
        return counts.getOrDefault(key(truth, prediction), 0L);
    }

    /// One cell of the matrix that is not 0.
    public record Cell(int truth, int prediction, long count) {}

    /// The cells that are not 0, by truth, then by prediction: at most as many as rows were counted, however many
    /// classes there are.
    public List<Cell> cells() {
        int classes = classNames.size();
        return counts.entrySet().stream()
                .map(each ->
                        new Cell((int) (each.getKey() / classes), (int) (each.getKey() % classes), each.getValue()))
                .toList();
    }

    /// A copy of all counts, `[truth][prediction]`: the square of the number of classes, where [#cells()] has only
    /// what is not 0.
    public long[][] counts() {
        long[][] all = new long[classNames.size()][classNames.size()];
        for (Cell each : cells()) all[each.truth()][each.prediction()] = each.count();
        return all;
    }

    /// How many rows of this class were predicted to be of none.
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

    /// The share of rows predicted right; empty without rows.
    public OptionalDouble accuracy() {
        return Formula.figure(tally.accuracy());
    }

    /// Of the rows predicted to be of this class, the share that is.
    public OptionalDouble precision(int label) {
        return Formula.figure(tally.get(Figure.PRECISION, label));
    }

    /// Of the rows of this class, the share predicted to be.
    public OptionalDouble recall(int label) {
        return Formula.figure(tally.get(Figure.RECALL, label));
    }

    /// The harmonic mean of precision and recall, 2·TP / (2·TP + FP + FN).
    public OptionalDouble f1(int label) {
        return Formula.figure(tally.get(Figure.F1, label));
    }

    /// The mean of the classes' precisions.
    public OptionalDouble macroPrecision() {
        return Formula.figure(tally.get(Figure.PRECISION, Average.MACRO));
    }

    /// The mean of the classes' recalls.
    public OptionalDouble macroRecall() {
        return Formula.figure(tally.get(Figure.RECALL, Average.MACRO));
    }

    /// The mean of the classes' F1 figures.
    public OptionalDouble macroF1() {
        return Formula.figure(tally.get(Figure.F1, Average.MACRO));
    }

    /// A figure for people: four decimals, or `n/a`.
    public static String show(OptionalDouble figure) {
        return figure.isPresent() ? String.format(Locale.ROOT, "%.4f", figure.getAsDouble()) : "n/a";
    }

    /// The figures of each class, as a table.
    @Override
    public String toString() {
        int width = classNames.stream().mapToInt(String::length).max().orElse(0);
        width = Math.max(width, "class".length());
        var text = new StringBuilder(String.format("%-" + width + "s  precision  recall      f1  support%n", "class"));
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

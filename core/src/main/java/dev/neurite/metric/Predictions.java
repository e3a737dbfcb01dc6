package dev.neurite.metric;

import dev.neurite.error.DataException;
import java.util.List;
import java.util.Objects;

/// Outputs of a model for rows and the true values: the input of a [Metric].
///
/// | kind | outputs of a row | truth |
/// |---|---|---|
/// | `PROBABILITIES` | a probability for each class, adding up to 1 | one class |
/// | `SCORES` | a score for each class, higher is more likely | one class |
/// | `LABELS` | an independent probability for each label | 0 or 1 for each label |
/// | `VALUES` | numbers | numbers |
///
/// Immutable. Arrays are not copied and must not be changed afterwards.
public final class Predictions {
    /// The meaning of the outputs.
    public enum Kind {
        /// A probability for each class.
        PROBABILITIES("probabilities of classes"),
        /// A number for each class that is no probability, as from a network trained with a hinge loss.
        SCORES("scores of classes"),
        /// A probability for each label; a row may have several labels (multi-label classification).
        LABELS("probabilities of labels"),
        /// Numbers.
        VALUES("values");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /// Whether each row has exactly one class.
        public boolean isClasses() {
            return this == PROBABILITIES || this == SCORES;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private final Kind kind;
    private final int rows;
    private final int outputs;
    private final float[] numbers;
    private final int[] labels;
    private final int[] predicted;
    private final float[] targets;
    private final double[] weights;

    private Predictions(
            Kind kind, int outputs, float[] numbers, int[] labels, int[] predicted, float[] targets, double[] weights) {
        this.kind = kind;
        this.rows = kind.isClasses() ? labels.length : numbers.length / outputs;
        this.outputs = outputs;
        this.numbers = numbers;
        this.labels = labels;
        this.predicted = predicted;
        this.targets = targets;
        this.weights = weights;
    }

    /// Class probabilities. The predicted class is the most probable one, of equal ones the first;
    /// [Confusion#NO_CLASS] for a row with a NaN.
    /// @param classes the number of classes, at least 2
    /// @param probabilities `[rows × classes]`, row-major
    /// @param labels the true class of each row, from 0
    /// @throws DataException if the counts differ or a label is out of range
    public static Predictions ofClasses(int classes, float[] probabilities, int[] labels) {
        return classes(Kind.PROBABILITIES, classes, probabilities, labels);
    }

    /// Scores of classes that are no probabilities; else as [#ofClasses].
    /// @param classes the number of classes, at least 2
    /// @param scores `[rows × classes]`, row-major
    /// @param labels the true class of each row, from 0
    /// @throws DataException if the counts differ or a label is out of range
    public static Predictions ofScores(int classes, float[] scores, int[] labels) {
        return classes(Kind.SCORES, classes, scores, labels);
    }

    private static Predictions classes(Kind kind, int classes, float[] numbers, int[] labels) {
        if (classes < 2) throw new DataException("classes", "expects at least 2, got " + classes);
        checkCount("outputs", numbers.length, (long) labels.length * classes);
        int[] predicted = new int[labels.length];
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] < 0 || labels[row] >= classes) {
                throw new DataException(
                        "row " + row, "expects a label from 0 to " + (classes - 1) + ", got " + labels[row]);
            }
            predicted[row] = highest(numbers, row * classes, classes);
        }
        return new Predictions(kind, classes, numbers, labels, predicted, new float[0], new double[0]);
    }

    /// The index of the first of the largest numbers; no class if one is NaN.
    private static int highest(float[] numbers, int from, int count) {
        int best = 0;
        for (int i = 0; i < count; i++) {
            if (Float.isNaN(numbers[from + i])) return Confusion.NO_CLASS;
            if (numbers[from + i] > numbers[from + best]) best = i;
        }
        return best;
    }

    /// Probabilities of labels, of which a row may have any number. A label is predicted if its
    /// probability is above ½.
    /// @param count the number of labels, at least 1
    /// @param probabilities `[rows × labels]`, row-major
    /// @param targets `[rows × labels]`, row-major, 1 for the labels of a row and 0 for others
    /// @throws DataException if the counts differ or a target is neither 0 nor 1
    public static Predictions ofLabels(int count, float[] probabilities, float[] targets) {
        Predictions predictions = numbers(Kind.LABELS, count, probabilities, targets);
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] != 0 && targets[i] != 1) {
                throw new DataException("row " + i / count, "expects a target of 0 or 1, got " + targets[i]);
            }
        }
        return predictions;
    }

    /// Values of a regression.
    /// @param count the number of values per row, at least 1
    /// @param values `[rows × count]`, row-major
    /// @param targets `[rows × count]`, row-major: the true values
    /// @throws DataException if the counts differ
    public static Predictions ofValues(int count, float[] values, float[] targets) {
        return numbers(Kind.VALUES, count, values, targets);
    }

    private static Predictions numbers(Kind kind, int count, float[] numbers, float[] targets) {
        if (count < 1) throw new DataException("outputs", "expects at least 1 per row, got " + count);
        checkCount("targets", targets.length, numbers.length);
        checkCount("outputs", numbers.length, (long) numbers.length / count * count);
        return new Predictions(kind, count, numbers, new int[0], new int[0], targets, new double[0]);
    }

    private static void checkCount(String what, long count, long expected) {
        if (count != expected) throw new DataException(what, "expects " + expected + " numbers, got " + count);
    }

    /// These predictions with a weight for each row; the default is 1.
    /// @param ofRows the weights, at least 0 and finite
    /// @throws DataException for another number of weights, or one out of range
    public Predictions withWeights(double... ofRows) {
        checkCount("weights", ofRows.length, rows);
        for (int row = 0; row < rows; row++) {
            if (!(ofRows[row] >= 0 && ofRows[row] < Double.POSITIVE_INFINITY)) {
                throw new DataException("row " + row, "expects a finite weight of at least 0, got " + ofRows[row]);
            }
        }
        return new Predictions(kind, outputs, numbers, labels, predicted, targets, ofRows);
    }

    /// These predictions with another rule for two classes: a row is of this class if the probability of the class is
    /// at least the threshold, else of the other one.
    /// @param label the class, 0 or 1
    /// @param threshold from 0 to 1
    /// @throws DataException unless these are probabilities of two classes
    public Predictions decided(int label, double threshold) {
        if (kind != Kind.PROBABILITIES || outputs != 2) {
            throw new DataException("threshold", "expects probabilities of two classes, got " + outputs + " " + kind);
        }
        Objects.checkIndex(label, 2);
        int[] decided = new int[rows];
        for (int row = 0; row < rows; row++) {
            float probability = numbers[2 * row + label];
            boolean number = !Float.isNaN(probability);
            decided[row] = number ? probability >= threshold ? label : 1 - label : Confusion.NO_CLASS;
        }
        return new Predictions(kind, outputs, numbers, labels, decided, targets, weights);
    }

    /// How often each class was predicted for rows of each class, regardless of weights.
    /// @param classNames a name for each class
    /// @throws DataException unless each row has one class
    public Confusion confusion(List<String> classNames) {
        if (!kind.isClasses() || classNames.size() != outputs) {
            throw new DataException(
                    "confusion", "expects classes with a name each, got " + classNames.size() + " names for " + this);
        }
        var confusion = new Confusion(classNames);
        for (int row = 0; row < rows; row++) confusion.add(labels[row], predicted[row]);
        return confusion;
    }

    /// The meaning of the outputs.
    public Kind kind() {
        return kind;
    }

    public int rows() {
        return rows;
    }

    /// The number of classes, labels or values.
    public int outputs() {
        return outputs;
    }

    /// The weight of a row; 1 by default.
    public double weight(int row) {
        Objects.checkIndex(row, rows);
        return weights.length == 0 ? 1 : weights[row];
    }

    /// An output: probability, score or value.
    public float output(int row, int output) {
        return numbers[at(row, output)];
    }

    /// The true value of an output; for classes, 1 for the true one and 0 for others.
    public float target(int row, int output) {
        int at = at(row, output);
        return kind.isClasses() ? labels[row] == output ? 1 : 0 : targets[at];
    }

    /// The true class of a row.
    /// @throws IndexOutOfBoundsException outside the rows, and for labels and values
    public int label(int row) {
        return labels[row];
    }

    /// The predicted class of a row, or [Confusion#NO_CLASS].
    /// @throws IndexOutOfBoundsException outside the rows, and for labels and values
    public int predicted(int row) {
        return predicted[row];
    }

    /// Whether this class or label is predicted for a row.
    public boolean predicts(int row, int output) {
        int at = at(row, output);
        return kind.isClasses() ? predicted[row] == output : numbers[at] > 0.5f;
    }

    /// Whether some row has a NaN in this output or a later one.
    boolean hasNaN(int first) {
        for (int at = 0; at < numbers.length; at++) {
            if (Float.isNaN(numbers[at]) && at % outputs >= first) return true;
        }
        return false;
    }

    private int at(int row, int output) {
        return Objects.checkIndex(row, rows) * outputs + Objects.checkIndex(output, outputs);
    }

    /// The kind and the numbers of rows and outputs.
    @Override
    public String toString() {
        return rows + " rows of " + outputs + " " + kind;
    }
}

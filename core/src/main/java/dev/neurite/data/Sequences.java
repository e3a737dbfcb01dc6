package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;

/// Sequences of different lengths in memory, as inputs of a data set: tokens of texts, or steps of
/// features. A batch of them is padded to its longest one, and layers ignore the padding.
///
/// ```java
/// Dataset reviews = Dataset.of(Sequences.ofTokens(ids), labels, List.of("bad", "good"));
/// Dataset tagged = Dataset.of(Sequences.ofTokens(ids), labelsOfWords, tags);
/// ```
public final class Sequences implements RowSource {
    private static final int MOST_IDS = 1 << 24; // up to which float32 has all whole numbers

    private final float[][] rows;
    private final Shape shape;
    private final int width; // of a step
    private final float padding;

    private Sequences(float[][] rows, Shape shape, float padding) {
        this.rows = rows;
        this.shape = shape;
        this.width = shape.row().size();
        this.padding = padding;
    }

    /// Sequences of tokens, rows of `[?]`, for a network that begins with an embedding. Padding is the id 0.
    /// @param ids the ids of each sequence, from 0 to 2²⁴ − 1, at least one, copied
    /// @throws DataException for an empty sequence, an id out of range, or no sequences
    public static Sequences ofTokens(int[]... ids) {
        requireRows(ids.length);
        float[][] rows = new float[ids.length][];
        for (int row = 0; row < ids.length; row++) {
            requireSteps(row, ids[row].length);
            rows[row] = new float[ids[row].length];
            for (int t = 0; t < ids[row].length; t++) {
                int id = ids[row][t];
                if (id < 0 || id >= MOST_IDS) {
                    throw new DataException(
                            "sequences, row " + row + ", step " + t, "expects an id from 0 to 2²⁴ − 1, got " + id);
                }
                rows[row][t] = id;
            }
        }
        return new Sequences(rows, Shape.of(Shape.OPEN), 0);
    }

    /// Sequences of features, rows of `[? × features]`. Padding is 0.
    /// @param steps `[rows][steps][features]`, finite, at least one step a row and equally many features,
    /// copied
    /// @throws DataException for an empty sequence, ragged or non-finite features, or no sequences
    public static Sequences of(float[][]... steps) {
        requireRows(steps.length);
        requireSteps(0, steps[0].length);
        int width = steps[0][0].length;
        float[][] rows = new float[steps.length][];
        for (int row = 0; row < steps.length; row++) {
            requireSteps(row, steps[row].length);
            rows[row] = new float[Math.multiplyExact(width, steps[row].length)];
            for (int t = 0; t < steps[row].length; t++) {
                float[] checked = ArrayDataset.checkedCopy("sequences, step " + t, row, steps[row][t], width);
                System.arraycopy(checked, 0, rows[row], t * width, width);
            }
        }
        return new Sequences(rows, Shape.of(Shape.OPEN, width), 0);
    }

    private static void requireRows(int count) {
        if (count == 0) throw new DataException("sequences", "expects at least one, got none");
    }

    private static void requireSteps(int row, int count) {
        if (count > 0) return;
        throw new DataException(
                "sequences, row " + row, "expects at least one step, got none", "Leave out rows that are empty");
    }

    /// These sequences with another number for padding, such as the id that a tokenizer has for it.
    /// @throws DataException if it is not finite, or for tokens no id
    public Sequences withPadding(float number) {
        boolean fits =
                shape.rank() > 1 ? Float.isFinite(number) : number >= 0 && number < MOST_IDS && number == (int) number;
        if (!fits) {
            throw new DataException(
                    "padding",
                    "expects " + (shape.rank() > 1 ? "a finite number" : "an id from 0 to 2²⁴ − 1") + ", got "
                            + number);
        }
        return new Sequences(rows, shape, number);
    }

    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public Shape inputShape() {
        return shape;
    }

    @Override
    public int length(int row) {
        return rows[row].length / width;
    }

    @Override
    public float padding() {
        return padding;
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        System.arraycopy(rows[row], 0, array, at, rows[row].length);
    }
}

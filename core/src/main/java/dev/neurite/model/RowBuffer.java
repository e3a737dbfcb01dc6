package dev.neurite.model;

import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// Some rows of one input as a batch, in an array that is used again. Rows of different lengths are padded
/// to the longest of the batch, and the batch has their lengths.
public final class RowBuffer {
    private final RowSource rows;
    private final Shape shape;
    private final int width; // the numbers of a row, or of one step of an open axis
    private float[] array = {};
    private float[] lengths = {};
    private int steps = 1;
    private int count;

    /// A buffer for rows of this source.
    /// @param most the largest number of rows
    public RowBuffer(RowSource rows, int most) {
        this.rows = rows;
        this.shape = rows.inputShape();
        this.width = shape.withOpen(1).size();
        if (shape.isKnown()) this.array = new float[Math.multiplyExact(most, width)];
    }

    /// Reads rows.
    /// @param order the numbers of rows
    /// @param from the index in `order` of the first
    /// @param number how many
    /// @throws ResourceException for a batch of 2³¹ numbers or more
    public void read(int[] order, int from, int number) {
        count = number;
        if (!shape.isKnown()) measure(order, from);
        int row = Math.multiplyExact(steps, width);
        long needed = (long) row * count;
        if (needed > Integer.MAX_VALUE - 8) {
            throw new ResourceException(
                    "batch",
                    "expects inputs of less than 2³¹ numbers, got " + count + " rows of up to " + steps + " steps",
                    "Take smaller batches, or group rows by length");
        }
        if (array.length < needed) array = new float[(int) needed];
        for (int i = 0; i < count; i++) {
            rows.readInput(order[from + i], array, i * row);
            if (shape.isKnown() || lengths[i] == steps) continue;
            Arrays.fill(array, i * row + width * (int) lengths[i], (i + 1) * row, rows.padding());
        }
    }

    private void measure(int[] order, int from) {
        if (lengths.length < count) lengths = new float[count];
        for (int i = 0; i < count; i++) lengths[i] = rows.length(order[from + i]);
        steps = longest(rows::length, order, from, count);
    }

    /// The most steps of some rows, at least 1.
    /// @param length the steps of a row
    /// @param order the numbers of rows
    /// @param from the index in `order` of the first
    /// @param number how many
    public static int longest(IntUnaryOperator length, int[] order, int from, int number) {
        int most = 1;
        for (int i = 0; i < number; i++) most = Math.max(most, length.applyAsInt(order[from + i]));
        return most;
    }

    /// The numbers of the rows, row-major, not copied; there may be more after them.
    public float[] array() {
        return array;
    }

    /// The rows that were read last, with their lengths if these differ; the next ones overwrite it.
    public Tensor tensor() {
        if (shape.isKnown()) return Tensor.view(shape.forRows(count), array, 0);
        Tensor padded = Tensor.view(shape.withOpen(steps).forRows(count), array, 0);
        for (int i = 0; i < count; i++) {
            if (lengths[i] != steps) return padded.withLengths(Tensor.view(Shape.of(count), lengths, 0));
        }
        return padded;
    }
}

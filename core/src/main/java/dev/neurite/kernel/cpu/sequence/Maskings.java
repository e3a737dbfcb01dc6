package dev.neurite.kernel.cpu.sequence;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.kernel.AttentionKernels.Scaling;
import dev.neurite.kernel.cpu.Checks;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Checks of a [Masking].
final class Maskings {
    private Maskings() {}

    static void check(String what, Masking masking, int rows, int heads, int queries, int keys) {
        Tensor past = masking.past();
        if (past.size() != 0) past(what, past, rows, keys - 1);
        else if (masking.causal() && queries > keys) {
            throw new ShapeException(
                    what, "expects no more queries than keys if it is causal, got " + queries + " and " + keys);
        }
        Checks.lengths(what, masking.lengths(), rows, keys);
        if (masking.slopes().size() != 0) slopes(what, masking, heads, queries, keys);
        if (masking.added().size() != 0) added(what, masking.added(), rows, heads, queries, keys);
        if (masking.window() < 0 || (masking.window() > 0 && !masking.causal())) {
            throw new ConfigException(
                    what, "expects a window of 1 or more, or 0 for none, of causal attention, got " + masking.window());
        }
        scaling(what, masking.scaling());
        double rate = masking.dropout();
        if (!(rate >= 0 && rate < 1))
            throw new ConfigException(what, "expects a dropout from 0 to below 1, got " + rate);
    }

    /// @throws ShapeException for another number of positions than rows
    /// @throws DataException for one that is not from 0 to `most`
    static void past(String what, Tensor past, int rows, int most) {
        if (past.size() != rows) {
            throw new ShapeException(what, "expects a position for each of " + rows + " rows, got " + past.shape());
        }
        for (int row = 0; row < rows; row++) {
            float first = past.array()[past.offset() + row];
            if (first == (int) first && first >= 0 && first <= most) continue;
            throw new DataException(
                    "row " + row + " of the batch", "expects a position from 0 to " + most + ", got " + first);
        }
    }

    private static void scaling(String what, Scaling scaling) {
        for (double each : new double[] {scaling.factor(), scaling.cap()}) {
            if (each >= 0 && each < Double.POSITIVE_INFINITY) continue;
            throw new ConfigException(what, "expects a scaling of numbers from 0, got " + scaling);
        }
    }

    private static void slopes(String what, Masking masking, int heads, int queries, int keys) {
        Tensor slopes = masking.slopes();
        if (slopes.size() != heads) {
            throw new ShapeException(what, "expects a slope for each of " + heads + " heads, got " + slopes.shape());
        }
        if (masking.past().size() == 0 && queries > keys) {
            throw new ShapeException(what, "expects no more queries than keys with slopes, got " + queries);
        }
    }

    private static void added(String what, Tensor added, int rows, int heads, int queries, int keys) {
        Shape shape = added.shape();
        int rank = shape.rank();
        boolean fits = rank >= 2
                && rank <= 4
                && shape.extent(rank - 1) == keys
                && shape.extent(rank - 2) == queries
                && (rank == 2 || shape.extent(0) == rows)
                && (rank < 4 || shape.extent(1) == heads);
        if (!fits) {
            List<Shape> fitting = List.of(
                    Shape.of(queries, keys), Shape.of(rows, queries, keys), Shape.of(rows, heads, queries, keys));
            throw new ShapeException(what, "expects added scores of one of " + fitting + ", got " + shape);
        }
        Checks.rowMajor(what, added);
        int end = added.offset() + added.size();
        for (int i = added.offset(); i < end; i++) {
            if (added.array()[i] < Float.POSITIVE_INFINITY) continue;
            throw new DataException(what, "expects added scores that are numbers or −∞, got " + added.array()[i]);
        }
    }
}

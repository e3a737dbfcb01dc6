package dev.neurite.data;

import dev.neurite.layer.Standardize;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Finds rows that a preprocessing has scaled before a first layer that standardizes raw rows: the network then sees
/// numbers that are far from mean 0 and deviation 1, and still learns, but less.
public final class ScaledTwice {
    private static final int LOOKED_AT = 1000; // rows
    private static final double FAR = 2; // of a mean from 0, in deviations
    private static final double NARROW = 0.1; // a deviation
    private static final double WIDE = 10;

    private ScaledTwice() {}

    /// The warning, which a training logs; empty if nothing is wrong, or rows are not those of one input.
    public static Optional<String> warning(Model model, Dataset train) {
        boolean prepared = train.isPrepared()
                && train.inputs().size() == 1
                && train.inputShape().isKnown();
        if (!prepared || train.size() < 2) return Optional.empty();
        return first(model.graph()).flatMap(layer -> warning(layer, train));
    }

    /// The layer that standardizes the rows of a network.
    private static Optional<Standardize> first(Graph graph) {
        for (Graph.Application each : graph.applications()) {
            if (!each.from().equals(List.of(new Graph.Port(-1, 0)))) continue;
            if (each.node() instanceof Standardize layer) return Optional.of(layer);
            if (each.node() instanceof Graph inner) return first(inner);
        }
        return Optional.empty();
    }

    private static Optional<String> warning(Standardize layer, Dataset train) {
        Shape shape = train.inputShape();
        int rows = Math.min(LOOKED_AT, train.size());
        int features = layer.means().size();
        int together = shape.size() / features; // of a channel
        double[] sums = new double[features];
        double[] squares = new double[features];
        float[] row = new float[shape.size()];
        for (int i = 0; i < rows; i++) {
            train.readInput(i, row, 0);
            for (int j = 0; j < row.length; j++) {
                int at = j / together;
                double y =
                        (row[j] - (double) layer.means().array()[layer.means().offset() + at])
                                * layer.factors().array()[layer.factors().offset() + at];
                sums[at] += y;
                squares[at] += y * y;
            }
        }
        for (int i = 0; i < features; i++) {
            double mean = sums[i] / rows / together;
            double deviation = Math.sqrt(Math.max(0, squares[i] / rows / together - mean * mean));
            boolean odd = deviation > 0 && (deviation < NARROW || deviation > WIDE);
            if (Math.abs(mean) > FAR || odd) return Optional.of(text(i + 1, mean, deviation));
        }
        return Optional.empty();
    }

    private static String text(int input, double mean, double deviation) {
        return String.format(
                Locale.ROOT,
                "The rows are scaled, and the first layer standardizes them again, as if they were not: input %d then"
                        + " has mean %.2f and deviation %.2g. Leave the columns as they are, with"
                        + " ColumnSettings.USUAL.withScaling(Scaler.NONE) (--scale none), or the layer out",
                input,
                mean,
                deviation);
    }
}

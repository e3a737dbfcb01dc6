package dev.neurite.data;

import dev.neurite.error.ShapeException;
import dev.neurite.layer.Layers;
import dev.neurite.layer.Standardize;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Means and standard deviations of the features of a data set, or of one of several inputs (`data.inputs().get(1)`).
/// Compute them on the training part only.
/// @param means `[features]`, or `[channels]`
/// @param deviations in the same shape, with denominator n (as scikit-learn's `StandardScaler`); 0 for
/// a constant feature
public record FeatureStatistics(Tensor means, Tensor deviations) {
    /// The statistics of all rows, summed in double precision in their order.
    /// @throws ShapeException for several inputs, or rows of different lengths
    public static FeatureStatistics of(RowSource data) {
        requireOneLength(data);
        return of(data, data.inputShape().size(), 1);
    }

    /// @param together the number of neighboring values that belong to one feature
    private static FeatureStatistics of(RowSource data, int features, int together) {
        float[] row = new float[features * together];
        double[] sum = new double[features];
        double[] squares = new double[features];
        double count = (double) data.size() * together;
        for (int i = 0; i < data.size(); i++) {
            data.readInput(i, row, 0);
            for (int j = 0, at = 0; j < features; j++) {
                for (int end = at + together; at < end; at++) sum[j] += row[at];
            }
        }
        for (int i = 0; i < data.size(); i++) {
            data.readInput(i, row, 0);
            for (int j = 0, at = 0; j < features; j++) {
                double mean = sum[j] / count;
                for (int end = at + together; at < end; at++) {
                    double centered = row[at] - mean;
                    squares[j] += centered * centered;
                }
            }
        }
        float[] means = new float[features];
        float[] deviations = new float[features];
        for (int j = 0; j < features; j++) {
            means[j] = (float) (sum[j] / count);
            deviations[j] = (float) Math.sqrt(squares[j] / count);
        }
        Shape shape = Shape.of(features);
        return new FeatureStatistics(Tensor.of(shape, means), Tensor.of(shape, deviations));
    }

    /// The statistics of each channel of images, over all rows and pixels, summed in double precision
    /// in their order.
    /// @throws ShapeException for rows of fewer than two axes `[channels × …]`
    public static FeatureStatistics ofChannels(RowSource data) {
        requireOneLength(data);
        Shape shape = data.inputShape();
        if (shape.rank() < 2) {
            throw new ShapeException("statistics", "expects rows [channels×…] of 2 axes or more, got " + shape);
        }
        int channels = shape.extent(0);
        return of(data, channels, channels == 0 ? 0 : shape.size() / channels);
    }

    private static void requireOneLength(RowSource data) {
        if (data.inputShape().isKnown()) return;
        throw new ShapeException(
                "statistics",
                "expects rows of one length, got rows of " + data.inputShape(),
                "Scale the features of sequences before they become a data set");
    }

    /// 1 / deviation of each feature; 1 for a constant feature.
    public Tensor factors() {
        float[] factors = deviations.toArray();
        for (int j = 0; j < factors.length; j++) factors[j] = factors[j] > 0 ? 1 / factors[j] : 1;
        return Tensor.of(deviations.shape(), factors);
    }

    /// A layer that standardizes by these statistics, to be the first of a network.
    public Standardize standardize() {
        return Layers.standardize(means, factors());
    }
}

package dev.neurite.data;

import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Means and deviations of a data set's features, to be fitted on the training part alone.
/// @param means `[features]`
/// @param deviations `[features]`, over n (as scikit-learn's `StandardScaler`); 0 where a feature is constant
public record Statistics(Tensor means, Tensor deviations) {
    /// The statistics of all rows, summed in double precision in their order.
    public static Statistics of(Dataset data) {
        int width = data.inputShape().size();
        float[] row = new float[width];
        double[] sum = new double[width];
        double[] squares = new double[width];
        for (int i = 0; i < data.size(); i++) {
            data.readInput(i, row, 0);
            for (int j = 0; j < width; j++) sum[j] += row[j];
        }
        for (int i = 0; i < data.size(); i++) {
            data.readInput(i, row, 0);
            for (int j = 0; j < width; j++) {
                double centered = row[j] - sum[j] / data.size();
                squares[j] += centered * centered;
            }
        }
        float[] means = new float[width];
        float[] deviations = new float[width];
        for (int j = 0; j < width; j++) {
            means[j] = (float) (sum[j] / data.size());
            deviations[j] = (float) Math.sqrt(squares[j] / data.size());
        }
        Shape features = Shape.of(width);
        return new Statistics(Tensor.of(features, means), Tensor.of(features, deviations));
    }

    /// 1 / deviation for each feature; 1 where a feature is constant.
    public Tensor factors() {
        float[] factors = deviations.toArray();
        for (int j = 0; j < factors.length; j++) factors[j] = factors[j] > 0 ? 1 / factors[j] : 1;
        return Tensor.of(deviations.shape(), factors);
    }
}

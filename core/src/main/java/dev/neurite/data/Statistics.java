package dev.neurite.data;

import java.util.ArrayList;
import java.util.List;

/// Means and deviations of a data set's features, to be fitted on the training part alone.
/// @param means one a feature
/// @param deviations one a feature, over n (as scikit-learn's `StandardScaler`); 0 where a feature is constant
public record Statistics(List<Float> means, List<Float> deviations) {
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
        List<Float> means = new ArrayList<>();
        List<Float> deviations = new ArrayList<>();
        for (int j = 0; j < width; j++) {
            means.add((float) (sum[j] / data.size()));
            deviations.add((float) Math.sqrt(squares[j] / data.size()));
        }
        return new Statistics(means, deviations);
    }

    /// 1 / deviation for each feature; 1 where a feature is constant.
    public List<Float> factors() {
        return deviations.stream()
                .map(deviation -> deviation > 0 ? 1 / deviation : 1f)
                .toList();
    }
}

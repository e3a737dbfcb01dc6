package dev.neurite.metric;

import java.util.Locale;

/// How metrics of single classes or labels are averaged. Undefined metrics, such as the recall of a
/// class without rows, are excluded. (scikit-learn counts them as 0 unless `zero_division=np.nan`.)
public enum Average {
    /// The unweighted mean over classes.
    MACRO,
    /// The metric of the counts of all classes together.
    MICRO,
    /// The mean over classes, weighted by their numbers of rows.
    WEIGHTED,
    /// The mean of the metrics of single rows; for labels only.
    SAMPLES;

    /// The mean of all values that are not NaN, summed in order.
    /// @param weights used for [#WEIGHTED] only
    double over(double[] figures, double[] weights) {
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < figures.length; i++) {
            if (Double.isNaN(figures[i])) continue;
            double w = this == WEIGHTED ? weights[i] : 1;
            sum += w * figures[i];
            weight += w;
        }
        return sum / weight;
    }

    /// @throws IllegalArgumentException for an unknown name
    static Average named(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

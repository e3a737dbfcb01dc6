package dev.neurite.metric;

import java.util.Locale;

/// How the figures of classes, or labels, become one. What has no figure is left out of a mean: a class
/// without rows has no recall. (scikit-learn takes such figures as 0, unless told
/// `zero_division=np.nan`.)
public enum Average {
    /// The mean over classes.
    MACRO,
    /// The figure of all decisions counted together.
    MICRO,
    /// The mean over classes, each as often as there are rows of it.
    WEIGHTED,
    /// The mean over rows of each row's own figure; for labels only.
    SAMPLES;

    /// The mean of figures without those that are NaN, in their order.
    /// @param weights taken for [#WEIGHTED], else all alike
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

    /// The average of that name.
    /// @throws IllegalArgumentException if there is none
    static Average named(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

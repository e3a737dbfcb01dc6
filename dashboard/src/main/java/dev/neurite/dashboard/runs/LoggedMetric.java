package dev.neurite.dashboard.runs;

import dev.neurite.error.ConfigException;
import dev.neurite.metric.Metrics;
import java.util.Set;

/// A metric by its name in the logs of a run.
/// @param key the name there: `acc`, `loss`, `roc-auc`
/// @param higherIsBetter whether a better model has a higher value
public record LoggedMetric(String key, boolean higherIsBetter) {
    private static final String ACCURACY = "accuracy";
    private static final String LOGGED_ACCURACY = "acc";
    private static final Set<String> LOWER = Set.of("loss", "mase", "perplexity");

    /// The metric of a name that a user gives or a log has. One that is not known is a score: higher is better.
    public static LoggedMetric of(String name) {
        String key = name.equals(ACCURACY) ? LOGGED_ACCURACY : name;
        return new LoggedMetric(key, isHigherBetter(key));
    }

    private static boolean isHigherBetter(String key) {
        if (LOWER.contains(key)) return false;
        try {
            return Metrics.named(key).higherIsBetter();
        } catch (ConfigException _) {
            return true;
        }
    }

    /// The name for people.
    public String name() {
        return key.equals(LOGGED_ACCURACY) ? ACCURACY : key;
    }

    /// Whether a value is better than another; NaN is worse than any number.
    public boolean isBetter(double value, double than) {
        if (Double.isNaN(value) || Double.isNaN(than)) return Double.isNaN(than) && !Double.isNaN(value);
        return higherIsBetter ? value > than : value < than;
    }
}

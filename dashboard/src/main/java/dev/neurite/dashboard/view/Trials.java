package dev.neurite.dashboard.view;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The trials of a search.
/// @param metric the metric that they are compared by
/// @param higherIsBetter whether higher values of it are better
/// @param trials all trials
public record Trials(String metric, boolean higherIsBetter, List<Trial> trials) {
    public Trials {
        trials = List.copyOf(trials);
    }

    /// A trial.
    /// @param number from 1
    /// @param values the values that it tried, by key, as texts
    /// @param scores the metric of each fold; empty if it failed
    /// @param epochs the number of epochs; 0 if it failed
    /// @param seconds the time that it took; NaN if that is not known
    /// @param error why it failed; empty if it did not
    public record Trial(
            int number, Map<String, String> values, List<Double> scores, int epochs, double seconds, String error) {
        /// Keeps a copy of the scores.
        public Trial {
            scores = List.copyOf(scores);
        }

        public boolean failed() {
            return !error.isEmpty();
        }

        /// The mean of the metric over the folds; NaN if it failed.
        public double score() {
            return scores.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        }

        /// The sample standard deviation of the metric between folds; NaN for fewer than two.
        public double deviation() {
            if (scores.size() < 2) return Double.NaN;
            double mean = score();
            double squares = 0;
            for (double each : scores) squares += (each - mean) * (each - mean);
            return Math.sqrt(squares / (scores.size() - 1));
        }
    }

    /// The keys whose values were searched.
    public List<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        for (Trial each : trials) keys.addAll(each.values().keySet());
        return List.copyOf(keys);
    }
}

package dev.neurite.dashboard.report;

import java.util.List;
import java.util.SequencedMap;

/// The trials of a search, the best first.
/// @param metric the metric that they are compared by
/// @param higherIsBetter whether higher values of it are better
/// @param trials all trials
public record Trials(String metric, boolean higherIsBetter, List<Trial> trials) {
    /// Keeps a copy.
    public Trials {
        trials = List.copyOf(trials);
    }

    /// A trial.
    /// @param number from 1
    /// @param values the value of each key that was searched
    /// @param score the metric; NaN if the trial failed
    /// @param deviation its standard deviation between folds; NaN for fewer than two
    /// @param epochs the number of epochs; 0 if it failed
    /// @param seconds the time that it took
    /// @param error why it failed; empty if it did not
    public record Trial(
            int number,
            SequencedMap<String, String> values,
            double score,
            double deviation,
            int epochs,
            double seconds,
            String error) {}
}

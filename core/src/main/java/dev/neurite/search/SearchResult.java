package dev.neurite.search;

import dev.neurite.error.ConfigException;
import dev.neurite.model.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The trials of a search. Prints as a table, the best first.
/// @param metric the name of the metric that trials are compared by
/// @param trials the last result of each trial: the best first, failed ones last
/// @param complete whether all trials were run; false after an interrupt
public record SearchResult(String metric, List<Trial> trials, boolean complete) {
    /// Copies the list.
    public SearchResult {
        trials = List.copyOf(trials);
    }

    /// The best trial.
    /// @throws ConfigException if all trials failed, with the error of one, or none has ended
    public Trial best() {
        if (trials.isEmpty()) throw new ConfigException("search", "expects a trial that has ended, got none");
        Trial first = trials.getFirst();
        if (first.hasFailed()) {
            throw new ConfigException("search", "expects a trial that succeeds, got none", first.error());
        }
        return first;
    }

    @Override
    public String toString() {
        List<String> names = trials.isEmpty()
                ? List.of()
                : List.copyOf(trials.getFirst().point().values().keySet());
        List<String> heads = new ArrayList<>(List.of("rank", "trial"));
        for (String name : names) heads.add("-" + name);
        heads.addAll(List.of(metric, "deviation", "loss", "epochs", "seconds", "-error"));
        var table = new TextTable(heads.toArray(String[]::new));
        for (int i = 0; i < trials.size(); i++) {
            Trial trial = trials.get(i);
            List<String> cells = new ArrayList<>(List.of(Integer.toString(i + 1), Integer.toString(trial.number())));
            for (String name : names) {
                cells.add(String.valueOf(trial.point().values().get(name)));
            }
            cells.add(Trial.figure(trial.score()));
            cells.add(Trial.figure(trial.deviation()));
            cells.add(Trial.figure(trial.loss()));
            cells.add(Integer.toString(trial.epochs()));
            cells.add(String.format(Locale.ROOT, "%.2f", trial.seconds()));
            cells.add(trial.error());
            table.add(cells.toArray(String[]::new));
        }
        return table.toString().stripTrailing();
    }
}

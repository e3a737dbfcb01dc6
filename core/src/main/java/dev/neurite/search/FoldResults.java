package dev.neurite.search;

import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Function;

/// The results of a cross-validation. Prints as a table with a row for each fold, one for the means and one for the
/// deviations.
/// @param epochs the number of epochs of a training
/// @param evaluations one a fold, on its test part
/// @param histories the epochs of the training on each fold
/// @param complete whether all folds were trained on; false after an interrupt
public record FoldResults(int epochs, List<Evaluation> evaluations, List<History> histories, boolean complete) {
    private static final String LOSS = "loss";
    private static final String ACCURACY = "accuracy";

    /// Copies the lists.
    public FoldResults {
        evaluations = List.copyOf(evaluations);
        histories = List.copyOf(histories);
    }

    /// Mean and deviation of the loss.
    /// @throws NoSuchElementException without folds
    public FoldStatistics loss() {
        return statistics(LOSS);
    }

    /// Mean and deviation of the accuracy.
    /// @throws NoSuchElementException for targets that are values, or without folds
    public FoldStatistics accuracy() {
        return statistics(ACCURACY);
    }

    /// Mean and deviation of a figure, over the folds on which it is defined.
    /// @param name `loss`, `accuracy`, or a metric that was measured
    /// @throws NoSuchElementException for another name, or without folds
    public FoldStatistics statistics(String name) {
        if (evaluations.isEmpty()) {
            throw new NoSuchElementException(
                    "cross-validation: expects results of a fold, got an interrupt before the first had ended");
        }
        FoldStatistics found = statistics().get(name);
        if (found != null) return found;
        throw new NoSuchElementException("cross-validation: expects one of "
                + String.join(", ", statistics().keySet()) + ", got " + name
                + ". CrossValidation.metrics measures more");
    }

    /// Mean and deviation of each figure: loss, accuracy of classes, metrics.
    public SequencedMap<String, FoldStatistics> statistics() {
        SequencedMap<String, FoldStatistics> statistics = new LinkedHashMap<>();
        for (String name : figures(0).keySet()) {
            List<Double> values = new ArrayList<>();
            for (int fold = 0; fold < evaluations.size(); fold++) {
                figures(fold).getOrDefault(name, OptionalDouble.empty()).ifPresent(values::add);
            }
            statistics.put(name, FoldStatistics.of(values));
        }
        return statistics;
    }

    /// The figures of a fold, in the order of [#statistics()].
    /// @param fold from 0
    public SequencedMap<String, OptionalDouble> figures(int fold) {
        SequencedMap<String, OptionalDouble> figures = new LinkedHashMap<>();
        if (evaluations.isEmpty()) return figures;
        Evaluation evaluation = evaluations.get(fold);
        figures.put(LOSS, OptionalDouble.of(evaluation.loss()));
        if (evaluation.confusion().isPresent()) figures.put(ACCURACY, evaluation.accuracy());
        figures.putAll(evaluation.metrics());
        return figures;
    }

    @Override
    public String toString() {
        SequencedMap<String, FoldStatistics> statistics = statistics();
        List<String> heads = new ArrayList<>(List.of("-fold", "rows"));
        heads.addAll(statistics.keySet());
        var table = new TextTable(heads.toArray(String[]::new));
        for (int fold = 0; fold < evaluations.size(); fold++) {
            String rows =
                    String.format(Locale.ROOT, "%,d", evaluations.get(fold).rows());
            addRow(table, "" + (fold + 1), rows, List.copyOf(figures(fold).values()));
        }
        addRow(table, "mean", "", column(statistics, FoldStatistics::mean));
        addRow(table, "deviation", "", column(statistics, FoldStatistics::deviation));
        return table.toString().stripTrailing();
    }

    private static List<OptionalDouble> column(
            SequencedMap<String, FoldStatistics> statistics, Function<FoldStatistics, OptionalDouble> which) {
        return statistics.values().stream().map(which).toList();
    }

    private static void addRow(TextTable table, String name, String rows, List<OptionalDouble> figures) {
        List<String> cells = new ArrayList<>(List.of(name, rows));
        for (OptionalDouble each : figures) cells.add(Trial.figure(each));
        table.add(cells.toArray(String[]::new));
    }
}

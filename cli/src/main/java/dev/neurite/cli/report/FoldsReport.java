package dev.neurite.cli.report;

import dev.neurite.cli.console.Text;
import dev.neurite.metric.Metric;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Function;

/// The figures of each fold of a cross-validation, their means and standard deviations.
public final class FoldsReport {
    private record Fold(long rows, SequencedMap<String, OptionalDouble> figures) {}

    private final List<Fold> folds;
    private final SequencedMap<String, FoldStatistics> statistics = new LinkedHashMap<>();

    /// Computes means and deviations.
    /// @param evaluations one a fold
    /// @param metrics the metrics that were measured besides loss and accuracy
    public FoldsReport(List<Evaluation> evaluations, List<Metric> metrics) {
        folds = evaluations.stream()
                .map(each -> new Fold(each.rows(), figures(each, metrics)))
                .toList();
        for (String name : folds.getFirst().figures().keySet()) {
            statistics.put(
                    name,
                    FoldStatistics.of(folds.stream()
                            .flatMapToDouble(each -> each.figures().getOrDefault(name, OptionalDouble.empty()).stream())
                            .boxed()
                            .toList()));
        }
    }

    private static SequencedMap<String, OptionalDouble> figures(Evaluation evaluation, List<Metric> metrics) {
        SequencedMap<String, OptionalDouble> figures = new LinkedHashMap<>();
        figures.put("loss", OptionalDouble.of(evaluation.loss()));
        if (evaluation.confusion().isPresent()) figures.put("accuracy", evaluation.accuracy());
        figures.putAll(MetricNames.of(metrics, evaluation));
        return figures;
    }

    /// A table with a row for each fold, one for the means and one for the deviations.
    @Override
    public String toString() {
        List<String> heads = new ArrayList<>(List.of("-fold", "rows"));
        heads.addAll(statistics.keySet());
        var table = new TextTable(heads.toArray(String[]::new));
        for (int i = 0; i < folds.size(); i++) {
            Fold fold = folds.get(i);
            addRow(
                    table,
                    "" + (i + 1),
                    Text.format("%,d", fold.rows()),
                    List.copyOf(fold.figures().values()));
        }
        addRow(table, "mean", "", statistics(FoldStatistics::mean));
        addRow(table, "deviation", "", statistics(FoldStatistics::deviation));
        return table.toString().stripTrailing();
    }

    private List<OptionalDouble> statistics(Function<FoldStatistics, OptionalDouble> which) {
        return statistics.values().stream().map(which).toList();
    }

    private static void addRow(TextTable table, String name, String rows, List<OptionalDouble> figures) {
        List<String> cells = new ArrayList<>(List.of(name, rows));
        for (OptionalDouble each : figures) cells.add(MetricNames.show(each));
        table.add(cells.toArray(String[]::new));
    }

    /// `{"folds": [{"rows": …, "loss": …}], "mean": {"loss": …}, "deviation": {"loss": …}}`
    public Map<String, Object> json() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Fold each : folds) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("rows", each.rows());
            row.putAll(each.figures());
            rows.add(row);
        }
        Map<String, Object> means = new LinkedHashMap<>();
        Map<String, Object> deviations = new LinkedHashMap<>();
        statistics.forEach((name, each) -> {
            means.put(name, each.mean());
            deviations.put(name, each.deviation());
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("folds", rows);
        json.put("mean", means);
        json.put("deviation", deviations);
        return json;
    }
}

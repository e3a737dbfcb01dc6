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

/// The figures of each fold of a cross-validation, their means and standard deviations.
/// @param evaluations one a fold
/// @param metrics that were measured besides loss and accuracy
public record FoldsReport(List<Evaluation> evaluations, List<Metric> metrics) {
    /// The figures of a fold, by their names.
    private SequencedMap<String, OptionalDouble> figures(Evaluation evaluation) {
        SequencedMap<String, OptionalDouble> figures = new LinkedHashMap<>();
        figures.put("loss", OptionalDouble.of(evaluation.loss()));
        if (evaluation.confusion().isPresent()) figures.put("accuracy", evaluation.accuracy());
        figures.putAll(MetricNames.of(metrics, evaluation));
        return figures;
    }

    private List<Double> known(String figure) {
        return evaluations.stream()
                .flatMap(each -> figures(each).getOrDefault(figure, OptionalDouble.empty()).stream()
                        .boxed())
                .toList();
    }

    /// Over the folds that have such a figure.
    private OptionalDouble mean(String figure) {
        return known(figure).stream().mapToDouble(Double::doubleValue).average();
    }

    /// Between the folds that have such a figure; empty for fewer than two.
    private OptionalDouble deviation(String figure) {
        List<Double> values = known(figure);
        if (values.size() < 2) return OptionalDouble.empty();
        double mean = mean(figure).orElseThrow();
        double squares = 0;
        for (double each : values) squares += (each - mean) * (each - mean);
        return OptionalDouble.of(Math.sqrt(squares / (values.size() - 1)));
    }

    private List<String> names() {
        return List.copyOf(figures(evaluations.getFirst()).keySet());
    }

    /// A row for each fold, and two for means and deviations.
    @Override
    public String toString() {
        List<String> heads = new ArrayList<>(List.of("-fold", "rows"));
        heads.addAll(names());
        var table = new TextTable(heads.toArray(String[]::new));
        for (int i = 0; i < evaluations.size(); i++) {
            List<String> row = new ArrayList<>(
                    List.of("" + (i + 1), Text.format("%,d", evaluations.get(i).rows())));
            figures(evaluations.get(i)).values().forEach(each -> row.add(MetricNames.show(each)));
            table.add(row.toArray(String[]::new));
        }
        List<String> means = new ArrayList<>(List.of("mean", ""));
        List<String> deviations = new ArrayList<>(List.of("deviation", ""));
        for (String each : names()) {
            means.add(MetricNames.show(mean(each)));
            deviations.add(MetricNames.show(deviation(each)));
        }
        table.add(means.toArray(String[]::new));
        table.add(deviations.toArray(String[]::new));
        return table.toString().stripTrailing();
    }

    public Map<String, Object> json() {
        List<Map<String, Object>> folds = new ArrayList<>();
        for (Evaluation each : evaluations) {
            Map<String, Object> fold = new LinkedHashMap<>();
            fold.put("rows", each.rows());
            fold.putAll(figures(each));
            folds.add(fold);
        }
        Map<String, Object> means = new LinkedHashMap<>();
        Map<String, Object> deviations = new LinkedHashMap<>();
        for (String each : names()) {
            means.put(each, mean(each));
            deviations.put(each, deviation(each));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("folds", folds);
        json.put("mean", means);
        json.put("deviation", deviations);
        return json;
    }
}

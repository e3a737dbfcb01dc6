package dev.neurite.cli.report;

import dev.neurite.cli.console.Text;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The figures in the head of a report.
public final class ReportFigures {
    private ReportFigures() {}

    /// The figures of an evaluation.
    /// @param prefix of the names: `test `
    public static SequencedMap<String, String> of(String prefix, Evaluation evaluation, List<Metric> metrics) {
        SequencedMap<String, String> figures = new LinkedHashMap<>();
        evaluation.confusion().ifPresent(confusion -> {
            figures.put(prefix + "accuracy", Confusion.show(evaluation.accuracy()));
            figures.put("macro-F1", Confusion.show(confusion.macroF1()));
        });
        if (evaluation.confusion().isEmpty()) {
            figures.put(prefix + "R²", MetricNames.show(MetricNames.of(Metrics.r2(), evaluation)));
        }
        figures.put(prefix + "loss", TextTable.number(evaluation.loss()));
        MetricNames.of(metrics, evaluation).forEach((name, figure) -> figures.put(name, MetricNames.show(figure)));
        figures.put("rows", Text.format("%,d", evaluation.rows()));
        return figures;
    }
}

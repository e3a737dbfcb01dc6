package dev.neurite.cli.report;

import dev.neurite.cli.console.Text;
import dev.neurite.data.Dataset;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.metric.Predictions;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/// What weights in fewer bits cost: a model's figures before and after, on the same rows.
/// @param data where the rows are from
/// @param rows how many there are
/// @param figures by name, those of text included
/// @param outputs how outputs change; empty where they were not kept
public record QuantizationCost(
        String data, int rows, SequencedMap<String, Figure> figures, Optional<OutputChange> outputs) {
    /// A figure of both models; empty where it is undefined.
    public record Figure(OptionalDouble before, OptionalDouble after) {
        private String change() {
            if (before.isEmpty() || after.isEmpty()) return "n/a";
            String change = Text.format("%+.4f", after.getAsDouble() - before.getAsDouble());
            return change.substring(1).equals("0.0000") ? "0.0000" : change;
        }
    }

    /// How outputs change.
    /// @param largest the largest change of a number
    /// @param changed how many rows, or positions of rows, get another class or other labels
    /// @param of how many there are
    /// @param decides whether outputs mean classes or labels
    public record OutputChange(double largest, long changed, long of, boolean decides) {
        /// Compares the predictions of both models for the same rows.
        public static OutputChange of(Predictions before, Predictions after) {
            boolean decides = before.kind() != Predictions.Kind.VALUES;
            double largest = 0;
            long changed = 0;
            for (int row = 0; row < before.rows(); row++) {
                boolean differs = false;
                for (int i = 0; i < before.outputs(); i++) {
                    largest = Math.max(largest, Math.abs((double) after.output(row, i) - before.output(row, i)));
                    differs |= decides && after.predicts(row, i) != before.predicts(row, i);
                }
                if (differs) changed++;
            }
            return new OutputChange(largest, changed, before.rows(), decides);
        }

        @Override
        public String toString() {
            String change = "largest change of an output " + TextTable.number(largest);
            return decides ? Text.format("%s; %,d of %,d predictions changed", change, changed, of) : change;
        }
    }

    /// The cost for two evaluations with the same metrics.
    public static QuantizationCost of(
            String data,
            Dataset rows,
            Loss loss,
            List<Metric> measured,
            Evaluation before,
            Evaluation after,
            Optional<OutputChange> outputs) {
        SequencedMap<String, Figure> figures = new LinkedHashMap<>();
        if (before.accuracy().isPresent()) {
            figures.put("accuracy", new Figure(before.accuracy(), after.accuracy()));
        }
        figures.put("loss", new Figure(OptionalDouble.of(before.loss()), OptionalDouble.of(after.loss())));
        OptionalDouble perplexity = perplexity(rows, loss, before);
        if (perplexity.isPresent()) figures.put("perplexity", new Figure(perplexity, perplexity(rows, loss, after)));
        if (!rows.isLabeled()) {
            figures.put("r2", new Figure(MetricNames.of(Metrics.r2(), before), MetricNames.of(Metrics.r2(), after)));
        }
        for (Metric each : measured) {
            figures.put(each.name(), new Figure(MetricNames.of(each, before), MetricNames.of(each, after)));
        }
        return new QuantizationCost(data, before.rows(), figures, outputs);
    }

    private static OptionalDouble perplexity(Dataset rows, Loss loss, Evaluation evaluation) {
        Optional<LanguageReport> report = LanguageReport.of(rows, loss, evaluation);
        return report.isPresent() ? OptionalDouble.of(Math.exp(report.get().loss())) : OptionalDouble.empty();
    }

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("data", data);
        json.put("rows", rows);
        Map<String, Object> before = new LinkedHashMap<>();
        Map<String, Object> after = new LinkedHashMap<>();
        figures.forEach((name, figure) -> {
            before.put(name, figure.before());
            after.put(name, figure.after());
        });
        json.put("before", before);
        json.put("after", after);
        outputs.ifPresent(each -> {
            json.put("largest_change", each.largest());
            if (each.decides()) json.put("changed_predictions", each.changed());
            json.put("predictions", each.of());
        });
        return json;
    }

    @Override
    public String toString() {
        var table = new TextTable("-" + Text.format("%,d rows of %s", rows, data), "before", "after", "change");
        figures.forEach((name, figure) ->
                table.add(name, MetricNames.show(figure.before()), MetricNames.show(figure.after()), figure.change()));
        return table + outputs.map(OutputChange::toString).orElse("");
    }
}

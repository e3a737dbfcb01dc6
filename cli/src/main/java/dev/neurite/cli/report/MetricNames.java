package dev.neurite.cli.report;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.loss.Hinge;
import dev.neurite.loss.Loss;
import dev.neurite.loss.MultiMargin;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// Metrics on a command line: by name, fitting the data, and their figures as text.
public final class MetricNames {
    public static final String OPTION = "--metrics";

    private MetricNames() {}

    /// The metrics of names with commas between them, each once.
    /// @throws ConfigException for a name or parameter that is none
    public static List<Metric> named(String names) {
        return Arrays.stream(names.split(",", -1))
                .map(name -> one(name.strip()))
                .distinct()
                .toList();
    }

    private static Metric one(String name) {
        try {
            return Metrics.named(name);
        } catch (ConfigException wrong) {
            throw new ConfigException(OPTION + " " + name, wrong.problem(), wrong.hint());
        }
    }

    /// What to show where nothing is asked for, beside what [EvaluationReport#headline] has.
    public static List<Metric> usual(Dataset data, Loss loss) {
        return switch (kind(data, loss)) {
            case PROBABILITIES ->
                List.of(
                        Metrics.balancedAccuracy(),
                        Metrics.mcc(),
                        Metrics.rocAuc(),
                        Metrics.brier(),
                        Metrics.calibrationError());
            case SCORES -> List.of(Metrics.balancedAccuracy(), Metrics.mcc(), Metrics.rocAuc());
            default -> List.of(Metrics.rmse(), Metrics.mae());
        };
    }

    /// Refuses metrics that do not fit the answers of this data and what a network says that is trained on this loss.
    /// @throws ConfigException if one does not
    public static void check(List<Metric> metrics, Dataset data, Loss loss) {
        int outputs =
                data.isLabeled() ? data.classNames().size() : data.targetShape().size();
        for (Metric metric : metrics) metric.check(kind(data, loss), outputs);
    }

    private static Kind kind(Dataset data, Loss loss) {
        if (!data.isLabeled()) return Kind.VALUES;
        return loss instanceof Hinge || loss instanceof MultiMargin ? Kind.SCORES : Kind.PROBABILITIES;
    }

    /// These, and what [EvaluationReport#headline] needs.
    public static Metric[] withHeadline(List<Metric> metrics, Dataset data) {
        Stream<Metric> headline = data.isLabeled() ? Stream.of() : Stream.of(Metrics.r2());
        return Stream.concat(metrics.stream(), headline).distinct().toArray(Metric[]::new);
    }

    /// The figures of these metrics, in their order.
    public static SequencedMap<String, OptionalDouble> of(List<Metric> metrics, Evaluation evaluation) {
        var figures = new LinkedHashMap<String, OptionalDouble>();
        for (Metric metric : metrics) figures.put(metric.name(), of(metric, evaluation));
        return figures;
    }

    /// The figure of one metric; empty if it was not measured.
    public static OptionalDouble of(Metric metric, Evaluation evaluation) {
        return evaluation.metrics().getOrDefault(metric.name(), OptionalDouble.empty());
    }

    /// A line for each.
    public static String table(SequencedMap<String, OptionalDouble> figures) {
        var table = new TextTable("-", "-");
        figures.forEach((name, figure) -> table.add(name, show(figure)));
        return table.toString().stripTrailing();
    }

    /// A figure for people and logs, or `n/a`.
    public static String show(OptionalDouble figure) {
        return figure.isPresent() ? TextTable.number(figure.getAsDouble()) : "n/a";
    }
}

package dev.neurite.cli.report;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.loss.Hinge;
import dev.neurite.loss.Loss;
import dev.neurite.loss.MultiMargin;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.metric.StandardMetric;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// The option `--metrics`: names, default metrics, and values as text.
public final class MetricNames {
    public static final String OPTION = "--metrics";

    private MetricNames() {}

    /// The metrics of comma-separated names, each once.
    /// @throws ConfigException for an unknown name or an invalid parameter
    public static List<Metric> parse(String names) {
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

    /// The metrics that are shown by default, besides those of [EvaluationReport#headline].
    public static List<Metric> defaults(Dataset data, Loss loss) {
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

    /// Refuses metrics that do not fit the data or the outputs of a network that is trained with this loss.
    /// @throws ConfigException for the first that does not fit
    public static void check(List<Metric> metrics, Dataset data, Loss loss) {
        int outputs =
                data.isLabeled() ? data.classNames().size() : data.targetShape().size();
        Kind kind = kind(data, loss);
        for (Metric metric : metrics) {
            try {
                metric.check(kind, outputs);
            } catch (ConfigException wrong) {
                List<String> others = Metrics.standard().stream()
                        .filter(each -> each.metric().measures(kind))
                        .map(StandardMetric::name)
                        .toList();
                throw new ConfigException(
                        OPTION + " " + wrong.where(),
                        wrong.problem(),
                        metric.measures(kind) ? wrong.hint() : "For " + kind + " there are " + Spelling.listed(others));
            }
        }
    }

    private static Kind kind(Dataset data, Loss loss) {
        if (!data.isLabeled()) return Kind.VALUES;
        return loss instanceof Hinge || loss instanceof MultiMargin ? Kind.SCORES : Kind.PROBABILITIES;
    }

    /// These metrics and those that [EvaluationReport#headline] needs.
    public static Metric[] withHeadline(List<Metric> metrics, Dataset data) {
        Stream<Metric> headline = data.isLabeled() ? Stream.of() : Stream.of(Metrics.r2());
        return Stream.concat(metrics.stream(), headline).distinct().toArray(Metric[]::new);
    }

    /// The values of these metrics by name, in their order.
    public static SequencedMap<String, OptionalDouble> of(List<Metric> metrics, Evaluation evaluation) {
        var figures = new LinkedHashMap<String, OptionalDouble>();
        for (Metric metric : metrics) figures.put(metric.name(), of(metric, evaluation));
        return figures;
    }

    /// The value of a metric; empty if it was not computed or is undefined.
    public static OptionalDouble of(Metric metric, Evaluation evaluation) {
        return evaluation.metrics().getOrDefault(metric.name(), OptionalDouble.empty());
    }

    /// A table with a line for each metric.
    public static String table(SequencedMap<String, OptionalDouble> figures) {
        var table = new TextTable("-", "-");
        figures.forEach((name, figure) -> table.add(name, show(figure)));
        return table.toString().stripTrailing();
    }

    /// A value as text; `n/a` if it is undefined.
    public static String show(OptionalDouble figure) {
        return figure.isPresent() ? TextTable.number(figure.getAsDouble()) : "n/a";
    }
}

package dev.neurite.cli.report;

import dev.neurite.dashboard.view.TestScore;
import dev.neurite.data.series.ForecastErrors;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.train.Evaluation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/// The score of a run on the test part, as pages and lists show it.
public final class TestScores {
    private static final String ACCURACY = "acc"; // as in metrics.jsonl
    private static final String LOSS = "loss";
    private static final String R2 = Metrics.r2().name();
    private static final String MASE = "mase";
    private static final String PERPLEXITY = "perplexity";

    private TestScores() {}

    /// The figures of an evaluation, and which of them says most: of forecasts the MASE, of a model of language the
    /// perplexity, of classes the accuracy, of values R², or the loss where that is undefined.
    /// @param metrics those that were asked for
    /// @param forecasts of a time series
    /// @param language of a model of language
    public static TestScore of(
            Evaluation test,
            List<Metric> metrics,
            Optional<ForecastReport> forecasts,
            Optional<LanguageReport> language) {
        SequencedMap<String, Double> figures = new LinkedHashMap<>();
        forecasts.ifPresent(each -> put(figures, each.errors().firstEntry().getValue()));
        language.ifPresent(each -> figures.put(PERPLEXITY, Math.exp(each.loss())));
        test.accuracy().ifPresent(each -> figures.put(ACCURACY, each));
        OptionalDouble r2 = MetricNames.of(Metrics.r2(), test);
        if (test.confusion().isEmpty() && r2.isPresent()) figures.put(R2, r2.getAsDouble());
        OptionalDouble rmse = MetricNames.of(Metrics.rmse(), test);
        if (rmse.isPresent()) figures.putIfAbsent(Metrics.rmse().name(), rmse.getAsDouble());
        MetricNames.of(metrics, test).forEach((name, figure) -> figures.putIfAbsent(name, figure.orElse(Double.NaN)));
        figures.put(LOSS, test.loss());
        return new TestScore(test.rows(), figures.firstEntry().getKey(), figures);
    }

    private static void put(SequencedMap<String, Double> figures, ForecastErrors errors) {
        if (errors.mase().isPresent()) figures.put(MASE, errors.mase().getAsDouble());
        figures.put(Metrics.mae().name(), errors.mae());
        figures.put(Metrics.rmse().name(), errors.rmse());
    }

    /// A score in a line: `accuracy 0.9667`.
    public static String line(TestScore score) {
        String name = score.score().equals(ACCURACY) ? "accuracy" : score.score();
        return name + " " + MetricNames.show(OptionalDouble.of(score.value()));
    }
}

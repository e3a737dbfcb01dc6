package dev.neurite.cli.command;

import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.report.ThresholdReport;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Collector;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Predictions;
import dev.neurite.train.Evaluation;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// The evaluation of a model on data, by its threshold if it has one.
/// @param evaluation loss and metrics
/// @param threshold the rule that decided; empty if the most probable class wins
record Evaluated(Evaluation evaluation, Optional<ThresholdReport> threshold) {
    static Evaluated of(ThresholdChoice choice, Dataset test, List<Metric> measured, Kernels kernels) {
        Metric[] all = MetricNames.withHeadline(measured, test);
        var model = choice.loaded().model();
        boolean decides = choice.wanted().isPresent()
                || choice.loaded().signature().output().decision().isPresent();
        if (!decides) {
            return new Evaluated(Evaluation.of(model, test, choice.loss(), kernels, all), Optional.empty());
        }
        var collector = new Collector();
        Metric[] more = Stream.concat(Arrays.stream(all), Stream.of(collector)).toArray(Metric[]::new);
        Evaluation usual = Evaluation.of(model, test, choice.loss(), kernels, more);
        Optional<ThresholdReport> threshold = choice.choose(test.classNames(), collector.predictions(), kernels);
        if (threshold.isEmpty()) return new Evaluated(usual, threshold);
        Predictions decided = threshold.get().predictions();
        SequencedMap<String, OptionalDouble> figures = new LinkedHashMap<>();
        for (Metric each : all) figures.put(each.name(), each.of(decided));
        Evaluation ours = usual.with(threshold.get().confusion());
        return new Evaluated(
                new Evaluation(ours.rows(), ours.loss(), ours.losses(), ours.accuracy(), ours.confusion(), figures),
                threshold);
    }
}

package dev.neurite.cli.run;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.report.EvaluationReport;
import dev.neurite.cli.report.FoldsReport;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.metric.Metric;
import dev.neurite.search.FoldResults;
import dev.neurite.search.MemoryBudget;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A cross-validation from the command line: trains and evaluates once a fold and prints the figures.
/// @param metrics to measure besides loss and accuracy
/// @param folds how many
public record FoldsRun(Context context, TrainSettings settings, DataSource source, List<Metric> metrics, int folds) {
    /// Trains and evaluates.
    /// @return the exit code
    /// @throws dev.neurite.error.NeuriteException for settings or data that cannot be trained with
    public int run() {
        context.noteMissingVectors();
        LoadedData loaded = source.load(settings.withoutValidation()); // each training part is split by itself
        List<LoadedData> splits = loaded.folds("--folds", folds, settings.seed());
        MetricNames.check(metrics, loaded.train(), settings.loss(loaded.train()));
        loaded.remarks().forEach(context::note);
        ClassBalance.remark(loaded.train(), settings).ifPresent(context::note);
        context.note(Text.format(
                "folds  %d of the %,d training rows of %s   seed %d",
                folds, loaded.train().size(), source.text(), settings.seed()));
        Optional<FoldResults> result;
        try (var interruption = new SignalPause(context::note)) {
            var validation =
                    new FoldTrainings(settings, settings.threads(), metrics, MemoryBudget.ofHeap(), interruption);
            result = validation.run(
                    splits,
                    OptionalInt.empty(),
                    (evaluation, fold) -> context.note(
                            Text.format("fold %d of %d   ", fold, folds) + EvaluationReport.headline(evaluation)));
            if (result.isEmpty()) return interruption.exitCode().orElse(0);
        }
        if (context.json()) context.printJson(FoldsReport.json(result.get()));
        else context.print(result.get().toString());
        return 0;
    }
}

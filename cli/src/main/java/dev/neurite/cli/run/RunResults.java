package dev.neurite.cli.run;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.report.EvaluationReport;
import dev.neurite.cli.report.ForecastReport;
import dev.neurite.cli.report.LanguageReport;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.report.ReportFigures;
import dev.neurite.cli.report.Sparkline;
import dev.neurite.cli.report.TestScores;
import dev.neurite.dashboard.Report;
import dev.neurite.dashboard.runs.TestFile;
import dev.neurite.dashboard.view.TestScore;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.ModelFile;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// What a training that has ended prints and writes: figures of the test part, advice, a report.
/// @param seconds that it took
record RunResults(
        TrainingRun training, RunDirectory directory, Run run, ModelFile file, Evaluation test, double seconds) {
    /// Prints and writes the results.
    void report() {
        TrainingPlan plan = training.plan();
        Optional<ForecastReport> forecasts = ForecastReport.of(file, plan.data().test());
        Optional<LanguageReport> language = LanguageReport.of(plan.data().test(), plan.loss(), test);
        keep(TestScores.of(test, training.metrics(), forecasts, language));
        TrainingAdvice advice = advice(forecasts);
        if (context().json()) printJson(forecasts, language, advice);
        else print(forecasts, language, advice);
    }

    private Context context() {
        return training.context();
    }

    private void printJson(
            Optional<ForecastReport> forecasts, Optional<LanguageReport> language, TrainingAdvice advice) {
        Model model = file.model();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", directory.path().toString());
        json.put("accuracy", test.accuracy());
        json.put("loss", test.loss());
        if (test.confusion().isEmpty()) json.put("r2", MetricNames.of(Metrics.r2(), test));
        if (!training.metrics().isEmpty()) json.put("metrics", MetricNames.of(training.metrics(), test));
        json.put("rows", test.rows());
        json.put("epochs", training.plan().epochs());
        json.put("parameters", model.parameters().size());
        json.put("weights", WeightsHash.sha256(model));
        json.put("seconds", seconds);
        if (training.plan().settings().trainer().profile())
            json.put("profile", EvaluationReport.profile(run.profile()));
        forecasts.ifPresent(each -> json.put("forecasts", each.json()));
        language.ifPresent(each -> json.put("text", each.json()));
        json.put("advice", advice.json());
        training.exports().html().ifPresent(each -> json.put("html", each.toString()));
        context().printJson(json); // before the page, whose disk may be full
        training.exports().html().ifPresent(each -> page().save(each));
    }

    private void print(Optional<ForecastReport> forecasts, Optional<LanguageReport> language, TrainingAdvice advice) {
        Context context = context();
        if (context.io().animated() && context.io().unicode()) {
            Sparkline.of(
                            run.history(),
                            training.plan().data().validationName(),
                            context.io().columns() - "loss   ".length() - 1)
                    .ifPresent(line -> context.note("loss   " + line));
        }
        context.print("test " + EvaluationReport.headline(test) + units());
        if (!training.metrics().isEmpty()) {
            context.print(MetricNames.table(MetricNames.of(training.metrics(), test)));
        }
        forecasts.ifPresent(each -> context.print(each.toString()));
        language.ifPresent(each -> context.print(each.toString()));
        if (training.plan().settings().trainer().profile())
            context.print(run.profile().toString());
        training.exports().html().ifPresent(each -> {
            page().save(each);
            context.note("report " + each);
        });
        advice.lines().forEach(context::note);
        context.note("run    " + directory.path());
        if (language.isPresent()) context.next("generate", directory.path().toString(), "--prompt", "TEXT");
        else context.next("evaluate", directory.path().toString());
    }

    /// Makes and writes the advice. Without it the run is complete, too.
    private TrainingAdvice advice(Optional<ForecastReport> forecasts) {
        TrainingAdvice advice = TrainingAdvice.NONE;
        try {
            advice = TrainingAdvice.of(
                    training.plan(), training.source(), directory, run, file.model(), test, forecasts);
            advice.write(directory);
        } catch (NeuriteException e) {
            context().note("warning: no advice: " + e.getMessage());
        }
        return advice;
    }

    /// Writes the score for pages and lists. Without it the run is complete, too.
    private void keep(TestScore score) {
        try {
            TestFile.write(directory.path(), score);
        } catch (IOException e) {
            context()
                    .note("warning: " + directory.path().resolve(TestFile.NAME) + " cannot be written: "
                            + ResourceException.reason(e));
        }
    }

    private Report page() {
        TrainingPlan plan = training.plan();
        SequencedMap<String, String> figures = ReportFigures.of("test ", test, training.metrics());
        figures.put("epochs", Text.format("%,d", plan.epochs()));
        figures.put("parameters", Text.format("%,d", file.model().parameters().size()));
        figures.put("time", Text.format("%.1f s", seconds));
        Map<String, Object> environment = RunEnvironment.describe(plan);
        environment.put("weights_sha256", WeightsHash.sha256(file.model()));
        return Report.of("Training on " + training.source().name())
                .figures(figures)
                .warnings(plan.data().remarks())
                .curves(directory.metrics())
                .model(file, "test", plan.data().test(), plan.loss())
                .configuration(training.settings())
                .environment(environment)
                .command(Console.commandLine("train", directory.config().toString()));
    }

    /// The units of the final loss and of the losses before, where they differ.
    private String units() {
        TrainingPlan plan = training.plan();
        if (plan.scale().isEmpty()) return "";
        String name = plan.data()
                .preprocessing()
                .flatMap(Preprocessing::target)
                .map(each -> "'" + each.name() + "'")
                .orElse("the targets");
        return "   (of " + name + " in its own units; the losses above are of " + name
                + " scaled to mean 0 and standard deviation 1)";
    }
}

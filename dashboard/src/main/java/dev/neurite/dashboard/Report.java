package dev.neurite.dashboard;

import dev.neurite.charts.Line;
import dev.neurite.check.PermutationImportance;
import dev.neurite.dashboard.report.LossLines;
import dev.neurite.dashboard.report.ReportContent;
import dev.neurite.dashboard.report.ReportPage;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.Trials;
import dev.neurite.data.Dataset;
import dev.neurite.error.ResourceException;
import dev.neurite.io.AtomicFile;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Criterion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/// A report of a training, an evaluation or a search: one HTML file that shows curves, errors, examples, the network,
/// configuration and environment. It needs no connection and no scripts, and prints well. Parts that were not given are
/// left out. Immutable.
///
/// ```java
/// Report.of("Digits")
///         .curves(Path.of("runs/digits/metrics.jsonl"))
///         .model(file, "test", test, Losses.crossEntropy())
///         .save(Path.of("report.html"));
/// ```
public final class Report {
    private final ReportContent content;

    private Report(ReportContent content) {
        this.content = content;
    }

    /// A report with nothing but a title.
    public static Report of(String title) {
        return new Report(new ReportContent(title));
    }

    private Report with(Consumer<ReportContent> change) {
        var other = new ReportContent(content);
        change.accept(other);
        return new Report(other);
    }

    /// With the most important figures by name, as texts, for its head.
    public Report figures(SequencedMap<String, String> figures) {
        return with(made -> made.figures(new LinkedHashMap<>(figures)));
    }

    /// With sentences that the reader should know first.
    public Report warnings(List<String> sentences) {
        return with(made -> made.warnings(sentences));
    }

    /// With the curves of a training and its health in words.
    /// @param metrics the file of a [dev.neurite.io.MetricsLog]
    public Report curves(Path metrics) {
        return with(made -> made.metrics(metrics));
    }

    /// With the layers of a model and its errors and worst examples on data.
    /// @param file the model; its notes and preprocessing give names and units to the inputs
    /// @param part the name of the data: `test`
    public Report model(ModelFile file, String part, Dataset data, Criterion loss) {
        return with(made -> made.subject(new Subject(file, part, Optional.of(data), Optional.of(loss), -1)));
    }

    /// With a section on how much the model uses each column.
    public Report importance(PermutationImportance columns) {
        return with(made -> made.importance(columns));
    }

    /// With settings by key; nested maps become keys with dots.
    public Report configuration(Map<String, ?> settings) {
        return with(made -> made.configuration(settings));
    }

    /// With software, hardware and hashes of the data by name; nested maps become names with dots.
    public Report environment(Map<String, ?> facts) {
        return with(made -> made.environment(facts));
    }

    /// With the command line that makes the same again.
    public Report command(String line) {
        return with(made -> made.command(line));
    }

    /// A trial of a search.
    /// @param number from 1
    /// @param values the value of each key that was searched, as texts
    /// @param scores the metric that trials are compared by, of each fold; empty if the trial failed
    /// @param epochs the number of epochs; 0 if it failed
    /// @param seconds the time that it took
    /// @param error why it failed; empty if it did not
    public record Trial(
            int number,
            SequencedMap<String, String> values,
            List<Double> scores,
            int epochs,
            double seconds,
            String error) {}

    /// With the trials of a search.
    /// @param metric the metric that they are compared by
    /// @param higherIsBetter whether higher values of it are better
    /// @param trials the trials, the best first
    public Report trials(String metric, boolean higherIsBetter, List<Trial> trials) {
        List<Trials.Trial> all = trials.stream()
                .map(each -> new Trials.Trial(
                        each.number(), each.values(), each.scores(), each.epochs(), each.seconds(), each.error()))
                .toList();
        return with(made -> made.trials(new Trials(metric, higherIsBetter, all)));
    }

    /// The loss of a trial by epoch.
    /// @param trial its number
    /// @param epochs numbers of epochs, ascending
    /// @param losses the loss after each of them, as many
    public record TrialLosses(int trial, List<Integer> epochs, List<Double> losses) {
        public TrialLosses {
            epochs = List.copyOf(epochs);
            losses = List.copyOf(losses);
        }
    }

    /// With a chart of the losses of the trials of a search by epoch; none without trials.
    /// @param part what they were measured on: `validation`
    /// @param losses those of the trials, the best first: it is drawn in color over the others
    /// @throws dev.neurite.error.DataException if a trial has not as many losses as epochs
    public Report trialLosses(String part, List<TrialLosses> losses) {
        List<Line> lines = new ArrayList<>();
        for (TrialLosses each : losses) {
            String name = "trial " + each.trial() + (lines.isEmpty() ? ", the best" : "");
            double[] epochs =
                    each.epochs().stream().mapToDouble(Integer::doubleValue).toArray();
            double[] values =
                    each.losses().stream().mapToDouble(Double::doubleValue).toArray();
            lines.add(new Line(name, epochs, values));
        }
        return with(made -> made.losses(new LossLines(part, lines)));
    }

    /// The page. The same content gives the same page. Evaluates the model on its data.
    /// @throws dev.neurite.error.DataException if the file of metrics cannot be read
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    public String html() {
        return ReportPage.of(content);
    }

    /// Writes the page as a whole or not at all, see [AtomicFile].
    /// @throws ResourceException if the file cannot be written
    public void save(Path file) {
        AtomicFile.write(file, html().getBytes(StandardCharsets.UTF_8));
    }
}

package dev.neurite.dashboard.report;

import dev.neurite.charts.Charts;
import dev.neurite.dashboard.report.Html.Column;
import dev.neurite.dashboard.view.Errors;
import dev.neurite.dashboard.view.Errors.Calibration;
import dev.neurite.dashboard.view.Errors.Regression;
import dev.neurite.dashboard.view.Example;
import dev.neurite.dashboard.view.Outcomes;
import dev.neurite.dashboard.view.RankingCurves;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.metric.Confusion;
import dev.neurite.signature.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// How a model errs: confusion matrix, classes, curves, calibration, worst examples.
final class ErrorsSection {
    private static final int WORST = 24;
    private static final int MOST_IN_TABLE = 30; // classes of a confusion matrix as a table

    private final Outcomes outcomes;
    private final Errors errors;
    private final String title; // with the name of the output, of several

    private ErrorsSection(Outcomes outcomes, String title) {
        this.outcomes = outcomes;
        this.errors = Errors.of(outcomes);
        this.title = title;
    }

    /// A section for each output of the model of a subject, evaluated on its data.
    static List<ErrorsSection> of(Subject subject) {
        List<String> outputs = List.copyOf(subject.file().signature().outputs().keySet());
        return outputs.stream()
                .map(each -> new ErrorsSection(Outcomes.of(subject, each), outputs.size() == 1 ? "" : ": " + each))
                .toList();
    }

    void write(ReportPage page) {
        String id = errorsId();
        page.section(id, "Errors" + title, true);
        page.body().element("p", summary());
        confusion(page);
        errors.regression().ifPresent(each -> regression(page, each));
        classes(page);
        rankings(page);
        errors.calibration()
                .ifPresent(each -> page.details("Calibration of the probabilities", () -> calibration(page, each)));
        page.endSection();
        List<Example> worst = Example.worst(outcomes, WORST);
        int wrong = outcomes.wrong();
        String heading = (wrong == 0 ? "Least sure examples" : "Worst examples") + title;
        String words = words(worst.size(), outcomes.examples(), wrong);
        new ExamplesSection(worst).write(page, id.replace("errors", "worst"), heading, words);
    }

    private String words(int shown, int all, int wrong) {
        String what = outcomes.position(0) < 0 ? "rows" : "positions";
        String which = wrong < 0
                ? "The %,d " + what + " that are furthest off, of %,d"
                : wrong == 0
                        ? "Nothing is predicted wrongly. The %,d of %,d " + what + " with the highest loss"
                        : shown < wrong
                                ? "%,d of the wrong predictions for %,d " + what
                                : "All %,d wrong predictions for %,d " + what;
        return String.format(Locale.ROOT, which, shown, all) + ", the highest loss first. Rows are counted from 0.";
    }

    /// Of several outputs with the number of the output.
    private String errorsId() {
        List<String> outputs =
                List.copyOf(outcomes.subject().file().signature().outputs().keySet());
        int number = outputs.indexOf(outcomes.output());
        return number == 0 ? "errors" : "errors" + (number + 1);
    }

    private String summary() {
        boolean continues = outcomes.description() instanceof Output.Continuation;
        String rows = String.format(
                Locale.ROOT,
                "On %,d %s of the data '%s'%s: loss %s%s",
                errors.rows(),
                outcomes.atPositions() ? "positions" : "rows",
                errors.part(),
                errors.sampled() ? ", evenly chosen from more" : "",
                ReportPage.number(errors.loss()),
                continues ? ", perplexity " + ReportPage.number(Math.exp(errors.loss())) : "");
        if (Double.isNaN(errors.accuracy())) return rows + ".";
        double[] interval = errors.interval();
        String range = interval.length == 2
                ? String.format(Locale.ROOT, " (95 %% interval %.4f to %.4f)", interval[0], interval[1])
                : "";
        String threshold = outcomes.description()
                .decision()
                .map(each -> " A row is " + each.className() + " from a probability of "
                        + ReportPage.number(each.value()) + " on (" + each.origin() + ").")
                .orElse("");
        return rows + String.format(Locale.ROOT, ", accuracy %.4f%s.", errors.accuracy(), range) + threshold;
    }

    private void confusion(ReportPage page) {
        if (errors.confusion().length == 0 || outcomes.evaluation().confusion().isEmpty()) return;
        Confusion confusion = outcomes.evaluation().confusion().get();
        page.chart(Charts.confusion(confusion));
        List<String> names = confusion.classNames();
        if (names.size() > MOST_IN_TABLE) return;
        page.details("The confusion matrix as a table", () -> {
            List<Column> columns = new ArrayList<>(List.of(Column.text("true class")));
            for (String name : names) columns.add(Column.number(name));
            List<List<String>> rows = new ArrayList<>();
            for (int truth = 0; truth < names.size(); truth++) {
                List<String> row = new ArrayList<>(List.of(names.get(truth)));
                for (long count : errors.confusion()[truth]) row.add(ReportPage.count(count));
                rows.add(row);
            }
            page.body().table("Rows: the true class; columns: the predicted class", columns, rows);
        });
    }

    private void classes(ReportPage page) {
        if (errors.classes().isEmpty()) return;
        List<Column> columns = List.of(
                Column.text("class"),
                Column.number("precision"),
                Column.number("recall"),
                Column.number("F1"),
                Column.number("rows"),
                Column.number("predicted"));
        List<List<String>> rows = errors.classes().stream()
                .map(each -> List.of(
                        each.name(),
                        ReportPage.number(each.precision()),
                        ReportPage.number(each.recall()),
                        ReportPage.number(each.f1()),
                        ReportPage.count(each.support()),
                        ReportPage.count(each.predicted())))
                .toList();
        page.details(
                "Precision, recall and F1 of each class",
                () -> page.body().table("Each class against the others", columns, rows));
    }

    private void rankings(ReportPage page) {
        if (errors.rankings().isEmpty()) return;
        page.details("ROC, precision and recall", () -> {
            page.body().open("div", "class", "pair");
            page.chart(Charts.roc(
                    errors.rankings().stream().map(RankingCurves::roc).toList()));
            page.chart(Charts.precisionRecall(errors.rankings().stream()
                    .map(RankingCurves::precisionRecall)
                    .toList()));
            page.body().close();
            List<List<String>> rows = errors.rankings().stream()
                    .map((RankingCurves each) -> List.of(
                            each.name(),
                            ReportPage.number(each.roc().area()),
                            ReportPage.number(each.precisionRecall().area())))
                    .toList();
            List<Column> columns =
                    List.of(Column.text("class"), Column.number("ROC AUC"), Column.number("average precision"));
            page.body().table("Area under the curves of each class", columns, rows);
        });
    }

    private static void calibration(ReportPage page, Calibration calibration) {
        List<Calibration.Bin> bins = calibration.bins();
        OptionalDouble error =
                Double.isNaN(calibration.error()) ? OptionalDouble.empty() : OptionalDouble.of(calibration.error());
        page.chart(Charts.calibration(
                bins.stream().mapToDouble(Calibration.Bin::confidence).toArray(),
                bins.stream().mapToDouble(Calibration.Bin::accuracy).toArray(),
                bins.stream().mapToDouble(Calibration.Bin::count).toArray(),
                error));
        List<List<String>> rows = bins.stream()
                .filter(each -> each.count() > 0)
                .map(each -> List.of(
                        String.format(Locale.ROOT, "%.2f to %.2f", each.from(), each.to()),
                        ReportPage.number(each.confidence()),
                        ReportPage.number(each.accuracy()),
                        ReportPage.count(each.count())))
                .toList();
        List<Column> columns = List.of(
                Column.text("confidence"),
                Column.number("mean confidence"),
                Column.number("accuracy"),
                Column.number("rows"));
        page.body().table("Confidence and accuracy", columns, rows);
    }

    private static void regression(ReportPage page, Regression regression) {
        var naive = new StringBuilder();
        regression
                .naive()
                .forEach((name, mae) -> naive.append(", ")
                        .append(ReportPage.number(mae))
                        .append(" by repeating the ")
                        .append(name));
        page.body()
                .element(
                        "p",
                        "Mean absolute error " + ReportPage.number(regression.mae())
                                + naive + ", root of the mean squared error "
                                + ReportPage.number(regression.rmse()) + ", R² " + ReportPage.number(regression.r2())
                                + ".");
        page.body().open("div", "class", "pair");
        double[][] points = regression.points();
        page.chart(Charts.predicted(
                "value",
                Arrays.stream(points).mapToDouble(each -> each[0]).toArray(),
                Arrays.stream(points).mapToDouble(each -> each[1]).toArray()));
        Errors.Histogram residuals = regression.residuals();
        long[] counts = residuals.counts();
        double low = residuals.min();
        double width = residuals.max() > low ? (residuals.max() - low) / counts.length : 1.0 / counts.length;
        double[] edges = IntStream.rangeClosed(0, counts.length)
                .mapToDouble(i -> low + i * width)
                .toArray();
        page.chart(Charts.histogram(
                        "Residuals",
                        "predicted minus true value",
                        edges,
                        Arrays.stream(counts).asDoubleStream().toArray())
                .withSize(560, 400));
        page.body().close();
    }
}

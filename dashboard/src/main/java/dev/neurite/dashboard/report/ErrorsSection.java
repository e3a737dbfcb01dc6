package dev.neurite.dashboard.report;

import dev.neurite.charts.Charts;
import dev.neurite.dashboard.report.Html.Column;
import dev.neurite.dashboard.view.Errors;
import dev.neurite.dashboard.view.Errors.Calibration;
import dev.neurite.dashboard.view.Errors.Regression;
import dev.neurite.dashboard.view.Example;
import dev.neurite.dashboard.view.Outcomes;
import dev.neurite.dashboard.view.Picture;
import dev.neurite.dashboard.view.Ranking;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.data.Dataset;
import dev.neurite.io.Png;
import dev.neurite.metric.Confusion;
import dev.neurite.train.Evaluation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// How a model errs: confusion matrix, classes, curves, calibration, worst examples.
final class ErrorsSection {
    private static final int WORST = 24;
    private static final int FIRST_IMAGES = 7; // of the worst, that are not folded: a line of a wide page
    private static final int FIRST_ROWS = 5;
    private static final int MOST_COLUMNS = 12; // of a table of examples
    private static final int MOST_IN_TABLE = 30; // classes of a confusion matrix as a table

    private final Optional<Outcomes> outcomes; // empty where rows have no outcomes of their own
    private final Errors errors;
    private final Optional<Confusion> confusion;

    /// Evaluates the model of a subject on its data.
    ErrorsSection(Subject subject) {
        Dataset data = subject.data().orElseThrow();
        this.outcomes = Outcomes.isOfRows(data) ? Optional.of(Outcomes.of(subject)) : Optional.empty();
        Evaluation evaluation = outcomes.map(Outcomes::evaluation)
                .orElseGet(() -> Evaluation.of(subject.model(), data, subject.criterion()));
        this.errors = outcomes.map(Errors::of).orElseGet(() -> Errors.counted(subject.part(), evaluation));
        this.confusion = evaluation.confusion();
    }

    void write(ReportPage page) {
        page.section("errors", "Errors", true);
        page.body().element("p", summary());
        confusion(page);
        errors.regression().ifPresent(each -> regression(page, each));
        classes(page);
        rankings(page);
        errors.calibration()
                .ifPresent(each -> page.details("Calibration of the probabilities", () -> calibration(page, each)));
        page.endSection();
        examples(page);
    }

    private String summary() {
        String rows = String.format(
                Locale.ROOT,
                "On %,d rows of the data '%s'%s: loss %s",
                errors.rows(),
                errors.part(),
                errors.sampled() ? ", evenly chosen from more" : "",
                ReportPage.number(errors.loss()));
        if (Double.isNaN(errors.accuracy())) return rows + ".";
        double[] interval = errors.interval();
        String range = interval.length == 2
                ? String.format(Locale.ROOT, " (95 %% interval %.4f to %.4f)", interval[0], interval[1])
                : "";
        return rows + String.format(Locale.ROOT, ", accuracy %.4f%s.", errors.accuracy(), range);
    }

    private void confusion(ReportPage page) {
        if (errors.confusion().length == 0 || confusion.isEmpty()) return;
        page.chart(Charts.confusion(confusion.get()));
        List<String> names = confusion.get().classNames();
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
            page.chart(Charts.roc(errors.rankings().stream().map(Ranking::roc).toList()));
            page.chart(Charts.precisionRecall(
                    errors.rankings().stream().map(Ranking::precisionRecall).toList()));
            page.body().close();
            List<List<String>> rows = errors.rankings().stream()
                    .map((Ranking each) -> List.of(
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
        page.body()
                .element(
                        "p",
                        "Mean absolute error " + ReportPage.number(regression.mae())
                                + ", root of the mean squared error "
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

    private void examples(ReportPage page) {
        if (outcomes.isEmpty()) return;
        List<Example> worst = Example.worst(outcomes.get(), WORST);
        if (worst.isEmpty()) return;
        int wrong = outcomes.get().wrong();
        page.section("worst", wrong == 0 ? "Least sure examples" : "Worst examples", true);
        page.body().element("p", words(worst.size(), outcomes.get().count(), wrong));
        boolean images = worst.stream().allMatch(each -> each.image().isPresent());
        int first = Math.min(worst.size(), images ? FIRST_IMAGES : FIRST_ROWS);
        List<Example> rest = worst.subList(first, worst.size());
        if (images) {
            pictures(page, worst.subList(0, first));
            if (!rest.isEmpty()) page.details(rest.size() + " more", () -> pictures(page, rest));
        } else {
            rows(page, worst.subList(0, first));
            if (!rest.isEmpty()) page.details(rest.size() + " more", () -> rows(page, rest));
        }
        page.endSection();
    }

    private static String words(int shown, int all, int wrong) {
        String which = wrong < 0
                ? "The %,d rows that are furthest off, of %,d"
                : wrong == 0
                        ? "No row is predicted wrongly. The %,d of %,d with the highest loss"
                        : shown < wrong
                                ? "%,d of the wrong predictions for %,d rows"
                                : "All %,d wrong predictions for %,d rows";
        return String.format(Locale.ROOT, which, shown, all) + ", the highest loss first. Rows are counted from 0.";
    }

    private static void pictures(ReportPage page, List<Example> worst) {
        page.body().open("ul", "class", "examples");
        for (Example each : worst) {
            Picture picture = each.image().orElseThrow();
            String text = "row " + each.row() + ": " + each.truth() + ", predicted " + each.predicted();
            page.body()
                    .open("li")
                    .open("figure")
                    .single(
                            "img",
                            "src",
                            dataUri(picture),
                            "alt",
                            text,
                            "width",
                            "" + picture.width(),
                            "height",
                            "" + picture.height())
                    .open("figcaption")
                    .element("span", each.truth())
                    .text(" → " + each.predicted())
                    .single("br")
                    .text((Double.isNaN(each.confidence())
                                    ? ""
                                    : String.format(Locale.ROOT, "p %.3f, ", each.confidence()))
                            + "loss " + ReportPage.number(each.loss()))
                    .single("br")
                    .text("row " + each.row())
                    .close()
                    .close()
                    .close();
        }
        page.body().close();
    }

    private static String dataUri(Picture picture) {
        byte[] png = Png.encode(picture.width(), picture.height(), picture.channels(), picture.pixels());
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }

    private void rows(ReportPage page, List<Example> worst) {
        boolean confident = worst.stream().anyMatch(each -> !Double.isNaN(each.confidence()));
        List<String> names =
                worst.getFirst().values().keySet().stream().limit(MOST_COLUMNS).toList();
        List<Column> columns =
                new ArrayList<>(List.of(Column.number("row"), Column.text("true"), Column.text("predicted")));
        if (confident) columns.add(Column.number("confidence"));
        columns.add(Column.number("loss"));
        for (String name : names) columns.add(Column.number(name));
        List<List<String>> cells = new ArrayList<>();
        for (Example each : worst) {
            List<String> row = new ArrayList<>(List.of("" + each.row(), each.truth(), each.predicted()));
            if (confident) row.add(ReportPage.number(each.confidence()));
            row.add(ReportPage.number(each.loss()));
            for (String name : names) row.add(each.values().getOrDefault(name, ""));
            cells.add(row);
        }
        int columnsLeftOut = worst.getFirst().values().size() - names.size();
        String more = columnsLeftOut > 0 ? "; " + columnsLeftOut + " more columns are not shown" : "";
        page.body().table("The rows with the highest loss" + more, columns, cells);
    }
}

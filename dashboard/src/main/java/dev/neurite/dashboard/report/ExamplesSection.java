package dev.neurite.dashboard.report;

import dev.neurite.charts.Charts;
import dev.neurite.charts.Line;
import dev.neurite.charts.Scale;
import dev.neurite.dashboard.report.Html.Column;
import dev.neurite.dashboard.view.Example;
import dev.neurite.dashboard.view.ForecastCurve;
import dev.neurite.dashboard.view.Picture;
import dev.neurite.dashboard.view.Word;
import dev.neurite.io.Png;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Examples: images, rows of tables, texts with the words that mattered, sequences with wrong steps
/// marked, forecasts as curves.
final class ExamplesSection {
    private static final int MOST_COLUMNS = 12; // of a table of examples
    private static final int MOST_CURVES = 6;
    private static final int FIRST_IMAGES = 7; // of the worst, that are not folded: a line of a wide page
    private static final int FIRST_ROWS = 5;
    private static final int SHADES = 5;

    private final List<Example> worst;

    ExamplesSection(List<Example> worst) {
        this.worst = worst;
    }

    /// @param words what they are, in a sentence
    void write(ReportPage page, String id, String title, String words) {
        if (worst.isEmpty()) return;
        page.section(id, title, true);
        page.body().element("p", words);
        Example first = worst.getFirst();
        boolean wordy = !first.words().isEmpty() || !first.steps().isEmpty();
        boolean pictured = worst.stream().noneMatch(each -> each.images().isEmpty());
        if (first.curve().isPresent()) {
            curves(page, worst);
        } else if (wordy || (pictured && !first.values().isEmpty())) {
            explain(page);
            folded(page, FIRST_ROWS, some -> mixed(page, some));
        } else if (pictured) {
            folded(page, FIRST_IMAGES, some -> pictures(page, some));
        } else {
            folded(page, FIRST_ROWS, some -> rows(page, some));
        }
        page.endSection();
    }

    /// The first ones, and the others hidden until they are asked for.
    private void folded(ReportPage page, int shown, Consumer<List<Example>> write) {
        int first = Math.min(worst.size(), shown);
        write.accept(worst.subList(0, first));
        List<Example> rest = worst.subList(first, worst.size());
        if (!rest.isEmpty()) page.details(rest.size() + " more", () -> write.accept(rest));
    }

    // --------------------------------------------------------------------------------------- texts, steps and mixtures

    private void explain(ReportPage page) {
        if (worst.stream().flatMap(each -> each.words().stream()).allMatch(each -> each.weight() == 0)) return;
        page.body()
                .element(
                        "p",
                        "Words that are shaded speak for the prediction, underlined ones against it: each was left out"
                                + " alone. The stronger, the more it changes.");
    }

    private static void mixed(ReportPage page, List<Example> worst) {
        page.body().open("ol", "class", "texts");
        for (Example each : worst) {
            page.body().open("li");
            images(page.body(), each);
            if (!each.values().isEmpty()) {
                page.body().open("dl", "class", "values");
                each.values().entrySet().stream()
                        .limit(MOST_COLUMNS)
                        .forEach(value ->
                                page.body().element("dt", value.getKey()).element("dd", value.getValue()));
                page.body().close();
            }
            if (!each.words().isEmpty()) words(page.body(), each);
            if (!each.steps().isEmpty()) steps(page.body(), each);
            verdict(page.body(), each);
            page.body().close();
        }
        page.body().close();
    }

    private static void words(Html html, Example example) {
        double most = example.words().stream()
                .mapToDouble(each -> Math.abs(each.weight()))
                .max()
                .orElse(0);
        html.open("p", "class", "passage");
        for (Word each : example.words()) {
            int shade = most > 0 ? (int) Math.round(SHADES * Math.abs(each.weight()) / most) : 0;
            if (shade == 0) html.text(each.text());
            else html.element("mark", each.text(), "class", (each.weight() > 0 ? "for" : "against") + " w" + shade);
        }
        if (example.position() >= 0) html.element("b", example.truth());
        html.close();
    }

    private static void steps(Html html, Example example) {
        html.open("ol", "class", "steps");
        for (Example.Step each : example.steps()) {
            String text = each.text().isEmpty() ? Integer.toString(each.position() + 1) : each.text();
            html.open("li", "class", each.isWrong() ? "wrong" : "right").element("span", text);
            if (each.isWrong()) html.element("b", each.predicted() + ", true " + each.truth());
            else if (!each.predicted().isEmpty()) html.element("i", each.predicted());
            html.close();
        }
        html.close();
    }

    private static void verdict(Html html, Example example) {
        long wrong = example.steps().stream().filter(Example.Step::isWrong).count();
        String said = example.truth().isEmpty() && example.predicted().isEmpty()
                ? wrong + " of " + example.steps().size() + " steps are wrong"
                : example.truth() + " → " + example.predicted()
                        + (Double.isNaN(example.confidence())
                                ? ""
                                : String.format(Locale.ROOT, ", p %.3f", example.confidence()));
        String place = "row " + example.row() + (example.position() < 0 ? "" : ", position " + example.position());
        html.element("p", said + ", loss " + ReportPage.number(example.loss()) + ", " + place, "class", "soft");
    }

    // ---------------------------------------------------------------------------------------------------------- curves

    private static void curves(ReportPage page, List<Example> worst) {
        List<Example> shown = worst.subList(0, Math.min(MOST_CURVES, worst.size()));
        page.body().open("div", "class", "pair");
        for (Example each : shown) page.chart(chart(each.row(), each.curve().orElseThrow()));
        page.body().close();
        page.details("The forecasts as a table", () -> {
            List<Column> columns = List.of(
                    Column.number("row"),
                    Column.number("step"),
                    Column.number("truth"),
                    Column.number("forecast"),
                    Column.number("last value"));
            List<List<String>> cells = new ArrayList<>();
            for (Example each : shown) {
                ForecastCurve curve = each.curve().orElseThrow();
                int end = curve.begin() + curve.past().size();
                for (int i = 0; i < curve.truth().size(); i++) {
                    cells.add(List.of(
                            "" + each.row(),
                            "" + (end + i),
                            ReportPage.number(curve.truth().get(i)),
                            ReportPage.number(curve.forecast().get(i)),
                            ReportPage.number(curve.naive().get(i))));
                }
            }
            page.body().table("Forecasts beside what came", columns, cells);
        });
    }

    private static dev.neurite.charts.Chart chart(int row, ForecastCurve curve) {
        int end = curve.begin() + curve.past().size();
        List<Line> lines = new ArrayList<>(List.of(
                line("forecast", end, curve.forecast()),
                line("what came", end, curve.truth()),
                line("past", curve.begin(), curve.past()),
                line("last value", end, curve.naive())));
        if (!curve.seasonal().isEmpty()) lines.add(line("season of " + curve.season(), end, curve.seasonal()));
        String title = "Row " + row + (curve.series().equals("0") ? "" : ", " + curve.series());
        return Charts.lines(title, "step", "value", Scale.LINEAR, lines).withSize(560, 380);
    }

    private static Line line(String name, int from, List<Double> values) {
        return new Line(
                name,
                IntStream.range(0, values.size()).mapToDouble(i -> from + i).toArray(),
                values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    // ------------------------------------------------------------------------------------------------ images and rows

    private static void images(Html html, Example example) {
        String text = "row " + example.row() + ": " + example.truth() + ", predicted " + example.predicted();
        example.images()
                .forEach((input, picture) -> html.single(
                        "img",
                        "src",
                        dataUri(picture),
                        "alt",
                        example.images().size() > 1 ? input + ", " + text : text,
                        "width",
                        "" + picture.width(),
                        "height",
                        "" + picture.height()));
    }

    private static void pictures(ReportPage page, List<Example> worst) {
        page.body().open("ul", "class", "examples");
        for (Example each : worst) {
            page.body().open("li").open("figure");
            images(page.body(), each);
            page.body()
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

    private static void rows(ReportPage page, List<Example> worst) {
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

package dev.neurite.dashboard.report;

import dev.neurite.charts.Chart;
import dev.neurite.charts.Charts;
import dev.neurite.check.PermutationImportance;
import dev.neurite.check.PermutationImportance.OfColumn;
import dev.neurite.dashboard.report.Html.Column;
import dev.neurite.dashboard.view.HealthFinding;
import dev.neurite.dashboard.view.Trials;
import dev.neurite.dashboard.view.Trials.Trial;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/// A report as one HTML page. The same content gives the same page.
public final class ReportPage {
    private static final String STYLE = "report.css";
    private static final int MAIN_CHARTS = 2; // the loss and a metric
    /// No scripts, no fonts, no connections: only the style sheet and images inside the page.
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; " + "base-uri 'none'; form-action 'none'";

    private final ReportContent content;
    private final Optional<Curves> curves;
    private final List<ErrorsSection> errors; // of each output
    private final SequencedMap<String, String> sections = new LinkedHashMap<>(); // titles by id
    private final Html body = new Html();

    private ReportPage(ReportContent content) {
        this.content = content;
        this.curves = content.metrics.map(Curves::read).filter(each -> !each.isEmpty());
        this.errors = content.subject
                .filter(each -> each.data().isPresent())
                .map(ErrorsSection::of)
                .orElse(List.of());
    }

    /// The page.
    /// @throws dev.neurite.error.DataException if the file of metrics cannot be read
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    public static String of(ReportContent content) {
        var page = new ReportPage(content);
        page.write();
        return page.whole();
    }

    private void write() {
        content.trials.ifPresent(this::trials);
        curves.ifPresent(this::curves);
        errors.forEach(each -> each.write(this));
        content.importance.ifPresent(this::importance);
        content.subject.ifPresent(each -> new NetworkSection(each.model().network()).write(this));
        pairs("configuration", "Configuration", "key", content.configuration);
        pairs("environment", "Environment and data", "what", content.environment);
        if (!content.command.isEmpty()) {
            section("reproduce", "Reproduce", false);
            body.element(
                    "p", "This command makes the same again; the same data, settings and version give the same bits.");
            body.open("pre").element("code", content.command).close();
            endSection();
        }
    }

    private String whole() {
        var html = new Html();
        html.markup("<!DOCTYPE html>\n").open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml");
        html.open("head").single("meta", "charset", "utf-8");
        html.single("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
        html.single("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.single("meta", "name", "referrer", "content", "no-referrer");
        html.element("title", content.title);
        html.open("style").markup(style()).close().close();
        html.open("body").open("header").element("h1", content.title);
        head(html);
        html.close().open("main").markup(body.toString()).close();
        html.open("footer")
                .text("Made by Neurite. The page needs no connection and runs no scripts.")
                .close();
        return html.close().close().toString();
    }

    private static String style() {
        try (InputStream file = ReportPage.class.getResourceAsStream(STYLE)) {
            if (file == null) throw new IllegalStateException("expects the resource " + STYLE + ", got none");
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of this program
        }
    }

    private void head(Html html) {
        curves.ifPresent(each -> html.element("p", each.summary(), "class", "soft"));
        if (!content.figures.isEmpty()) {
            html.open("dl", "class", "figures");
            content.figures.forEach((name, figure) ->
                    html.open("div").element("dt", name).element("dd", figure).close());
            html.close();
        }
        List<HealthFinding> findings = new ArrayList<>();
        curves.ifPresent(each -> findings.addAll(each.findings()));
        if (!findings.isEmpty() || !content.warnings.isEmpty()) {
            html.element("h2", "Warnings and health", "id", "health").open("ul", "class", "findings");
            for (String each : content.warnings) finding(html, "watch", "Warning", each, "");
            for (HealthFinding each : findings) {
                String layer = each.layer().isEmpty() ? "" : " (" + each.layer() + ")";
                finding(html, each.level().toString(), each.title() + layer, each.text(), each.command());
            }
            html.close();
        }
        html.open("nav", "aria-label", "Contents").open("ul");
        sections.forEach((id, title) ->
                html.open("li").element("a", title, "href", "#" + id).close());
        html.close().close();
    }

    private static void finding(Html html, String level, String title, String text, String command) {
        html.open("li", "class", level)
                .element("span", title + ": ", "class", "level")
                .text(text);
        if (!command.isEmpty()) html.text(" ").element("code", command);
        html.close();
    }

    // ----------------------------------------------------------------------------------------------- parts

    Html body() {
        return body;
    }

    /// Begins a section.
    /// @param page whether it begins a new page in print
    void section(String id, String title, boolean page) {
        sections.put(id, title);
        if (page) body.open("section", "class", "page", "aria-labelledby", id);
        else body.open("section", "aria-labelledby", id);
        body.element("h2", title, "id", id);
    }

    void endSection() {
        body.close();
    }

    void chart(Chart chart) {
        body.open("figure")
                .markup(chart.svg())
                .element("figcaption", chart.description())
                .close();
    }

    /// Content that is hidden until it is asked for; printed as it is.
    void details(String summary, Runnable inside) {
        body.open("details").element("summary", summary);
        inside.run();
        body.close();
    }

    /// A section whose content is hidden until it is asked for: details, for which few people have come.
    void folded(String id, String title, Runnable inside) {
        sections.put(id, title);
        body.open("section", "class", "folded", "aria-labelledby", id)
                .open("details")
                .open("summary")
                .element("h2", title, "id", id)
                .close();
        inside.run();
        body.close().close();
    }

    /// A number for a table; empty if it is not one.
    static String number(double value) {
        return Double.isNaN(value) ? "n/a" : dev.neurite.model.TextTable.number(value);
    }

    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private void pairs(String id, String title, String head, SequencedMap<String, String> texts) {
        if (texts.isEmpty()) return;
        List<List<String>> rows = texts.entrySet().stream()
                .map(each -> List.of(each.getKey(), each.getValue()))
                .toList();
        folded(id, title, () -> body.table(title, List.of(Column.text(head), Column.text("value")), rows));
    }

    // ------------------------------------------------------------------------------------------------------- sections

    private void curves(Curves all) {
        section("curves", "Training", true);
        List<Chart> charts = all.charts();
        pair(charts.subList(0, Math.min(MAIN_CHARTS, charts.size())));
        if (charts.size() > MAIN_CHARTS) {
            details("More curves", () -> pair(charts.subList(MAIN_CHARTS, charts.size())));
        }
        details("The values of each epoch as a table", () -> {
            List<String> names = all.tableNames();
            List<Column> columns = new ArrayList<>(List.of(Column.number("epoch")));
            for (String each : names) columns.add(Column.number(each));
            body.table("The last value of each epoch", columns, all.table());
        });
        endSection();
    }

    private void importance(PermutationImportance all) {
        section("importance", "Importance of columns", false);
        body.element(
                "p",
                String.format(
                        Locale.ROOT,
                        "How much worse %s becomes, which is %s, if the values of one column are shuffled among the"
                                + " rows: the mean of %d times, with its 95 %% interval.",
                        all.measure(),
                        number(all.value()),
                        all.repeats()));
        double most =
                all.columns().stream().mapToDouble(OfColumn::importance).max().orElse(0);
        body.open("table", "class", "bars");
        body.open("thead").open("tr");
        for (String head : List.of("column", "", "importance", "interval")) body.element("th", head, "scope", "col");
        body.close().close().open("tbody");
        for (OfColumn each : all.columns()) {
            double width = most > 0 ? 100 * Math.max(0, each.importance()) / most : 0;
            body.open("tr").element("th", each.name(), "scope", "row").open("td");
            body.element("span", "", "class", "bar", "style", String.format(Locale.ROOT, "width:%.1f%%", width));
            body.close().element("td", number(each.importance()), "class", "number");
            body.element("td", number(each.low()) + " to " + number(each.high()), "class", "number")
                    .close();
        }
        body.close().close();
        endSection();
    }

    private void pair(List<Chart> charts) {
        body.open("div", "class", "pair");
        charts.forEach(this::chart);
        body.close();
    }

    private void trials(Trials all) {
        List<Trial> trials = all.trials();
        List<String> keys = all.keys();
        section("trials", "Trials", true);
        if (!keys.isEmpty()) {
            SequencedMap<String, List<String>> settings = new LinkedHashMap<>();
            for (String key : keys) {
                settings.put(
                        key,
                        trials.stream()
                                .map(each -> each.values().getOrDefault(key, ""))
                                .toList());
            }
            double[] scores = trials.stream().mapToDouble(Trial::score).toArray();
            chart(Charts.parallel(settings, all.metric(), scores, all.higherIsBetter()));
        }
        content.losses.flatMap(LossLines::chart).ifPresent(this::chart);
        List<Column> columns = new ArrayList<>(List.of(Column.number("rank"), Column.number("trial")));
        for (String key : keys) columns.add(Column.text(key));
        columns.addAll(List.of(
                Column.number(all.metric()),
                Column.number("deviation"),
                Column.number("epochs"),
                Column.number("seconds"),
                Column.text("error")));
        List<List<String>> rows = new ArrayList<>();
        for (Trial trial : trials) {
            List<String> row = new ArrayList<>(List.of(count(rows.size() + 1L), count(trial.number())));
            for (String key : keys) row.add(trial.values().getOrDefault(key, ""));
            row.add(number(trial.score()));
            row.add(Double.isNaN(trial.deviation()) ? "" : number(trial.deviation()));
            row.add(trial.epochs() == 0 ? "" : count(trial.epochs()));
            row.add(String.format(Locale.ROOT, "%.2f", trial.seconds()));
            row.add(trial.error());
            rows.add(row);
        }
        body.table("All trials, the best first", columns, rows);
        endSection();
    }
}

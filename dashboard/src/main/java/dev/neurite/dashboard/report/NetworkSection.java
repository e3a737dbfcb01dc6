package dev.neurite.dashboard.report;

import dev.neurite.dashboard.report.Html.Column;
import dev.neurite.dashboard.view.NetworkView;
import dev.neurite.model.Network;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The layers of a network as a table.
record NetworkSection(Network network) {
    void write(ReportPage page) {
        NetworkView view = NetworkView.of(network);
        page.folded("network", "Network", () -> write(page, view));
    }

    private static void write(ReportPage page, NetworkView view) {
        page.body()
                .element(
                        "p",
                        String.format(
                                Locale.ROOT,
                                "%,d parameters in %,d layers, %,.1f KB.",
                                view.parameters(),
                                view.nodes().size(),
                                view.memoryBytes() / 1024.0));
        List<List<String>> rows = view.nodes().stream()
                .map(each -> List.of(
                        each.name(),
                        each.settings(),
                        shapes(each.out()),
                        ReportPage.count(each.parameters()),
                        String.format(Locale.ROOT, "%.3f", each.flops() * 1e-6),
                        each.frozen() ? "frozen" : ""))
                .toList();
        List<Column> columns = List.of(
                Column.text("layer"),
                Column.text("settings"),
                Column.text("output"),
                Column.number("parameters"),
                Column.number("MFLOP a row"),
                Column.text(""));
        page.body().table("The layers, in the order in which they run", columns, rows);
    }

    private static String shapes(List<List<Integer>> shapes) {
        return shapes.stream()
                .map(shape -> shape.stream().map(String::valueOf).collect(Collectors.joining("×")))
                .collect(Collectors.joining(" "));
    }
}

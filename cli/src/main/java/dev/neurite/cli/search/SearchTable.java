package dev.neurite.cli.search;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.model.TextTable;
import dev.neurite.search.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The results of a search as a table, the best first.
/// @param metric the metric that trials are compared by
/// @param paths the keys that were searched
record SearchTable(List<Trial> results, String metric, List<String> paths) {
    private static final int LONGEST = 60; // characters of an error

    /// Copies the lists.
    SearchTable {
        results = List.copyOf(results);
        paths = List.copyOf(paths);
    }

    private List<String> header() {
        List<String> header = new ArrayList<>(List.of("rank", "trial"));
        header.addAll(paths);
        header.addAll(List.of(metric, "deviation"));
        if (!metric.equals("loss")) header.add("loss");
        header.addAll(List.of("epochs", "seconds", "error"));
        return header;
    }

    /// @param whole whether with all digits, else rounded
    private List<String> row(int rank, Trial result, boolean whole) {
        List<String> row = new ArrayList<>(List.of(Integer.toString(rank), Integer.toString(result.number())));
        for (String path : paths) row.add(TrialJson.texts(result).getOrDefault(path, ""));
        row.add(figure(result.score(), whole));
        row.add(figure(result.deviation(), whole));
        if (!metric.equals("loss")) row.add(figure(result.loss(), whole));
        row.add(Integer.toString(result.epochs()));
        row.add(Text.format("%.2f", result.seconds()));
        String error = result.error();
        row.add(whole || error.length() <= LONGEST ? error : error.substring(0, LONGEST) + "…");
        return row;
    }

    private static String figure(OptionalDouble figure, boolean whole) {
        if (figure.isEmpty()) return "";
        return whole ? Double.toString(figure.getAsDouble()) : MetricNames.show(figure);
    }

    /// The table as CSV, with all digits.
    String csv() {
        var text = new StringBuilder(line(header()));
        for (int i = 0; i < results.size(); i++) text.append(line(row(i + 1, results.get(i), true)));
        return text.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(Text::csvCell).collect(Collectors.joining(",", "", "\n"));
    }

    /// Without columns in which all cells are empty.
    @Override
    public String toString() {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) rows.add(row(i + 1, results.get(i), false));
        List<String> header = header();
        int[] shown = IntStream.range(0, header.size())
                .filter(column -> rows.stream().anyMatch(row -> !row.get(column).isEmpty()))
                .toArray();
        var table = new TextTable(Arrays.stream(shown)
                .mapToObj(column -> "-" + header.get(column))
                .toArray(String[]::new));
        for (List<String> row : rows) {
            table.add(Arrays.stream(shown).mapToObj(row::get).toArray(String[]::new));
        }
        return table.toString().stripTrailing();
    }

    /// The result of a trial in one line.
    static String line(Trial result, int trials, String metric) {
        String values = result.point().toString();
        String begin = Text.format("trial=%d/%d epochs=%d ", result.number(), trials, result.epochs());
        if (!result.error().isEmpty()) return begin + values + " failed: " + result.error();
        return begin
                + Text.format("%s=%s sec=%.2f ", metric, MetricNames.show(result.score()), result.seconds())
                + values;
    }
}

package dev.neurite.cli.report;

import dev.neurite.check.PermutationImportance;
import dev.neurite.check.PermutationImportance.OfColumn;
import dev.neurite.cli.console.Text;
import dev.neurite.model.TextTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The importance of columns as text with bars, and as JSON.
public final class ImportanceReport {
    private static final int MOST = 30; // lines
    private static final int BAR = 24; // characters

    private ImportanceReport() {}

    /// A line for each column, with a bar of its importance.
    /// @param unicode whether the terminal shows block characters
    public static String text(PermutationImportance importance, boolean unicode) {
        List<OfColumn> columns = importance.columns();
        double most = columns.stream().mapToDouble(OfColumn::importance).max().orElse(0);
        var table = new TextTable("-column", "importance", "-95 % interval", "-");
        for (OfColumn each : columns.subList(0, Math.min(MOST, columns.size()))) {
            int length = most > 0 ? (int) Math.round(BAR * Math.max(0, each.importance()) / most) : 0;
            table.add(
                    each.name(),
                    TextTable.number(each.importance()),
                    TextTable.number(each.low()) + " to " + TextTable.number(each.high()),
                    (unicode ? "█" : "#").repeat(length));
        }
        String rest = columns.size() <= MOST
                ? ""
                : Text.format("\nand %,d more columns; --json has all", columns.size() - MOST);
        return Text.format(
                        "importance: how much worse %s becomes (now %s) if a column is shuffled, the mean of %d times",
                        importance.measure(), TextTable.number(importance.value()), importance.repeats())
                + "\n" + table.toString().stripTrailing() + rest;
    }

    public static Map<String, Object> json(PermutationImportance importance) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("measure", importance.measure());
        json.put("value", importance.value());
        json.put("repeats", importance.repeats());
        json.put(
                "columns",
                importance.columns().stream().map(ImportanceReport::json).toList());
        return json;
    }

    private static Map<String, Object> json(OfColumn column) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", column.name());
        json.put("importance", column.importance());
        json.put("deviation", column.deviation());
        json.put("low", column.low());
        json.put("high", column.high());
        return json;
    }
}

package dev.neurite.cli.input;

import dev.neurite.cli.console.Text;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.ReadOptions.Misfit;
import dev.neurite.datasets.ReadOptions.Misfits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Cells and rows that did not fit while a table was read, counted by column.
public final class TableMisfits implements Misfits {
    private static final int TEXTS = 4;

    private final Map<String, Found> byColumn = new HashMap<>(); // rows under ""

    /// The problems of one column.
    private static final class Found {
        private final Misfit first;
        private final Set<String> texts = new LinkedHashSet<>();
        private long count;

        Found(Misfit first) {
            this.first = first;
        }
    }

    @Override
    public void accept(Misfit misfit) {
        Found found = byColumn.computeIfAbsent(misfit.column(), _ -> new Found(misfit));
        found.count++;
        if (found.texts.size() < TEXTS) found.texts.add(misfit.text());
    }

    @Override
    public void takeBack(String column) {
        byColumn.remove(column);
    }

    /// The number of cells of a column that do not fit.
    long of(String column) {
        Found found = byColumn.get(column);
        return found == null ? 0 : found.count;
    }

    /// The first few texts of a column that do not fit.
    Set<String> texts(String column) {
        Found found = byColumn.get(column);
        return found == null ? Set.of() : found.texts;
    }

    /// A line about rows, and one for each column with problems.
    public List<String> lines(Table table) {
        return lines(table, true);
    }

    private List<String> lines(Table table, boolean hints) {
        List<String> lines = new ArrayList<>();
        Found rows = byColumn.get("");
        if (rows != null) {
            lines.add(Text.format(
                            "%,d %s left out: at %s %,d, the first, ",
                            rows.count, rows.count == 1 ? "row is" : "rows are", rows.first.unit(), rows.first.at())
                    + rows.first.problem()
                    + (hints ? hint(rows.first) : ""));
        }
        for (Table.Column each : table.columns()) {
            Found found = byColumn.get(each.name());
            if (found != null) lines.add(line(each, found, hints));
        }
        return lines;
    }

    /// The same lines without hints.
    List<String> shortLines(Table table) {
        return lines(table, false);
    }

    private static String line(Table.Column column, Found found, boolean hints) {
        boolean one = found.count == 1;
        String what = column.kind() == Kind.CATEGORICAL
                ? (one ? "is a number" : "are numbers") + " in a column of texts"
                : one ? "is not a number" : "are not numbers";
        List<String> others = found.texts.stream()
                .filter(text -> !text.equals(found.first.text()))
                .map(text -> "'" + text + "'")
                .toList();
        return Text.format(
                        "column '%s': %,d %s %s, %s'%s' at %s %,d",
                        column.name(),
                        found.count,
                        one ? "cell" : "cells",
                        what,
                        one ? "" : "first ",
                        found.first.text(),
                        found.first.unit(),
                        found.first.at())
                + (others.isEmpty() ? "" : ", also " + String.join(", ", others))
                + (hints ? hint(found.first) : "");
    }

    private static String hint(Misfit misfit) {
        return misfit.hint().isEmpty() ? "" : ". " + misfit.hint();
    }
}

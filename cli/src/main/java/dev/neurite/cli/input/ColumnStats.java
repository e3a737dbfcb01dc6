package dev.neurite.cli.input;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.option.TableOptions;
import dev.neurite.data.table.DateTime;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Statistics of a column.
/// @param values the number of values
/// @param missing the number of missing values
/// @param odd the number of cells that do not fit the column's type
/// @param distinct the number of different values; for numbers at most 2
/// @param low the smallest number
/// @param high the largest number
/// @param mean the mean of the numbers
/// @param texts the first few categories
public record ColumnStats(
        String name,
        Kind kind,
        long values,
        long missing,
        long odd,
        int distinct,
        float low,
        float high,
        double mean,
        List<String> texts) {
    private static final int TEXTS = 4;
    private static final int WORDS = 3; // of a text, on average, that is to be read

    /// The statistics of all columns, in one pass.
    public static List<ColumnStats> of(Table table, TableMisfits misfits) {
        int n = table.columns().size();
        long[] values = new long[n];
        double[] sums = new double[n];
        float[] low = new float[n];
        float[] high = new float[n];
        Arrays.fill(low, Float.POSITIVE_INFINITY);
        Arrays.fill(high, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < table.rows(); row++) {
            for (int i = 0; i < n; i++) {
                float value = table.value(row, i);
                if (Float.isNaN(value)) continue;
                values[i]++;
                sums[i] += value;
                low[i] = Math.min(low[i], value);
                high[i] = Math.max(high[i], value);
            }
        }
        List<ColumnStats> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Table.Column column = table.columns().get(i);
            List<String> texts = column.categories();
            boolean numbers = column.kind() == Kind.NUMERIC;
            long odd = misfits.of(column.name());
            all.add(new ColumnStats(
                    column.name(),
                    column.kind(),
                    values[i],
                    column.kind() == Kind.SKIPPED ? 0 : table.rows() - values[i] - odd,
                    odd,
                    numbers ? (low[i] < high[i] ? 2 : (int) Math.min(1, values[i])) : texts.size(),
                    low[i],
                    high[i],
                    sums[i] / values[i],
                    texts.subList(0, Math.min(TEXTS, texts.size()))));
        }
        return all;
    }

    /// A column that a network cannot learn from as it is.
    /// @param what its content: ids, dates, row numbers
    /// @param dates whether it has dates
    /// @param option the option that mends it
    /// @param advice what to do
    record Useless(String name, String what, boolean dates, String option, String advice) {}

    /// The columns of ids, dates and row numbers.
    /// @param inputs the columns that are inputs
    static List<Useless> uselessColumns(Table table, Predicate<String> inputs) {
        List<Useless> found = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            Table.Column column = table.columns().get(i);
            if (!inputs.test(column.name())) continue;
            String name = Console.quoted(column.name());
            boolean dates = table.looksLikeDates(i);
            if (!dates && !table.looksLikeIds(i)) continue;
            boolean readable = dates
                    && column.categories().stream()
                            .allMatch(each -> DateTime.parse(each).isPresent());
            boolean words = !dates && column.kind() == Kind.CATEGORICAL && words(column) >= WORDS;
            String what = dates
                    ? "has dates, each different one of which is a category"
                    : column.kind() != Kind.CATEGORICAL
                            ? "only numbers the rows"
                            : words
                                    ? "has another text of several words in nearly each row"
                                    : "has another text in nearly each row, as names and ids have";
            String advice = (readable ? "--dates " + name + " makes inputs of its calendar and age, " : "")
                    + (words ? "--text " + name + " reads its words, " : "") + "--drop " + name + " leaves it out"
                    + (dates ? ", --order-by " + name + " splits the rows by it" : "");
            String option = readable ? TableOptions.DATES : words ? TableOptions.TEXT : TableOptions.DROP;
            found.add(new Useless(column.name(), what, dates, option, advice));
        }
        return found;
    }

    /// The mean number of words of a column's texts.
    private static double words(Table.Column column) {
        return column.categories().stream()
                .mapToInt(each -> each.strip().split("\\s+", -1).length)
                .average()
                .orElse(0);
    }

    /// A line on each column that a network cannot learn from: ids, dates, row numbers.
    /// @param inputs the columns that are inputs
    public static List<String> useless(Table table, Predicate<String> inputs) {
        return uselessColumns(table, inputs).stream()
                .map(each -> "'" + each.name() + "' " + each.what() + ": " + each.advice())
                .toList();
    }

    /// The number of rows of each class; empty if the column does not look like classes.
    public static Map<String, Long> classes(Table table, int column) {
        if (!table.looksLikeClasses(column)) return Map.of();
        Table.Column of = table.columns().get(column);
        Map<Float, Long> counts = new TreeMap<>();
        for (int row = 0; row < table.rows(); row++) counts.merge(table.value(row, column), 1L, Long::sum);
        Map<String, Long> named = new LinkedHashMap<>();
        counts.forEach((value, count) -> {
            named.put(Float.isNaN(value) ? "(missing)" : of.text(value), count);
        });
        return named;
    }

    /// `numbers  0.1 to 2.5, mean 1.2`
    public String range() {
        return switch (kind) {
            case SKIPPED -> "dropped";
            case NUMERIC ->
                values == 0
                        ? odd == 0 ? "empty" : "no numbers"
                        : Text.format(
                                "numbers  %s to %s, mean %s", NumberText.of(low), NumberText.of(high), (float) mean);
            case CATEGORICAL ->
                Text.format("texts  %,d: ", distinct)
                        + String.join(
                                ", ", texts.stream().map(ColumnStats::shown).toList())
                        + (distinct > texts.size() ? ", …" : "");
        };
    }

    /// A text as an item of a list.
    private static String shown(String text) {
        return text.contains(",") ? "'" + text + "'" : text;
    }

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("kind", kind == Kind.NUMERIC ? "numbers" : kind == Kind.CATEGORICAL ? "texts" : "dropped");
        json.put("values", values);
        json.put("missing", missing);
        json.put("odd", odd);
        if (kind == Kind.NUMERIC && values > 0) {
            json.put("low", low);
            json.put("high", high);
            json.put("mean", mean);
        }
        if (kind == Kind.CATEGORICAL) {
            json.put("distinct", distinct);
            json.put("texts", texts);
        }
        return json;
    }
}

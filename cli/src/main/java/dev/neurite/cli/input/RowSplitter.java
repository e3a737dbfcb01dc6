package dev.neurite.cli.input;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.option.RowColumns;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.RowGroups;
import dev.neurite.data.RowSplit;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.PreprocessingSettings.Task;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.data.table.TableSplit;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.ReadOptions.Known;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Splits the rows of a table: at random, with classes in proportion; or by group, so that no group is
/// in both parts; or by time, with the last rows held out.
/// @param group the column of groups
/// @param order the column of times
record RowSplitter(Optional<String> group, Optional<String> order) {
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}(-[0-9]{2}([T ].*)?)?");

    static RowSplitter of(RowColumns columns) {
        return new RowSplitter(columns.group(), columns.order());
    }

    /// The column of groups or times; empty for a random split.
    Optional<String> column() {
        return group.or(() -> order);
    }

    /// Whether a table has the column to split by.
    boolean fits(Table table) {
        List<String> names = table.columns().stream().map(Table.Column::name).toList();
        return column().stream().allMatch(names::contains);
    }

    /// Options that read the column to split by too.
    ReadOptions withSplitColumn(ReadOptions options, Kind kind) {
        return column().map(name -> options.withKnown(new Known(name, kind, true)))
                .orElse(options);
    }

    TableSplit split(Table table, String label, Task task, double share, long seed) {
        Optional<RowSplit> rows = rows(table, share, seed);
        if (rows.isPresent()) return TableSplit.of(table, rows.get());
        return task == Task.CLASSIFY
                ? TableSplit.stratified(table, label, share, seed)
                : TableSplit.of(table, share, seed);
    }

    /// The splitter of data that was made of these rows.
    LoadedData.Splitter splitter(Table rows) {
        return new LoadedData.Splitter() {
            @Override
            public DataSplit holdout(Dataset data, double share, long seed) {
                return rows(rows, share, seed)
                        .map(parts -> DataSplit.of(data, parts))
                        .orElseGet(() -> DataSplit.of(data, share, seed));
            }

            @Override
            public List<DataSplit> folds(Dataset data, int count, long seed) {
                if (order.isPresent()) {
                    throw new ConfigException(
                            RowColumns.ORDER,
                            "expects one split by time, got folds, which would train on later rows than they test");
                }
                if (group.isEmpty()) return DataSplit.kFold(data, count, seed);
                return groups(rows, group.get()).folds(count, seed).stream()
                        .map(test -> DataSplit.of(data, RowSplit.of(data.size(), test)))
                        .toList();
            }
        };
    }

    /// The rows of both parts; empty for a random split.
    private Optional<RowSplit> rows(Table table, double share, long seed) {
        if (group.isPresent()) {
            return Optional.of(
                    RowSplit.of(table.rows(), groups(table, group.get()).test(share, seed)));
        }
        return order.map(name -> byTime(table, name, share));
    }

    private static RowGroups groups(Table table, String name) {
        int column = table.column(name);
        for (int row = 0; row < table.rows(); row++) value(table, row, column);
        return TableSplit.groups(table, name);
    }

    private static float value(Table table, int row, int column) {
        float value = table.value(row, column);
        if (!Float.isNaN(value)) return value;
        String name = table.columns().get(column).name();
        throw new DataException(
                table.place(row) + ", column '" + name + "'", "expects a value to split rows by, got none");
    }

    /// The last rows by time become the test part; rows of the same time stay in the order of the file.
    private static RowSplit byTime(Table table, String name, double share) {
        int rows = table.rows();
        RowSplit places = RowSplit.ordered(rows, share);
        int column = table.column(name);
        double[] ranks = ranks(table.columns().get(column));
        int[] sorted = IntStream.range(0, rows)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> {
                    float value = value(table, row, column);
                    return ranks.length == 0 ? value : ranks[(int) value];
                }))
                .mapToInt(Integer::intValue)
                .toArray();
        return RowSplit.of(
                rows, Arrays.stream(places.test()).map(place -> sorted[place]).toArray());
    }

    /// The rank of each date, or number with leading zeros, by its category code; empty for a column of
    /// numbers.
    private static double[] ranks(Table.Column column) {
        if (column.kind() != Kind.CATEGORICAL) return new double[0];
        List<String> texts = column.categories();
        if (texts.stream().allMatch(NumberText::isNumber)) {
            return texts.stream().mapToDouble(Double::parseDouble).toArray();
        }
        for (String each : texts) {
            if (DATE.matcher(each).matches()) continue;
            throw new DataException(
                    "column '" + column.name() + "'",
                    "expects numbers, or dates and times as in 2026-11-26 or 2026-11-26T08:30, got '" + each + "'");
        }
        List<String> sorted = texts.stream().sorted().toList();
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < sorted.size(); i++) places.put(sorted.get(i), i);
        return texts.stream().mapToDouble(each -> places.getOrDefault(each, 0)).toArray();
    }

    /// The remark on a split; empty for a random split.
    Stream<String> remark(TableSplit split) {
        if (group.isPresent()) {
            int column = split.test().column(group.get());
            return Stream.of(Text.format(
                    "split  by group '%s': %,d groups in the test part, %,d in the others",
                    group.get(),
                    values(split.test(), column).size(),
                    values(split.train(), column).size()));
        }
        return order.stream().map(name -> "split  by '" + name + "': the last rows are the test part");
    }

    private static Set<Float> values(Table table, int column) {
        Set<Float> values = new HashSet<>();
        for (int row = 0; row < table.rows(); row++) values.add(table.value(row, column));
        return values;
    }
}

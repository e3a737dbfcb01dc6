package dev.neurite.cli.onnx;

import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.TableFiles;
import dev.neurite.error.DataException;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A table whose columns are the inputs of a model, by their names, as of a pipeline of scikit-learn: each input is a
/// number or text of a row, `[rows × 1]` or `[rows]`.
final class InputTable {
    private InputTable() {}

    /// Whether a file is named as a table, and each input is one column.
    static boolean isOne(String file, List<ValueInfo> inputs) {
        return TableFiles.isNamedSo(file) && inputs.stream().allMatch(InputTable::isColumn);
    }

    private static boolean isColumn(ValueInfo info) {
        int rank = info.extents().size();
        return !info.anyRank()
                && !info.type().hasValues()
                && (rank == 1 || (rank == 2 && info.extents().getLast().equals("1")));
    }

    /// Other columns are not looked at.
    /// @param notes takes remarks of the reader
    /// @throws DataException for a table that is missing or damaged, lacks a column, or does not fit
    static Map<String, Value> read(Path file, List<ValueInfo> inputs, Consumer<String> notes) {
        var options = ReadOptions.USUAL.withNotes(notes);
        for (ValueInfo each : inputs) {
            Kind kind = each.type() == ElementType.STRING ? Kind.CATEGORICAL : Kind.NUMERIC;
            options = options.withKnown(new ReadOptions.Known(each.name(), kind, false));
        }
        Map<String, Value> values = new LinkedHashMap<>();
        try (Table table = TableFiles.read(file, options)) {
            for (ValueInfo each : inputs) values.put(each.name(), column(table, each));
        }
        return values;
    }

    private static Value column(Table table, ValueInfo info) {
        int column = table.column(info.name());
        int rows = table.rows();
        Object array = info.type().newArray(rows);
        for (int row = 0; row < rows; row++) put(table, row, column, info, array);
        Shape shape = info.extents().size() == 1 ? Shape.of(rows) : Shape.of(rows, 1);
        Value value = Value.view(info.type(), shape, array, 0);
        if (info.fits(value)) return value;
        throw new DataException(
                "input '" + info.name() + "'", "expects " + info + ", got a table of " + rows + " rows");
    }

    /// A missing number is NaN, a missing text is empty, as in exports of scikit-learn and of our own.
    private static void put(Table table, int row, int column, ValueInfo info, Object array) {
        float number = table.value(row, column);
        switch (array) {
            case String[] texts -> {
                if (!Float.isNaN(number))
                    texts[row] = table.columns().get(column).text(number);
            }
            case float[] floats -> floats[row] = number;
            case double[] doubles -> doubles[row] = number;
            case long[] longs -> longs[row] = whole(table, row, info, number, Long.MIN_VALUE, Long.MAX_VALUE);
            case int[] ints -> ints[row] = (int) whole(table, row, info, number, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case boolean[] truths -> truths[row] = whole(table, row, info, number, 0, 1) == 1;
            default ->
                throw new DataException(
                        "input '" + info.name() + "'",
                        "expects a type that columns of a table give, got " + info,
                        "Give it an array: " + "--input " + info.name() + "=FILE.npy");
        }
    }

    private static long whole(Table table, int row, ValueInfo info, float number, long least, long most) {
        if (number == Math.rint(number) && number >= least && number <= most) return (long) number;
        throw new DataException(
                table.place(row) + ", column '" + info.name() + "'",
                "expects a whole number for " + info + ", got "
                        + (Float.isNaN(number)
                                ? "none"
                                : table.columns().get(table.column(info.name())).text(number)));
    }
}

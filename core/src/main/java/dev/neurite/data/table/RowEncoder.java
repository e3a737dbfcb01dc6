package dev.neurite.data.table;

import dev.neurite.data.table.ColumnEncoding.Calendar;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Encodes single raw rows with a fitted [Preprocessing]. [Preprocessing#rowEncoder] indexes the
/// categories once; then a row costs only its inputs. Immutable and thread-safe.
public final class RowEncoder {
    private static final String ROW = "row";

    private record Input(
            String name, ColumnEncoding encoding, @Nullable CategoryIndex categories, int at) {}

    private final List<Preprocessing.Column> columns;
    private final Set<String> missingTexts;
    private final List<Input> inputs = new ArrayList<>();
    private final List<String> needed;
    private final int width;

    RowEncoder(Preprocessing preprocessing) {
        this.columns = preprocessing.columns();
        this.missingTexts = preprocessing.missingTexts();
        this.needed = preprocessing.inputColumns();
        this.width = preprocessing.inputShape().size();
        int at = 0;
        for (Preprocessing.Column each : columns) {
            ColumnEncoding encoding = each.encoding();
            CategoryIndex index = encoding instanceof OneHot oneHot ? new CategoryIndex(oneHot.categories()) : null;
            if (encoding.width() > 0) inputs.add(new Input(each.name(), encoding, index, at));
            at += encoding.width();
        }
    }

    /// Encodes values by the names of their columns.
    /// @param values numbers, texts, dates of `java.time`, booleans, characters or enums; `null`, NaN, an empty
    /// `Optional`, a blank text and one of [Preprocessing#missingTexts()] are missing values; other names are
    /// ignored
    /// @return the inputs, row-major in [Preprocessing#inputShape()]
    /// @throws DataException for missing columns, or values that cannot be encoded
    public float[] encode(Map<String, ?> values) {
        requireAll(needed, values);
        float[] row = new float[width];
        for (Input each : inputs) encode(each, values.get(each.name()), row);
        return row;
    }

    /// Refuses a row without a value for each name.
    /// @throws DataException that names those that are missing
    public static void requireAll(List<String> names, Map<String, ?> values) {
        List<String> missing =
                names.stream().filter(name -> !values.containsKey(name)).toList();
        if (missing.isEmpty()) return;
        List<String> others =
                values.keySet().stream().filter(name -> !names.contains(name)).toList();
        throw new DataException(
                ROW,
                "expects " + Spelling.listed(names) + ", got nothing for " + Spelling.listed(missing),
                Spelling.misnamed(missing, others));
    }

    /// Encodes a record whose components are the columns.
    /// @throws DataException for missing columns, or values that cannot be encoded
    /// @throws dev.neurite.error.ConfigException for a record that this library may not read
    public float[] encode(Record values) {
        var components = RecordColumns.of(values.getClass());
        Object[] all = components.values(values);
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < all.length; i++) map.put(components.names().get(i), all[i]);
        return encode(map);
    }

    /// The components of a record by name, whatever their types are.
    /// @throws dev.neurite.error.ConfigException for a record that this library may not read
    public static Map<String, Object> values(Record row) {
        return RecordColumns.map(row);
    }

    /// Encodes texts in the order of [Preprocessing#columns()], with or without the target. An empty
    /// text is a missing value.
    /// @throws DataException for another number of texts, or values that cannot be encoded
    public float[] encode(List<String> texts) {
        boolean whole = texts.size() == columns.size();
        List<String> names = columns.stream()
                .filter(each -> whole || !each.encoding().isTarget())
                .map(Preprocessing.Column::name)
                .toList();
        requireCount(names.size(), texts.size(), "values");
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            map.put(names.get(i), texts.get(i).isEmpty() ? Optional.empty() : texts.get(i));
        }
        return encode(map);
    }

    /// Encodes numbers in the order of [Preprocessing#inputColumns()]; NaN is a missing value.
    /// @throws DataException for another number of them, or values that cannot be encoded
    public float[] encode(float... numbers) {
        requireCount(inputs.size(), numbers.length, "numbers");
        float[] row = new float[width];
        for (int i = 0; i < numbers.length; i++) encode(inputs.get(i), numbers[i], row);
        return row;
    }

    private static void requireCount(int expected, int got, String what) {
        if (expected != got) throw new DataException(ROW, "expects " + expected + " " + what + ", got " + got);
    }

    private void encode(Input input, @Nullable Object raw, float[] row) {
        @Nullable Object value = CellValue.of(raw);
        if (value instanceof String text && isMissing(input, text)) value = null;
        switch (value) {
            case null -> {
                TableDataset.requireFill(input.encoding(), ROW, input.name());
                if (input.encoding() instanceof Calendar calendar) {
                    System.arraycopy(calendar.missing(), 0, row, input.at(), calendar.width());
                } else {
                    write(input, Float.NaN, -1, row);
                }
            }
            case Float number -> {
                if (input.encoding() instanceof Calendar) throw wrong(input, "expects a date or time, got " + number);
                if (number.isInfinite()) throw wrong(input, "expects a finite number, got " + number);
                int category =
                        input.categories() == null ? 0 : input.categories().of(number);
                write(input, number, required(input, category, NumberText.of(number)), row);
            }
            case String text
            when input.encoding() instanceof Scaled -> {
                if (!NumberText.isNumber(text.strip())) throw wrong(input, "expects a number, got '" + text + "'");
                encode(input, Float.valueOf(text.strip()), row);
            }
            case String text
            when input.encoding() instanceof Calendar calendar ->
                System.arraycopy(
                        calendar.inputs(text.strip(), ROW, input.name()), 0, row, input.at(), calendar.width());
            case String text -> {
                int category =
                        input.categories() == null ? -1 : input.categories().of(text);
                write(input, 0, required(input, category, text), row);
            }
            default -> throw wrong(input, CellValue.problem(value));
        }
    }

    /// Whether a text stands for a missing value: an empty one does, as an empty cell of a file, unless it is a
    /// category.
    private boolean isMissing(Input input, String text) {
        if (missingTexts.contains(text.strip())) return true;
        boolean known = input.categories() != null && input.categories().of(text) >= 0;
        return text.isBlank() && !known;
    }

    private static int required(Input input, int category, String text) {
        if (category < 0 && !(input.encoding() instanceof OneHot oneHot && oneHot.ignoresUnseen())) {
            throw TableDataset.unseen(input.encoding(), ROW, input.name(), text);
        }
        return category;
    }

    private static void write(Input input, float number, int category, float[] row) {
        if (input.encoding() instanceof Scaled scaled) scaled.write(number, row, input.at());
        if (input.encoding() instanceof OneHot oneHot) oneHot.write(category, Float.isNaN(number), row, input.at());
    }

    private static DataException wrong(Input input, String problem) {
        return new DataException(ROW + ", column '" + input.name() + "'", problem);
    }
}

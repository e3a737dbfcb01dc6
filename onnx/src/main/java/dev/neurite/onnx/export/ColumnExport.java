package dev.neurite.onnx.export;

import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.ColumnEncoding.Calendar;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Preprocessing.Column;
import dev.neurite.error.Spelling;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/// What a preprocessing does with raw columns, as operators. A table of numbers is one input, with the columns in their
/// order; of other tables each column is one of its own.
final class ColumnExport {
    /// What float32 loses of a number that is scaled by Scaler, at most, in units of the result.
    private static final double MOST_LOST = 1e-6;

    private static final double HALF_ULP = 6e-8; // of float32, relative

    private final GraphBuilder b;
    private final RawColumns operators;
    private final Preprocessing preprocessing;
    private final List<String> steps; // the extents before the columns: `batch`, of sequences also the time
    private final Interface to;

    /// @param steps the extents before the columns
    /// @param to gets the inputs, their descriptions and the notes
    ColumnExport(GraphBuilder b, RawColumns operators, Preprocessing preprocessing, List<String> steps, Interface to) {
        this.b = b;
        this.operators = operators;
        this.preprocessing = preprocessing;
        this.steps = steps;
        this.to = to;
    }

    /// Adds the inputs and their operators.
    /// @param name of the input of all columns, if it is one
    /// @return what the columns make, side by side along the last axis
    String add(String name) {
        List<Column> columns = preprocessing.columns().stream()
                .filter(each -> each.encoding().width() > 0)
                .toList();
        say(
                "A missing number of",
                columns.stream().filter(this::refusesMissing).toList(),
                ", which the library refuses, gives NaN");
        say(
                "A category of",
                columns.stream().filter(this::countsAsNone).toList(),
                " that was not in the training, which the library refuses, counts as none");
        boolean numbers = columns.stream().allMatch(each -> each.encoding() instanceof Scaled);
        if (numbers) return matrix(name, columns);
        List<String> parts = new ArrayList<>();
        for (Column each : columns) parts.addAll(column(each));
        return b.concat(-1, parts);
    }

    /// Notes what is said of columns, in one sentence for all of them.
    private void say(String before, List<Column> columns, String after) {
        if (columns.isEmpty()) return;
        String names = Spelling.listed(
                columns.stream().map(each -> "'" + each.name() + "'").toList());
        to.note(before + (columns.size() == 1 ? " column " : " columns ") + names + after);
    }

    private boolean refusesMissing(Column column) {
        return column.encoding() instanceof Scaled scaled && scaled.fill().isEmpty();
    }

    private boolean countsAsNone(Column column) {
        return column.encoding() instanceof OneHot oneHot && !oneHot.ignoresUnseen() && !raises(oneHot);
    }

    /// Whether a category that was not in the training is an error of the operator.
    private boolean raises(OneHot oneHot) {
        return operators == RawColumns.ML
                && !NumberText.areNumbers(oneHot.categories())
                && !oneHot.ignoresUnseen()
                && !oneHot.ignoresMissing();
    }

    private List<String> extents(int last) {
        List<String> all = new ArrayList<>(steps);
        all.add(Integer.toString(last));
        return all;
    }

    private String input(String wanted, ElementType type, int last) {
        String name = b.reserve(wanted);
        to.inputs().add(new ValueInfo(name, type, extents(last), false));
        b.enter(name);
        return name;
    }

    // ------------------------------------------------------------------------------------------------------- numbers

    private String matrix(String name, List<Column> columns) {
        List<Scaled> all =
                columns.stream().map(each -> (Scaled) each.encoding()).toList();
        String x = input(name, ElementType.FLOAT, all.size());
        to.describe(
                x,
                "columns",
                Map.of("columns", columns.stream().map(Column::name).toList()));
        List<Integer> marked = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) if (all.get(i).indicator()) marked.add(i);
        String scaled = scaled(all, x);
        if (marked.isEmpty()) return scaled;
        String both = b.concat(-1, List.of(scaled, missing(x)));
        List<Long> order = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            order.add((long) i);
            if (marked.contains(i)) order.add((long) all.size() + i);
        }
        long[] places = order.stream().mapToLong(Long::longValue).toArray();
        return b.add("Gather", Map.of("axis", (long) steps.size()), both, b.longs(places));
    }

    /// 1 where a number is missing.
    private String missing(String x) {
        return b.cast(b.add("IsNaN", x), ElementType.FLOAT);
    }

    private String scaled(List<Scaled> columns, String x) {
        boolean fills = columns.stream().anyMatch(each -> each.fill().isPresent());
        boolean scales = columns.stream().anyMatch(each -> each.shift() != 0 || each.scale() != 1);
        boolean flat = steps.size() == 1;
        if (operators == RawColumns.ML && flat && columns.stream().allMatch(ColumnExport::fitsFloats)) {
            String known = fills ? imputed(columns, x) : x;
            return scales ? scaler(columns, known) : known;
        }
        String wide = b.cast(x, ElementType.DOUBLE);
        if (fills) {
            double[] fill = columns.stream()
                    .mapToDouble(each -> each.fill().orElse(Double.NaN))
                    .toArray();
            wide = b.add("Where", b.add("IsNaN", x), doubles("fill", fill), wide);
        }
        if (scales) {
            String shift =
                    doubles("shift", columns.stream().mapToDouble(Scaled::shift).toArray());
            String scale =
                    doubles("scale", columns.stream().mapToDouble(Scaled::scale).toArray());
            wide = b.add("Div", b.add("Sub", wide, shift), scale);
        }
        return b.cast(wide, ElementType.FLOAT);
    }

    private String doubles(String name, double... values) {
        return b.constant(name, Value.of(Shape.of(values.length), values));
    }

    /// Whether scaling in float32, as Scaler does, loses little.
    private static boolean fitsFloats(Scaled column) {
        double largest = Math.max(Math.abs(column.shift()), Math.max(Math.abs(column.low()), Math.abs(column.high())));
        double fill = Math.abs(column.fill().orElse(0));
        return HALF_ULP * Math.max(largest, fill) / column.scale() < MOST_LOST;
    }

    private String imputed(List<Scaled> columns, String x) {
        List<Float> fill = columns.stream()
                .map(each -> (float) each.fill().orElse(Double.NaN))
                .toList();
        return b.addOf(
                GraphBuilder.ML, "Imputer", Map.of("imputed_value_floats", fill, "replaced_value_float", Float.NaN), x);
    }

    private String scaler(List<Scaled> columns, String x) {
        List<Float> offset = columns.stream().map(each -> (float) each.shift()).toList();
        List<Float> factors =
                columns.stream().map(each -> (float) (1 / each.scale())).toList();
        return b.addOf(GraphBuilder.ML, "Scaler", Map.of("offset", offset, "scale", factors), x);
    }

    // ------------------------------------------------------------------------------------------------ single columns

    /// The input of a column, which has another name if that of the column is taken, as by an output.
    private String input(Column column, ElementType type, Map<String, ?> about) {
        String x = input(column.name(), type, 1);
        Map<String, Object> more = new HashMap<>(about);
        more.put("columns", List.of(column.name()));
        to.describe(x, "column", more);
        return x;
    }

    private List<String> column(Column column) {
        return switch (column.encoding()) {
            case Scaled scaled -> {
                String x = input(column, ElementType.FLOAT, Map.of("of", "numbers"));
                String y = scaled(List.of(scaled), x);
                yield scaled.indicator() ? List.of(y, missing(x)) : List.of(y);
            }
            case OneHot oneHot -> oneHot(column, oneHot);
            case Calendar calendar -> {
                String x = input(column, ElementType.DOUBLE, Map.of("of", "dates", "unit", DateExport.UNIT));
                to.note("A date of column '" + column.name() + "' is a number, " + DateExport.UNIT
                        + ", with the time as a part of the day, as no operator reads a text; NaN is a missing one"
                        + (calendar.ignoresMissing() ? "" : ", which the library refuses, and gives NaN"));
                yield List.of(new DateExport(b, x).inputs(calendar));
            }
            case ColumnEncoding other -> throw new IllegalStateException("no input: " + other);
        };
    }

    private List<String> oneHot(Column column, OneHot oneHot) {
        boolean numbers = NumberText.areNumbers(oneHot.categories());
        String x = input(
                column,
                numbers ? ElementType.FLOAT : ElementType.STRING,
                Map.of("of", numbers ? "categories that are numbers" : "texts", "categories", oneHot.categories()));
        List<String> parts = new ArrayList<>();
        if (numbers) parts.add(isOne(x, numbers(oneHot.categories())));
        else if (operators == RawColumns.CORE) parts.add(isOne(x, texts(oneHot.categories())));
        else parts.add(encoded(oneHot.categories(), raises(oneHot), x));
        if (oneHot.indicator()) parts.add(numbers ? missing(x) : missingText(oneHot, x));
        return parts;
    }

    /// Whether there are columns of texts.
    static boolean hasTexts(Preprocessing preprocessing) {
        return preprocessing.columns().stream()
                .anyMatch(each ->
                        each.encoding() instanceof OneHot oneHot && !NumberText.areNumbers(oneHot.categories()));
    }

    private Value numbers(List<String> categories) {
        float[] values = new float[categories.size()];
        for (int i = 0; i < values.length; i++) values[i] = Float.parseFloat(categories.get(i));
        return Value.of(Shape.of(values.length), values);
    }

    private Value texts(List<String> texts) {
        return Value.of(Shape.of(texts.size()), texts.toArray(String[]::new));
    }

    /// 1 for the value that x is, `[… × values]`.
    private String isOne(String x, Value values) {
        return b.cast(b.add("Equal", x, b.constant("categories", values)), ElementType.FLOAT);
    }

    private String encoded(List<String> categories, boolean raises, String x) {
        Map<String, Object> how = Map.of("cats_strings", categories, "zeros", raises ? 0L : 1L);
        return b.squeeze(b.addOf(GraphBuilder.ML, "OneHotEncoder", how, x), -2); // [… × 1 × categories]
    }

    private String missingText(OneHot oneHot, String x) {
        SequencedSet<String> texts = new LinkedHashSet<>(List.of(""));
        texts.addAll(preprocessing.missingTexts().stream().sorted().toList());
        oneHot.categories().forEach(texts::remove);
        List<String> all = List.copyOf(texts);
        if (operators == RawColumns.CORE) return b.reduce("ReduceMax", isOne(x, texts(all)), true, -1);
        Map<String, Object> how =
                Map.of("keys_strings", all, "values_floats", Collections.nCopies(all.size(), 1f), "default_float", 0f);
        return b.addOf(GraphBuilder.ML, "LabelEncoder", how, x);
    }
}

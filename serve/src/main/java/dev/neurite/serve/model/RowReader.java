package dev.neurite.serve.model;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Preprocessing.Column;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;

/// One input of a model of Neurite as tensors, of which it reads the raw value of a row: what a [Predictor] takes.
///
/// | the model takes | tensors |
/// |---|---|
/// | a table of numbers | float `[batch × columns]`, NaN for a missing one |
/// | a table that has texts, too | each column by its name: float or string `[batch × 1]`, `""` for a missing text |
/// | an image | uint8 `[batch × channels × height × width]`; floats are from 0 to 1 |
/// | a text | string `[batch]` |
/// | a sequence of rows | as a table, `[batch × time × …]` |
/// | a time series | each column by its name: float or string `[batch × time]` |
/// | numbers | float `[batch × …]` |
/// @param infos the tensors
record RowReader(List<ValueInfo> infos, Reader reader) {
    private static final String TIME = "time";

    private interface Reader {
        Object row(Map<String, Value> given, int row);
    }

    /// The raw value of a row.
    /// @param given checked by [TensorForm#rows]
    Object row(Map<String, Value> given, int row) {
        return reader.row(given, row);
    }

    /// A reader for each input.
    static SequencedMap<String, RowReader> all(Predictor predictor) {
        SequencedMap<String, RowReader> readers = new LinkedHashMap<>();
        Set<String> taken = new HashSet<>();
        List<Shape> shapes = predictor.model().network().inputs();
        predictor.signature().inputs().forEach((name, input) -> {
            RowReader made = of(name, input, shapes.get(readers.size()), taken);
            made.infos.forEach(each -> taken.add(each.name()));
            readers.put(name, made);
        });
        return readers;
    }

    /// @param taken names of tensors of other inputs
    private static RowReader of(String name, Input input, Shape shape, Set<String> taken) {
        return switch (input) {
            case Input.Columns(Preprocessing columns) -> table(name, inputs(columns), taken);
            case Input.Steps(Preprocessing columns) -> steps(name, inputs(columns), extent(shape.extent(0)), taken);
            case Input.Series series -> series(name, series, taken);
            case Input.Image(ImageInput how) -> image(name, how);
            case Input.Text _ -> text(name);
            case Input.Numbers numbers -> numbers(name.equals("numbers") ? "input" : name, numbers.shape());
        };
    }

    private static String extent(int extent) {
        return extent == Shape.OPEN ? TIME : Integer.toString(extent);
    }

    private static List<Column> inputs(Preprocessing columns) {
        return columns.columns().stream()
                .filter(each -> each.encoding().width() > 0)
                .toList();
    }

    private static boolean areNumbers(List<Column> columns) {
        return columns.stream().allMatch(each -> each.encoding() instanceof Scaled);
    }

    /// The type of a column.
    private static ElementType type(ColumnEncoding encoding) {
        return switch (encoding) {
            case Scaled _ -> ElementType.FLOAT;
            case OneHot oneHot when NumberText.areNumbers(oneHot.categories()) -> ElementType.FLOAT;
            default -> ElementType.STRING; // also dates
        };
    }

    // -------------------------------------------------------------------------------------------------------- tables

    private static RowReader table(String name, List<Column> columns, Set<String> taken) {
        if (areNumbers(columns)) {
            int width = columns.size();
            ValueInfo info = info(name, ElementType.FLOAT, Integer.toString(width));
            return new RowReader(List.of(info), (given, row) -> floats(value(given, name), row * width, width));
        }
        SequencedMap<String, ValueInfo> infos = new LinkedHashMap<>();
        for (Column each : columns) {
            infos.put(each.name(), info(free(name, each.name(), taken), type(each.encoding()), "1"));
        }
        return new RowReader(List.copyOf(infos.values()), (given, row) -> cells(infos, given, row));
    }

    private static RowReader steps(String name, List<Column> columns, String time, Set<String> taken) {
        if (areNumbers(columns)) {
            int width = columns.size();
            ValueInfo info = info(name, ElementType.FLOAT, time, Integer.toString(width));
            return new RowReader(List.of(info), (given, row) -> {
                Value all = value(given, name);
                int steps = all.shape().extent(1);
                List<float[]> list = new ArrayList<>();
                for (int i = 0; i < steps; i++) list.add(floats(all, (row * steps + i) * width, width));
                return list;
            });
        }
        SequencedMap<String, ValueInfo> infos = new LinkedHashMap<>();
        for (Column each : columns) {
            infos.put(each.name(), info(free(name, each.name(), taken), type(each.encoding()), time, "1"));
        }
        return ofSteps(infos);
    }

    private static RowReader series(String name, Input.Series series, Set<String> taken) {
        Map<String, ElementType> types = new LinkedHashMap<>();
        for (Column each : inputs(series.preprocessing())) types.put(each.name(), type(each.encoding()));
        Set<String> all = new LinkedHashSet<>(series.preprocessing().inputColumns());
        series.columns().all().forEach(all::add);
        SequencedMap<String, ValueInfo> infos = new LinkedHashMap<>();
        for (String each : all) {
            boolean number = each.equals(series.columns().target());
            ElementType type = number ? ElementType.FLOAT : types.getOrDefault(each, ElementType.STRING);
            infos.put(each, info(free(name, each, taken), type, TIME));
        }
        return ofSteps(infos);
    }

    /// The steps of a row, each a map by column.
    private static RowReader ofSteps(SequencedMap<String, ValueInfo> infos) {
        return new RowReader(List.copyOf(infos.values()), (given, row) -> {
            int steps =
                    value(given, infos.firstEntry().getValue().name()).shape().extent(1);
            List<Map<String, Object>> list = new ArrayList<>();
            for (int i = 0; i < steps; i++) list.add(cells(infos, given, row * steps + i));
            return list;
        });
    }

    private static String free(String input, String column, Set<String> taken) {
        return taken.contains(column) ? input + "." + column : column;
    }

    private static Map<String, Object> cells(
            SequencedMap<String, ValueInfo> infos, Map<String, Value> given, int index) {
        Map<String, Object> cells = new LinkedHashMap<>();
        infos.forEach((column, info) -> {
            Value all = value(given, info.name());
            boolean text = all.type() == ElementType.STRING;
            cells.put(column, text ? ((String[]) all.array())[all.offset() + index] : all.number(index));
        });
        return cells;
    }

    // ---------------------------------------------------------------------------------------------------- other kinds

    private static RowReader image(String name, ImageInput how) {
        Shape shape = how.shape();
        int size = shape.size();
        return new RowReader(List.of(info(name, ElementType.UINT8, extents(shape))), (given, row) -> {
            Value all = value(given, name);
            float[] numbers = floats(all, row * size, size);
            if (!all.type().isFloating()) for (int i = 0; i < size; i++) numbers[i] /= 255f;
            return numbers;
        });
    }

    private static RowReader text(String name) {
        return new RowReader(
                List.of(info(name, ElementType.STRING)),
                (given, row) -> TensorForm.texts(name, value(given, name))[row]);
    }

    private static RowReader numbers(String name, Shape shape) {
        return new RowReader(List.of(info(name, ElementType.FLOAT, extents(shape))), (given, row) -> {
            Value all = value(given, name);
            Shape own = all.shape().row();
            return Tensor.of(own, floats(all, row * own.size(), own.size()));
        });
    }

    private static String[] extents(Shape shape) {
        return shape.extents().stream().map(RowReader::extent).toArray(String[]::new);
    }

    private static ValueInfo info(String name, ElementType type, String... extents) {
        List<String> all = new ArrayList<>(List.of(TensorForm.BATCH));
        all.addAll(List.of(extents));
        return new ValueInfo(name, type, all, false);
    }

    private static Value value(Map<String, Value> given, String name) {
        return Objects.requireNonNull(given.get(name), name);
    }

    /// Numbers of a value of any type of numbers.
    /// @throws dev.neurite.error.ShapeException for texts
    private static float[] floats(Value all, int from, int count) {
        float[] numbers = new float[count];
        int at = all.offset() + from;
        switch (all.array()) {
            case float[] floats -> System.arraycopy(floats, at, numbers, 0, count);
            case byte[] bytes
            when all.type() == ElementType.UINT8 -> {
                for (int i = 0; i < count; i++) numbers[i] = bytes[at + i] & 0xff;
            }
            default -> {
                for (int i = 0; i < count; i++) numbers[i] = (float) all.number(from + i);
            }
        }
        return numbers;
    }
}

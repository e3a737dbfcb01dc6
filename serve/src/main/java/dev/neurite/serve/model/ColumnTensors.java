package dev.neurite.serve.model;

import dev.neurite.data.table.CategoryIndex;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.KnownElements;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// An ONNX model of columns, which takes a record as a run of a table does: each input has one value for a row,
/// or is a row of columns whose names are in the metadata, as in files that the library wrote.
/// @param inputs all inputs, in the order of the file
/// @param answers what it says of a row
public record ColumnTensors(List<Columns> inputs, TensorPredictions answers) {
    private static final int MOST_AXES = 2;

    /// An input.
    /// @param names of its columns, in their order
    /// @param areDates whether its numbers are days since the beginning of 1970
    /// @param known elements of its columns
    /// @param categories which of the known elements of a column a number stands for; empty for a type without
    /// texts
    public record Columns(
            ValueInfo info, List<String> names, boolean areDates, KnownElements known, List<CategoryIndex> categories) {
        /// Lists are copied.
        public Columns {
            names = List.copyOf(names);
            categories = List.copyOf(categories);
        }

        private static Columns of(ValueInfo info, List<String> names, boolean areDates, KnownElements known) {
            int indices = info.type() == ElementType.STRING ? names.size() : 0;
            List<CategoryIndex> categories = IntStream.range(0, indices)
                    .mapToObj(i -> new CategoryIndex(
                            known.of(i).stream().map(Object::toString).toList()))
                    .toList();
            return new Columns(info, names, areDates, known, categories);
        }

        /// The shape of one row.
        public Shape row() {
            return info.shape(Map.of());
        }
    }

    /// The list is copied.
    public ColumnTensors {
        inputs = List.copyOf(inputs);
    }

    /// The names of all columns.
    Stream<String> names() {
        return inputs.stream().flatMap(each -> each.names().stream());
    }

    /// Empty for a model that takes something else, or whose outputs are no predictions.
    static Optional<ColumnTensors> of(OnnxModel model) {
        List<Described> described = Described.of(model, "inputs");
        List<Columns> inputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ValueInfo each : model.inputs()) {
            Optional<Described> about = described.stream()
                    .filter(one -> one.name().equals(each.name()))
                    .findFirst();
            List<String> own = names(each, about);
            if (own.isEmpty() || !own.stream().allMatch(names::add)) return Optional.empty();
            boolean dates = about.isPresent() && about.get().text("of").equals("dates");
            inputs.add(Columns.of(each, own, dates, model.known(each.name())));
        }
        if (inputs.isEmpty()) return Optional.empty();
        return TensorPredictions.of(model).map(answers -> new ColumnTensors(inputs, answers));
    }

    /// The names of the columns; empty if a row of the input is no row of columns.
    private static List<String> names(ValueInfo info, Optional<Described> about) {
        List<String> extents = info.extents();
        boolean rows = !info.type().hasValues()
                && !extents.isEmpty()
                && extents.size() <= MOST_AXES
                && isRows(extents.getFirst());
        if (!rows) return List.of();
        List<String> described = about.stream()
                .flatMap(each -> each.texts("columns").or(() -> each.texts("names")).stream())
                .findFirst()
                .orElse(List.of());
        String width = extents.size() == 1 ? "1" : extents.getLast();
        if (width.equals(Integer.toString(described.size()))) return described;
        return width.equals("1") ? List.of(info.name()) : List.of();
    }

    /// Whether an extent is one of rows: open, or one row.
    static boolean isRows(String extent) {
        return !ValueInfo.isFixed(extent) || extent.equals("1");
    }
}

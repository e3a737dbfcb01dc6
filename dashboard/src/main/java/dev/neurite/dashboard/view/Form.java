package dev.neurite.dashboard.view;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.Encoding;
import dev.neurite.data.table.Preprocessing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a person enters to get a prediction.
public sealed interface Form {
    /// An image, drawn or uploaded.
    /// @param drawing how it is prepared
    record OfImage(Drawing drawing) implements Form {}

    /// A value for each column.
    /// @param example values to begin with: a row of the data, or usual values
    record OfTable(List<Field> fields, Map<String, String> example) implements Form {
        /// Copies the list.
        public OfTable {
            fields = List.copyOf(fields);
        }
    }

    /// Numbers in the order of the inputs.
    /// @param count how many
    record OfNumbers(int count) implements Form {}

    /// A column.
    /// @param type `number`, `category`, or `text` for a category of very many values
    /// @param min the lowest number of the training data
    /// @param max the highest one
    /// @param usual a value in the middle: the mean of numbers, or the first category
    /// @param values the categories; empty for numbers
    /// @param optional whether it may be empty
    record Field(
            String name, String type, double min, double max, String usual, List<String> values, boolean optional) {
        /// Copies the list.
        public Field {
            values = List.copyOf(values);
        }
    }

    /// The largest number of categories to choose from.
    int MOST_CATEGORIES = 500;

    /// The rows whose ranges are looked at, of data without preprocessing.
    int LOOKED_AT = 1_000;

    /// The form for a model.
    static Form of(Subject subject) {
        Optional<ImageForm> image = subject.images();
        if (image.isPresent()) return new OfImage(Drawing.of(image.get(), subject.data(), subject.fit()));
        List<Field> fields = subject.preprocessing().map(Form::fitted).orElseGet(() -> plain(subject));
        if (fields.isEmpty()) {
            return new OfNumbers(subject.input().isKnown() ? subject.input().size() : 0);
        }
        Map<String, String> example = new LinkedHashMap<>();
        for (Field each : fields) example.put(each.name(), each.usual());
        boolean rows = subject.data()
                .filter(each -> each.size() > 0
                        && each.inputShape().size() == subject.input().size())
                .isPresent();
        if (rows) example.putAll(subject.values(subject.row(0).toArray()));
        return new OfTable(fields, example);
    }

    private static List<Field> fitted(Preprocessing preprocessing) {
        List<Field> fields = new ArrayList<>();
        for (Preprocessing.Column each : preprocessing.columns()) {
            switch (each.encoding()) {
                case Encoding.Scaled scaled -> {
                    double usual = Math.clamp(scaled.shift(), scaled.low(), scaled.high());
                    fields.add(new Field(
                            each.name(),
                            "number",
                            scaled.low(),
                            scaled.high(),
                            Subject.text((float) usual),
                            List.of(),
                            scaled.fill().isPresent()));
                }
                case Encoding.OneHot oneHot -> {
                    boolean many = oneHot.categories().size() > MOST_CATEGORIES;
                    fields.add(new Field(
                            each.name(),
                            many ? "text" : "category",
                            Double.NaN,
                            Double.NaN,
                            oneHot.categories().getFirst(),
                            many ? oneHot.categories().subList(0, MOST_CATEGORIES) : oneHot.categories(),
                            oneHot.ignoresMissing()));
                }
                case Encoding.Calendar _ ->
                    fields.add(new Field(each.name(), "text", Double.NaN, Double.NaN, "2026-01-01", List.of(), false));
                default -> {}
            }
        }
        return fields;
    }

    private static List<Field> plain(Subject subject) {
        List<String> names = subject.columns();
        if (names.isEmpty() || subject.data().isEmpty()) {
            return names.stream()
                    .map(name -> new Field(name, "number", Double.NaN, Double.NaN, "0", List.of(), false))
                    .toList();
        }
        Dataset data = subject.data().get();
        int rows = Math.min(LOOKED_AT, data.size());
        float[][] columns = new float[names.size()][rows];
        float[] row = new float[data.inputShape().size()];
        if (row.length != columns.length) return List.of();
        for (int i = 0; i < rows; i++) {
            data.readInput(i, row, 0);
            for (int j = 0; j < columns.length; j++) columns[j][i] = row[j];
        }
        List<Field> fields = new ArrayList<>();
        for (int j = 0; j < columns.length; j++) {
            Arrays.sort(columns[j]);
            float middle = rows == 0 ? 0 : columns[j][rows / 2];
            fields.add(new Field(
                    names.get(j),
                    "number",
                    rows == 0 ? Double.NaN : columns[j][0],
                    rows == 0 ? Double.NaN : columns[j][rows - 1],
                    Subject.text(middle),
                    List.of(),
                    false));
        }
        return fields;
    }
}

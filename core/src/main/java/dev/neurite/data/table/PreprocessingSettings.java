package dev.neurite.data.table;

import dev.neurite.tensor.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What a [Preprocessing] is to make of the columns of a table. Immutable: `with…` gives another.
/// @param answer the column of the answers; empty for none
/// @param task what the answers are
/// @param scaledAnswer whether values are learned standardized
/// @param usual of columns that are not listed
/// @param columns of others, by name
/// @param dropped names of columns that are not used
/// @param inputShape of a row; rank 0 for `[inputs]`
/// @param missingTexts texts that stand for a missing value in rows to predict
public record PreprocessingSettings(
        String answer,
        Task task,
        boolean scaledAnswer,
        ColumnSettings usual,
        Map<String, ColumnSettings> columns,
        Set<String> dropped,
        Shape inputShape,
        Set<String> missingTexts) {
    /// What the answers are.
    public enum Task {
        /// Classes, sorted: as numbers if all are such, else as texts.
        CLASSIFY,
        /// Numbers.
        REGRESS,
        /// There are none.
        NONE
    }

    /// Keeps copies.
    public PreprocessingSettings {
        columns = Map.copyOf(columns);
        dropped = Set.copyOf(dropped);
        missingTexts = Set.copyOf(missingTexts);
    }

    private static PreprocessingSettings of(String answer, Task task) {
        return new PreprocessingSettings(
                answer, task, true, ColumnSettings.USUAL, Map.of(), Set.of(), Shape.of(), Set.of());
    }

    /// BatchTargets are the classes of this column.
    public static PreprocessingSettings classes(String column) {
        return of(column, Task.CLASSIFY);
    }

    /// BatchTargets are the numbers of this column, learned standardized.
    public static PreprocessingSettings values(String column) {
        return of(column, Task.REGRESS);
    }

    /// There are no answers.
    public static PreprocessingSettings unanswered() {
        return of("", Task.NONE);
    }

    /// With other settings for all columns that have none of their own.
    public PreprocessingSettings withUsual(ColumnSettings other) {
        return new PreprocessingSettings(answer, task, scaledAnswer, other, columns, dropped, inputShape, missingTexts);
    }

    /// With settings for one column.
    public PreprocessingSettings with(String column, ColumnSettings settings) {
        Map<String, ColumnSettings> more = new HashMap<>(columns);
        more.put(column, settings);
        return new PreprocessingSettings(answer, task, scaledAnswer, usual, more, dropped, inputShape, missingTexts);
    }

    /// Without some columns.
    public PreprocessingSettings without(String... names) {
        Set<String> more = new HashSet<>(dropped);
        more.addAll(Set.of(names));
        return new PreprocessingSettings(answer, task, scaledAnswer, usual, columns, more, inputShape, missingTexts);
    }

    /// With rows of this shape, as `[1×28×28]`.
    public PreprocessingSettings withInputShape(Shape shape) {
        return new PreprocessingSettings(answer, task, scaledAnswer, usual, columns, dropped, shape, missingTexts);
    }

    /// With texts that stand for a missing value, as those that the table was read with
    /// (`CsvOptions.withMissing`): they travel with the model, and mean the same in rows to predict.
    public PreprocessingSettings withMissingTexts(Set<String> texts) {
        return new PreprocessingSettings(answer, task, scaledAnswer, usual, columns, dropped, inputShape, texts);
    }

    /// With values learned as they are.
    public PreprocessingSettings withPlainAnswer() {
        return new PreprocessingSettings(answer, task, false, usual, columns, dropped, inputShape, missingTexts);
    }

    /// The settings of a column.
    ColumnSettings of(String column) {
        return columns.getOrDefault(column, usual);
    }
}

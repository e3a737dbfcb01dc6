package dev.neurite.data.table;

import dev.neurite.tensor.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// How to fit a [Preprocessing] to a table. Immutable: each `with…` returns new settings.
/// @param target the target column; empty for none
/// @param task the kind of targets
/// @param scaledTarget whether target values are standardized for training
/// @param usual the settings of columns that are not in `columns`
/// @param columns settings of single columns, by name
/// @param dropped names of columns that are not used
/// @param inputShape the shape of a row of inputs; rank 0 for `[inputs]`
/// @param missingTexts texts that mean a missing value in rows to predict
public record PreprocessingSettings(
        String target,
        Task task,
        boolean scaledTarget,
        ColumnSettings usual,
        Map<String, ColumnSettings> columns,
        Set<String> dropped,
        Shape inputShape,
        Set<String> missingTexts) {
    /// The kind of targets.
    public enum Task {
        /// Classes, sorted as numbers if all are numbers, else as texts.
        CLASSIFY,
        /// Numbers.
        REGRESS,
        /// No targets.
        NONE
    }

    public PreprocessingSettings {
        columns = Map.copyOf(columns);
        dropped = Set.copyOf(dropped);
        missingTexts = Set.copyOf(missingTexts);
    }

    private static PreprocessingSettings of(String target, Task task) {
        return new PreprocessingSettings(
                target, task, true, ColumnSettings.USUAL, Map.of(), Set.of(), Shape.of(), Set.of());
    }

    /// The targets are the classes in this column.
    public static PreprocessingSettings classes(String column) {
        return of(column, Task.CLASSIFY);
    }

    /// The targets are the numbers in this column, standardized for training.
    public static PreprocessingSettings values(String column) {
        return of(column, Task.REGRESS);
    }

    /// Inputs without targets.
    public static PreprocessingSettings inputsOnly() {
        return of("", Task.NONE);
    }

    /// With these settings for all columns that have none of their own.
    public PreprocessingSettings withUsual(ColumnSettings other) {
        return new PreprocessingSettings(target, task, scaledTarget, other, columns, dropped, inputShape, missingTexts);
    }

    /// With missing values filled in, in all columns that have no settings of their own: numbers become the mean of the
    /// training rows, texts and dates zeros. By default missing values are refused.
    public PreprocessingSettings withMissingFilled() {
        return withUsual(usual.withMissing(ColumnSettings.Missing.MEAN));
    }

    /// With these settings for one column.
    public PreprocessingSettings with(String column, ColumnSettings settings) {
        Map<String, ColumnSettings> more = new HashMap<>(columns);
        more.put(column, settings);
        return new PreprocessingSettings(target, task, scaledTarget, usual, more, dropped, inputShape, missingTexts);
    }

    public PreprocessingSettings without(String... names) {
        Set<String> more = new HashSet<>(dropped);
        more.addAll(Set.of(names));
        return new PreprocessingSettings(target, task, scaledTarget, usual, columns, more, inputShape, missingTexts);
    }

    /// With inputs of this shape, such as `[1×28×28]`.
    public PreprocessingSettings withInputShape(Shape shape) {
        return new PreprocessingSettings(target, task, scaledTarget, usual, columns, dropped, shape, missingTexts);
    }

    /// With texts that mean a missing value, such as those of `ReadOptions.withMissing`. They are saved
    /// with the model and mean the same in rows to predict.
    public PreprocessingSettings withMissingTexts(Set<String> texts) {
        return new PreprocessingSettings(target, task, scaledTarget, usual, columns, dropped, inputShape, texts);
    }

    /// With target values that are not standardized.
    public PreprocessingSettings withUnscaledTarget() {
        return new PreprocessingSettings(target, task, false, usual, columns, dropped, inputShape, missingTexts);
    }

    ColumnSettings of(String column) {
        return columns.getOrDefault(column, usual);
    }
}

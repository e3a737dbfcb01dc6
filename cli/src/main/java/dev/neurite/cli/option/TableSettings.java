package dev.neurite.cli.option;

import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.PreprocessingSettings.Task;
import dev.neurite.datasets.CsvOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a table in a CSV file is.
/// @param label the column of answers: a name, first or last
/// @param test a file of rows to test with
/// @param testShare the share of rows to test with where there is no such file
/// @param task what the answers are; empty for what they look like
/// @param csv how files are read
/// @param columns what becomes of them
/// @param image the shape of a row that is an image
/// @param rows the columns that are no inputs
/// @param given the options that said so, with their values
public record TableSettings(
        Optional<String> label,
        Optional<String> test,
        double testShare,
        Optional<Task> task,
        CsvOptions csv,
        ColumnSettings columns,
        Optional<Shape> image,
        RowColumns rows,
        Map<String, Object> given) {
    static final double TEST_SHARE = 0.2;

    /// Of other data than tables.
    static final TableSettings NONE = new TableOptions().settings();

    /// Refuses options of tables for data that is none.
    public void refuseFor(String data) {
        if (given.isEmpty()) return;
        throw new ConfigException(given.keySet().iterator().next(), "expects a CSV file, got " + data);
    }

    /// How a file is read: without a delimiter of its own, `.tsv` has tabs between its cells.
    public CsvOptions csv(Path file) {
        boolean tabs = isTabbed(file.toString()) && !isDelimited();
        return tabs ? csv.withDelimiter('\t') : csv;
    }

    /// Whether somebody chose a delimiter.
    public boolean isDelimited() {
        return given.containsKey(TableOptions.DELIMITER);
    }

    /// The settings of a preprocessing with this answer.
    public PreprocessingSettings preprocessing(String answer, Task kind) {
        PreprocessingSettings settings = kind == Task.CLASSIFY
                ? PreprocessingSettings.classes(answer)
                : PreprocessingSettings.values(answer).withUnscaledTarget(); // its scale goes into the last layer
        settings = settings.withUsual(columns).withMissingTexts(csv.missing());
        for (RowColumns.Named each : rows.all()) settings = settings.without(each.column());
        return image.isPresent() ? settings.withInputShape(image.get()) : settings;
    }

    /// Whether a file's name says that tabs separate its cells.
    public static boolean isTabbed(String file) {
        return file.toLowerCase(Locale.ROOT).matches("(?s).*\\.tsv(\\.gz)?");
    }
}

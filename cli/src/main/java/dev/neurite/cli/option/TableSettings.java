package dev.neurite.cli.option;

import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.PreprocessingSettings.Task;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.TableFiles;
import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Settings of tables.
/// @param label the column to predict: its name, first or last
/// @param text the column of texts, an input beside the other columns; empty for none
/// @param test a file with the test rows
/// @param testShare the share of rows that become the test part without such a file
/// @param task classification or regression; empty to decide by the label's values
/// @param reading how files are read
/// @param columns how columns are preprocessed
/// @param dates columns of dates whose place in the calendar and age become inputs
/// @param image the shape of rows that are images; empty for others
/// @param rows columns that are not inputs
/// @param series settings of a time series; empty for rows that are none
/// @param given the options that were given, with their values
public record TableSettings(
        Optional<String> label,
        Optional<String> text,
        Optional<String> test,
        double testShare,
        Optional<Task> task,
        ReadOptions reading,
        ColumnSettings columns,
        Set<String> dates,
        Optional<Shape> image,
        RowColumns rows,
        Optional<SeriesSettings> series,
        Map<String, Object> given) {
    /// The notes in a model of how its CSV files were read.
    public static final String DELIMITER_NOTE = "csv.delimiter";

    public static final String HEADER_NOTE = "csv.header";

    static final double TEST_SHARE = 0.2;

    /// The defaults, for data that is not a table.
    static final TableSettings NONE = new TableOptions().settings();

    /// Refuses options of tables for other data.
    public void refuseFor(String data) {
        if (given.isEmpty()) return;
        throw new ConfigException(given.keySet().iterator().next(), "expects a table, got " + data);
    }

    /// How a file is read; a `.tsv` file without `--delimiter` has tabs.
    /// @param beside another file that is read with it, as the test rows are; empty for none
    /// @throws ConfigException for options of CSV files if neither file is one
    public ReadOptions readingOf(Path file, Optional<Path> beside) {
        if (!anyCsv(file, beside)) {
            for (String each : TableOptions.OF_CSV) {
                if (given.containsKey(each)) throw new ConfigException(each, "expects a CSV file, got " + file);
            }
        }
        boolean tabs = isTabbed(file.toString()) && !isDelimited();
        ReadOptions how = tabs ? reading.withDelimiter('\t') : isCsv(file) ? reading : reading.withoutCsv();
        Set<String> texts = new HashSet<>(how.texts());
        text.ifPresent(texts::add);
        texts.addAll(dates);
        return how.withTexts(texts);
    }

    private static boolean anyCsv(Path file, Optional<Path> beside) {
        return isCsv(file) || beside.filter(TableSettings::isCsv).isPresent();
    }

    private static boolean isCsv(Path file) {
        return TableFiles.format(file) == TableFiles.Format.CSV;
    }

    /// The notes for reading such files again; none if no file is CSV.
    public Map<String, String> csvNotes(Path file, Optional<Path> beside) {
        if (!anyCsv(file, beside)) return Map.of();
        Map<String, String> notes = new LinkedHashMap<>();
        if (isDelimited())
            notes.put(DELIMITER_NOTE, String.valueOf(reading.csv().delimiter()));
        notes.put(HEADER_NOTE, reading.csv().header().name().toLowerCase(Locale.ROOT));
        return notes;
    }

    /// Whether `--delimiter` was given.
    private boolean isDelimited() {
        return given.containsKey(TableOptions.DELIMITER);
    }

    /// The settings of a preprocessing with this label column.
    public PreprocessingSettings preprocessing(String label, Task kind) {
        PreprocessingSettings settings = kind == Task.CLASSIFY
                ? PreprocessingSettings.classes(label)
                : PreprocessingSettings.values(label).withUnscaledTarget(); // the last layer takes over the scaling
        settings = settings.withUsual(columns).withMissingTexts(reading.missing());
        if (text.isPresent()) settings = settings.without(text.get()); // an input of its own
        for (String each : dates) settings = settings.with(each, columns.withDates());
        for (RowColumns.Named each : rows.all()) {
            if (!dates.contains(each.column())) settings = settings.without(each.column());
        }
        return image.isPresent() ? settings.withInputShape(image.get()) : settings;
    }

    /// Whether a file is named as tab-separated.
    public static boolean isTabbed(String file) {
        return file.toLowerCase(Locale.ROOT).matches("(?s).*\\.tsv(\\.gz)?");
    }
}

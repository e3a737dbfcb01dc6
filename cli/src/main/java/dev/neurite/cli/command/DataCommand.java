package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.ColumnStats;
import dev.neurite.cli.input.TableMisfits;
import dev.neurite.cli.input.TableTrainingData;
import dev.neurite.cli.network.ForeignFile;
import dev.neurite.cli.option.RowColumns;
import dev.neurite.cli.option.TableOptions;
import dev.neurite.cli.option.TableSettings;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.TableFiles;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `neurite data`.
@Command(
        name = "data",
        description = "Describe the columns of a table: types, ranges, missing values, and what looks wrong.",
        abbreviateSynopsis = true,
        sortOptions = false,
        footer = {
            "",
            "Takes the table options of train and reads the file as train does. Cells that do not fit their",
            "column and rows with too many or too few cells are counted; train stops at the first of them.",
            "",
            "Examples:",
            "  neurite data houses.csv",
            "  neurite data houses.csv --label price --missing NA,? --delimiter ';'"
        })
final class DataCommand implements Callable<Integer> {
    private static final int MOST_SHOWN = 40;

    private final Context context;

    @Parameters(
            paramLabel = "FILE",
            description = "A table: CSV (.csv, .tsv), gzipped or not (.csv.gz), Parquet (.parquet), ARFF (.arff), or"
                    + " the query of a database (.sql), which NEURITE_DB_URL names.")
    private String file = "";

    @ArgGroup(validate = false, heading = "%nTables:%n")
    private TableOptions options = new TableOptions();

    DataCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        TableSettings settings = options.settings();
        var misfits = new TableMisfits();
        Path path = path();
        ReadOptions how = settings.readingOf(path, Optional.empty())
                .withNotes(line -> context.note("note: " + line))
                .withMisfits(misfits);
        try (Table table = TableFiles.read(path, how)) {
            List<ColumnStats> columns = ColumnStats.of(table, misfits);
            List<String> warnings = misfits.lines(table);
            warnings.addAll(warnings(columns));
            Map<String, Long> classes = new LinkedHashMap<>();
            for (RowColumns.Named each : settings.rows().all()) {
                TableTrainingData.requireColumn(table, settings.label().orElse(""), each);
            }
            Set<String> others =
                    settings.rows().all().stream().map(RowColumns.Named::column).collect(Collectors.toSet());
            others.addAll(settings.dates());
            if (settings.label().isPresent()) {
                String label =
                        TableTrainingData.column(path, table, settings.label().get());
                others.add(label);
                classes.putAll(ColumnStats.classes(table, table.column(label)));
                if (classes.size() == 1) warnings.add("'" + label + "' has only one class: a classifier needs two");
            }
            warnings.addAll(ColumnStats.useless(table, column -> !others.contains(column)));
            if (context.json()) context.printJson(json(table, columns, classes, warnings));
            else show(table, columns, classes, warnings);
        }
        return 0;
    }

    private Path path() {
        try {
            if (file.isBlank()) throw new DataException("FILE", "expects a table, got no name");
            if (file.toLowerCase(Locale.ROOT).matches(".*\\.np[yz]")) {
                throw new DataException(file, "expects a table, got a NumPy file", "train takes it as it is");
            }
            ForeignFile.refuseAsData(file, "a table");
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new ConfigException("FILE", "expects a table, got '" + file + "': " + e.getReason());
        }
    }

    private static List<String> warnings(List<ColumnStats> columns) {
        List<String> warnings = new ArrayList<>();
        for (ColumnStats each : columns) {
            if (each.kind() == Kind.SKIPPED) continue;
            if (each.values() == 0 && each.odd() == 0) warnings.add("'" + each.name() + "' has no value");
            else if (each.distinct() == 1) warnings.add("'" + each.name() + "' is constant");
        }
        return warnings;
    }

    private void show(Table table, List<ColumnStats> columns, Map<String, Long> classes, List<String> warnings) {
        context.print(Text.format(
                "%s   %,d rows   %,d columns   missing %,d",
                file,
                table.rows(),
                columns.size(),
                columns.stream().mapToLong(ColumnStats::missing).sum()));
        int width = columns.stream()
                .limit(MOST_SHOWN)
                .mapToInt(each -> each.name().length())
                .max()
                .orElse(0);
        for (ColumnStats each : columns.subList(0, Math.min(MOST_SHOWN, columns.size()))) {
            String missing = each.missing() == 0 ? "" : Text.format("   missing %,d", each.missing());
            String odd = each.odd() == 0 ? "" : Text.format("   not read %,d", each.odd());
            context.print(Text.format("%-" + Math.max(1, width) + "s  ", each.name()) + each.range() + missing + odd);
        }
        if (columns.size() > MOST_SHOWN) {
            context.print(Text.format("and %,d more columns; --json has all", columns.size() - MOST_SHOWN));
        }
        if (!classes.isEmpty()) context.print("classes");
        classes.entrySet().stream()
                .limit(MOST_SHOWN)
                .forEach(each -> context.print(Text.format(
                        "  %s  %,d  %.1f %%", each.getKey(), each.getValue(), 100.0 * each.getValue() / table.rows())));
        for (String each : warnings) context.print("warning: " + each);
    }

    private Map<String, Object> json(
            Table table, List<ColumnStats> columns, Map<String, Long> classes, List<String> warnings) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", file);
        json.put("rows", table.rows());
        json.put("columns", columns.stream().map(ColumnStats::json).toList());
        if (!classes.isEmpty()) json.put("classes", classes);
        json.put("warnings", warnings);
        return json;
    }
}

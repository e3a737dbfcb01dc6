package dev.neurite.cli.input;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.option.RowColumns;
import dev.neurite.cli.option.TableOptions;
import dev.neurite.cli.option.TableSettings;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.data.table.PreprocessingSettings.Task;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.data.table.TableSplit;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.TableFiles;
import dev.neurite.error.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// All that keeps a table from being trained on, with the options that mend it.
/// @param lines a sentence for each problem
/// @param options the options with their whole values; those that were given with the old ones in them
/// @param unmended whether no option mends some of it
public record TableProblems(List<String> lines, SequencedMap<String, String> options, boolean unmended) {
    private static final String MARKS = "(?i)n/?a|nan|null|none|nil|missing|unknown|[?.-]+|#n/a";

    /// Looks at a table whose training was refused.
    /// @return empty if there are not several problems, so that the first one is all there is to say
    /// @throws DataException if the file is no table, or has no such label column
    public static Optional<TableProblems> of(Path path, TrainSettings settings) {
        TableSettings table = settings.data().table();
        if (table.label().isEmpty() || table.series().isPresent()) return Optional.empty();
        var misfits = new TableMisfits();
        ReadOptions options = table.readingOf(path, TableTrainingData.testFile(table));
        try (Table all = TableFiles.read(path, options.withMisfits(misfits))) {
            var search = new Search(
                    all,
                    table,
                    misfits,
                    TableTrainingData.column(path, all, table.label().get()));
            search.cells();
            search.idsAndDates();
            search.gaps();
            if (!search.unmended) search.unseen(settings);
            boolean several = search.lines.size() > search.consequences + 1;
            return several
                    ? Optional.of(new TableProblems(List.copyOf(search.lines), search.options, search.unmended))
                    : Optional.empty();
        }
    }

    /// The error that names them all.
    /// @param command the command line that trains, if it mends all
    public DataException error(Path path, String command) {
        return new DataException(
                path.toString(),
                Text.format("expects columns that a network can learn from, got %,d problems: ", lines.size())
                        + String.join("; ", lines),
                options.isEmpty()
                        ? ""
                        : (unmended ? "Besides what must be mended in the file: " : "This mends all of it: ")
                                + command);
    }

    /// Collects the problems of one table.
    private static final class Search {
        private final Table all;
        private final TableSettings settings;
        private final TableMisfits misfits;
        private final String label;
        private final Set<String> inputs = new LinkedHashSet<>();
        private final Set<String> readable = new LinkedHashSet<>(); // dates that become numbers
        private final List<String> lines = new ArrayList<>();
        private final SequencedMap<String, String> options = new LinkedHashMap<>();
        private boolean unmended;
        private int consequences; // lines on values that are missing only as their cells are no numbers

        Search(Table all, TableSettings settings, TableMisfits misfits, String label) {
            this.all = all;
            this.settings = settings;
            this.misfits = misfits;
            this.label = label;
            for (Table.Column each : all.columns()) if (each.kind() != Kind.SKIPPED) inputs.add(each.name());
            inputs.remove(label);
            settings.text().ifPresent(inputs::remove);
            readable.addAll(settings.dates());
            for (RowColumns.Named each : settings.rows().all()) inputs.remove(each.column());
        }

        private void add(String option, String value) {
            Object given = options.containsKey(option)
                    ? options.get(option)
                    : settings.given().get(option);
            options.put(option, given == null ? value : given + "," + value);
        }

        /// Cells that are no numbers: marks of missing values, or texts.
        void cells() {
            lines.addAll(misfits.shortLines(all));
            unmended = misfits.of("") > 0;
            Set<String> marks = new LinkedHashSet<>();
            for (Table.Column each : all.columns()) {
                Set<String> texts = misfits.texts(each.name());
                if (texts.isEmpty()) continue;
                if (each.kind() == Kind.NUMERIC && texts.stream().allMatch(text -> text.matches(MARKS))) {
                    marks.addAll(texts);
                } else {
                    add(TableOptions.CATEGORIES, each.name());
                }
            }
            if (!marks.isEmpty()) add(TableOptions.MISSING, String.join(",", marks));
        }

        void idsAndDates() {
            for (ColumnStats.Useless each :
                    ColumnStats.uselessColumns(all, name -> inputs.contains(name) && !readable.contains(name))) {
                String order = each.dates()
                        ? " (or --order-by " + Console.quoted(each.name()) + " splits the rows by it)"
                        : "";
                lines.add("'" + each.name() + "' " + each.what() + order);
                boolean second = each.option().equals(TableOptions.TEXT)
                        && (settings.text().isPresent() || options.containsKey(TableOptions.TEXT));
                add(second ? TableOptions.DROP : each.option(), each.name());
                if (each.option().equals(TableOptions.DATES)) readable.add(each.name());
                else inputs.remove(each.name());
            }
        }

        void gaps() {
            List<String> columns = new ArrayList<>();
            long cells = 0;
            boolean consequence = true;
            for (int i = 0; i < all.columns().size(); i++) {
                String name = all.columns().get(i).name();
                long missing = missing(i);
                if (missing == 0) continue;
                consequence &= missing == misfits.of(name);
                if (name.equals(label)) {
                    if (missing == misfits.of(name)) consequences++;
                    lines.add(Text.format("'%s', the label, is missing in %,d rows: leave them out", name, missing));
                    unmended = true;
                } else if (inputs.contains(name) && missing == all.rows()) {
                    lines.add("'" + name + "' has no value");
                    add(TableOptions.DROP, name);
                    inputs.remove(name);
                } else if (inputs.contains(name)) {
                    columns.add("'" + name + "'");
                    cells += missing;
                }
            }
            if (columns.isEmpty() || settings.columns().missing() != Missing.REFUSE) return;
            if (consequence) consequences++;
            lines.add(Text.format("%,d values are missing, in %s", cells, String.join(", ", columns)));
            options.put(TableOptions.MISSING_RULE, "mean");
        }

        private long missing(int column) {
            long missing = 0;
            for (int row = 0; row < all.rows(); row++) if (Float.isNaN(all.value(row, column))) missing++;
            return missing;
        }

        /// Categories that no training row has.
        void unseen(TrainSettings whole) {
            if (settings.test().isPresent() || settings.columns().ignoresUnseen()) return;
            Task task = settings.task().orElse(all.looksLikeClasses(all.column(label)) ? Task.CLASSIFY : Task.REGRESS);
            RowSplitter splitter = RowSplitter.of(settings.rows());
            List<Table> others = new ArrayList<>();
            TableSplit split = splitter.split(all, label, task, settings.testShare(), TableTrainingData.TEST_SEED);
            Table train = split.train();
            others.add(split.test());
            if (whole.data().validation().isPresent()) {
                double share = whole.data().validation().getAsDouble();
                split = splitter.split(train, label, task, share, whole.seed());
                train = split.train();
                others.add(split.test());
            }
            List<String> columns = new ArrayList<>();
            for (int i = 0; i < all.columns().size(); i++) {
                Table.Column each = all.columns().get(i);
                if (each.kind() != Kind.CATEGORICAL || !inputs.contains(each.name())) continue;
                if (readable.contains(each.name())) continue;
                BitSet known = codes(train, i);
                boolean odd = false;
                for (Table part : others) {
                    BitSet codes = codes(part, i);
                    codes.andNot(known);
                    odd |= !codes.isEmpty();
                }
                if (odd) columns.add("'" + each.name() + "'");
            }
            if (columns.isEmpty()) return;
            lines.add(String.join(", ", columns) + " in test or validation rows "
                    + (columns.size() == 1 ? "has" : "have") + " texts that no training row has");
            options.put(TableOptions.UNSEEN, "ignore");
        }

        private static BitSet codes(Table rows, int column) {
            var codes = new BitSet();
            for (int row = 0; row < rows.rows(); row++) {
                float code = rows.value(row, column);
                if (!Float.isNaN(code)) codes.set((int) code);
            }
            return codes;
        }
    }

    /// The words of a command line with these options in place of those of the same names.
    /// @param words as `--name=value`
    public String command(List<String> words) {
        List<String> changed = new ArrayList<>(words);
        changed.removeIf(each -> options.containsKey(each.replaceFirst("=.*", "")));
        options.forEach((name, value) -> changed.add(name + "=" + value));
        return Console.commandLine(changed.toArray(String[]::new));
    }
}

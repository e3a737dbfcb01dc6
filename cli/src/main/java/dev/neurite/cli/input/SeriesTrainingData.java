package dev.neurite.cli.input;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.option.SeriesOptions;
import dev.neurite.cli.option.SeriesSettings;
import dev.neurite.cli.option.TableOptions;
import dev.neurite.cli.option.TableSettings;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.series.NaiveForecast;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesParts;
import dev.neurite.data.series.SeriesSplit;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.ModelFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Reads a table of time series for training: cuts it by time, fits a preprocessing on the oldest part, and makes
/// windows.
final class SeriesTrainingData {
    private static final int SHORTEST = 10; // steps of a window by default
    private static final int SEASONS = 3; // in a window by default
    private static final int COUNTED = 10; // rows by which a column of numbers is known to count them
    private static final float EXACT = 1 << 24; // below, every whole number is a float

    private final Path path;
    private final TrainSettings settings;
    private final TableSettings table;
    private final SeriesSettings series;
    private final List<String> remarks = new ArrayList<>();

    SeriesTrainingData(Path path, TrainSettings settings, SeriesSettings series) {
        this.path = path;
        this.settings = settings;
        this.table = settings.data().table();
        this.series = series;
    }

    LoadedData load() {
        ReadOptions options = reading(series.time().stream().collect(Collectors.toSet()));
        Table all = TableTrainingData.read(
                path,
                options,
                remarks,
                read -> table.label().stream()
                        .map(each -> TableTrainingData.column(path, read, each))
                        .collect(Collectors.toSet()));
        Optional<String> time = series.time().or(() -> firstDates(all)).or(() -> firstCounter(all));
        SeriesColumns columns = new SeriesColumns(target(all, time), time, series.series(), Optional.empty());
        SeriesTable rows = SeriesTable.of(all, columns);
        PreprocessingSettings how = PreprocessingSettings.inputsOnly()
                .withUsual(table.columns())
                .withMissingTexts(table.reading().missing());
        PreprocessingSettings fitting = rows.settings(how, cycles(rows));
        SeriesParts parts = settings.data().validation().isPresent()
                ? rows.split(settings.data().validation().getAsDouble(), table.testShare())
                : rows.split(table.testShare());
        Preprocessing fitted = Preprocessing.fit(parts.train(), fitting);
        ModelFile.requireRoom(fitted);
        SeriesSplit steps = parts.windows(fitted, new SeriesWindow(1, series.horizon(), series.stride()));
        int season = series.season()
                .orElseGet(
                        () -> NaiveForecast.best(steps.train(), rows.seasons()).season());
        int window = series.window().orElseGet(() -> window(steps.train(), season));
        SeriesSplit windows = steps.with(new SeriesWindow(window, series.horizon(), series.stride()))
                .withSeason(new NaiveForecast(season));
        remark(rows, windows, season);
        return new LoadedData(
                windows.parts(),
                Optional.of(fitted),
                notes(),
                remarks,
                splitter(rows, fitting, windows.train().window()),
                UnaryOperator.identity());
    }

    private ReadOptions reading(Set<String> time) {
        Set<String> texts = new HashSet<>(table.reading().texts());
        texts.addAll(time); // float32 would round seconds since 1970
        series.series().ifPresent(texts::add);
        return table.readingOf(path, Optional.empty()).withTexts(texts).withNotes(line -> remarks.add("note: " + line));
    }

    private static Optional<String> firstDates(Table all) {
        return IntStream.range(0, all.columns().size())
                .filter(all::looksLikeDates)
                .mapToObj(i -> all.columns().get(i).name())
                .findFirst();
    }

    /// The first column of whole numbers that grow by the same number from row to row, such as years, if it is
    /// not the one to forecast. As an input it would only say where in the training part a step was.
    private Optional<String> firstCounter(Table all) {
        if (series.series().isPresent() || all.rows() < COUNTED) return Optional.empty();
        return IntStream.range(0, all.columns().size())
                .filter(i -> counts(all, i))
                .mapToObj(i -> all.columns().get(i).name())
                .filter(each -> leavesTarget(all, each))
                .findFirst();
    }

    /// Whether there is a column to forecast besides one of times.
    private boolean leavesTarget(Table all, String time) {
        if (table.label().isPresent()) {
            return !TableTrainingData.column(path, all, table.label().get()).equals(time);
        }
        return all.columns().stream()
                .anyMatch(each -> each.kind() == Kind.NUMERIC && !each.name().equals(time));
    }

    private static boolean counts(Table all, int column) {
        if (all.columns().get(column).kind() != Kind.NUMERIC) return false;
        float step = all.value(1, column) - all.value(0, column);
        if (!(step > 0)) return false;
        for (int row = 0; row < all.rows(); row++) {
            float value = all.value(row, column);
            if (value != Math.rint(value) || Math.abs(value) >= EXACT) return false;
            if (row > 0 && value - all.value(row - 1, column) != step) return false;
        }
        return true;
    }

    /// The column of `--label`, or the first column of numbers.
    private String target(Table all, Optional<String> time) {
        if (table.label().isPresent())
            return TableTrainingData.column(path, all, table.label().get());
        List<String> numbers = all.columns().stream()
                .filter(each -> each.kind() == Kind.NUMERIC)
                .map(Table.Column::name)
                .filter(each ->
                        !Optional.of(each).equals(time) && !Optional.of(each).equals(series.series()))
                .toList();
        if (numbers.isEmpty()) {
            throw new DataException(path.toString(), "expects a column of numbers to forecast, got none");
        }
        if (numbers.size() > 1) {
            remarks.add("target '" + numbers.getFirst() + "', the first column of numbers; " + TableOptions.LABEL
                    + " names another");
        }
        return numbers.getFirst();
    }

    private List<Cycle> cycles(SeriesTable rows) {
        if (series.calendar().isEmpty()) return rows.cycles();
        List<Cycle> chosen = series.calendar().get();
        if (!chosen.isEmpty() && rows.columns().time().isEmpty()) {
            throw new ConfigException(
                    SeriesOptions.CALENDAR, "expects a column of dates, got none", "Name it: " + SeriesOptions.TIME);
        }
        return chosen;
    }

    /// The default window: three seasons, at least a forecast, but at most half of what the longest series has left.
    /// Of three a linear model takes means; more of a series without seasons would be learned by heart.
    private static int window(SeriesWindows train, int season) {
        int horizon = train.window().horizon();
        int longest = IntStream.range(0, train.series().count())
                .map(train::endOf)
                .max()
                .orElse(0);
        int most = Math.max(1, (longest - horizon) / 2);
        return Math.min(most, Math.max(SEASONS * season, Math.max(horizon, SHORTEST)));
    }

    private void remark(SeriesTable rows, SeriesSplit windows, int season) {
        SeriesWindow window = windows.train().window();
        String time = rows.columns().time().map(each -> " by '" + each + "'").orElse("");
        remarks.add(Text.format(
                "series '%s'   %s%,d steps%s   window %d   forecast %d   season %s",
                rows.columns().target(),
                rows.names().size() == 1
                        ? ""
                        : Text.format("%,d series, ", rows.names().size()),
                rows.rows().rows(),
                time,
                window.steps(),
                window.horizon(),
                season == 1 ? "none" : Integer.toString(season)));
        remarks.add("split  each series by time: the last " + Math.round(100 * table.testShare())
                + " % of its steps are forecast in the test part");
        int gaps = rows.gaps();
        if (gaps > 0) {
            remarks.add(Text.format(
                    "warning: %,d steps are further from the step before than usual; a window takes all as equally far."
                            + " Fill the missing rows in the file, as with the values a season before",
                    gaps));
        }
        Set<Integer> seen = IntStream.range(0, windows.train().size())
                .mapToObj(windows.train()::seriesOf)
                .collect(Collectors.toSet());
        int unseen = rows.names().size() - seen.size();
        if (unseen > 0) {
            remarks.add(Text.format("note: %,d series are too short to train on a window of them", unseen));
        }
        if (windows.train().isMapped()) {
            remarks.add("note: the series is kept in a temporary file, as it would fill the heap");
        }
    }

    private LoadedData.Splitter splitter(SeriesTable rows, PreprocessingSettings fitting, SeriesWindow window) {
        return new LoadedData.Splitter() {
            @Override
            public DataSplit holdout(Dataset data, double share, long seed) {
                SeriesParts parts = rows.split(share, table.testShare());
                SeriesSplit split = parts.windows(Preprocessing.fit(parts.train(), fitting), window);
                return new DataSplit(split.train(), split.validation().orElseThrow());
            }

            @Override
            public List<DataSplit> folds(Dataset data, int count, long seed) {
                throw new ConfigException(
                        SeriesOptions.FORECAST,
                        "expects one split by time, got folds, which would train on later steps than they test");
            }
        };
    }

    private Map<String, String> notes() {
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put(SeriesEvaluationData.STRIDE, Integer.toString(series.stride()));
        notes.putAll(table.csvNotes(path, Optional.empty()));
        notes.put(TableEvaluationData.TEST_SHARE, Double.toString(table.testShare()));
        return notes;
    }
}

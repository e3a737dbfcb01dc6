package dev.neurite.data.series;

import dev.neurite.data.table.DateTime;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.DataException;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// The times of the steps of some series, checked: they are in order.
final class StepTimes {
    private static final double GAP = 0.5; // of the usual distance, that a step comes later than expected
    private static final double SIMILAR = 1.5; // times the distance of another rhythm
    private static final double ODD = 0.1; // share of the rows on days that the training left out
    private static final float EXACT = 1 << 24; // below, every whole number is a float

    private final Table rows; // one series after the other
    private final SeriesColumns columns;
    private final int[] starts;
    private final double[] times; // of each row, seconds or numbers; empty without times
    private final List<DateTime> moments; // of each row; empty if times are no dates
    private final Optional<Rhythm> own; // of these rows

    private StepTimes(Table rows, SeriesColumns columns, int[] starts) {
        this.rows = rows;
        this.columns = columns;
        this.starts = starts;
        Optional<Integer> column = columns.time().map(rows::column);
        this.times = column.map(at -> times(rows, at)).orElse(new double[0]);
        this.moments = column.map(at -> moments(rows, at)).orElse(List.of());
        checkTimes();
        this.own = Rhythms.of(times, moments, starts);
    }

    /// @param rows one series after the other
    /// @param columns with the rhythm of the training, if it is known
    /// @param starts the first step of each series, and the end of the last
    /// @throws DataException for texts that are no times, or rows that are not in the order of time
    static StepTimes of(Table rows, SeriesColumns columns, int[] starts) {
        return new StepTimes(rows, columns, starts);
    }

    static String place(Table table, int row, String column) {
        return table.place(row) + ", column '" + column + "'";
    }

    /// Refuses numbers so large that neighbors may be equal, as seconds since 1970 would be.
    static void requireExact(Table table, int row, int column) {
        Table.Column of = table.columns().get(column);
        float value = table.value(row, column);
        if (of.kind() != Kind.NUMERIC || !(Math.abs(value) >= EXACT)) return;
        throw new DataException(
                place(table, row, of.name()),
                "expects numbers below 16,777,216 as times and names of series, beyond which float32 has not all, got "
                        + NumberText.of(value),
                "Read the column as texts (in the library ReadOptions.withTexts, on the command line --time,"
                        + " --series)");
    }

    private static double[] times(Table table, int column) {
        Table.Column of = table.columns().get(column);
        double[] times = new double[table.rows()];
        double[] parsed =
                of.categories().stream().mapToDouble(StepTimes::seconds).toArray();
        for (int row = 0; row < times.length; row++) {
            requireExact(table, row, column);
            float value = table.value(row, column);
            times[row] = of.kind() == Kind.CATEGORICAL && !Float.isNaN(value) ? parsed[(int) value] : value;
            if (!Double.isNaN(times[row])) continue;
            String got = Float.isNaN(value) ? "none" : "'" + of.categories().get((int) value) + "'";
            throw new DataException(
                    place(table, row, of.name()),
                    "expects a number, or a date or time as in 2026-11-26 or 2026-11-26T08:30, got " + got);
        }
        return times;
    }

    private static double seconds(String text) {
        if (NumberText.isNumber(text)) return Double.parseDouble(text);
        return DateTime.parse(text).map(DateTime::seconds).orElse(Double.NaN);
    }

    /// The moments of a column in which all are dates or times; else empty.
    private static List<DateTime> moments(Table table, int column) {
        List<Optional<DateTime>> parsed = table.columns().get(column).categories().stream()
                .map(DateTime::parse)
                .toList();
        if (parsed.isEmpty() || parsed.stream().anyMatch(Optional::isEmpty)) return List.of();
        List<DateTime> moments = new ArrayList<>(table.rows());
        for (int row = 0; row < table.rows(); row++) {
            float value = table.value(row, column);
            if (Float.isNaN(value)) return List.of(); // refused as a time
            moments.add(parsed.get((int) value).orElseThrow());
        }
        return moments;
    }

    private void checkTimes() {
        for (int s = 0; s < starts.length - 1 && times.length > 0; s++) {
            for (int row = starts[s] + 1; row < starts[s + 1]; row++) {
                if (times[row] > times[row - 1]) continue;
                String column = columns.time().orElseThrow();
                boolean again = times[row] == times[row - 1];
                String hint = again
                        ? "A table of several series needs the column that tells them apart"
                                + " (in the library SeriesColumns.withSeries, on the command line --series)"
                        : "Sort the rows by '" + column + "'";
                throw new DataException(
                        place(rows, row, column),
                        "expects a later time than in the row before, got " + time(row) + " after " + time(row - 1),
                        hint);
            }
        }
    }

    private String time(int row) {
        Table.Column of = rows.columns().get(rows.column(columns.time().orElseThrow()));
        float value = rows.value(row, rows.column(of.name()));
        return of.kind() == Kind.CATEGORICAL ? of.categories().get((int) value) : NumberText.of(value);
    }

    boolean isDates() {
        return !moments.isEmpty();
    }

    /// The seconds from the first to the last step of a series.
    double span(int series) {
        return times[starts[series + 1] - 1] - times[starts[series]];
    }

    /// The rhythm of these rows; empty without times or two steps.
    Optional<Rhythm> own() {
        return own;
    }

    /// The rhythm of the training, if these rows have a similar one or none can be known from them; else their own.
    Optional<Rhythm> usual() {
        if (times.length == 0) return Optional.empty();
        return columns.rhythm().filter(this::fits).or(() -> own);
    }

    private boolean fits(Rhythm trained) {
        if (trained instanceof Rhythm.Numbers == isDates()) return false;
        if (own.isEmpty()) return true;
        double ratio = own.get().usualDistance() / trained.usualDistance();
        if (!(ratio < SIMILAR && ratio > 1 / SIMILAR)) return false;
        Set<DayOfWeek> here = days(own.get());
        Set<DayOfWeek> there = days(trained);
        if (!here.isEmpty() || there.isEmpty()) return here.equals(there);
        long odd = moments.stream()
                .filter(each -> !there.contains(each.local().getDayOfWeek()))
                .count();
        return odd <= ODD * moments.size();
    }

    private static Set<DayOfWeek> days(Rhythm rhythm) {
        return rhythm instanceof Rhythm.Seconds(double _, Set<DayOfWeek> days) ? days : Set.of();
    }

    /// The rows that come later than usual, of the last `steps` of each series.
    List<Integer> gaps(int steps) {
        Optional<Rhythm> usual = usual();
        if (usual.isEmpty()) return List.of();
        Rhythm rhythm = usual.get();
        List<Integer> gaps = new ArrayList<>();
        for (int s = 0; s < starts.length - 1; s++) {
            for (int row = Math.max(starts[s], starts[s + 1] - steps) + 1; row < starts[s + 1]; row++) {
                double expected = isDates()
                        ? rhythm.after(moments.get(row - 1), 1).seconds()
                        : times[row - 1] + rhythm.usualDistance();
                if (times[row] > expected + GAP * rhythm.usualDistance()) gaps.add(row);
            }
        }
        return gaps;
    }

    /// What is unusual about the times of the last `steps` of each series, in words.
    List<String> warnings(int steps) {
        List<String> warnings = new ArrayList<>();
        Optional<Rhythm> trained = columns.rhythm();
        if (trained.isPresent() && own.isPresent() && !fits(trained.get())) {
            warnings.add("steps are usually " + own.get().words() + " apart, in training "
                    + trained.get().words());
        }
        List<Integer> gaps = gaps(steps);
        if (!gaps.isEmpty()) {
            warnings.add(gaps.size() + (gaps.size() == 1 ? " step is" : " steps are")
                    + " further from the step before than usual, the last at " + time(gaps.getLast())
                    + "; a window takes all as equally far");
        }
        return warnings;
    }

    /// The time of each step as text, without the table.
    static final class Texts {
        private final double[] times;
        private final Optional<DateTime> first; // has the form of dates; empty for numbers
        private final Optional<Rhythm> rhythm; // of the steps after the last row of a series; empty if not known

        private Texts(double[] times, Optional<DateTime> first, Optional<Rhythm> rhythm) {
            this.times = times;
            this.first = first;
            this.rhythm = rhythm;
        }

        /// @param later how many steps after the row
        Optional<String> of(int row, int later) {
            if (later > 0 && rhythm.isEmpty()) return Optional.empty();
            if (first.isEmpty()) {
                double passed = later == 0 ? 0 : later * rhythm.get().usualDistance();
                return Optional.of(Rhythms.number(times[row] + passed));
            }
            DateTime known = first.get().at(times[row]);
            return Optional.of((later == 0 ? known : rhythm.get().after(known, later)).toString());
        }
    }

    Optional<Texts> texts() {
        return times.length == 0
                ? Optional.empty()
                : Optional.of(new Texts(times, moments.stream().findFirst(), usual()));
    }

    /// The times of the steps after a row, in the usual rhythm; empty without times, or if no rhythm is known.
    Optional<List<String>> after(int row, int count) {
        return usual().map(rhythm -> isDates()
                ? dates(rhythm, moments.get(row), count)
                : IntStream.rangeClosed(1, count)
                        .mapToObj(i -> Rhythms.number(times[row] + rhythm.usualDistance() * i))
                        .toList());
    }

    private static List<String> dates(Rhythm rhythm, DateTime last, int count) {
        boolean stepwise = !days(rhythm).isEmpty(); // else each is counted from the last known one, as months are
        List<String> dates = new ArrayList<>();
        DateTime next = last;
        for (int i = 1; i <= count; i++) {
            next = stepwise ? rhythm.after(next, 1) : rhythm.after(last, i);
            dates.add(next.toString());
        }
        return dates;
    }
}

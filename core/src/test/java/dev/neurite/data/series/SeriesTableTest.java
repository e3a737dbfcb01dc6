package dev.neurite.data.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SeriesTableTest {
    private static final SeriesColumns COLUMNS = SeriesColumns.of("load").withTime("time");

    private static Map<String, Object> step(Object time, double load) {
        Map<String, Object> row = new HashMap<>();
        row.put("time", time);
        row.put("load", load);
        row.put("wind", load * 2);
        return row;
    }

    private static Table table(Stream<Map<String, Object>> rows) {
        return Table.ofMaps(List.of("time", "load", "wind"), rows);
    }

    /// Hours from 2026-01-01, a Thursday; load t.
    private static Table hours(int count) {
        LocalDateTime start = LocalDateTime.of(2026, 1, 1, 0, 0);
        return table(
                IntStream.range(0, count).mapToObj(t -> step(start.plusHours(t).toString(), t)));
    }

    @Test
    void scalingIsOfTheTrainingPartOnly() {
        SeriesTable table = SeriesTable.of(hours(100), COLUMNS);
        SeriesParts parts = table.split(0.25, 0.2); // cut at 80 and 60
        assertThat(parts.train().rows()).isEqualTo(60);
        Preprocessing inputs =
                Preprocessing.fit(parts.train(), table.settings(PreprocessingSettings.inputsOnly(), List.of()));
        ColumnEncoding.Scaled load =
                (ColumnEncoding.Scaled) inputs.columns().get(1).encoding();
        assertThat(load.shift()).isEqualTo(29.5);
        assertThat(load.high()).isEqualTo(59);
        SeriesSplit windows = parts.windows(inputs, SeriesWindow.of(10, 4));
        assertThat(windows.train().inputShape()).isEqualTo(Shape.of(10, 2));
        assertThat(windows.train().isPrepared()).isTrue();
        assertThat(windows.validation().orElseThrow().stepOf(0)).isEqualTo(60);
        float[] target = new float[4];
        windows.test().readTarget(0, target, 0);
        assertThat(target).as("in the units of the series").containsExactly(80, 81, 82, 83);
        float[] input = new float[20];
        windows.test().readInput(0, input, 0);
        assertThat(input[18]).isCloseTo((float) ((79 - load.shift()) / load.scale()), within(1e-6f));
    }

    @Test
    void timesBecomePlacesInTheCyclesThatTheyShow() {
        SeriesTable table = SeriesTable.of(hours(24 * 22), COLUMNS);
        assertThat(table.cycles()).containsExactly(Cycle.DAY, Cycle.WEEK);
        assertThat(table.seasons()).containsExactly(24, 168);
        Preprocessing inputs = Preprocessing.fit(table.rows(), table.settings());
        assertThat(inputs.inputNames())
                .containsExactly(
                        "time in day, sine",
                        "time in day, cosine",
                        "time in week, sine",
                        "time in week, cosine",
                        "load",
                        "wind");
        float[] sixOClock = new float[6];
        inputs.applyToInputs(table.rows()).readInput(6, sixOClock, 0);
        assertThat(sixOClock[0]).isCloseTo(1, within(1e-6f));
        assertThat(sixOClock[1]).isCloseTo(0, within(1e-6f));
        double week = 2 * Math.PI * (3 + 0.25) / 7; // Thursday, 6:00
        assertThat(sixOClock[2]).isCloseTo((float) Math.sin(week), within(1e-6f));
        assertThat(inputs.row(step("2026-01-01T06:00", 6))).isEqualTo(sixOClock);
        assertThatThrownBy(() -> inputs.row(step("noon", 6)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a date or time");
        assertThatThrownBy(() -> inputs.row(step(6, 6))).isInstanceOf(DataException.class);
        assertThat(SeriesTable.of(hours(24 * 2), COLUMNS).cycles()).isEmpty();
    }

    @Test
    void monthsHaveASeasonOfAYear() {
        Table months =
                table(IntStream.range(0, 48).mapToObj(t -> step("%04d-%02d".formatted(2020 + t / 12, t % 12 + 1), t)));
        SeriesTable table = SeriesTable.of(months, COLUMNS);
        assertThat(table.seasons()).containsExactly(12);
        assertThat(table.gaps()).isZero();
        assertThat(table.timesAfter(0, 3)).hasValue(List.of("2024-01", "2024-02", "2024-03"));
    }

    @Test
    void timesGoOnAsTheyEnd() {
        assertThat(after("2026-02-27", "2026-02-28")).containsExactly("2026-03-01", "2026-03-02");
        assertThat(after("2026-01-31", "2026-02-28")).containsExactly("2026-03-31", "2026-04-30");
        assertThat(after("2026-01-15", "2026-04-15")).containsExactly("2026-07-15", "2026-10-15");
        assertThat(after("2026-01-01 23:30", "2026-01-01 23:45"))
                .containsExactly("2026-01-02 00:00", "2026-01-02 00:15");
        assertThat(after("2026-01-01T00:00:00+01:00", "2026-01-01T00:00:10+01:00"))
                .containsExactly("2026-01-01T00:00:20+01:00", "2026-01-01T00:00:30+01:00");
        assertThat(after(7, 9)).containsExactly("11", "13");
        assertThat(after("1764321000", "1764321600")).containsExactly("1764322200", "1764322800");
    }

    private static List<String> after(Object before, Object last) {
        return SeriesTable.of(table(Stream.of(step(before, 1), step(last, 2))), COLUMNS)
                .timesAfter(0, 2)
                .orElseThrow();
    }

    @Test
    void seriesAreToldApartByAColumn() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            for (String shop : List.of("north", "south")) {
                Map<String, Object> row = step("2026-01-0" + (t + 1), t + (shop.equals("south") ? 100 : 0));
                row.put("shop", shop);
                rows.add(row);
            }
        }
        Table all = Table.ofMaps(List.of("time", "load", "wind", "shop"), rows.stream());
        SeriesTable table = SeriesTable.of(all, COLUMNS.withSeries("shop"));
        assertThat(table.names()).containsExactly("north", "south");
        Preprocessing inputs = Preprocessing.fit(table.rows(), table.settings());
        assertThat(inputs.inputNames()).containsExactly("load", "wind");
        SeriesWindows windows = table.windows(inputs, SeriesWindow.of(2, 1));
        float[] target = new float[1];
        windows.readTarget(2, target, 0);
        assertThat(target).containsExactly(102);
        assertThatThrownBy(() -> SeriesTable.of(all, COLUMNS))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1, column 'time'")
                .hasMessageContaining("got 2026-01-01 after 2026-01-01")
                .hasMessageContaining("--series");
    }

    @Test
    void badTablesAreRefused() {
        Table unsorted = table(Stream.of(step("2026-01-02", 1), step("2026-01-01", 2)));
        assertThatThrownBy(() -> SeriesTable.of(unsorted, COLUMNS))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1, column 'time': expects a later time")
                .hasMessageContaining("Sort the rows by 'time'");
        Table odd = table(Stream.of(step("2026-02-29", 1)));
        assertThatThrownBy(() -> SeriesTable.of(odd, COLUMNS))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got '2026-02-29'");
        Table gap = table(Stream.of(step("2026-02-01", 1), step("2026-02-02", Double.NaN)));
        assertThatThrownBy(() -> SeriesTable.of(gap, COLUMNS))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1, column 'load': expects a value, got none");
        Table timeless = table(Stream.of(step(Optional.empty(), 1)));
        assertThatThrownBy(() -> SeriesTable.of(timeless, COLUMNS)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> SeriesTable.of(hours(3), SeriesColumns.of("time")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects numbers to forecast");
        assertThatThrownBy(() -> SeriesTable.of(hours(3), SeriesColumns.of("lode")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("load");
        Table seconds = table(Stream.of(step(1_764_321_000, 1), step(1_764_324_600, 2)));
        assertThatThrownBy(() -> SeriesTable.of(seconds, COLUMNS))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 0, column 'time': expects numbers below 16,777,216")
                .hasMessageContaining("withTexts");
        Table ids = table(Stream.of(step(20_240_001, 1), step(20_240_002, 2)));
        assertThatThrownBy(() -> SeriesTable.of(ids, SeriesColumns.of("load").withSeries("time")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 0, column 'time': expects numbers below 16,777,216");
        assertThatThrownBy(() -> SeriesColumns.of("load").withTime("load")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> COLUMNS.withSeries("time")).isInstanceOf(ConfigException.class);
    }

    /// Each step has a time of its own, so a column of times has as many texts as the series has steps.
    @Test
    void aSeriesMayBeLong() {
        SeriesTable table = SeriesTable.of(hours(66_000), COLUMNS);
        assertThat(table.length(0)).isEqualTo(66_000);
        assertThat(table.cycles()).contains(Cycle.DAY, Cycle.WEEK, Cycle.YEAR);
        assertThat(table.timesAfter(0, 1))
                .hasValue(List.of(
                        LocalDateTime.of(2026, 1, 1, 0, 0).plusHours(66_000).toString()));
    }

    @Test
    void gapsAreCounted() {
        Table gap = table(Stream.of(1, 2, 3, 5, 6, 9).map(t -> step("2026-01-0" + t, t)));
        assertThat(SeriesTable.of(gap, COLUMNS).gaps()).isEqualTo(2);
        assertThat(SeriesTable.of(hours(5), COLUMNS).gaps()).isZero();
    }

    /// Hours with a gap of nineteen days before the last one.
    @Test
    void aGapAtTheEndIsNoRhythm() {
        Table late = table(Stream.concat(
                IntStream.range(0, 48).mapToObj(t -> step("2026-01-0%dT%02d:00".formatted(1 + t / 24, t % 24), t)),
                Stream.of(step("2026-01-21T23:00", 1))));
        SeriesTable table = SeriesTable.of(late, COLUMNS);
        assertThat(table.timesAfter(0, 2)).hasValue(List.of("2026-01-22T00:00", "2026-01-22T01:00"));
        assertThat(table.gaps()).isEqualTo(1);
    }

    @Test
    void monthsGoOnAfterAGap() {
        Table ends = table(Stream.of("2025-10-31", "2025-11-30", "2025-12-31", "2026-02-28")
                .map(day -> step(day, 1)));
        assertThat(SeriesTable.of(ends, COLUMNS).timesAfter(0, 2)).hasValue(List.of("2026-03-31", "2026-04-30"));
        Table quarters =
                table(Stream.of("2024-07", "2024-10", "2025-01", "2025-10").map(month -> step(month, 1)));
        assertThat(SeriesTable.of(quarters, COLUMNS).timesAfter(0, 2)).hasValue(List.of("2026-01", "2026-04"));
    }

    /// From a Tuesday on, weeks never come to a Monday.
    @Test
    void stepsOfMoreThanADayHaveAllDays() {
        assertThatThrownBy(() -> new Rhythm.Seconds(7 * 86_400, Set.of(DayOfWeek.MONDAY)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("rhythm: expects seconds above 0, and at most a day if days are left out, got 604800.0"
                        + " on MONDAY");
        assertThatThrownBy(() -> new Rhythm.Seconds(0, Set.of())).isInstanceOf(ConfigException.class);
    }

    @Test
    void daysOfTheWeekThatAreLeftOutStayOut() {
        Table work = table(IntStream.range(0, 40)
                .mapToObj(t -> LocalDateTime.of(2026, 1, 1, 0, 0).plusDays(t))
                .filter(day -> day.getDayOfWeek().getValue() < 6 && day.getDayOfMonth() != 20)
                .map(day -> step(day.toLocalDate().toString(), 1)));
        SeriesTable table = SeriesTable.of(work, COLUMNS);
        assertThat(table.gaps()).as("weekends are none, the holiday is").isEqualTo(1);
        assertThat(table.seasons()).containsExactly(5);
        assertThat(table.timesAfter(0, 3)).hasValue(List.of("2026-02-10", "2026-02-11", "2026-02-12"));
        // A table too short to show its days goes on as the training did.
        SeriesColumns trained = table.columns();
        assertThat(SeriesColumns.of(trained.notes())).hasValue(trained);
        SeriesTable last = SeriesTable.of(table(Stream.of(step("2026-02-05", 1), step("2026-02-06", 1))), trained);
        assertThat(last.timesAfter(0, 1)).hasValue(List.of("2026-02-09"));
        assertThatThrownBy(() -> SeriesColumns.of(Map.of("forecast.target", "x", "forecast.rhythm", "often")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a rhythm");
    }

    @Test
    void otherColumnsMayHaveGapsWithARule() {
        Map<String, Object> still = step("2026-01-02", 2);
        still.put("wind", Double.NaN);
        SeriesTable table =
                SeriesTable.of(table(Stream.of(step("2026-01-01", 1), still, step("2026-01-03", 3))), COLUMNS);
        assertThatThrownBy(() -> Preprocessing.fit(table.rows(), table.settings()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("column 'wind'");
        var rule = PreprocessingSettings.inputsOnly().withUsual(ColumnSettings.USUAL.withMissing(Missing.MEAN));
        Preprocessing inputs = Preprocessing.fit(table.rows(), table.settings(rule, List.of()));
        float[] second = new float[4];
        table.windows(inputs, SeriesWindow.of(2, 1)).readInput(0, second, 0);
        assertThat(second[3]).as("the mean, standardized").isEqualTo(0);
    }

    @Test
    void columnsAreNotesOfAModelFile() {
        SeriesColumns all = COLUMNS.withSeries("shop");
        assertThat(SeriesColumns.of(all.notes())).hasValue(all);
        assertThat(SeriesColumns.of(SeriesColumns.of("x").notes())).hasValue(SeriesColumns.of("x"));
        assertThat(SeriesColumns.of(Map.of("loss", "mse"))).isEmpty();
    }
}

package dev.neurite.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.error.DataException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Columns of dates as inputs.
final class DatesTest {
    private static Table table(@Nullable String... dates) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (@Nullable String each : dates) {
            Map<String, @Nullable Object> row = new HashMap<>();
            row.put("signup", each);
            row.put("kind", rows.size() % 2 == 0 ? "a" : "b");
            rows.add(row);
        }
        return Table.ofMaps(List.of("signup", "kind"), rows.stream());
    }

    private static Preprocessing fit(Table table, ColumnSettings settings) {
        return Preprocessing.fit(table, PreprocessingSettings.classes("kind").with("signup", settings));
    }

    private static float[] row(Dataset data, int row) {
        float[] array = new float[data.inputShape().size()];
        data.readInput(row, array, 0);
        return array;
    }

    @Test
    void aDateIsItsPlaceInTheCalendarAndItsAge() {
        Table table = table("2026-01-05", "2026-01-12", "2026-01-19"); // Mondays, a week apart
        Preprocessing fitted = fit(table, ColumnSettings.USUAL.withDates());
        assertThat(fitted.inputNames())
                .containsExactly(
                        "signup in week, sine",
                        "signup in week, cosine",
                        "signup in year, sine",
                        "signup in year, cosine",
                        "signup, age");
        Dataset data = fitted.apply(table);
        double angle = 2 * Math.PI * 4 / 365;
        float old = (float) (7 / Math.sqrt(98 / 3.0));
        assertThat(row(data, 0))
                .containsExactly(
                        new float[] {0, 1, (float) Math.sin(angle), (float) Math.cos(angle), old}, within(1e-6f));
        assertThat(row(data, 1)[4]).isZero();
        assertThat(row(data, 2)[4]).isEqualTo(-old);
        assertThat(fitted.row(Map.of("signup", "05.01.2026"))).containsExactly(row(data, 0));
        assertThat(fitted.row(Map.of("signup", LocalDate.of(2026, 1, 5)))).containsExactly(row(data, 0));
        assertThat(fitted.row(Map.of("signup", OffsetDateTime.parse("2026-01-05T00:00Z"))))
                .containsExactly(row(data, 0));
        assertThat(fitted.columns().getFirst().encoding())
                .isInstanceOfSatisfying(ColumnEncoding.Calendar.class, calendar -> {
                    assertThat(calendar.date(row(data, 2), 0)).contains("2026-01-19");
                    assertThat(calendar.date(fitted.row(Map.of("signup", "2031-07-03T21:47")), 0))
                            .contains("2031-07-03T21:47");
                });
    }

    @Test
    void timesHaveAPlaceInTheDayAndMonthsNoneInTheWeek() {
        assertThat(fit(table("2026-01-05T06:00", "2026-02-05T18:30"), ColumnSettings.USUAL.withDates())
                        .inputNames())
                .startsWith("signup in day, sine", "signup in day, cosine", "signup in week, sine");
        assertThat(fit(table("2026-01", "2026-07"), ColumnSettings.USUAL.withDates())
                        .inputNames())
                .containsExactly("signup in year, sine", "signup in year, cosine", "signup, age");
    }

    @Test
    void aMissingDateIsZerosIfThatIsAllowed() {
        ColumnSettings usual = ColumnSettings.USUAL.withDates();
        assertThatThrownBy(() -> fit(table("2026-01-05", null, "2026-01-19"), usual))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("column 'signup'")
                .hasMessageContaining("expects a value, got none");
        Table table = table("2026-01-05", null, "2026-01-19");
        Preprocessing fitted = fit(table, usual.withMissing(Missing.MEAN).withIndicator());
        assertThat(fitted.inputNames()).endsWith("signup, age", "signup missing");
        float[] missing = row(fitted.apply(table), 1);
        assertThat(missing).containsExactly(0, 0, 0, 0, 0, 1);
        assertThat(row(fitted.apply(table), 0)).endsWith(1f, 0f);
        assertThat(fitted.row(Map.of("signup", ""))).containsExactly(missing);
        Map<String, Object> none = new HashMap<>();
        none.put("signup", null);
        assertThat(fitted.row(none)).containsExactly(missing);
        assertThat(((ColumnEncoding.Calendar) fitted.columns().getFirst().encoding()).date(missing, 0))
                .isEmpty();
    }

    @Test
    void oneDateInAllRowsHasAgeZero() {
        Table table = table("2026-01-05", "2026-01-05");
        assertThat(row(fit(table, ColumnSettings.USUAL.withDates()).apply(table), 1))
                .endsWith(0f);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-26, 2026-11-26T00:00, 2026-11-26",
        "2026/3/7, 2026-03-07T00:00, 2026/3/7",
        "26.11.2026, 2026-11-26T00:00, 26.11.2026",
        "7.3.2026 08:30, 2026-03-07T08:30, 7.3.2026 08:30",
        "2026-11, 2026-11-01T00:00, 2026-11",
        "2026-11-26T08:30:15.5+01:00, 2026-11-26T08:30:15.5, 2026-11-26T08:30:15.5+01:00",
    })
    void datesAreReadAndWrittenInTheirForm(String text, String local, String written) {
        Optional<DateTime> moment = DateTime.parse(text);
        assertThat(moment.map(DateTime::local)).contains(LocalDateTime.parse(local));
        assertThat(moment.map(DateTime::toString)).contains(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"11/26/2026", "2026-02-30", "31.6.2026", "26.11.26", "2026-1-5", "2026-11T08:00", "soon", "2026"
            })
    void whatCannotBeReadAsADateIsNamed(String text) {
        assertThat(DateTime.parse(text)).isEmpty();
        assertThatThrownBy(() -> fit(table("2026-01-05", text), ColumnSettings.USUAL.withDates()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "expects a date or time as in 2026-11-26, 26.11.2026 or 2026-11-26T08:30, got '" + text + "'");
    }

    @Test
    void numbersAreNoDates() {
        Table table = Table.of(List.of("signup", "kind"), new float[][] {{20260105, 0}, {20260106, 1}});
        assertThatThrownBy(() -> fit(table, ColumnSettings.USUAL.withDates()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects dates or times, got numbers");
    }
}

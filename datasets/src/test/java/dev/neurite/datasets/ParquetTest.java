package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Column;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.ReadOptions.Known;
import dev.neurite.error.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Reads what two other writers have written: `scripts/golden/parquet_files.mjs` makes the files, of the values
/// that are computed here again.
final class ParquetTest {
    private static final int ROWS = 60;
    private static final List<String> NAMES = List.of("red", "green", "blue");
    private static final Instant START = Instant.parse("2026-11-26T08:30:15Z");

    @TempDir
    Path temporary;

    static Path file(String name) {
        return Path.of("src/test/resources/parquet", name).toAbsolutePath();
    }

    private static String cell(Table table, String column, int row) {
        int at = table.column(column);
        float value = table.value(row, at);
        return Float.isNaN(value) ? "" : table.columns().get(at).text(value);
    }

    private static LocalDateTime moment(int row) {
        return LocalDateTime.ofInstant(START.plusMillis(row * 60_000L + row % 2 * 250), ZoneOffset.UTC);
    }

    private static void assertNumber(Table table, String column, int row, double expected) {
        assertThat(table.value(row, table.column(column)))
                .as(column + ", row " + row)
                .isEqualTo(Float.valueOf((float) expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "gzip-2", "delta", "plain"})
    void readsEveryTypeInEveryEncoding(String name) {
        Table table = Parquet.read(file(name + ".parquet"));

        assertThat(table.rows()).isEqualTo(ROWS);
        for (int i = 0; i < ROWS; i++) {
            assertNumber(table, "whole", i, i % 5 == 3 ? Float.NaN : i * 1000 - 7);
            assertNumber(table, "large", i, i * 1_234_567L);
            assertNumber(table, "byte", i, 250 - i);
            assertNumber(table, "single", i, i % 7 == 2 ? Float.NaN : i / 8f - 3);
            assertNumber(table, "real", i, i / 7.0);
            assertNumber(table, "price", i, (i * 125 + 5) / 100.0);
            assertThat(cell(table, "flag", i)).isEqualTo(i % 11 == 0 ? "" : String.valueOf(i % 3 == 0));
            assertThat(cell(table, "name", i)).isEqualTo(i % 4 == 1 ? "" : NAMES.get(i % 3));
            assertThat(cell(table, "code", i)).isEqualTo(String.format("code-%05d-é", i * 37));
            assertThat(cell(table, "day", i))
                    .isEqualTo(LocalDate.of(2026, 1, 1).plusDays(i).toString());
            assertThat(cell(table, "at", i)).isEqualTo(moment(i) + "Z");
            assertThat(cell(table, "local", i)).isEqualTo(moment(i).toString());
        }
    }

    @Test
    void readsTypesOfTheOtherWriter() {
        Table table = Parquet.read(file("js.parquet"));

        for (int i = 0; i < ROWS; i++) {
            assertNumber(table, "whole", i, i % 5 == 3 ? Float.NaN : i * 1000 - 7);
            assertNumber(table, "unsigned", i, 4_000_000_000L + i);
            assertNumber(table, "half", i, i / 2.0);
            assertNumber(table, "price", i, (i * 125 + 5) / 100.0);
            assertThat(cell(table, "id", i)).isEqualTo("00000000-0000-0000-0000-0000000000" + (i + 10));
            assertThat(cell(table, "at", i)).isEqualTo(moment(i) + "Z");
            assertThat(cell(table, "name", i)).isEqualTo(i % 4 == 1 ? "" : NAMES.get(i % 3));
        }
        assertThat(table.place(3)).endsWith("js.parquet, row 3");
    }

    @Test
    void declaredTypesDecideKinds() {
        assertThat(Parquet.read(file("snappy.parquet")).columns())
                .extracting(Column::kind)
                .containsExactly(
                        Kind.NUMERIC,
                        Kind.NUMERIC,
                        Kind.NUMERIC,
                        Kind.NUMERIC,
                        Kind.NUMERIC,
                        Kind.CATEGORICAL,
                        Kind.CATEGORICAL,
                        Kind.CATEGORICAL,
                        Kind.CATEGORICAL,
                        Kind.CATEGORICAL,
                        Kind.CATEGORICAL,
                        Kind.NUMERIC);
    }

    @Test
    void nestedColumnsAreRefusedByNameUnlessLeftOut() {
        assertThatThrownBy(() -> Parquet.read(file("nested.parquet")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("nested.parquet, column 'tags': expects one value a row, got a nested column")
                .hasMessageContaining("--drop");

        Table table = Parquet.read(file("nested.parquet"), ReadOptions.USUAL.without(Set.of("tags")));

        assertThat(cell(table, "weight", 1)).isEqualTo("2.5");
        assertThat(cell(table, "kind", 2)).isEqualTo("x");
    }

    @Test
    void anotherCompressionIsRefusedWithTheWayOut() {
        assertThatThrownBy(() -> Parquet.read(file("zstd.parquet")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("column 'whole': expects Snappy, gzip, LZ4_RAW or no compression, got ZSTD")
                .hasMessageContaining("compression='snappy'");
    }

    @Test
    void optionsChooseAndConvertColumns() {
        ReadOptions options = ReadOptions.USUAL
                .withMissing(Set.of("red", "993"))
                .without(Set.of("code"))
                .withTexts(Set.of("byte"));

        Table table = Parquet.read(file("snappy.parquet"), options);

        assertThat(cell(table, "byte", 2)).isEqualTo("248");
        assertThat(cell(table, "name", 0)).isEmpty();
        assertThat(cell(table, "whole", 1)).isEmpty();
        assertThat(cell(table, "whole", 2)).isEqualTo("1993");
        assertThat(table.columns().get(table.column("code")).kind()).isEqualTo(Kind.SKIPPED);
    }

    @Test
    void aModelsColumnsAreFoundByName() {
        ReadOptions options = ReadOptions.USUAL
                .withKnown(new Known("name", Kind.CATEGORICAL, false))
                .withKnown(new Known("whole", Kind.NUMERIC, false));

        Table table = Parquet.read(file("snappy.parquet"), options);

        assertThat(table.columns()).extracting(Column::name).containsExactly("name", "whole");
        assertThatThrownBy(() -> Parquet.read(
                        file("snappy.parquet"), options.withKnown(new Known("weight", Kind.NUMERIC, false))))
                .hasMessageContaining("without weight");
        assertThatThrownBy(() -> Parquet.read(
                        file("snappy.parquet"), ReadOptions.USUAL.withKnown(new Known("name", Kind.NUMERIC, false))))
                .hasMessageContaining("snappy.parquet, row 0, column 'name': expects a number, got 'red'");
    }

    @Test
    void roundedWholeNumbersAreNoted() {
        List<String> notes = new ArrayList<>();

        Parquet.read(file("snappy.parquet"), ReadOptions.USUAL.withNotes(notes::add));

        assertThat(notes).singleElement().asString().contains("column 'large': whole numbers beyond 16,777,216");
    }

    @Test
    void aTableBecomesDataSets() {
        var split = Parquet.read(file("snappy.parquet"))
                .toRegress("real", how -> how.withMissingFilled().without("code", "day", "at", "local"));

        assertThat(split.train().size() + split.test().size()).isEqualTo(ROWS);
    }

    @Test
    void otherFilesAreRefused() throws Exception {
        Path text = Files.writeString(temporary.resolve("a.parquet"), "weight,kind\n1,apple\n");
        assertThatThrownBy(() -> Parquet.read(text))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a.parquet: expects a Parquet file, which begins with PAR1, got another one");

        byte[] whole = Files.readAllBytes(file("plain.parquet"));
        Path part = Files.write(temporary.resolve("b.parquet"), java.util.Arrays.copyOf(whole, whole.length - 100));
        assertThatThrownBy(() -> Parquet.read(part)).hasMessageContaining("It may not be complete");

        assertThatThrownBy(() -> Parquet.read(temporary.resolve("none.parquet")))
                .hasMessageContaining("none.parquet: expects a Parquet file, got nothing: it does not exist");
    }
}

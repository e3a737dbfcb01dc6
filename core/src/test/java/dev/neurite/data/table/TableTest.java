package dev.neurite.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.DataHash;
import dev.neurite.data.DataParts;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TableTest {
    enum Color {
        RED,
        GREEN
    }

    record Fruit(double weight, Color color, boolean ripe, Optional<String> origin, OptionalDouble price, char size) {}

    record Nested(List<String> parts) {}

    record Infinite(double x) {}

    record Word(@Nullable String text) {}

    @Test
    void recordsBecomeColumnsOfNumbersAndTexts() {
        Table table = Table.of(List.of(
                new Fruit(1.5, Color.GREEN, true, Optional.of("Peru"), OptionalDouble.empty(), 's'),
                new Fruit(Double.NaN, Color.RED, true, Optional.empty(), OptionalDouble.of(2), 'm')));
        assertThat(table.columns())
                .extracting(Table.Column::name)
                .containsExactly("weight", "color", "ripe", "origin", "price", "size");
        assertThat(table.columns().get(1))
                .isEqualTo(new Table.Column("color", Kind.CATEGORICAL, List.of("GREEN", "RED")));
        assertThat(table.columns().get(2).categories()).containsExactly("true");
        assertThat(table.value(0, 0)).isEqualTo(1.5f);
        assertThat(table.value(1, 0)).isNaN();
        assertThat(table.value(1, 1)).isEqualTo(1);
        assertThat(table.value(1, 3)).isNaN();
        assertThat(table.value(1, 4)).isEqualTo(2);
        assertThat(table.place(1)).isEqualTo("row 1");
    }

    @Test
    void nullInARecordIsAMissingValue() {
        Table table = Table.of(Word.class, Stream.of(new Word("a"), new Word(null)));
        assertThat(table.value(1, 0)).isNaN();
    }

    @Test
    void recordsThatAreNoRowsAreRefused() {
        assertThatThrownBy(() -> Table.of(List.of(new Nested(List.of()))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("record Nested, component 'parts'")
                .hasMessageContaining("java.util.List");
        assertThatThrownBy(() -> Table.of(List.of(new Infinite(1), new Infinite(1e300))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1, column 'x': expects a finite number");
        assertThatThrownBy(() -> Table.of(List.<Fruit>of())).isInstanceOf(DataException.class);
    }

    @Test
    void mapsMayLackValuesButHaveNoOtherNames() {
        Table table = Table.ofMaps(List.of("a", "b"), Stream.of(Map.of("a", 1), Map.of("b", "x", "a", 2.5f)));
        assertThat(table.value(0, 1)).isNaN();
        assertThat(table.value(1, 0)).isEqualTo(2.5f);
        assertThatThrownBy(() -> Table.ofMaps(List.of("a"), Stream.of(Map.of("c", 1))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects columns a, got 'c'");
        assertThatThrownBy(() -> Table.ofMaps(List.of("a"), Stream.of(Map.of("a", 1), Map.of("a", "x"))))
                .hasMessageContaining("row 1, column 'a': expects a number as in the rows before, got 'x'");
    }

    @Test
    void raggedRowsAndInfiniteNumbersAreRefusedWithTheirRow() {
        assertThatThrownBy(() -> Table.of(List.of("a", "b"), new float[][] {{1, 2}, {1}}))
                .hasMessage("row 1: expects 2 values, got 1");
        assertThatThrownBy(() -> Table.of(List.of("a"), new float[][] {{1}, {Float.POSITIVE_INFINITY}}))
                .hasMessageContaining("row 1, column 'a'");
        assertThatThrownBy(() -> Table.of(List.of("a", "a"), new float[][] {})).hasMessageContaining("'a' again");
    }

    private static Table numbers(int rows, long heapBytes) {
        try (var writer =
                new TableWriter(List.of("a", "skipped", "b", "c"), Set.of("skipped"), "file.csv", heapBytes)) {
            for (int row = 0; row < rows; row++) {
                writer.number(0, row);
                if (row % 3 != 0) writer.number(2, -row);
                writer.text(3, "t" + row % 7);
                writer.endRow(row + 2L + row / 1000);
            }
            return writer.finish();
        }
    }

    @Test
    void aTableInAFileEqualsTheOneInMemory() {
        int rows = 100_000;
        try (Table heap = numbers(rows, Long.MAX_VALUE);
                Table mapped = numbers(rows, 300_000)) {
            assertThat(heap.isMapped()).isFalse();
            assertThat(mapped.isMapped()).isTrue();
            assertThat(mapped.columns()).isEqualTo(heap.columns());
            assertThat(mapped.rows()).isEqualTo(rows);
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < 4; i++)
                    assertThat(Float.floatToIntBits(mapped.value(row, i)))
                            .isEqualTo(Float.floatToIntBits(heap.value(row, i)));
            }
            assertThat(mapped.value(3, 0)).isEqualTo(3);
            assertThat(mapped.value(3, 1)).isNaN();
            assertThat(mapped.place(4)).isEqualTo("file.csv, line 6");
            assertThat(mapped.place(2500)).isEqualTo("file.csv, line 2504");
        }
    }

    private static void closed(Table table) {
        assertThatThrownBy(() -> table.value(1, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("table: expects to be read before close(), got row 1 after it");
    }

    @Test
    void aTableInMemoryIsClosedToo() {
        Table table = Table.of(List.of("x"), new float[][] {{1}, {2}, {3}});
        Table some = table.rows(2, 1);
        Dataset data =
                Preprocessing.fit(table, PreprocessingSettings.inputsOnly()).applyToInputs(table);
        table.close();
        closed(table);
        closed(some);
        assertThatThrownBy(() -> data.readInput(1, new float[1], 0)).isInstanceOf(IllegalStateException.class);
        assertThat(table.rows()).isEqualTo(3);
    }

    /// Times and texts to train on are nearly all different; as categories they would be inputs without end.
    @Test
    void manyTextsAreThoseOfDeclaredColumnsAndDates() {
        int count = TableWriter.MOST_CATEGORIES + 2;
        try (var writer = new TableWriter(List.of("text", "time"))) {
            writer.declare(0, Kind.CATEGORICAL);
            var first = LocalDateTime.of(2020, 1, 1, 0, 0);
            for (int i = 0; i < count; i++) {
                writer.text(0, "text " + i);
                writer.text(1, first.plusHours(i).toString());
                writer.endRow();
            }
            Table table = writer.finish();
            assertThat(table.value(count - 1, 0)).isEqualTo(count - 1);
            assertThat(table.columns().get(1).categories()).hasSize(count).endsWith("2027-06-23T17:00");
            for (String each : List.of("text", "time")) {
                assertThatThrownBy(() -> Preprocessing.fit(
                                table, PreprocessingSettings.inputsOnly().without(each)))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining("expects at most 65,536 different texts as categories, got 65,538");
            }
        }
        assertThatThrownBy(() -> write(new TableWriter(List.of("text")), count))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 65536, column 'text': expects at most 65,536 different texts, got more")
                .hasMessageContaining("withTexts");
        var small = new TableWriter(List.of("text"), Set.of(), "", 1 << 20);
        small.declare(0, Kind.CATEGORICAL);
        assertThatThrownBy(() -> write(small, count))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("expects different texts that fit into 1 MB of the heap");
    }

    private static void write(TableWriter writer, int count) {
        try (writer) {
            for (int i = 0; i < count; i++) {
                writer.text(0, "text " + i);
                writer.endRow();
            }
        }
    }

    @Test
    void nothingIsWrittenAfterTheEnd() {
        try (var writer = new TableWriter(List.of("x"))) {
            writer.number(0, 1);
            writer.endRow();
            Table table = writer.finish();
            writer.number(0, 2);
            for (Executable late : List.<Executable>of(writer::endRow, () -> writer.endRow(3), writer::finish)) {
                assertThatThrownBy(late::execute)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("table writer: expects calls before finish(), got one after it");
            }
            assertThat(table.value(0, 0)).isEqualTo(1);
        }
    }

    @Test
    void theFileOfATableLeavesNothingBehind() throws IOException {
        Table mapped = numbers(100_000, 1);
        assertThat(mapped.isMapped()).isTrue();
        mapped.close();
        mapped.close();
        closed(mapped);
        try (DirectoryStream<Path> left =
                Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")), "neurite-*.floats")) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    @Tag("thorough")
    void aTableOfMoreThanTwoGigabytesIsReadToItsEnd() {
        int columns = 1000;
        int rows = 600_000; // 2.4 GB
        List<String> names = IntStream.range(0, columns).mapToObj(i -> "c" + i).toList();
        try (var writer = new TableWriter(names, Set.of(), "", 1)) {
            for (int row = 0; row < rows; row++) {
                writer.number(0, row);
                writer.number(columns - 1, -row);
                writer.endRow();
            }
            try (Table table = writer.finish()) {
                for (int row : new int[] {0, 536_870, 536_871, rows - 1}) {
                    assertThat(table.value(row, 0)).isEqualTo(row);
                    assertThat(table.value(row, columns - 1)).isEqualTo(-row);
                    assertThat(table.value(row, 1)).isNaN();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "+2.5", ".5", "5.", "1e10", "1E-3", "-.5e+07", "007"})
    void numbersAreWrittenAsOtherProgramsDo(String text) {
        assertThat(NumberText.isNumber(text)).isTrue();
        assertThat(Float.parseFloat(text)).isFinite();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                ".",
                "e5",
                "1e",
                "1e+",
                "1f",
                "1d",
                "0x1p3",
                "1_000",
                "NaN",
                "Infinity",
                "1 2",
                "1,5",
                "--1",
                "٣"
            })
    void nothingElseIsANumber(String text) {
        assertThat(NumberText.isNumber(text)).isFalse();
    }

    @Test
    void chosenRowsAreSeenInTheirOrder() {
        Table some = numbers(10, Long.MAX_VALUE).rows(7, 2);
        assertThat(some.rows()).isEqualTo(2);
        assertThat(some.value(0, 0)).isEqualTo(7);
        assertThat(some.place(0)).isEqualTo("file.csv, line 9");
        assertThatThrownBy(() -> some.rows(2)).isInstanceOf(DataException.class);
    }

    @Test
    void partsOfATableKeepTheProportionsOfALabel() {
        Table table = Table.of(
                List.of("x", "label"),
                IntStream.range(0, 100)
                        .mapToObj(i -> new float[] {i, i % 10 == 0 ? 1 : 0})
                        .toArray(float[][]::new));
        TableSplit split = TableSplit.stratified(table, "label", 0.2, 1);
        assertThat(split.test().rows()).isEqualTo(20);
        long ones = IntStream.range(0, 20)
                .filter(row -> split.test().value(row, 1) == 1)
                .count();
        assertThat(ones).isEqualTo(2);
        assertThat(TableSplit.of(table, 0.5, 1).train().rows()).isEqualTo(50);
    }

    @Test
    void validationRowsComeFromTheTrainingPart() {
        float[][] x = IntStream.range(0, 50).mapToObj(i -> new float[] {i}).toArray(float[][]::new);
        int[] labels = IntStream.range(0, 50).map(i -> i % 2).toArray();
        DataSplit split = DataSplit.of(Dataset.of(x, labels), 0.2, 0);
        DataParts parts = DataParts.of(split, 0.25, 3);
        assertThat(parts.train().size()).isEqualTo(30);
        assertThat(parts.watched().size()).isEqualTo(10);
        assertThat(parts.test()).isSameAs(split.test());
        assertThat(DataParts.of(split).watched()).isSameAs(split.test());
    }

    @Test
    void fewDifferentWholeNumbersLookLikeClasses() {
        float[][] rows = {{0, 1.5f, 0, 0}, {1, 2, 1, 1}, {1, 3, 2, Float.NaN}, {0, 3, 3, 1}};
        Table table = Table.of(List.of("labels", "fractions", "numbers", "gaps"), rows);
        assertThat(IntStream.range(0, 4).filter(table::looksLikeClasses)).containsExactly(0, 3);
    }

    private static Table fruit() {
        float[][] values = new float[50][3];
        for (int row = 0; row < 50; row++) {
            values[row] = new float[] {row % 7 == 3 ? Float.NaN : row, row % 5, row % 2};
        }
        return Table.of(List.of("weight", "size", "kind"), values);
    }

    @Test
    void aTableIsPreparedInOneCallAsInSeveral() {
        DataSplit prepared =
                fruit().toClassify("kind", how -> how.withMissingFilled().without("size"));
        TableSplit split = TableSplit.stratified(fruit(), "kind", 0.2, 0);
        Preprocessing fitted = Preprocessing.fit(
                split.train(),
                PreprocessingSettings.classes("kind")
                        .withUsual(ColumnSettings.USUAL.withMissing(ColumnSettings.Missing.MEAN))
                        .without("size"));
        assertThat(DataHash.sha256(prepared.train())).isEqualTo(DataHash.sha256(fitted.apply(split.train())));
        assertThat(DataHash.sha256(prepared.test())).isEqualTo(DataHash.sha256(fitted.apply(split.test())));
        assertThat(prepared.train().classNames()).containsExactly("0", "1");
        assertThat(prepared.test().size()).isEqualTo(10);
        assertThatThrownBy(() -> fruit().toClassify("kind")).hasMessageContaining("weight");
    }

    @Test
    void aTableIsPreparedForValues() {
        DataSplit sizes = fruit().toRegress("size", how -> how.without("weight"));
        assertThat(sizes.train().isLabeled()).isFalse();
        assertThat(sizes.train().targetShape()).isEqualTo(Shape.of(1));
        assertThat(sizes.train().size() + sizes.test().size()).isEqualTo(50);
        assertThatThrownBy(() -> fruit().toRegress("length")).isInstanceOf(DataException.class);
    }

    record Apple(double weight, String color) {}

    @Test
    void aTablePrintsItsColumns() {
        Table table = Table.of(List.of(new Apple(1, "red"), new Apple(2, "green"), new Apple(3, "red")));
        assertThat(table).hasToString("3 rows: weight, color (2 texts: red, green)");
        assertThat(table.rows(0, 2)).hasToString("2 rows: weight, color (2 texts: red, green)");
    }
}

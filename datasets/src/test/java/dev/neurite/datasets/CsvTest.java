package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.CsvFormat.Header;
import dev.neurite.datasets.ReadOptions.Misfit;
import dev.neurite.error.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvTest {
    private static Table read(String csv, ReadOptions options) {
        return read(csv.getBytes(StandardCharsets.UTF_8), options);
    }

    private static Table read(byte[] csv, ReadOptions options) {
        return Csv.read("t.csv", new ByteArrayInputStream(csv), options);
    }

    private static Table read(String csv) {
        return read(csv, ReadOptions.USUAL);
    }

    private static List<String> names(Table table) {
        return table.columns().stream().map(Table.Column::name).toList();
    }

    @Test
    void theUsualOptionsNeedNotBeNamed(@TempDir Path folder) throws IOException {
        byte[] text = "a,b\n1,x\n2,y\n".getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(folder.resolve("usual.csv"), text);
        Table expected = Csv.read(file, ReadOptions.USUAL);
        for (Table each : List.of(Csv.read(file), Csv.read(new ByteArrayInputStream(text)))) {
            assertThat(each.columns()).isEqualTo(expected.columns());
            assertThat(each.value(1, 0)).isEqualTo(2);
        }
    }

    @Test
    void aHeaderIsALineWithoutNumbers() {
        assertThat(names(read("a,b\n1,2\n"))).containsExactly("a", "b");
        assertThat(names(read("1,2\n3,4\n"))).containsExactly("column1", "column2");
        assertThat(names(read("1990,b\n3,4\n", ReadOptions.USUAL.withHeader(Header.YES))))
                .containsExactly("1990", "b");
        assertThat(read("x,y\nz,w\n", ReadOptions.USUAL.withHeader(Header.NO)).rows())
                .isEqualTo(2);
        assertThat(names(read(",b\n1,2\n"))).containsExactly("column1", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,b\n1,x\n2,y",
                "a,b\r\n1,x\r\n2,y\r\n",
                "a,b\r1,x\r2,y\r",
                "\ufeffa,b\n\n1,x\n2,y\n",
                "a, b\n 1 ,\"x\"\n2,y\n"
            })
    void linesEndInAnyWay(String csv) {
        Table table = read(csv);
        assertThat(names(table)).containsExactly("a", "b");
        assertThat(table.rows()).isEqualTo(2);
        assertThat(table.value(1, 0)).isEqualTo(2);
        assertThat(table.columns().get(1)).isEqualTo(new Table.Column("b", Kind.CATEGORICAL, List.of("x", "y")));
    }

    @Test
    void quotedCellsMayHoldDelimitersQuotesAndLines() {
        Table table = read("a,b\n1,\"x,\"\"y\"\"\nz\"\n2,w\n\n3,\"u\"\n");
        assertThat(table.columns().get(1).categories()).containsExactly("x,\"y\"\nz", "w", "u");
        assertThat(table.place(0)).isEqualTo("t.csv, line 2");
        assertThat(table.place(1)).isEqualTo("t.csv, line 4");
        assertThat(table.place(2)).isEqualTo("t.csv, line 6");
    }

    @Test
    void quotesWithinACellThatHasNoneAtItsStartAreText() {
        assertThat(read("a,b\n1,5\" pipe\n2,7\" pipe\n3,x\n").rows()).isEqualTo(3);
    }

    @Test
    void missingCellsAreEmptyOrMarked() {
        Table table = read("a,b\n,x\nNA,\n3,?\n", ReadOptions.USUAL.withMissing(Set.of("NA", "?")));
        assertThat(table.value(0, 0)).isNaN();
        assertThat(table.value(1, 0)).isNaN();
        assertThat(table.value(2, 0)).isEqualTo(3);
        assertThat(table.value(2, 1)).isNaN();
        assertThat(table.columns().get(1).categories()).containsExactly("x");
    }

    @Test
    void columnsMayBeTextsOrDropped() {
        Table table = read(
                "zip,x,junk\n01,1,?\n02,2,5\n",
                ReadOptions.USUAL.withTexts(Set.of("zip")).without(Set.of("junk")));
        assertThat(table.columns().get(0).categories()).containsExactly("01", "02");
        assertThat(table.columns().get(2).kind()).isEqualTo(Kind.SKIPPED);
    }

    @Test
    void columnsThatHoldNumbersRefuseATextInTheirFirstRowToo() {
        ReadOptions numbers = ReadOptions.USUAL.withNumbers().withTexts(Set.of("zip"));
        assertThat(read("zip,x\n01,1\n", numbers).columns().get(0).kind()).isEqualTo(Kind.CATEGORICAL);
        assertThatThrownBy(() -> read("zip,x\n01,a\n", numbers))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("t.csv, line 2, column 'x': expects a number, got 'a'");
    }

    @Test
    void aWholeNumberThatIsRoundedIsNotedOnceAColumn() {
        List<String> notes = new ArrayList<>();
        String csv = """
            a,b,c,d,e
            16777216,1,1.1e9,16777217,1
            33554432,-123456789012345678901,0.1,4,16777217
            1,2,123456789.5,16777219,3
            """;
        ReadOptions options = ReadOptions.USUAL.withNotes(notes::add).without(Set.of("e"));
        assertThat(read(csv, options).value(0, 3)).isEqualTo(16777216);
        assertThat(notes)
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith("t.csv, column 'd': whole numbers beyond 16,777,216 are rounded to float32,"
                                        + " first 16777217 at line 2")
                                .contains("--categories"),
                        second -> assertThat(second).contains("column 'b'", "first -123456789012345678901 at line 3"));
        notes.clear();
        read(csv, options.withTexts(Set.of("b", "d")));
        assertThat(notes).isEmpty();
    }

    @Test
    void whatDoesNotFitIsLeftOutAndToldWhereThatIsAsked() {
        List<Misfit> misfits = new ArrayList<>();
        String csv = "a,b\n1,x\n2\n?,y\n1e99,3\n4,z\n";
        Table table = read(csv, ReadOptions.USUAL.withMisfits(misfits::add));
        assertThat(misfits).extracting(Misfit::at).containsExactly(3L, 4L, 5L, 5L);
        assertThat(misfits).extracting(Misfit::column).containsExactly("", "a", "a", "b");
        assertThat(misfits).extracting(Misfit::text).containsExactly("1", "?", "1e99", "3");
        assertThat(misfits.get(1).refusal()).hasMessageStartingWith("t.csv, line 4, column 'a': expects a number, got");
        assertThat(table.rows()).isEqualTo(4);
        assertThat(table.value(1, 0)).isNaN();
        assertThat(table.value(2, 0)).isNaN();
        assertThat(table.value(3, 0)).isEqualTo(4);
        assertThat(table.columns().get(1).categories()).containsExactly("x", "y", "z");
        assertThat(table.place(3)).isEqualTo("t.csv, line 6");
    }

    @Test
    void knownColumnsAreFoundByNameOrPlace() {
        Table train = read("x,color,y\n1,red,0\n2,blue,1\n");
        Preprocessing fitted = Preprocessing.fit(train, PreprocessingSettings.classes("y"));
        List<String> notes = new ArrayList<>();
        ReadOptions like = ReadOptions.USUAL.withNotes(notes::add).like(fitted, false);
        for (String csv : List.of("other,color,x\n9,blue,2\n", "2,blue\n", "2,blue,1\n", "x,color\n2,blue\n")) {
            float[] row = new float[3];
            fitted.applyToInputs(read(csv, like)).readInput(0, row, 0);
            assertThat(row).as(csv).containsExactly(1, 1, 0);
        }
        assertThat(notes).containsExactly("t.csv: not used: other");
        assertThatThrownBy(() -> read("x,y\n1,0\n", like))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects the columns x, color, got x, y, without color");
        assertThatThrownBy(() -> read("x,color\n1,red\n", ReadOptions.USUAL.like(fitted, true)))
                .hasMessageContaining("got x, color, without y");
    }

    @Test
    void manyRowsGoToAFileAndAreTheSame() {
        var random = new Random(1);
        var csv = new StringBuilder("a,b,c\n");
        for (int i = 0; i < 50_000; i++) {
            csv.append(random.nextFloat())
                    .append(',')
                    .append("ä" + i % 9)
                    .append(',')
                    .append(i)
                    .append('\n');
        }
        Table heap = read(csv.toString());
        try (Table mapped = read(csv.toString(), ReadOptions.USUAL.withHeapBytes(100_000))) {
            assertThat(heap.isMapped()).isFalse();
            assertThat(mapped.isMapped()).isTrue();
            assertThat(mapped.columns()).isEqualTo(heap.columns());
            for (int row = 0; row < heap.rows(); row++) {
                for (int i = 0; i < 3; i++) assertThat(mapped.value(row, i)).isEqualTo(heap.value(row, i));
            }
        }
    }

    @Test
    void aWrongByteIsRefusedWithItsPlace() {
        byte[] bytes = ("a,b\n1," + "x".repeat(100_000) + "\n2,ü\n").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> read(bytes, ReadOptions.USUAL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("t.csv, byte 100009: expects text in UTF-8, got the byte 0xfc");
        assertThatThrownBy(() -> read("a,b\n1,2\n".getBytes(StandardCharsets.UTF_16), ReadOptions.USUAL))
                .hasMessageContaining("byte 0: expects text in UTF-8, got the byte 0xfe. It looks like UTF-16");
        assertThatThrownBy(() -> read("a,b\n1,2\n".getBytes(StandardCharsets.UTF_16LE), ReadOptions.USUAL))
                .hasMessageContaining("line 1: expects text, got a character 0");
    }

    @Test
    void rowsWithoutEndAreRefusedBeforeTheyAreRead() {
        assertThatThrownBy(() -> read("a,b\n1," + "2".repeat(1 << 21) + "\n"))
                .hasMessageContaining("line 2: expects rows of at most 1,048,576 characters");
        assertThatThrownBy(() -> read("a,b\n1,\"x\ny\"\n2,\"" + "x\n".repeat(1 << 21)))
                .hasMessageContaining(
                        "line 4: expects an end of the quote that begins here, got a row of more than 1 MB");
        assertThatThrownBy(() -> read(",".repeat(100_000) + "\n")).hasMessageContaining("at most 100,000 columns");
    }

    // ---------------------------------------------------------------------------------------------- columns of codes

    private static List<String> texts(Table table, int column) {
        List<String> categories = table.columns().get(column).categories();
        return java.util.stream.IntStream.range(0, table.rows())
                .mapToObj(row -> categories.get((int) table.value(row, column)))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE})
    void aColumnOfCodesIsOfTextsThoughItBeginsWithNumbers(long heapBytes, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("codes.csv"), "code,x\n007,1.5\n8,2.5\nA3,nothing5\n9,4\n");
        List<String> notes = new ArrayList<>();
        List<Misfit> misfits = new ArrayList<>();
        ReadOptions options = ReadOptions.USUAL
                .withNotes(notes::add)
                .withMisfits(misfits::add)
                .withHeapBytes(heapBytes);
        try (Table table = Csv.read(file, options)) {
            assertThat(texts(table, 0)).containsExactly("007", "8", "A3", "9");
            assertThat(table.columns().get(1).kind()).isEqualTo(Kind.NUMERIC);
            assertThat(table.place(3)).isEqualTo(file + ", line 5");
        }
        assertThat(notes)
                .singleElement()
                .asString()
                .contains("column 'code': read as texts, a category each, as line 2 has '007'");
        assertThat(misfits)
                .singleElement()
                .satisfies(each -> assertThat(each.text()).isEqualTo("nothing5"));
    }

    @Test
    void wholeNumbersWithLeadingZerosAreCodes(@TempDir Path folder) throws IOException {
        Path file =
                Files.writeString(folder.resolve("codes.csv"), "zip,x,y\n7,0,0.5\n007,10,00\n42,0.7,07\n00,-07,1\n");
        List<String> notes = new ArrayList<>();
        try (Table table = Csv.read(file, ReadOptions.USUAL.withNotes(notes::add))) {
            assertThat(texts(table, 0)).containsExactly("7", "007", "42", "00");
            assertThat(table.columns().get(1).kind()).isEqualTo(Kind.NUMERIC);
            assertThat(table.columns().get(2).kind()).isEqualTo(Kind.NUMERIC); // it has a fraction
            assertThat(table.value(2, 2)).isEqualTo(7);
        }
        assertThat(notes)
                .singleElement()
                .asString()
                .contains("column 'zip': read as texts, a category each, as line 3 has '007'", "--numbers");
        ReadOptions numbers = ReadOptions.USUAL.withNumbers(Set.of("zip"));
        try (Table table = Csv.read(file, numbers)) {
            assertThat(table.columns().get(0).kind()).isEqualTo(Kind.NUMERIC);
            assertThat(table.value(1, 0)).isEqualTo(7);
        }
        assertThatThrownBy(() -> read("zip\n7\nA3\n", numbers)).hasMessageContaining("expects a number, got 'A3'");
        assertThatThrownBy(() -> numbers.withTexts(Set.of("zip"))).hasMessageContaining("got both");
        assertThatThrownBy(() -> read("x\n1\n", numbers)).hasMessageContaining("column 'zip'");
    }

    /// A stream cannot be read again, and what was read as the number 7 may have been `7` or `07`.
    @Test
    void aCodeAfterNumbersOfAStreamIsRefused() {
        assertThat(texts(read("zip\n007\n7\n"), 0)).containsExactly("007", "7");
        assertThatThrownBy(() -> read("zip\n7\n007\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "line 3, column 'zip': expects a number as in the lines before, got the code '007'")
                .hasMessageContaining("--categories")
                .hasMessageContaining("--numbers");
        assertThatThrownBy(() -> read("zip\n00\n0.5\n")).hasMessageContaining("--numbers");
    }

    @Test
    void classesOfNumbersAreNamedAsTheyAreWritten() {
        for (List<String> names : List.of(
                List.of("-1", "+1"),
                List.of("0.0", "1.0"),
                List.of("1e3", "2e3"),
                List.of("0", "1"),
                List.of("007", "042"))) {
            String csv = "x,kind\n1," + names.get(1) + "\n2," + names.get(0) + "\n3," + names.get(1) + "\n";
            Table table = read(csv);
            Preprocessing fitted = Preprocessing.fit(table, PreprocessingSettings.classes("kind"));
            assertThat(fitted.classNames()).isEqualTo(names);
            Table again = read(csv, ReadOptions.USUAL.like(fitted, true));
            assertThat(fitted.apply(again).label(0)).isOne();
        }
        Preprocessing signed =
                Preprocessing.fit(read("x,kind\n1,+1\n2,-1\n3,1.0\n"), PreprocessingSettings.classes("kind"));
        assertThat(signed.classNames()).containsExactly("-1", "+1");
        Table plain = read("x,kind\n1,1\n2,1.0\n3,-1\n", ReadOptions.USUAL.like(signed, true));
        assertThat(signed.apply(plain).label(0)).isOne();
        assertThat(signed.apply(plain).label(1)).isOne();
        assertThat(signed.apply(plain).label(2)).isZero();
        Table code = read("x,kind\n1,01\n", ReadOptions.USUAL.like(signed, true));
        assertThatThrownBy(() -> signed.apply(code)).hasMessageContaining("got '01'");
    }

    /// A version 1.10 is not 1.1, and a code 007 not 7, in rows to predict, too.
    @Test
    void categoriesAreFoundByTheirTexts() {
        ReadOptions texts = ReadOptions.USUAL.withTexts(Set.of("version"));
        Preprocessing fitted =
                Preprocessing.fit(read("version,x\n1.1,1\n7,2\n", texts), PreprocessingSettings.inputsOnly());
        for (String other : List.of("1.10", "007", "7.0")) {
            Table table = read("version,x\n" + other + ",1\n", ReadOptions.USUAL.like(fitted, false));
            assertThatThrownBy(() -> fitted.applyToInputs(table)).hasMessageContaining("got '" + other + "'");
        }
        Preprocessing codes = Preprocessing.fit(read("zip,x\n007,1\n42,2\n"), PreprocessingSettings.inputsOnly());
        assertThat(codes.row(java.util.Map.of("zip", 42, "x", 1))).startsWith(0, 1);
        assertThatThrownBy(() -> codes.row(java.util.Map.of("zip", 7, "x", 1))).hasMessageContaining("got '7'");
    }

    /// How numbers are written is kept for as many as can be classes, so that a table does not grow.
    @Test
    void onlyWholeNumbersOfFewValuesKeepTheirTexts() {
        var csv = new StringBuilder("few,many,fraction,x\n");
        for (int i = 0; i < 1_500; i++)
            csv.append(i % 3).append(".0,").append(i).append(".0,1.0,1\n");
        csv.append("0.0,0.0,0.5,1\n");
        Table table = read(csv.toString());
        assertThat(table.columns().get(0).written()).hasSize(3).containsEntry(2f, "2.0");
        assertThat(table.columns().get(0).text(2)).isEqualTo("2.0");
        for (int column = 1; column < 4; column++)
            assertThat(table.columns().get(column).written()).isEmpty();
        assertThat(table.columns().get(1).text(2)).isEqualTo("2");
    }

    /// Reading a wide file allocates what it needs: 113 MB were patterns, compiled anew for each cell
    /// of the header.
    @Test
    void aWideFileTakesLittleMemory() {
        int width = 20_000;
        var csv = new StringBuilder();
        for (int i = 0; i < width; i++)
            csv.append(i == 0 ? "" : ",").append('c').append(i);
        csv.append('\n');
        for (int i = 0; i < width; i++) csv.append(i == 0 ? "" : ",").append(i % 7);
        byte[] bytes = csv.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        read("a,b\n1,2\n"); // loads classes
        long before = AllocatedBytes.soFar();
        try (Table table = read(bytes, ReadOptions.USUAL)) {
            assertThat(AllocatedBytes.soFar() - before).isLessThan(150L * bytes.length);
            assertThat(table.columns()).hasSize(width);
        }
    }

    @Test
    void anErrorOfTheReceiverIsNotOneOfTheInput() {
        var fault = new UncheckedIOException(new IOException("disk full"));
        InputStream in = new ByteArrayInputStream("1\n2\n3\n".getBytes(StandardCharsets.UTF_8));
        ReadOptions numbers = ReadOptions.USUAL.withHeader(Header.NO).withNumbers();
        assertThatThrownBy(() -> Csv.readParts("t.csv", in, numbers, 1, _ -> {
                    throw fault;
                }))
                .isSameAs(fault);
    }

    @Test
    void aColumnOfCodesMayBeginWithAText() {
        List<String> notes = new ArrayList<>();
        Table table = read("code,x\nA3,1\n007,2\n8,3\n", ReadOptions.USUAL.withNotes(notes::add));
        assertThat(texts(table, 0)).containsExactly("A3", "007", "8");
        assertThat(notes)
                .singleElement()
                .asString()
                .contains("column 'code': read as texts, a category each, as line 3 has '007'");
        for (String cells : List.of("x\nunknown\n7\n", "x\nA3\n7.5\n", "x\nA3\nunknown\n7\n")) {
            assertThatThrownBy(() -> read(cells))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("expects text as in the lines before, got the number 7");
        }
    }

    @Test
    void betweenSemicolonsACommaIsADecimalPoint() {
        List<String> notes = new ArrayList<>();
        ReadOptions semicolons = ReadOptions.USUAL.withDelimiter(';').withNotes(notes::add);
        Table table = read("x;y\n3,5;-1,4e2\n4;,25\n", semicolons);
        assertThat(table.value(0, 0)).isEqualTo(3.5f);
        assertThat(table.value(0, 1)).isEqualTo(-140);
        assertThat(table.value(1, 1)).isEqualTo(0.25f);
        assertThat(notes)
                .containsExactly("t.csv, line 2: '3,5' is read as a number with a decimal comma, as are cells like it");
        Table headless = read("3,5;1,4\n", semicolons);
        assertThat(headless.rows()).isOne();
        assertThatThrownBy(() -> read("x;y\n3,5;1\n1,234,567;2\n", semicolons))
                .hasMessageContaining("expects a number, got '1,234,567'");
        assertThatThrownBy(() -> read("x\ty\n3,5\t1\n", ReadOptions.USUAL.withDelimiter('\t')))
                .hasMessageContaining("expects a number, got '3,5'. Numbers need a point, not a comma");
    }

    @Test
    void aWordOrAFractionAmongNumbersIsNoCode(@TempDir Path folder) throws IOException {
        for (String cells : List.of("x\n7\n8\nunknown\n", "x\n7.5\n8\nA3\n")) {
            Path file = Files.writeString(folder.resolve("t.csv"), cells);
            assertThatThrownBy(() -> Csv.read(file, ReadOptions.USUAL))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("line 4, column 'x'");
        }
    }
}

package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules are those of Weka's page on ARFF and of its `ArffLoader`.
final class ArffTest {
    private static final String FRUIT = """
        % Fruit, from a market
        @RELATION fruit

        @ATTRIBUTE weight NUMERIC
        @attribute 'main color' {red, 'dark green', "yellow"}
        @attribute picked date "yyyy-MM-dd HH:mm"
        @attribute note string % a remark
        @attribute kind {apple,cherry}
        @DATA
        150, 'dark green', "2026-11-26 08:30", 'don\\'t eat', apple
        % a comment between
        7,red,?,?,cherry  % and behind

        4e0\tyellow "2026-01-02 00:00" '?' apple
        """;

    @TempDir
    Path temporary;

    private static Table read(String text) {
        return read(text, ReadOptions.USUAL);
    }

    private static Table read(String text, ReadOptions options) {
        return Arff.read("t.arff", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), options);
    }

    private static String row(Table table, int row) {
        return String.join(
                "|",
                IntStream.range(0, table.columns().size())
                        .mapToObj(i -> Float.isNaN(table.value(row, i))
                                ? ""
                                : table.columns().get(i).text(table.value(row, i)))
                        .toList());
    }

    @Test
    void readsValuesQuotesCommentsAndMissingValues() {
        Table table = read(FRUIT);

        assertThat(table.columns())
                .extracting(Table.Column::name)
                .containsExactly("weight", "main color", "picked", "note", "kind");
        assertThat(row(table, 0)).isEqualTo("150|dark green|2026-11-26T08:30:00|don't eat|apple");
        assertThat(row(table, 1)).isEqualTo("7|red|||cherry");
        assertThat(row(table, 2)).isEqualTo("4e0|yellow|2026-01-02T00:00:00|?|apple");
        assertThat(table.place(1)).isEqualTo("t.arff, line 12");
    }

    @Test
    void whatOnlyCsvFilesHaveIsRefused() {
        for (ReadOptions each :
                List.of(ReadOptions.USUAL.withDelimiter(';'), ReadOptions.USUAL.withHeader(CsvFormat.Header.NO))) {
            String setting = each.csv().delimiter() == ';' ? "delimiter" : "header";
            assertThatThrownBy(() -> read(FRUIT, each))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(setting + ": expects a CSV file, got ");
        }
        assertThat(read(FRUIT, ReadOptions.USUAL.withDelimiter(';').withoutCsv())
                        .rows())
                .isPositive();
    }

    @Test
    void readsSparseRows() {
        Table table = read("""
            @relation sparse
            @attribute a real
            @attribute b {no, yes}
            @attribute c string
            @attribute d integer
            @data
            {0 1.5, 3 4}
            {1 yes,2 'a text'}
            {}
            { 0 ? , 1 yes }
            """);

        assertThat(row(table, 0)).isEqualTo("1.5|no||4");
        assertThat(row(table, 1)).isEqualTo("0|yes|a text|0");
        assertThat(row(table, 2)).isEqualTo("0|no||0");
        assertThat(row(table, 3)).isEqualTo("|yes||0");
    }

    @Test
    void declaredTypesDecideKinds() {
        Table table = read("@relation r\n@attribute a {0,1}\n@attribute b string\n@data\n1,2\n0,3\n");

        assertThat(table.columns()).extracting(Table.Column::kind).containsOnly(Kind.CATEGORICAL);
    }

    @Test
    void optionsChooseAndConvertColumns() {
        ReadOptions options = ReadOptions.USUAL
                .without(Set.of("note", "picked"))
                .withTexts(Set.of("weight"))
                .withMissing(Set.of("7"));

        Table table = read(FRUIT, options);

        assertThat(row(table, 1)).isEqualTo("|red|||cherry");
        assertThat(table.columns().getFirst().kind()).isEqualTo(Kind.CATEGORICAL);
    }

    @Test
    void readsFilesGzippedOrNot() throws IOException {
        Path plain = Files.writeString(temporary.resolve("fruit.arff"), FRUIT);
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(FRUIT.getBytes(StandardCharsets.UTF_8));
        }
        Path packed = Files.write(temporary.resolve("fruit.arff.gz"), bytes.toByteArray());

        assertThat(row(TableFiles.read(packed), 0)).isEqualTo(row(Arff.read(plain), 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "~~ # expects @data, got the end of the file",
                "a,b|1,2 # line 1: expects @relation, @attribute or @data, got 'a'. An ARFF file begins with @relation",
                "@relation r|@data|1 # line 2: expects @attribute lines before @data, got none",
                "@attribute a real|@data # t.arff: expects at least one row, got 0 rows",
                "@attribute a number|@data|1 # as the type of 'a', got 'number'",
                "@attribute a|@data|1 # line 1: expects a type, got the end of the line",
                "@attribute a relational|@attribute b real|@end a # got the relational attribute 'a'",
                "@attribute a {}|@data|1 # expects at least one value of 'a', got none",
                "@attribute a date yy-b|@data|1 # expects the form of a date, such as yyyy-MM-dd, got 'yy-b'",
                "@attribute a real|@data|x # line 3, column 'a': expects a number, got 'x'",
                "@attribute a real|@data|NaN # line 3, column 'a': expects a number, got 'NaN'",
                "@attribute a real|@data|1,2 # line 3: expects 1 values, as many as attributes, got more",
                "@attribute a real|@attribute b real|@data|1 # expects 2 values, as many as attributes, got 1",
                "@attribute a real|@attribute b real|@data|1,,2 # expects a value, got ','. A missing value is ?",
                "@attribute a real|@attribute b real|@data|1, # expects a value after the comma, got none",
                "@attribute a {x,yes}|@data|yse # column 'a': expects a value that is declared, got 'yse'. Did you"
                        + " mean",
                "@attribute a date yyyy-MM-dd|@data|2026-02-30 # expects a date as in yyyy-MM-dd, got '2026-02-30'",
                "@attribute a real|@data|1 {5} # expects the end of the row, got a weight in braces",
                "@attribute a real|@data|{0 1} {5} # expects the end of the row, got a weight in braces",
                "@attribute a real|@data|{1 1} # expects indices of attributes, from 0 and growing, below 1, got 1",
                "@attribute a real|@data|{0 1, 0 2} # from 0 and growing, below 1, got 0",
                "@attribute a string|@data|'x # line 3: expects a closing ' in the line, got none",
                "@attribute a real|@attribute a real|@data|1,1 # expects each column's name once, got 'a' again",
            })
    void refuses(String lines, String message) {
        assertThatThrownBy(() -> read(lines.replace('|', '\n')))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }

    @Test
    void otherBytesThanUtf8AreRefused() {
        byte[] bytes = "@relation r\n@attribute caf\u00e9 real\n".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> Arff.read("t.arff", new ByteArrayInputStream(bytes), ReadOptions.USUAL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects text in UTF-8, got other bytes");
    }

    @Test
    void changedBytesAreReadOrRefused() {
        byte[] whole = FRUIT.getBytes(StandardCharsets.UTF_8);
        var random = new Random(41);
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = whole.clone();
            for (int k = 0; k < 3; k++)
                bytes[random.nextInt(bytes.length)] = (byte) " ,{}'\"%?@\\\nx1".charAt(random.nextInt(13));
            try (Table table = Arff.read("t.arff", new ByteArrayInputStream(bytes), ReadOptions.USUAL)) {
                assertThat(table.rows()).isPositive();
            } catch (NeuriteException expected) {
                assertThat(expected).hasMessageContaining("t.arff");
            }
        }
    }

    @Test
    void declarationsAreLimited() {
        String attributes = "@attribute x numeric\n".repeat(100_001);
        assertThatThrownBy(() -> read("@relation r\n" + attributes + "@data\n1\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("t.arff, line 100002: expects at most 100,000 attributes, got more");

        String values = IntStream.range(0, 60_000).mapToObj(Integer::toString).collect(Collectors.joining(","));
        String others = IntStream.range(1, 60_001).mapToObj(Integer::toString).collect(Collectors.joining(","));
        assertThatThrownBy(() -> read("@relation r\n@attribute x {" + values + "}\n@attribute y {" + others
                        + "}\n@attribute z {" + values + "}\n@data\n1\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "t.arff, line 4: expects attributes and values that take at most 16 MB in memory");

        String name = "@attribute " + "a".repeat(4_000_000) + " numeric\n";
        assertThatThrownBy(() -> read("@relation r\n" + name.repeat(5) + "@data\n1\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("t.arff, line 6: expects at most 16,777,216 characters before @data, got more");
    }

    /// Values that are declared again by the next attribute take no memory.
    @Test
    void manyAttributesMayHaveTheSameValues() throws IOException {
        String values = IntStream.range(0, 500).mapToObj(Integer::toString).collect(Collectors.joining(","));
        StringBuilder text = new StringBuilder("@relation r\n");
        for (int i = 0; i < 400; i++) text.append("@attribute x" + i + " {" + values + "}\n");
        text.append("@data\n{0 7, 399 9}\n");
        try (Table table = read(text.toString())) {
            assertThat(table.columns()).hasSize(400);
            assertThat(table.columns().get(399).text(table.value(0, 399))).isEqualTo("9");
        }
    }

    /// A few kilobytes that declare 200,000 values.
    @Test
    void aCompressedHeaderTakesLittleMemory() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            for (int line = 0; line < 20; line++) {
                String start = "@attribute a" + line + " {";
                String values =
                        IntStream.range(0, 10_000).mapToObj(Integer::toString).collect(Collectors.joining(" "));
                out.write((start + "v" + line + " " + values + "}\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        long before = AllocatedBytes.soFar();
        assertThatThrownBy(() -> Arff.read("t.arff", new ByteArrayInputStream(packed.toByteArray()), ReadOptions.USUAL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects attributes and values that take at most 16 MB in memory");
        assertThat(AllocatedBytes.soFar() - before).isLessThan(40 << 20); // with what is thrown away meanwhile
    }
}

package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is wrong with a table, each with its place; `|` is the end of a line.
final class CsvBadInputTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "~~ # t.csv: expects CSV, got an empty file",
                "a,b| # at least one row below its header, got 0 rows",
                "a,b|1,2|3 # line 3: expects 2 cells as in its header, got 1",
                "1,2|3,4,5 # line 2: expects 2 cells as in its first line, got 3",
                "a,b|1,2|x,3 # line 3, column 'a': expects a number, got 'x'. If it stands for a missing value, say so",
                "a,b|1,2|?,3 # (in the library ReadOptions.withMissing, on the command line --missing '?')",
                "a,b|1,2|no data,3 # on the command line --missing)",
                "a,b|x,2|1,3 # line 3, column 'a': expects text as in the lines before, got the number 1",
                "a,b|NaN,2 # line 2, column 'a': expects a number, got 'NaN'",
                "a,b|1,-inf # line 2, column 'b': expects a number, got '-inf'",
                "a,b|1e400,2 # line 2, column 'a': expects a number up to 3.4e38, got '1e400', which is beyond",
                "a,b|1,2|1f,2 # line 3, column 'a': expects a number, got '1f'",
                "a,b|1,2|0x1p3,2 # got '0x1p3'",
                "a,b|3,14,2 # line 2: expects 2 cells as in its header, got 3. Cells with commas need quotes",
                "a;b|1;2 # line 1: expects several columns, got one. Cells look separated by ';'",
                "a;b|1;2 # choose that delimiter (in the library ReadOptions.withDelimiter, on the command line"
                        + " --delimiter ';')",
                "a\tb|1\t2 # --delimiter tab)",
                "a,b|\"3,14\",2 # line 2, column 'a': expects a number, got '3,14'. Numbers need a point, not a comma",
                "a,a|1,2 # line 1: expects each column's name once, got 'a' again",
                "a,b|1,\"2 # line 2: expects an end of the quote that begins here, got the end of the file",
                "a,b|1,2|\"x\"y,2 # line 3: expects a delimiter or a line end after the quoted cell, got 'y'. A quote"
                        + " in one"
            })
    void isRefused(String csv, String message) {
        byte[] bytes = csv == null ? new byte[0] : csv.replace('|', '\n').getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Csv.read("t.csv", new ByteArrayInputStream(bytes), ReadOptions.USUAL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message == null ? "" : message);
    }
}

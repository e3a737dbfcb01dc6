package dev.neurite.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextTableTest {
    @Test
    void textIsLeftAlignedAndNumbersAreRightAligned() {
        var table = new TextTable("-layer", "ms");
        table.add("a", "10.5");
        table.add("dense", "2");
        assertThat(table.toString()).isEqualTo("layer    ms\na      10.5\ndense     2\n");
    }

    @Test
    void aTableWithoutColumnNamesHasNoHeader() {
        var table = new TextTable("-", "");
        table.add("mae", "0.1");
        assertThat(table.toString()).isEqualTo("mae  0.1\n");
    }

    @ParameterizedTest
    @CsvSource({"0,0.0000", "0.001,0.0010", "0.00001234,1.234e-05", "-99999,-99999.0000", "1e9,1.000e+09", "NaN,NaN"})
    void numbersHaveFourDecimalsOrFourDigits(double value, String text) {
        assertThat(TextTable.number(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "12.3456,12.35",
        "123456,123456",
        "0.000012,1.20e-05",
        "0.0871,0.08710",
        "3e7,3.00e+07",
        "NaN,NaN"
    })
    void numbersInSentencesHaveFourDigits(double value, String text) {
        assertThat(TextTable.significant(value)).isEqualTo(text);
    }
}

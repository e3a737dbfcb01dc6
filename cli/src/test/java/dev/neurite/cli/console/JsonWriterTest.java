package dev.neurite.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ModelFormatException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonWriterTest {
    @Test
    void writesWhatJsonHas() {
        assertThat(JsonWriter.write(List.of(1, 2.5, true, "a\"b\\c\n\u0007é")))
                .isEqualTo("[1,2.5,true,\"a\\\"b\\\\c\\n\\u0007é\"]");
        assertThat(JsonWriter.write(Map.of())).isEqualTo("{}");
        assertThat(JsonWriter.write(null)).isEqualTo("null");
        assertThat(JsonWriter.write(new long[] {1, 2})).isEqualTo("[1,2]");
    }

    @Test
    void writesNumbersOfUsualSizeWithoutAnExponent() {
        assertThat(JsonWriter.write(1_764_000_000.123)).isEqualTo("1764000000.123");
        assertThat(JsonWriter.write(0.001)).isEqualTo("0.001");
    }

    @Test
    void writesWhatIsNoNumberAsText() {
        assertThat(JsonWriter.write(List.of(Double.NaN, Double.POSITIVE_INFINITY, Float.NaN)))
                .isEqualTo("[\"NaN\",\"Infinity\",\"NaN\"]");
        assertThat(JsonWriter.write(OptionalDouble.empty())).isEqualTo("null");
    }

    @Test
    void readsTheStringsThatItWrites() {
        List<String> strings = List.of("T-shirt/top", "a\"b", "c\\d", "e\nf", "\u0001", "é", "");
        assertThat(JsonWriter.readStrings("here", JsonWriter.write(strings))).isEqualTo(strings);
        assertThat(JsonWriter.readStrings("here", "[]")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "]",
                "[]]",
                "[1]",
                "[\"a\"",
                "[\"a\",",
                "[\"a\"]x",
                "[\"\\",
                "[\"\\u12",
                "[\"\\uzzzz\"]",
                "{}"
            })
    void refusesWhatIsNoListOfStrings(String text) {
        assertThatThrownBy(() -> JsonWriter.readStrings("here", text))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("here");
    }
}

package dev.neurite.io.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    static Stream<Arguments> good() {
        return Stream.of(
                Arguments.of("null", new JsonNull()),
                Arguments.of(" \t\r\n true \n", new JsonBoolean(true)),
                Arguments.of("false", new JsonBoolean(false)),
                Arguments.of("0", new JsonNumber("0")),
                Arguments.of("-0.5e+10", new JsonNumber("-0.5e+10")),
                Arguments.of("1E-3", new JsonNumber("1E-3")),
                Arguments.of("12345678901234567890", new JsonNumber("12345678901234567890")),
                Arguments.of("\"\"", new JsonString("")),
                Arguments.of("\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\"", new JsonString("a\"b\\c/d\b\f\n\r\t")),
                Arguments.of("\"\\u00e9\\u2028\\ud83d\\ude00\"", new JsonString("é\u2028😀")),
                Arguments.of("\"é😀\u007f\"", new JsonString("é😀\u007f")),
                Arguments.of("[]", new JsonArray(List.of())),
                Arguments.of("[ 1 , [ ] ]", new JsonArray(List.of(new JsonNumber("1"), new JsonArray(List.of())))),
                Arguments.of("{}", new JsonObject(Map.of())),
                Arguments.of(
                        "{ \"a\" : 1 , \"\" : {} }",
                        new JsonObject(Map.of("a", new JsonNumber("1"), "", new JsonObject(Map.of())))));
    }

    @ParameterizedTest
    @MethodSource("good")
    void textsInTheGrammarAreRead(String text, Json expected) throws Json.SyntaxException {
        assertThat(Json.read(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("good")
    void whatIsWrittenIsReadAgain(String text, Json value) throws Json.SyntaxException {
        assertThat(Json.read(value.write())).isEqualTo(value);
        assertThat(Json.read(Json.read(text).write())).isEqualTo(value);
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                Arguments.of("", "expects a value, got the end at character 0"),
                Arguments.of("   ", "expects a value, got the end at character 3"),
                Arguments.of("{", "expects a key, got the end at character 1"),
                Arguments.of("[", "expects a value, got the end at character 1"),
                Arguments.of("[1", "expects ']', got the end at character 2"),
                Arguments.of("[1,]", "expects a digit, got ']' at character 3"),
                Arguments.of("[,1]", "expects a digit, got ',' at character 1"),
                Arguments.of("[1 2]", "expects ']', got '2' at character 3"),
                Arguments.of("{a:1}", "expects a key, got 'a' at character 1"),
                Arguments.of("{'a':1}", "expects a key, got ''' at character 1"),
                Arguments.of("{\"a\" 1}", "expects ':', got '1' at character 5"),
                Arguments.of("{\"a\":1,}", "expects a key, got '}' at character 7"),
                Arguments.of("{\"a\":1 \"b\":2}", "expects '}', got '\"' at character 7"),
                Arguments.of("{\"a\":1,\"a\":2}", "expects each key once, got 'a' again at character 7"),
                Arguments.of("{\"a\":1,\"\\u0061\":2}", "expects each key once, got 'a' again at character 7"),
                Arguments.of("1 2", "expects the end, got '2' at character 2"),
                Arguments.of("{} x", "expects the end, got 'x' at character 3"),
                Arguments.of("nul", "expects a value, got 'n' at character 0"),
                Arguments.of("True", "expects a digit, got 'T' at character 0"),
                Arguments.of("NaN", "expects a digit, got 'N' of NaN (JSON lacks it: write null) at character 0"),
                Arguments.of(
                        "Infinity", "expects a digit, got 'I' of Infinity (JSON lacks it: write null) at character 0"),
                Arguments.of("-", "expects a digit, got the end at character 1"),
                Arguments.of("+1", "expects a digit, got '+' at character 0"),
                Arguments.of("01", "expects the end, got '1' at character 1"),
                Arguments.of(".5", "expects a digit, got '.' at character 0"),
                Arguments.of("1.", "expects a digit, got the end at character 2"),
                Arguments.of("1e", "expects a digit, got the end at character 2"),
                Arguments.of("0x10", "expects the end, got 'x' at character 1"),
                Arguments.of("1_000", "expects the end, got '_' at character 1"),
                Arguments.of("\"a", "expects the end of a string, got the end at character 2"),
                Arguments.of("\"a\nb\"", "expects the end of a string, got '\n' at character 2"),
                Arguments.of("\"\\x41\"", "expects an escape, got '4' at character 3"),
                Arguments.of("\"\\", "expects an escape, got the end at character 2"),
                Arguments.of("\"\\u12", "expects an escape, got '1' at character 3"),
                Arguments.of("\"\\u12G4\"", "expects a hexadecimal digit, got 'G' at character 5"),
                Arguments.of("\"\\u１２３４\"", "expects a hexadecimal digit, got '１' at character 3"),
                Arguments.of("// comment\n1", "expects a digit, got '/' at character 0"),
                Arguments.of("\ufeff1", "expects a digit, got '\ufeff' at character 0"),
                Arguments.of("\u00a01", "expects a digit, got '\u00a0' at character 0"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void textsOutsideTheGrammarAreRefusedWithTheirPlace(String text, String problem) {
        assertThatThrownBy(() -> Json.read(text))
                .isInstanceOf(Json.SyntaxException.class)
                .hasMessage(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "[1,NaN]|[1]",
                "{\"inputs\":[1,[2,x]]}|inputs[1][1]",
                "{\"a\":{\"b\":1,\"b\":2}}|a.b",
                "{\"a\":[{},{\"b\":01}]}|a[1]",
                "{\"a\":tru}|a",
                "{\"a\" 1}|##",
                "nul|##"
            })
    void errorsHaveThePathOfTheirValue(String text, String path) {
        assertThatThrownBy(() -> Json.read(text))
                .isInstanceOfSatisfying(
                        Json.SyntaxException.class, e -> assertThat(e.path()).isEqualTo(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void nestingDeeperThan64IsRefusedHoweverDeepItIs(String opening) {
        for (int depth : new int[] {66, 10_000, 1_000_000}) {
            assertThatThrownBy(() -> Json.read(opening.repeat(depth)))
                    .isInstanceOf(Json.SyntaxException.class)
                    .hasMessageStartingWith("expects at most 64 levels");
        }
    }

    @Test
    void nestingOf64LevelsIsRead() throws Json.SyntaxException {
        String text = "[".repeat(64) + "]".repeat(64);
        assertThat(Json.read(text).write()).isEqualTo(text);
    }

    @Test
    void objectsOfJavaBecomeJson() {
        assertThat(Json.of(List.of(1, 2.5, true, "a\"b\\c\n\u0007é")).write())
                .isEqualTo("[1,2.5,true,\"a\\\"b\\\\c\\n\\u0007é\"]");
        assertThat(Json.of(Map.of()).write()).isEqualTo("{}");
        assertThat(Json.of(null).write()).isEqualTo("null");
        assertThat(Json.of(new long[] {1, 2}).write()).isEqualTo("[1,2]");
        assertThat(Json.of(OptionalDouble.empty()).write()).isEqualTo("null");
        assertThat(Json.of(List.of(Double.NaN, Double.POSITIVE_INFINITY, Float.NaN))
                        .write())
                .isEqualTo("[\"NaN\",\"Infinity\",\"NaN\"]");
    }

    @Test
    void numbersOfUsualSizeHaveNoExponent() {
        assertThat(Json.of(1_764_000_000.123).write()).isEqualTo("1764000000.123");
        assertThat(Json.of(0.001).write()).isEqualTo("0.001");
        assertThat(Json.of(1e-7).write()).isEqualTo("1.0E-7");
    }

    @Test
    void whatFitsOnALineStaysOnOne() {
        Json wide = Json.of(Map.of("a", List.of("x".repeat(60), "y".repeat(60))));
        assertThat(wide.pretty())
                .isEqualTo("{\n  \"a\": [\n    \"" + "x".repeat(60) + "\",\n    \"" + "y".repeat(60) + "\"\n  ]\n}");
        assertThat(Json.of(Map.of("a", 1)).pretty()).isEqualTo("{\"a\":1}");
    }

    @Test
    void anObjectOfOtherValuesIsRefusedWithoutAPlace() throws Json.SyntaxException {
        Json list = Json.read("[1]");
        Json numbers = Json.read("{\"a\":\"x\",\"b\":1}");
        assertThatThrownBy(list::strings).hasMessage("expects an object");
        assertThatThrownBy(numbers::strings).hasMessage("expects strings only, got another value for 'b'");
    }

    @Test
    void listsOfStringsAreReadAgain() {
        List<String> strings = List.of("T-shirt/top", "a\"b", "c\\d", "e\nf", "\u0001", "é", "😀", "");
        assertThat(Json.readStrings("here", Json.of(strings).write())).isEqualTo(strings);
        assertThat(Json.readStrings("here", "[]")).isEmpty();
        for (String bad : List.of("", "[", "]", "[]]", "[1]", "[\"a\"", "[\"a\",", "[\"a\"]x", "[\"\\u12", "{}")) {
            assertThatThrownBy(() -> Json.readStrings("here", bad))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith("here: expects a JSON list of strings, got '" + bad + "'");
        }
    }
}

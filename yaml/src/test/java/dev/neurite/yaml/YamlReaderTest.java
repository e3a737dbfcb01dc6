package dev.neurite.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.yaml.YamlNode.Kind;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlNode.Sequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(10)
final class YamlReaderTest {
    private static Place line(int line) {
        return new Place("x", line);
    }

    private static YamlNode read(String text) {
        return YamlReader.text(line(1), text);
    }

    @ParameterizedTest
    @CsvSource({
        "010, NUMBER, 10",
        "0o10, NUMBER, 8",
        "0x1F, NUMBER, 31",
        "1e-3, NUMBER, 1e-3",
        "+.5, NUMBER, +.5",
        ".inf, NUMBER, Infinity",
        "-.INF, NUMBER, -Infinity",
        ".NaN, NUMBER, NaN",
        "no, TEXT, no",
        "yes, TEXT, yes",
        "on, TEXT, on",
        "True, TRUTH, true",
        "FALSE, TRUTH, false",
        "~, NOTHING, ''",
        "null, NOTHING, ''",
        "1_000, TEXT, 1_000",
        "12:30, TEXT, 12:30",
        "2026-01-01, TEXT, 2026-01-01",
        "'\"5\"', TEXT, 5"
    })
    void scalarsAreThoseOfYaml12(String text, String type, String value) {
        assertThat(read(text)).isEqualTo(new Scalar(line(1), Kind.valueOf(type), value));
    }

    @Test
    void eachValueHasItsLine() {
        assertThat(read("a:\n  - 1\n  - {b_c: two}\n"))
                .isEqualTo(new Mapping(
                        line(1),
                        List.of(new Member(
                                "a",
                                line(1),
                                new Sequence(
                                        line(2),
                                        List.of(
                                                new Scalar(line(2), Kind.NUMBER, "1"),
                                                new Mapping(
                                                        line(3),
                                                        List.of(new Member(
                                                                "b-c",
                                                                "b_c",
                                                                line(3),
                                                                new Scalar(line(3), Kind.TEXT, "two"))))))))));
    }

    @Test
    void linesCountFromWhereTheTextBegins() {
        assertThat(YamlReader.text(line(7), "\na").place()).hasToString("x:8");
        assertThat(YamlReader.text(new Place("--set", 0), "\na").place()).hasToString("--set");
    }

    @Test
    void anAliasStandsForWhatItNames() {
        assertThat(read("- &a [1]\n- *a\n"))
                .extracting(each -> ((Sequence) each).items())
                .satisfies(items -> assertThat(items.get(1)).isEqualTo(items.get(0)));
    }

    @Test
    void onlyADocumentOfKeysIsAMapping() {
        assertThat(read("").asMapping().members()).isEmpty();
        assertThat(read("a: 1").asMapping().member("a")).isPresent();
        assertThatThrownBy(() -> read("\n- 1").asMapping())
                .isInstanceOf(ConfigException.class)
                .hasMessage("x:2: expects keys with values, as in 'data: iris', got a list");
    }

    @Test
    void onlyAScalarIsPlain() {
        assertThat(read("0x10").plain(line(3), "epochs")).isEqualTo("16");
        for (String text : List.of("~", "[1]", "{a: 1}")) {
            YamlNode node = read(text);
            assertThatThrownBy(() -> node.plain(line(3), "epochs"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("x:3 epochs: expects a value, got " + node.describe());
        }
    }

    // ------------------------------------------------------------------------------------------- what is refused

    static Stream<Arguments> refused() {
        String bomb = "a: &a [x, x]\n"
                + IntStream.range(0, 30)
                        .mapToObj(i -> "a" + i + ": &a" + i + " [*a" + (i == 0 ? "" : i - 1) + ", *a"
                                + (i == 0 ? "" : i - 1) + "]\n")
                        .collect(Collectors.joining());
        String aliases = "a: &a [x]\n"
                + IntStream.range(0, 51).mapToObj(i -> "b" + i + ": *a\n").collect(Collectors.joining());
        return Stream.of(
                Arguments.of("tag", "a: !!java.lang.Runtime []", "x:1: expects plain values, got the tag !!java"),
                Arguments.of("own tag", "a: 1\nb: !x 5", "x:2: expects plain values, got the tag !x"),
                Arguments.of("tag of a mapping", "!!map {a: 1}", "x:1: expects plain values, got the tag !!map"),
                Arguments.of("key twice", "a_b: 1\na-b: 2", "x:2: expects each key once, got 'a-b' as in x:1"),
                Arguments.of("list as a key", "[a]: 1", "x:1: expects a key, got a list or mapping"),
                Arguments.of("alias bomb", bomb, "x:15: expects at most 100000 values, got more"),
                Arguments.of("51 aliases", aliases, "x:52: expects at most 50 aliases, got more"),
                Arguments.of("alias of itself", "&a [*a]", "x:1: expects an anchor &a before the alias *a"),
                Arguments.of("51 levels", "[".repeat(51) + "]".repeat(51), "x:1: expects at most 50 levels, got more"),
                Arguments.of("levels without an end", "[".repeat(100_000), "x:1: expects at most 50 levels, got more"),
                Arguments.of(
                        "1 MB",
                        "a: " + "x".repeat(1 << 20) + "\nb: 1",
                        "expects YAML: The incoming YAML document exceeds"),
                Arguments.of("digits", "a: " + "9".repeat(1001), "x:1: expects numbers of at most 1,000 digits, got"),
                Arguments.of("two documents", "a: 1\n---\na: 1", "x:3: expects one YAML document, got a second"),
                Arguments.of("no YAML", "a: [8, 8\nb: 3\n", "x:2: expects YAML: "),
                Arguments.of("tab", "a:\n\tb: 1", "x:2: expects YAML: "));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void whatIsWrongOrTooLargeIsRefused(String name, String text, String message) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(ConfigException.class).hasMessageContaining(message);
    }

    @Test
    void whatIsJustWithinTheLimitsIsRead() {
        assertThat(read("[".repeat(50) + "]".repeat(50))).isInstanceOf(Sequence.class);
        String aliases = "a: &a [x]\n"
                + IntStream.range(0, 50).mapToObj(i -> "b" + i + ": *a\n").collect(Collectors.joining());
        assertThat(read(aliases).asMapping().members()).hasSize(51);
        assertThat(read("9".repeat(1000))).isEqualTo(new Scalar(line(1), Kind.NUMBER, "9".repeat(1000)));
    }

    @Test
    void aFileIsReadOrItsProblemNamed(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.writeString(file, "a: 1");
        assertThat(YamlReader.file(file.toString()).place()).hasToString(file + ":1");
        Files.write(file, new byte[] {'#', (byte) 0xe4, '\n'});
        assertThatThrownBy(() -> YamlReader.file(file.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": expects YAML in UTF-8, got other bytes");
        assertThatThrownBy(() -> YamlReader.file(directory.toString()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a YAML file, got a directory");
        assertThatThrownBy(() -> YamlReader.file(directory.resolve("none.yaml").toString()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a YAML file, got none of that name");
    }
}

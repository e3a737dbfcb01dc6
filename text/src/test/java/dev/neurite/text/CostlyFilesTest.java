package dev.neurite.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Files that would take time or memory without end are refused, before they take it: what is not refused ends in the
/// timeout or in an error of the JVM.
@Timeout(600)
final class CostlyFilesTest {
    /// A file that is too costly.
    /// @param message a part of the error's; empty for a file that is read
    record Case(String name, String json, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String file(String normalizer, String added, String decoder, String model) {
        return "{\"version\":\"1.0\",\"added_tokens\":[" + added + "],\"normalizer\":" + normalizer + ",\"decoder\":"
                + decoder + ",\"model\":" + model + "}";
    }

    private static String words(String... tokens) {
        List<String> ids = new ArrayList<>();
        for (String each : tokens) ids.add("\"" + each + "\":" + ids.size());
        return "{\"type\":\"WordLevel\",\"unk_token\":\"" + tokens[0] + "\",\"vocab\":{" + String.join(",", ids) + "}}";
    }

    private static String added(int id, String content) {
        return new AddedToken(id, content, false, false, false, true, false)
                .json()
                .write();
    }

    private static String sequence(String name, int count, String stage) {
        String stages = String.join(",", Collections.nCopies(count, stage));
        return "{\"type\":\"Sequence\",\"" + name + "\":[" + stages + "]}";
    }

    private static String replace(String kind, String pattern, String content) {
        return "{\"type\":\"Replace\",\"pattern\":{\"" + kind + "\":\"" + pattern + "\"},\"content\":\"" + content
                + "\"}";
    }

    private static String regex(String pattern) {
        return file(replace("Regex", pattern, ""), "", "null", words("a"));
    }

    private static String unigram(int count, int length) {
        var random = new SplittableRandom(6);
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var token = new StringBuilder();
            for (int j = 0; j < length; j++) token.append((char) ('a' + random.nextInt(26)));
            tokens.add("[\"" + token + "\",-1]");
        }
        return "{\"type\":\"Unigram\",\"vocab\":[" + String.join(",", tokens) + "]}";
    }

    static Stream<Case> cases() {
        String a = words("a");
        List<String> many = new ArrayList<>();
        for (int i = 1; i <= 1_000; i++) many.add(added(i, "a".repeat(25) + "!" + i));
        byte[] table = new byte[1 << 20];
        Arrays.fill(table, (byte) 'x');
        System.arraycopy(new byte[] {4, 0, 0, 0, 0, 0, 0, 0}, 0, table, 0, 8);
        return Stream.of(
                new Case(
                        "an expression of 300,000 characters",
                        regex("[ab]c?".repeat(50_000)),
                        "more than 10000 characters"),
                new Case("alternatives of nothing", regex("(?:|){60}c"), "ways to match nothing"),
                new Case(
                        "a row of alternatives of nothing",
                        regex("(?:a?|b?)".repeat(60) + "c"),
                        "ways to match nothing"),
                new Case("nothing, again and again", regex("(?:(?:(?:){9999}){9999}){9999}"), "ways to match nothing"),
                new Case(
                        "a repetition of repetitions of nothing",
                        regex("(a?)*".repeat(40) + "c"),
                        "ways to match nothing"),
                new Case("a count beyond all counts", regex("a{99999999999}"), "a '{' without a count below a million"),
                new Case("counts of counts", regex("a" + "{1}".repeat(3_000)), "Stack overflow"),
                new Case(
                        "groups in groups", regex("(".repeat(2_000) + "a" + ")".repeat(2_000)), "more than 100 groups"),
                new Case(
                        "a normalizer that doubles",
                        file(sequence("normalizers", 40, replace("String", "a", "aa")), added(1, "aha"), "null", a),
                        "at most 100 times as long"),
                new Case(
                        "bytes of bytes",
                        file(sequence("normalizers", 60, "{\"type\":\"ByteLevel\"}"), added(1, "é"), "null", a),
                        "at most 100 times as long"),
                new Case(
                        "a long beginning",
                        file(
                                "{\"type\":\"Prepend\",\"prepend\":\"" + "x".repeat(1 << 20) + "\"}",
                                added(1, "b"),
                                "null",
                                a),
                        "at most 100 times as long"),
                new Case(
                        "a long replacement",
                        file(replace("String", "b", "x".repeat(1 << 20)), added(1, "bbbbbbbbbbb"), "null", a),
                        "at most 100 times as long"),
                new Case(
                        "expressions that backtrack over added tokens",
                        file(
                                sequence("normalizers", 90, replace("Regex", "(a|a)*\\\\1b", "")),
                                String.join(",", many),
                                "null",
                                a),
                        "steps for each character"),
                new Case(
                        "stages without end",
                        file(sequence("normalizers", 100_000, "{\"type\":\"Lowercase\"}"), "", "null", a),
                        "normalizer: expects at most 1000 values, got 200003"),
                new Case(
                        "a decoder without end",
                        file("null", "", sequence("decoders", 100_000, "{\"type\":\"Fuse\"}"), a),
                        "decoder: expects at most 1000 values"),
                new Case(
                        "tokens of 100,000 characters",
                        file("null", "", "null", unigram(40, 100_000)),
                        "tokens of at most 1000 characters"),
                new Case(
                        "20 million characters of tokens",
                        file("null", "", "null", unigram(20_000, 1_000)),
                        "4000000 in all"),
                new Case(
                        "a word piece of a million characters",
                        file(
                                "null",
                                "",
                                "null",
                                words("a", "b".repeat(1 << 20))
                                        .replace(
                                                "WordLevel\"",
                                                "WordPiece\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":9")),
                        "tokens of at most 1000 characters"),
                new Case(
                        "a score of a million digits",
                        file(
                                "null",
                                "",
                                "null",
                                "{\"type\":\"Unigram\",\"vocab\":[[\"a\",-1" + "0".repeat(1 << 20) + "]]}"),
                        "a finite score"),
                new Case(
                        "an id of a million digits",
                        file("null", "", "null", words("a").replace(":0}", ":1" + "0".repeat(1 << 20) + "}")),
                        "model.vocab: expects the ids 0 to 0"),
                new Case(
                        "a pad of a billion tokens",
                        file("null", "", "null", a)
                                .replace(
                                        "{\"version\"",
                                        "{\"padding\":{\"strategy\":{\"Fixed\":1000000000},\"direction\":\"Right\",\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"a\"},\"version\""),
                        "padding.strategy.Fixed: expects a whole number from 0 to 1048576"),
                new Case(
                        "a table that says it has 2 GB",
                        file("{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"////f8A=\"}", "", "null", a),
                        "normalizer.precompiled_charsmap: expects a table"),
                new Case(
                        "a table with a replacement of a megabyte",
                        file(
                                "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\""
                                        + Base64.getEncoder().encodeToString(table) + "\"}",
                                "",
                                "null",
                                a),
                        "normalizer.precompiled_charsmap: expects a table"),
                new Case(
                        "added tokens that become each other",
                        file(
                                sequence(
                                        "normalizers",
                                        50,
                                        replace("String", "<a>", "<b>") + "," + replace("String", "<b>", "<a>")),
                                added(1, "<a>") + "," + added(2, "<b>"),
                                "null",
                                a),
                        ""));
    }

    private static Tokenizer read(String json) {
        return Tokenizer.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedOrReadAtOnce(Case each) {
        Throwable error = catchThrowable(() -> read(each.json));
        if (each.message.isEmpty()) assertThat(error).isNull();
        else assertThat(error).isInstanceOf(ModelFormatException.class).hasMessageContaining(each.message);
    }

    @Test
    void textsThatAFileMakesLongerAreRefused() {
        String growing = file(sequence("normalizers", 90, replace("String", "a", "aa")), "", "null", words("a"));
        assertThatThrownBy(() -> read(growing).encode("banana"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at most 100 times as long");
        for (String stage : List.of(
                replace("String", "a", "aa"),
                replace("Regex", "", "xx"),
                replace("String", "a", "x".repeat(1 << 20)),
                "{\"type\":\"BPEDecoder\",\"suffix\":\"\"}")) {
            String decoding = file("null", "", sequence("decoders", 90, stage), words("a", "b"));
            assertThatThrownBy(() -> read(decoding).decode(new int[] {1, 0, 1}, false))
                    .isInstanceOfAny(DataException.class, ModelFormatException.class);
        }
        String slow = file("null", "", replace("Regex", "(a|a)*\\\\1b", ""), words("a", "a".repeat(40)));
        assertThatThrownBy(() -> read(slow).decode(new int[] {1, 1, 1, 1, 1}, false))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("steps for each character");
    }

    /// Each of many words that a text is cut into has no million steps of its own.
    @Test
    void theWordsOfATextShareItsSteps() {
        String split =
                "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a|a)*\\\\1c|$\"},\"behavior\":\"Isolated\",\"invert\":false}";
        String json = file("null", "", "null", words("a"))
                .replace(
                        "{\"version\"",
                        "{\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":["
                                + "{\"type\":\"WhitespaceSplit\"}," + split + "]},\"version\"");
        String text = "aaaaaaaaaaaaaaab ".repeat(3_000); // 2^15 steps a word
        assertThatThrownBy(() -> read(json).encode(text))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("steps for each character");
    }

    @Test
    void aFileOfAGigabyteIsNotRead(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(1L << 30); // takes no place on the disk
        }
        assertThatThrownBy(() -> Tokenizer.load(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("at most 67108864 bytes, got 1073741824");
    }

    @Test
    void otherBytesThanUtf8AreRefused() {
        byte[] json = file("null", "", "null", words("a")).getBytes(StandardCharsets.UTF_8);
        for (int wrong : new int[] {0x80, 0xC0, 0xED, 0xFF}) {
            byte[] bytes = json.clone();
            bytes[20] = (byte) wrong;
            assertThatThrownBy(() -> Tokenizer.read(new ByteArrayInputStream(bytes)))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("expects JSON in UTF-8")
                    .hasMessageContaining("byte 20");
        }
    }
}

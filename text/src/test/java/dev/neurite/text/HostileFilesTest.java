package dev.neurite.text;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.NeuriteException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that are broken or hostile: the message names the place, what was expected and what was there.
final class HostileFilesTest {
    private static final String BPE = """
        {"version":"1.0","truncation":null,"padding":null,
         "added_tokens":[{"id":4,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,
                          "normalized":false,"special":true}],
         "normalizer":{"type":"Sequence","normalizers":[{"type":"Lowercase"},
                       {"type":"Replace","pattern":{"Regex":"b+"},"content":"b"}]},
         "pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"Removed","invert":false},
         "post_processor":{"type":"TemplateProcessing",
             "single":[{"SpecialToken":{"id":"S","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
             "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
             "special_tokens":{"S":{"id":"S","ids":[4],"tokens":["<s>"]}}},
         "decoder":{"type":"Fuse"},
         "model":{"type":"BPE","dropout":null,"unk_token":"a","continuing_subword_prefix":"",
                  "end_of_word_suffix":"","fuse_unk":false,"byte_fallback":false,"ignore_merges":false,
                  "vocab":{"a":0,"b":1,"ab":2,"aab":3},"merges":[["a","b"],["a","ab"]]}}\
        """;

    private static Tokenizer read(String json) {
        return Tokenizer.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theFileItselfIsRead() {
        assertThat(read(BPE).encode("AAB x").tokens()).containsExactly("<s>", "aab", "a");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        "1.0"                | "2.0"                  | version: expects '1.0', got "2.0"
        "b":1                | "b":-1                 | model.vocab: expects the ids 0 to 3, each once, got 'b' with -1
        "b":1                | "b":0                  | got 'b' with 0
        "b":1                | "b":9                  | got 'b' with 9
        "b":1                | "b":1.5                | got 'b' with 1.5
        "b":1                | "b":99999999999        | got 'b' with 99999999999
        "b":1                | "a":1                  | model.vocab.a: expects JSON of a tokenizer: expects each key once
        "b":1                | "\\ud800":1            | half a surrogate pair
        ["a","ab"]           | ["a","x"]              | model.merges: expects tokens of the vocabulary that merge to one of it, got 'a' and 'x' at 1
        ["a","ab"]           | ["ab","a"]             | got 'ab' and 'a' at 1
        ["a","ab"]           | "a ab c"               | model.merges: expects pairs of tokens, got "a ab c" at 1
        "unk_token":"a"      | "unk_token":"z"        | model.unk_token: expects a token of the vocabulary, got 'z'
        "dropout":null       | "dropout":0.1          | model.dropout: expects null
        "type":"BPE"         | "type":"BPA"           | Did you mean 'BPE'?
        "type":"Lowercase"   | "type":"Uppercase"     | normalizer.normalizers[0].type: expects one of Sequence
        "type":"Lowercase"   | "type":"Precompiled","precompiled_charsmap":"AAAA" | normalizers[0].precompiled_charsmap: expects a table
        "type":"Fuse"        | "type":"CTC"           | decoder.type: expects one of Sequence
        "type":"Split"       | "type":"UnicodeScripts"| pre_tokenizer.type: expects one of
        "type":"Fuse"        | "type":"Fuse","x":1    | decoder.x: expects only the fields type, got 'x'
        "b+"                 | "b(?#+)"               | normalizer.normalizers[1].pattern.Regex: expects a regular expression that Java can match
        "b+"                 | ""                     | a pattern that is not empty
        "Removed"            | "Remove"               | pre_tokenizer.behavior: expects one of Removed
        "ids":[4]            | "ids":[3]              | post_processor.special_tokens.S.ids: expects the id 4 for token '<s>'
        "tokens":["<s>"]     | "tokens":["<t>"]       | expects tokens of the vocabulary, got '<t>'
        "ids":[4]            | "ids":[4,4]            | expects as many ids as tokens
        {"id":"S","type_id"  | {"id":"T","type_id"    | post_processor.single[0].SpecialToken.id: expects one of S, got 'T'
        "single":[           | "single":[{"Sequence":{"id":"B","type_id":0}}, | post_processor.single[0].Sequence.id: expects one of A, got 'B'
        "id":4,              | "id":5,                | added_tokens[0].id: expects the id 4 for '<s>', got 5
        "content":"<s>"      | "content":""           | added_tokens[0].content: expects 1 to 1000 characters
        "padding":null       | "padding":{"strategy":"Longest"} | padding.strategy: expects an object
        "truncation":null    | "truncation":{"max_length":-1,"strategy":"OnlyFirst","stride":0} | truncation.max_length: expects a whole number from 0
        "model"              | "models"               | model: expects an object, got null
        }]                   | }                      | expects JSON of a tokenizer
        """)
    void isRefused(String part, String replacement, String message) {
        assertThat(BPE).contains(part);
        String broken = BPE.replaceFirst(Pattern.quote(part), Matcher.quoteReplacement(replacement));
        assertThatThrownBy(() -> read(broken))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith("tokenizer.json")
                .hasMessageContaining(message);
    }

    @Test
    void deepAndEmptyFiles() {
        for (String each : List.of("", "null", "[]", "{}", "[".repeat(100_000), "{\"a\":".repeat(1_000))) {
            assertThatThrownBy(() -> read(each)).isInstanceOf(ModelFormatException.class);
        }
    }

    /// A stream without end.
    @Test
    void filesAreRefusedThatAreTooLarge() {
        InputStream spaces = new InputStream() {
            @Override
            public int read() {
                return ' ';
            }

            @Override
            public int read(byte[] bytes, int from, int count) {
                Arrays.fill(bytes, from, from + count, (byte) ' ');
                return count;
            }
        };
        assertThatThrownBy(() -> Tokenizer.read(spaces))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("at most 67108864 bytes");
    }

    private static final List<String> WORDS = List.of(
            "0",
            "-1",
            "2147483648",
            "1e999",
            "\"\"",
            "[]",
            "{}",
            "null",
            "true",
            "\"type\"",
            "\"Sequence\"",
            "\"BPE\"",
            "\"WordPiece\"",
            "\"Unigram\"",
            "\"a\"",
            "[\"a\",0]",
            "\"Regex\"",
            "\"(\"",
            "\"(a|a)*b\"",
            "\"\\ud800\"",
            ",",
            ":",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\u0000",
            "\"ByteLevel\"",
            "\"Metaspace\"",
            "\"Fixed\"");

    private static String mutated(String source, SplittableRandom random) {
        String text = source;
        for (int changes = random.nextInt(1, 4); changes > 0 && !text.isEmpty(); changes--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(12));
            String word = WORDS.get(random.nextInt(WORDS.size()));
            int quote = text.indexOf('"', at);
            int close = quote < 0 ? -1 : text.indexOf('"', quote + 1);
            text = switch (random.nextInt(6)) {
                case 0 -> text.substring(0, at) + (char) random.nextInt(0x250) + text.substring(at + 1);
                case 1 -> text.substring(0, at) + text.substring(end);
                case 2 -> text.substring(0, at) + word + text.substring(at);
                case 3 -> text.substring(0, at) + text.substring(at, end) + text.substring(at);
                default -> close < 0 ? text : text.substring(0, quote) + word + text.substring(close + 1);
            };
        }
        return text;
    }

    /// Values that stand where others are expected.
    private static final List<String> VALUES = List.of(
            "0",
            "-1",
            "2147483647",
            "4294967296",
            "1e400",
            "0.5",
            "\"\"",
            "\"a\"",
            "\"" + "a".repeat(3_000) + "\"",
            "\"<s>\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"(a|a)*\\\\1b\"",
            "\"Sequence\"",
            "\"ByteLevel\"",
            "[]",
            "{}",
            "null",
            "true",
            "[".repeat(50) + "]".repeat(50),
            "{\"type\":\"ByteLevel\"}",
            "{\"String\":\"a\"}",
            "{\"Regex\":\"\"}",
            "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aaa\"}",
            "{\"type\":\"BPEDecoder\",\"suffix\":\"\"}");

    /// A value in which one, deep inside, is another one, is not there, or is there twice.
    private static Json changed(Json json, SplittableRandom random, List<Json> others) {
        int choice = random.nextInt(12);
        if (json instanceof JsonObject(Map<String, Json> map) && !map.isEmpty() && choice > 0) {
            Map<String, Json> members = new LinkedHashMap<>(map);
            String name = List.copyOf(map.keySet()).get(random.nextInt(map.size()));
            if (choice == 1) members.remove(name);
            else if (choice == 2) members.put(name + "x", requireNonNull(map.get(name)));
            else members.put(name, changed(requireNonNull(map.get(name)), random, others));
            return new JsonObject(members);
        }
        if (json instanceof JsonArray(List<Json> list) && !list.isEmpty() && choice > 0) {
            List<Json> items = new ArrayList<>(list);
            int at = random.nextInt(list.size());
            if (choice == 1) items.remove(at);
            else if (choice == 2) items.addAll(list.subList(at, Math.min(list.size(), at + 5)));
            else if (choice == 3) Collections.swap(items, at, random.nextInt(items.size()));
            else items.set(at, changed(list.get(at), random, others));
            return new JsonArray(items);
        }
        return others.get(random.nextInt(others.size()));
    }

    /// Each sample tokenizer, with values changed in its tree, is refused with the library's exceptions or read, and
    /// then encodes and decodes, or says why not.
    @Timeout(600)
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void changedTreesGiveOnlyTypedErrors(int seed) {
        var random = new SplittableRandom(seed);
        List<Json> others = new ArrayList<>();
        for (String each : VALUES) others.add(SampleTokenizers.json(each));
        int[] refused = new int[2];
        SampleTokenizers.all().forEach((name, source) -> {
            for (int i = 0; i < 25; i++) {
                Json file = source;
                for (int changes = random.nextInt(3); changes >= 0; changes--) file = changed(file, random, others);
                String text = file.write();
                try {
                    Tokenizer tokenizer = read(text);
                    refused[1]++;
                    for (String each : List.of("", "Aab <s> b😀é", " x\n'll ▁ 12")) {
                        tokenizer.decode(tokenizer.encode(each, each).ids(), false);
                    }
                    assertThat(read(tokenizer.json()).vocabularySize()).isEqualTo(tokenizer.vocabularySize());
                } catch (NeuriteException e) {
                    assertThat(e.getMessage()).contains("expects").hasSizeLessThan(2_100);
                    refused[0]++;
                } catch (RuntimeException | StackOverflowError e) {
                    throw new AssertionError(
                            "seed " + seed + ", " + name + ": " + text.substring(0, Math.min(5_000, text.length())), e);
                }
            }
        });
        assertThat(refused[0]).isGreaterThan(20);
        assertThat(refused[1]).isGreaterThan(20);
    }

    /// Thousands of mutated files from a fixed seed are refused with the library's exceptions, or read. Those that
    /// are read encode and decode, or say why not.
    @Test
    void mutatedFilesGiveOnlyTypedErrors() {
        var random = new SplittableRandom(4);
        List<String> sources = new ArrayList<>(List.of(BPE));
        SampleTokenizers.all().values().forEach(each -> sources.add(each.write()));
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            String source = i % 4 > 0 ? BPE : sources.get(random.nextInt(sources.size()));
            String file = mutated(source, random);
            Throwable error = catchThrowable(() -> {
                Tokenizer tokenizer = read(file);
                for (String text : List.of("", "Aab <s> b😀é", " x\n'll ▁ 12")) {
                    tokenizer.decode(tokenizer.encode(text, text).ids(), false);
                }
            });
            if (error != null) {
                assertThat(error).as(file).isInstanceOf(NeuriteException.class);
                refused++;
            }
        }
        assertThat(refused).isBetween(500, 1_990);
    }
}

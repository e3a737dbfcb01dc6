package dev.neurite.llm.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.generate.Sampler;
import dev.neurite.generate.Sampling;
import dev.neurite.generate.TokenHistory;
import dev.neurite.generate.TokenMask;
import dev.neurite.io.json.Json;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class JsonGrammarTest {
    private static final List<String> SCHEMAS = List.of(
            "{'type':'object','properties':{'name':{'type':'string','maxLength':12},'age':{'type':'integer'},"
                    + "'tags':{'type':'array','items':{'enum':['a','ab','b\\\"c',null,3,30]},'maxItems':4}},"
                    + "'required':['name','tags'],'additionalProperties':false}",
            "{'$ref':'#/$defs/node','$defs':{'node':{'type':'object','properties':{'value':{'type':'number'},"
                    + "'next':{'anyOf':[{'type':'null'},{'$ref':'#/$defs/node'}]}},'required':['value','next'],"
                    + "'additionalProperties':false}}}",
            "{'type':['string','boolean','null'],'minLength':2,'maxLength':5}",
            "{'type':'string','pattern':'^(\\\\d{3}-[a-fé\\\\\\\"]+|x?[^a-z]{2})$'}",
            "{'type':'array','items':{'type':'array','items':{'type':'integer'},'minItems':2,'maxItems':2},"
                    + "'minItems':1,'maxItems':3}",
            "{'const':{'a':[1,'é',true]}}",
            "{'type':'object','additionalProperties':{'type':'boolean'}}",
            "{'type':'object','properties':{'a':{},'b':{'type':'null'},'c':{'type':'string'}}}",
            "{'anyOf':[{'type':'integer'},{'type':'string','minLength':1},{'enum':['long word','1']}]}");

    private static String quoted(String schema) {
        return schema.replace('\'', '"');
    }

    /// All bytes, pieces of JSON and of characters; two special tokens, of which one ends a text.
    private static List<byte[]> vocabulary() {
        List<byte[]> tokens = new ArrayList<>();
        for (int each = 0; each < 256; each++) tokens.add(new byte[] {(byte) each});
        for (String each : List.of(
                "{\"",
                "\":",
                "\": ",
                "\",",
                "\"}",
                "}}",
                "]",
                "],",
                "[[",
                "[]",
                "{}",
                "true",
                "false",
                "null",
                "name",
                "tags",
                "value",
                "next",
                "10",
                "123",
                ", \"",
                "\"a\"",
                "ab",
                "é",
                "日本",
                "\\u00",
                "\\n",
                " \n ",
                "\n  ",
                "  ",
                "long",
                " word",
                "\",\"age\":",
                "a-z",
                "-a",
                "\\\"")) {
            tokens.add(each.getBytes(StandardCharsets.UTF_8));
        }
        tokens.add(new byte[] {(byte) 0xE6, (byte) 0x97}); // parts of a character
        tokens.add(new byte[] {(byte) 0xA5, '"'});
        return tokens;
    }

    private record Listed(List<byte[]> tokens) implements TokenBytes {
        @Override
        public int size() {
            return tokens.size() + 2;
        }

        @Override
        public byte @Nullable [] bytes(int token) {
            return token < tokens.size() ? tokens.get(token) : null;
        }
    }

    private static final TokenBytes TOKENS = new Listed(vocabulary());
    private static final int END = TOKENS.size() - 1;
    private static final TokenMasks MASKS = new TokenMasks(TOKENS, Set.of(END));

    /// A text of a model with random scores, which likes ends more and more.
    private static String random(Grammar grammar, long seed) {
        var random = new Random(seed);
        var sampler = new Sampler(Sampling.USUAL.withSeed(seed));
        var bytes = new ByteArrayOutputStream();
        GrammarState state = grammar.start();
        for (int step = 0; step < 5000; step++) {
            TokenMask mask = MASKS.mask(state);
            float[] scores = new float[TOKENS.size()];
            for (int i = 0; i < scores.length; i++) scores[i] = (float) random.nextGaussian();
            for (int each : "\"}]0".getBytes(StandardCharsets.US_ASCII)) scores[each] += step * 0.05f;
            scores[END] += 2 + step * 0.05f;
            for (int i = 0; i < scores.length; i++)
                if (!mask.allows(i)) scores[i] += 1000; // would be taken without the mask
            int token = sampler.choose(Tensor.of(Shape.of(scores.length), scores), TokenHistory.of(), mask, 0, step);
            GrammarState after = MASKS.after(state, token);
            if (after == null) return bytes.toString(StandardCharsets.UTF_8);
            bytes.writeBytes(TOKENS.bytes(token));
            state = after;
        }
        throw new AssertionError("no end: " + bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void textsOfRandomModelsFollowTheirSchema() throws Json.SyntaxException {
        var registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
        for (String schema : SCHEMAS) {
            Grammar grammar = JsonGrammar.schema(quoted(schema));
            var validator = registry.getSchema(quoted(schema));
            for (int seed = 0; seed < 30; seed++) {
                String text = random(grammar, seed);
                if (!schema.contains("additionalProperties':{") && !schema.contains("'a':{}")) Json.read(text);
                assertThat(validator.validate(text, InputFormat.JSON))
                        .as("%s: %s", schema, text)
                        .isEmpty();
            }
        }
    }

    @Test
    void textsOfRandomModelsAreJson() {
        var registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
        var any = registry.getSchema("{}");
        var object = registry.getSchema("{\"type\":\"object\"}");
        Grammar values = JsonGrammar.value();
        Grammar objects = JsonGrammar.object();
        for (int seed = 0; seed < 100; seed++) {
            assertThat(any.validate(random(values, seed), InputFormat.JSON)).isEmpty();
            assertThat(object.validate(random(objects, seed), InputFormat.JSON)).isEmpty();
        }
    }

    private static boolean takes(Grammar grammar, String text) {
        return grammar.start()
                .accept(text.getBytes(StandardCharsets.UTF_8))
                .map(GrammarState::isComplete)
                .orElse(false);
    }

    @Test
    void valuesOfJsonAreTaken() {
        Grammar any = JsonGrammar.value();
        for (String each : List.of(
                "1",
                "-0.5e+7",
                "\"a\\u00e9\\ud83d\\ude00\\n\"",
                "[]",
                "{}",
                "[1, 2,\n  [true, null]]",
                "{\"a\": {\"b\": [ ]}, \"é😀\": false}")) {
            assertThat(takes(any, each)).as(each).isTrue();
        }
        for (String each : List.of(
                "",
                "01",
                "1.",
                ".5",
                "+1",
                "[1,]",
                "{\"a\"}",
                "{a:1}",
                "'a'",
                "\"\t\"",
                "\"\\x\"",
                "nul",
                "tru e",
                "1 ",
                "[1  , 2]",
                "[   ]",
                "\"\\ud83d\"",
                "NaN",
                "[1]]",
                "12345678901234567")) {
            assertThat(takes(any, each)).as(each).isFalse();
        }
        String deep = "[".repeat(JsonGrammar.DEEPEST) + "]".repeat(JsonGrammar.DEEPEST);
        assertThat(takes(any, deep)).isTrue();
        assertThat(takes(any, "[" + deep + "]")).isFalse();
        byte[] wrong = {'"', (byte) 0xC0, (byte) 0x80, '"'}; // no UTF-8
        assertThat(any.start().accept(wrong)).isEmpty();
        byte[] surrogate = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};
        assertThat(any.start().accept(surrogate)).isEmpty();
        assertThat(takes(JsonGrammar.object(), "[]")).isFalse();
    }

    @Test
    void schemasSayWhatIsTaken() {
        Grammar person = JsonGrammar.schema(quoted(SCHEMAS.getFirst()));
        assertThat(takes(person, "{\"name\":\"x\",\"age\":3,\"tags\":[]}")).isTrue();
        assertThat(takes(person, "{ \"name\": \"x\", \"tags\": [\"ab\", 30] }")).isTrue();
        assertThat(takes(person, "{\"name\":\"x\"}")).isFalse(); // tags are required
        assertThat(takes(person, "{\"tags\":[],\"name\":\"x\"}")).isFalse(); // the order
        assertThat(takes(person, "{\"name\":\"x\",\"tags\":[],\"more\":1}")).isFalse();
        assertThat(takes(person, "{\"name\":\"1234567890123\",\"tags\":[]}")).isFalse();
        Grammar pattern = JsonGrammar.schema("{\"pattern\":\"^a+(b|[0-9]{2,3})?\\\\.$\"}");
        for (String each : List.of("\"a.\"", "\"aab.\"", "\"a123.\""))
            assertThat(takes(pattern, each)).isTrue();
        for (String each : List.of("\".\"", "\"a1.\"", "\"a1234.\"", "\"ax\""))
            assertThat(takes(pattern, each)).isFalse();
        Grammar optional = JsonGrammar.schema(quoted("{'properties':{'a':{'type':'null'},'b':{'type':'null'}}}"));
        for (String each : List.of("{}", "{\"a\":null}", "{\"b\":null}", "{\"a\":null,\"b\":null}")) {
            assertThat(takes(optional, each)).as(each).isTrue();
        }
        assertThat(takes(optional, "{,\"b\":null}")).isFalse();
    }

    /// A mask has exactly the tokens that the state accepts.
    @Test
    void masksAreThoseOfTheBytes() {
        List<String> begins = List.of(
                "",
                "{",
                "{\"",
                "{\"name",
                "{\"name\":\"1234567",
                "{\"name\":\"\\",
                "{\"name\":\"a\",\"tags\":[",
                "{\"name\":\"a\",\"tags\":[3",
                "{\"name\":\"a\",\"tags\":[]}");
        for (String schema : List.of(quoted(SCHEMAS.getFirst()), "true")) {
            Grammar grammar = JsonGrammar.schema(schema);
            for (String begin : begins) {
                GrammarState state = grammar.start()
                        .accept(begin.getBytes(StandardCharsets.UTF_8))
                        .orElseThrow();
                TokenMask mask = MASKS.mask(state);
                for (int token = 0; token < TOKENS.size(); token++) {
                    byte[] bytes = TOKENS.bytes(token);
                    boolean fits = bytes == null
                            ? token == END && state.isComplete()
                            : state.accept(bytes).isPresent();
                    assertThat(mask.allows(token))
                            .as("%s %s after %s", schema, token, begin)
                            .isEqualTo(fits);
                }
            }
        }
        GrammarState start = JsonGrammar.value().start();
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> MASKS.after(start, '}'));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> MASKS.after(start, END));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> new TokenMasks(TOKENS, Set.of(9999)));
    }

    private static void assertRefused(String schema, String... words) {
        assertThatExceptionOfType(ConfigException.class)
                .as(schema)
                .isThrownBy(() -> JsonGrammar.schema(quoted(schema)))
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    @Test
    void wrongSchemasAreRefused() {
        assertRefused("{", "expects JSON");
        assertRefused("3", "schema #", "expects an object or true");
        assertRefused("false", "false");
        assertRefused("{'type':'text'}", "#/type", "'text'");
        assertRefused("{'properties':{'a/b':{'minimum':3}}}", "#/properties/a~1b", "'minimum'");
        assertRefused("{'oneOf':[{'type':'null'}]}", "'oneOf'");
        assertRefused("{'anyOf':[{}],'type':'null'}", "anyOf", "'type'");
        assertRefused("{'enum':[]}", "#/enum", "not empty");
        assertRefused("{'enum':['a'],'type':'integer'}", "#/enum", "[integer]");
        assertRefused("{'minLength':3,'maxLength':2}", "maxLength", "3");
        assertRefused("{'minItems':3,'maxItems':2}", "maxItems", "3");
        assertRefused("{'minItems':-1}", "minItems", "whole number");
        assertRefused("{'required':['a'],'properties':{},'additionalProperties':false}", "required", "'a'");
        assertRefused("{'$ref':'http://x/y'}", "$ref", "within the schema");
        assertRefused("{'$ref':'#/$defs/none'}", "'$defs'");
        assertRefused("{'$ref':'#'}", "leads to itself");
        assertRefused(
                "{'$defs':{'a':{'anyOf':[{'type':'null'},{'$ref':'#/$defs/b'}]},'b':{'$ref':'#/$defs/a'}},'$ref':'#/$defs/a'}",
                "leads to itself");
        assertRefused("{'properties':{'a':{'$ref':'#'}},'required':['a']}", "some value");
        assertRefused("{'items':{'$ref':'#'},'minItems':1}", "some value");
        for (String each : List.of(
                "a",
                "^a",
                "a$",
                "^(?=a)$",
                "^a**$",
                "^[b-a]$",
                "^(a$",
                "^a)$",
                "^a{2,1}$",
                "^a{1001}$",
                "^\\\\1$",
                "^a|b$",
                "^[]$",
                "^(a{0,200}){0,200}$",
                "^[a$",
                "^\\\\$")) {
            assertRefused("{'pattern':'" + each + "'}", "#/pattern");
        }
    }

    /// Hostile schemas end soon, with an error that says why, or a grammar.
    @Test
    void hostileSchemasAreBounded() {
        String deep = "{'items':".repeat(80) + "true" + "}".repeat(80);
        assertRefused(deep, "levels");
        StringBuilder large = new StringBuilder("{'enum':['x'");
        for (int i = 0; i < 50_000; i++) large.append(",'").append(i).append('\'');
        Grammar huge = JsonGrammar.schema(quoted(large.append("]}").toString()));
        assertThat(takes(huge, "\"49999\"")).isTrue();
        assertThat(takes(huge, "\"50000\"")).isFalse();
        StringBuilder wide = new StringBuilder("{'anyOf':[{'type':'null'}");
        for (int i = 0; i < 60_000; i++) wide.append(",{'minItems':2}");
        assertRefused(wide.append("]}").toString(), "rules");
        // two ways for each level: 2^n for n
        Grammar ambiguous =
                JsonGrammar.schema(quoted("{'anyOf':[{'type':'null'},{'items':{'$ref':'#'}},{'items':{'$ref':'#'}}]}"));
        assertThatExceptionOfType(ResourceException.class)
                .isThrownBy(() -> takes(ambiguous, "[".repeat(40)))
                .withMessageContaining("ways");
        assertThat(takes(ambiguous, "[[null]]")).isTrue();
        Grammar counted = JsonGrammar.schema(quoted("{'type':'string','minLength':999999999}"));
        assertThat(takes(counted, "\"aaa\"")).isFalse();
    }

    /// Random schemas make a grammar, or a typed error.
    @Test
    void randomSchemasDoNotFail() {
        String[] words = {
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "'type'",
            "'object'",
            "'string'",
            "'properties'",
            "'a'",
            "'items'",
            "'$ref'",
            "'#'",
            "'anyOf'",
            "'enum'",
            "1",
            "'pattern'",
            "'^a[b-c]$'",
            "true",
            "'required'",
            "'maxItems'"
        };
        var random = new Random(5);
        int right = 0;
        for (int i = 0; i < 1000; i++) {
            String schema = mutated(SCHEMAS.get(random.nextInt(SCHEMAS.size())), words, random);
            try {
                random(JsonGrammar.schema(quoted(schema)), i);
                right++;
            } catch (NeuriteException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        assertThat(right).isBetween(50, 950);
    }

    private static String mutated(String schema, String[] words, Random random) {
        var text = new StringBuilder(schema);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(4));
            text.replace(at, end, random.nextInt(3) == 0 ? words[random.nextInt(words.length)] : "");
        }
        return text.toString();
    }
}

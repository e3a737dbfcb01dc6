package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.INT64;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.graph;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.value.Value;
import dev.neurite.predict.Interceptor;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Side;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.Truncation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// With the cross-encoder that `scripts/onnx/cross_encoder.py` writes, and the scores of onnxruntime.
class TextScorerTest {
    private static final Path FOLDER = Path.of("src/test/resources/cross-encoder");
    private static final Offset<Float> ROUNDING = within(2e-6f);

    private static Tokenizer tokenizer;
    private static TextScorer scorer;
    private static List<Pair> pairs;

    /// @param tokens without special ones
    private record Pair(String query, String text, int tokens, float score) {}

    @BeforeAll
    static void load() throws Exception {
        tokenizer = Tokenizer.load(FOLDER.resolve("tokenizer.json"));
        scorer = TextScorer.load(FOLDER.resolve("model.onnx"), FOLDER.resolve("tokenizer.json"));
        Json.JsonArray all = (Json.JsonArray) Json.read(Files.readString(FOLDER.resolve("scores.json")));
        pairs = all.list().stream().map(TextScorerTest::pair).toList();
    }

    private static Pair pair(Json json) {
        Map<String, Json> each = ((Json.JsonObject) json).map();
        return new Pair(
                ((Json.JsonString) Objects.requireNonNull(each.get("query"))).value(),
                ((Json.JsonString) Objects.requireNonNull(each.get("text"))).value(),
                Integer.parseInt(number(each, "tokens")),
                Float.parseFloat(number(each, "score")));
    }

    private static String number(Map<String, Json> object, String name) {
        return ((Json.JsonNumber) Objects.requireNonNull(object.get(name))).literal();
    }

    @Test
    void scoresAreThoseOfOnnxruntime() {
        assertThat(pairs).hasSize(32);
        for (Pair each : pairs) {
            TextScore score = scorer.scores(each.query, List.of(each.text)).getFirst();
            assertThat(score.score()).as(each.toString()).isCloseTo(each.score, ROUNDING);
            assertThat(score.tokens()).as(each.toString()).isEqualTo(each.tokens);
            assertThat(scorer.tokens(each.query, each.text)).isEqualTo(each.tokens);
            assertThat(scorer.score(each.query, each.text)).isEqualTo(score.score());
        }
    }

    @Test
    void textsOfDifferentLengthsKeepTheirOrder() {
        for (String query : pairs.stream().map(Pair::query).distinct().toList()) {
            List<Pair> asked =
                    pairs.stream().filter(each -> each.query.equals(query)).toList();
            List<String> texts = asked.stream().map(Pair::text).toList();
            for (int batch : new int[] {1, 3, 8}) {
                float[] scores = scorer.withBatch(batch).score(query, texts);
                for (int i = 0; i < scores.length; i++) assertThat(scores[i]).isCloseTo(asked.get(i).score, ROUNDING);
            }
        }
        assertThat(scorer.score("wind", List.of())).isEmpty();
    }

    @Test
    void eachTextMayHaveAQueryOfItsOwn() {
        List<TextPair> all =
                pairs.stream().map(each -> new TextPair(each.query, each.text)).toList();
        assertThat(scorer.scores(all))
                .isEqualTo(all.stream()
                        .map(each -> scorer.scores(each.query(), List.of(each.text()))
                                .getFirst())
                        .toList());
        assertThat(scorer.fits(new TextPair("wind", "rain at sea"))).isTrue();
        assertThat(scorer.withTruncation(new Truncation(5)).fits(new TextPair("wind", "rain at sea")))
                .isFalse();
    }

    @Test
    void theProbabilityIsTheSigmoid() {
        assertThat(new TextScore(0, 1).probability()).isEqualTo(0.5f);
        assertThat(new TextScore(1, 1).probability()).isCloseTo(0.7310586f, within(1e-7f));
        assertThat(Stream.of(-200f, 200f).map(each -> new TextScore(each, 1).probability()))
                .containsExactly(0f, 1f);
    }

    /// Without what its file says, 512 tokens; this network has places for 24.
    @Test
    void pairsAreShortenedAsTheFileSaysOrAsOneWishes() {
        String text = "rain at sea";
        assertThat(scorer.truncation()).isEqualTo(new Truncation(24));
        TextScorer brief = scorer.withTruncation(new Truncation(5));
        assertThat(brief.tokens("wind", text)).isEqualTo(2);
        assertThat(brief.score("wind", text)).isEqualTo(scorer.score("wind", "rain"));
        TextScorer end = scorer.withTruncation(new Truncation(5, Truncation.Strategy.ONLY_SECOND, Side.LEFT, 0));
        assertThat(end.score("wind", text)).isEqualTo(scorer.score("wind", "sea"));
        TextScorer open = TextScorer.of(model("rows", 1L), tokenizer.withoutTruncation());
        assertThat(open.truncation()).isEqualTo(new Truncation(512));
        assertThat(open.tokens("wind ".repeat(600), "sea ".repeat(600))).isEqualTo(509);
    }

    @Test
    void anInterceptorIsAroundAllTextsOfACall() {
        AtomicInteger calls = new AtomicInteger();
        OnnxModel counted = OnnxModel.load(FOLDER.resolve("model.onnx")).with(new Interceptor() {
            @Override
            public <T> T around(Supplier<T> prediction) {
                calls.incrementAndGet();
                return prediction.get();
            }
        });
        List<String> texts = pairs.stream().map(Pair::text).toList();
        float[] scores = TextScorer.of(counted, tokenizer).score("wind", texts);
        assertThat(calls).hasValue(1);
        assertThat(scores).containsExactly(scorer.score("wind", texts));
        Value tokens = Value.of(Shape.of(1, 3), new long[] {2, 3, 3});
        Value ones = Value.of(Shape.of(1, 3), new long[] {1, 1, 1});
        Value types = Value.of(Shape.of(1, 3), new long[3]);
        counted.run(tokens, ones, types);
        counted.run(Map.of("input_ids", tokens, "attention_mask", ones, "token_type_ids", types));
        assertThat(calls).hasValue(3);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> scorer.withTruncation(new Truncation(3)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("text scorer: expects room for more than the special tokens, got 3 tokens");
        assertThatThrownBy(() -> scorer.withBatch(0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("text scorer: expects at least 1 text at once, got 0");
        assertThatThrownBy(() -> TextScorer.of(model("rows", 3L), tokenizer))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects a model whose first output has one number for each pair of texts, got")
                .hasMessageContaining("A classifier has several");
        TextScorer open = TextScorer.of(model("rows", "labels"), tokenizer);
        assertThatThrownBy(() -> open.score("wind", List.of("rain", "sea")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("one number for each pair of texts, got float [2×3]");
    }

    /// Three labels, or one: the sums of the numbers in three or one columns for the tokens.
    private static OnnxModel model(Object... extents) {
        int labels = extents[1] instanceof Long given ? given.intValue() : 3;
        GraphProto.Builder graph = graph(
                        node("Gather", "table input_ids", "found"),
                        node("ReduceSum", "found one", "y", Protos.attribute("keepdims", 0L)))
                .clearInput()
                .addInput(value("input_ids", INT64, "rows", "tokens"))
                .addInput(value("attention_mask", INT64, "rows", "tokens"))
                .addInitializer(floats("table", List.of(200L, (long) labels), new float[200 * labels]))
                .addInitializer(Protos.longs("one", 1))
                .setOutput(0, value("y", Protos.FLOAT, extents));
        return OnnxModel.read(Protos.model(graph).build().toByteArray());
    }
}

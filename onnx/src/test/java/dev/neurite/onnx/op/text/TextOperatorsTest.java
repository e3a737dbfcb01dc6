package dev.neurite.onnx.op.text;

import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What ONNX's own tests do not have.
final class TextOperatorsTest {
    private static Value texts(String... all) {
        return Value.of(Shape.of(all.length), all);
    }

    /// A pattern that goes back and forth for ever is stopped.
    @Test
    void patternsAreBounded() {
        Ops slow = op("RegexFullMatch", 20).with("pattern", "(.*)(.*)(.*)(.*)(.*)b");
        assertThatThrownBy(() -> slow.run(texts("a".repeat(200) + "c")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a pattern that needs at most 1000000 steps");
        assertThatThrownBy(() -> op("RegexFullMatch", 20).with("pattern", "(").run(texts("a")))
                .isInstanceOf(ModelFormatException.class);
    }

    /// Java's groups call themselves for each letter.
    @Test
    void patternsThatGoBackTooFarAreRefused() {
        Ops deep = op("RegexFullMatch", 20).with("pattern", "(a|b)*");
        assertThat(deep.run(texts("ab".repeat(20)))).isEqualTo(Value.of(Shape.of(1), true));
        assertThatThrownBy(() -> deep.run(texts("ab".repeat(100_000))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("200000 letters");
    }

    @Test
    void stopWordsLeaveInAnyCase() {
        Ops normalizer =
                op("StringNormalizer", 10).with("stopwords", List.of("The")).with("case_change_action", "UPPER");
        assertThat(normalizer.run(texts("the", "Café"))).isEqualTo(texts("CAFE"));
        assertThat(normalizer.integer("is_case_sensitive", 1).run(texts("the", "The")))
                .isEqualTo(texts("THE"));
        assertThatThrownBy(() -> normalizer.run(Value.of(shape(2, 1), "a", "b")))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void countsOfWrongSizesAreRefused() {
        Ops counts = op("TfIdfVectorizer", 9)
                .with("mode", "TF")
                .integer("min_gram_length", 1)
                .integer("max_gram_length", 2)
                .integer("max_skip_count", 1)
                .integers("pool_int64s", 7, 7, 8)
                .integers("ngram_counts", 0, 1)
                .integers("ngram_indexes", 1, 0);
        Value x = Value.of(shape(4), 7L, 8L, 7L, 8L);
        assertThat(counts.run(x).floats()).containsExactly(2, 2); // 7 twice; 7 then 8 twice
        for (Ops each : List.of(
                counts.integers("ngram_counts", 0, 5),
                counts.integers("ngram_counts", 0, 2),
                counts.integers("ngram_indexes", 1),
                counts.integers("ngram_indexes", 1, -1),
                counts.integers("ngram_indexes", 1, 1L << 40),
                counts.integer("min_gram_length", 3),
                counts.integer("max_skip_count", -1),
                counts.with("weights", List.of(1f)),
                counts.with("mode", "BM25"))) {
            assertThatThrownBy(() -> each.run(x)).isInstanceOf(ModelFormatException.class);
        }
    }
}

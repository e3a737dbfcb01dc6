package dev.neurite.onnx;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.text.Encoding;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.Truncation;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Says how well texts answer a query, with a cross-encoder such as ms-marco-MiniLM or bge-reranker, which reads query
/// and text together: Nogueira and Cho 2019, arXiv:1901.04085. What a search found is put into order so.
/// ```java
/// TextScorer scorer = TextScorer.load(Path.of("model.onnx"), Path.of("tokenizer.json"));
/// float[] scores = scorer.score("How do cats sleep?", List.of("Cats sleep long.", "Shares fell."));
/// ```
/// The model's inputs are `input_ids` and, if it has them, `attention_mask` and `token_type_ids`; its first output
/// has one number for each pair. A classifier of several labels is none, as for Hugging Face's
/// text-embeddings-inference.
///
/// Pairs of more tokens than the tokenizer's file says are shortened, as it says; if it says nothing, to 512 tokens,
/// the longer text first. Safe to use from many threads.
///
/// Pairs of similar lengths are computed together, 8 at once; one at once by a model with DynamicQuantizeLinear or
/// without `attention_mask`, so that a score never depends on the texts beside it.
public final class TextScorer {
    private static final int USUAL_MOST = 512;
    private static final String NAME = "text scorer";

    private final TokenBatches model;
    private final Tokenizer tokenizer;
    private final Truncation truncation;

    private TextScorer(TokenBatches model, Tokenizer tokenizer, Truncation truncation) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.truncation = truncation;
    }

    /// Loads a model and its tokenizer.
    /// @param tokenizer a `tokenizer.json` of Hugging Face
    /// @throws DataException if a file does not exist
    /// @throws ModelFormatException if a file is damaged, or the model has other inputs or several numbers for
    /// a pair
    public static TextScorer load(Path model, Path tokenizer) {
        return of(OnnxModel.load(model), Tokenizer.load(tokenizer));
    }

    /// A scorer of a model and its tokenizer.
    /// @throws ModelFormatException if the model has other inputs, or several numbers for a pair
    public static TextScorer of(OnnxModel model, Tokenizer tokenizer) {
        TokenBatches batches = TokenBatches.of(NAME, model);
        List<String> extents = model.outputs().getFirst().extents();
        for (String each : extents.subList(Math.min(1, extents.size()), extents.size())) {
            if (ValueInfo.isFixed(each) && !each.equals("1")) {
                throw severalNumbers(model.outputs().getFirst().toString());
            }
        }
        Truncation usual = tokenizer.truncation().orElse(new Truncation(USUAL_MOST));
        return new TextScorer(batches, tokenizer.withoutPadding(), usual).withTruncation(usual);
    }

    private static ModelFormatException severalNumbers(String got) {
        return new ModelFormatException(
                NAME,
                "expects a model whose first output has one number for each pair of texts, got " + got,
                "A classifier has several, an embedder a vector");
    }

    /// A copy that shortens pairs otherwise.
    /// @param other its length is the largest number of tokens of a pair, special tokens included
    /// @throws ConfigException if only special tokens would fit
    public TextScorer withTruncation(Truncation other) {
        int special = tokenizer.withoutTruncation().encode("", "").length();
        if (other.length() <= special) {
            throw new ConfigException(
                    NAME, "expects room for more than the special tokens, got " + other.length() + " tokens");
        }
        return new TextScorer(model, tokenizer.withTruncation(other), other);
    }

    /// How pairs are shortened.
    public Truncation truncation() {
        return truncation;
    }

    /// A copy that computes this many pairs at once.
    /// @throws ConfigException for less than 1, and for more than 1 with a model without `attention_mask`
    public TextScorer withBatch(int pairs) {
        return new TextScorer(model.withBatch(pairs), tokenizer, truncation);
    }

    /// The score of a text.
    public float score(String query, String text) {
        return score(query, List.of(text))[0];
    }

    /// The scores of texts, in their order: any numbers, larger for a better answer.
    /// @return as many as texts
    public float[] score(String query, List<String> texts) {
        List<TextScore> all = scores(query, texts);
        float[] scores = new float[all.size()];
        for (int i = 0; i < scores.length; i++) scores[i] = all.get(i).score();
        return scores;
    }

    /// The scores of texts, in their order, and how many tokens they are computed of.
    public List<TextScore> scores(String query, List<String> texts) {
        return scores(texts.stream().map(each -> new TextPair(query, each)).toList());
    }

    /// The scores of texts, each for a query of its own.
    public List<TextScore> scores(List<TextPair> texts) {
        List<Encoding> pairs = texts.stream()
                .map(each -> tokenizer.encode(each.query(), each.text()))
                .toList();
        List<TokenBatches.Row> rows = pairs.stream()
                .map(each -> new TokenBatches.Row(each.ids(), each.typeIds()))
                .toList();
        List<Float> scores = model.compute(rows, (output, row, _) -> number(output, row));
        return IntStream.range(0, rows.size())
                .mapToObj(i -> new TextScore(scores.get(i), ofTexts(pairs.get(i))))
                .toList();
    }

    /// The number of tokens of a query and a text that their score is computed of, without special tokens.
    public int tokens(String query, String text) {
        return ofTexts(tokenizer.encode(query, text));
    }

    /// Whether the score is computed of all tokens of a pair, which is not shortened.
    public boolean fits(TextPair pair) {
        return tokenizer.withoutTruncation().encode(pair.query(), pair.text()).length() <= truncation.length();
    }

    private static int ofTexts(Encoding pair) {
        return pair.length() - Arrays.stream(pair.specialTokensMask()).sum();
    }

    private static float number(Value y, int row) {
        int rows = y.shape().rank() == 0 ? 0 : y.shape().extent(0);
        if (y.type() != ElementType.FLOAT || y.size() != rows) throw severalNumbers(y.type() + " " + y.shape());
        return y.tensor().array()[y.offset() + row];
    }
}

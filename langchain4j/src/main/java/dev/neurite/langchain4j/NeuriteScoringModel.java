package dev.neurite.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.TextScore;
import dev.neurite.onnx.TextScorer;
import java.nio.file.Path;
import java.util.List;

/// A scoring model of LangChain4j, which puts what was found into order, computed in Java alone. It takes the place of
/// LangChain4j's `OnnxScoringModel` and reads the same files:
/// ```java
/// ScoringModel model = NeuriteScoringModel.load(Path.of("model.onnx"), Path.of("tokenizer.json"));
/// ContentAggregator aggregator = new ReRankingContentAggregator(model);
/// ```
/// As there, scores are those of the network, any numbers, and 512 tokens of a pair count, the longer text losing
/// tokens first; but what the tokenizer's file says of this goes first. [#withProbabilities()] gives numbers from 0
/// to 1, for a least score that means something.
///
/// Texts of one call are computed together, by [TextScorer]'s rules. Safe to use from many threads; there is nothing to
/// close.
public final class NeuriteScoringModel implements ScoringModel {
    private final TextScorer scorer;
    private final boolean probabilities;

    private NeuriteScoringModel(TextScorer scorer, boolean probabilities) {
        this.scorer = scorer;
        this.probabilities = probabilities;
    }

    /// Loads a model and its tokenizer.
    /// @param model an ONNX file of a cross-encoder
    /// @param tokenizer a `tokenizer.json` of Hugging Face
    /// @throws DataException if a file does not exist
    /// @throws ModelFormatException if a file is damaged, or the model is no cross-encoder
    public static NeuriteScoringModel load(Path model, Path tokenizer) {
        return of(TextScorer.load(model, tokenizer));
    }

    /// A model of a scorer, whose settings are kept.
    public static NeuriteScoringModel of(TextScorer scorer) {
        return new NeuriteScoringModel(scorer, false);
    }

    /// A copy whose scores are the sigmoids of the network's, from 0 to 1. The order stays.
    public NeuriteScoringModel withProbabilities() {
        return new NeuriteScoringModel(scorer, true);
    }

    public TextScorer scorer() {
        return scorer;
    }

    /// The scores of texts, in their order, with the number of the tokens of all pairs, without special tokens.
    @Override
    public Response<List<Double>> scoreAll(List<TextSegment> segments, String query) {
        List<TextScore> scores =
                scorer.scores(query, segments.stream().map(TextSegment::text).toList());
        return Response.from(
                scores.stream()
                        .map(each -> (double) (probabilities ? each.probability() : each.score()))
                        .toList(),
                new TokenUsage(scores.stream().mapToInt(TextScore::tokens).sum()));
    }
}

package dev.neurite.serve.api;

import dev.neurite.http.HttpProblem;
import dev.neurite.onnx.TextPair;
import dev.neurite.onnx.TextScore;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Texts in the order in which they answer a query.
/// @param texts the best first; of equal ones the first that was given
/// @param tokens of all pairs
record Reranking(List<Ranked> texts, int tokens) {
    /// A text.
    /// @param index its number among those that were given
    record Ranked(int index, TextScore score) {}

    static Reranking of(ModelKind.Scores model, String query, List<String> texts, Deadline deadline) {
        List<TextPair> pairs =
                texts.stream().map(each -> new TextPair(query, each)).toList();
        List<TextScore> scores = model.queue().compute(pairs, deadline);
        if (scores.stream().anyMatch(each -> !Float.isFinite(each.score()))) {
            throw new HttpProblem(500, "model", "", "the model gives a score that is not finite");
        }
        List<Ranked> ranked = IntStream.range(0, scores.size())
                .mapToObj(i -> new Ranked(i, scores.get(i)))
                .sorted(Comparator.comparingDouble(each -> -each.score().score()))
                .toList();
        return new Reranking(ranked, scores.stream().mapToInt(TextScore::tokens).sum());
    }
}

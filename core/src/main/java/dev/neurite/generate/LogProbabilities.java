package dev.neurite.generate;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// How likely a chosen token was, and the likeliest ones: logarithms of softmax(scores), before penalties, masks,
/// temperature and what else `Sampling` does, as OpenAI and vLLM give them.
/// @param chosen the token that was chosen
/// @param likeliest the likeliest tokens, by falling probability; of equal ones those with lower ids first
public record LogProbabilities(Entry chosen, List<Entry> likeliest) {
    /// The most likeliest tokens that are asked for.
    public static final int MOST = 100;

    /// A token.
    /// @param token its id
    /// @param logProbability the natural logarithm of its probability, −∞ for one that cannot come
    public record Entry(int token, double logProbability) {}

    /// Copies the list.
    public LogProbabilities {
        likeliest = List.copyOf(likeliest);
    }

    /// The log probabilities of scores.
    /// @param scores of all tokens, as for [Sampling#choose]
    /// @param token the chosen one
    /// @param most the number of likeliest ones, 0 to [#MOST]; all, if there are fewer tokens
    /// @throws ShapeException for a token that has no score, or another number of likeliest ones
    /// @throws DataException for scores that are NaN or +∞, or all −∞
    public static LogProbabilities of(Tensor scores, int token, int most) {
        if (token < 0 || token >= scores.size()) {
            throw new ShapeException(
                    "log probabilities", "expects a token from 0 to below " + scores.size() + ", got " + token);
        }
        if (most < 0 || most > MOST) {
            throw new ShapeException("log probabilities", "expects 0 to " + MOST + " likeliest tokens, got " + most);
        }
        var ranking = new TokenRanking();
        ranking.read(scores.array(), scores.offset(), scores.size());
        double best = ranking.best();
        double logSum = best + StrictMath.log(ranking.begin(1, ranking.far(1)));
        List<Entry> likeliest = new ArrayList<>();
        for (int each : ranking.likeliest(most))
            likeliest.add(new Entry(each, scores.array()[scores.offset() + each] - logSum));
        return new LogProbabilities(new Entry(token, scores.array()[scores.offset() + token] - logSum), likeliest);
    }
}

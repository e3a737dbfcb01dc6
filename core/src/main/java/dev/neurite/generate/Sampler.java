package dev.neurite.generate;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// Chooses tokens as a [Sampling] says, one after the other. Keeps buffers, so that a choice makes no garbage to speak
/// of and takes less than a millisecond with 150,000 tokens; not for several threads at once.
/// ```java
/// Sampler sampler = new Sampler(Sampling.USUAL.withTopP(0.9));
/// int token = sampler.choose(scores, history, mask, 0, history.size());
/// ```
public final class Sampler {
    private static final TokenHistory NOTHING = TokenHistory.of();

    private final Sampling sampling;
    private final TokenRanking ranking = new TokenRanking();
    private float[] changed = {}; // scores
    private int[] window = {};

    /// A sampler that has chosen nothing.
    public Sampler(Sampling sampling) {
        this.sampling = sampling;
    }

    /// Chooses a token as [Sampling#choose] does: of a text without tokens, so without penalties.
    public int choose(Tensor scores, int row, int step) {
        return choose(scores, NOTHING, TokenMask.ALL, row, step);
    }

    /// Chooses a token.
    /// @param scores of all tokens, such as logits or logarithms of probabilities; −∞ for one that cannot come.
    /// They do not change
    /// @param before the tokens so far, for the penalties
    /// @param mask which tokens may come
    /// @param row the row of the sequence
    /// @param step the number of the token in its row
    /// @return its id, the index of its score
    /// @throws ShapeException without a score
    /// @throws DataException for scores that are NaN or +∞, or if no token can come
    public int choose(Tensor scores, TokenHistory before, TokenMask mask, int row, int step) {
        int count = scores.size();
        if (count == 0) throw new ShapeException("sampling", "expects scores of tokens, got none");
        boolean penalized = !sampling.penalties().none() && before.size() > 0;
        if (penalized || !mask.all()) {
            if (changed.length < count) changed = new float[count];
            mask.copy(scores.array(), scores.offset(), changed, count);
            if (penalized) penalize(before, count);
            ranking.read(changed, 0, count);
        } else {
            ranking.read(scores.array(), scores.offset(), count);
        }
        double temperature = sampling.temperature();
        if (temperature == 0) return ranking.bestToken();
        double random = new KeyedRandom(sampling.seed(), row, step).nextDouble();
        float far = ranking.far(temperature);
        float least = sampling.minP() == 0 ? far : Math.max(far, ranking.sharing(sampling.minP(), temperature));
        int most = sampling.topK() == 0 ? count : Math.min(sampling.topK(), count);
        if (most == count && sampling.topP() == 1) {
            return ranking.draw(random * ranking.begin(temperature, least));
        }
        int ranked = ranking.rank(temperature, most < count ? Math.max(far, ranking.reachedBy(most)) : far);
        return ranked > TokenRanking.FEW ? ofMany(most, least, random) : ofFew(Math.min(most, ranked), least, random);
    }

    /// Lowers the scores of the tokens of the window.
    private void penalize(TokenHistory before, int count) {
        int tokens = Math.min(sampling.penalties().window(), before.size());
        if (window.length < tokens) window = new int[tokens];
        for (int i = 0; i < tokens; i++) window[i] = before.token(before.size() - tokens + i);
        Arrays.sort(window, 0, tokens);
        for (int begin = 0, end; begin < tokens; begin = end) {
            int token = window[begin];
            for (end = begin; end < tokens && window[end] == token; ) end++;
            if (token >= 0 && token < count)
                changed[token] = sampling.penalties().apply(changed[token], end - begin);
        }
    }

    /// Chooses among tokens in order.
    private int ofFew(int most, float least, double random) {
        double total = 0;
        for (int i = 0; i < most; i++) total += ranking.weight(i);
        double sum = 0;
        int count = 0;
        while (count < most && (count == 0 || sum < sampling.topP() * total)) {
            if (ranking.scoreOf(count) < least) break;
            sum += ranking.weight(count++);
        }
        double left = random * sum;
        for (int i = 0; i < count; i++) {
            left -= ranking.weight(i);
            if (left < 0) return ranking.token(i);
        }
        return ranking.bestToken(); // only by rounding
    }

    /// Chooses among tokens that are too many for putting them in order.
    private int ofMany(int topK, float least, double random) {
        TokenRanking.Place last = ranking.placeOfRank(topK);
        if (sampling.topP() < 1) last = ranking.placeOfWeight(sampling.topP() * last.weight());
        if (last.score() < least) last = ranking.placeOfRank(ranking.countFrom(least));
        TokenRanking.Place drawn = ranking.placeOfWeight(Math.nextUp(random * last.weight()));
        return drawn.isAfter(last) ? last.token() : drawn.token();
    }
}

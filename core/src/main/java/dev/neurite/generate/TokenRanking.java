package dev.neurite.generate;

import dev.neurite.error.DataException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The tokens by falling score, of equal ones those with lower ids first, as far as a choice needs that order:
/// it never sorts a vocabulary. Keeps its buffers for the next scores.
///
/// The weight of a token is e^((score − best) / temperature). Tokens below [#far] are left out: all of them
/// together weigh less than the spacing of the random numbers, 2⁻⁵³.
final class TokenRanking {
    private static final int BLOCK = 256; // tokens
    static final int FEW = 1024; // tokens that are sorted
    private static final double FAR = 50; // e⁻⁵⁰ · 2²⁰ tokens < 2⁻⁵¹ · 2⁻²⁰

    private float[] scores = {};
    private int from;
    private int count;
    private int blocks;
    private float[] highest = {}; // score of each block
    private double[] before = {}; // the weights before each block
    private int bestToken;
    private float best;
    private double scale; // 1 / temperature
    private float cutoff;
    private final long[] ranks = new long[FEW]; // score and token, the likeliest first
    private final Span around = new Span(); // a part
    private float least; // of a part
    private float most;
    private @Nullable Level first;
    private @Nullable Level deeper;

    /// A token in the order.
    /// @param weight of all tokens up to this one
    record Place(int token, float score, double weight) {
        boolean isAfter(Place other) {
            return score < other.score || (score == other.score && token > other.token);
        }
    }

    /// Scores from one to another.
    private static final class Span {
        private float least;
        private float most;
        private int low; // as an int in the order of the numbers
        private int width;

        void set(float ofLeast, float ofMost) {
            least = ofLeast;
            most = ofMost;
            low = ordered(ofLeast);
            width = ordered(ofMost) - low;
        }

        /// Whether a score is in the span: one comparison, as two are hard to predict.
        boolean has(float score) {
            return Integer.compareUnsigned(ordered(score) - low, width) <= 0;
        }
    }

    /// Weights and numbers of tokens in equal parts of a span of scores, the highest first.
    private static final class Level {
        static final int PARTS = 1024;
        final double[] weights = new double[PARTS];
        final int[] counts = new int[PARTS];
        private double high;
        private double scale;
        private final Span span = new Span();

        void begin(float ofLeast, float ofMost) {
            Arrays.fill(weights, 0);
            Arrays.fill(counts, 0);
            high = ofMost;
            scale = ofLeast < ofMost ? (PARTS - 1) / (high - ofLeast) : 0;
            span.set(ofLeast, ofMost);
        }

        /// Sets a span that has the scores of a part, and few others.
        void setSpan(Span around, int part) {
            double above = Math.min(high - (part - 0.001) / scale, span.most);
            double below = Math.max(high - (part + 1.001) / scale, span.least);
            around.set(Math.nextDown((float) below), Math.nextUp((float) above));
        }

        int part(float score) {
            return (int) ((high - score) * scale);
        }

        void add(float score, double weight) {
            int part = part(score);
            weights[part] += weight;
            counts[part]++;
        }
    }

    /// Takes scores, which may not change before the choice.
    /// @throws DataException for scores that are NaN or +∞, or all −∞
    void read(float[] all, int offset, int size) {
        scores = all;
        from = offset;
        count = size;
        blocks = (size + BLOCK - 1) / BLOCK;
        if (highest.length < blocks) highest = new float[blocks];
        int bestBlock = 0;
        for (int block = 0; block < blocks; block++) {
            highest[block] = highest(block);
            if (highest[block] > highest[bestBlock]) bestBlock = block;
        }
        best = highest[bestBlock];
        if (best == Float.NEGATIVE_INFINITY) {
            throw new DataException("scores", "expects a token that can come, got −∞ for all " + size);
        }
        bestToken = bestBlock * BLOCK;
        while (score(bestToken) != best) bestToken++;
    }

    /// The highest score of a block.
    private float highest(int block) {
        float high = Float.NEGATIVE_INFINITY;
        int end = from + end(block);
        for (int i = from + block * BLOCK; i < end; i++) {
            if (!(scores[i] <= high)) high = finite(i); // seldom: NaN, too
        }
        return high;
    }

    private float finite(int index) {
        if (scores[index] < Float.POSITIVE_INFINITY) return scores[index];
        throw new DataException(
                "scores, token " + (index - from),
                "expects numbers or −∞, got " + scores[index],
                "Weights of a model whose training has diverged are not finite");
    }

    private int end(int block) {
        return Math.min(count, (block + 1) * BLOCK);
    }

    private float score(int token) {
        return scores[from + token];
    }

    private double weight(float score) {
        return Exponential.of(((double) score - best) * scale);
    }

    /// The most likely token.
    int bestToken() {
        return bestToken;
    }

    /// Its score.
    float best() {
        return best;
    }

    /// The score of a token with this share of the weight of the most likely one.
    float sharing(double share, double ofTemperature) {
        return (float) (best + ofTemperature * StrictMath.log(share));
    }

    /// The lowest score that counts.
    float far(double ofTemperature) {
        return (float) Math.max(best - FAR * ofTemperature, -Float.MAX_VALUE);
    }

    /// A score that at least so many tokens have or exceed: few more, if possible. Each of so many blocks has
    /// one.
    float reachedBy(int tokens) {
        if (tokens > blocks) return -Float.MAX_VALUE;
        float[] sorted = Arrays.copyOf(highest, blocks);
        Arrays.sort(sorted);
        return Math.max(sorted[blocks - tokens], -Float.MAX_VALUE);
    }

    /// The most likely tokens, by rank; fewer if no more can come.
    int[] likeliest(int tokens) {
        if (tokens == 0) return new int[0];
        float lowest = reachedBy(tokens);
        long[] all = new long[countFrom(lowest)];
        collect(all, lowest);
        Arrays.sort(all);
        return Arrays.stream(all).limit(tokens).mapToInt(rank -> (int) rank).toArray();
    }

    /// Begins a choice by ids.
    /// @param lowest the lowest score that counts
    /// @return the weight of all tokens
    double begin(double ofTemperature, float lowest) {
        begin(ofTemperature);
        cutoff = lowest;
        if (before.length < blocks) before = new double[blocks];
        double sum = 0;
        for (int block = 0; block < blocks; block++) {
            before[block] = sum;
            if (highest[block] < lowest) continue;
            int end = from + end(block);
            for (int i = from + block * BLOCK; i < end; i++) if (scores[i] >= lowest) sum += weight(scores[i]);
        }
        return sum;
    }

    private void begin(double temperature) {
        scale = Math.min(1 / temperature, Double.MAX_VALUE);
    }

    /// The first token, by ids, up to which the tokens weigh more than this; the most likely one if rounding
    /// hides it.
    int draw(double target) {
        int block = blocks - 1;
        while (before[block] > target) block--;
        double sum = before[block];
        for (int token = block * BLOCK; token < end(block); token++) {
            if (score(token) >= cutoff) sum += weight(score(token));
            if (sum > target) return token;
        }
        return bestToken;
    }

    /// Begins a choice by rank.
    /// @param lowest the lowest score that counts
    /// @return the number of these tokens. Up to [#FEW] are in order then, see [#token]; of more, places can be
    /// asked for
    int rank(double ofTemperature, float lowest) {
        begin(ofTemperature);
        if (first == null) first = new Level();
        fill(first, leastFrom(lowest), best);
        int tokens = 0;
        for (int each : first.counts) tokens += each;
        if (tokens <= FEW) {
            collect(ranks, lowest);
            Arrays.sort(ranks, 0, tokens);
        }
        return tokens;
    }

    /// The lowest score from this one on.
    private float leastFrom(float lowest) {
        float least = best;
        for (int block = 0; block < blocks; block++) {
            if (highest[block] < lowest) continue;
            int end = from + end(block);
            for (int i = from + block * BLOCK; i < end; i++) {
                if (scores[i] < least && scores[i] >= lowest) least = scores[i];
            }
        }
        return least;
    }

    /// The token of a rank, from 0.
    int token(int rank) {
        return (int) ranks[rank];
    }

    /// Its score.
    float scoreOf(int rank) {
        return score(token(rank));
    }

    /// Its weight.
    double weight(int rank) {
        return weight(score(token(rank)));
    }

    /// The first token, by rank, up to which the tokens weigh at least this; the last if rounding hides it.
    Place placeOfWeight(double target) {
        return place(target, false);
    }

    /// The token with this rank, from 1; the last if there are fewer.
    Place placeOfRank(int rank) {
        return place(rank, true);
    }

    /// The number of tokens with this score or a higher one.
    int countFrom(float lowest) {
        int tokens = 0;
        for (int i = from; i < from + count; i++) if (scores[i] >= lowest) tokens++;
        return tokens;
    }

    /// @param counting whether the target is a number of tokens instead of a weight
    private Place place(double target, boolean counting) {
        Level level = Objects.requireNonNull(first);
        double weight = 0;
        double tokens = 0;
        while (true) {
            int part = -1;
            for (int i = 0; i < Level.PARTS; i++) {
                if (level.counts[i] == 0) continue;
                if (part >= 0) {
                    weight += level.weights[part];
                    tokens += level.counts[part];
                }
                part = i;
                if ((counting ? tokens + level.counts[i] : weight + level.weights[i]) >= target) break;
            }
            members(level, part);
            if (level.counts[part] <= FEW || least == most) {
                return place(target, counting, level.counts[part], weight, tokens);
            }
            if (deeper == null) deeper = new Level();
            level = deeper;
            fill(level, least, most);
        }
    }

    /// Finds the lowest and the highest score of a part, and all its tokens if they are few.
    private void members(Level level, int part) {
        least = Float.POSITIVE_INFINITY;
        most = Float.NEGATIVE_INFINITY;
        int filled = 0;
        level.setSpan(around, part);
        for (int token = 0; token < count; token++) {
            float score = score(token);
            if (!around.has(score) || !level.span.has(score) || level.part(score) != part) continue;
            if (filled < FEW) ranks[filled++] = rank(token);
            least = Math.min(least, score);
            most = Math.max(most, score);
        }
    }

    /// The place among tokens that are few, or have the same score.
    /// @param weight of all tokens before these
    /// @param tokens before these
    private Place place(double target, boolean counting, int within, double weight, double tokens) {
        if (within <= FEW) Arrays.sort(ranks, 0, within);
        int token = -1;
        for (int i = 0; i < within; i++) {
            if (within <= FEW) token = token(i);
            else do token++; while (score(token) != least);
            weight += weight(score(token));
            tokens++;
            if ((counting ? tokens : weight) >= target) break;
        }
        return new Place(token, score(token), weight);
    }

    private void fill(Level level, float least, float most) {
        level.begin(least, most);
        for (int block = 0; block < blocks; block++) {
            if (highest[block] < least) continue;
            int end = from + end(block);
            for (int i = from + block * BLOCK; i < end; i++) {
                float score = scores[i];
                if (level.span.has(score)) level.add(score, weight(score));
            }
        }
    }

    /// Collects the tokens with this score or a higher one, by ids.
    private void collect(long[] into, float lowest) {
        int filled = 0;
        for (int block = 0; block < blocks; block++) {
            if (highest[block] < lowest) continue;
            int end = end(block);
            for (int token = block * BLOCK; token < end; token++) {
                if (score(token) >= lowest) into[filled++] = rank(token);
            }
        }
    }

    /// A number that is smaller for likelier tokens, and ends with the token.
    private long rank(int token) {
        return (long) ~ordered(score(token)) << 32 | token;
    }

    /// An int in the order of the numbers.
    private static int ordered(float number) {
        int bits = Float.floatToIntBits(number + 0f); // −0 equals 0
        return bits ^ ((bits >> 31) & 0x7FFFFFFF);
    }
}

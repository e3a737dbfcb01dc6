package dev.neurite.generate;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// How the next token is chosen from the scores of all tokens: at random, with the probabilities
/// softmax(scores / temperature), of the tokens that `topK` and `topP` leave.
///
/// Equal seeds choose equal tokens, on every machine: the k-th token of a row depends on the seed, the row, k
/// and the scores only.
/// @param temperature below 1 prefers likely tokens, above 1 unlikely ones; 0 always takes the most likely
/// one; 1 by default
/// @param topK only so many of the most likely tokens; 0, the default, for all
/// @param topP only the most likely tokens that together have at least this probability (Holtzman et al. 2019,
/// arXiv:1904.09751), after `topK`; above 0, 1 by default, for all
/// @param seed of the random numbers; 0 by default
public record Sampling(double temperature, int topK, double topP, long seed) {
    /// Temperature 1, all tokens, seed 0.
    public static final Sampling USUAL = new Sampling(1, 0, 1, 0);

    /// @throws ConfigException for a setting out of range
    public Sampling {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("temperature", "expects a number from 0, got " + temperature);
        }
        if (topK < 0) throw new ConfigException("top-k", "expects a number of tokens, or 0 for all, got " + topK);
        if (!(topP > 0 && topP <= 1)) throw new ConfigException("top-p", "expects above 0 to 1, got " + topP);
    }

    public Sampling withTemperature(double other) {
        return new Sampling(other, topK, topP, seed);
    }

    /// A copy that leaves this many tokens.
    public Sampling withTopK(int tokens) {
        return new Sampling(temperature, tokens, topP, seed);
    }

    /// A copy that leaves tokens of this probability.
    public Sampling withTopP(double probability) {
        return new Sampling(temperature, topK, probability, seed);
    }

    public Sampling withSeed(long other) {
        return new Sampling(temperature, topK, topP, other);
    }

    /// Chooses a token.
    /// @param scores of all tokens, such as logits or logarithms of probabilities; −∞ for one that cannot come
    /// @param row the row of the sequence
    /// @param step the number of the token in its row
    /// @return its id, the index of its score
    /// @throws ShapeException without a score
    /// @throws DataException for scores that are NaN or +∞, or all −∞
    public int choose(Tensor scores, int row, int step) {
        if (scores.size() == 0) throw new ShapeException("sampling", "expects scores of tokens, got none");
        float[] all = scores.toArray();
        int best = 0;
        for (int i = 0; i < all.length; i++) {
            if (!(all[i] < Float.POSITIVE_INFINITY)) {
                throw new DataException(
                        "scores, token " + i,
                        "expects numbers or −∞, got " + all[i],
                        "Weights of a model whose training has diverged are not finite");
            }
            if (all[i] > all[best]) best = i;
        }
        if (all[best] == Float.NEGATIVE_INFINITY) {
            throw new DataException("scores", "expects a token that can come, got −∞ for all " + all.length);
        }
        if (temperature == 0) return best;
        double[] weights = new double[all.length];
        for (int i = 0; i < all.length; i++) weights[i] = StrictMath.exp(((double) all[i] - all[best]) / temperature);
        boolean some = (topK > 0 && topK < all.length) || topP < 1;
        int[] order = some ? mostLikely(all, weights) : everyToken(all.length);
        double total = 0;
        for (int token : order) total += weights[token];
        double left = new KeyedRandom(seed, row, step).nextDouble() * total;
        for (int token : order) {
            left -= weights[token];
            if (left < 0) return token;
        }
        return best; // only by rounding
    }

    private static int[] everyToken(int count) {
        int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        return order;
    }

    /// The tokens that are left, by falling probability; of equal ones those with lower ids first.
    private int[] mostLikely(float[] scores, double[] weights) {
        long[] keys = new long[scores.length];
        for (int i = 0; i < keys.length; i++) keys[i] = ((long) ~ordered(scores[i]) << 32) | i;
        Arrays.sort(keys);
        int most = topK == 0 ? keys.length : Math.min(topK, keys.length);
        double total = 0;
        for (int i = 0; i < most; i++) total += weights[(int) keys[i]];
        double sum = 0;
        int count = 0;
        while (count < most && (count == 0 || sum < topP * total)) sum += weights[(int) keys[count++]];
        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = (int) keys[i];
        return order;
    }

    /// An int in the order of the numbers.
    private static int ordered(float number) {
        int bits = Float.floatToIntBits(number);
        return bits ^ ((bits >> 31) & 0x7FFFFFFF);
    }
}

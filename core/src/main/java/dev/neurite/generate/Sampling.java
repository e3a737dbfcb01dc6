package dev.neurite.generate;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Tensor;

/// How the next token is chosen from the scores of all tokens: at random, with the probabilities
/// softmax(scores / temperature), of the tokens that `topK`, `topP` and `minP` leave. The order is that of
/// transformers: penalties, temperature, top-k, top-p, min-p; llama.cpp applies the temperature last.
///
/// Equal seeds choose equal tokens, on every machine: the k-th token of a row depends on the seed, the row, k,
/// the scores and, with penalties, the tokens before.
/// @param temperature below 1 prefers likely tokens, above 1 unlikely ones; 0 always takes the most likely
/// one; 1 by default
/// @param topK only so many of the most likely tokens; 0, the default, for all
/// @param topP only the most likely tokens that together have at least this probability (Holtzman et al. 2019,
/// arXiv:1904.09751), after `topK`; above 0, 1 by default, for all
/// @param minP only tokens with at least this share of the probability of the most likely one (Nguyen et al. 2024,
/// arXiv:2407.01082); 0, the default, for all, to 1
/// @param penalties what makes tokens less likely that were there already; none by default
/// @param seed of the random numbers; 0 by default
public record Sampling(double temperature, int topK, double topP, double minP, Penalties penalties, long seed) {
    /// Temperature 1, all tokens, no penalties, seed 0.
    public static final Sampling USUAL = new Sampling(1, 0, 1, 0, Penalties.NONE, 0);

    /// @throws ConfigException for a setting out of range
    public Sampling {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("temperature", "expects a number from 0, got " + temperature);
        }
        if (topK < 0) throw new ConfigException("top-k", "expects a number of tokens, or 0 for all, got " + topK);
        if (!(topP > 0 && topP <= 1)) throw new ConfigException("top-p", "expects above 0 to 1, got " + topP);
        if (!(minP >= 0 && minP <= 1)) throw new ConfigException("min-p", "expects 0 to 1, got " + minP);
    }

    public Sampling withTemperature(double other) {
        return new Sampling(other, topK, topP, minP, penalties, seed);
    }

    /// A copy that leaves this many tokens.
    public Sampling withTopK(int tokens) {
        return new Sampling(temperature, tokens, topP, minP, penalties, seed);
    }

    /// A copy that leaves tokens of this probability.
    public Sampling withTopP(double probability) {
        return new Sampling(temperature, topK, probability, minP, penalties, seed);
    }

    /// A copy that leaves tokens with this share of the most likely one's probability.
    public Sampling withMinP(double share) {
        return new Sampling(temperature, topK, topP, share, penalties, seed);
    }

    public Sampling withPenalties(Penalties other) {
        return new Sampling(temperature, topK, topP, minP, other, seed);
    }

    public Sampling withSeed(long other) {
        return new Sampling(temperature, topK, topP, minP, penalties, other);
    }

    /// Chooses a token of a text without tokens, so without penalties; many are chosen faster by one [Sampler].
    /// @param scores of all tokens, such as logits or logarithms of probabilities; −∞ for one that cannot come
    /// @param row the row of the sequence
    /// @param step the number of the token in its row
    /// @return its id, the index of its score
    /// @throws ShapeException without a score
    /// @throws DataException for scores that are NaN or +∞, or all −∞
    public int choose(Tensor scores, int row, int step) {
        return new Sampler(this).choose(scores, row, step);
    }
}

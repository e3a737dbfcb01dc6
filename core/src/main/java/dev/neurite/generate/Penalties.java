package dev.neurite.generate;

import dev.neurite.error.ConfigException;

/// What makes tokens less likely that were there already. All count the last `window` tokens, those of the prompt
/// included, as llama.cpp does.
/// @param repetition divides the positive scores of these tokens and multiplies the negative ones (Keskar et al. 2019,
/// arXiv:1909.05858, as transformers and llama.cpp do it); above 0, 1 by default, for none
/// @param frequency is subtracted from the score of a token for each time that it was there, as OpenAI defines it; 0 by
/// default. Negative ones make repetition likelier
/// @param presence is subtracted from the scores of these tokens once, as OpenAI defines it; 0 by default
/// @param window the number of tokens that count, 0 for none; 64 by default, as in llama.cpp
public record Penalties(double repetition, double frequency, double presence, int window) {
    /// None, with a window of 64 tokens.
    public static final Penalties NONE = new Penalties(1, 0, 0, 64);

    /// The longest window.
    public static final int LONGEST = 1 << 20;

    /// @throws ConfigException for a setting out of range
    public Penalties {
        if (!(repetition > 0 && repetition < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("repetition-penalty", "expects a number above 0, got " + repetition);
        }
        requireFinite("frequency-penalty", frequency);
        requireFinite("presence-penalty", presence);
        if (window < 0 || window > LONGEST) {
            throw new ConfigException("penalty-window", "expects 0 to " + LONGEST + " tokens, got " + window);
        }
    }

    private static void requireFinite(String name, double penalty) {
        if (!Double.isFinite(penalty)) throw new ConfigException(name, "expects a finite number, got " + penalty);
    }

    /// A copy with this penalty for repetition.
    public Penalties withRepetition(double factor) {
        return new Penalties(factor, frequency, presence, window);
    }

    /// A copy that subtracts this for each time.
    public Penalties withFrequency(double each) {
        return new Penalties(repetition, each, presence, window);
    }

    /// A copy that subtracts this once.
    public Penalties withPresence(double once) {
        return new Penalties(repetition, frequency, once, window);
    }

    /// A copy that looks back this far.
    public Penalties withWindow(int tokens) {
        return new Penalties(repetition, frequency, presence, tokens);
    }

    /// Whether they change no score.
    boolean none() {
        return window == 0 || (repetition == 1 && frequency == 0 && presence == 0);
    }

    /// The score of a token that was there so many times.
    float apply(float score, int times) {
        if (score == Float.NEGATIVE_INFINITY) return score;
        double scaled = score > 0 ? score / repetition : score * repetition;
        double penalized = scaled - times * frequency - presence;
        return (float) Math.clamp(penalized, -Float.MAX_VALUE, Float.MAX_VALUE);
    }
}

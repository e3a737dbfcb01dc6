package dev.neurite.llm;

import dev.neurite.error.ConfigException;
import dev.neurite.generate.LogProbabilities;
import dev.neurite.generate.Sampling;
import dev.neurite.llm.grammar.Grammar;
import java.util.List;
import java.util.Optional;

/// How a [LanguageModel] writes a text.
/// @param sampling how tokens are chosen; [Sampling#USUAL] by default
/// @param maxTokens the largest number of tokens of an answer, from 1; 512 by default
/// @param stops texts that end an answer and are not part of it, none of them empty; none by default. Tokens by which
/// the model itself ends an answer always do
/// @param likeliest how many of the likeliest tokens are given with their log probabilities beside each chosen
/// one, 0 to [LogProbabilities#MOST]; −1, the default, for no log probabilities
/// @param grammar which texts an answer may be, such as [dev.neurite.llm.grammar.JsonGrammar#schema]; empty,
/// the default, for any. An answer that ends as it is too long is only the beginning of such a text
/// @param overflow what happens when a text needs more positions than there are; [Overflow#REFUSE] by default
public record Generation(
        Sampling sampling,
        int maxTokens,
        List<String> stops,
        int likeliest,
        Optional<Grammar> grammar,
        Overflow overflow) {
    /// Up to 512 tokens by [Sampling#USUAL], with the defaults above.
    public static final Generation USUAL =
            new Generation(Sampling.USUAL, 512, List.of(), -1, Optional.empty(), Overflow.REFUSE);

    /// What happens when a text needs more positions than the [context][LanguageModel#context] has.
    public enum Overflow {
        /// A prompt that is too long is refused, and an answer ends where the positions end.
        REFUSE,
        /// The model forgets the first half of the text, and goes on with the last.
        SHIFT
    }

    /// @throws ConfigException for a setting out of range
    public Generation {
        stops = List.copyOf(stops);
        if (maxTokens < 1) throw new ConfigException("max-tokens", "expects at least 1 token, got " + maxTokens);
        if (stops.contains("")) throw new ConfigException("stop", "expects texts that are not empty, got one");
        if (likeliest < -1 || likeliest > LogProbabilities.MOST) {
            throw new ConfigException(
                    "generation",
                    "expects 0 to " + LogProbabilities.MOST + " likeliest tokens, or −1 for none, got " + likeliest);
        }
    }

    public Generation withSampling(Sampling other) {
        return new Generation(other, maxTokens, stops, likeliest, grammar, overflow);
    }

    /// A copy that always takes the likeliest token.
    public Generation greedy() {
        return withSampling(sampling.withTemperature(0));
    }

    /// A copy with this number of tokens at most.
    public Generation withMaxTokens(int tokens) {
        return new Generation(sampling, tokens, stops, likeliest, grammar, overflow);
    }

    /// A copy in which an answer ends before these texts.
    public Generation withStops(String... texts) {
        return new Generation(sampling, maxTokens, List.of(texts), likeliest, grammar, overflow);
    }

    /// A copy that gives log probabilities, see [#likeliest()].
    public Generation withLogProbabilities(int ofLikeliest) {
        return new Generation(sampling, maxTokens, stops, ofLikeliest, grammar, overflow);
    }

    /// A copy whose answers are texts of a grammar.
    public Generation withGrammar(Grammar other) {
        return new Generation(sampling, maxTokens, stops, likeliest, Optional.of(other), overflow);
    }

    public Generation withOverflow(Overflow other) {
        return new Generation(sampling, maxTokens, stops, likeliest, grammar, other);
    }
}

package dev.neurite.llm;

import dev.neurite.generate.Penalties;
import dev.neurite.generate.Sampling;
import dev.neurite.llm.grammar.Grammar;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a request in the form of a chat API says of its answer; null for what it does not say. Ranges are those of
/// [Generation], [Sampling] and [Penalties].
/// @param maxTokens the largest number of tokens of the answer
/// @param stops texts that end the answer; an empty list says nothing
/// @param grammar which texts the answer may be
public record GenerationRequest(
        @Nullable Double temperature,
        @Nullable Integer topK,
        @Nullable Double topP,
        @Nullable Integer maxTokens,
        @Nullable List<String> stops,
        @Nullable Double frequencyPenalty,
        @Nullable Double presencePenalty,
        Optional<Grammar> grammar) {
    /// Copies the stops.
    public GenerationRequest {
        stops = stops == null ? null : List.copyOf(stops);
    }

    /// How the answer is written.
    /// @param usual for what the request does not say
    /// @throws dev.neurite.error.ConfigException for a setting out of range
    public Generation over(Generation usual) {
        Sampling sampling = usual.sampling();
        Penalties penalties = sampling.penalties();
        return new Generation(
                new Sampling(
                        or(temperature, sampling.temperature()),
                        or(topK, sampling.topK()),
                        or(topP, sampling.topP()),
                        sampling.minP(),
                        new Penalties(
                                penalties.repetition(),
                                or(frequencyPenalty, penalties.frequency()),
                                or(presencePenalty, penalties.presence()),
                                penalties.window()),
                        sampling.seed()),
                or(maxTokens, usual.maxTokens()),
                stops == null || stops.isEmpty() ? usual.stops() : stops,
                usual.likeliest(),
                grammar.isPresent() ? grammar : usual.grammar(),
                usual.overflow());
    }

    private static <T> T or(@Nullable T asked, T usual) {
        return asked == null ? usual : asked;
    }
}

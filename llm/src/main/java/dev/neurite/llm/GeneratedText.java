package dev.neurite.llm;

import dev.neurite.generate.LogProbabilities;
import java.time.Duration;
import java.util.List;

/// What a [LanguageModel] wrote.
/// @param text without the prompt, stops and tokens that end an answer
/// @param end why it ended there
/// @param tokens the ids of the tokens that were chosen, without one that ended it
/// @param promptTokens the tokens of the prompt
/// @param keptTokens how many of these were not computed again, as an earlier text begins with them
/// @param logProbabilities for each token, if asked for; else empty
/// @param ofPrompt the time until the first token could be chosen
/// @param ofAnswer the time after that
public record GeneratedText(
        String text,
        End end,
        List<Integer> tokens,
        int promptTokens,
        int keptTokens,
        List<LogProbabilities> logProbabilities,
        Duration ofPrompt,
        Duration ofAnswer) {
    /// Why an answer ended.
    public enum End {
        /// The model ended it, or a stop came.
        STOP,
        /// The most tokens that it may have are there, or no position is left.
        LENGTH,
        /// A listener or a subscriber wanted no more.
        CANCELLED
    }

    /// Copies the lists.
    public GeneratedText {
        tokens = List.copyOf(tokens);
        logProbabilities = List.copyOf(logProbabilities);
    }
}

package dev.neurite.cli.command;

import dev.neurite.cli.option.EnumChoice;
import dev.neurite.llm.GeneratedText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// What an answer of a language model took.
final class AnswerJson {
    private static final double SECOND = 1e9; // nanoseconds

    private AnswerJson() {}

    /// All but the text.
    static Map<String, Object> of(GeneratedText answer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tokens", answer.tokens());
        json.put("end", EnumChoice.name(answer.end()));
        json.put("prompt_tokens", answer.promptTokens());
        json.put("kept_tokens", answer.keptTokens());
        json.put("prompt_seconds", seconds(answer.ofPrompt()));
        json.put("answer_seconds", seconds(answer.ofAnswer()));
        return json;
    }

    static double seconds(Duration time) {
        return (double) time.toNanos() / SECOND;
    }

    /// The tokens of the prompt that were computed in a second.
    static double promptSpeed(GeneratedText answer) {
        return (answer.promptTokens() - answer.keptTokens()) / seconds(answer.ofPrompt());
    }

    /// The tokens of the answer in a second.
    static double answerSpeed(GeneratedText answer) {
        return answer.tokens().size() / seconds(answer.ofAnswer());
    }
}

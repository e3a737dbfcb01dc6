package dev.neurite.serve.api;

import dev.neurite.generate.Sampling;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import java.util.List;

/// What a client wants written.
/// @param model its name
/// @param choices texts for each prompt
/// @param most tokens of a text
/// @param sampling of the first choice; the seed of each further one is larger by one
/// @param stops a text ends before the first of these
/// @param likeliest how many likeliest tokens are beside each token; −1 for no log probabilities
/// @param echo whether a text begins with its prompt
/// @param streamed whether texts are sent as they are written
/// @param usage whether the stream says how many tokens there were
record CompletionRequest(
        String model,
        List<String> prompts,
        int choices,
        int most,
        Sampling sampling,
        List<String> stops,
        int likeliest,
        boolean echo,
        boolean streamed,
        boolean usage) {
    /// Prompts times choices.
    static final int MOST_TEXTS = 128;

    static final int MOST_TOKENS = 8192;
    private static final int USUAL_TOKENS = 16;
    static final int MOST_LIKELIEST = 5;

    /// @throws HttpProblem 400 for what cannot be, or is not done here
    static CompletionRequest of(JsonFields body) {
        body.only(
                "model",
                "prompt",
                "best_of",
                "echo",
                "frequency_penalty",
                "logit_bias",
                "logprobs",
                "max_tokens",
                "min_p",
                "n",
                "presence_penalty",
                "repeat_last_n",
                "repetition_penalty",
                "seed",
                "stop",
                "stream",
                "stream_options",
                "suffix",
                "temperature",
                "top_k",
                "top_p",
                "user");
        refuseOthers(body);
        List<String> prompts = TextInputs.textOrTexts(body, "prompt", MOST_TEXTS);
        int choices = body.integer("n", 1, 1, MOST_TEXTS / prompts.size());
        body.integer("best_of", choices, choices, choices); // no text is chosen from more
        boolean echo = body.flag("echo", false);
        int likeliest = body.has("logprobs") ? body.integer("logprobs", 0, MOST_LIKELIEST) : -1;
        if (echo && likeliest >= 0) {
            throw body.problem("echo", "expects false beside logprobs: a prompt's tokens have no probabilities here");
        }
        boolean streamed = body.flag("stream", false);
        return new CompletionRequest(
                body.text("model"),
                prompts,
                choices,
                body.integer("max_tokens", USUAL_TOKENS, 1, MOST_TOKENS),
                WritingFields.sampling(body),
                WritingFields.stops(body),
                likeliest,
                echo,
                streamed,
                WritingFields.usage(body, streamed));
    }

    /// Refuses what would change the texts, and is not done here, unless it has the value that changes nothing.
    private static void refuseOthers(JsonFields body) {
        if (!body.text("suffix", "").isEmpty()) {
            throw body.problem("suffix", "expects none: a text is not fitted between two others here");
        }
        WritingFields.refuseBias(body);
    }

    /// How tokens of a text are chosen.
    Sampling sampling(int choice) {
        return sampling.withSeed(sampling.seed() + choice);
    }
}

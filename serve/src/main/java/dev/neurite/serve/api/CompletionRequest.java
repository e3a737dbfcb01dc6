package dev.neurite.serve.api;

import dev.neurite.generate.Penalties;
import dev.neurite.generate.Sampling;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// What a client wants written.
/// @param model its name
/// @param choices texts for each prompt
/// @param most tokens of a text
/// @param sampling of the first choice; the seed of each further one is larger by one
/// @param stops a text ends before the first of these
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
        boolean echo,
        boolean streamed,
        boolean usage) {
    /// Prompts times choices.
    private static final int MOST_TEXTS = 128;

    private static final int MOST_TOKENS = 8192;
    private static final int USUAL_TOKENS = 16;
    private static final int MOST_STOPS = 4;
    private static final long MOST_SEED = 1L << 53;

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
        boolean streamed = body.flag("stream", false);
        return new CompletionRequest(
                body.text("model"),
                prompts,
                choices,
                body.integer("max_tokens", USUAL_TOKENS, 1, MOST_TOKENS),
                sampling(body),
                stops(body),
                body.flag("echo", false),
                streamed,
                usage(body, streamed));
    }

    /// Refuses what would change the texts, and is not done here, unless it has the value that changes nothing.
    private static void refuseOthers(JsonFields body) {
        if (body.has("logprobs")) throw body.problem("logprobs", "expects none: probabilities are not given here");
        if (!body.text("suffix", "").isEmpty()) {
            throw body.problem("suffix", "expects none: a text is not fitted between two others here");
        }
        boolean biased = body.has("logit_bias")
                && !(body.value("logit_bias") instanceof JsonObject(var tokens) && tokens.isEmpty());
        if (biased) throw body.problem("logit_bias", "expects none: tokens are not made likelier here");
    }

    private static Sampling sampling(JsonFields body) {
        double topP = body.number("top_p", 1, 0, 1);
        return new Sampling(
                body.number("temperature", 1, 0, 2),
                body.integer("top_k", 0, 0, Integer.MAX_VALUE),
                topP == 0 ? Double.MIN_VALUE : topP, // the most likely token
                body.number("min_p", 0, 0, 1),
                penalties(body),
                seed(body));
    }

    private static Penalties penalties(JsonFields body) {
        return new Penalties(
                body.number("repetition_penalty", 1, Prompts.LEAST_REPETITION, Prompts.MOST_REPETITION),
                body.number("frequency_penalty", 0, -2, 2),
                body.number("presence_penalty", 0, -2, 2),
                body.integer("repeat_last_n", Penalties.NONE.window(), 0, Penalties.LONGEST));
    }

    private static long seed(JsonFields body) {
        if (!body.has("seed")) return ThreadLocalRandom.current().nextLong(MOST_SEED);
        double seed = body.number("seed", -MOST_SEED, MOST_SEED);
        if (seed == Math.rint(seed)) return (long) seed;
        throw body.problem("seed", "expects a whole number, got " + seed);
    }

    private static List<String> stops(JsonFields body) {
        if (!body.has("stop")) return List.of();
        Json stop = body.value("stop");
        boolean none = stop instanceof Json.JsonArray(var items) && items.isEmpty();
        List<String> stops = none ? List.of() : TextInputs.textOrTexts(body, "stop", MOST_STOPS);
        if (stops.contains("")) throw body.problem("stop", "expects texts that are not empty");
        return stops;
    }

    private static boolean usage(JsonFields body, boolean streamed) {
        if (!body.has("stream_options")) return false;
        if (!streamed) throw body.problem("stream_options", "expects \"stream\": true beside it");
        return body.object("stream_options").only("include_usage").flag("include_usage", false);
    }

    /// How tokens of a text are chosen.
    Sampling sampling(int choice) {
        return sampling.withSeed(sampling.seed() + choice);
    }
}

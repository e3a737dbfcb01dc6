package dev.neurite.serve.api;

import dev.neurite.generate.Penalties;
import dev.neurite.generate.Sampling;
import dev.neurite.http.JsonFields;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// How texts are written: what requests of completions and of chats have in common.
final class WritingFields {
    private static final int MOST_STOPS = 4;
    private static final long MOST_SEED = 1L << 53;

    private WritingFields() {}

    /// Refuses `logit_bias`, unless it is empty.
    static void refuseBias(JsonFields body) {
        boolean biased = body.has("logit_bias")
                && !(body.value("logit_bias") instanceof JsonObject(var tokens) && tokens.isEmpty());
        if (biased) throw body.problem("logit_bias", "expects none: tokens are not made likelier here");
    }

    /// How tokens are chosen.
    static Sampling sampling(JsonFields body) {
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

    /// Texts before which an answer ends.
    static List<String> stops(JsonFields body) {
        if (!body.has("stop")) return List.of();
        Json stop = body.value("stop");
        boolean none = stop instanceof Json.JsonArray(var items) && items.isEmpty();
        List<String> stops = none ? List.of() : TextInputs.textOrTexts(body, "stop", MOST_STOPS);
        if (stops.contains("")) throw body.problem("stop", "expects texts that are not empty");
        return stops;
    }

    /// Whether a stream says how many tokens there were.
    static boolean usage(JsonFields body, boolean streamed) {
        if (!body.has("stream_options")) return false;
        if (!streamed) throw body.problem("stream_options", "expects \"stream\": true beside it");
        return body.object("stream_options").only("include_usage").flag("include_usage", false);
    }
}

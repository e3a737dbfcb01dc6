package dev.neurite.serve.api;

import dev.neurite.generate.Sampling;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.llm.Generation;
import dev.neurite.llm.chat.ChatJson;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.grammar.Grammar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The chat that a client wants answered.
/// @param model its name
/// @param more further values for the chat template
/// @param choices answers
/// @param most tokens of an answer
/// @param sampling of the first choice; the seed of each further one is larger by one
/// @param stops an answer ends before the first of these
/// @param grammar which texts answers may be; empty for any
/// @param likeliest how many likeliest tokens are beside each token; −1 for no log probabilities
/// @param streamed whether answers are sent as they are written
/// @param usage whether the stream says how many tokens there were
record ChatRequest(
        String model,
        List<Message> messages,
        Map<String, Object> more,
        int choices,
        int most,
        Sampling sampling,
        List<String> stops,
        Optional<Grammar> grammar,
        int likeliest,
        boolean streamed,
        boolean usage) {
    static final int MOST_CHOICES = 8;
    static final int MOST_TOKENS = 1 << 20;
    private static final int USUAL_TOKENS = 2048;
    static final int MOST_LIKELIEST = 20;
    private static final int MOST_TOOLS = 128;

    /// @throws HttpProblem 400 for what cannot be, or is not done here
    static ChatRequest of(JsonFields body) {
        body.only(
                "model",
                "messages",
                "chat_template_kwargs",
                "frequency_penalty",
                "logit_bias",
                "logprobs",
                "max_completion_tokens",
                "max_tokens",
                "min_p",
                "n",
                "parallel_tool_calls",
                "presence_penalty",
                "repeat_last_n",
                "repetition_penalty",
                "response_format",
                "seed",
                "stop",
                "store",
                "stream",
                "stream_options",
                "temperature",
                "tool_choice",
                "tools",
                "top_k",
                "top_logprobs",
                "top_p",
                "user");
        WritingFields.refuseBias(body);
        if (body.flag("store", false)) throw body.problem("store", "expects false: answers are not kept here");
        if (!body.flag("parallel_tool_calls", true)) {
            throw body.problem("parallel_tool_calls", "expects true: calls of tools are part of the text here");
        }
        boolean streamed = body.flag("stream", false);
        return new ChatRequest(
                body.text("model"),
                ChatMessages.of(body),
                more(body),
                body.integer("n", 1, 1, MOST_CHOICES),
                most(body),
                WritingFields.sampling(body),
                WritingFields.stops(body),
                ResponseFormat.of(body),
                likeliest(body),
                streamed,
                WritingFields.usage(body, streamed));
    }

    private static int most(JsonFields body) {
        if (!body.has("max_completion_tokens")) return body.integer("max_tokens", USUAL_TOKENS, 1, MOST_TOKENS);
        if (body.has("max_tokens")) throw body.problem("max_tokens", "expects none beside max_completion_tokens");
        return body.integer("max_completion_tokens", 1, MOST_TOKENS);
    }

    private static int likeliest(JsonFields body) {
        boolean wanted = body.flag("logprobs", false);
        if (body.has("top_logprobs") && !wanted) {
            throw body.problem("top_logprobs", "expects \"logprobs\": true beside it");
        }
        return wanted ? body.integer("top_logprobs", 0, 0, MOST_LIKELIEST) : -1;
    }

    /// What the template sees beside the messages. Tools are described to the model; what it writes stays text.
    private static Map<String, Object> more(JsonFields body) {
        Map<String, Object> more = new LinkedHashMap<>();
        if (body.has("chat_template_kwargs")) {
            if (!(body.value("chat_template_kwargs") instanceof JsonObject(var members))) {
                throw body.problem("chat_template_kwargs", "expects an object");
            }
            members.forEach((name, value) -> more.put(name, ChatJson.value(value)));
        }
        String choice = toolChoice(body);
        if (!body.has("tools")) return more;
        for (JsonFields each : body.objects("tools", MOST_TOOLS)) {
            each.only("type", "function").choice("type", "function");
            each.object("function").text("name");
        }
        if (choice.equals("auto")) more.put("tools", ChatJson.value(body.value("tools")));
        return more;
    }

    private static String toolChoice(JsonFields body) {
        if (!body.has("tool_choice")) return "auto";
        if (body.value("tool_choice") instanceof JsonString(String choice)
                && (choice.equals("auto") || choice.equals("none"))) {
            return choice;
        }
        throw body.problem("tool_choice", "expects auto or none: a model is not made to call a tool here");
    }

    /// How a choice is written.
    Generation generation(int choice) {
        return new Generation(
                sampling.withSeed(sampling.seed() + choice),
                most,
                stops,
                likeliest,
                grammar,
                Generation.Overflow.REFUSE);
    }
}

package dev.neurite.serve.api;

import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.llm.chat.ChatJson;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// Reads the messages of a chat.
final class ChatMessages {
    private static final int MOST = 4096;
    private static final int MOST_PARTS = 1024;
    private static final int MOST_CALLS = 128;
    private static final String CALLS = "tool_calls";

    private ChatMessages() {}

    /// At least one message.
    /// @throws HttpProblem 400 for what is no message, or is not done here, such as pictures
    static List<Message> of(JsonFields body) {
        List<Message> messages = new ArrayList<>();
        for (JsonFields each : body.objects("messages", MOST)) messages.add(message(each));
        if (messages.isEmpty()) throw body.problem("messages", "expects at least 1 message, got none");
        return messages;
    }

    private static Message message(JsonFields given) {
        String role = given.choice("role", "system", "developer", "user", "assistant", "tool");
        return switch (role) {
            case "system", "developer" ->
                new Message(Role.SYSTEM, content(given.only("role", "content", "name")), named(given));
            case "user" -> new Message(Role.USER, content(given.only("role", "content", "name")), named(given));
            case "tool" -> {
                given.only("role", "content", "name", "tool_call_id");
                Map<String, Object> more = named(given);
                more.put("tool_call_id", given.text("tool_call_id"));
                yield new Message(Role.TOOL, content(given), more);
            }
            default -> assistant(given);
        };
    }

    /// A message of the model. Members in which there is nothing are those of clients that send answers back.
    private static Message assistant(JsonFields given) {
        given.only(
                "role",
                "content",
                "name",
                CALLS,
                "reasoning_content",
                "refusal",
                "audio",
                "function_call",
                "annotations");
        for (String each : List.of("refusal", "audio", "function_call")) {
            if (given.has(each)) throw given.problem(each, "expects none: models here take texts and calls of tools");
        }
        if (given.has("annotations") && !given.value("annotations").equals(new JsonArray(List.of()))) {
            throw given.problem("annotations", "expects none: models here take texts and calls of tools");
        }
        Map<String, Object> more = named(given);
        if (given.has("reasoning_content")) {
            more.put("reasoning_content", given.text("reasoning_content", TextInputs.MOST_CHARACTERS));
        }
        if (given.has(CALLS)) {
            List<Object> calls = new ArrayList<>();
            for (JsonFields each : given.objects(CALLS, MOST_CALLS)) calls.add(call(each));
            if (!calls.isEmpty()) more.put(CALLS, calls);
        }
        boolean text = given.has("content") || !more.containsKey(CALLS);
        return new Message(Role.ASSISTANT, text ? content(given) : "", more);
    }

    private static Map<String, Object> call(JsonFields given) {
        given.only("id", "type", "function").choice("type", "function");
        JsonFields function = given.object("function").only("name", "arguments");
        String arguments = function.text("arguments", TextInputs.MOST_CHARACTERS);
        return ChatJson.call(given.text("id", ""), function.text("name"), arguments);
    }

    private static Map<String, Object> named(JsonFields given) {
        Map<String, Object> more = new LinkedHashMap<>();
        if (given.has("name")) more.put("name", given.text("name"));
        return more;
    }

    /// A text, or parts of one, a line end between them.
    private static String content(JsonFields given) {
        if (!(given.value("content") instanceof JsonArray)) return given.text("content", TextInputs.MOST_CHARACTERS);
        var parts = new StringJoiner("\n");
        for (JsonFields each : given.objects("content", MOST_PARTS)) {
            String type = each.text("type");
            if (!type.equals("text")) {
                throw each.problem("type", "expects text, got " + type + ": models here take texts only");
            }
            parts.add(each.only("type", "text").text("text", TextInputs.MOST_CHARACTERS));
        }
        return parts.toString();
    }
}

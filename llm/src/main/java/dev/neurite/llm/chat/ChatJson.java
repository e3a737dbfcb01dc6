package dev.neurite.llm.chat;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.io.json.Json.SyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON as chat templates have it: for tools, and for what messages have beside their text.
public final class ChatJson {
    private ChatJson() {}

    /// A value as [ChatTemplate#render] takes it: a text, boolean, number, list or map, or null.
    public static @Nullable Object value(Json json) {
        return switch (json) {
            case JsonNull _ -> null;
            case JsonBoolean(boolean flag) -> flag;
            case JsonString(String text) -> text;
            case JsonNumber(String literal) -> number(literal);
            case JsonArray(List<Json> items) -> {
                List<@Nullable Object> values = new ArrayList<>();
                for (Json each : items) values.add(value(each));
                yield values;
            }
            case JsonObject(Map<String, Json> members) -> {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                members.forEach((name, each) -> values.put(name, value(each)));
                yield values;
            }
        };
    }

    private static Object number(String literal) {
        if (literal.matches("-?[0-9]{1,18}")) return Long.valueOf(literal);
        return Double.valueOf(literal);
    }

    /// An item of `tool_calls` of a message of the model.
    /// @param id empty for none
    /// @param name of the tool
    /// @param arguments JSON, which templates get as values; what is no JSON stays a text
    public static Map<String, Object> call(String id, String name, String arguments) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", name);
        try {
            function.put("arguments", value(Json.read(arguments)));
        } catch (SyntaxException _) {
            function.put("arguments", arguments);
        }
        Map<String, Object> call = new LinkedHashMap<>();
        if (!id.isEmpty()) call.put("id", id);
        call.put("type", "function");
        call.put("function", function);
        return call;
    }
}

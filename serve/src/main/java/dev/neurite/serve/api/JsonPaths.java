package dev.neurite.serve.api;

import dev.neurite.http.HttpProblem;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;

/// Values of JSON with their paths, which problems name.
final class JsonPaths {
    private static final int SHOWN = 40; // characters

    private JsonPaths() {}

    /// The path of a member: `[3].weight`.
    static String member(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /// A number as float32; infinite if that is too small for it.
    /// @throws HttpProblem 400 for another value
    static float number(Json json, String path) {
        if (json instanceof JsonNumber(String literal)) return Float.parseFloat(literal);
        throw HttpProblem.bad(path, "expects a number, got " + described(json));
    }

    /// The problem of a number that float32 does not have.
    static HttpProblem infinite(Json json, String path) {
        return HttpProblem.bad(path, "expects a number of float32, got " + described(json));
    }

    /// What a value is, with its beginning.
    static String described(Json json) {
        String text = switch (json) {
            case JsonNumber(String literal) -> literal;
            case JsonString(String value) -> "'" + value + "'";
            case JsonBoolean(boolean value) -> Boolean.toString(value);
            case JsonArray _ -> "a list";
            case JsonObject _ -> "an object";
            case JsonNull _ -> "null";
        };
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}

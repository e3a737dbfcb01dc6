package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the members of an object and refuses unknown ones.
final class MemberReader {
    private final Map<String, Json> left;
    final String where;

    MemberReader(Json json, String where) {
        if (!(json instanceof JsonObject(Map<String, Json> map))) {
            throw new ConfigException(where, "expects an object");
        }
        this.left = new LinkedHashMap<>(map);
        this.where = where;
    }

    boolean has(String name) {
        return left.containsKey(name);
    }

    Json json(String name) {
        Json json = left.remove(name);
        if (json == null) throw new ConfigException(where, "expects '" + name + "', got none");
        return json;
    }

    private ConfigException wrong(String name, String expected) {
        return new ConfigException(where + ", " + name, "expects " + expected);
    }

    /// Whole numbers from −1.
    int[] extents(String name) {
        return items(name).stream().mapToInt(each -> extent(each, name)).toArray();
    }

    private static int extent(Json json, String where) {
        if (json instanceof JsonNumber(String literal) && literal.matches("-1|[0-9]{1,9}")) {
            return Integer.parseInt(literal);
        }
        throw new ConfigException(where, "expects whole numbers from -1, got " + json.write());
    }

    List<Json> items(String name) {
        if (json(name) instanceof JsonArray(List<Json> list)) return list;
        throw wrong(name, "a list");
    }

    String text(String name) {
        if (json(name) instanceof JsonString(String value)) return value;
        throw wrong(name, "a text");
    }

    boolean truth(String name) {
        if (json(name) instanceof JsonBoolean(boolean value)) return value;
        throw wrong(name, "true or false");
    }

    double number(String name) {
        if (json(name) instanceof JsonNumber(String literal)) return Double.parseDouble(literal);
        throw wrong(name, "a number");
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Json each : items(name)) {
            if (!(each instanceof JsonString(String value))) throw wrong(name, "texts");
            texts.add(value);
        }
        return texts;
    }

    void end() {
        Set<String> unknown = left.keySet();
        if (!unknown.isEmpty()) throw new ConfigException(where, "expects nothing more, got " + unknown);
    }
}

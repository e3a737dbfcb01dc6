package dev.neurite.io.json;

import dev.neurite.error.Escapes;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.List;
import java.util.Map;

/// Writes JSON text. Control and format characters, line separators and surrogates are escaped, so that
/// the text is one line and harmless in a terminal.
final class JsonWriter {
    private static final int LINE = 120; // characters

    private JsonWriter() {}

    static String write(Json value) {
        var out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    static String pretty(Json value) {
        var out = new StringBuilder();
        pretty(value, "\n", out);
        return out.toString();
    }

    /// @param line a line end and the indentation of the value
    private static void pretty(Json value, String line, StringBuilder out) {
        String flat = write(value);
        if (flat.length() + line.length() <= LINE) {
            out.append(flat);
        } else if (value instanceof JsonObject(Map<String, Json> map)) {
            char before = '{';
            for (Map.Entry<String, Json> member : map.entrySet()) {
                out.append(before).append(line).append("  ");
                quote(member.getKey(), out);
                out.append(": ");
                pretty(member.getValue(), line + "  ", out);
                before = ',';
            }
            out.append(line).append('}');
        } else if (value instanceof JsonArray(List<Json> list)) {
            char before = '[';
            for (Json item : list) {
                out.append(before).append(line).append("  ");
                pretty(item, line + "  ", out);
                before = ',';
            }
            out.append(line).append(']');
        } else {
            out.append(flat);
        }
    }

    private static void write(Json json, StringBuilder out) {
        switch (json) {
            case JsonObject(Map<String, Json> map) -> {
                char before = '{';
                for (Map.Entry<String, Json> member : map.entrySet()) {
                    out.append(before);
                    quote(member.getKey(), out);
                    out.append(':');
                    write(member.getValue(), out);
                    before = ',';
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case JsonArray(List<Json> list) -> {
                char before = '[';
                for (Json item : list) {
                    out.append(before);
                    write(item, out);
                    before = ',';
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case JsonString(String value) -> quote(value, out);
            case JsonNumber(String literal) -> out.append(literal);
            case JsonBoolean(boolean value) -> out.append(value);
            case JsonNull() -> out.append("null");
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        text.codePoints().forEach(each -> {
            if (each == '"' || each == '\\') out.append('\\').appendCodePoint(each);
            else if (each == '\n') out.append("\\n");
            else if (Escapes.isUnsafe(each)) Escapes.appendEscape(out, each);
            else out.appendCodePoint(each);
        });
        out.append('"');
    }
}

package dev.neurite.text;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.Spelling;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;

/// An object of a tokenizer file. Errors name the path of the field, such as `normalizer.normalizers[1].type`.
final class Fields {
    private static final int SHOWN = 80; // characters

    private final String file;
    private final String path;
    private final Map<String, Json> members;
    private final Set<String> known = new LinkedHashSet<>();

    /// @param file for messages
    /// @param path of the object in the file; empty for the whole
    Fields(String file, String path, Json json) {
        this.file = file;
        this.path = path;
        if (!(json instanceof JsonObject(Map<String, Json> map))) throw wrong(file, path, "an object", json);
        this.members = map;
    }

    private static ModelFormatException wrong(String file, String path, String expected, Json got) {
        return error(file, path, "expects " + expected + ", got " + shown(got.write()), "");
    }

    /// The beginning of a text, for messages.
    static String shown(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }

    private static ModelFormatException error(String file, String path, String problem, String hint) {
        return new ModelFormatException(path.isEmpty() ? file : file + ", " + path, problem, hint);
    }

    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    ModelFormatException wrong(String name, String expected) {
        return wrong(file, path(name), expected, value(name));
    }

    ModelFormatException error(String name, String problem, String hint) {
        return error(file, path(name), problem, hint);
    }

    /// Whether a field is there and not null.
    boolean has(String name) {
        return !(value(name) instanceof JsonNull);
    }

    /// The value of a field; null if it is not there.
    Json value(String name) {
        known.add(name);
        Json value = members.get(name);
        return value == null ? new JsonNull() : value;
    }

    String string(String name) {
        if (value(name) instanceof JsonString(String text)) return checked(name, text);
        throw wrong(name, "a string");
    }

    String stringOr(String name, String fallback) {
        return has(name) ? string(name) : fallback;
    }

    /// A text; refused if it has half a surrogate pair.
    String checked(String name, String text) {
        boolean whole = text.codePoints().noneMatch(each -> each >= 0xD800 && each <= 0xDFFF);
        if (whole) return text;
        throw error(name, "expects Unicode text, got half a surrogate pair in '" + shown(text) + "'", "");
    }

    /// The code point that is the whole of a string.
    int character(String name) {
        String text = string(name);
        if (text.codePointCount(0, text.length()) != 1) throw wrong(name, "one character");
        return text.codePointAt(0);
    }

    boolean truth(String name) {
        if (value(name) instanceof JsonBoolean(boolean truth)) return truth;
        throw wrong(name, "true or false");
    }

    boolean truthOr(String name, boolean fallback) {
        return has(name) ? truth(name) : fallback;
    }

    int whole(String name, int least, int most) {
        OptionalInt number = whole(value(name));
        if (number.isPresent() && number.getAsInt() >= least && number.getAsInt() <= most) return number.getAsInt();
        throw wrong(name, "a whole number from " + least + " to " + most);
    }

    /// A whole number below 2³¹; empty for anything else.
    static OptionalInt whole(Json json) {
        if (json instanceof JsonNumber(String digits) && digits.length() <= 10) {
            try {
                return OptionalInt.of(Integer.parseInt(digits));
            } catch (NumberFormatException e) {
                return OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }

    List<Json> list(String name) {
        if (value(name) instanceof JsonArray(List<Json> items)) return items;
        throw wrong(name, "a list");
    }

    List<String> strings(String name) {
        List<String> strings = new ArrayList<>();
        for (Json each : list(name)) {
            if (!(each instanceof JsonString(String text))) throw wrong(name, "a list of strings");
            strings.add(checked(name, text));
        }
        return strings;
    }

    Map<String, Json> map(String name) {
        if (value(name) instanceof JsonObject(Map<String, Json> map)) return map;
        throw wrong(name, "an object");
    }

    Fields object(String name) {
        return new Fields(file, path(name), value(name));
    }

    /// An object in a list.
    Fields item(String name, int index, Json json) {
        return new Fields(file, path(name) + "[" + index + "]", json);
    }

    /// Reads each object of a list.
    /// @param read gets the object and its index
    <T> List<T> items(String name, BiFunction<Fields, Integer, T> read) {
        List<T> items = new ArrayList<>();
        for (Json each : list(name)) items.add(read.apply(item(name, items.size(), each), items.size()));
        return items;
    }

    String choice(String name, List<String> names) {
        String got = string(name);
        if (names.contains(got)) return got;
        throw error(
                name, "expects one of " + String.join(", ", names) + ", got '" + shown(got) + "'", hint(got, names));
    }

    Optional<String> type() {
        return has("type") ? Optional.of(string("type")) : Optional.empty();
    }

    /// The error for a type that this library does not know, or that it refuses.
    ModelFormatException unknownType(List<String> names) {
        if (!has("type")) return error("type", "expects one of " + String.join(", ", names) + ", got nothing", "");
        String got = string("type");
        return error(
                "type", "expects one of " + String.join(", ", names) + ", got '" + shown(got) + "'", hint(got, names));
    }

    private static String hint(String got, List<String> names) {
        return Spelling.hint(got, names);
    }

    /// Refuses fields that nobody asked for: they may change the tokens.
    void end() {
        for (String each : members.keySet()) {
            if (!known.contains(each)) {
                throw error(
                        each,
                        "expects only the fields " + String.join(", ", known) + ", got '" + shown(each) + "'",
                        "Remove it, if it does not change the tokens");
            }
        }
    }
}

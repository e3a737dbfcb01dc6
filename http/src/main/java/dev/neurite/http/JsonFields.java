package dev.neurite.http;

import dev.neurite.error.Spelling;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A JSON object that a client sent. Each method throws an [HttpProblem] (400) with the path of the
/// value if it is not there or not as expected. A member that is null counts as missing.
public final class JsonFields {
    private static final int MOST_CHARACTERS = 10_000;
    private static final int SHOWN = 40;

    private final String prefix;
    private final Map<String, Json> members;

    /// The members of an object.
    /// @param prefix the path of the object with a dot after it; empty for the outermost
    JsonFields(String prefix, Map<String, Json> members) {
        this.prefix = prefix;
        this.members = members;
    }

    /// The members of a whole body.
    /// @throws HttpProblem 400 if it is no object
    public static JsonFields of(Json body) {
        if (body instanceof JsonObject(Map<String, Json> members)) return new JsonFields("", members);
        throw new HttpProblem(400, "json", "", "expects a JSON object");
    }

    /// The path of a member, like `layers[2].width`.
    public String path(String key) {
        return prefix + key;
    }

    /// A problem with a member, to be thrown.
    /// @param message what is expected, and what came
    public HttpProblem problem(String key, String message) {
        return HttpProblem.bad(path(key), message);
    }

    /// Whether there is a member that is not null.
    public boolean has(String key) {
        return !(members.getOrDefault(key, new JsonNull()) instanceof JsonNull);
    }

    /// The names of the members.
    public Set<String> keys() {
        return members.keySet();
    }

    /// Refuses members of other names.
    public JsonFields only(String... keys) {
        List<String> known = List.of(keys);
        for (String each : members.keySet()) {
            if (known.contains(each)) continue;
            String hint = Spelling.hint(each, known);
            String had = hint.isEmpty() ? "It has: " + String.join(", ", known) : hint;
            throw problem(each, "is unknown. " + had);
        }
        return this;
    }

    /// A member as it came.
    public Json value(String key) {
        if (!has(key)) throw problem(key, "expects a value, got none");
        return members.getOrDefault(key, new JsonNull());
    }

    /// A text of at most 10,000 characters.
    public String text(String key) {
        return text(path(key), value(key), MOST_CHARACTERS);
    }

    /// A text of at most 10,000 characters.
    /// @param usual the text if there is none
    public String text(String key, String usual) {
        return has(key) ? text(key) : usual;
    }

    /// A text of limited length.
    /// @param most the largest number of characters
    public String text(String key, int most) {
        return text(path(key), value(key), most);
    }

    /// One of several texts.
    public String choice(String key, String... choices) {
        String text = text(key);
        List<String> known = List.of(choices);
        if (!known.contains(text)) throw problem(key, expects("one of " + String.join(", ", known), text));
        return text;
    }

    /// True or false.
    /// @param usual the value if there is none
    public boolean flag(String key, boolean usual) {
        if (!has(key)) return usual;
        Json value = value(key);
        if (value instanceof JsonBoolean(boolean flag)) return flag;
        throw problem(key, expects("true or false", value));
    }

    /// A whole number.
    public int integer(String key, int least, int most) {
        Json value = value(key);
        double number = finite(path(key), value);
        if (number != Math.rint(number) || number < least || number > most) {
            throw problem(key, expects("a whole number from " + least + " to " + most, value));
        }
        return (int) number;
    }

    /// A whole number.
    /// @param usual the number if there is none
    public int integer(String key, int usual, int least, int most) {
        return has(key) ? integer(key, least, most) : usual;
    }

    /// A finite number.
    public double number(String key, double least, double most) {
        Json value = value(key);
        double number = finite(path(key), value);
        if (number < least || number > most) {
            throw problem(key, expects("a number from " + least + " to " + most, value));
        }
        return number;
    }

    /// A finite number.
    /// @param usual the number if there is none
    public double number(String key, double usual, double least, double most) {
        return has(key) ? number(key, least, most) : usual;
    }

    /// A list of finite numbers.
    /// @param most the largest number of items
    public double[] numbers(String key, int most) {
        List<Json> items = items(key, most);
        double[] numbers = new double[items.size()];
        for (int i = 0; i < numbers.length; i++) numbers[i] = finite(item(key, i), items.get(i));
        return numbers;
    }

    /// A list of texts, each of at most 10,000 characters.
    /// @param most the largest number of items
    public List<String> texts(String key, int most) {
        List<Json> items = items(key, most);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) texts.add(text(item(key, i), items.get(i), MOST_CHARACTERS));
        return texts;
    }

    /// Bytes in base64, with the letters of RFC 4648, section 4.
    /// @param most the largest number of bytes
    public byte[] base64(String key, int most) {
        Json value = value(key);
        if (!(value instanceof JsonString(String text))) throw problem(key, expects("base64", value));
        if (text.length() > (most + 2L) / 3 * 4) {
            throw new HttpProblem(413, "size", path(key), "expects at most " + most + " bytes");
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw problem(key, "expects base64");
        }
        if (bytes.length > most) throw new HttpProblem(413, "size", path(key), "expects at most " + most + " bytes");
        return bytes;
    }

    public JsonFields object(String key) {
        return object(path(key), value(key));
    }

    /// A list of objects.
    /// @param most the largest number of items
    public List<JsonFields> objects(String key, int most) {
        List<Json> items = items(key, most);
        List<JsonFields> objects = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) objects.add(object(item(key, i), items.get(i)));
        return objects;
    }

    private String item(String key, int i) {
        return path(key) + "[" + i + "]";
    }

    private List<Json> items(String key, int most) {
        Json value = value(key);
        if (!(value instanceof JsonArray(List<Json> items))) throw problem(key, expects("a list", value));
        if (items.size() > most) {
            throw problem(key, "expects at most " + most + " items, got " + items.size());
        }
        return items;
    }

    private static JsonFields object(String path, Json value) {
        if (value instanceof JsonObject(Map<String, Json> members)) return new JsonFields(path + ".", members);
        throw HttpProblem.bad(path, expects("an object", value));
    }

    private static String text(String path, Json value, int most) {
        if (!(value instanceof JsonString(String text))) throw HttpProblem.bad(path, expects("a text", value));
        if (text.length() > most) {
            throw HttpProblem.bad(path, "expects at most " + most + " characters, got " + text.length());
        }
        return text;
    }

    private static double finite(String path, Json value) {
        if (!(value instanceof JsonNumber(String literal))) throw HttpProblem.bad(path, expects("a number", value));
        double number = Double.parseDouble(literal);
        if (Double.isInfinite(number)) throw HttpProblem.bad(path, expects("a finite number", value));
        return number;
    }

    private static String expects(String what, Json value) {
        String got = switch (value) {
            case JsonNumber(String literal) -> literal;
            case JsonString(String text) -> "'" + text + "'";
            case JsonBoolean(boolean flag) -> Boolean.toString(flag);
            case JsonArray _ -> "a list";
            case JsonObject _ -> "an object";
            case JsonNull _ -> "null";
        };
        return expects(what, got);
    }

    /// A message with the beginning of what came.
    static String expects(String what, String got) {
        String shown = got.length() > SHOWN ? got.substring(0, SHOWN) + "…" : got;
        return "expects " + what + ", got " + shown;
    }
}

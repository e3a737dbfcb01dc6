package dev.neurite.io.json;

import dev.neurite.error.ModelFormatException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// A JSON value (RFC 8259). The reader is strict: no comments, no duplicate keys, at most [#DEEPEST]
/// levels, nothing after the end.
public sealed interface Json {
    /// The largest depth of nesting that is read.
    int DEEPEST = 64;

    /// The default limit for the number of values in a text; a value takes up to 100 bytes of memory.
    int MOST_VALUES = 200_000;

    /// An object, in the order of its keys.
    record JsonObject(Map<String, Json> map) implements Json {}

    record JsonArray(List<Json> list) implements Json {}

    record JsonString(String value) implements Json {}

    /// A number, in its original digits.
    record JsonNumber(String literal) implements Json {}

    /// True or false.
    record JsonBoolean(boolean value) implements Json {}

    record JsonNull() implements Json {}

    /// An error in a text or in the kind of its values.
    final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String problem;
        private final String path;

        SyntaxException(String problem, int at) {
            this(problem + " at character " + at);
        }

        SyntaxException(String problem) {
            this(problem, "");
        }

        private SyntaxException(String problem, String path) {
            super(problem);
            this.problem = problem;
            this.path = path;
        }

        /// This error, seen from the array or object around its value.
        /// @param segment the item or member that holds it: `[3]` or `.name`
        SyntaxException within(String segment) {
            var outer = new SyntaxException(problem, segment + path);
            outer.setStackTrace(getStackTrace());
            return outer;
        }

        /// The path of the value with the error, like `inputs[3].width`; empty for the whole text.
        public String path() {
            return path.startsWith(".") ? path.substring(1) : path;
        }

        public String problem() {
            return problem;
        }
    }

    /// Reads a whole text of at most [#MOST_VALUES] values.
    static Json read(String text) throws SyntaxException {
        return read(text, MOST_VALUES);
    }

    /// Reads a whole text.
    /// @param most the largest number of values
    static Json read(String text, int most) throws SyntaxException {
        return new JsonReader(text, most).whole();
    }

    /// Reads an array of strings.
    /// @param where the text is from, for the message
    /// @throws ModelFormatException if the text is anything else
    static List<String> readStrings(String where, String text) {
        try {
            if (read(text) instanceof JsonArray(List<Json> items)) {
                List<String> strings = new ArrayList<>();
                for (Json each : items) if (each instanceof JsonString(String value)) strings.add(value);
                if (strings.size() == items.size()) return strings;
            }
            throw new ModelFormatException(where, "expects a JSON list of strings, got '" + text + "'");
        } catch (SyntaxException e) {
            throw new ModelFormatException(where, "expects a JSON list of strings, got '" + text + "': " + e.problem());
        }
    }

    /// The JSON value of an object: a `Json`, null, a map, an `Iterable`, a `long[]`, a number, a
    /// boolean, and the text of anything else. An empty `OptionalDouble` becomes null, numbers that
    /// JSON lacks become the strings `NaN`, `Infinity` and `-Infinity`.
    static Json of(@Nullable Object value) {
        return switch (value) {
            case null -> new JsonNull();
            case Json json -> json;
            case Map<?, ?> map -> {
                Map<String, Json> members = new LinkedHashMap<>();
                map.forEach((key, member) -> members.put(String.valueOf(key), of(member)));
                yield new JsonObject(members);
            }
            case Iterable<?> list -> {
                List<Json> items = new ArrayList<>();
                for (Object item : list) items.add(of(item));
                yield new JsonArray(items);
            }
            case long[] numbers -> of(Arrays.stream(numbers).boxed().toList());
            case OptionalDouble number -> number.isPresent() ? of(number.getAsDouble()) : new JsonNull();
            case Double number -> of(number.doubleValue());
            case Float number when !Float.isFinite(number) -> new JsonString(number.toString());
            case Number number -> new JsonNumber(number.toString());
            case Boolean truth -> new JsonBoolean(truth);
            default -> new JsonString(value.toString());
        };
    }

    /// A number: its shortest digits, without an exponent from 10⁻⁶ to 10¹⁵; a string if JSON lacks it.
    static Json of(double number) {
        if (!Double.isFinite(number)) return new JsonString(Double.toString(number));
        String digits = Double.toString(number);
        boolean usual = Math.abs(number) >= 1e-6 && Math.abs(number) < 1e15;
        boolean plain = !usual || digits.indexOf('E') < 0;
        return new JsonNumber(plain ? digits : new BigDecimal(digits).toPlainString());
    }

    /// The strings of an object that holds nothing else.
    /// @throws SyntaxException if it is anything else
    default Map<String, String> strings() throws SyntaxException {
        if (!(this instanceof JsonObject(Map<String, Json> map))) throw new SyntaxException("expects an object");
        Map<String, String> strings = new LinkedHashMap<>();
        for (Map.Entry<String, Json> each : map.entrySet()) {
            if (!(each.getValue() instanceof JsonString(String text))) {
                throw new SyntaxException("expects strings only, got another value for '" + each.getKey() + "'");
            }
            strings.put(each.getKey(), text);
        }
        return strings;
    }

    /// This value as text on one line, without spaces.
    default String write() {
        return JsonWriter.write(this);
    }

    /// This value as text with one member or item per line; a value that fits on one line stays on one.
    default String pretty() {
        return JsonWriter.pretty(this);
    }
}

package dev.neurite.cli.console;

import dev.neurite.error.ModelFormatException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Values as JSON text (RFC 8259): maps, lists, strings, numbers, booleans and null.
public final class JsonWriter {
    private static final int LINE = 120; // characters

    private JsonWriter() {}

    /// A finite number that is written with these digits.
    public record Literal(String text) {}

    /// A value on one line. Numbers that JSON does not have become the strings `"NaN"`, `"Infinity"`,
    /// `"-Infinity"`; an empty `OptionalDouble` becomes null.
    public static String write(@Nullable Object value) {
        var out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    /// A value with a member or item a line, but for what fits on one.
    public static String pretty(@Nullable Object value) {
        var out = new StringBuilder();
        pretty(value, "\n", out);
        return out.toString();
    }

    private static void pretty(@Nullable Object value, String line, StringBuilder out) {
        String flat = write(value);
        if (flat.length() + line.length() <= LINE) {
            out.append(flat);
        } else if (value instanceof Map<?, ?> map) {
            char before = '{';
            for (Map.Entry<?, ?> member : map.entrySet()) {
                out.append(before).append(line).append("  ");
                quote(String.valueOf(member.getKey()), out);
                out.append(": ");
                pretty(member.getValue(), line + "  ", out);
                before = ',';
            }
            out.append(line).append('}');
        } else if (value instanceof Iterable<?> list) {
            char before = '[';
            for (Object item : list) {
                out.append(before).append(line).append("  ");
                pretty(item, line + "  ", out);
                before = ',';
            }
            out.append(line).append(']');
        } else {
            out.append(flat);
        }
    }

    private static void write(@Nullable Object value, StringBuilder out) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> {
                char before = '{';
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    out.append(before);
                    quote(String.valueOf(member.getKey()), out);
                    out.append(':');
                    write(member.getValue(), out);
                    before = ',';
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case Iterable<?> list -> {
                out.append('[');
                String before = "";
                for (Object item : list) {
                    out.append(before);
                    write(item, out);
                    before = ",";
                }
                out.append(']');
            }
            case long[] numbers -> write(Arrays.stream(numbers).boxed().toList(), out);
            case OptionalDouble number -> write(number.isPresent() ? number.getAsDouble() : null, out);
            case Double number when !Double.isFinite(number) -> quote(number.toString(), out);
            case Float number when !Float.isFinite(number) -> quote(number.toString(), out);
            case Literal(String number) -> out.append(number);
            case Double number -> out.append(plain(number));
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth);
            default -> quote(value.toString(), out);
        }
    }

    /// The shortest digits that mean this number, without an exponent where it is of a usual size.
    private static String plain(double number) {
        boolean usual = Math.abs(number) >= 1e-6 && Math.abs(number) < 1e15;
        return usual ? new BigDecimal(Double.toString(number)).toPlainString() : Double.toString(number);
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c == '\n') out.append("\\n");
            else if (c == '\t' || Console.controls(c) || Character.isSurrogate(c))
                out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        out.append('"');
    }

    /// Reads a list of strings as [#write] writes it.
    /// @throws ModelFormatException if it is anything else
    public static List<String> readStrings(String where, String json) {
        List<String> strings = new ArrayList<>();
        int at = 1;
        if (json.length() < 2 || json.charAt(0) != '[') throw noStrings(where, json);
        if (json.equals("[]")) return strings;
        while (true) {
            var text = new StringBuilder();
            at = readString(where, json, at, text);
            strings.add(text.toString());
            char next = at < json.length() ? json.charAt(at++) : 0;
            if (next == ']' && at == json.length()) return strings;
            if (next != ',') throw noStrings(where, json);
        }
    }

    private static int readString(String where, String json, int from, StringBuilder text) {
        if (from >= json.length() || json.charAt(from) != '"') throw noStrings(where, json);
        for (int at = from + 1; at < json.length(); at++) {
            char c = json.charAt(at);
            if (c == '"') return at + 1;
            if (c == '\\' && at + 1 < json.length()) {
                char escaped = json.charAt(++at);
                if (escaped == 'u' && at + 4 < json.length()) {
                    text.append(code(where, json, at + 1));
                    at += 4;
                } else if (escaped == 'n') {
                    text.append('\n');
                } else if (escaped == '"' || escaped == '\\') {
                    text.append(escaped);
                } else {
                    throw noStrings(where, json);
                }
            } else {
                text.append(c);
            }
        }
        throw noStrings(where, json);
    }

    private static char code(String where, String json, int at) {
        try {
            return (char) Integer.parseInt(json, at, at + 4, 16);
        } catch (NumberFormatException _) {
            throw noStrings(where, json);
        }
    }

    private static ModelFormatException noStrings(String where, String json) {
        return new ModelFormatException(where, "expects a note with a JSON list of strings, got '" + json + "'");
    }
}

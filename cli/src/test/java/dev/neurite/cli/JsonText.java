package dev.neurite.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A strict JSON reader, so that tests do not check the writer by its own code.
public final class JsonText {
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?");

    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    @SuppressWarnings("unchecked")
    public static Map<String, Object> object(String text) {
        var reader = new JsonText(text.strip());
        Object value = reader.value();
        if (reader.at != reader.text.length()) throw reader.wrong();
        if (!(value instanceof Map)) throw reader.wrong();
        return (Map<String, Object>) value;
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("no JSON at character " + at + ": " + text);
    }

    private boolean accept(char c) {
        boolean here = at < text.length() && text.charAt(at) == c;
        if (here) at++;
        return here;
    }

    private void require(char c) {
        if (!accept(c)) throw wrong();
    }

    private @Nullable Object value() {
        if (at == text.length()) throw wrong();
        return switch (text.charAt(at)) {
            case '{' -> members();
            case '[' -> items();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        require('{');
        if (accept('}')) return map;
        do {
            String key = string();
            require(':');
            if (map.containsKey(key)) throw wrong();
            map.put(key, value());
        } while (accept(','));
        require('}');
        return map;
    }

    private List<@Nullable Object> items() {
        List<@Nullable Object> list = new ArrayList<>();
        require('[');
        if (accept(']')) return list;
        do list.add(value());
        while (accept(','));
        require(']');
        return list;
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) throw wrong();
        at += word.length();
        return value;
    }

    private Double number() {
        Matcher matcher = NUMBER.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) throw wrong();
        at = matcher.end();
        return Double.valueOf(matcher.group());
    }

    private String string() {
        require('"');
        var out = new StringBuilder();
        while (!accept('"')) {
            if (at == text.length() || text.charAt(at) < ' ') throw wrong();
            char c = text.charAt(at++);
            if (c == '\\') {
                char escaped = text.charAt(at++);
                switch (escaped) {
                    case '"', '\\', '/' -> out.append(escaped);
                    case 'n' -> out.append('\n');
                    case 'u' -> {
                        out.append((char) Integer.parseInt(text, at, at + 4, 16));
                        at += 4;
                    }
                    default -> throw wrong();
                }
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /// The object of an answer, whose values are found by the names on the way to them.
    public record Answer(Map<String, Object> members) {
        /// Reads the text of an answer.
        public static Answer of(String text) {
            return new Answer(object(text));
        }

        private Object at(String... path) {
            Object found = members;
            for (String name : path) {
                if (!(found instanceof Map<?, ?> inner) || inner.get(name) == null) {
                    throw new AssertionError("no " + name + " of " + String.join(".", path) + " in " + members);
                }
                found = inner.get(name);
            }
            return found;
        }

        public double number(String... path) {
            return ((Number) at(path)).doubleValue();
        }

        public String text(String... path) {
            return (String) at(path);
        }
    }
}

package dev.neurite.io;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JSON value (RFC 8259), with a strict reader: no comments, no duplicate keys, no depth over 64, nothing
/// after the end.
sealed interface Json {
    int DEEPEST = 64;

    /// The largest number of values in a text: what is read takes up to a hundred bytes each.
    int MOST_VALUES = 200_000;

    /// An object, in the order of its keys.
    record Members(Map<String, Json> map) implements Json {}

    /// An array.
    record Items(List<Json> list) implements Json {}

    /// A string.
    record Text(String value) implements Json {}

    /// A number, as it was written.
    record Numeral(String literal) implements Json {}

    /// True or false.
    record Truth(boolean value) implements Json {}

    /// Null.
    record Nothing() implements Json {}

    /// What is wrong with a text, and where.
    final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String problem;

        SyntaxException(String problem, int at) {
            super(problem + " at character " + at);
            this.problem = problem + " at character " + at;
        }

        String problem() {
            return problem;
        }
    }

    /// Reads a whole text.
    static Json read(String text) throws SyntaxException {
        return read(text, MOST_VALUES);
    }

    /// Reads a whole text.
    /// @param most how many values it may have
    static Json read(String text, int most) throws SyntaxException {
        return new Reader(text, most).whole();
    }

    /// A number; one that JSON does not have as a text.
    static Json of(double number) {
        if (!Double.isFinite(number)) return new Text(Double.toString(number));
        boolean usual = Math.abs(number) >= 1e-6 && Math.abs(number) < 1e15;
        return new Numeral(usual ? new BigDecimal(Double.toString(number)).toPlainString() : Double.toString(number));
    }

    /// An object of texts.
    static Json ofTexts(Map<String, String> texts) {
        Map<String, Json> map = new LinkedHashMap<>();
        texts.forEach((name, text) -> map.put(name, new Text(text)));
        return new Members(map);
    }

    /// The texts of an object that holds nothing else.
    /// @throws SyntaxException if it is anything else
    default Map<String, String> texts() throws SyntaxException {
        if (!(this instanceof Members(Map<String, Json> map))) throw new SyntaxException("expects an object", 0);
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, Json> each : map.entrySet()) {
            if (!(each.getValue() instanceof Text(String text))) {
                throw new SyntaxException("expects texts alone, got one '" + each.getKey() + "' that is none", 0);
            }
            texts.put(each.getKey(), text);
        }
        return texts;
    }

    /// This value as text without spaces.
    default String write() {
        var out = new StringBuilder();
        write(this, out);
        return out.toString();
    }

    private static void write(Json json, StringBuilder out) {
        switch (json) {
            case Members(Map<String, Json> map) -> {
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
            case Items(List<Json> list) -> {
                char before = '[';
                for (Json item : list) {
                    out.append(before);
                    write(item, out);
                    before = ',';
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Text(String value) -> quote(value, out);
            case Numeral(String literal) -> out.append(literal);
            case Truth(boolean value) -> out.append(value);
            case Nothing() -> out.append("null");
        }
    }

    private static void quote(String value, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < ' ') out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        out.append('"');
    }

    /// A recursive descent over the characters of a text.
    final class Reader {
        private final String text;
        private final int most;
        private int at;
        private int values;

        Reader(String text, int most) {
            this.text = text;
            this.most = most;
        }

        Json whole() throws SyntaxException {
            Json value = value(0);
            skipSpace();
            if (at < text.length()) throw wrong("expects the end");
            return value;
        }

        private SyntaxException wrong(String problem) {
            String came = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
            return new SyntaxException(problem + ", got " + came, at);
        }

        private void skipSpace() {
            while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) at++;
        }

        private boolean accept(char c) {
            skipSpace();
            boolean here = at < text.length() && text.charAt(at) == c;
            if (here) at++;
            return here;
        }

        private void require(char c) throws SyntaxException {
            if (!accept(c)) throw wrong("expects '" + c + "'");
        }

        private Json value(int depth) throws SyntaxException {
            if (++values > most) throw wrong("expects at most " + most + " values");
            if (depth > DEEPEST) throw wrong("expects at most " + DEEPEST + " levels");
            skipSpace();
            if (at == text.length()) throw wrong("expects a value");
            return switch (text.charAt(at)) {
                case '{' -> members(depth);
                case '[' -> items(depth);
                case '"' -> new Text(string());
                case 't' -> word("true", new Truth(true));
                case 'f' -> word("false", new Truth(false));
                case 'n' -> word("null", new Nothing());
                default -> number();
            };
        }

        private Json members(int depth) throws SyntaxException {
            Map<String, Json> map = new LinkedHashMap<>();
            require('{');
            if (accept('}')) return new Members(map);
            do {
                skipSpace();
                if (at == text.length() || text.charAt(at) != '"') throw wrong("expects a key");
                int start = at;
                String key = string();
                require(':');
                if (map.put(key, value(depth + 1)) != null) {
                    throw new SyntaxException("expects each key once, got '" + key + "' again", start);
                }
            } while (accept(','));
            require('}');
            return new Members(map);
        }

        private Json items(int depth) throws SyntaxException {
            List<Json> list = new ArrayList<>();
            require('[');
            if (accept(']')) return new Items(list);
            do list.add(value(depth + 1));
            while (accept(','));
            require(']');
            return new Items(list);
        }

        private Json word(String word, Json value) throws SyntaxException {
            if (!text.startsWith(word, at)) throw wrong("expects a value");
            at += word.length();
            return value;
        }

        private Json number() throws SyntaxException {
            int start = at;
            skip('-');
            if (!skip('0')) digits();
            if (skip('.')) digits();
            if (skip('e') || skip('E')) {
                if (!skip('+')) skip('-');
                digits();
            }
            return new Numeral(text.substring(start, at));
        }

        private boolean skip(char c) {
            boolean here = at < text.length() && text.charAt(at) == c;
            if (here) at++;
            return here;
        }

        private void digits() throws SyntaxException {
            int start = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') at++;
            if (at == start) throw wrong("expects a digit");
        }

        private String string() throws SyntaxException {
            var out = new StringBuilder();
            at++;
            while (!skip('"')) {
                if (at == text.length() || text.charAt(at) < ' ') throw wrong("expects the end of a string");
                char c = text.charAt(at++);
                out.append(c == '\\' ? escaped() : c);
            }
            return out.toString();
        }

        private char escaped() throws SyntaxException {
            if (at == text.length()) throw wrong("expects an escape");
            char c = text.charAt(at++);
            int simple = "\"\\/bfnrt".indexOf(c);
            if (simple >= 0) return "\"\\/\b\f\n\r\t".charAt(simple);
            if (c != 'u' || at + 4 > text.length()) throw wrong("expects an escape");
            int code = 0;
            for (int end = at + 4; at < end; at++) {
                int digit = Character.digit(text.charAt(at), 16);
                if (digit < 0 || text.charAt(at) > 'f') throw wrong("expects a hexadecimal digit");
                code = 16 * code + digit;
            }
            return (char) code;
        }
    }
}

package dev.neurite.io.json;

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

/// A recursive-descent parser of JSON text.
final class JsonReader {
    private final String text;
    private final int most;
    private int at;
    private int values;

    JsonReader(String text, int most) {
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
        for (String each : List.of("NaN", "Infinity")) {
            if (text.startsWith(each, at)) came += " of " + each + " (JSON lacks it: write null)";
        }
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
        if (depth > Json.DEEPEST) throw wrong("expects at most " + Json.DEEPEST + " levels");
        skipSpace();
        if (at == text.length()) throw wrong("expects a value");
        return switch (text.charAt(at)) {
            case '{' -> members(depth);
            case '[' -> items(depth);
            case '"' -> new JsonString(string());
            case 't' -> word("true", new JsonBoolean(true));
            case 'f' -> word("false", new JsonBoolean(false));
            case 'n' -> word("null", new JsonNull());
            default -> number();
        };
    }

    private Json members(int depth) throws SyntaxException {
        Map<String, Json> map = new LinkedHashMap<>();
        require('{');
        if (accept('}')) return new JsonObject(map);
        do {
            skipSpace();
            if (at == text.length() || text.charAt(at) != '"') throw wrong("expects a key");
            int start = at;
            String key = string();
            require(':');
            if (map.put(key, within("." + key, depth + 1)) != null) {
                throw new SyntaxException("expects each key once, got '" + key + "' again", start).within("." + key);
            }
        } while (accept(','));
        require('}');
        return new JsonObject(map);
    }

    private Json items(int depth) throws SyntaxException {
        List<Json> list = new ArrayList<>();
        require('[');
        if (accept(']')) return new JsonArray(list);
        do list.add(within("[" + list.size() + "]", depth + 1));
        while (accept(','));
        require(']');
        return new JsonArray(list);
    }

    private Json within(String segment, int depth) throws SyntaxException {
        try {
            return value(depth);
        } catch (SyntaxException e) {
            throw e.within(segment);
        }
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
        return new JsonNumber(text.substring(start, at));
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

package dev.neurite.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a request asks for. Anything that could mean another place than it says is refused: empty
/// segments, `.` and `..`, slashes and control characters behind escapes, escapes that are no
/// UTF-8.
/// @param path the path as it came, but for one slash at its end
/// @param raw the segments of the path as they came
/// @param segments the segments, decoded
/// @param query the query as it came; empty if there is none
record Target(String path, List<String> raw, List<String> segments, String query) {
    /// Parses a request target.
    /// @throws HttpProblem 404 if it is anything but a plain path with a query
    static Target of(String text) {
        if (text.length() > Limits.TARGET || !text.startsWith("/") || !isPlain(text)) throw nothingHere();
        int end = text.indexOf('?');
        String path = end < 0 ? text : text.substring(0, end);
        String query = end < 0 ? "" : text.substring(end + 1);
        if (path.equals("/")) return new Target(path, List.of(), List.of(), query);
        if (path.endsWith("/")) path = path.substring(0, path.length() - 1);
        List<String> raw = Route.segments(path);
        List<String> segments = new ArrayList<>();
        for (String each : raw) segments.add(name(each));
        return new Target(path, raw, segments, query);
    }

    /// The problem of a path that leads nowhere.
    static HttpProblem nothingHere() {
        return HttpProblem.missing("", "there is nothing at this address");
    }

    /// The parts of the query by name, decoded.
    /// @throws HttpProblem 400 if one is malformed or there twice
    Map<String, String> parameters() {
        Map<String, String> parts = new LinkedHashMap<>();
        if (query.isEmpty()) return parts;
        for (String each : query.split("&", -1)) {
            int equals = each.indexOf('=');
            String name = part(equals < 0 ? each : each.substring(0, equals));
            String value = equals < 0 ? "" : part(each.substring(equals + 1));
            if (parts.put(name, value) != null) throw HttpProblem.bad("?" + name, "expects it once, got it twice");
        }
        return parts;
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#' || c == '\\') return false;
        }
        return true;
    }

    private static String name(String raw) {
        String name;
        try {
            name = decode(raw);
        } catch (CharacterCodingException e) {
            throw nothingHere();
        }
        if (name.isEmpty() || name.equals(".") || name.equals("..")) throw nothingHere();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isISOControl(c) || c == '/' || c == '\\') throw nothingHere();
        }
        return name;
    }

    private static String part(String raw) {
        try {
            return decode(raw.replace('+', ' '));
        } catch (CharacterCodingException e) {
            throw HttpProblem.bad("?", "expects a query of names and values in UTF-8, got an escape that is none");
        }
    }

    private static String decode(String raw) throws CharacterCodingException {
        if (raw.indexOf('%') < 0) return raw;
        ByteBuffer bytes = ByteBuffer.allocate(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '%') {
                bytes.put((byte) c);
                continue;
            }
            int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
            int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) throw new CharacterCodingException();
            bytes.put((byte) (high << 4 | low));
            i += 2;
        }
        return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    }
}

package dev.neurite.dashboard.runs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/// The values of a configuration that a run has written, to be shown: `section:` and `key: value` lines by indentation.
/// This is no reader of YAML: values and lists are taken as they stand, and nothing in them has an effect.
final class YamlText {
    private static final int MOST = 2_000; // values
    private static final int LONGEST = 2_000; // characters of a value

    private YamlText() {}

    private record Level(int indent, String path) {}

    /// The values by path, `optimizer.rate`.
    static Map<String, String> values(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        Deque<Level> levels = new ArrayDeque<>();
        for (String line : (Iterable<String>) text.lines()::iterator) {
            String content = line.strip();
            if (content.isEmpty() || content.startsWith("#") || values.size() == MOST) continue;
            int indent = line.length() - line.stripLeading().length();
            boolean item = content.startsWith("- ") || content.equals("-");
            while (!levels.isEmpty()
                    && (levels.peek().indent() > indent || (levels.peek().indent() == indent && !item))) {
                levels.pop();
            }
            String path = levels.isEmpty() ? "" : levels.peek().path();
            int colon = item ? -1 : colon(content);
            if (colon < 0) {
                String more = item ? content.substring(1).strip() : content;
                values.merge(path.isEmpty() ? "text" : path, more, (a, b) -> shown(a + ", " + b));
                continue;
            }
            String key = plain(content.substring(0, colon).strip());
            String full = path.isEmpty() ? key : path + "." + key;
            String value = content.substring(colon + 1).strip();
            if (value.isEmpty()) levels.push(new Level(indent, full));
            else values.put(full, shown(plain(value)));
        }
        return values;
    }

    /// The place of the colon after a key; −1 if there is none.
    private static int colon(String content) {
        char quote = content.charAt(0);
        int from = quote == '"' || quote == '\'' ? content.indexOf(quote, 1) : 0;
        if (from < 0) return -1;
        for (int at = content.indexOf(':', from); at >= 0; at = content.indexOf(':', at + 1)) {
            if (at + 1 == content.length() || content.charAt(at + 1) == ' ') return at;
        }
        return -1;
    }

    private static String plain(String text) {
        boolean quoted = text.length() > 1
                && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(text.length() - 1) == text.charAt(0);
        if (!quoted) return text;
        String inside = text.substring(1, text.length() - 1);
        return text.charAt(0) == '\''
                ? inside.replace("''", "'")
                : inside.replace("\\\"", "\"").replace("\\\\", "\\");
    }

    private static String shown(String value) {
        return value.length() > LONGEST ? value.substring(0, LONGEST) + "…" : value;
    }
}

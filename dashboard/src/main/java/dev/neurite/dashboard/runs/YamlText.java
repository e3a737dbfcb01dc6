package dev.neurite.dashboard.runs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The values of a configuration that a run has written, to be shown: `section:` and `key: value` lines
/// by indentation. This is no reader of YAML: values and lists are taken as they stand, and nothing in
/// them has an effect. The time that it takes and the size of what it returns are at most proportional
/// to the length of the text, whatever is in it.
final class YamlText {
    private static final int MOST = 2_000; // values
    private static final int LONGEST = 2_000; // characters of a value
    private static final int LONGEST_PATH = 500; // characters; a value with a longer one is left out
    private static final int DEEPEST = 20; // mappings in braces within one another

    private YamlText() {}

    private record Level(int indent, String path) {}

    /// The values by path, `optimizer.rate`.
    static Map<String, String> values(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        Deque<Level> levels = new ArrayDeque<>();
        for (String line : logicalLines(text)) {
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
                values.merge(path.isEmpty() ? "text" : path, shown(more), YamlText::joined);
                continue;
            }
            String key = plain(content.substring(0, colon).strip());
            String full = path.isEmpty() ? key : path + "." + key;
            if (full.length() > LONGEST_PATH) continue;
            String value = content.substring(colon + 1).strip();
            if (value.isEmpty()) levels.push(new Level(indent, full));
            else put(full, value, values, 0);
        }
        return values;
    }

    private static String joined(String before, String more) {
        return before.length() > LONGEST ? before : shown(before + ", " + more);
    }

    /// Lines, with those joined that an open bracket continues.
    private static List<String> logicalLines(String text) {
        List<String> lines = new ArrayList<>();
        var logical = new StringBuilder();
        int depth = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            if (depth > 0) logical.append(' ').append(line.strip());
            else logical.append(line);
            boolean comment = depth == 0 && line.strip().startsWith("#");
            if (!comment) depth = Math.max(0, depth + opened(line));
            if (depth > 0) continue;
            lines.add(logical.toString());
            logical.setLength(0);
        }
        if (depth > 0) lines.add(logical.toString());
        return lines;
    }

    /// How many more brackets a text opens than it closes, outside of quotes.
    private static int opened(String text) {
        var place = new Place();
        text.chars().forEach(c -> place.pass((char) c));
        return place.depth;
    }

    /// Where a text is while its characters pass: in how many brackets, and whether in quotes.
    private static final class Place {
        private int depth;
        private char quote; // 0 outside of quotes
        private char before = ' ';
        private boolean escaped; // the next character, by a backslash

        void pass(char c) {
            if (quote != 0) {
                boolean ends = c == quote && !escaped;
                escaped = c == '\\' && quote == '"' && !escaped;
                if (ends) quote = 0;
            } else if (isQuote(c) && (" [{,".indexOf(before) >= 0 || (c == '\'' && before == c))) {
                quote = c;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
            }
            before = c;
        }

        boolean isOutside() {
            return depth == 0 && quote == 0;
        }

        private static boolean isQuote(char c) {
            return c == '"' || c == '\'';
        }
    }

    /// Puts a value, or each value of a mapping in braces.
    private static void put(String path, String value, Map<String, String> values, int depth) {
        boolean mapping = value.startsWith("{") && value.endsWith("}") && depth < DEEPEST;
        if (!mapping) {
            values.put(path, shown(plain(value)));
            return;
        }
        for (String member : members(value.substring(1, value.length() - 1))) {
            int colon = member.isEmpty() ? -1 : colon(member);
            if (colon < 0 || values.size() == MOST) continue;
            String full = path + "." + plain(member.substring(0, colon).strip());
            if (full.length() > LONGEST_PATH) continue;
            put(full, member.substring(colon + 1).strip(), values, depth + 1);
        }
    }

    /// The parts between the commas that are in no brackets and quotes.
    private static List<String> members(String text) {
        List<String> members = new ArrayList<>();
        var place = new Place();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ',' && place.isOutside()) {
                members.add(text.substring(from, i).strip());
                from = i + 1;
            }
            place.pass(c);
        }
        members.add(text.substring(from).strip());
        return members;
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

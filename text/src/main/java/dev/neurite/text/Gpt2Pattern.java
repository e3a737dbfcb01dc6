package dev.neurite.text;

import java.util.ArrayList;
import java.util.List;

/// GPT-2's regular expression, by hand, in one pass over texts of any length:
///
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
final class Gpt2Pattern {
    static final String SOURCE = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private static final List<String> CONTRACTIONS = List.of("'s", "'t", "'re", "'ve", "'m", "'ll", "'d");

    private enum Kind {
        LETTER,
        NUMBER,
        SPACE,
        OTHER
    }

    private Gpt2Pattern() {}

    /// The matches, which cover the text.
    static List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = end(text, from);
            spans.add(new Span(from, to, true));
            from = to;
        }
        return spans;
    }

    private static int end(String text, int from) {
        if (text.charAt(from) == '\'') {
            for (String each : CONTRACTIONS) if (text.startsWith(each, from)) return from + each.length();
        }
        boolean spaced = text.charAt(from) == ' ' && from + 1 < text.length();
        Kind kind = kind(text.codePointAt(spaced ? from + 1 : from));
        if (kind != Kind.SPACE) return runEnd(text, spaced ? from + 1 : from, kind);
        int to = runEnd(text, from, Kind.SPACE);
        // The last space of several belongs to the word that follows.
        return to < text.length() && to - from > 1 ? to - 1 : to;
    }

    private static int runEnd(String text, int from, Kind kind) {
        int at = from;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            if (kind(point) != kind) break;
            at += Character.charCount(point);
        }
        return at;
    }

    private static Kind kind(int point) {
        if (Character.isLetter(point)) return Kind.LETTER;
        if (CodePoints.isNumeric(point)) return Kind.NUMBER;
        return CodePoints.isWhitespace(point) ? Kind.SPACE : Kind.OTHER;
    }
}

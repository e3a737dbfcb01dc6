package dev.neurite.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/// A range of chars of a text: a match of a pattern, or what is between two matches.
record Span(int start, int end, boolean match) {
    /// Each code point of some kind is a match.
    static List<Span> of(String text, IntPredicate kind) {
        List<Span> spans = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            int end = at + Character.charCount(point);
            if (kind.test(point)) {
                if (from < at) spans.add(new Span(from, at, false));
                spans.add(new Span(at, end, true));
                from = end;
            }
            at = end;
        }
        if (from < text.length()) spans.add(new Span(from, text.length(), false));
        return spans;
    }

    Span inverted() {
        return new Span(start, end, !match);
    }
}

package dev.neurite.text;

import dev.neurite.error.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a normalizer replaces or a pre-tokenizer splits at: a string or a regular expression.
sealed interface TextPattern {
    /// The matches and what is between them; together they are the text.
    /// @param steps pays for them
    List<Span> find(String text, Steps steps);

    /// A string that is not empty.
    record Literal(String string) implements TextPattern {
        @Override
        public List<Span> find(String text, Steps steps) {
            List<Span> spans = new ArrayList<>();
            int from = 0;
            for (int at = text.indexOf(string); at >= 0; at = text.indexOf(string, from)) {
                if (from < at) spans.add(new Span(from, at, false));
                from = at + string.length();
                spans.add(new Span(at, from, true));
            }
            if (from < text.length()) spans.add(new Span(from, text.length(), false));
            return spans;
        }
    }

    /// GPT-2's expression, which needs no regular expression.
    record Gpt2() implements TextPattern {
        @Override
        public List<Span> find(String text, Steps steps) {
            return Gpt2Pattern.find(text);
        }
    }

    /// A regular expression. An empty match right after a match does not count, as in the reference.
    record Regex(Pattern pattern) implements TextPattern {
        @Override
        public List<Span> find(String text, Steps steps) {
            try {
                return find(pattern.matcher(new Watched(text, steps)), text);
            } catch (StackOverflowError e) {
                throw new DataException(
                        "tokenizer, pattern '" + pattern + "'",
                        "expects a text that it can match, got one of " + text.length()
                                + " characters, on which it recurses too deeply",
                        "Encode the text in parts");
            }
        }

        private static List<Span> find(Matcher matcher, String text) {
            List<Span> spans = new ArrayList<>();
            int covered = 0;
            int last = -1; // the end of the last match
            for (int from = 0; from <= text.length() && matcher.find(from); ) {
                if (matcher.start() == matcher.end() && matcher.end() == last) {
                    from += from < text.length() ? Character.charCount(text.codePointAt(from)) : 1;
                    continue;
                }
                if (covered < matcher.start()) spans.add(new Span(covered, matcher.start(), false));
                spans.add(new Span(matcher.start(), matcher.end(), true));
                covered = matcher.end();
                from = covered;
                last = covered;
            }
            if (covered < text.length()) spans.add(new Span(covered, text.length(), false));
            return spans;
        }
    }

    /// A text that counts how often it is read, which ends expressions that backtrack without end.
    final class Watched implements CharSequence {
        private final CharSequence text;
        private final Steps steps;

        private Watched(CharSequence text, Steps steps) {
            this.text = text;
            this.steps = steps;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            steps.read();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}

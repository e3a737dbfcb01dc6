package dev.neurite.text;

import java.util.ArrayList;
import java.util.List;

/// Splits a text into words.
sealed interface PreTokenizer {
    /// The words, none of them empty.
    List<AlignedText> split(AlignedText text);

    /// Each splits the words of the one before; none leaves the text as it is.
    record Sequence(List<PreTokenizer> preTokenizers) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText text) {
            List<AlignedText> words = List.of(text);
            for (PreTokenizer each : preTokenizers) {
                List<AlignedText> parts = new ArrayList<>();
                for (AlignedText word : words) parts.addAll(each.split(word));
                words = parts;
            }
            return words;
        }
    }

    /// At white space, which is removed, and around punctuation.
    record Bert() implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText text) {
            List<AlignedText> words = new ArrayList<>();
            for (AlignedText each : new WhitespaceSplit().split(text)) {
                words.addAll(each.split(Span.of(each.text(), CodePoints::isPunctuation), SplitBehavior.ISOLATED));
            }
            return words;
        }
    }

    /// As GPT-2's expression says, if wanted; each byte becomes a character.
    record ByteLevel(boolean prefixSpace, boolean byPattern) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText text) {
            AlignedText whole = prefixSpace && !text.text().startsWith(" ") ? text.prepend(" ") : text;
            List<AlignedText> words =
                    byPattern ? whole.split(Gpt2Pattern.find(whole.text()), SplitBehavior.ISOLATED) : List.of(whole);
            return words.stream().map(ByteAlphabet::encode).toList();
        }
    }

    /// Words, as `\w` has them, and runs of what is neither word nor white space.
    record Whitespace() implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText text) {
            List<AlignedText> words = new ArrayList<>();
            String chars = text.text();
            for (int from = 0; from < chars.length(); ) {
                int kind = kind(chars.codePointAt(from));
                int to = from;
                while (to < chars.length() && kind(chars.codePointAt(to)) == kind) {
                    to += Character.charCount(chars.codePointAt(to));
                }
                if (kind != 0) words.add(text.slice(from, to));
                from = to;
            }
            return words;
        }

        private static int kind(int point) {
            if (CodePoints.isWord(point)) return 1;
            return CodePoints.isWhitespace(point) ? 0 : 2;
        }
    }

    /// At white space, which is removed.
    record WhitespaceSplit() implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText text) {
            return text.split(Span.of(text.text(), CodePoints::isWhitespace), SplitBehavior.REMOVED);
        }
    }

    /// Spaces become a visible character, and each word begins with it, if wanted.
    record Metaspace(String replacement, PrependScheme scheme, boolean splits) implements PreTokenizer {
        /// Before which parts of a text a space is added.
        enum PrependScheme {
            FIRST,
            NEVER,
            ALWAYS
        }

        @Override
        public List<AlignedText> split(AlignedText text) {
            AlignedText whole = text.replace(Span.of(text.text(), each -> each == ' '), replacement);
            boolean wanted = scheme == PrependScheme.ALWAYS
                    || (scheme == PrependScheme.FIRST && whole.length() > 0 && whole.start(0) == 0);
            if (wanted && !whole.text().startsWith(replacement)) whole = whole.prepend(replacement);
            if (!splits) return List.of(whole);
            int mark = replacement.codePointAt(0);
            return whole.split(Span.of(whole.text(), each -> each == mark), SplitBehavior.MERGED_WITH_NEXT);
        }
    }

    /// At punctuation.
    record Punctuation(SplitBehavior behavior) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText text) {
            return text.split(Span.of(text.text(), CodePoints::isPunctuation), behavior);
        }
    }

    /// Around numbers, or around each digit.
    record Digits(boolean individual) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText text) {
            return text.split(
                    Span.of(text.text(), CodePoints::isNumeric),
                    individual ? SplitBehavior.ISOLATED : SplitBehavior.CONTIGUOUS);
        }
    }

    /// At matches of a pattern.
    /// @param inverted whether what is between the matches counts as a match instead
    record Split(TextPattern pattern, SplitBehavior behavior, boolean inverted) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText text) {
            List<Span> spans = pattern.find(text.text(), text.steps());
            return text.split(inverted ? spans.stream().map(Span::inverted).toList() : spans, behavior);
        }
    }

    /// At a character, which is removed.
    record Delimiter(int character) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText text) {
            return text.split(Span.of(text.text(), each -> each == character), SplitBehavior.REMOVED);
        }
    }

    /// Into parts of some code points.
    record FixedLength(int length) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText text) {
            List<AlignedText> parts = new ArrayList<>();
            String chars = text.text();
            for (int from = 0; from < chars.length(); ) {
                int to = from;
                for (int i = 0; i < length && to < chars.length(); i++) {
                    to += Character.charCount(chars.codePointAt(to));
                }
                parts.add(text.slice(from, to));
                from = to;
            }
            return parts;
        }
    }
}

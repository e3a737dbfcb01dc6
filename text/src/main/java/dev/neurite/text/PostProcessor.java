package dev.neurite.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Adds tokens to those of one text or two. Parts are lists of tokens, of which the last processor's are the encoding.
sealed interface PostProcessor {
    /// How many tokens it adds.
    int added(boolean pair);

    /// Adds tokens, or changes those that are there.
    /// @param special whether tokens are added
    List<List<Token>> process(List<List<Token>> parts, boolean special);

    /// Each takes what the one before returned; none returns the texts.
    record Sequence(List<PostProcessor> processors) implements PostProcessor {
        @Override
        public int added(boolean pair) {
            return processors.stream().mapToInt(each -> each.added(pair)).sum();
        }

        @Override
        public List<List<Token>> process(List<List<Token>> parts, boolean special) {
            List<List<Token>> processed = parts;
            for (PostProcessor each : processors) processed = each.process(processed, special);
            return processed;
        }
    }

    /// Leaves out spaces at the ends of tokens from their ranges.
    /// @param prefixSpace whether a single space before the first token was added, so that its range has none
    record ByteLevel(boolean trims, boolean prefixSpace) implements PostProcessor {
        @Override
        public int added(boolean pair) {
            return 0;
        }

        @Override
        public List<List<Token>> process(List<List<Token>> parts, boolean special) {
            return trims ? parts.stream().map(this::trimmed).toList() : parts;
        }

        private List<Token> trimmed(List<Token> tokens) {
            List<Token> trimmed = new ArrayList<>(tokens.size());
            for (Token each : tokens) trimmed.add(withoutSpaces(each, trimmed.isEmpty()));
            return trimmed;
        }

        private Token withoutSpaces(Token token, boolean first) {
            String text = token.text();
            int leading = 0;
            while (leading < text.length() && isSpace(text.charAt(leading))) leading++;
            int trailing = 0;
            while (trailing < text.length() && isSpace(text.charAt(text.length() - 1 - trailing))) trailing++;
            boolean prefixed = (first || token.start() == 0) && prefixSpace && leading == 1;
            int start = prefixed ? token.start() : Math.min(token.start() + leading, token.end());
            int end = token.end() >= trailing ? Math.max(token.end() - trailing, start) : token.end();
            return token.withRange(start, end);
        }

        private static boolean isSpace(char letter) {
            return letter == ByteAlphabet.SPACE || CodePoints.isWhitespace(letter);
        }
    }

    /// `[CLS] A [SEP]`, and for two texts `[CLS] A [SEP] B [SEP]`.
    record Bert(Added cls, Added sep) implements PostProcessor {
        @Override
        public int added(boolean pair) {
            return pair ? 3 : 2;
        }

        @Override
        public List<List<Token>> process(List<List<Token>> parts, boolean special) {
            if (!special) return parts;
            List<List<Token>> processed = new ArrayList<>();
            processed.add(joined(cls.token(0), parts.getFirst(), sep.token(0)));
            if (parts.size() > 1) processed.add(joined(parts.get(1), sep.token(1)));
            return processed;
        }
    }

    /// `<s> A </s>`, and for two texts `<s> A </s> </s> B </s>`; all of type 0.
    record Roberta(Added cls, Added sep, ByteLevel ranges) implements PostProcessor {
        @Override
        public int added(boolean pair) {
            return pair ? 4 : 2;
        }

        @Override
        public List<List<Token>> process(List<List<Token>> parts, boolean special) {
            List<List<Token>> processed = new ArrayList<>();
            for (List<Token> each : ranges.process(parts, special)) {
                List<Token> plain =
                        each.stream().map(token -> token.withType(0)).toList();
                Added before = processed.isEmpty() ? cls : sep;
                processed.add(special ? joined(before.token(0), plain, sep.token(0)) : plain);
            }
            return processed;
        }
    }

    /// Places for the texts and tokens around them.
    record Template(List<Piece> single, List<Piece> pair, Map<String, List<Added>> tokens) implements PostProcessor {
        /// A place for a text or for added tokens.
        sealed interface Piece {
            /// @param index 0 for the first text, 1 for the second
            record Text(int index, int type) implements Piece {}

            /// A place for added tokens.
            /// @param name a key of the template's tokens
            record Special(String name, int type) implements Piece {}
        }

        @Override
        public int added(boolean two) {
            return (two ? pair : single)
                    .stream()
                            .mapToInt(each -> each instanceof Piece.Special special
                                    ? tokens.getOrDefault(special.name(), List.of())
                                            .size()
                                    : 0)
                            .sum();
        }

        @Override
        public List<List<Token>> process(List<List<Token>> parts, boolean special) {
            List<List<Token>> processed = new ArrayList<>();
            for (Piece each : parts.size() > 1 ? pair : single) {
                switch (each) {
                    case Piece.Text(int index, int type) ->
                        processed.add(parts.get(index).stream()
                                .map(token -> token.withType(type))
                                .toList());
                    case Piece.Special(String name, int type) -> {
                        List<Added> added = special ? tokens.getOrDefault(name, List.of()) : List.of();
                        processed.add(
                                added.stream().map(token -> token.token(type)).toList());
                    }
                }
            }
            return processed;
        }
    }

    /// A token that a post-processor adds.
    record Added(String text, int id) {
        Token token(int type) {
            return Token.special(id, text, type);
        }
    }

    private static List<Token> joined(Token before, List<Token> tokens, Token after) {
        List<Token> joined = new ArrayList<>(tokens.size() + 2);
        joined.add(before);
        joined.addAll(tokens);
        joined.add(after);
        return joined;
    }

    private static List<Token> joined(List<Token> tokens, Token after) {
        List<Token> joined = new ArrayList<>(tokens);
        joined.add(after);
        return joined;
    }
}

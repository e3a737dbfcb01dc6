package dev.neurite.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Changes tokens so that, joined, they are a text.
sealed interface Decoder {
    /// Changes the tokens.
    /// @param steps pay for expressions and for what becomes longer
    List<String> decode(List<String> tokens, Steps steps);

    /// The bytes that a token stands for; empty if it does not stand for bytes.
    default Optional<byte[]> bytes(String token) {
        return Optional.empty();
    }

    /// Each takes what the one before returned.
    record Sequence(List<Decoder> decoders) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens, Steps steps) {
            List<String> decoded = tokens;
            for (Decoder each : decoders) decoded = each.decode(decoded, steps);
            return decoded;
        }

        @Override
        public Optional<byte[]> bytes(String token) {
            return decoders.stream().flatMap(each -> each.bytes(token).stream()).findFirst();
        }
    }

    /// Spaces between all tokens: what a file without a decoder means.
    record Spaces() implements Decoder {
        @Override
        public List<String> decode(List<String> tokens, Steps steps) {
            return List.of(String.join(" ", tokens));
        }
    }

    /// The text of tokens whose characters stand for bytes, see [ByteAlphabet].
    record ByteLevel() implements Decoder {
        @Override
        public List<String> decode(List<String> tokens, Steps steps) {
            return List.of(ByteAlphabet.decode(tokens));
        }

        @Override
        public Optional<byte[]> bytes(String token) {
            return ByteAlphabet.bytes(token);
        }
    }

    /// Spaces between words, which begin with a token without the prefix.
    /// @param cleanup whether spaces before punctuation and English contractions go
    record WordPiece(String prefix, boolean cleanup) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens, Steps steps) {
            List<String> decoded = new ArrayList<>(tokens.size());
            for (String each : tokens) {
                String token = each;
                if (!decoded.isEmpty()) {
                    token = each.startsWith(prefix) ? each.substring(prefix.length()) : " " + each;
                }
                decoded.add(cleanup ? cleaned(token) : token);
            }
            return decoded;
        }

        private static String cleaned(String token) {
            if (token.indexOf(' ') < 0) return token;
            return token.replace(" .", ".")
                    .replace(" ?", "?")
                    .replace(" !", "!")
                    .replace(" ,", ",")
                    .replace(" ' ", "'")
                    .replace(" n't", "n't")
                    .replace(" 'm", "'m")
                    .replace(" do not", " don't")
                    .replace(" 's", "'s")
                    .replace(" 've", "'ve")
                    .replace(" 're", "'re");
        }
    }

    /// Spaces instead of a visible character, except at the beginning.
    /// @param prefixed whether the first space of the text was added when it was encoded
    record Metaspace(String replacement, boolean prefixed) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens, Steps steps) {
            List<String> decoded = new ArrayList<>(tokens.size());
            for (String each : tokens) {
                decoded.add(each.replace(replacement, decoded.isEmpty() && prefixed ? "" : " "));
            }
            return decoded;
        }
    }

    /// Spaces instead of a suffix that marks the end of words.
    record Bpe(String suffix) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens, Steps steps) {
            List<String> decoded = new ArrayList<>(tokens.size());
            for (String each : tokens) {
                String token = each.replace(suffix, decoded.size() + 1 == tokens.size() ? "" : " ");
                steps.write(token.length());
                decoded.add(token);
            }
            return decoded;
        }
    }

    /// Characters instead of tokens such as `<0xE2>`; U+FFFD for each byte where neighbors are not UTF-8.
    record ByteFallback() implements Decoder {
        @Override
        public List<String> decode(List<String> tokens, Steps steps) {
            List<String> decoded = new ArrayList<>(tokens.size());
            List<Byte> bytes = new ArrayList<>();
            for (String each : tokens) {
                int value = value(each);
                if (value >= 0) {
                    bytes.add((byte) value);
                } else {
                    flush(bytes, decoded);
                    decoded.add(each);
                }
            }
            flush(bytes, decoded);
            return decoded;
        }

        @Override
        public Optional<byte[]> bytes(String token) {
            int value = value(token);
            return value < 0 ? Optional.empty() : Optional.of(new byte[] {(byte) value});
        }

        /// The byte that a token stands for, or −1.
        private static int value(String token) {
            if (token.length() != 6 || !token.startsWith("<0x") || !token.endsWith(">")) return -1;
            int high = hexadecimal(token.charAt(3));
            int low = hexadecimal(token.charAt(4));
            return high < 0 || low < 0 ? -1 : 16 * high + low;
        }

        private static int hexadecimal(char digit) {
            return digit < 0x80 ? Character.digit(digit, 16) : -1;
        }

        private static void flush(List<Byte> bytes, List<String> decoded) {
            if (bytes.isEmpty()) return;
            var buffer = ByteBuffer.allocate(bytes.size());
            bytes.forEach(buffer::put);
            try {
                decoded.add(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(buffer.flip())
                        .toString());
            } catch (CharacterCodingException e) {
                decoded.addAll(Collections.nCopies(bytes.size(), "\uFFFD"));
            }
            bytes.clear();
        }
    }

    /// Joins all tokens to one text.
    record Fuse() implements Decoder {
        @Override
        public List<String> decode(List<String> tokens, Steps steps) {
            return List.of(String.join("", tokens));
        }
    }

    /// Removes up to some of a character at the ends of each token.
    record Strip(int character, int start, int stop) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens, Steps steps) {
            return tokens.stream().map(this::stripped).toList();
        }

        private String stripped(String token) {
            int[] points = token.codePoints().toArray();
            int from = 0;
            while (from < points.length && from < start && points[from] == character) from++;
            int to = points.length;
            while (to > from && points.length - to < stop && points[to - 1] == character) to--;
            return new String(points, from, to - from);
        }
    }

    /// Replaces all matches of a pattern in each token.
    record Replace(TextPattern pattern, String content) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens, Steps steps) {
            return tokens.stream().map(each -> replaced(each, steps)).toList();
        }

        private String replaced(String token, Steps steps) {
            var out = new StringBuilder();
            for (Span each : pattern.find(token, steps)) {
                steps.write(each.match() ? content.length() : each.end() - each.start());
                if (each.match()) out.append(content);
                else out.append(token, each.start(), each.end());
            }
            return out.toString();
        }
    }
}

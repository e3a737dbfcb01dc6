package dev.neurite.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// GPT-2's alphabet: a visible character for each byte. Bytes that are visible in Latin-1 stand for themselves, the
/// others are U+0100 and following.
final class ByteAlphabet {
    /// The character of a space.
    static final char SPACE = 'Ġ';

    private static final char[] CHARS = new char[256];
    private static final int[] BYTES = new int[0x200]; // -1: none

    static {
        Arrays.fill(BYTES, -1);
        char next = 0x100;
        for (int each = 0; each < 256; each++) {
            boolean visible = (each >= '!' && each <= '~') || (each >= 0xA1 && each != 0xAD);
            CHARS[each] = visible ? (char) each : next++;
            BYTES[CHARS[each]] = each;
        }
    }

    private ByteAlphabet() {}

    /// All characters, in the order of their code points.
    static List<String> letters() {
        char[] sorted = CHARS.clone();
        Arrays.sort(sorted);
        return new String(sorted).chars().mapToObj(Character::toString).toList();
    }

    /// Each byte of the UTF-8 form becomes a character.
    static AlignedText encode(AlignedText text) {
        return text.rewrite((point, out) -> {
            if (point < 0x80) {
                out.accept(CHARS[point]);
            } else {
                for (byte each : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                    out.accept(CHARS[each & 0xFF]);
                }
            }
        });
    }

    /// The text of tokens. A token with a character that stands for no byte is taken as it is. Bytes that are not UTF-8
    /// become U+FFFD.
    static String decode(List<String> tokens) {
        var bytes = new ByteArrayOutputStream();
        for (String token : tokens) {
            bytes.writeBytes(bytes(token).orElseGet(() -> token.getBytes(StandardCharsets.UTF_8)));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /// The bytes of a token; empty if a character of it stands for no byte.
    static Optional<byte[]> bytes(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char each = token.charAt(i);
            if (each >= BYTES.length || BYTES[each] < 0) return Optional.empty();
            bytes[i] = (byte) BYTES[each];
        }
        return Optional.of(bytes);
    }
}

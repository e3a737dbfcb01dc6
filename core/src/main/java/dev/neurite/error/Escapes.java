package dev.neurite.error;

import java.util.Locale;

/// Escapes for characters that could change what a terminal, a log or an editor shows: in messages, in the output of
/// commands, and in JSON.
public final class Escapes {
    private static final int NON_JOINER = 0x200c;
    private static final int JOINER = 0x200d;

    private Escapes() {}

    /// Whether a character must not be printed as it is: a control character, a separator of lines or paragraphs, a
    /// format character, such as one that changes the direction of text, or half of a surrogate pair. The joiners
    /// U+200C and U+200D, which some scripts and emoji need, are safe.
    public static boolean isUnsafe(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            case Character.FORMAT -> codePoint != NON_JOINER && codePoint != JOINER;
            default -> false;
        };
    }

    /// A text with escapes instead of unsafe characters.
    /// @param kept unsafe characters that stay as they are, such as line ends
    public static String escape(String text, String kept) {
        if (text.codePoints().noneMatch(Escapes::isUnsafe)) return text;
        var safe = new StringBuilder();
        text.codePoints().forEach(each -> {
            if (isUnsafe(each) && kept.indexOf(each) < 0) appendEscape(safe, each);
            else safe.appendCodePoint(each);
        });
        return safe.toString();
    }

    /// Appends the escape of a character as JSON and Java write it: a backslash, u and four hexadecimal digits; two of
    /// them beyond U+FFFF.
    public static void appendEscape(StringBuilder out, int codePoint) {
        for (char unit : Character.toChars(codePoint)) out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
    }
}

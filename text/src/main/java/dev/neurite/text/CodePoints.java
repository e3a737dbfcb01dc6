package dev.neurite.text;

/// Kinds of characters, as the reference defines them. Its definitions come from libraries with different versions of
/// Unicode; where these are current, the JDK's is taken.
final class CodePoints {
    static final int REPLACEMENT = 0xFFFD;

    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private CodePoints() {}

    /// Unicode's property White_Space.
    static boolean isWhitespace(int point) {
        if (point <= ' ') return point == ' ' || (point >= '\t' && point <= '\r');
        if (point < 0x1680) return point == 0x85 || point == 0xA0;
        return switch (point) {
            case 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> true;
            default -> point >= 0x2000 && point <= 0x200A;
        };
    }

    /// What `\w` matches in Rust's regular expressions: letters, marks, decimal digits, connectors and joiners.
    static boolean isWord(int point) {
        return switch (Character.getType(point)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.CONNECTOR_PUNCTUATION -> true;
            default -> Character.isAlphabetic(point) || point == ZERO_WIDTH_NON_JOINER || point == ZERO_WIDTH_JOINER;
        };
    }

    /// Digits and other numbers.
    static boolean isNumeric(int point) {
        return switch (Character.getType(point)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    /// Unicode's punctuation, and ASCII's, which includes symbols such as `$` and `+`.
    static boolean isPunctuation(int point) {
        if (point < 0x80) return point > ' ' && point < 0x7F && !Character.isLetterOrDigit(point);
        return OldUnicode.isPunctuation(point);
    }

    /// What BERT's cleaning removes: controls, format characters and private ones.
    static boolean isControl(int point) {
        if (point == '\t' || point == '\n' || point == '\r') return false;
        int type = Character.getType(point);
        return type == Character.CONTROL || type == Character.PRIVATE_USE || OldUnicode.isFormat(point);
    }

    /// Ideographs, which BERT separates by spaces.
    static boolean isIdeograph(int point) {
        return point >= 0x3400
                && (point <= 0x4DBF
                        || (point >= 0x4E00 && point <= 0x9FFF)
                        || (point >= 0xF900 && point <= 0xFAFF)
                        || (point >= 0x20000 && point <= 0x2A6DF)
                        || (point >= 0x2A700 && point <= 0x2B81F)
                        || (point >= 0x2B920 && point <= 0x2CEAF)
                        || (point >= 0x2F800 && point <= 0x2FA1F));
    }

    static boolean isNonspacingMark(int point) {
        return OldUnicode.isNonspacingMark(point);
    }

    static boolean isMark(int point) {
        return OldUnicode.isMark(point);
    }
}

package dev.neurite.cli.console;

import java.util.Locale;

/// Numbers to text and back, independent of the system's language.
public final class Text {
    private Text() {}

    /// Formats with English digits and separators.
    @SuppressWarnings("AnnotateFormatMethod")
    public static String format(String format, Object... args) {
        return String.format(Locale.ROOT, format, args);
    }

    /// A cell of a CSV file (RFC 4180): in quotes if it has a comma, a quote or a line end.
    public static String csvCell(String cell) {
        boolean plain = cell.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    /// Parses a decimal number, but not Java's forms 1f and 0x1p-3.
    /// @throws NumberFormatException for anything else
    public static double number(String text) {
        if (!text.matches("[-+0-9.eE]+|NaN|[-+]?Infinity")) throw new NumberFormatException(text);
        return Double.parseDouble(text);
    }
}

package dev.neurite.llm.chat;

import dev.neurite.llm.chat.TemplateValues.ValueException;
import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.util.Locale;

/// Dates as C's `strftime` writes them in English.
final class TemplateDates {
    private static final int LONGEST = 200; // characters of a format

    private TemplateDates() {}

    static String format(LocalDateTime now, String format) {
        if (format.length() > LONGEST) {
            throw new ValueException(
                    "expects a format of a date of at most " + LONGEST + " characters, got " + format.length());
        }
        var out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char each = format.charAt(i);
            if (each != '%') {
                out.append(each);
                continue;
            }
            boolean bare = i + 1 < format.length() && format.charAt(i + 1) == '-';
            if (bare) i++;
            if (++i == format.length())
                throw new ValueException("expects a letter after '%' in the format of a date, got none");
            out.append(part(now, format.charAt(i), bare));
        }
        return out.toString();
    }

    private static String part(LocalDateTime now, char letter, boolean bare) {
        return switch (letter) {
            case 'Y' -> Integer.toString(now.getYear());
            case 'y' -> number(now.getYear() % 100, 2, bare);
            case 'm' -> number(now.getMonthValue(), 2, bare);
            case 'd' -> number(now.getDayOfMonth(), 2, bare);
            case 'H' -> number(now.getHour(), 2, bare);
            case 'I' -> number((now.getHour() + 11) % 12 + 1, 2, bare);
            case 'M' -> number(now.getMinute(), 2, bare);
            case 'S' -> number(now.getSecond(), 2, bare);
            case 'j' -> number(now.getDayOfYear(), 3, bare);
            case 'b' -> now.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case '%' -> "%";
            default ->
                throw new ValueException(
                        "expects % with one of Y y m d H I M S j b B a A p in the format of a date, got '%" + letter
                                + "'");
        };
    }

    private static String number(int value, int digits, boolean bare) {
        String text = Integer.toString(value);
        return bare ? text : "0".repeat(Math.max(0, digits - text.length())) + text;
    }
}

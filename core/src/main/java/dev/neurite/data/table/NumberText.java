package dev.neurite.data.table;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Numbers as text in tables.
public final class NumberText {
    private NumberText() {}

    /// Whether a text is a decimal number: digits, optionally with sign, point and exponent. NaN and
    /// Java's `1f` or `0x1p3` are not.
    public static boolean isNumber(String text) {
        int n = text.length();
        int at = n > 0 && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
        int whole = digits(text, at);
        at += whole;
        int fraction = 0;
        if (at < n && text.charAt(at) == '.') {
            fraction = digits(text, ++at);
            at += fraction;
        }
        if (whole + fraction == 0) return false;
        if (at < n && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < n && (text.charAt(at) == '-' || text.charAt(at) == '+')) at++;
            int exponent = digits(text, at);
            if (exponent == 0) return false;
            at += exponent;
        }
        return at == n;
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') at++;
        return at - from;
    }

    /// Whether a text is a whole number with leading zeros, as codes have them: `007`, `00`. Read as a
    /// number, it would lose them.
    public static boolean hasLeadingZeros(String text) {
        int n = text.length();
        return n > 1 && text.charAt(0) == '0' && digits(text, 0) == n;
    }

    /// Whether texts are numbers, each another one as float32, so that the numbers can stand for them. Codes such
    /// as `007` cannot, nor `1` beside `1.0`, nor 16777216 beside 16777217.
    public static boolean areNumbers(Collection<String> texts) {
        Set<Float> numbers = new HashSet<>();
        return texts.stream()
                .allMatch(each -> isNumber(each)
                        && !hasLeadingZeros(each)
                        && Float.isFinite(Float.parseFloat(each))
                        && numbers.add(Float.parseFloat(each) + 0)); // −0 is 0
    }

    /// Whether a text is a whole number below 10⁹ as [#of] writes it.
    static boolean isUsual(String text) {
        int from = text.startsWith("-") ? 1 : 0;
        int count = digits(text, from);
        boolean zero = count > 0 && text.charAt(from) == '0';
        return from + count == text.length() && count > 0 && count < 10 && (!zero || text.length() == 1);
    }

    /// A number as text; whole numbers below 10⁹ have no point.
    public static String of(float value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value) : Float.toString(value);
    }
}

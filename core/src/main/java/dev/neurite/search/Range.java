package dev.neurite.search;

import dev.neurite.error.ConfigException;
import java.util.Locale;

/// A range of numbers. Those that are not whole are drawn with four significant digits, so that they can be typed.
/// @param from the least number
/// @param to the largest number
/// @param logarithmic whether numbers are drawn uniformly on a logarithmic scale
/// @param whole whether only whole numbers are drawn; then `to` is included
public record Range(double from, double to, boolean logarithmic, boolean whole) implements Candidates {
    private static final double LARGEST_WHOLE = 1e15;

    /// @throws ConfigException unless from < to, on a logarithmic scale 0 < from; for limits of whole numbers that
    /// are not whole
    public Range {
        if (!(from < to) || !Double.isFinite(to - from) || (logarithmic && !(from > 0))) {
            String least = logarithmic ? "0 < from < to" : "from < to";
            throw new ConfigException("range", "expects " + least + ", got " + from + " and " + to);
        }
        if (whole
                && (from != Math.rint(from) || to != Math.rint(to) || Math.abs(from) + Math.abs(to) > LARGEST_WHOLE)) {
            throw new ConfigException("range", "expects whole numbers, got " + from + " and " + to);
        }
    }

    /// Numbers from `from` to `to`, each as likely.
    public static Range of(double from, double to) {
        return new Range(from, to, false, false);
    }

    /// Numbers from `from` to `to`, each order of magnitude as likely: for learning rates and penalties.
    public static Range log(double from, double to) {
        return new Range(from, to, true, false);
    }

    /// Whole numbers from `from` to `to`, both included, each as likely.
    public static Range whole(long from, long to) {
        return new Range(from, to, false, true);
    }

    /// The same range, of whole numbers only.
    public Range withWholeNumbers() {
        return new Range(from, to, logarithmic, true);
    }

    /// An `Integer` of whole numbers, a `Long` if a limit has more than 32 bits; else a `Double`.
    @Override
    public Number at(double share) {
        double last = whole ? to + 1 : to;
        double value = logarithmic
                ? Math.exp(Math.log(from) + share * (Math.log(last) - Math.log(from)))
                : from + share * (last - from);
        if (whole) {
            double number = Math.clamp(Math.floor(value), from, to);
            if (from >= Integer.MIN_VALUE && to <= Integer.MAX_VALUE) return (int) number;
            return (long) number;
        }
        return Double.valueOf(String.format(Locale.ROOT, "%.4g", value));
    }
}

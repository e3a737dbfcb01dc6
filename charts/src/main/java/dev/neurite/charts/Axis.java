package dev.neurite.charts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An axis of a chart: its range and the numbers on it.
/// @param label the quantity and its unit
/// @param from the number at the left or lower end
/// @param to the number at the other end, larger
record Axis(String label, Scale scale, double from, double to) {
    private static final double TINY = 1e-300;

    /// An axis with room for all finite numbers; on a logarithmic one, for those above 0.
    static Axis of(String label, Scale scale, List<double[]> numbers) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double[] each : numbers) {
            for (double number : each) {
                if (!Double.isFinite(number) || (scale == Scale.LOGARITHMIC && number <= TINY)) continue;
                low = Math.min(low, number);
                high = Math.max(high, number);
            }
        }
        if (low > high) return new Axis(label, scale, scale == Scale.LINEAR ? 0 : 0.1, 1);
        if (scale == Scale.LOGARITHMIC) {
            double room = Math.max(0.02 * (log10(high) - log10(low)), 0.05);
            return new Axis(label, scale, power(log10(low) - room), power(log10(high) + room));
        }
        if (low == high) {
            double half = low == 0 ? 1 : Math.abs(low) / 2;
            return new Axis(label, scale, low - half, high + half);
        }
        double step = step(low, high);
        return new Axis(label, scale, step * Math.floor(low / step + 1e-9), step * Math.ceil(high / step - 1e-9));
    }

    /// The same axis without room beyond its numbers, for steps and epochs.
    static Axis tight(String label, List<double[]> numbers) {
        Axis roomy = of(label, Scale.LINEAR, numbers);
        double low =
                numbers.stream().flatMapToDouble(java.util.Arrays::stream).min().orElse(roomy.from);
        double high =
                numbers.stream().flatMapToDouble(java.util.Arrays::stream).max().orElse(roomy.to);
        return low < high ? new Axis(label, Scale.LINEAR, low, high) : roomy;
    }

    /// Where a number is, from 0 at the lower end to 1; NaN for a number that has no place.
    double place(double number) {
        if (!Double.isFinite(number)) return Double.NaN;
        if (scale == Scale.LINEAR) return (number - from) / (to - from);
        return number > TINY ? (log10(number) - log10(from)) / (log10(to) - log10(from)) : Double.NaN;
    }

    /// The numbers to write, ascending.
    /// @param most how many at most; at least 2
    List<Double> ticks(int most) {
        return scale == Scale.LINEAR ? linearTicks(most) : logarithmicTicks(most);
    }

    private List<Double> linearTicks(int most) {
        double step = step(from, to);
        for (int i = 0; count(step) > Math.max(2, most) && i < 20; i++) step = step(0, step * 9.9);
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to + 1e-9 * step; i++) ticks.add(i * step);
        return ticks;
    }

    private double count(double step) {
        return Math.floor(to / step + 1e-9) - Math.ceil(from / step - 1e-9) + 1;
    }

    private List<Double> logarithmicTicks(int most) {
        int first = (int) Math.ceil(log10(from) - 1e-9);
        int last = (int) Math.floor(log10(to) + 1e-9);
        List<Double> ticks = new ArrayList<>();
        if (last - first >= 1) {
            int every = Math.max(1, Math.ceilDiv(last - first + 1, Math.max(2, most)));
            for (int power = first; power <= last; power += every) ticks.add(power(power));
            if (ticks.size() > 2 || most < 6) return ticks;
            ticks.clear();
        }
        for (int power = first - 1; power <= last; power++) {
            for (double digit : new double[] {1, 2, 5}) {
                double tick = digit * power(power);
                if (tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9)) ticks.add(tick);
            }
        }
        return ticks.size() > 1 ? ticks : List.of(from, to);
    }

    String text(double tick) {
        if (tick == 0) return "0";
        double size = Math.abs(tick);
        if (scale == Scale.LOGARITHMIC) {
            return size >= 1e-3 && size < 1e4 ? plain(tick, 3) : exponent(tick);
        }
        double largest = Math.max(Math.abs(from), Math.abs(to));
        if (largest >= 1e7 || largest < 1e-3) return exponent(tick);
        double step = step(from, to);
        int decimals = (int) Math.clamp(-Math.floor(log10(step) + 1e-9), 0, 8);
        return String.format(Locale.ROOT, "%,." + decimals + "f", tick);
    }

    private static String plain(double number, int digits) {
        String text = String.format(Locale.ROOT, "%." + (digits + 1) + "f", number);
        String bare = text.replaceFirst("0+$", "").replaceFirst("\\.$", "");
        return bare.isEmpty() ? "0" : bare;
    }

    private static String exponent(double number) {
        String text = String.format(Locale.ROOT, "%.2e", number);
        return text.replaceFirst("\\.?0+e", "e").replaceFirst("e\\+?(-?)0*(\\d)", "e$1$2");
    }

    /// The distance of ticks: 1, 2 or 5 times a power of ten, four to ten in the range.
    private static double step(double low, double high) {
        double rough = (high - low) / 5;
        double power = power((int) Math.floor(log10(rough)));
        double digit = rough / power;
        return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
    }

    private static double log10(double number) {
        return StrictMath.log10(number);
    }

    private static double power(double exponent) {
        return StrictMath.pow(10, exponent);
    }
}

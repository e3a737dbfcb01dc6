package dev.neurite.examples;

import dev.neurite.kernel.KeyedRandom;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// A made-up time series: the hourly demand for electricity of a town, `data/demand.csv`. It has a trend, a course of
/// the day that differs at the weekend, cold and warm weather that lasts for days and raises the demand, and noise
/// that lasts for hours. Made from a seed; it is nobody's data.
final class Demand {
    private static final LocalDateTime START = LocalDateTime.of(2026, 1, 1, 0, 0);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

    private Demand() {}

    /// The series as CSV: columns time, demand (MW) and temperature (degrees Celsius).
    /// @param hours how many lines
    static String csv(int hours, long seed) {
        var random = new KeyedRandom(seed);
        StringBuilder csv = new StringBuilder("time,demand,temperature\n");
        double weather = 0; // degrees above the usual, for days
        double unrest = 0; // MW above the usual, for hours
        for (int hour = 0; hour < hours; hour++) {
            LocalDateTime time = START.plusHours(hour);
            weather = 0.99 * weather + 0.45 * random.nextGaussian();
            unrest = 0.9 * unrest + 4 * random.nextGaussian();
            double temperature = 8 + 0.001 * hour + weather + 3 * wave(time.getHour() - 9, 24);
            boolean weekend = time.getDayOfWeek().getValue() > 5;
            double day = (weekend ? 45 : 70) * wave(time.getHour() - 8, 24)
                    + (weekend ? 15 : 35) * wave(time.getHour() - 5, 12);
            double heating = 4 * Math.max(0, 16 - temperature);
            double demand = 420 + 0.01 * hour + day - (weekend ? 50 : 0) + heating + unrest + 5 * random.nextGaussian();
            csv.append(String.format(Locale.ROOT, "%s,%.1f,%.1f%n", TIME.format(time), demand, temperature));
        }
        return csv.toString().replace(System.lineSeparator(), "\n");
    }

    private static double wave(double at, double period) {
        return StrictMath.sin(2 * StrictMath.PI * at / period);
    }
}

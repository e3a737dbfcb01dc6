package dev.neurite.charts;

import java.util.List;
import java.util.Locale;

/// A color of a chart and its name, by which a page's style sheet may replace the color.
/// @param name the class in SVG; empty for a color that stays as it is
/// @param rgb the color on white paper
/// @param opacity from 0 to 1
record Ink(String name, int rgb, double opacity) {
    static final Ink PAPER = new Ink("paper", 0xffffff, 1);
    static final Ink TEXT = new Ink("ink", 0x1a1a1a, 1);
    static final Ink SOFT = new Ink("soft", 0x595959, 1);
    static final Ink FAINT = new Ink("soft", 0x595959, 0.3);
    static final Ink AXIS = new Ink("axis", 0x767676, 1);
    static final Ink GRID = new Ink("grid", 0xdddddd, 1);

    /// Colors after Okabe and Ito 2002, "Color universal design", darkened to a contrast of at least 3 : 1 on white.
    private static final List<Ink> SERIES = List.of(
            new Ink("s0", 0x0072b2, 1),
            new Ink("s1", 0xc44e00, 1),
            new Ink("s2", 0x00805e, 1),
            new Ink("s3", 0xa0487c, 1),
            new Ink("s4", 0x8a6100, 1),
            new Ink("s5", 0x3f6f8f, 1),
            new Ink("s6", 0x333333, 1),
            new Ink("s7", 0x7a4fb5, 1));

    /// Dashes, so that lines differ without their colors.
    private static final List<List<Double>> DASHES = List.of(
            List.of(),
            List.of(7.0, 3.5),
            List.of(2.0, 2.5),
            List.of(9.0, 3.0, 2.0, 3.0),
            List.of(4.0, 2.0),
            List.of(12.0, 4.0),
            List.of(1.0, 3.0),
            List.of(9.0, 2.5, 2.0, 2.5, 2.0, 2.5));

    /// The color of a series, by its number from 0.
    static Ink series(int number) {
        return SERIES.get(number % SERIES.size());
    }

    /// The dashes of a series, by its number from 0; empty for a solid line.
    static List<Double> dashes(int number) {
        return DASHES.get(number % DASHES.size());
    }

    /// A shade of blue that does not depend on the style sheet.
    /// @param share from 0, white, to 1, dark blue
    static Ink shade(double share) {
        double part = Math.clamp(share, 0, 1);
        int red = (int) Math.round(0xff + part * (0x08 - 0xff));
        int green = (int) Math.round(0xff + part * (0x3d - 0xff));
        int blue = (int) Math.round(0xff + part * (0x77 - 0xff));
        return new Ink("", red << 16 | green << 8 | blue, 1);
    }

    /// The color of text on a shade: black or white, whichever has the higher contrast.
    static Ink on(Ink shade) {
        return new Ink("", shade.luminance() > 0.179 ? 0x000000 : 0xffffff, 1);
    }

    Ink withOpacity(double other) {
        return new Ink(name, rgb, other);
    }

    /// The color as `#0072b2`.
    String hex() {
        return String.format(Locale.ROOT, "#%06x", rgb);
    }

    /// The relative luminance of WCAG 2, from 0 to 1.
    double luminance() {
        return 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) + 0.0722 * linear(rgb & 0xff);
    }

    private static double linear(int channel) {
        double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : StrictMath.pow((c + 0.055) / 1.055, 2.4);
    }
}

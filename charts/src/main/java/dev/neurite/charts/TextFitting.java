package dev.neurite.charts;

import dev.neurite.error.Escapes;

/// Text that fits into a width. Widths are estimated with those of Helvetica, so that a layout is the same on all
/// machines, with any fonts.
final class TextFitting {
    private static final String NARROW = "iIljtfr.,:;'|!()[]{}/\\ -";
    private static final String WIDE = "mwMW@%&";
    private static final int FIRST_FULL_WIDTH = 0x1100; // Hangul and all later scripts, roughly

    private TextFitting() {}

    static double width(String text, double size) {
        return size * text.codePoints().mapToDouble(TextFitting::width).sum();
    }

    private static double width(int c) {
        if (NARROW.indexOf(c) >= 0) return 0.34;
        if (WIDE.indexOf(c) >= 0) return 0.89;
        if (c >= FIRST_FULL_WIDTH && Character.isLetter(c)) return 1;
        return Character.isUpperCase(c) ? 0.7 : 0.56;
    }

    /// The text, or its beginning with an ellipsis.
    static String shortened(String text, double size, double most) {
        String safe = Escapes.escape(text, "");
        if (width(safe, size) <= most) return safe;
        int[] points = safe.codePoints().toArray();
        int end = points.length;
        while (end > 0 && width(new String(points, 0, end) + "…", size) > most) end--;
        return new String(points, 0, end) + "…";
    }
}

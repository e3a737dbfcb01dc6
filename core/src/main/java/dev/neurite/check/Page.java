package dev.neurite.check;

import java.util.Locale;

/// Reports as text.
final class Page {
    private Page() {}

    /// Title and verdict, figures, findings.
    /// @param figures lines of text
    static String of(CheckReport report, String figures) {
        var page = new StringBuilder(report.title()).append(": ").append(report.verdict());
        page.append('\n').append(figures.stripTrailing().indent(2));
        for (Finding finding : report.findings()) page.append(finding.toString().indent(2));
        return page.toString().stripTrailing();
    }

    /// A figure with four decimals or, where these would say nothing, four digits.
    static String figure(double value) {
        double size = Math.abs(value);
        boolean plain = value == 0 || (size >= 1e-3 && size < 1e5) || !Double.isFinite(value);
        return String.format(Locale.ROOT, plain ? "%.4f" : "%.3e", value);
    }

    /// A figure of any size, with two digits.
    static String size(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}

package dev.neurite.check;

import java.util.Locale;

/// Formats reports as text.
final class Page {
    private Page() {}

    /// A report: title and verdict, measurements, findings.
    /// @param figures the measurements, as lines of text
    static String of(CheckReport report, String figures) {
        var page = new StringBuilder(report.title()).append(": ").append(report.verdict());
        page.append('\n').append(figures.stripTrailing().indent(2));
        for (Finding finding : report.findings()) page.append(finding.toString().indent(2));
        return page.toString().stripTrailing();
    }

    /// A number in scientific notation, with two digits.
    static String size(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}

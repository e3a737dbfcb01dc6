package dev.neurite.dashboard.report;

import dev.neurite.charts.Chart;
import dev.neurite.charts.Charts;
import dev.neurite.charts.Line;
import dev.neurite.charts.Scale;
import java.util.List;
import java.util.Optional;

/// The losses of the trials of a search by epoch.
/// @param part what they were measured on: `validation`
/// @param lines a line for each trial, the best first
public record LossLines(String part, List<Line> lines) {
    public LossLines {
        lines = List.copyOf(lines);
    }

    /// The chart; empty without trials.
    Optional<Chart> chart() {
        if (lines.isEmpty()) return Optional.empty();
        String loss = part + " loss";
        String title = loss.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + loss.substring(1) + " of the trials";
        Scale scale = Curves.isSteep(lines) ? Scale.LOGARITHMIC : Scale.LINEAR;
        return Optional.of(Charts.highlighted(title, "epoch", loss, scale, lines));
    }
}

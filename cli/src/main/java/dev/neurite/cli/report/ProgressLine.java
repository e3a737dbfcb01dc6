package dev.neurite.cli.report;

import dev.neurite.cli.console.Text;
import dev.neurite.model.TextTable;
import java.util.List;
import java.util.OptionalDouble;

/// The line that shows the progress within an epoch.
/// @param epoch the current epoch, from 1
/// @param epochs the number of epochs
/// @param batch the current batch of the epoch, from 1
/// @param batches the number of batches an epoch
/// @param loss the mean loss of the epoch so far
/// @param accuracy the mean accuracy of the epoch so far; empty without classes
/// @param secondsAStep the mean time of a step, without the first; 0 before the second step
record ProgressLine(
        int epoch, int epochs, int batch, int batches, double loss, OptionalDouble accuracy, double secondsAStep) {
    private static final int WIDEST_BAR = 30;
    private static final int NARROWEST_BAR = 5;

    /// The line in at most `columns` characters. If they are too few, less important parts are left out.
    /// @param unicode whether the bar may have characters beyond ASCII
    String render(int columns, boolean unicode) {
        String head = "epoch " + epoch + "/" + epochs + " ";
        String counts = Text.format(" %3d%% %d/%d", 100L * batch / batches, batch, batches);
        String figures = "  loss " + TextTable.number(loss)
                + (accuracy.isPresent() ? " acc " + TextTable.number(accuracy.getAsDouble()) : "");
        String rest = secondsAStep > 0 ? "  left " + clock(secondsLeft()) : "";
        String pace = secondsAStep > 0 ? "  " + pace() : "";
        for (String tail : List.of(counts + figures + pace + rest, counts + figures + rest, figures + rest, figures)) {
            int bar = Math.min(WIDEST_BAR, columns - head.length() - tail.length());
            if (bar >= NARROWEST_BAR) return head + bar(bar, unicode) + tail;
        }
        String plain = head + figures.strip();
        return plain.substring(0, Math.min(plain.length(), Math.max(0, columns)));
    }

    private String bar(int width, boolean unicode) {
        int full = (int) ((long) width * batch / batches);
        return unicode ? "━".repeat(full) + "─".repeat(width - full) : "#".repeat(full) + ".".repeat(width - full);
    }

    private double secondsLeft() {
        return ((double) (epochs - epoch) * batches + batches - batch) * secondsAStep;
    }

    private String pace() {
        double millis = secondsAStep * 1e3;
        return Text.format(millis < 10 ? "%.1f ms/step" : "%.0f ms/step", millis);
    }

    /// `4:05`, or with hours `1:04:05`.
    private static String clock(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600
                ? Text.format("%d:%02d", whole / 60, whole % 60)
                : Text.format("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}

package dev.neurite.cli.report;

import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.Arrays;
import java.util.Optional;

/// A row of Unicode blocks, higher for higher numbers: the losses of a training in one line.
public final class Sparkline {
    private static final String BLOCKS = "▁▂▃▄▅▆▇█";
    private static final char NONE = '·'; // for numbers that are not finite
    private static final int WIDEST = 40;

    private Sparkline() {}

    /// The losses of the epochs: `train ▇▅▂▁ 0.5102 to 0.1023   val ▇▆▅▄ 0.6001 to 0.3302`; empty for fewer than two
    /// epochs, or where the line has no room.
    /// @param measured the name of the data that is evaluated after each epoch: `val` or `test`
    /// @param columns the width of the terminal
    public static Optional<String> of(History history, String measured, int columns) {
        double[] training =
                history.epochs().stream().mapToDouble(EpochResult::loss).toArray();
        if (training.length < 2) return Optional.empty();
        double[] validation = history.epochs().stream()
                .mapToDouble(each -> each.validation().map(Evaluation::loss).orElse(Double.NaN))
                .toArray();
        boolean validated = Arrays.stream(validation).anyMatch(Double::isFinite);
        String before = "train ";
        String between = range(training) + "   " + measured + " ";
        int texts = before.length()
                + (validated
                        ? between.length() + range(validation).length()
                        : range(training).length());
        int room = (columns - texts) / (validated ? 2 : 1);
        if (room < 4) return Optional.empty();
        int width = Math.min(room, WIDEST);
        String line = before + of(training, width);
        return Optional.of(
                validated ? line + between + of(validation, width) + range(validation) : line + range(training));
    }

    private static String range(double[] values) {
        return " " + TextTable.number(values[0]) + " to " + TextTable.number(values[values.length - 1]);
    }

    /// The blocks of numbers; of more than `width` the means of parts of equal length.
    static String of(double[] numbers, int width) {
        double[] shown = new double[Math.min(width, numbers.length)];
        for (int i = 0; i < shown.length; i++) {
            int from = (int) ((long) i * numbers.length / shown.length);
            int to = (int) ((long) (i + 1) * numbers.length / shown.length);
            shown[i] = Arrays.stream(numbers, from, to)
                    .filter(Double::isFinite)
                    .average()
                    .orElse(Double.NaN);
        }
        double low = Arrays.stream(shown).filter(Double::isFinite).min().orElse(0);
        double high = Arrays.stream(shown).filter(Double::isFinite).max().orElse(0);
        var line = new StringBuilder();
        for (double each : shown) {
            double place = high > low ? (each - low) / (high - low) : 0.5;
            line.append(Double.isFinite(each) ? BLOCKS.charAt((int) Math.round(place * (BLOCKS.length() - 1))) : NONE);
        }
        return line.toString();
    }
}

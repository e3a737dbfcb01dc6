package dev.neurite.cli.report;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Text;
import dev.neurite.metric.Confusion;
import java.util.List;

/// The confusion matrix for a terminal with colors: the text of [EvaluationReport#matrix], its cells shaded by their
/// share of the row.
public final class ShadedMatrix {
    private static final String RESET = "\u001b[0m";

    /// From light to dark blue, with black or white text of a contrast of at least 4.5 : 1.
    private static final List<String> SHADES = List.of(
            "\u001b[38;5;16;48;5;153m",
            "\u001b[38;5;16;48;5;111m",
            "\u001b[38;5;16;48;5;75m",
            "\u001b[38;5;231;48;5;26m",
            "\u001b[38;5;231;48;5;18m");

    private ShadedMatrix() {}

    /// The matrix with control sequences, ready to be printed.
    public static String of(Confusion confusion) {
        int classes = confusion.classNames().size();
        int[] widths = new int[classes];
        for (int j = 0; j < classes; j++) {
            widths[j] = Integer.toString(j).length();
            for (int i = 0; i < classes; i++)
                widths[j] = Math.max(widths[j], count(confusion, i, j).length());
        }
        List<String> lines = EvaluationReport.matrix(confusion).lines().toList();
        int heads = lines.size() - classes;
        var text = new StringBuilder();
        for (int at = 0; at < lines.size(); at++) {
            if (at > 0) text.append('\n');
            String line = Console.printable(lines.get(at));
            text.append(at < heads ? line : shaded(line, confusion, at - heads, widths));
        }
        return text.toString();
    }

    private static String count(Confusion confusion, int truth, int prediction) {
        return Text.format("%,d", confusion.count(truth, prediction));
    }

    /// @param line a row of the matrix; the counts are at its end, each two spaces behind the one before
    private static String shaded(String line, Confusion confusion, int truth, int[] widths) {
        var cells = new StringBuilder();
        int end = line.length();
        for (int j = widths.length - 1; j >= 0; j--) {
            int from = end - widths[j];
            String cell = line.substring(from, end);
            long count = confusion.count(truth, j);
            if (count > 0) cell = shade((double) count / confusion.support(truth)) + cell + RESET;
            cells.insert(0, "  " + cell);
            end = from - 2;
        }
        return line.substring(0, end) + cells;
    }

    /// The root of the share: rare confusions are what one looks for.
    private static String shade(double share) {
        return SHADES.get(Math.clamp((int) (Math.sqrt(share) * SHADES.size()), 0, SHADES.size() - 1));
    }
}

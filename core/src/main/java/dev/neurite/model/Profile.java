package dev.neurite.model;

import java.util.List;
import java.util.Locale;

/// Where the time of a training went: a row for each layer and phase, in the order of a step. Its text
/// is a table for a fixed-width font.
///
/// Times are measured. FLOPs and bytes are computed from what layers declare and from the shapes of
/// tensors, see [Row].
/// @param rows the measurements; none without profiling
public record Profile(List<Row> rows) {
    /// A phase of a training step.
    public enum Phase {
        /// Making the batch.
        DATA,
        /// A layer's output.
        FORWARD,
        /// Computing the loss and δ.
        LOSS,
        /// A layer's gradients.
        BACKWARD,
        /// Checking that gradients are finite, and the optimizer.
        UPDATE,
        /// All other time: counting correct predictions, callbacks, the code of containers between
        /// their layers.
        OTHER;

        /// In lower case.
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One layer in one phase.
    ///
    /// | phase | FLOPs | bytes of |
    /// |---|---|---|
    /// | data | none | inputs |
    /// | forward | 2 for each declared multiplication | inputs, outputs, parameters |
    /// | loss | not counted | outputs, δ |
    /// | backward | as forward, for each of dW and dx that is computed | δ, inputs, parameters, dW, dx |
    /// | update | about 2 for each parameter and 4 for each of its slots | parameters and slots twice, dW |
    ///
    /// @param layer the layer's path; empty for time that belongs to no layer
    /// @param phase the phase
    /// @param calls the number of calls; 0 for the phase other
    /// @param nanoseconds its own time, without that of the layers inside it
    /// @param flops floating-point operations of all calls together
    /// @param bytes bytes that all calls together read and wrote at least, 4 for a number
    public record Row(String layer, Phase phase, long calls, long nanoseconds, long flops, long bytes) {
        /// GFLOP/s: floating-point operations for each nanosecond; 0 for a time of 0.
        public double gflops() {
            return rate(flops, nanoseconds);
        }
    }

    public Profile {
        rows = List.copyOf(rows);
    }

    /// The time of all rows, in nanoseconds.
    public long nanoseconds() {
        return rows.stream().mapToLong(Row::nanoseconds).sum();
    }

    /// The share of a row in the whole time, from 0 to 1.
    public double share(Row row) {
        return row.nanoseconds() == 0 ? 0 : (double) row.nanoseconds() / nanoseconds();
    }

    @Override
    public String toString() {
        var table = new TextTable("-layer", "-phase", "calls", "ms", "share", "GFLOP/s", "MB", "GB/s");
        for (Row row : rows) {
            table.add(
                    row.layer(),
                    row.phase().toString(),
                    row.calls() == 0 ? "" : format("%,d", row.calls()),
                    format("%,.2f", row.nanoseconds() * 1e-6),
                    format("%.1f%%", 100 * share(row)),
                    row.flops() == 0 ? "" : format("%.1f", row.gflops()),
                    row.bytes() == 0 ? "" : format("%,.1f", row.bytes() * 1e-6),
                    row.bytes() == 0 ? "" : format("%.1f", rate(row.bytes(), row.nanoseconds())));
        }
        long flops = rows.stream().mapToLong(Row::flops).sum();
        return table
                + format("total %,.2f ms", nanoseconds() * 1e-6)
                + format(", %.1f GFLOP/s", rate(flops, nanoseconds()));
    }

    private static double rate(long amount, long nanoseconds) {
        return nanoseconds == 0 ? 0 : (double) amount / nanoseconds;
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static String format(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }
}

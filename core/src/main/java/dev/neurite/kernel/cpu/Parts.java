package dev.neurite.kernel.cpu;

import java.util.function.IntConsumer;

/// A range of elements, rows or channels, divided into equal parts that threads compute in
/// parallel. Reused for each call, so that a call allocates nothing.
public final class Parts implements IntConsumer {
    /// Computes a part of the range.
    public interface Code {
        /// From `begin` (inclusive) to `end` (exclusive).
        void compute(int begin, int end);
    }

    private final Code code;
    private int from;
    private int to;
    private int step;

    /// Parts that are computed by this code.
    public Parts(Code code) {
        this.code = code;
    }

    /// Computes `start` to `end` in at most this many parts, on these threads.
    /// @param multiple the size of a part is a multiple of this
    public void run(int start, int end, int parts, int multiple, Workers workers) {
        from = start;
        to = end;
        long even = Math.ceilDiv(end - start, parts);
        step = (int) Math.min(Math.max(1, end - start), Math.max(multiple, Math.ceilDiv(even, multiple) * multiple));
        if (step < end - start) workers.run(Math.ceilDiv(end - start, step), this);
        else if (start < end) code.compute(start, end);
    }

    @Override
    public void accept(int part) {
        int begin = from + part * step;
        code.compute(begin, begin + Math.min(to - begin, step)); // begin + step may overflow
    }
}

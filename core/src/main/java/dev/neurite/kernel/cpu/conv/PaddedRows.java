package dev.neurite.kernel.cpu.conv;

import java.util.Arrays;

/// Copies rows of a plane, or of a block of planes, with zeros where they reach beyond it.
final class PaddedRows {
    private PaddedRows() {}

    /// Copies rows `first` to `first + rows` of a plane `[height × width]` from index `plane` on.
    /// @param pixel the floats of a pixel: those of a block of channels, or 1
    /// @param left the column of the copy for the first one of the plane
    /// @param columns the columns of the copy, which begins at index o
    static void copy(
            float[] from,
            int plane,
            int height,
            int width,
            int pixel,
            int first,
            int rows,
            int left,
            int columns,
            float[] to,
            int o) {
        int begin = Math.clamp(-first, 0, rows);
        int end = Math.clamp(height - first, begin, rows);
        int pitch = columns * pixel;
        int lo = Math.min(left, columns) * pixel;
        int n = Math.min(width * pixel, pitch - lo);
        Arrays.fill(to, o, o + begin * pitch, 0);
        for (int i = begin; i < end; i++) {
            int row = o + i * pitch;
            Arrays.fill(to, row, row + lo, 0);
            System.arraycopy(from, plane + (first + i) * width * pixel, to, row + lo, n);
            Arrays.fill(to, row + lo + n, row + pitch, 0);
        }
        Arrays.fill(to, o + end * pitch, o + rows * pitch, 0);
    }
}

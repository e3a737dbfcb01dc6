package dev.neurite.check;

import dev.neurite.data.Dataset;
import java.util.stream.IntStream;

/// Samples rows of a data set.
final class Rows {
    private Rows() {}

    /// At most this many rows, evenly spaced, so that data sorted by class yields rows of all classes.
    static Dataset spread(Dataset data, int most) {
        if (data.size() <= most) return data;
        return data.rows(IntStream.range(0, most)
                .map(i -> (int) ((long) i * data.size() / most))
                .toArray());
    }
}

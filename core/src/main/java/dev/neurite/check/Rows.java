package dev.neurite.check;

import dev.neurite.data.Dataset;
import java.util.stream.IntStream;

/// Some rows that stand for a data set.
final class Rows {
    private Rows() {}

    /// At most so many rows at even distances, so that data sorted by their answers give some of each.
    static Dataset spread(Dataset data, int most) {
        if (data.size() <= most) return data;
        return data.rows(IntStream.range(0, most)
                .map(i -> (int) ((long) i * data.size() / most))
                .toArray());
    }
}

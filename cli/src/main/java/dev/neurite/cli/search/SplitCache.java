package dev.neurite.cli.search;

import dev.neurite.data.DataSplit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// A cache of the splits of the last few data configurations, each read on first use. Older ones are read again.
final class SplitCache {
    private final SequencedMap<String, List<DataSplit>> byKey = new LinkedHashMap<>(); // least recently used first
    private final int most;

    /// @param most the number of variants to keep
    SplitCache(int most) {
        this.most = most;
    }

    /// The splits of a variant.
    /// @param key of the variant
    synchronized List<DataSplit> get(String key, Supplier<List<DataSplit>> read) {
        List<DataSplit> known = byKey.remove(key);
        while (known == null && byKey.size() >= most) byKey.pollFirstEntry(); // before the next is read
        List<DataSplit> splits = known == null ? read.get() : known;
        byKey.putLast(key, splits);
        return splits;
    }
}

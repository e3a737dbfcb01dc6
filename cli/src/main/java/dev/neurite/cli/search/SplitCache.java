package dev.neurite.cli.search;

import dev.neurite.cli.input.LoadedData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// A cache of the splits of the last few data configurations, each read on first use. Older ones are read again.
final class SplitCache {
    private final SequencedMap<String, List<LoadedData>> byKey = new LinkedHashMap<>(); // least recently used first
    private final int most;

    /// @param most the number of variants to keep
    SplitCache(int most) {
        this.most = most;
    }

    /// The splits of a variant.
    /// @param key of the variant
    synchronized List<LoadedData> get(String key, Supplier<List<LoadedData>> read) {
        List<LoadedData> known = byKey.remove(key);
        while (known == null && byKey.size() >= most) byKey.pollFirstEntry(); // before the next is read
        List<LoadedData> splits = known == null ? read.get() : known;
        byKey.putLast(key, splits);
        return splits;
    }
}

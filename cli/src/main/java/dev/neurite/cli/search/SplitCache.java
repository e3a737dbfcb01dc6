package dev.neurite.cli.search;

import dev.neurite.data.DataSplit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// The data of the last few variants of a configuration, each read when it is first asked for; older ones are read
/// again.
final class SplitCache {
    private final SequencedMap<String, List<DataSplit>> byKey = new LinkedHashMap<>(); // the last used last
    private final int most;

    /// @param most how many variants are kept
    SplitCache(int most) {
        this.most = most;
    }

    /// The splits of a variant.
    /// @param key what tells it from others
    synchronized List<DataSplit> get(String key, Supplier<List<DataSplit>> read) {
        List<DataSplit> known = byKey.remove(key);
        while (known == null && byKey.size() >= most) byKey.pollFirstEntry(); // before there are more
        List<DataSplit> splits = known == null ? read.get() : known;
        byKey.putLast(key, splits);
        return splits;
    }
}

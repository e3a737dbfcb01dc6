package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Oversampling: repeats rows of rare classes until all classes have the same number of rows.
final class Balancing {
    private Balancing() {}

    /// The row numbers of a balanced data set: all rows in order, then the repeated ones, shuffled.
    static int[] rows(Dataset data, long seed) {
        if (!data.hasLabelPerRow()) {
            throw new ConfigException(
                    "balanced data",
                    "expects rows with class labels, got "
                            + (data.isLabeled() ? "a label for each position" : "target values"));
        }
        List<List<Integer>> groups = DataSplit.groups(data, seed);
        int classes = data.classNames().size();
        int most =
                groups.subList(0, classes).stream().mapToInt(List::size).max().orElse(0);
        List<Integer> again = new ArrayList<>();
        for (List<Integer> group : groups.subList(0, classes)) {
            // Repeats the whole group as often as it fits, then its first rows; the group is shuffled.
            for (int i = group.size(); i < most && !group.isEmpty(); i++) again.add(group.get(i % group.size()));
        }
        int[] order = new KeyedRandom(seed, 1).permutation(again.size());
        int[] rows = Arrays.copyOf(IntStream.range(0, data.size()).toArray(), Math.addExact(data.size(), again.size()));
        for (int i = 0; i < order.length; i++) rows[data.size() + i] = again.get(order[i]);
        return rows;
    }
}

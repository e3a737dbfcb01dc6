package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Repeats rows of rarer classes.
final class Balancing {
    private Balancing() {}

    /// All rows in their order, and after them those that are there again, in an order of their own.
    static int[] rows(Dataset data, long seed) {
        if (!data.isLabeled()) {
            throw new ConfigException("balanced data", "expects rows with class labels, got answers that are values");
        }
        List<List<Integer>> groups = DataSplit.groups(data, seed);
        int classes = data.classNames().size();
        int most =
                groups.subList(0, classes).stream().mapToInt(List::size).max().orElse(0);
        List<Integer> again = new ArrayList<>();
        for (List<Integer> group : groups.subList(0, classes)) {
            // Whole rounds, and of the last one the rows that a shuffled order begins with.
            for (int i = group.size(); i < most && !group.isEmpty(); i++) again.add(group.get(i % group.size()));
        }
        int[] order = new KeyedRandom(seed, 1).permutation(again.size());
        int[] rows = Arrays.copyOf(IntStream.range(0, data.size()).toArray(), Math.addExact(data.size(), again.size()));
        for (int i = 0; i < order.length; i++) rows[data.size() + i] = again.get(order[i]);
        return rows;
    }
}

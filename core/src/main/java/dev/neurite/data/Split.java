package dev.neurite.data;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;

/// Data to learn from and data to test with.
public record Split(Dataset train, Dataset test) {
    /// Parts a data set in two, the same way for the same seed. Class labels keep their proportions in both parts.
    /// @param testShare the share of rows to test with, above 0 and below 1; each part gets at least one row
    public static Split of(Dataset data, double testShare, long seed) {
        if (!(testShare > 0 && testShare < 1)) {
            throw new ConfigException("test share", "expects a number above 0 and below 1, got " + testShare);
        }
        if (data.size() < 2) throw new ConfigException("split", "expects at least 2 rows, got " + data.size());
        List<Integer> train = new ArrayList<>();
        List<Integer> test = new ArrayList<>();
        int[] order = Shuffle.permutation(data.size(), seed);
        int[] seen = new int[Math.max(1, data.classNames().size())];
        for (int row : order) {
            int group = data.isLabeled() ? data.label(row) : 0;
            // Every group's k-th row goes to the test part when k·share passes a whole number.
            long before = Math.round(seen[group] * testShare);
            long after = Math.round(++seen[group] * testShare);
            (after > before ? test : train).add(row);
        }
        if (test.isEmpty()) test.add(train.removeLast());
        if (train.isEmpty()) train.add(test.removeLast());
        return new Split(pick(data, train), pick(data, test));
    }

    private static Dataset pick(Dataset data, List<Integer> rows) {
        return data.rows(rows.stream().sorted().mapToInt(Integer::intValue).toArray());
    }
}

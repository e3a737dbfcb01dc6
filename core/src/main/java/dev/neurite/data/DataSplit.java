package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;
import java.util.ArrayList;
import java.util.List;

/// Data to learn from and data to test with.
public record DataSplit(Dataset train, Dataset test) {
    /// DataParts a data set in two, the same way for the same seed. Class labels keep their proportions in
    /// both parts, as do rows that lack one.
    /// @param testShare the share of rows to test with, above 0 and below 1; each part gets at least one
    /// row
    public static DataSplit of(Dataset data, double testShare, long seed) {
        int classes = data.classNames().size();
        RowSplit parts = RowSplit.stratified(
                data.size(),
                row -> {
                    int label = data.isLabeled() ? data.label(row) : classes;
                    return label >= 0 && label < classes ? label : classes; // the last: without a class
                },
                classes + 1,
                testShare,
                seed);
        return new DataSplit(data.rows(parts.train()), data.rows(parts.test()));
    }

    /// DataParts a data set in k folds, the same way for the same seed, and tests with each of them once:
    /// what cross-validation needs. Each row is in one test part, and the numbers of rows of a class in
    /// the test parts differ by at most 1, as do those of all rows.
    /// @param k how many, from 2 to the number of rows
    /// @return for each fold, what is not in it to learn from and what is to test with
    /// @throws ConfigException for another number
    public static List<DataSplit> kFold(Dataset data, int k, long seed) {
        if (k < 2 || k > data.size()) {
            throw new ConfigException(
                    "folds", "expects a number from 2 to that of the rows, " + data.size() + ", got " + k);
        }
        List<List<Integer>> folds = new ArrayList<>();
        for (int i = 0; i < k; i++) folds.add(new ArrayList<>());
        int dealt = 0;
        for (List<Integer> group : groups(data, seed)) {
            for (int row : group) folds.get(dealt++ % k).add(row);
        }
        List<DataSplit> splits = new ArrayList<>();
        for (int i = 0; i < k; i++) {
            List<Integer> train = new ArrayList<>();
            for (int other = 0; other < k; other++) if (other != i) train.addAll(folds.get(other));
            splits.add(new DataSplit(pick(data, train), pick(data, folds.get(i))));
        }
        return List.copyOf(splits);
    }

    /// The rows of each class in an order of the seed, and last those without a class.
    static List<List<Integer>> groups(Dataset data, long seed) {
        List<List<Integer>> groups = new ArrayList<>();
        int classes = data.classNames().size();
        for (int i = 0; i <= classes; i++) groups.add(new ArrayList<>());
        for (int row : new KeyedRandom(seed).permutation(data.size())) {
            int label = data.isLabeled() ? data.label(row) : classes;
            groups.get(label >= 0 && label < classes ? label : classes).add(row);
        }
        return groups;
    }

    private static Dataset pick(Dataset data, List<Integer> rows) {
        return data.rows(rows.stream().sorted().mapToInt(Integer::intValue).toArray());
    }
}

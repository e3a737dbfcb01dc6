package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.KeyedRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Data to learn from and data to test with.
public record DataSplit(Dataset train, Dataset test) {
    /// Splits a data set in two, the same way for the same seed. Class labels keep their proportions in
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

    /// Splits a data set in k folds, the same way for the same seed, and tests with each of them once:
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

    /// Splits a data set so that all rows of a group, as of a patient, are in the same part, the same way for the same
    /// seed.
    /// @param groups the group of each row, any numbers
    /// @param testShare the share of test rows, above 0 and below 1, met as closely as whole groups allow
    /// @throws DataException for another number of groups than rows, or rows of a single group
    public static DataSplit grouped(Dataset data, int[] groups, double testShare, long seed) {
        if (groups.length != data.size()) {
            throw new DataException("groups", "expects one for each of " + data.size() + " rows, got " + groups.length);
        }
        int[] different = Arrays.stream(groups).distinct().sorted().toArray();
        int[] numbered = Arrays.stream(groups)
                .map(group -> Arrays.binarySearch(different, group))
                .toArray();
        return of(data, RowSplit.grouped(numbered, testShare, seed));
    }

    /// Splits a data set whose rows are ordered in time: the last ones are for testing.
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    public static DataSplit ordered(Dataset data, double testShare) {
        return of(data, RowSplit.ordered(data.size(), testShare));
    }

    /// The parts of a data set that have these rows.
    public static DataSplit of(Dataset data, RowSplit rows) {
        return new DataSplit(data.rows(rows.train()), data.rows(rows.test()));
    }

    private static Dataset pick(Dataset data, List<Integer> rows) {
        return data.rows(rows.stream().sorted().mapToInt(Integer::intValue).toArray());
    }
}

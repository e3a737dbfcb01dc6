package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Training data and test data.
///
/// <!-- Snippets#split -->
/// ```java
/// DataSplit iris = Iris.load(); //                                    a training and a test part
/// DataSplit halves = DataSplit.of(iris.train(), 0.5, 1); //           at random, by seed 1
/// List<DataSplit> folds = DataSplit.kFold(iris.train(), 5, 1); //     for cross-validation
/// ```
public record DataSplit(Dataset train, Dataset test) {
    /// Splits a data set at random, the same way for the same seed. Classes keep their proportions in
    /// both parts, and so do rows without a label.
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    public static DataSplit of(Dataset data, double testShare, long seed) {
        int classes = data.classNames().size();
        RowSplit parts = RowSplit.stratified(
                data.size(),
                row -> {
                    int label = data.hasLabelPerRow() ? data.label(row) : classes;
                    return label >= 0 && label < classes ? label : classes; // the last group: rows without a label
                },
                classes + 1,
                testShare,
                seed);
        return new DataSplit(data.rows(parts.train()), data.rows(parts.test()));
    }

    /// Splits a data set into k stratified folds for cross-validation, the same way for the same seed.
    /// Each row is in exactly one test part. The numbers of rows in the test parts differ by at most 1,
    /// in total and for each class.
    /// @param k the number of folds, from 2 to the number of rows
    /// @return for each fold, the other folds as training data and the fold as test data
    /// @throws ConfigException for another number
    public static List<DataSplit> kFold(Dataset data, int k, long seed) {
        if (k < 2 || k > data.size()) {
            throw new ConfigException(
                    "folds", "expects a number from 2 to the number of rows, " + data.size() + ", got " + k);
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

    /// The shuffled rows of each class, by label, and last those without a label.
    static List<List<Integer>> groups(Dataset data, long seed) {
        List<List<Integer>> groups = new ArrayList<>();
        int classes = data.classNames().size();
        for (int i = 0; i <= classes; i++) groups.add(new ArrayList<>());
        for (int row : new KeyedRandom(seed).permutation(data.size())) {
            int label = data.hasLabelPerRow() ? data.label(row) : classes;
            groups.get(label >= 0 && label < classes ? label : classes).add(row);
        }
        return groups;
    }

    /// Splits a data set so that all rows of a group, such as a patient, are in the same part, the same
    /// way for the same seed.
    /// @param groups the group of each row, any numbers
    /// @param testShare the share of test rows, above 0 and below 1, met as closely as whole groups allow
    /// @throws DataException unless there is a group for each row and at least two groups
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

    /// Splits a data set whose rows are ordered in time: the last rows are the test part.
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    public static DataSplit ordered(Dataset data, double testShare) {
        return of(data, RowSplit.ordered(data.size(), testShare));
    }

    /// Both parts with inputs of another shape and as many numbers, such as images for rows of pixels.
    /// @throws dev.neurite.error.ShapeException for another number of them
    public DataSplit withInputShape(Shape shape) {
        return new DataSplit(train.withInputShape(shape), test.withInputShape(shape));
    }

    /// Splits a data set by row numbers.
    public static DataSplit of(Dataset data, RowSplit rows) {
        return new DataSplit(data.rows(rows.train()), data.rows(rows.test()));
    }

    private static Dataset pick(Dataset data, List<Integer> rows) {
        return data.rows(rows.stream().sorted().mapToInt(Integer::intValue).toArray());
    }
}

package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.KeyedRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// The row numbers of a training and a test part, each in ascending order. [DataSplit] and table splits
/// are made from it.
public final class RowSplit {
    private final int[] train;
    private final int[] test;

    private RowSplit(boolean[] test) {
        this.train = IntStream.range(0, test.length).filter(row -> !test[row]).toArray();
        this.test = IntStream.range(0, test.length).filter(row -> test[row]).toArray();
    }

    public int[] train() {
        return train.clone();
    }

    public int[] test() {
        return test.clone();
    }

    /// A split with these test rows.
    /// @param rows the number of all rows
    /// @param test the numbers of the test rows; all others are training rows
    public static RowSplit of(int rows, int... test) {
        boolean[] tested = new boolean[rows];
        for (int row : test) tested[row] = true;
        return new RowSplit(tested);
    }

    /// Splits rows at random, the same way for the same seed.
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    /// @throws ConfigException for another share
    /// @throws DataException for fewer than 2 rows
    public static RowSplit random(int rows, double testShare, long seed) {
        return stratified(rows, _ -> 0, 1, testShare, seed);
    }

    /// Splits rows at random so that classes keep their proportions, the same way for the same seed.
    /// @param of returns the class of a row, from 0
    /// @param classes the number of classes
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    /// @throws ConfigException for another share
    /// @throws DataException for fewer than 2 rows
    public static RowSplit stratified(int rows, IntUnaryOperator of, int classes, double testShare, long seed) {
        check(rows, testShare);
        int[] sizes = new int[classes];
        for (int row = 0; row < rows; row++) sizes[of.applyAsInt(row)]++;
        int[] left = quotas(sizes, testShare, rows);
        boolean[] test = new boolean[rows];
        for (int row : new KeyedRandom(seed).permutation(rows)) {
            int its = of.applyAsInt(row);
            if (left[its] == 0) continue;
            left[its]--;
            test[row] = true;
        }
        return new RowSplit(test);
    }

    /// Splits rows at random so that all rows of a group, such as a patient, are in the same part, see
    /// [RowGroups#test].
    /// @param groupOf the group of each row, from 0
    /// @param testShare the share of test rows, above 0 and below 1, met as closely as whole groups allow;
    /// each part gets at least one group
    /// @throws ConfigException for another share
    /// @throws DataException for rows of a single group
    public static RowSplit grouped(int[] groupOf, double testShare, long seed) {
        return of(groupOf.length, new RowGroups(groupOf).test(testShare, seed));
    }

    /// Splits rows that are ordered in time: the last rows are the test part.
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    /// @throws ConfigException for another share
    /// @throws DataException for fewer than 2 rows
    public static RowSplit ordered(int rows, double testShare) {
        check(rows, testShare);
        boolean[] test = new boolean[rows];
        Arrays.fill(test, rows - wanted(rows, testShare), rows, true);
        return new RowSplit(test);
    }

    private static void check(int rows, double testShare) {
        if (!(testShare > 0 && testShare < 1)) {
            throw new ConfigException("test share", "expects a number above 0 and below 1, got " + testShare);
        }
        if (rows < 2) throw new DataException("split", "expects at least 2 rows, got " + rows);
    }

    private static int wanted(int rows, double testShare) {
        return (int) Math.min(rows - 1L, Math.max(1, Math.round(rows * testShare)));
    }

    /// The number of test rows of each class: its share rounded down, and one more for the classes with
    /// the largest remainders until the total is met (Hamilton's method).
    private static int[] quotas(int[] sizes, double share, int rows) {
        int wanted = wanted(rows, share);
        int[] quotas = Arrays.stream(sizes).map(size -> (int) (size * share)).toArray();
        int[] byRemainder = IntStream.range(0, quotas.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> quotas[i] - sizes[i] * share))
                .mapToInt(Integer::intValue)
                .toArray();
        int dealt = Arrays.stream(quotas).sum();
        // Each class keeps one row in the training part if the total can be met so.
        int most = Arrays.stream(sizes).map(size -> Math.max(0, size - 1)).sum();
        int kept = wanted <= most ? 1 : 0;
        for (int i = 0; dealt < wanted; i = (i + 1) % quotas.length) {
            int group = byRemainder[i];
            if (quotas[group] >= sizes[group] - kept) continue;
            quotas[group]++;
            dealt++;
        }
        return quotas;
    }
}

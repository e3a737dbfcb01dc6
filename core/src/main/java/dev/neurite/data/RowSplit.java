package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.KeyedRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// Row numbers split into training and test rows, each in ascending order: what a [DataSplit], or the split of a table,
/// is made from.
public final class RowSplit {
    private final int[] train;
    private final int[] test;

    private RowSplit(boolean[] test) {
        this.train = IntStream.range(0, test.length).filter(row -> !test[row]).toArray();
        this.test = IntStream.range(0, test.length).filter(row -> test[row]).toArray();
    }

    /// The numbers of the training rows.
    public int[] train() {
        return train.clone();
    }

    /// The numbers of the test rows.
    public int[] test() {
        return test.clone();
    }

    /// These rows for testing, the others for training.
    /// @param rows how many there are in all
    /// @param test numbers below it
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
    /// @param of the class of a row, from 0
    /// @param classes how many there are
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

    /// Splits rows at random so that all rows of a group, as of a patient, are in the same part, as [RowGroups#test]
    /// chooses them.
    /// @param groupOf the group of each row, from 0
    /// @param testShare the share of test rows, above 0 and below 1, met as closely as whole groups allow;
    /// each part gets at least one group
    /// @throws ConfigException for another share
    /// @throws DataException for rows of a single group
    public static RowSplit grouped(int[] groupOf, double testShare, long seed) {
        return of(groupOf.length, new RowGroups(groupOf).test(testShare, seed));
    }

    /// Splits rows that are ordered in time: the last ones are for testing.
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

    /// How many rows of each class are for testing: its share rounded down, and one more for those with the
    /// largest remainders, until the shares of all classes add up (Hamilton's method).
    private static int[] quotas(int[] sizes, double share, int rows) {
        int wanted = wanted(rows, share);
        int[] quotas = Arrays.stream(sizes).map(size -> (int) (size * share)).toArray();
        int[] byRemainder = IntStream.range(0, quotas.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> quotas[i] - sizes[i] * share))
                .mapToInt(Integer::intValue)
                .toArray();
        int dealt = Arrays.stream(quotas).sum();
        // A class keeps its last row to train on, as long as others have rows to test with.
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

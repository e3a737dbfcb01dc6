package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// The numbers of rows in two parts, each in ascending order.
record RowSplit(IntStream train, IntStream test) {
    /// Parts rows so that groups keep their proportions, the same way for the same seed.
    /// @param group of a row, from 0
    static RowSplit of(int rows, IntUnaryOperator group, int groups, double share, long seed) {
        if (!(share > 0 && share < 1)) {
            throw new ConfigException("test share", "expects a number above 0 and below 1, got " + share);
        }
        if (rows < 2) throw new DataException("split", "expects at least 2 rows, got " + rows);
        int[] sizes = new int[groups];
        for (int row = 0; row < rows; row++) sizes[group.applyAsInt(row)]++;
        int[] left = quotas(sizes, share, rows);
        boolean[] test = new boolean[rows];
        for (int row : Shuffle.permutation(rows, seed)) {
            int of = group.applyAsInt(row);
            if (left[of] == 0) continue;
            left[of]--;
            test[row] = true;
        }
        return new RowSplit(
                IntStream.range(0, rows).filter(row -> !test[row]),
                IntStream.range(0, rows).filter(row -> test[row]));
    }

    /// How many rows of each group are for testing: its share rounded down, and one more for those with the
    /// largest remainders, until the shares of all groups add up (Hamilton's method).
    private static int[] quotas(int[] sizes, double share, int rows) {
        int wanted = (int) Math.min(rows - 1L, Math.max(1, Math.round(rows * share)));
        int[] quotas = Arrays.stream(sizes).map(size -> (int) (size * share)).toArray();
        int[] byRemainder = IntStream.range(0, quotas.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> quotas[i] - sizes[i] * share))
                .mapToInt(Integer::intValue)
                .toArray();
        int given = Arrays.stream(quotas).sum();
        // A group keeps its last row to learn from, as long as others have rows to give.
        int most = Arrays.stream(sizes).map(size -> Math.max(0, size - 1)).sum();
        int kept = wanted <= most ? 1 : 0;
        for (int i = 0; given < wanted; i = (i + 1) % quotas.length) {
            int group = byRemainder[i];
            if (quotas[group] >= sizes[group] - kept) continue;
            quotas[group]++;
            given++;
        }
        return quotas;
    }
}

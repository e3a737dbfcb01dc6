package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.KeyedRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Groups of rows that splits keep together, such as the visits of one patient: a test on patients from
/// the training part says little about new patients.
public final class RowGroups {
    private final int[] groupOf;
    private final int[] sizes;

    /// @param groupOf the group of each row, from 0; copied
    /// @throws DataException for a number below 0
    public RowGroups(int... groupOf) {
        for (int row = 0; row < groupOf.length; row++) {
            if (groupOf[row] < 0) {
                throw new DataException("row " + row, "expects a group from 0, got " + groupOf[row]);
            }
        }
        this.groupOf = groupOf.clone();
        sizes = new int[Arrays.stream(groupOf).max().orElse(-1) + 1];
        for (int group : groupOf) sizes[group]++;
    }

    /// The number of groups that have rows.
    public int count() {
        return (int) Arrays.stream(sizes).filter(size -> size > 0).count();
    }

    /// Draws whole groups as test rows, the same for the same seed: at least one group, never all.
    ///
    /// @param share the share of test rows, above 0 and below 1, met as closely as whole groups allow
    /// @return the numbers of the test rows, in ascending order
    /// @throws ConfigException for another share
    /// @throws DataException for fewer than two groups
    public int[] test(double share, long seed) {
        if (!(share > 0 && share < 1)) {
            throw new ConfigException("test share", "expects a number above 0 and below 1, got " + share);
        }
        requireGroups(2);
        double wanted = groupOf.length * share;
        boolean[] test = new boolean[sizes.length];
        int taken = 0;
        int left = count();
        int smallest = -1;
        for (int group : shuffled(seed)) {
            if (smallest < 0 || sizes[group] < sizes[smallest]) smallest = group;
            boolean closer = Math.abs(taken + sizes[group] - wanted) < Math.abs(taken - wanted);
            if (!closer || left == 1) continue;
            test[group] = true;
            taken += sizes[group];
            left--;
        }
        if (taken == 0) test[smallest] = true;
        return rows(test);
    }

    /// Splits the rows into k folds of whole groups and about equal size, the same for the same seed.
    /// @param k the number of folds, from 2 to the number of groups
    /// @return the numbers of each fold's rows, in ascending order
    /// @throws ConfigException for another number
    public List<int[]> folds(int k, long seed) {
        if (k < 2 || k > count()) {
            throw new ConfigException("folds", "expects 2 to the number of groups, " + count() + ", got " + k);
        }
        int[] rows = new int[k];
        boolean[][] folds = new boolean[k][sizes.length];
        shuffled(seed).stream()
                .sorted(Comparator.comparingInt(group -> -sizes[group]))
                .forEach(group -> {
                    int fewest = IntStream.range(0, k)
                            .boxed()
                            .min(Comparator.comparingInt(fold -> rows[fold]))
                            .orElseThrow();
                    folds[fewest][group] = true;
                    rows[fewest] += sizes[group];
                });
        return Arrays.stream(folds).map(this::rows).toList();
    }

    private void requireGroups(int least) {
        if (count() < least) {
            throw new DataException("groups", "expects at least " + least + " groups of rows, got " + count());
        }
    }

    private List<Integer> shuffled(long seed) {
        var random = new KeyedRandom(seed);
        List<Integer> groups = new ArrayList<>();
        for (int group = 0; group < sizes.length; group++) {
            if (sizes[group] == 0) continue;
            groups.add(random.below(groups.size() + 1), group);
        }
        return groups;
    }

    private int[] rows(boolean[] groups) {
        return IntStream.range(0, groupOf.length)
                .filter(row -> groups[groupOf[row]])
                .toArray();
    }
}

package dev.neurite.cli;

import dev.neurite.data.Dataset;
import dev.neurite.data.Split;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Parts for cross-validation.
final class Folds {
    private Folds() {}

    /// As many splits as folds: each has another fold to test with and the others to learn from. The numbers of rows of
    /// a class in the folds differ by at most 1, as do those of all rows.
    /// @throws ConfigException for more folds than rows
    static List<Split> of(Dataset data, int folds, long seed) {
        if (folds > data.size()) {
            throw new ConfigException(
                    "--folds", "expects at most the " + data.size() + " rows that there are, got " + folds);
        }
        int[] foldOf = new int[data.size()];
        int dealt = 0;
        for (List<Integer> group : groups(data, seed)) {
            for (int row : group) foldOf[row] = dealt++ % folds;
        }
        return IntStream.range(0, folds)
                .mapToObj(fold -> new Split(rows(data, foldOf, fold, false), rows(data, foldOf, fold, true)))
                .toList();
    }

    private static Dataset rows(Dataset data, int[] foldOf, int fold, boolean inside) {
        return data.rows(IntStream.range(0, foldOf.length)
                .filter(row -> (foldOf[row] == fold) == inside)
                .toArray());
    }

    /// The rows of each class in an order of the seed, and last those without a class.
    private static List<List<Integer>> groups(Dataset data, long seed) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, data.size()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        int classes = data.classNames().size();
        List<List<Integer>> groups = new ArrayList<>();
        for (int i = 0; i <= classes; i++) groups.add(new ArrayList<>());
        for (int row : order) {
            int label = data.isLabeled() ? data.label(row) : classes;
            groups.get(label >= 0 && label < classes ? label : classes).add(row);
        }
        return groups;
    }
}

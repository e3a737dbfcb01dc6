package dev.neurite.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RowGroupsTest {
    private static final int[] GROUPS =
            IntStream.range(0, 200).map(row -> row * row % 23).toArray();

    private static Set<Integer> groups(int[] rows) {
        return Arrays.stream(rows).mapToObj(row -> GROUPS[row]).collect(Collectors.toSet());
    }

    @Test
    void noGroupIsInBothParts() {
        var groups = new RowGroups(GROUPS);
        for (long seed = 0; seed < 20; seed++) {
            int[] test = groups.test(0.25, seed);
            assertThat(test).isSorted().isEqualTo(groups.test(0.25, seed));
            int[] train = IntStream.range(0, 200)
                    .filter(row -> Arrays.binarySearch(test, row) < 0)
                    .toArray();
            assertThat(groups(test)).doesNotContainAnyElementsOf(groups(train));
            assertThat(test.length).isBetween(30, 70);
        }
    }

    @Test
    void eachFoldHasWholeGroupsAndAboutAsManyRows() {
        List<int[]> folds = new RowGroups(GROUPS).folds(4, 3);
        assertThat(folds.stream().mapToInt(each -> each.length).sum()).isEqualTo(200);
        for (int i = 0; i < 4; i++) {
            assertThat(folds.get(i).length).isBetween(40, 60);
            for (int j = 0; j < i; j++) {
                assertThat(groups(folds.get(i))).doesNotContainAnyElementsOf(groups(folds.get(j)));
            }
        }
    }

    @Test
    void oneGroupIsLeftForEachPart() {
        assertThat(new RowGroups(0, 0, 0, 0, 1).test(0.01, 0)).containsExactly(4);
        assertThat(new RowGroups(0, 1).test(0.99, 0)).hasSize(1);
        assertThatThrownBy(() -> new RowGroups(3, 3).test(0.5, 0))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at least 2 groups of rows, got 1");
        assertThatThrownBy(() -> new RowGroups(0, 1).folds(3, 0)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new RowGroups(0, -1)).isInstanceOf(DataException.class);
    }
}

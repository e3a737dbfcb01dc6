package dev.neurite.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DataHashTest {
    private static final float[][] ROWS = {{1, 2}, {3, 4}};
    private static final Dataset DATA = Dataset.of(ROWS, new int[] {0, 1});

    @Test
    void theSameRowsHaveTheSameHashInAnyClass() {
        Dataset twice = Dataset.of(new float[][] {{9, 9}, {1, 2}, {3, 4}}, new int[] {0, 0, 1});
        assertThat(DataHash.sha256(twice.rows(1, 2)))
                .isEqualTo(DataHash.sha256(DATA))
                .matches("[0-9a-f]{64}");
    }

    @Test
    void anotherNumberLabelWeightOrOrderIsAnotherHash() {
        List<Dataset> others = List.of(
                DATA,
                Dataset.of(new float[][] {{1, 2}, {3, 4.0001f}}, new int[] {0, 1}),
                Dataset.of(ROWS, new int[] {1, 0}),
                Dataset.of(ROWS, new float[][] {{0}, {1}}),
                DATA.withWeights(1, 2),
                DATA.rows(1, 0),
                DATA.rows(0),
                Dataset.of(new float[][] {{1}, {2}, {3}, {4}}, new int[] {0, 0, 0, 1}));
        assertThat(others.stream().map(DataHash::sha256)).doesNotHaveDuplicates();
    }

    @Test
    void itIsTheSha256OfItsNumbers() {
        // python3: sha256(struct.pack('<ii2fif', 1, 2, 1, 2, 0, 1)).hexdigest()
        assertThat(DataHash.sha256(DATA.rows(0)))
                .isEqualTo("9bd8829338a5ba8b9f0df5bbacfe3c2d10003512ce02cdf70009d1689ee40ef7");
    }
}

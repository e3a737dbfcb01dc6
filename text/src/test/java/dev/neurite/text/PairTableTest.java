package dev.neurite.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class PairTableTest {
    private static final int TOKENS = 10_000;

    /// Pairs that a hash without a seed would put one behind the other: filling the table would take 300 billion steps.
    @Test
    @Timeout(60)
    void nobodyCanChoosePairsForOnePlace() {
        long[] chosen = LongStream.range(0, (long) TOKENS * TOKENS)
                .map(i -> PairTable.pair((int) (i / TOKENS), (int) (i % TOKENS)))
                .filter(pair -> (pair * 0x9E3779B97F4A7C15L) >>> 57 == 0) // 2⁶⁴ / golden ratio
                .toArray();
        assertThat(chosen).hasSizeGreaterThan(700_000);
        var table = new PairTable(chosen.length);
        for (int i = 0; i < chosen.length; i++) table.put((int) (chosen[i] >>> 32), (int) chosen[i], i);
        for (int i = 0; i < chosen.length; i++) {
            assertThat(table.rank((int) (chosen[i] >>> 32), (int) chosen[i])).isEqualTo(i);
        }
    }

    @Test
    void pairsHaveTheirRanks() {
        var table = new PairTable(3);
        table.put(1, 2, 0);
        table.put(2, 1, 1);
        table.put(0, 0, 2);
        int[] ranks = {table.rank(1, 2), table.rank(2, 1), table.rank(0, 0), table.rank(1, 1), table.rank(9_999, 3)};
        assertThat(Arrays.stream(ranks)).containsExactly(0, 1, 2, -1, -1);
    }
}

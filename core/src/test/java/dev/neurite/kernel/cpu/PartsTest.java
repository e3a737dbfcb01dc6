package dev.neurite.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartsTest {
    private static long covered(int start, int end, int parts, int multiple, int threads) {
        var sum = new AtomicLong();
        try (var workers = new Workers(threads)) {
            new Parts((from, to) -> {
                        assertThat(from).isBetween(start, end);
                        assertThat(to).isBetween(from, end);
                        sum.addAndGet(to - from);
                    })
                    .run(start, end, parts, multiple, workers);
        }
        return sum.get();
    }

    /// The end of the last part, as its beginning plus the size of a part, is above the largest int.
    @ParameterizedTest
    @CsvSource({
        "0, 2147483647, 3, 16, 3",
        "0, 2147483647, 1, 16, 1",
        "0, 2147483640, 5, 1, 2",
        "5, 2147483647, 4, 16, 1",
        "2147483000, 2147483647, 3, 16, 2"
    })
    void rangesThatEndNearTheLargestIntAreComputedWhole(int start, int end, int parts, int multiple, int threads) {
        assertThat(covered(start, end, parts, multiple, threads)).isEqualTo((long) end - start);
    }

    @Test
    void smallRangesAreComputedWhole() {
        for (int n = 0; n < 50; n++) {
            for (int parts = 1; parts < 6; parts++)
                assertThat(covered(3, 3 + n, parts, 4, 2)).isEqualTo(n);
        }
    }
}

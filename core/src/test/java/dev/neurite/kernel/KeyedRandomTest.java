package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@BothEngines
class KeyedRandomTest {
    @Test
    void aKeyGivesTheseNumbersForEver() {
        var random = new KeyedRandom(42, 7);
        assertThat(random.bits(0)).isEqualTo(8162212067640984765L);
        assertThat(random.bits(1)).isEqualTo(-7215524426963750312L);
        assertThat(random.uniform(2)).isEqualTo(0.7186517f);
        assertThat(random.nextDouble()).isEqualTo(0.44247440280118777);
        assertThat(random.nextGaussian()).isEqualTo(-0.2681324898448607);
        assertThat(random.below(1000)).isEqualTo(931);
        assertThat(new KeyedRandom().bits(0)).isEqualTo(-2152535657050944081L);
    }

    @Test
    void numbersByIndexAreThoseThatComeInTurn() {
        var random = new KeyedRandom(1, 2, 3);
        double[] inTurn =
                IntStream.range(0, 10).mapToDouble(_ -> random.nextDouble()).toArray();
        for (int k = 9; k >= 0; k--) {
            assertThat((new KeyedRandom(1, 2, 3).bits(k) >>> 11) * 0x1p-53).isEqualTo(inTurn[k]);
        }
    }

    @Test
    void keysThatDifferInAnyPartGiveDifferentStreams() {
        long[] first = {
            new KeyedRandom().bits(0),
            new KeyedRandom(0).bits(0),
            new KeyedRandom(0, 0).bits(0),
            new KeyedRandom(0, 1).bits(0),
            new KeyedRandom(1, 0).bits(0),
            new KeyedRandom(1, 1).bits(0),
            new KeyedRandom(-1).bits(0),
            new KeyedRandom(Long.MIN_VALUE).bits(0)
        };
        assertThat(first).doesNotHaveDuplicates();
    }

    @Test
    void numbersStayInTheirRange() {
        var random = new KeyedRandom(5);
        for (int i = 0; i < 100_000; i++) {
            assertThat(random.uniform(i)).isBetween(0f, Math.nextDown(1f));
        }
        for (int i = 0; i < 10_000; i++) assertThat(random.nextDouble()).isBetween(0.0, Math.nextDown(1.0));
    }

    /// χ² with 99 degrees of freedom is above 149 once in a thousand times.
    private static void assertEven(int[] counts) {
        double expected = (double) IntStream.of(counts).sum() / counts.length;
        double chiSquare = 0;
        for (int count : counts) chiSquare += (count - expected) * (count - expected) / expected;
        assertThat(counts).hasSize(100);
        assertThat(chiSquare).as("χ² with 99 degrees of freedom").isBetween(50.0, 149.0);
    }

    @Test
    void numbersAreEvenlySpread() {
        var random = new KeyedRandom(2024);
        int[] floats = new int[100];
        int[] doubles = new int[100];
        int[] whole = new int[100];
        int[] ofKeys = new int[100];
        for (int i = 0; i < 100_000; i++) {
            floats[(int) (100 * random.uniform(i))]++;
            doubles[(int) (100 * random.nextDouble())]++;
            whole[random.below(100)]++;
            ofKeys[new KeyedRandom(2024, i).below(100)]++;
        }
        assertEven(floats);
        assertEven(doubles);
        assertEven(whole);
        assertEven(ofKeys);
    }

    @Test
    void gaussiansHaveTheMomentsOfANormalDistribution() {
        var random = new KeyedRandom(99);
        int n = 200_000;
        double sum = 0;
        double squares = 0;
        double fourth = 0;
        for (int i = 0; i < n; i++) {
            double x = random.nextGaussian();
            assertThat(x).isFinite();
            sum += x;
            squares += x * x;
            fourth += x * x * x * x;
        }
        // Four standard errors: 1/√n, √2/√n and √96/√n.
        double error = 4 / Math.sqrt(n);
        assertThat(sum / n).isBetween(-error, error);
        assertThat(squares / n).isBetween(1 - 1.42 * error, 1 + 1.42 * error);
        assertThat(fourth / n).isBetween(3 - 9.8 * error, 3 + 9.8 * error);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000, 1 << 30, Integer.MAX_VALUE})
    void wholeNumbersStayBelowTheirBound(int bound) {
        var random = new KeyedRandom(3, bound);
        int largest = 0;
        for (int i = 0; i < 20_000; i++) {
            int x = random.below(bound);
            assertThat(x).isBetween(0, bound - 1);
            largest = Math.max(largest, x);
        }
        assertThat(largest).isGreaterThanOrEqualTo((int) (0.99 * (bound - 1)));
    }
}

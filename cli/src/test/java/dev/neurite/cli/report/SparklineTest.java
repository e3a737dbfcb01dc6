package dev.neurite.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.train.History;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SparklineTest {
    private static History losses(double... losses) {
        return new History(IntStream.range(0, losses.length)
                .mapToObj(i -> new EpochResult(
                        i + 1, losses[i], List.of(losses[i]), OptionalDouble.empty(), Optional.empty(), 1))
                .toList());
    }

    @Test
    void higherNumbersAreHigherBlocks() {
        assertThat(Sparkline.of(new double[] {0, 1, 2, 3, 4, 5, 6, 7}, 40)).isEqualTo("▁▂▃▄▅▆▇█");
        assertThat(Sparkline.of(new double[] {3, 3}, 40)).isEqualTo("▅▅");
        assertThat(Sparkline.of(new double[] {1, Double.NaN, Double.POSITIVE_INFINITY, 0}, 40))
                .isEqualTo("█··▁");
    }

    @Test
    void manyNumbersAreMeansOfParts() {
        double[] numbers = IntStream.range(0, 1000).mapToDouble(i -> 1000 - i).toArray();
        assertThat(Sparkline.of(numbers, 8)).isEqualTo("█▇▆▅▄▃▂▁");
    }

    @Test
    void theLineHasTheFirstAndLastLoss() {
        assertThat(Sparkline.of(losses(2, 1, 0.5), "val", 80)).hasValue("train █▃▁ 2.0000 to 0.5000");
        assertThat(Sparkline.of(losses(2), "val", 80)).isEmpty();
        assertThat(Sparkline.of(losses(2, 1), "val", 20)).isEmpty();
        assertThat(Sparkline.of(
                        losses(IntStream.range(0, 500).mapToDouble(i -> i).toArray()), "val", 60))
                .hasValueSatisfying(line -> assertThat(line.length()).isLessThanOrEqualTo(60));
    }
}

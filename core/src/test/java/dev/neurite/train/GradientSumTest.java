package dev.neurite.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@BothEngines
class GradientSumTest {
    private static final int SIZE = 37;

    /// Numbers of very different size, so that another order of additions gives other bits.
    private static float[] gradient(int shard) {
        var random = new KeyedRandom(5, shard);
        float[] g = new float[SIZE];
        for (int i = 0; i < SIZE; i++) g[i] = (float) (random.nextGaussian() * Math.scalb(1.0, random.below(24)));
        return g;
    }

    /// Neighbors are added, then neighboring pairs, then pairs of pairs, with an array for each shard.
    private static float[] byPairs(int shards) {
        float[][] g =
                IntStream.range(0, shards).mapToObj(GradientSumTest::gradient).toArray(float[][]::new);
        for (int width = 1; width < shards; width *= 2) {
            for (int i = 0; i + width < shards; i += 2 * width) {
                for (int j = 0; j < SIZE; j++) g[i][j] += g[i + width][j];
            }
        }
        return g[0];
    }

    private static float[] inTurn(int shards) {
        float[] sum = gradient(0);
        for (int shard = 1; shard < shards; shard++) {
            float[] g = gradient(shard);
            for (int j = 0; j < SIZE; j++) sum[j] += g[j];
        }
        return sum;
    }

    static IntStream shards() {
        return IntStream.concat(IntStream.rangeClosed(1, 70), IntStream.of(127, 128, 129, 1000));
    }

    @ParameterizedTest
    @MethodSource("shards")
    void theBitsAreThoseOfAddingPairsAndTheArraysAreFew(int shards) {
        try (Kernels kernels = Kernels.create(1)) {
            List<Integer> order = new ArrayList<>();
            var sum = new GradientSum<Integer>(
                    shards,
                    SIZE,
                    (time, shard, to) -> {
                        order.add(time * shards + shard);
                        kernels.copy(Tensor.of(Shape.of(SIZE), gradient(shard)), to);
                    },
                    kernels);
            for (int time = 0; time < 2; time++) {
                sum.compute(time);
                assertThat(sum.result().toArray()).containsExactly(byPairs(shards));
            }
            assertThat(order)
                    .containsExactlyElementsOf(
                            IntStream.range(0, 2 * shards).boxed().toList());
            assertThat(sum.arrays()).isEqualTo(1 + (int) Math.ceil(Math.log(shards) / Math.log(2) - 1e-9));
            if (shards > 8) assertThat(inTurn(shards)).isNotEqualTo(byPairs(shards));
        }
    }
}

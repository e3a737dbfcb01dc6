package dev.neurite.train.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@BothEngines
class TreeSumTest {
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
        float[][] g = IntStream.range(0, shards).mapToObj(TreeSumTest::gradient).toArray(float[][]::new);
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

    /// What workers add that have a range of the shards each, joined along the tree.
    private static float[] byWorkers(int shards, int workers) {
        Map<ShardNode, float[]> known = new HashMap<>();
        for (int worker = 0; worker < workers; worker++) {
            int from = worker * shards / workers;
            int to = (worker + 1) * shards / workers;
            for (ShardNode node : ShardNode.root(shards).within(from, to)) known.put(node, sum(node, Map.of()));
        }
        return sum(ShardNode.root(shards), known);
    }

    private static float[] sum(ShardNode node, Map<ShardNode, float[]> known) {
        float[] there = known.get(node);
        if (there != null) return there;
        if (node.isShard()) return gradient(node.first());
        float[] left = sum(node.left(), known).clone();
        float[] right = sum(node.right(), known);
        for (int i = 0; i < SIZE; i++) left[i] += right[i];
        return left;
    }

    @ParameterizedTest
    @MethodSource("shards")
    void workersThatAddTheNodesOfTheirShardsGetTheSameBits(int shards) {
        for (int workers : new int[] {1, 2, 3, 4, 7}) {
            if (workers > shards) continue;
            assertThat(byWorkers(shards, workers)).containsExactly(byPairs(shards));
        }
        for (int from = 0; from < Math.min(shards, 20); from++) {
            List<ShardNode> nodes = ShardNode.root(shards).within(from, shards);
            assertThat(nodes.getFirst().first()).isEqualTo(from);
            assertThat(nodes.stream().mapToInt(ShardNode::count).sum()).isEqualTo(shards - from);
            assertThat(nodes).hasSizeLessThanOrEqualTo(2 * (Integer.SIZE - Integer.numberOfLeadingZeros(shards)));
        }
    }

    static IntStream shards() {
        return IntStream.concat(IntStream.rangeClosed(1, 70), IntStream.of(127, 128, 129, 1000));
    }

    @ParameterizedTest
    @MethodSource("shards")
    void theBitsAreThoseOfAddingPairsAndTheArraysAreFew(int shards) {
        try (Kernels kernels = Kernels.create(1)) {
            List<Integer> order = new ArrayList<>();
            var sum = new TreeSum<Integer>(
                    shards,
                    () -> new ShardSums(SIZE, SIZE, 2),
                    (time, shard, to) -> {
                        order.add(time * shards + shard);
                        System.arraycopy(gradient(shard), 0, to.values(), 0, SIZE);
                        System.arraycopy(gradient(shard), 0, to.values(), SIZE, SIZE);
                        Arrays.setAll(to.requests(), i -> shard + i);
                    },
                    kernels);
            for (int time = 0; time < 2; time++) {
                sum.compute(time);
                assertThat(Arrays.copyOf(sum.result().values(), SIZE)).containsExactly(byPairs(shards));
                assertThat(Arrays.copyOfRange(sum.result().values(), SIZE, 2 * SIZE))
                        .containsExactly(byPairs(shards));
                int numbers = shards * (shards - 1) / 2;
                assertThat(sum.result().requests()).containsExactly(numbers, numbers + shards);
            }
            assertThat(order)
                    .containsExactlyElementsOf(
                            IntStream.range(0, 2 * shards).boxed().toList());
            assertThat(sum.arrays())
                    .isEqualTo(TreeSum.arrays(shards))
                    .isEqualTo(1 + (int) Math.floor(Math.log(shards) / Math.log(2) + 1e-9));
            if (shards > 8) assertThat(inTurn(shards)).isNotEqualTo(byPairs(shards));
        }
    }
}

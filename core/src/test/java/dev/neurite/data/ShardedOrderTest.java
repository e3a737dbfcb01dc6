package dev.neurite.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardedOrderTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "7, 3, 6",
        "24, 4, 8",
        "25, 4, 8",
        "27, 4, 8",
        "31, 4, 8",
        "33, 4, 8",
        "5, 8, 16",
        "100, 1, 7",
        "64, 64, 64"
    })
    void eachBatchHasTheNextRowsOfEachShardAndEachRowComesOnce(int rows, int shards, int size) {
        var order = new ShardedOrder(rows, shards, size);
        for (int epoch = 1; epoch <= 3; epoch++) {
            int present = epoch;
            int[] all = order.interleaved(shard -> order.ofShard(9, present, shard));
            assertThat(Arrays.stream(all).sorted())
                    .containsExactly(IntStream.range(0, rows).boxed().toArray(Integer[]::new));
            int start = 0;
            for (int batch = 0; batch < order.batches(); batch++) {
                assertThat(order.first(batch, 0)).isZero();
                for (int shard = 0; shard < shards; shard++) {
                    int[] own = order.ofShard(9, epoch, shard);
                    int from = Math.min(own.length, batch * order.rowsPerShard());
                    int to = Math.min(own.length, from + order.rowsPerShard());
                    int count = order.first(batch, shard + 1) - order.first(batch, shard);
                    assertThat(count).isEqualTo(to - from);
                    for (int i = 0; i < count; i++) {
                        assertThat(all[start + order.first(batch, shard) + i])
                                .isEqualTo(own[from + i] * shards + shard);
                    }
                }
                int length = order.first(batch, shards);
                if (batch < order.batches() - 1) assertThat(length).isEqualTo(size);
                start += length;
            }
            assertThat(start).isEqualTo(rows);
        }
    }

    @ParameterizedTest
    @CsvSource({"27, 4, 8, false", "27, 4, 8, true", "33, 4, 8, false", "5, 8, 16, false", "24, 3, 6, false"})
    void whoHasTheRowsOfAShardHasItsPartOfEachBatch(int rows, int shards, int size, boolean dropLast) {
        var random = new KeyedRandom(4);
        float[][] images = new float[rows][16];
        for (float[] each : images) for (int i = 0; i < 16; i++) each[i] = random.below(1000) / 1000f;
        Dataset all = Dataset.of(
                        images, IntStream.range(0, rows).map(i -> i % 5).toArray())
                .withInputShape(Shape.of(1, 4, 4))
                .withWeights(weights(rows));
        Augmentations augmentations = Augmentations.of(Augmentations.flip(), Augmentations.brightness(0.3));
        Batches whole = Batches.byShard(all, size, augmentations, dropLast, shards);
        var order = new ShardedOrder(rows, shards, size);
        for (int shard = 0; shard < shards; shard++) {
            int own = shard;
            Dataset part = order.rowsOf(shard) == 0
                    ? all.rows()
                    : all.rows(IntStream.range(0, order.rowsOf(shard))
                            .map(i -> i * shards + own)
                            .toArray());
            Batches parts = Batches.ofShard(part, order, shard, augmentations, dropLast);
            assertThat(parts.count()).isEqualTo(whole.count());
            for (int epoch = 1; epoch <= 2; epoch++) {
                whole.shuffle(3, epoch);
                parts.shuffle(3, epoch);
                for (int i = 0; i < whole.count(); i++) {
                    Batch expected = whole.batch(i).rows(order.first(i, shard), order.first(i, shard + 1));
                    Batch found = parts.batch(i);
                    assertThat(found.rows()).isEqualTo(expected.rows());
                    assertThat(found.input().toArray())
                            .containsExactly(expected.input().toArray());
                    assertThat(found.weights().toArray())
                            .containsExactly(expected.weights().toArray());
                }
            }
        }
    }

    private static float[] weights(int rows) {
        float[] weights = new float[rows];
        for (int i = 0; i < rows; i++) weights[i] = 1 + i;
        return weights;
    }

    @Test
    void aShardOfAnotherNumberOfRowsIsRefused() {
        Dataset three = Dataset.of(new float[3][2], new int[] {0, 1, 0});
        assertThatThrownBy(() -> Batches.ofShard(three, new ShardedOrder(10, 2, 4), 0, Augmentations.NONE, false))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("shard 0")
                .hasMessageContaining("expects 5 rows, got 3");
        assertThatThrownBy(() -> Batches.ofShard(
                        three, new ShardedOrder(6, 2, 4), 0, Augmentations.of(Augmentations.mixup()), false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none that mix rows");
    }

    @Test
    void shardsAndEpochsAndSeedsAreShuffledDifferently() {
        var order = new ShardedOrder(4_000, 4, 8);
        assertThat(order.ofShard(1, 1, 0))
                .isEqualTo(order.ofShard(1, 1, 0))
                .isNotEqualTo(order.ofShard(1, 1, 1))
                .isNotEqualTo(order.ofShard(1, 2, 0))
                .isNotEqualTo(order.ofShard(2, 1, 0));
        assertThat(order.ofShard(1, 1, 0))
                .isNotEqualTo(IntStream.range(0, 1_000).toArray());
    }

    @Test
    void withoutShufflingEachShardIsInTheOrderOfTheData() {
        var order = new ShardedOrder(7, 2, 4);
        assertThat(order.interleaved(
                        shard -> IntStream.range(0, order.rowsOf(shard)).toArray()))
                .containsExactly(0, 2, 1, 3, 4, 6, 5);
    }

    @Test
    void aBatchThatShardsCannotShareIsRefusedWithTheNextThatTheyCan() {
        assertThatThrownBy(() -> new ShardedOrder(100, 8, 20))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a multiple of the 8 shards, got 20")
                .hasMessageContaining("24");
        assertThatThrownBy(() -> new ShardedOrder(0, 8, 16)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new ShardedOrder(3, 0, 16)).isInstanceOf(ConfigException.class);
    }
}

package dev.neurite.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardedOrderTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "7, 3, 6", "24, 4, 8", "25, 4, 8", "27, 4, 8", "31, 4, 8", "33, 4, 8", "5, 8, 16", "100, 1, 7", "64, 64, 64"})
    void eachBatchHasTheNextRowsOfEachShardAndEachRowComesOnce(int rows, int shards, int size) {
        var order = new ShardedOrder(rows, shards, size);
        for (int epoch = 1; epoch <= 3; epoch++) {
            int[] all = order.of(9, epoch);
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
                        assertThat(all[start + order.first(batch, shard) + i]).isEqualTo(own[from + i] * shards + shard);
                    }
                }
                int length = order.first(batch, shards);
                if (batch < order.batches() - 1) assertThat(length).isEqualTo(size);
                start += length;
            }
            assertThat(start).isEqualTo(rows);
        }
    }

    @Test
    void shardsAndEpochsAndSeedsAreShuffledDifferently() {
        var order = new ShardedOrder(4_000, 4, 8);
        assertThat(order.ofShard(1, 1, 0))
                .isEqualTo(order.ofShard(1, 1, 0))
                .isNotEqualTo(order.ofShard(1, 1, 1))
                .isNotEqualTo(order.ofShard(1, 2, 0))
                .isNotEqualTo(order.ofShard(2, 1, 0));
        assertThat(order.ofShard(1, 1, 0)).isNotEqualTo(IntStream.range(0, 1_000).toArray());
    }

    @Test
    void withoutShufflingEachShardIsInTheOrderOfTheData() {
        assertThat(new ShardedOrder(7, 2, 4).unshuffled()).containsExactly(0, 2, 1, 3, 4, 6, 5);
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

package dev.neurite.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.spark.mesh.AllReduce;
import org.junit.jupiter.api.Test;

class ByShardTest {
    @Test
    void aRowGoesToTheWorkerThatComputesItsShard() {
        for (int shards = 1; shards <= 33; shards++) {
            for (int workers = 1; workers <= shards; workers++) {
                var place = new ByShard(shards, workers);
                assertThat(place.numPartitions()).isEqualTo(workers);
                for (long row : new long[] {0, 1, 7, 1_000_000_007L, -3}) {
                    int shard = (int) Math.floorMod(row, (long) shards);
                    assertThat(shard)
                            .as("row %d of %d shards, %d workers", row, shards, workers)
                            .isGreaterThanOrEqualTo(AllReduce.first(place.getPartition(row), workers, shards))
                            .isLessThan(AllReduce.first(place.getPartition(row) + 1, workers, shards));
                }
            }
        }
    }
}

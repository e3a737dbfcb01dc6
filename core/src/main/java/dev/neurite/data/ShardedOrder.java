package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// The order of rows of which each belongs to a shard: row r to shard r mod S. Each shard is shuffled by
/// itself, and a batch has equally many rows of each, shard by shard. A worker that has the rows of some
/// shards therefore knows their part of each batch without the other rows.
///
/// Shards differ by at most one row. Only the last batch of an epoch may have fewer rows, and may lack
/// rows of some shards.
/// @param rows the number of rows, at least 1
/// @param shards S, at least 1
/// @param batchSize the number of rows of a batch, a multiple of S
public record ShardedOrder(int rows, int shards, int batchSize) {
    /// Checks the numbers.
    /// @throws ConfigException without rows or shards, or unless the batch size is a multiple of the shards
    public ShardedOrder {
        if (rows < 1 || shards < 1) {
            throw new ConfigException(
                    "rows by shard", "expects at least 1 row and 1 shard, got " + rows + " and " + shards);
        }
        if (batchSize < 1 || batchSize % shards != 0) {
            throw new ConfigException(
                    "rows by shard",
                    "expects a batch size that is a multiple of the " + shards + " shards, got " + batchSize,
                    "Take a batch size of " + (long) Math.ceilDiv(Math.max(1, batchSize), shards) * shards);
        }
    }

    /// The number of rows of a shard.
    /// @param shard from 0 to S − 1
    public int rowsOf(int shard) {
        return rows / shards + (shard < rows % shards ? 1 : 0);
    }

    /// The number of rows that a batch has of each shard.
    public int rowsPerShard() {
        return batchSize / shards;
    }

    public int batches() {
        return Math.ceilDiv(rows, batchSize);
    }

    /// The index, in a batch, of the first row of a shard; for shard S the number of rows of the batch.
    /// @param batch its number in the epoch, from 0
    /// @param shard from 0 to S
    public int first(int batch, int shard) {
        int longer = Math.min(shard, rows % shards); // shards before it that have one more row
        return longer * part(batch, rows / shards + 1) + (shard - longer) * part(batch, rows / shards);
    }

    /// The number of rows that a batch has of a shard.
    /// @param of the rows of the shard
    private int part(int batch, int of) {
        return Math.clamp(of - (long) batch * rowsPerShard(), 0, rowsPerShard());
    }

    /// The order in which an epoch has the rows of a shard: a permutation of 0 to [#rowsOf] − 1. Its
    /// element i is row i·S + shard of the data.
    /// @param seed the seed of the training
    /// @param epoch the number of the epoch, from 1
    /// @param shard from 0 to S − 1
    public int[] ofShard(long seed, int epoch, int shard) {
        return new KeyedRandom(seed, epoch, shard).permutation(rowsOf(shard));
    }

    /// The rows batch by batch.
    /// @param orderOf the order of the rows of a shard, see [#ofShard]
    int[] interleaved(IntFunction<int[]> orderOf) {
        int[][] ofShards = IntStream.range(0, shards).mapToObj(orderOf).toArray(int[][]::new);
        int[] order = new int[rows];
        int next = 0;
        for (int batch = 0; batch < batches(); batch++) {
            for (int shard = 0; shard < shards; shard++) {
                int from = batch * rowsPerShard();
                int count = part(batch, ofShards[shard].length);
                for (int i = 0; i < count; i++) order[next++] = ofShards[shard][from + i] * shards + shard;
            }
        }
        return order;
    }
}

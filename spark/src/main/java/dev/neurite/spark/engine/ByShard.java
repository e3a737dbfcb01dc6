package dev.neurite.spark.engine;

import dev.neurite.spark.mesh.AllReduce;
import org.apache.spark.Partitioner;

/// The worker that has the shard of a row, by the row's number.
final class ByShard extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int shards;
    private final int workers;

    ByShard(int shards, int workers) {
        this.shards = shards;
        this.workers = workers;
    }

    @Override
    public int numPartitions() {
        return workers;
    }

    @Override
    public int getPartition(Object number) {
        int shard = (int) Math.floorMod((Long) number, (long) shards);
        int worker = (int) ((long) shard * workers / shards);
        while (AllReduce.first(worker + 1, workers, shards) <= shard) worker++; // rounded down
        return worker;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByShard same && same.shards == shards && same.workers == workers;
    }

    @Override
    public int hashCode() {
        return 31 * shards + workers;
    }
}

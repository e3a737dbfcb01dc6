/// Steps whose shards are computed by several programs, and what those tell each other.
@org.jspecify.annotations.NullMarked
package dev.neurite.train.shard;

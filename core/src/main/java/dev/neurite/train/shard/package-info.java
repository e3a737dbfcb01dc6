/// Steps whose shards are computed by several programs, and what those tell each other.
package dev.neurite.train.shard;

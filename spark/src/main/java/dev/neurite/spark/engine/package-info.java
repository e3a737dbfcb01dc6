/// The training on the executors: rows by shard, a barrier stage for each epoch, its workers.
@org.jspecify.annotations.NullMarked
package dev.neurite.spark.engine;

package dev.neurite.spark.engine;

import java.util.Iterator;
import java.util.Set;
import java.util.function.Supplier;
import scala.Tuple2;

/// The rows of a worker's shards, read from Spark when they are asked for.
/// @param rows the number of each row, ascending, and its [Sample#bytes]
/// @param running the numbers of the trainings that run now
/// @param alone whether no other worker is in this JVM
record WorkerRows(Supplier<Iterator<Tuple2<Long, byte[]>>> rows, Set<Long> running, boolean alone) {}

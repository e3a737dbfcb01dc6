/// Trains networks on Apache Spark, data-parallel and synchronous, with the bits of one machine.
@org.jspecify.annotations.NullMarked
package dev.neurite.spark;

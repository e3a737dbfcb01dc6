/// Whole applications for spark-submit.
@org.jspecify.annotations.NullMarked
package dev.neurite.spark.examples;

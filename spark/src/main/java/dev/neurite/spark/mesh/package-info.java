/// The connections between the workers of a training, and the sums that they make over them. Knows nothing of
/// Spark.
@org.jspecify.annotations.NullMarked
package dev.neurite.spark.mesh;

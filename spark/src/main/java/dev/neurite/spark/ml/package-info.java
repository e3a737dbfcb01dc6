/// Estimators and models of Spark ML that train and run networks. They work in a `Pipeline`, a `CrossValidator` and a
/// `TrainValidationSplit`, and are saved and loaded as Spark's own.
@org.jspecify.annotations.NullMarked
package dev.neurite.spark.ml;

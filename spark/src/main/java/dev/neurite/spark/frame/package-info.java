/// DataFrames as rows for a network: columns of features, images among them, and the numbers of rows.
@org.jspecify.annotations.NullMarked
package dev.neurite.spark.frame;

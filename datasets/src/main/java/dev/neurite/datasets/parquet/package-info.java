/// Reads Parquet files whose columns have one value a row. Knows the format, not tables.
@NullMarked
package dev.neurite.datasets.parquet;

import org.jspecify.annotations.NullMarked;

package dev.neurite.spark;

import dev.neurite.data.Dataset;
import dev.neurite.spark.engine.NumberedRows;
import org.apache.spark.api.java.JavaSparkContext;

/// The rows of a training on Spark.
public final class ClusterRows {
    private final NumberedRows rows;

    ClusterRows(NumberedRows rows) {
        this.rows = rows;
    }

    /// Rows that the driver has, which sends them to the executors. Checkpoints of such a training continue on
    /// one machine with the same data, and the other way round.
    /// @param data rows for a model of one output
    /// @throws dev.neurite.error.ConfigException for targets of several outputs
    public static ClusterRows of(JavaSparkContext spark, Dataset data) {
        return new ClusterRows(NumberedRows.of(spark, data));
    }

    NumberedRows numbered() {
        return rows;
    }
}

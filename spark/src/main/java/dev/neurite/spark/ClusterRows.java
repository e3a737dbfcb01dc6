package dev.neurite.spark;

import dev.neurite.data.Dataset;
import dev.neurite.spark.engine.NumberedRows;
import dev.neurite.spark.frame.Columns;
import dev.neurite.spark.frame.Failures;
import dev.neurite.spark.frame.Features;
import dev.neurite.spark.frame.FrameRows;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
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

    /// Rows of a DataFrame. They are numbered in the order of their ids, or without ids in the order of a hash of
    /// their content, so that the training does not depend on partitions. Spark computes the DataFrame twice:
    /// cache it if that takes long.
    /// @param width the number of features
    /// @param classes the number of classes, named by their labels; 0 if the label is a value
    /// @throws dev.neurite.error.ConfigException for columns that do not exist, or of another type
    /// @throws dev.neurite.error.DataException from a fit, for a row that does not fit, named by its id
    public static ClusterRows of(org.apache.spark.sql.Dataset<?> frame, Columns columns, int width, int classes) {
        List<String> names =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        JavaPairRDD<Long, byte[]> rows =
                Failures.unwrapped(() -> FrameRows.of(frame, columns, Features.of(Shape.of(width)), classes));
        return of(rows, width, classes > 0 ? 0 : 1, names);
    }

    /// Rows of an RDD.
    /// @param rows the number of each row, from 0 without a gap, which must not depend on partitions, and its
    /// bytes: the weight, the targets or the label, the inputs, each as a 32-bit float, the high byte first
    /// @param width the number of inputs of a row
    /// @param targets the number of target values of a row; 0 for labels
    /// @param classNames the names of the classes, by label; empty for target values
    /// @throws dev.neurite.error.ConfigException unless there are either classes or target values
    public static ClusterRows of(JavaPairRDD<Long, byte[]> rows, int width, int targets, List<String> classNames) {
        return new ClusterRows(NumberedRows.of(rows, width, targets, classNames));
    }

    NumberedRows numbered() {
        return rows;
    }
}

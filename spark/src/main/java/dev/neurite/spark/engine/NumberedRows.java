package dev.neurite.spark.engine;

import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;
import scala.reflect.ClassTag$;

/// Rows that Spark has, each with a number from 0, which decides on its shard. A row's number must not depend
/// on partitions: Spark may compute them again, in another order.
public final class NumberedRows {
    private final JavaPairRDD<Long, byte[]> rows;
    private final int width;
    private final int targets;
    private final List<String> classNames;
    private final Optional<Dataset> data; // the rows, if the driver has them
    private @Nullable RowsHash summary; // computed when first needed

    private NumberedRows(
            JavaPairRDD<Long, byte[]> rows, int width, int targets, List<String> classNames, Optional<Dataset> data) {
        this.rows = rows;
        this.width = width;
        this.targets = targets;
        this.classNames = List.copyOf(classNames);
        this.data = data;
    }

    /// Rows of Spark.
    /// @param rows the number of each row, from 0 without a gap, and its [Sample#bytes]
    /// @param width the number of inputs of a row
    /// @param targets the number of target values of a row; 0 for labels
    /// @param classNames the names of the classes, by label; empty for target values
    /// @throws ConfigException unless there are either classes or target values
    public static NumberedRows of(JavaPairRDD<Long, byte[]> rows, int width, int targets, List<String> classNames) {
        if (width < 1 || targets < 0 || (targets == 0) == classNames.isEmpty()) {
            throw new ConfigException(
                    "rows",
                    "expects at least 1 input, and classes or target values, got " + width + ", " + classNames.size()
                            + " classes and " + targets + " values");
        }
        return new NumberedRows(rows, width, targets, classNames, Optional.empty());
    }

    /// Rows that the driver has, which sends them to the executors.
    /// @throws ConfigException for targets of several outputs, a label or weight for each position of a row,
    /// several inputs, or rows of different lengths
    public static NumberedRows of(JavaSparkContext spark, Dataset data) {
        if (data.targetsByOutput().size() != 1) {
            throw new ConfigException(
                    "rows",
                    "expects targets of one output on a cluster, got "
                            + data.targetsByOutput().size());
        }
        if ((data.isLabeled() && !data.hasLabelPerRow()) || data.weighsPositions()) {
            throw new ConfigException(
                    "rows",
                    "expects one label and one weight a row on a cluster, got some for each position",
                    "Train it on one machine: Trainer.fit");
        }
        if (data.inputs().size() != 1 || !data.inputShape().isKnown()) {
            throw new ConfigException(
                    "rows",
                    "expects rows of one input and of one length on a cluster, got "
                            + (data.inputs().size() != 1 ? data.inputs().size() + " inputs" : data.inputShape()),
                    "Train it on one machine: Trainer.fit");
        }
        var rdd = new DatasetRdd(spark.sc(), data);
        int targets = data.isLabeled() ? 0 : Math.toIntExact(data.targetShape().size());
        return new NumberedRows(
                JavaPairRDD.fromRDD(rdd, ClassTag$.MODULE$.apply(Long.class), ClassTag$.MODULE$.apply(byte[].class)),
                Math.toIntExact(data.inputShape().size()),
                targets,
                data.classNames(),
                Optional.of(data));
    }

    JavaPairRDD<Long, byte[]> rows() {
        return rows;
    }

    int width() {
        return width;
    }

    int targets() {
        return targets;
    }

    List<String> classNames() {
        return classNames;
    }

    /// @param input the shape of an input of the model
    Dataset like(Shape input) {
        if (data.isPresent()) return data.get().rows(0);
        float[][] one = new float[1][width];
        Dataset like = targets == 0 ? Dataset.of(one, new int[1], classNames) : Dataset.of(one, new float[1][targets]);
        return input.size() == width ? like.withInputShape(input) : like;
    }

    /// The number of rows. Without the rows at hand, Spark reads them once.
    /// @throws DataException without rows, or for more than 2³¹ − 1
    int count() {
        long count = data.isPresent() ? data.get().size() : summary().count();
        if (count < 1 || count > Integer.MAX_VALUE) {
            throw new DataException("data", "expects 1 to 2³¹ − 1 rows, got " + count);
        }
        return (int) count;
    }

    /// A hash of the rows and their numbers: where the driver has the rows, that of [DataHash].
    String hash() {
        return data.map(DataHash::sha256).orElseGet(() -> summary().toString());
    }

    /// What the rows that workers read must have together: [RowsHash]; empty if the driver has the rows.
    Optional<String> rowsHash() {
        return data.isPresent() ? Optional.empty() : Optional.of(summary().toString());
    }

    private synchronized RowsHash summary() {
        RowsHash known = summary;
        if (known == null) {
            known = new RowsHash();
            rows.mapPartitions(NumberedRows::summarize).collect().forEach(known::add);
            summary = known;
        }
        return known;
    }

    private static Iterator<long[]> summarize(Iterator<Tuple2<Long, byte[]>> rows) {
        var hash = new RowsHash();
        rows.forEachRemaining(row -> hash.add(row._1(), row._2()));
        return List.of(hash.sums()).iterator();
    }
}

package dev.neurite.spark.frame;

import dev.neurite.data.RowAppender;
import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.spark.engine.Sample;
import dev.neurite.tensor.Shape;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StringType;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/// Turns the rows of a DataFrame into numbered bytes. The number of a row does not depend on the partitions of
/// the DataFrame, which may differ when Spark computes it again: rows are numbered in the order of their ids,
/// or without ids in the order of a hash of their content. Rows of the same content are interchangeable.
public final class FrameRows {
    // the columns of a selected row
    private static final int FEATURES = 0;
    private static final int LABEL = 1;
    private static final int WEIGHT = 2;
    private static final int ID = 3;

    private static final String NO_ID = "a row without id";
    private static final int SHOWN = 3; // features in a message

    private FrameRows() {}

    /// The number of each row, from 0, and its [Sample#bytes].
    /// @param features reads the inputs
    /// @param classes the number of classes; 0 if the label is a value
    /// @throws dev.neurite.error.ConfigException for columns that do not exist, or of another type
    /// @throws DataException later, in the tasks, for a row that does not fit, named by its id; see
    /// [Failures#unwrapped]
    public static JavaPairRDD<Long, byte[]> of(Dataset<?> frame, Columns columns, Features features, int classes) {
        columns.check(frame.schema());
        JavaRDD<Row> rows = select(frame, columns).toJavaRDD();
        if (columns.id().isEmpty()) {
            return numbered(rows.mapToPair(row -> {
                        byte[] bytes = sample(row, features, classes).bytes();
                        return new Tuple2<>(hash(bytes), bytes);
                    })
                    .sortByKey()
                    .values());
        }
        if (isText(frame, columns)) {
            JavaPairRDD<String, byte[]> byText = rows.mapToPair(row -> new Tuple2<>(
                    row.getString(id(row)), sample(row, features, classes).bytes()));
            return numbered(distinct(byText));
        }
        JavaPairRDD<Long, byte[]> byNumber = rows.mapToPair(row -> new Tuple2<>(
                row.getLong(id(row)), sample(row, features, classes).bytes()));
        return numbered(distinct(byNumber));
    }

    private static JavaPairRDD<Long, byte[]> numbered(JavaRDD<byte[]> ordered) {
        return ordered.zipWithIndex().mapToPair(Tuple2::swap);
    }

    private static <K extends Comparable<K>> JavaRDD<byte[]> distinct(JavaPairRDD<K, byte[]> rows) {
        return rows.sortByKey().mapPartitions(each -> new Distinct<>(each));
    }

    /// One more than the largest label.
    /// @return at least 2
    /// @throws DataException for data without rows, or a label that is not a whole number from 0
    public static int classes(Dataset<?> frame, Columns columns) {
        JavaRDD<Row> rows = select(frame, columns).toJavaRDD();
        int most = dev.neurite.data.Dataset.MOST_CLASSES;
        int largest = Failures.unwrapped(() ->
                rows.map(row -> (int) label(row, where(row), most)).fold(-1, Math::max));
        if (largest < 0) throw noRows("data");
        return Math.max(2, largest + 1);
    }

    /// The shape of the features of the first row.
    /// @throws DataException for data without rows, or null as its features
    public static Shape shape(Dataset<?> frame, Columns columns) {
        List<Row> first =
                Failures.unwrapped(() -> select(frame, columns).limit(1).collectAsList());
        if (first.isEmpty()) throw noRows("data");
        return Features.shape(first.getFirst().get(FEATURES), where(first.getFirst()));
    }

    /// The error for data without rows.
    /// @param where the data
    public static DataException noRows(String where) {
        return new DataException(where, "expects at least one row, got none");
    }

    /// The rows as a data set of this program, in the order of their numbers. Beyond a quarter of the heap they
    /// are in a temporary file.
    /// @param where the name of the rows, for messages
    /// @param rows as of [#of]
    /// @param targets the number of target values; 0 for labels
    /// @param classNames the names of the classes; empty for values
    /// @throws DataException for a row that does not fit, or without rows
    public static dev.neurite.data.Dataset collect(
            String where, JavaPairRDD<Long, byte[]> rows, Shape shape, int targets, List<String> classNames) {
        int width = Math.max(1, targets);
        try (var inputs = new RowAppender(where, shape.size(), StoredRows.heapBytes());
                var answers = new RowAppender("targets of " + where, width, StoredRows.heapBytes())) {
            boolean weighted = false;
            float[] weights = new float[16];
            Iterator<byte[]> all = Failures.unwrapped(() -> rows.values().toLocalIterator());
            while (Failures.unwrapped(all::hasNext)) {
                Sample sample = Sample.of(Failures.unwrapped(all::next), width);
                if (inputs.count() == weights.length) weights = Arrays.copyOf(weights, 2 * weights.length);
                weights[inputs.count()] = sample.weight();
                weighted |= sample.weight() != 1;
                inputs.append(sample.inputs());
                answers.append(sample.targets());
            }
            if (inputs.count() == 0) throw noRows(where);
            StoredRows targetRows = answers.finishUnclosed();
            dev.neurite.data.Dataset data = targets > 0
                    ? dev.neurite.data.Dataset.of(inputs.finishUnclosed(), shape, targetRows)
                    : dev.neurite.data.Dataset.of(inputs.finishUnclosed(), shape, labels(targetRows), classNames);
            return weighted ? data.withWeights(Arrays.copyOf(weights, data.size())) : data;
        }
    }

    private static int[] labels(StoredRows rows) {
        int[] labels = new int[rows.count()];
        for (int i = 0; i < labels.length; i++) labels[i] = (int) rows.get(i, 0);
        return labels;
    }

    // ---------------------------------------------------------------------------------------------------- a row

    private static Dataset<Row> select(Dataset<?> frame, Columns columns) {
        String idType = isText(frame, columns) ? "string" : "long";
        return frame.select(
                Columns.column(columns.features()),
                Columns.column(columns.label()).cast("double"),
                columns.weight().map(Columns::column).orElse(functions.lit(1.0)).cast("double"),
                columns.id().map(each -> Columns.column(each).cast(idType)).orElse(noId()));
    }

    private static Column noId() {
        return functions.lit("");
    }

    private static boolean isText(Dataset<?> frame, Columns columns) {
        Optional<String> id = columns.id();
        return id.isPresent() && frame.schema().apply(id.get()).dataType() instanceof StringType;
    }

    /// The index of the id.
    /// @throws DataException if it is null
    private static int id(Row row) {
        if (!row.isNullAt(ID)) return ID;
        throw new DataException("a row", "expects an id, got null");
    }

    private static String where(Row row) {
        return where(row.get(ID));
    }

    /// How messages name a row.
    /// @param id its id; null or empty if it has none
    public static String where(@Nullable Object id) {
        return id == null || id.equals("") ? NO_ID : "row " + id;
    }

    private static double label(Row row, String where, int classes) {
        if (row.isNullAt(LABEL)) throw new DataException(where, "expects a label, got null");
        double label = row.getDouble(LABEL);
        if (classes > 0 && !(label >= 0 && label < classes && label == Math.rint(label))) {
            throw new DataException(
                    where,
                    "expects a whole label from 0 to " + (classes - 1) + ", got " + label,
                    outputsFor(label, classes));
        }
        if (!Float.isFinite((float) label)) {
            throw new DataException(where, "expects a label that is finite as a 32-bit float, got " + label);
        }
        return label;
    }

    /// The hint for a label that other networks could have; empty for others.
    private static String outputsFor(double label, int classes) {
        boolean could = label >= classes && label < dev.neurite.data.Dataset.MOST_CLASSES && label == Math.rint(label);
        return could
                ? "It needs a network of at least " + ((int) label + 1) + " outputs: see the last number of layers"
                : "";
    }

    /// @throws DataException for one that does not fit; without an id it is named by its first features
    private static Sample sample(Row row, Features features, int classes) {
        try {
            return sample(row, where(row), features, classes);
        } catch (DataException e) {
            if (!e.where().equals(NO_ID)) throw e;
            throw new DataException(NO_ID + beginning(row.get(FEATURES)), e.problem(), e.hint());
        }
    }

    /// The first features, as an addition to how a row is named; empty if they are no numbers.
    private static String beginning(@Nullable Object features) {
        IntFunction<?> value;
        int size;
        switch (features) {
            case Vector vector -> {
                value = vector::apply;
                size = vector.size();
            }
            case scala.collection.Seq<?> seq -> {
                value = seq::apply;
                size = seq.size();
            }
            case null, default -> {
                return "";
            }
        }
        String first = IntStream.range(0, Math.min(size, SHOWN))
                .mapToObj(i -> String.valueOf(value.apply(i)))
                .collect(Collectors.joining(", "));
        return ", with features [" + first + (size > SHOWN ? ", …]" : "]");
    }

    private static Sample sample(Row row, String where, Features features, int classes) {
        float[] inputs = features.read(row.get(FEATURES), where);
        float label = (float) label(row, where, classes);
        if (row.isNullAt(WEIGHT)) throw new DataException(where, "expects a weight, got null");
        float weight = (float) row.getDouble(WEIGHT);
        if (!(weight >= 0 && Float.isFinite(weight))) {
            throw new DataException(
                    where, "expects a weight that is at least 0 and finite, got " + row.getDouble(WEIGHT));
        }
        return new Sample(inputs, new float[] {label}, weight);
    }

    private static String hash(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// Refuses two rows of one id. Rows of one id are in one partition, one after the other.
    private static final class Distinct<K> implements Iterator<byte[]> {
        private final Iterator<Tuple2<K, byte[]>> rows;
        private Optional<K> before = Optional.empty();

        Distinct(Iterator<Tuple2<K, byte[]>> rows) {
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public byte[] next() {
            Tuple2<K, byte[]> row = rows.next();
            if (before.isPresent() && before.get().equals(row._1())) {
                throw new DataException("row " + row._1(), "expects an id of its own, got the same twice");
            }
            before = Optional.of(row._1());
            return row._2();
        }
    }
}

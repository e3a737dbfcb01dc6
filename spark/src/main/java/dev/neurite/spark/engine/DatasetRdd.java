package dev.neurite.spark.engine;

import dev.neurite.data.Dataset;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.Dependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/// The rows of a data set of the driver, with their numbers. A partition's rows are read when it is sent to
/// an executor, so that the driver needs no memory for more than one.
final class DatasetRdd extends RDD<Tuple2<Long, byte[]>> {
    private static final long serialVersionUID = 1L;
    private static final int PARTITION = 8 << 20; // bytes; Spark sends at most 128 MB at once

    private final transient @Nullable Dataset data; // null on executors

    DatasetRdd(SparkContext context, Dataset data) {
        super(context, none(), ClassTag$.MODULE$.apply(Tuple2.class));
        this.data = data;
    }

    private static Seq<Dependency<?>> none() {
        return CollectionConverters.asScala(List.<Dependency<?>>of()).toSeq();
    }

    @Override
    public Partition[] getPartitions() {
        Dataset all = data;
        if (all == null) throw new IllegalStateException("only the driver has the data set");
        int targets = all.isLabeled() ? 1 : Math.toIntExact(all.targetShape().size());
        long row = Float.BYTES * (1L + targets + all.inputShape().size());
        int count = (int) Math.max(1, PARTITION / row);
        List<Partition> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += count) {
            parts.add(new Rows(parts.size(), all, from, Math.min(count, all.size() - from)));
        }
        return parts.toArray(Partition[]::new);
    }

    @Override
    public scala.collection.Iterator<Tuple2<Long, byte[]>> compute(Partition part, TaskContext context) {
        return CollectionConverters.asScala(((Rows) part).read().iterator());
    }

    /// Some rows in a row. On the way to an executor they become bytes.
    private static final class Rows implements Partition {
        private static final long serialVersionUID = 1L;

        private final int index;
        private final int from;
        private final int count;
        private transient @Nullable Dataset data; // null on executors
        private transient byte @Nullable [][] bytes; // null on the driver

        Rows(int index, Dataset data, int from, int count) {
            this.index = index;
            this.data = data;
            this.from = from;
            this.count = count;
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public int hashCode() {
            return index;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Rows rows && rows.index == index;
        }

        List<Tuple2<Long, byte[]>> read() {
            List<Tuple2<Long, byte[]>> rows = new ArrayList<>();
            for (int i = 0; i < count; i++) rows.add(new Tuple2<>((long) from + i, bytesOf(i)));
            return rows;
        }

        private byte[] bytesOf(int row) {
            byte[][] received = bytes;
            if (received != null) return received[row];
            Dataset all = data;
            if (all == null) throw new IllegalStateException("no rows");
            float[] inputs = new float[Math.toIntExact(all.inputShape().size())];
            all.readInput(from + row, inputs, 0);
            float[] targets = new float
                    [all.isLabeled() ? 1 : Math.toIntExact(all.targetShape().size())];
            if (all.isLabeled()) targets[0] = all.label(from + row);
            else all.readTarget(from + row, targets, 0);
            return new Sample(inputs, targets, all.weight(from + row)).bytes();
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject();
            for (int i = 0; i < count; i++) {
                byte[] row = bytesOf(i);
                out.writeInt(row.length);
                out.write(row);
            }
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            byte[][] received = new byte[count][];
            for (int i = 0; i < count; i++) {
                received[i] = new byte[in.readInt()];
                in.readFully(received[i]);
            }
            bytes = received;
        }
    }
}

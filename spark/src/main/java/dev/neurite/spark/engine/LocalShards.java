package dev.neurite.spark.engine;

import dev.neurite.data.Dataset;
import dev.neurite.data.RowAppender;
import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.lang.ref.SoftReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import scala.Tuple2;

/// The rows of the shards that tasks of this executor have read, as data sets. Beyond a share of the heap
/// they are in temporary files, which end with the rows. Rows stay for the next epoch, unless memory runs short.
/// Those of trainings that have ended, and of shards that other workers have now, are forgotten.
final class LocalShards {
    private static final LocalShards OF_THIS_JVM = new LocalShards();

    private final Map<Long, Kept> trainings = new HashMap<>(); // by number

    LocalShards() {}

    static LocalShards ofThisJvm() {
        return OF_THIS_JVM;
    }

    /// The rows of a training.
    private static final class Kept {
        private final Map<Integer, SoftReference<Dataset>> shards = new HashMap<>();
        private final Map<Integer, RowsHash> hashes = new HashMap<>(); // of the same shards
        private long longest; // nanoseconds of a read
    }

    /// @param hash of all these rows; of none if the plan has none
    /// @param longest the time that the longest read of this training took in this JVM
    record Own(List<Dataset> shards, RowsHash hash, Duration longest) {}

    /// The rows of some shards; reads them if they are not here.
    /// @param first the first shard
    /// @param end the shard after the last one
    /// @param heapBytes the limit for all of these rows in the heap
    /// @throws DataException for a row that does not fit
    Own get(WorkerPlan plan, Shape shape, int first, int end, WorkerRows rows, long heapBytes) {
        Kept kept;
        synchronized (this) {
            trainings.keySet().retainAll(rows.running());
            kept = trainings.computeIfAbsent(plan.training(), _ -> new Kept());
            if (rows.alone()) {
                kept.shards.keySet().removeIf(shard -> shard < first || shard >= end);
                kept.hashes.keySet().retainAll(kept.shards.keySet());
            }
            List<Dataset> known = new ArrayList<>();
            for (int shard = first; shard < end; shard++) {
                SoftReference<Dataset> reference = kept.shards.get(shard);
                Dataset data = reference == null ? null : reference.get();
                if (data != null) known.add(data);
            }
            if (known.size() == end - first) {
                Stream<RowsHash> hashes =
                        IntStream.range(first, end).mapToObj(shard -> Objects.requireNonNull(kept.hashes.get(shard)));
                return own(known, hashes, kept.longest);
            }
        }
        long begin = System.nanoTime();
        List<Read> read = read(plan, shape, first, end, rows.rows().get(), heapBytes);
        synchronized (this) {
            kept.longest = Math.max(kept.longest, System.nanoTime() - begin);
            for (int i = 0; i < read.size(); i++) {
                kept.shards.put(first + i, new SoftReference<>(read.get(i).data()));
                kept.hashes.put(first + i, read.get(i).hash());
            }
            return own(read.stream().map(Read::data).toList(), read.stream().map(Read::hash), kept.longest);
        }
    }

    private static Own own(List<Dataset> shards, Stream<RowsHash> hashes, long longest) {
        var all = new RowsHash();
        hashes.forEach(each -> all.add(each.sums()));
        return new Own(shards, all, Duration.ofNanos(longest));
    }

    /// A shard that was read.
    private record Read(Dataset data, RowsHash hash) {}

    private static List<Read> read(
            WorkerPlan plan, Shape shape, int first, int end, Iterator<Tuple2<Long, byte[]>> rows, long heapBytes) {
        int targets = Math.max(1, plan.targets());
        List<Shard> own = new ArrayList<>();
        try {
            for (int shard = first; shard < end; shard++) {
                own.add(new Shard(plan.width(), targets, heapBytes / (end - first)));
            }
            while (rows.hasNext()) {
                Tuple2<Long, byte[]> row = rows.next();
                int shard = (int) Math.floorMod(row._1(), (long) plan.shards());
                Shard to = own.get(shard - first);
                requireNumber(row._1(), shard + (long) to.count() * plan.shards());
                if (!plan.rowsHash().isEmpty()) to.hash.add(row._1(), row._2());
                to.append(sample(plan, row._1(), row._2(), targets));
            }
            for (int i = 0; i < own.size(); i++)
                requireAll(plan, first + i, own.get(i).count());
            return own.stream()
                    .map(each -> new Read(each.data(plan, shape), each.hash))
                    .toList();
        } finally {
            own.forEach(Shard::close);
        }
    }

    /// Requires the next number of a shard: they come in order.
    private static void requireNumber(long number, long expected) {
        if (number == expected) return;
        throw new DataException(
                "row " + number, "expects rows that are numbered from 0 without a gap, got no row " + expected);
    }

    private static void requireAll(WorkerPlan plan, int shard, int count) {
        int expected = Math.ceilDiv(plan.rows() - shard, plan.shards());
        if (count == expected) return;
        throw new DataException(
                "shard " + shard,
                "expects " + expected + " of " + plan.rows() + " rows, got " + count,
                "Are they the same each time that Spark computes them? If not, cache them");
    }

    private static Sample sample(WorkerPlan plan, long number, byte[] bytes, int targets) {
        String where = "row " + number;
        int expected = Float.BYTES * (1 + targets + plan.width());
        if (bytes.length != expected) {
            throw new DataException(
                    where,
                    "expects " + expected + " bytes: weight, " + targets + " targets and " + plan.width()
                            + " inputs, got " + bytes.length);
        }
        Sample sample = Sample.of(bytes, targets).checked(where, plan.width());
        float label = sample.targets()[0];
        int classes = plan.classNames().size();
        if (plan.isLabeled() && !(label >= 0 && label < classes && label == Math.rint(label))) {
            throw new DataException(where, "expects a whole label from 0 to " + (classes - 1) + ", got " + label);
        }
        return sample;
    }

    /// The rows of a shard that is being read.
    private static final class Shard implements AutoCloseable {
        private final RowAppender inputs;
        private final RowAppender answers;
        private final RowsHash hash = new RowsHash();
        private float[] weights = new float[16];
        private boolean weighted;

        Shard(int width, int targets, long heapBytes) {
            inputs = new RowAppender("rows of a shard", width, heapBytes);
            answers = new RowAppender("targets of a shard", targets, heapBytes);
        }

        int count() {
            return inputs.count();
        }

        void append(Sample sample) {
            if (inputs.count() == weights.length) weights = Arrays.copyOf(weights, 2 * weights.length);
            weights[inputs.count()] = sample.weight();
            weighted |= sample.weight() != 1;
            inputs.append(sample.inputs());
            answers.append(sample.targets());
        }

        Dataset data(WorkerPlan plan, Shape shape) {
            Dataset data = dataset(plan, shape, inputs.finishUnclosed(), answers.finishUnclosed());
            return weighted ? data.withWeights(Arrays.copyOf(weights, data.size())) : data;
        }

        @Override
        public void close() {
            inputs.close();
            answers.close();
        }
    }

    private static Dataset dataset(WorkerPlan plan, Shape shape, StoredRows inputs, StoredRows answers) {
        if (!plan.isLabeled()) return Dataset.of(inputs, shape, answers);
        int[] labels = new int[answers.count()];
        for (int i = 0; i < labels.length; i++) labels[i] = (int) answers.get(i, 0);
        return Dataset.of(inputs, shape, labels, List.copyOf(plan.classNames()));
    }
}

package dev.neurite.spark.engine;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.spark.Dependency;
import org.apache.spark.OneToOneDependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/// The rows of each worker. Nothing is read unless the worker asks for it: one that has the rows of its shards
/// already lets Spark fetch none.
final class WorkerRdd extends RDD<WorkerRows> {
    private static final long serialVersionUID = 1L;

    private final RDD<Tuple2<Long, byte[]>> rows;
    private final long[] running;
    private final transient @Nullable Map<Integer, String> places; // null on executors

    /// @param rows a partition for each worker
    /// @param running the numbers of the trainings that run now
    /// @param places Spark's names for the executors that workers should run on, by rank
    WorkerRdd(RDD<Tuple2<Long, byte[]>> rows, Set<Long> running, Map<Integer, String> places) {
        super(
                rows.context(),
                seq(List.<Dependency<?>>of(new OneToOneDependency<>(rows))),
                ClassTag$.MODULE$.apply(WorkerRows.class));
        this.rows = rows;
        this.running = running.stream().mapToLong(Long::longValue).toArray();
        this.places = places;
    }

    private static <T> Seq<T> seq(List<T> list) {
        return CollectionConverters.asScala(list).toSeq();
    }

    @Override
    public Partition[] getPartitions() {
        return rows.partitions();
    }

    @Override
    public Seq<String> getPreferredLocations(Partition worker) {
        String place = places == null ? null : places.get(worker.index());
        return seq(place == null ? List.of() : List.of(place));
    }

    @Override
    public scala.collection.Iterator<WorkerRows> compute(Partition worker, TaskContext context) {
        boolean local = SparkEnv.get().executorId().equals("driver"); // a thread for each worker
        var all = new WorkerRows(
                () -> CollectionConverters.asJava(rows.iterator(worker, context)),
                LongStream.of(running).boxed().collect(Collectors.toSet()),
                !local);
        return CollectionConverters.asScala(List.of(all).iterator());
    }
}

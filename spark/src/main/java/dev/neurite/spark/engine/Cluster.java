package dev.neurite.spark.engine;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.spark.mesh.Secret;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.cluster.ClusterConnection;
import dev.neurite.train.cluster.TrainerSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;
import scala.reflect.ClassTag$;

/// Takes the epochs of a training on a cluster: each is a job of Spark with one barrier stage, whose tasks are
/// the workers. If it fails, another job begins from the state before the epoch, with as many workers as there
/// are places for then; the result does not depend on their number.
public final class Cluster implements ClusterConnection {
    /// The longest wait for another worker, if the caller does not say.
    public static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final System.Logger LOG = System.getLogger("dev.neurite.spark");
    private static final long MORE = 1 << 20; // bytes of a state that are no tensors, at most
    private static final int MOST_FAILURES = 3; // of an epoch, in a row
    private static final List<String> JOB =
            List.of("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel");

    private final JavaSparkContext spark;
    private final TrainerSource source;
    private final Consumer<String> notes;
    private final NumberedRows rows;
    private final Model model;
    private final Duration timeout;
    private final Runnable atEnd;
    private final Executors executors;
    private final WorkerCount count;
    private final Map<Integer, RDD<Tuple2<Long, byte[]>>> byShard = new HashMap<>(); // by the number of workers
    private final Map<Integer, String> places = new HashMap<>(); // where each worker of the last epoch was
    private final List<EpochFigures> epochs = new ArrayList<>();
    private final Advisor advisor = new Advisor();
    private Optional<String> advice = Optional.empty(); // that was told
    private @Nullable WorkerPlan plan;
    private int wanted; // workers; 0 before the first epoch
    private int workers; // of the last epoch
    private int attempts; // jobs so far

    /// A cluster for one training.
    /// @param model the model to train, whose parameters do not matter
    /// @param workers their number; empty for one on each executor, and at most one for each shard
    /// @param timeout how long a worker waits for another one
    /// @param notes takes sentences for the user
    /// @param atEnd what [#close] does, besides ending the training
    /// @throws ConfigException for a setting of Spark that the training cannot do with
    public Cluster(
            JavaSparkContext spark,
            TrainerSource source,
            NumberedRows rows,
            Model model,
            OptionalInt workers,
            Duration timeout,
            Consumer<String> notes,
            Runnable atEnd) {
        SparkSettings.check(spark.getConf());
        requireSerializable(source);
        if (!timeout.isPositive()) {
            throw new ConfigException("timeout", "expects more than 0, got " + timeout);
        }
        this.spark = spark;
        this.source = source;
        this.rows = rows;
        this.model = model;
        this.timeout = timeout;
        this.notes = notes;
        this.atEnd = atEnd;
        this.executors = new Executors(spark.sc());
        this.count = new WorkerCount(executors, workers, SparkSettings.firstWait(spark.getConf()));
    }

    /// Refuses a source that cannot be sent to the workers: Spark would try again and again.
    private static void requireSerializable(TrainerSource source) {
        try (var out = new ObjectOutputStream(OutputStream.nullOutputStream())) {
            out.writeObject(source);
        } catch (IOException e) {
            String problem = e instanceof NotSerializableException ? "captures a " + e.getMessage() : "got " + e;
            var refused = new ConfigException(
                    "source",
                    "expects something serializable, " + problem,
                    "Let it use only its parameter, and values that are Serializable");
            refused.initCause(e);
            throw refused;
        }
    }

    @Override
    public Dataset like() {
        return rows.like(model.network().inputs().getFirst());
    }

    @Override
    public int rows() {
        return rows.count();
    }

    @Override
    public String dataHash() {
        return rows.hash();
    }

    @Override
    public String software() {
        return "Apache Spark " + spark.version();
    }

    /// Ends the training: its workers may forget their rows.
    @Override
    public void close() {
        endPlan();
        atEnd.run();
    }

    private void endPlan() {
        if (plan != null) RunningTrainings.ofThisJvm().end(plan.training());
    }

    /// What happened in each epoch.
    public List<EpochFigures> epochs() {
        return List.copyOf(epochs);
    }

    @Override
    public Optional<String> advice() {
        return advice.or(advisor::text);
    }

    @Override
    public int workers() {
        return workers > 0 ? workers : count.now();
    }

    /// Waits for the executors, so that a cluster which has none is refused before the training begins.
    /// @throws ResourceException if none comes
    /// @throws ConfigException if fewer come than the workers that were asked for
    public void awaitExecutors() {
        try {
            count.awaitExecutors();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for executors", e);
        }
    }

    private RDD<Tuple2<Long, byte[]>> byShard(int shards) {
        return byShard.computeIfAbsent(
                workers,
                number -> rows.rows()
                        .repartitionAndSortWithinPartitions(new ByShard(shards, number))
                        .rdd());
    }

    // ----------------------------------------------------------------------------------------------------- an epoch

    @Override
    public Result run(Epoch epoch) throws InterruptedException {
        long start = System.nanoTime();
        WorkerPlan now = plan(epoch);
        if (wanted == 0) wanted = count.wanted(now.shards(), this::advise);
        use(Math.min(wanted, Math.max(1, executors.slots())));
        Broadcast<byte[]> state = spark.broadcast(bytes(epoch));
        try {
            List<Tuple2<byte[], byte[]>> results = null;
            long begun = start;
            int failed = 0;
            while (results == null) {
                if (failed > 0) use(count.left(wanted));
                begun = failed == 0 ? start : System.nanoTime();
                results = attempt(now, state, epoch, failed);
                if (results == null) failed++;
            }
            return result(epoch, results, start, begun, failed + 1);
        } finally {
            state.destroy();
        }
    }

    private void use(int number) {
        if (number != workers) places.clear();
        workers = number;
    }

    private WorkerPlan plan(Epoch epoch) {
        WorkerPlan known = plan;
        if (known != null
                && known.shards() == epoch.shards()
                && known.epochs() == epoch.epochs()
                && known.steps() == epoch.steps()) {
            return known;
        }
        int count = rows.count();
        if (count < epoch.shards()) {
            throw new DataException(
                    "data", "expects at least a row for each of " + epoch.shards() + " shards, got " + count + " rows");
        }
        var made = new WorkerPlan(
                new SecureRandom().nextLong(),
                Secret.random(),
                source,
                epoch.shards(),
                epoch.epochs(),
                epoch.steps(),
                count,
                rows.width(),
                rows.targets(),
                rows.classNames(),
                rows.rowsHash().orElse(""),
                timeout.toMillis(),
                version());
        endPlan();
        RunningTrainings.ofThisJvm().begin(made.training());
        plan = made;
        byShard.clear();
        return made;
    }

    private byte[] bytes(Epoch epoch) {
        long numbers = (long) model.parameters().size() + model.statistics().size();
        for (Tensor each : epoch.state().memory().arrays().values()) numbers += each.size();
        SparkSettings.requireRoom(spark.getConf(), Float.BYTES * numbers + MORE);
        try {
            return EpochTask.bytes(new Checkpoint(new ModelFile(model, Map.of()), epoch.state()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The version of this JVM's library, and that of its numbers.
    static String version() {
        String version = Cluster.class.getPackage().getImplementationVersion();
        return (version == null ? "unknown" : version) + ", numerics " + Kernels.NUMERICS_VERSION;
    }

    /// Tries to take an epoch; returns null if workers were lost, so that another attempt makes sense.
    /// @param failed the number of attempts so far
    /// @throws NeuriteException what a worker refuses: a row, or a training that diverges
    /// @throws ResourceException if the caller's code fails on a worker, or workers are lost again and again
    private @Nullable List<Tuple2<byte[], byte[]>> attempt(
            WorkerPlan now, Broadcast<byte[]> state, Epoch epoch, int failed) throws InterruptedException {
        SparkContext context = spark.sc();
        attempts++;
        String group = "neurite-" + Long.toHexString(now.training()) + "-" + attempts;
        List<Optional<String>> before = JOB.stream()
                .map(name -> Optional.ofNullable(context.getLocalProperty(name)))
                .toList();
        try (var watch = new AttemptWatch(context, executors, group, workers, WorkerCount.RETURN)) {
            context.setJobGroup(
                    group,
                    "Neurite, epoch " + epoch.number() + " of " + epoch.epochs() + ", " + workers + " workers",
                    true);
            try {
                RDD<WorkerRows> all = new WorkerRdd(
                                byShard(now.shards()),
                                RunningTrainings.ofThisJvm().numbers(),
                                places)
                        .withResources(executors.profile());
                RDD<Tuple2<byte[], byte[]>> results = all.barrier()
                        .mapPartitions(
                                new EpochTask(now, state, attempts), false, ClassTag$.MODULE$.apply(Tuple2.class));
                return results.toJavaRDD().collect();
            } catch (Exception e) { // Spark declares none, and throws its own
                if (e instanceof InterruptedException interrupt) {
                    context.cancelJobGroup(group);
                    throw interrupt;
                }
                watch.awaitNews();
                fail(epoch, watch, e, failed);
                places.clear();
                return null;
            }
        } finally {
            for (int i = 0; i < JOB.size(); i++) {
                context.setLocalProperty(JOB.get(i), before.get(i).orElse(null));
            }
        }
    }

    /// Throws what another attempt would not mend, and otherwise says why there is one.
    private void fail(Epoch epoch, AttemptWatch watch, Exception problem, int failed) {
        String root = watch.root().orElseGet(() -> String.valueOf(problem.getMessage()));
        Optional<Throwable> refusal = watch.refusal();
        if (refusal.isPresent() && refusal.get() instanceof NeuriteException own) throw own;
        if (refusal.isPresent() || failed == MOST_FAILURES || spark.sc().isStopped()) {
            String times = failed == 0 ? "" : " in " + (failed + 1) + " attempts";
            var given = new ResourceException(
                    "training on Spark, epoch " + epoch.number(),
                    "has failed" + times + ": " + root,
                    "The executors' logs say more");
            given.initCause(refusal.orElse(problem));
            throw given;
        }
        notes.accept("epoch " + epoch.number() + " begins again: " + root);
    }

    private Result result(Epoch epoch, List<Tuple2<byte[], byte[]>> results, long start, long begun, int tried) {
        List<EpochReport> all =
                results.stream().map(each -> EpochReport.of(each._1())).toList();
        EpochReport first = all.getFirst();
        for (EpochReport each : all) {
            if (!each.weights().equals(first.weights())) {
                throw new ResourceException(
                        "worker " + each.rank() + " on " + each.host(),
                        "has other weights after epoch " + epoch.number() + " than worker 0 on " + first.host(),
                        "Do all executors have the same version of Java and of Neurite?");
            }
            places.put(each.rank(), "executor_" + each.host() + "_" + each.executor());
        }
        epochs.add(new EpochFigures(
                all.stream().map(EpochReport::pid).toList(),
                all.stream().mapToLong(EpochReport::sent).sum(),
                (System.nanoTime() - start) * 1e-9,
                all.stream().mapToDouble(EpochReport::computeSeconds).max().orElse(0),
                all.stream().mapToDouble(EpochReport::waitSeconds).max().orElse(0),
                tried,
                (begun - start) * 1e-9));
        advisor.epoch(WorkerAdvice.of(all), epochs.getLast().seconds(), epoch.number() == epoch.epochs())
                .ifPresent(times -> {
                    LOG.log(System.Logger.Level.INFO, "{0}", times);
                    times.text().ifPresent(this::advise);
                });
        try {
            byte[] state = results.getFirst()._2();
            Checkpoint end = Checkpoint.read(
                    new ByteArrayInputStream(state), state.length, "state of worker 0", Catalog.standard());
            return new Result(end.state(), first.steps());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void advise(String text) {
        advice = Optional.of(text);
        notes.accept(text);
    }
}

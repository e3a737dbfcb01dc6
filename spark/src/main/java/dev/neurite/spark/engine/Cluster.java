package dev.neurite.spark.engine;

import dev.neurite.data.Batch;
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
import dev.neurite.spark.ClusterTraining;
import dev.neurite.spark.TrainerSource;
import dev.neurite.spark.mesh.AllReduce;
import dev.neurite.spark.mesh.Secret;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;
import scala.reflect.ClassTag$;

/// Trains on a cluster: a barrier stage for each epoch, and another one if it fails, from the state before it.
public final class Cluster {
    private static final System.Logger LOG = System.getLogger("dev.neurite.spark");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_FAILURES = 3; // of an epoch, in a row

    private final JavaSparkContext spark;
    private final TrainerSource source;
    private final int epochs;
    private final int workers;
    private int attempts; // jobs so far

    /// @param workers the number of workers
    public Cluster(JavaSparkContext spark, TrainerSource source, int epochs, int workers) {
        this.spark = spark;
        this.source = source;
        this.epochs = epochs;
        this.workers = workers;
    }

    /// The worker that has the shard of a row's number.
    private static final class ByShard extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final int shards;
        private final int workers;

        ByShard(int shards, int workers) {
            this.shards = shards;
            this.workers = workers;
        }

        @Override
        public int numPartitions() {
            return workers;
        }

        @Override
        public int getPartition(Object number) {
            int shard = (int) ((Long) number % shards);
            int worker = (int) ((long) shard * workers / shards);
            while (AllReduce.first(worker + 1, workers, shards) <= shard) worker++; // rounded down
            return worker;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ByShard same && same.shards == shards && same.workers == workers;
        }

        @Override
        public int hashCode() {
            return 31 * shards + workers;
        }
    }

    /// Trains a model.
    /// @param rows the number of each row, from 0, and its bytes, see [Sample]
    /// @param targets the number of target values; 0 for labels
    /// @param classNames the names of the classes; empty for values
    public ClusterTraining fit(Model model, JavaPairRDD<Long, byte[]> rows, int targets, List<String> classNames)
            throws IOException {
        long count = rows.count();
        Shape shape = model.network().inputs().getFirst();
        Trainer trainer = source.trainer(model).rowsByShard(true).threads(1);
        int[] labels = {0};
        Dataset one = targets == 0
                ? Dataset.of(new float[1][shape.size()], labels, classNames).withInputShape(shape)
                : Dataset.of(new float[1][shape.size()], new float[1][targets]).withInputShape(shape);
        byte[] state;
        int shards;
        long steps;
        try (TrainingSession session = trainer.begin(Batch.of(one))) {
            shards = session.sharded().shards();
            if (count < shards) {
                throw new DataException(
                        "data", "expects at least a row for each of " + shards + " shards, got " + count + " rows");
            }
            if (count > Integer.MAX_VALUE)
                throw new DataException("data", "expects at most 2³¹ − 1 rows, got " + count);
            if (workers > shards) {
                throw new ConfigException(
                        "workers", "expects at most one for each of " + shards + " shards, got " + workers);
            }
            steps = (long) epochs * session.sharded().order((int) count).batches();
            state = EpochTask.bytes(new Checkpoint(new ModelFile(model, Map.of()), session.state()));
        }
        var plan = new Plan(
                new SecureRandom().nextLong(),
                Secret.random().text(),
                source,
                shards,
                (int) count,
                shape.size(),
                targets,
                List.copyOf(classNames),
                PATIENCE.toMillis(),
                version());
        RDD<Tuple2<Long, byte[]>> byShard = rows.repartitionAndSortWithinPartitions(new ByShard(shards, workers))
                .rdd();
        List<Double> losses = new ArrayList<>();
        List<ClusterTraining.Epoch> done = new ArrayList<>();
        Map<Integer, String> places = new HashMap<>();
        String weights = "";
        for (int epoch = 1; epoch <= epochs; epoch++) {
            long start = System.nanoTime();
            EpochReport[] reports = run(plan, byShard, state, steps, epoch, places);
            weights = reports[0].weights();
            for (EpochReport each : reports) {
                if (!each.weights().equals(weights)) {
                    throw new ResourceException(
                            "worker " + each.rank() + " on " + each.host(),
                            "has other weights after epoch " + epoch + " than worker 0 on " + reports[0].host(),
                            "Do all executors have the same version of Java and of Neurite?");
                }
                places.put(each.rank(), "executor_" + each.host() + "_" + each.executor());
            }
            state = reports[0].state();
            losses.add(reports[0].losses().stream()
                    .mapToDouble(each -> each)
                    .average()
                    .orElse(Double.NaN));
            done.add(new ClusterTraining.Epoch(
                    Arrays.stream(reports).map(EpochReport::pid).toList(),
                    Arrays.stream(reports).mapToLong(EpochReport::sent).sum(),
                    (System.nanoTime() - start) * 1e-9,
                    Arrays.stream(reports)
                            .mapToDouble(EpochReport::computeSeconds)
                            .max()
                            .orElse(0),
                    Arrays.stream(reports)
                            .mapToDouble(EpochReport::waitSeconds)
                            .max()
                            .orElse(0)));
        }
        Checkpoint end = Checkpoint.read(new ByteArrayInputStream(state), state.length, "state", Catalog.standard());
        return new ClusterTraining(end.model().model(), losses, weights, done);
    }

    /// Runs an epoch; if a worker is lost, again from its beginning.
    /// @throws dev.neurite.error.NeuriteException what a worker refuses: a row, or a training that diverges
    /// @throws ResourceException if workers are lost again and again
    private EpochReport[] run(
            Plan plan,
            RDD<Tuple2<Long, byte[]>> rows,
            byte[] state,
            long steps,
            int epoch,
            Map<Integer, String> places) {
        var failures = new TaskFailures();
        spark.sc().addSparkListener(failures);
        Broadcast<byte[]> shared = spark.broadcast(state);
        try {
            for (int failed = 0; ; failed++) {
                failures.clear();
                try {
                    var task = new EpochTask(plan, shared, steps, ++attempts);
                    return (EpochReport[]) new WorkerRdd(rows, places)
                            .barrier()
                            .mapPartitions(task, false, ClassTag$.MODULE$.apply(EpochReport.class))
                            .collect();
                } catch (Exception e) { // Spark declares none, and throws its own
                    Optional<NeuriteException> refusal = failures.refusal();
                    if (refusal.isPresent()) throw refusal.get();
                    if (!(e instanceof SparkException) || failed == MOST_FAILURES) throw failed(epoch, failures, e);
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "epoch {0} begins again: {1}",
                            epoch,
                            failures.root().orElse(String.valueOf(e.getMessage())));
                    places.clear();
                }
            }
        } finally {
            shared.destroy();
            spark.sc().removeSparkListener(failures);
        }
    }

    private static ResourceException failed(int epoch, TaskFailures failures, Exception e) {
        var problem = new ResourceException(
                "training on Spark, epoch " + epoch,
                "has failed: " + failures.root().orElse(String.valueOf(e.getMessage())),
                "The executors' logs say more");
        problem.initCause(e);
        return problem;
    }

    private static String version() {
        String version = Cluster.class.getPackage().getImplementationVersion();
        return (version == null ? "unknown" : version) + ", numerics " + Kernels.NUMERICS_VERSION;
    }
}

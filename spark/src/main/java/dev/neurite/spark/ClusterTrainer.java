package dev.neurite.spark;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.model.WeightsHash;
import dev.neurite.spark.engine.Cluster;
import dev.neurite.spark.engine.HadoopStore;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.TrainerSource;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.api.java.JavaSparkContext;

/// Trains on Spark. The run is that of [Trainer#fit] on one machine with the same rows and
/// [Trainer#rowsByShard], bit for bit, whatever the number of workers.
///
/// ```java
/// TrainerSource source = model -> Trainer.of(model).optimizer(adam(1e-3)).batchSize(256).shards(8).epochs(5);
/// JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
/// ClusterRows rows = ClusterRows.of(context, data);
/// ClusterTraining training = ClusterTrainer.on(context).fit(source.trainer(model), source, rows);
/// ```
///
/// A worker is a task that takes a whole executor, with all its cores; in local mode a thread. Each epoch is a
/// job. If workers are lost in it, it begins again on those that are left. The driver keeps the state,
/// validates, and reports to callbacks. Immutable: each setting returns another one.
///
/// A worker needs memory for the parameters and the optimizer's state; for log₂(S/n) + 4 arrays as large as the
/// parameters, where the numbers of S shards and n workers are powers of two, and otherwise up to 3·log₂ S + 3;
/// and for the tensors of one shard of a batch. It refuses what does not fit before it begins. Its rows take up
/// to a quarter of the heap; beyond that they are in a temporary file, in `java.io.tmpdir`.
///
/// | setting | default |
/// |---|---|
/// | workers | one on each executor (`local[n]`: n), at most one for each of [Trainer#shards] |
/// | checkpoints | none |
/// | timeout | 60 s |
public final class ClusterTrainer {
    private static final System.Logger LOG = System.getLogger("dev.neurite.spark");

    private final JavaSparkContext spark;
    private final OptionalInt workers;
    private final Optional<String> checkpoints;
    private final Duration timeout;

    private ClusterTrainer(
            JavaSparkContext spark, OptionalInt workers, Optional<String> checkpoints, Duration timeout) {
        this.spark = spark;
        this.workers = workers;
        this.checkpoints = checkpoints;
        this.timeout = timeout;
    }

    /// A trainer on this Spark application.
    public static ClusterTrainer on(JavaSparkContext spark) {
        return new ClusterTrainer(spark, OptionalInt.empty(), Optional.empty(), Cluster.TIMEOUT);
    }

    /// The number of workers. [#fit] refuses it if there are fewer executors, or fewer shards. If executors are
    /// lost, the training goes on with fewer.
    /// @param count at least 1
    public ClusterTrainer workers(int count) {
        return new ClusterTrainer(spark, OptionalInt.of(count), checkpoints, timeout);
    }

    /// A directory for checkpoints, after each epoch; the newest 2 are kept. If there are some, [#fit] goes on
    /// from the newest that is not damaged, and refuses those of another training. If that training has ended, it
    /// trains nothing, and warns.
    /// @param directory a path of a file system that Hadoop knows, such as `hdfs://…`; one that is written only
    /// by this training
    public ClusterTrainer checkpoints(String directory) {
        return new ClusterTrainer(spark, workers, Optional.of(directory), timeout);
    }

    /// How long a worker waits for another one, before it takes it for lost.
    /// @param longest more than 0
    public ClusterTrainer timeout(Duration longest) {
        return new ClusterTrainer(spark, workers, checkpoints, longest);
    }

    /// Trains.
    /// @param trainer the driver's: its callbacks, metrics and epochs
    /// @param source makes an equal trainer on each worker
    /// @throws ConfigException as [Trainer#fit(dev.neurite.train.EpochRunner)]; if `source`
    /// makes another trainer; for more workers than executors or shards; if Spark has dynamic allocation or
    /// encryption on
    /// @throws dev.neurite.error.DataException for a row that does not fit, or fewer rows than shards
    /// @throws dev.neurite.error.DivergedException if the loss is not finite any more
    /// @throws dev.neurite.error.ResourceException if workers have too little memory or disk, or are lost again
    /// and again
    public ClusterTraining fit(Trainer trainer, TrainerSource source, ClusterRows rows) {
        return fit(trainer, source, rows, Optional.empty());
    }

    /// Trains as [#fit(Trainer, TrainerSource, ClusterRows)], and evaluates on validation data after each epoch,
    /// on the driver.
    public ClusterTraining fit(Trainer trainer, TrainerSource source, ClusterRows rows, Dataset validation) {
        return fit(trainer, source, rows, Optional.of(validation));
    }

    private ClusterTraining fit(Trainer trainer, TrainerSource source, ClusterRows rows, Optional<Dataset> validation) {
        try (var cluster = new Cluster(
                spark, source, rows.numbered(), trainer.model(), workers, timeout, ClusterTrainer::warn, () -> {})) {
            Trainer own = checkpoints.map(each -> kept(trainer, each)).orElse(trainer);
            Run run = run(own, cluster, validation);
            warnIfDone(run, cluster);
            return new ClusterTraining(
                    run, WeightsHash.sha256(run.last()), cluster.rows(), cluster.epochs(), cluster.advice());
        }
    }

    private Run run(Trainer trainer, Cluster cluster, Optional<Dataset> validation) {
        try {
            return validation.map(data -> trainer.fit(cluster, data)).orElseGet(() -> trainer.fit(cluster));
        } catch (ConfigException e) {
            if (checkpoints.isEmpty() || !e.where().equals("resume")) throw e;
            var named = new ConfigException(
                    "checkpoints in " + checkpoints.get(), e.problem(), "Take another directory for another training");
            named.initCause(e);
            throw named;
        }
    }

    /// Says that a directory has the checkpoints of a training that has ended.
    private void warnIfDone(Run run, Cluster cluster) {
        boolean trained = !cluster.epochs().isEmpty() || run.history().epochs().isEmpty();
        if (checkpoints.isEmpty() || run.paused() || trained) return;
        warn("nothing was trained: checkpoints in " + checkpoints.get() + " are of the same training, which has ended"
                + " after epoch " + run.history().last().epoch() + "; remove them to train anew");
    }

    private static void warn(String text) {
        LOG.log(System.Logger.Level.WARNING, "{0}", text);
    }

    /// A trainer that writes checkpoints, and goes on from the newest.
    private Trainer kept(Trainer trainer, String directory) {
        var store = new HadoopStore(directory, spark.hadoopConfiguration());
        Trainer writing = trainer.callback(Checkpoints.into(store));
        if (Checkpoints.names(store).isEmpty()) return writing;
        return writing.resume(Checkpoints.newest(store, Catalog.standard(), ClusterTrainer::warn)
                .state());
    }
}

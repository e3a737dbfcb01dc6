package dev.neurite.spark.engine;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.spark.mesh.Address;
import dev.neurite.spark.mesh.AllReduce;
import dev.neurite.spark.mesh.Membership;
import dev.neurite.spark.mesh.Mesh;
import dev.neurite.spark.mesh.PeerException;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Memory;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import dev.neurite.train.TrainingState;
import dev.neurite.train.shard.ShardedStep;
import dev.neurite.train.shard.StepFigures;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskInterruptListener;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/// An epoch on one worker: a task of a barrier stage. The tasks read their rows, tell each other where they
/// listen, connect, and take the steps of the epoch together. A task returns the [EpochReport#bytes] of its
/// report, and those of the checkpoint at the end; only the first worker's are not empty.
final class EpochTask extends AbstractFunction1<Iterator<WorkerRows>, Iterator<Tuple2<byte[], byte[]>>>
        implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Duration ECHO = Duration.ofSeconds(2);
    private static final Duration START = Duration.ofSeconds(10); // of the slowest executor, at least
    /// Makes a thread of the system: to send, it waits in the system, as the thread of the task does, and needs no
    /// other thread to go on.
    private static final ThreadFactory ADDER =
            Thread.ofPlatform().daemon().name("neurite-add-buckets").factory();

    private static final int TIMES = 10; // as long as this worker another one may read

    private final WorkerPlan plan;
    private final Broadcast<byte[]> state;
    private final int attempt;

    /// @param state the checkpoint at the beginning of the epoch
    /// @param attempt another number for each job
    EpochTask(WorkerPlan plan, Broadcast<byte[]> state, int attempt) {
        this.plan = plan;
        this.state = state;
        this.attempt = attempt;
    }

    @Override
    public Iterator<Tuple2<byte[], byte[]>> apply(Iterator<WorkerRows> rows) {
        BarrierTaskContext context = BarrierTaskContext.get();
        try {
            Tuple2<byte[], byte[]> result = train(context, CollectionConverters.asJava(rows));
            return CollectionConverters.asScala(List.of(result).iterator());
        } catch (IOException e) {
            if (e instanceof PeerException peer && peer.isEcho()) letTheCauseGoFirst(context);
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the task was ended", e);
        } catch (OutOfMemoryError e) { // Spark ends an executor that has one, also as a cause, and tries again
            throw new ResourceException(
                    worker(context),
                    "has too little memory: " + e.getMessage(),
                    "Give executors more, as by spark.executor.memory=8g, or take smaller batches");
        }
    }

    /// Waits until Spark ends this task because of the worker that has failed: whoever fails first is taken for
    /// the cause.
    private static void letTheCauseGoFirst(BarrierTaskContext context) {
        long end = System.nanoTime() + ECHO.toNanos();
        try {
            while (System.nanoTime() - end < 0 && !context.isInterrupted()) Thread.sleep(20);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Spark ends the task
        }
    }

    @SuppressWarnings({"IllegalCatch", "try"}) // the others are told why; who ends the task closes the connections
    private Tuple2<byte[], byte[]> train(BarrierTaskContext context, java.util.Iterator<WorkerRows> rows)
            throws IOException, InterruptedException {
        requireVersion(context);
        Checkpoint begin = Checkpoint.read(
                new ByteArrayInputStream(state.value()),
                state.value().length,
                "state of the training",
                Catalog.standard());
        Model model = begin.model().model();
        Shape shape = model.network().inputs().getFirst();
        Trainer trainer = plan.source()
                .trainer(model)
                .threads(context.cpus())
                .rowsByShard(true)
                .epochs(plan.epochs());
        requireSame(trainer, begin.state());
        int rank = context.partitionId();
        int workers = context.getTaskInfos().length;
        int first = AllReduce.first(rank, workers, plan.shards());
        int end = AllReduce.first(rank + 1, workers, plan.shards());
        long heap = Runtime.getRuntime().maxMemory() / 4 / workersHere(context);
        LocalShards.Own read = LocalShards.ofThisJvm().get(plan, shape, first, end, rows.next(), heap);
        List<Dataset> own = read.shards();
        requireRoom(trainer, own.getFirst(), model, workers, rank);
        Batch like = Batch.of(own.getFirst().rows(0));
        try (ServerSocketChannel listener = listen(context);
                Mesh mesh = connect(context, listener, read);
                ExecutorService adder = Executors.newSingleThreadExecutor(ADDER)) { // waits for what a failed mesh ends
            closeWhenEnded(context, mesh);
            try (TrainingSession session = trainer.resume(begin.state()).begin(like, plan.steps())) {
                return steps(context, session, mesh, adder, own, first);
            } catch (IOException | RuntimeException | Error e) {
                mesh.fail(String.valueOf(e.getMessage()));
                throw e;
            }
        }
    }

    /// A task that Spark ends while it waits for others would go on waiting.
    private static void closeWhenEnded(BarrierTaskContext context, Mesh mesh) {
        context.addTaskInterruptListener((TaskInterruptListener) (_, _) -> mesh.close());
    }

    private Tuple2<byte[], byte[]> steps(
            BarrierTaskContext context,
            TrainingSession session,
            Mesh mesh,
            ExecutorService adder,
            List<Dataset> own,
            int first)
            throws IOException {
        ShardedStep step = session.sharded();
        List<Batches> batches = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) batches.add(step.batches(own.get(i), plan.rows(), first + i));
        var work = new EpochWork(session, mesh, adder, plan.rows(), batches);
        List<StepFigures> figures = work.run();
        boolean tells = mesh.rank() == 0;
        var report = new EpochReport(
                mesh.rank(),
                SparkEnv.get().executorId(),
                address(context, mesh.rank()),
                ProcessHandle.current().pid(),
                WeightsHash.sha256(session.last()),
                tells ? figures : List.of(),
                mesh.sent(),
                Arrays.stream(work.computeSeconds()).sum(),
                Arrays.stream(work.waitSeconds()).sum(),
                median(work.computeSeconds()),
                median(work.waitSeconds()));
        byte[] state =
                tells ? bytes(new Checkpoint(new ModelFile(session.model(), Map.of()), session.state())) : new byte[0];
        return new Tuple2<>(report.bytes(), state);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    // --------------------------------------------------------------------------------------------------- the memory

    /// The workers of this JVM: several in local mode.
    private static int workersHere(BarrierTaskContext context) {
        String own = context.getTaskInfos()[context.partitionId()].address();
        return (int) Arrays.stream(context.getTaskInfos())
                .filter(each -> each.address().equals(own))
                .count();
    }

    /// Refuses a training that does not fit into the heap, before it allocates.
    private void requireRoom(Trainer trainer, Dataset shard, Model model, int workers, int rank) {
        int shards = plan.shards();
        boolean oneStep = plan.steps() == plan.epochs(); // the batch size may be larger than the data
        Trainer sized = oneStep
                ? trainer.accumulate(1).shards(shards).batchSize(Math.ceilDiv(plan.rows(), shards) * shards)
                : trainer;
        Memory one = sized.dropLast(false).memory(shard);
        long gradient = Float.BYTES
                * ((long) model.parameters().size() + model.statistics().size());
        new Memory(
                        one.model(),
                        one.parameters(),
                        gradient * EpochWork.arrays(shards, workers, rank),
                        one.optimizer(),
                        one.activations(),
                        0,
                        one.workspace(),
                        Math.ceilDiv(one.batches(), workers))
                .requireRoom(false);
    }

    // -------------------------------------------------------------------------------------------------- the workers

    /// The worker of a task, for messages.
    static String worker(BarrierTaskContext context) {
        return "worker " + context.partitionId() + " at " + address(context, context.partitionId());
    }

    private static String address(BarrierTaskContext context, int rank) {
        String address = context.getTaskInfos()[rank].address();
        return address.substring(0, address.lastIndexOf(':'));
    }

    /// Requires the library of the driver: another one may compute other bits.
    private void requireVersion(BarrierTaskContext context) {
        String own = Cluster.version();
        if (own.equals(plan.version())) return;
        throw new ConfigException(
                "executor on " + address(context, context.partitionId()),
                "expects version " + plan.version() + " of Neurite, as on the driver, has " + own);
    }

    private static void requireSame(Trainer trainer, TrainingState driver) {
        List<String> differences = trainer.differences(driver);
        if (differences.isEmpty()) return;
        throw new ConfigException(
                "source",
                "makes another trainer than the one that was given: " + String.join(", ", differences),
                "Give the trainer that it makes; only callbacks, metrics and epochs may be others");
    }

    private static ServerSocketChannel listen(BarrierTaskContext context) throws IOException {
        return Mesh.listen(InetAddress.getByName(address(context, context.partitionId())));
    }

    /// Tells the other workers where this one listens, and the hash of its rows; connects with them.
    private Mesh connect(BarrierTaskContext context, ServerSocketChannel listener, LocalShards.Own read)
            throws IOException, InterruptedException {
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        String own = address(context, context.partitionId()) + " " + port + " "
                + Arrays.stream(read.hash().sums()).mapToObj(Long::toString).collect(Collectors.joining(" "));
        String[] all = context.getTaskInfos().length == 1
                ? new String[] {own}
                : Rendezvous.texts(context, own, limit(read.longest()));
        List<Address> addresses = new ArrayList<>();
        var hash = new RowsHash();
        for (String each : all) {
            String[] words = each.split(" ", -1);
            addresses.add(new Address(words[0], Integer.parseInt(words[1])));
            hash.add(Arrays.stream(words).skip(2).mapToLong(Long::parseLong).toArray());
        }
        requireRows(hash);
        var member = new Membership(plan.training(), attempt, context.partitionId(), all.length, plan.secret());
        return Mesh.connect(listener, member, addresses, Duration.ofMillis(plan.timeoutMillis()));
    }

    /// How long the others may read their rows.
    /// @param reading how long this worker took
    private Duration limit(Duration reading) {
        long least = Math.max(START.toMillis(), plan.timeoutMillis());
        return Duration.ofMillis(least).plus(reading.multipliedBy(TIMES));
    }

    /// Requires the rows of the first read. Spark computes rows again after a failure, and for each reader.
    private void requireRows(RowsHash read) {
        if (plan.rowsHash().isEmpty() || plan.rowsHash().equals(read.toString())) return;
        throw new DataException(
                "rows",
                "expects the same each time that Spark computes them, got others: a " + read + " instead of a "
                        + plan.rowsHash(),
                "Cache them, or write them to a file first. An idCol must have the same number or text for a row"
                        + " each time");
    }

    // ---------------------------------------------------------------------------------------------------- the state

    static byte[] bytes(Checkpoint checkpoint) throws IOException {
        var bytes = new ByteArrayOutputStream();
        checkpoint.write(bytes, Catalog.standard());
        return bytes.toByteArray();
    }
}

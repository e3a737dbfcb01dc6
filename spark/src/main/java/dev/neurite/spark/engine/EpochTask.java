package dev.neurite.spark.engine;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.spark.mesh.Address;
import dev.neurite.spark.mesh.AllReduce;
import dev.neurite.spark.mesh.Membership;
import dev.neurite.spark.mesh.Mesh;
import dev.neurite.spark.mesh.Secret;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import dev.neurite.train.shard.ShardedStep;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskInterruptListener;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/// An epoch on one worker: a task of a barrier stage. The tasks tell each other where they listen, connect, and
/// take the steps of the epoch together.
final class EpochTask extends AbstractFunction1<Iterator<WorkerRows>, Iterator<EpochReport>> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Plan plan;
    private final Broadcast<byte[]> state;
    private final long steps;
    private final int attempt;

    /// @param state the checkpoint at the beginning of the epoch
    /// @param steps the number of steps of all epochs
    /// @param attempt another number for each job
    EpochTask(Plan plan, Broadcast<byte[]> state, long steps, int attempt) {
        this.plan = plan;
        this.state = state;
        this.steps = steps;
        this.attempt = attempt;
    }

    @Override
    public Iterator<EpochReport> apply(Iterator<WorkerRows> rows) {
        BarrierTaskContext context = BarrierTaskContext.get();
        try {
            EpochReport report = train(context, CollectionConverters.asJava(rows));
            return CollectionConverters.asScala(List.of(report).iterator());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the task was ended", e);
        }
    }

    @SuppressWarnings("IllegalCatch") // the other workers are told why
    private EpochReport train(BarrierTaskContext context, java.util.Iterator<WorkerRows> rows)
            throws IOException, InterruptedException {
        Checkpoint begin = Checkpoint.read(
                new ByteArrayInputStream(state.value()),
                state.value().length,
                "state of the training",
                Catalog.standard());
        Model model = begin.model().model();
        Trainer trainer = plan.source().trainer(model).threads(context.cpus()).rowsByShard(true);
        Shape shape = model.network().inputs().getFirst();
        int shards = plan.shards();
        long start = System.nanoTime();
        int workers = context.getTaskInfos().length;
        int first = AllReduce.first(context.partitionId(), workers, shards);
        int end = AllReduce.first(context.partitionId() + 1, workers, shards);
        long heap = Runtime.getRuntime().maxMemory() / 4;
        List<Dataset> own = LocalShards.ofThisJvm().get(plan, shape, first, end, shards, rows.next(), heap);
        double readSeconds = (System.nanoTime() - start) * 1e-9;
        Batch like = Batch.of(own.getFirst().rows(0));
        try (ServerSocketChannel listener = listen(context);
                Mesh mesh = connect(context, listener);
                TrainingSession session = trainer.resume(begin.state()).begin(like, steps)) {
            context.addTaskInterruptListener((TaskInterruptListener) (_, _) -> mesh.close());
            try {
                ShardedStep step = session.sharded();
                List<Batches> batches = new ArrayList<>();
                for (int i = 0; i < own.size(); i++) {
                    batches.add(step.batches(own.get(i), plan.rows(), first + i));
                }
                var work = new EpochWork(session, mesh, plan.rows(), batches);
                List<Double> losses = work.run();
                session.endEpoch();
                boolean tells = mesh.rank() == 0;
                return new EpochReport(
                        mesh.rank(),
                        SparkEnv.get().executorId(),
                        address(context, mesh.rank()),
                        ProcessHandle.current().pid(),
                        sha256(session.last()),
                        tells ? losses : List.of(),
                        tells
                                ? bytes(new Checkpoint(new ModelFile(session.model(), Map.of()), session.state()))
                                : new byte[0],
                        mesh.sent(),
                        work.computeSeconds(),
                        work.waitSeconds(),
                        readSeconds);
            } catch (IOException | RuntimeException | Error e) {
                mesh.fail(String.valueOf(e.getMessage()));
                throw e;
            }
        }
    }

    // -------------------------------------------------------------------------------------------------- the workers

    private static String address(BarrierTaskContext context, int rank) {
        String address = context.getTaskInfos()[rank].address();
        return address.substring(0, address.lastIndexOf(':'));
    }

    private static ServerSocketChannel listen(BarrierTaskContext context) throws IOException {
        return Mesh.listen(InetAddress.getByName(address(context, context.partitionId())));
    }

    private Mesh connect(BarrierTaskContext context, ServerSocketChannel listener)
            throws IOException, InterruptedException {
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        String own = address(context, context.partitionId()) + " " + port + " " + plan.version();
        String[] all = context.allGather(own);
        List<Address> addresses = new ArrayList<>();
        for (String each : all) {
            String[] words = each.split(" ", 3);
            if (!words[2].equals(plan.version())) {
                throw new ConfigException(
                        "executor at " + words[0],
                        "expects version " + plan.version() + " of Neurite, as on the driver, has " + words[2]);
            }
            addresses.add(new Address(words[0], Integer.parseInt(words[1])));
        }
        var member =
                new Membership(plan.training(), attempt, context.partitionId(), all.length, Secret.of(plan.secret()));
        return Mesh.connect(listener, member, addresses, Duration.ofMillis(plan.patienceMillis()));
    }

    // ---------------------------------------------------------------------------------------------------- the state

    /// The bytes of a checkpoint.
    static byte[] bytes(Checkpoint checkpoint) throws IOException {
        var bytes = new ByteArrayOutputStream();
        checkpoint.write(bytes, Catalog.standard());
        return bytes.toByteArray();
    }

    /// The SHA-256 of a model's parameters and running statistics, as hexadecimal digits.
    static String sha256(Model model) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (float[] values :
                    List.of(model.parameters().toArray(), model.statistics().toArray())) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                sha.update(bytes);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

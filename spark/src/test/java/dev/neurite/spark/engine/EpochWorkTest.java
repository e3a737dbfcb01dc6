package dev.neurite.spark.engine;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.DivergedException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Losses;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Model;
import dev.neurite.model.Pass;
import dev.neurite.optim.Optimizers;
import dev.neurite.spark.mesh.Address;
import dev.neurite.spark.mesh.Membership;
import dev.neurite.spark.mesh.Mesh;
import dev.neurite.spark.mesh.PeerException;
import dev.neurite.spark.mesh.Secret;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import dev.neurite.train.shard.ShardedStep;
import dev.neurite.train.shard.StepFigures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two workers that add buckets while they compute, without Spark.
@Timeout(60)
class EpochWorkTest {
    private static final int ROWS = 64;
    private static final int STEPS = 2;
    private static final int SHARDS = 4;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /// What a worker does in its backward passes when only the first layer is left.
    private interface Action {
        /// @param shard the number of passes before
        void run(Mesh mesh, int shard);
    }

    /// Copies, and does something in each backward pass.
    private record Copy(Runnable action) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Tensor y = pass.output();
            pass.kernels().copy(x, y);
            return pass.backward(x, y, (dy, dx) -> {
                action.run();
                if (pass.wants(x)) pass.kernels().copy(dy, dx);
            });
        }
    }

    /// Three buckets: the last two dense layers, the second, the first.
    private static Model model(Runnable action) {
        return Model.of(features(12), dense(300, RELU), new Copy(action), dense(450, RELU), dense(300, RELU), dense(2))
                .initialize(7);
    }

    private static final long BYTES = 4 * (300 * 451 + 450 * 301 + 300 * 2 + 2); // of the first two buckets

    private static Dataset data(float scale) {
        var random = new KeyedRandom(3);
        float[][] inputs = new float[ROWS][12];
        float[][] targets = new float[ROWS][2];
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < 12; i++) inputs[row][i] = (float) random.nextGaussian();
            targets[row] = new float[] {scale * inputs[row][0], inputs[row][1]};
        }
        return Dataset.of(inputs, targets);
    }

    /// A worker, as [EpochTask] runs it.
    private static List<StepFigures> work(
            ServerSocketChannel listener, Membership own, List<Address> addresses, Action action, Dataset data)
            throws Exception {
        var passes = new AtomicInteger();
        try (Mesh mesh = Mesh.connect(listener, own, addresses, TIMEOUT);
                ExecutorService adder = Executors.newSingleThreadExecutor()) {
            Trainer trainer = Trainer.of(model(() -> action.run(mesh, passes.getAndIncrement())))
                    .loss(Losses.meanSquaredError())
                    .optimizer(Optimizers.adam(0.001))
                    .batchSize(ROWS / STEPS)
                    .shards(SHARDS)
                    .threads(1)
                    .rowsByShard(true);
            try (TrainingSession session = trainer.begin(Batch.of(data.rows(0)), STEPS)) {
                ShardedStep step = session.sharded();
                List<Batches> batches = new ArrayList<>();
                for (int shard = 2 * own.rank(); shard < 2 * own.rank() + 2; shard++) {
                    int first = shard;
                    int[] rows = IntStream.range(0, ROWS / SHARDS)
                            .map(row -> first + row * SHARDS)
                            .toArray();
                    batches.add(step.batches(data.rows(rows), ROWS, shard));
                }
                return new EpochWork(session, mesh, adder, ROWS, batches).run();
            } catch (IOException | RuntimeException e) {
                mesh.fail(String.valueOf(e.getMessage()));
                throw e;
            }
        }
    }

    /// Two workers, which have ended.
    private static List<Future<List<StepFigures>>> run(Action ofFirst, Action ofSecond, Dataset data) throws Exception {
        Secret secret = Secret.random();
        List<Future<List<StepFigures>>> both = new ArrayList<>();
        try (ServerSocketChannel one = Mesh.listen(InetAddress.getLoopbackAddress());
                ServerSocketChannel two = Mesh.listen(InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Address> addresses = List.of(address(one), address(two));
            both.add(threads.submit(() -> work(one, new Membership(5, 1, 0, 2, secret), addresses, ofFirst, data)));
            both.add(threads.submit(() -> work(two, new Membership(5, 1, 1, 2, secret), addresses, ofSecond, data)));
            threads.shutdown();
            assertThat(threads.awaitTermination(20, TimeUnit.SECONDS))
                    .as("both end")
                    .isTrue();
        }
        return both;
    }

    private static Address address(ServerSocketChannel listener) throws IOException {
        return new Address("127.0.0.1", ((InetSocketAddress) listener.getLocalAddress()).getPort());
    }

    private static void awaitSent(Mesh mesh, long bytes) {
        long end = System.nanoTime() + TIMEOUT.dividedBy(3).toNanos();
        while (mesh.sent() < bytes) {
            if (System.nanoTime() - end > 0) throw new IllegalStateException("has sent " + mesh.sent());
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void bucketsAreSentWhileTheLastShardIsComputed() throws Exception {
        Action waits = (mesh, pass) -> {
            if (pass % 2 == 1) awaitSent(mesh, (pass / 2 + 1) * BYTES); // of two shards
            else assertThat(mesh.sent()).isLessThan((pass / 2 + 1) * BYTES);
        };
        for (Future<List<StepFigures>> each : run(waits, waits, data(1)))
            assertThat(each.get()).hasSize(STEPS);
    }

    /// In its first shard, while the other waits for its first bucket; in its last one, when two are added. The
    /// other one says that it only repeats this; the reason reaches it unless it is sending to the lost one.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void bothEndIfOneFailsInItsBackwardPass(int failing) throws Exception {
        Action fails = (mesh, pass) -> {
            if (pass < failing) return;
            if (pass % 2 == 1) {
                awaitSent(mesh, (pass / 2 + 1) * BYTES);
                LockSupport.parkNanos(100_000_000); // the frame ends
            }
            throw new IllegalStateException("a layer is broken");
        };
        List<Future<List<StepFigures>>> both = run((_, _) -> {}, fails, data(1));
        assertThatThrownBy(both.getLast()::get).cause().hasMessage("a layer is broken");
        assertThatThrownBy(both.getFirst()::get)
                .cause()
                .isInstanceOfSatisfying(
                        PeerException.class, e -> assertThat(e.isEcho()).isTrue())
                .hasMessageContaining("worker 1 at");
    }

    @Test
    void aLossThatIsNotFiniteEndsBoth() throws Exception {
        Action never = (_, _) -> fail("no backward pass");
        for (Future<List<StepFigures>> each : run(never, never, data(1e30f))) {
            assertThatThrownBy(each::get).hasCauseInstanceOf(DivergedException.class);
        }
    }
}

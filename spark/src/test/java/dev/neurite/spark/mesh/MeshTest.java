package dev.neurite.spark.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.kernel.KeyedRandom;
import dev.neurite.train.shard.ShardNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MeshTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(700);
    private static final Secret SECRET = Secret.random();

    private final List<AutoCloseable> open = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) each.close();
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private List<ServerSocketChannel> listeners(int size) throws IOException {
        List<ServerSocketChannel> listeners = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            listeners.add(Mesh.listen(InetAddress.getLoopbackAddress()));
            open.add(listeners.getLast());
        }
        return listeners;
    }

    private static List<Address> addresses(List<ServerSocketChannel> listeners) throws IOException {
        List<Address> addresses = new ArrayList<>();
        for (ServerSocketChannel each : listeners) {
            addresses.add(new Address("127.0.0.1", ((InetSocketAddress) each.getLocalAddress()).getPort()));
        }
        return addresses;
    }

    private static Membership member(int rank, int size) {
        return new Membership(77, 1, rank, size, SECRET);
    }

    private List<Mesh> meshes(int size, Duration timeout) throws Exception {
        List<ServerSocketChannel> listeners = listeners(size);
        List<Address> addresses = addresses(listeners);
        List<Future<Mesh>> meshes = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            int own = rank;
            meshes.add(threads.submit(() -> Mesh.connect(listeners.get(own), member(own, size), addresses, timeout)));
        }
        List<Mesh> all = new ArrayList<>();
        for (Future<Mesh> each : meshes) {
            all.add(each.get());
            open.add(all.getLast());
        }
        return all;
    }

    private static float[] array(int shard, long step, int length) {
        var random = new KeyedRandom(3, shard, step);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.scalb(1.0, random.below(24)));
        }
        return values;
    }

    private static float[] sum(ShardNode node, long step, int length) {
        if (node.isShard()) return array(node.first(), step, length);
        float[] left = sum(node.left(), step, length);
        float[] right = sum(node.right(), step, length);
        for (int i = 0; i < length; i++) left[i] += right[i];
        return left;
    }

    private static double[] numbers(int shard, long step) {
        return new double[] {shard + 0.1 * step, -shard};
    }

    /// A worker's part of a sum.
    private static float[] work(Mesh mesh, AllReduce reduce, long step, int shards, int length) throws IOException {
        float[] sum = new float[length];
        last(mesh, reduce, step, shards, own(reduce, step, length), sum);
        return sum;
    }

    /// The sums of a worker's nodes.
    private static List<float[]> own(AllReduce reduce, long step, int length) {
        List<float[]> own = new ArrayList<>();
        for (ShardNode node : reduce.own()) own.add(sum(node, step, length));
        return own;
    }

    /// Adds the last bucket.
    private static void last(Mesh mesh, AllReduce reduce, long step, int shards, List<float[]> own, float[] sum)
            throws IOException {
        int first = reduce.first(mesh.rank());
        int count = reduce.first(mesh.rank() + 1) - first;
        double[] numbers = new double[2 * count];
        for (int i = 0; i < count; i++) System.arraycopy(numbers(first + i, step), 0, numbers, 2 * i, 2);
        double[] all = reduce.sum(step, own, numbers, sum);
        double[] expected = new double[2 * shards];
        for (int i = 0; i < shards; i++) System.arraycopy(numbers(i, step), 0, expected, 2 * i, 2);
        assertThat(all).isEqualTo(expected);
    }

    private <T> List<T> together(List<Callable<T>> tasks) throws Exception {
        List<Future<T>> futures = new ArrayList<>();
        for (Callable<T> each : tasks) futures.add(threads.submit(each));
        List<T> results = new ArrayList<>();
        for (Future<T> each : futures) results.add(each.get());
        return results;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 10",
        "1, 8, 1000",
        "2, 2, 7",
        "2, 8, 100003",
        "3, 3, 2",
        "3, 8, 1000",
        "4, 8, 1001",
        "4, 10, 5000",
        "5, 64, 999",
        "7, 7, 3"
    })
    void theSumHasTheBitsOfOneMachine(int size, int shards, int length) throws Exception {
        List<Mesh> meshes = meshes(size, TIMEOUT);
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (Mesh mesh : meshes) {
            tasks.add(() -> {
                var reduce = new AllReduce(mesh, shards, length, 2);
                for (long step = 1; step <= 3; step++) {
                    assertThat(work(mesh, reduce, step, shards, length))
                            .isEqualTo(sum(ShardNode.root(shards), step, length));
                }
                return true;
            });
        }
        assertThat(together(tasks)).hasSize(size);
        long sent = meshes.stream().mapToLong(Mesh::sent).sum();
        assertThat(meshes.stream().mapToLong(Mesh::received).sum()).isEqualTo(sent);
        if (size == 1) {
            assertThat(sent).isZero();
        } else if (size == 2) { // one node each: half of the array there, half of it back
            assertThat(sent).isEqualTo(3L * 2 * (2 * 24 + 8 * shards) + 3L * 2 * 4 * length);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 2", "2, 7", "3, 8", "4, 4", "4, 10"})
    void bucketsHaveTheBitsOfTheWholeArray(int size, int shards) throws Exception {
        int length = 1000;
        List<Bucket> buckets = List.of(
                new Bucket(700, length),
                new Bucket(699, 700),
                new Bucket(697, 699),
                new Bucket(64, 697),
                new Bucket(0, 64));
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (Mesh mesh : meshes(size, TIMEOUT)) {
            tasks.add(() -> {
                var reduce = new AllReduce(mesh, shards, buckets, 2);
                for (long step = 10; step <= 30; step += 10) {
                    List<float[]> own = own(reduce, step, length);
                    float[] sum = new float[length];
                    for (int i = 0; i < buckets.size() - 1; i++) reduce.add(step + i, buckets.get(i), own, sum);
                    last(mesh, reduce, step + 9, shards, own, sum);
                    assertThat(sum).isEqualTo(sum(ShardNode.root(shards), step, length));
                }
                return true;
            });
        }
        assertThat(together(tasks)).hasSize(size);
    }

    @Test
    void bucketsEndAtParametersAndAreLargeEnoughForAllWorkers() {
        List<Integer> starts = List.of(0, 900, 1_000, 80_000, 150_000, 150_100);
        assertThat(Bucket.of(starts, 160_000, 2)) // 65,536 numbers, or more
                .containsExactly(new Bucket(80_000, 160_000), new Bucket(1_000, 80_000), new Bucket(0, 1_000));
        assertThat(Bucket.of(starts, 160_000, 3)) // 98,304
                .containsExactly(new Bucket(1_000, 160_000), new Bucket(0, 1_000));
        assertThat(Bucket.of(starts, 160_000, 10)).containsExactly(new Bucket(0, 160_000));
        assertThat(Bucket.of(starts, 160_000, 1)).containsExactly(new Bucket(0, 160_000));
    }

    /// The other worker sends the first bucket, and half of the second one.
    @Test
    void aWorkerThatIsLostWithinABucketIsNoticed() throws Exception {
        List<Bucket> buckets = List.of(new Bucket(60, 100), new Bucket(20, 60), new Bucket(0, 20));
        List<ServerSocketChannel> listeners = listeners(2);
        List<Address> addresses = addresses(listeners);
        Future<Mesh> first = threads.submit(() -> Mesh.connect(listeners.get(0), member(0, 2), addresses, TIMEOUT));
        try (SocketChannel channel = SocketChannel.open(addresses.getFirst().socket())) {
            new Handshake(member(1, 2)).call(channel, 0, "worker 0");
            Mesh mesh = first.get();
            open.add(mesh);
            var reduce = new AllReduce(mesh, 2, buckets, 2);
            float[] sum = new float[100];
            for (Bucket bucket : buckets.subList(0, 2)) {
                long step = bucket.from();
                int slice = 4 * bucket.size() / 2;
                Future<Boolean> adding = threads.submit(() -> {
                    reduce.add(step, bucket, own(reduce, step, 100), sum);
                    return true;
                });
                ByteBuffer frames = ByteBuffer.allocate(2 * (24 + slice)).order(ByteOrder.LITTLE_ENDIAN);
                for (int kind = 0; kind < 2; kind++) {
                    frames.putInt(0x4e_52_54_31).putInt(kind).putLong(step).putLong(slice);
                    frames.position(frames.position() + slice);
                }
                boolean whole = bucket.equals(buckets.getFirst());
                frames.flip().limit(whole ? frames.limit() : 24 + slice / 2);
                while (frames.hasRemaining()) channel.write(frames);
                if (whole) {
                    assertThat(adding.get()).isTrue();
                    continue;
                }
                channel.shutdownOutput();
                assertThatThrownBy(adding::get)
                        .cause()
                        .isInstanceOfSatisfying(
                                PeerException.class, e -> assertThat(e.isEcho()).isTrue())
                        .hasMessageContaining("worker 1 at")
                        .hasMessageContaining("has closed the connection");
            }
        }
    }

    @Test
    void aWorkerWithAnotherSecretIsRefusedByAll() throws Exception {
        List<ServerSocketChannel> listeners = listeners(2);
        List<Address> addresses = addresses(listeners);
        Future<Mesh> honest = threads.submit(() -> Mesh.connect(listeners.get(0), member(0, 2), addresses, SHORT));
        var other = new Membership(77, 1, 1, 2, Secret.random());
        Future<Mesh> stranger = threads.submit(() -> Mesh.connect(listeners.get(1), other, addresses, SHORT));
        assertThatThrownBy(honest::get)
                .hasCauseInstanceOf(PeerException.class)
                .hasMessageContaining("worker 1 at 127.0.0.1")
                .hasMessageContaining("did not come");
        assertThatThrownBy(stranger::get)
                .hasCauseInstanceOf(PeerException.class)
                .hasMessageContaining("does not know the secret");
    }

    @ParameterizedTest
    @CsvSource({"78, 1, 2, another training", "77, 2, 2, another attempt", "77, 1, 3, another number of workers"})
    void aWorkerOfSomethingElseIsToldSo(long training, int attempt, int size, String reason) throws Exception {
        List<ServerSocketChannel> listeners = listeners(3);
        List<Address> addresses = addresses(listeners);
        Future<Mesh> honest =
                threads.submit(() -> Mesh.connect(listeners.get(0), member(0, 2), addresses.subList(0, 2), SHORT));
        var other = new Membership(training, attempt, 1, size, SECRET);
        Future<Mesh> stranger =
                threads.submit(() -> Mesh.connect(listeners.get(1), other, addresses.subList(0, size), SHORT));
        assertThatThrownBy(stranger::get)
                .hasCauseInstanceOf(PeerException.class)
                .hasMessageContaining(reason);
        assertThatThrownBy(honest::get).hasCauseInstanceOf(PeerException.class).hasMessageContaining(reason);
    }

    @Test
    void whoIsMissingIsNamed() throws Exception {
        List<ServerSocketChannel> listeners = listeners(3);
        List<Address> addresses = addresses(listeners);
        List<Future<Mesh>> two = new ArrayList<>();
        for (int rank : new int[] {0, 2}) {
            two.add(threads.submit(() -> Mesh.connect(listeners.get(rank), member(rank, 3), addresses, SHORT)));
        }
        for (Future<Mesh> each : two) {
            assertThatThrownBy(each::get)
                    .hasCauseInstanceOf(PeerException.class)
                    .hasMessageContaining("worker 1 at " + addresses.get(1) + " did not come");
        }
    }

    /// Bytes that strangers send to a worker that waits for its peers.
    private static byte[] nonsense(int seed) {
        var random = new KeyedRandom(seed);
        byte[] bytes = new byte[random.below(300)];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) random.below(256);
        if (seed % 3 == 0 && bytes.length >= 12) {
            ByteBuffer.wrap(bytes).putLong(0x4e_45_55_52_49_54_45_0aL).putInt(seed % 2 + 1); // begins well
        }
        if (seed % 5 == 0)
            return "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    .repeat(3)
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        return bytes;
    }

    @Test
    void strangersDoNotKeepWorkersFromMeeting() throws Exception {
        List<ServerSocketChannel> listeners = listeners(2);
        List<Address> addresses = addresses(listeners);
        Future<Mesh> first = threads.submit(() -> Mesh.connect(listeners.get(0), member(0, 2), addresses, TIMEOUT));
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Socket socket = new Socket();
            socket.connect(addresses.getFirst().socket());
            byte[] bytes = nonsense(i);
            socket.getOutputStream().write(bytes);
            if (i % 4 == 0) silent.add(socket); // and stays
            else socket.close();
        }
        Future<Mesh> second = threads.submit(() -> Mesh.connect(listeners.get(1), member(1, 2), addresses, TIMEOUT));
        List<Mesh> meshes = List.of(first.get(), second.get());
        open.addAll(meshes);
        for (Socket each : silent) each.close();
        List<Callable<float[]>> tasks = new ArrayList<>();
        for (Mesh mesh : meshes) tasks.add(() -> work(mesh, new AllReduce(mesh, 4, 99, 2), 5, 4, 99));
        for (float[] each : together(tasks)) assertThat(each).isEqualTo(sum(ShardNode.root(4), 5, 99));
    }

    /// What worker 1 of two says first.
    private static byte[] hello() {
        return ByteBuffer.allocate(64)
                .putLong(0x4e_45_55_52_49_54_45_0aL)
                .putInt(Handshake.VERSION)
                .putLong(77)
                .putInt(1)
                .putInt(2)
                .putInt(1)
                .put(Secret.challenge())
                .array();
    }

    /// More of them than may be in a handshake, each of which says a byte now and then.
    @Test
    void strangersThatHardlySpeakDoNotKeepWorkersFromMeeting() throws Exception {
        List<ServerSocketChannel> listeners = listeners(2);
        List<Address> addresses = addresses(listeners);
        Duration timeout = Duration.ofSeconds(6);
        Future<Mesh> first = threads.submit(() -> Mesh.connect(listeners.get(0), member(0, 2), addresses, timeout));
        byte[] hello = hello();
        for (int i = 0; i < 100; i++) {
            SocketChannel stranger = SocketChannel.open(addresses.getFirst().socket());
            open.add(stranger);
            var _ = threads.submit(() -> {
                for (byte each : hello) {
                    stranger.write(ByteBuffer.wrap(new byte[] {each}));
                    Thread.sleep(200);
                }
                return true;
            });
        }
        Future<Mesh> second = threads.submit(() -> Mesh.connect(listeners.get(1), member(1, 2), addresses, timeout));
        open.addAll(List.of(first.get(), second.get()));
    }

    /// Writes until nobody wants more, and returns how much was taken.
    private static long flood(SocketChannel channel, byte[] beginning) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20).put(beginning);
        long sent = 0;
        try {
            while (sent < 2L << 30) sent += channel.write(bytes.clear());
        } catch (IOException _) {
            // the other side has closed the connection
        }
        return sent;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theGigabytesOfAStrangerAreNotReceived(boolean beginsWell) throws Exception {
        List<ServerSocketChannel> listeners = listeners(2);
        List<Address> addresses = addresses(listeners);
        Future<Mesh> first = threads.submit(() -> Mesh.connect(listeners.get(0), member(0, 2), addresses, TIMEOUT));
        try (SocketChannel stranger = SocketChannel.open(addresses.getFirst().socket())) {
            assertThat(flood(stranger, beginsWell ? hello() : new byte[0])).isLessThan(1 << 26);
        }
        Future<Mesh> second = threads.submit(() -> Mesh.connect(listeners.get(1), member(1, 2), addresses, TIMEOUT));
        open.addAll(List.of(first.get(), second.get()));
    }

    @Test
    void theGigabytesOfAWorkerAreRefusedAtTheirBeginning() throws Exception {
        List<ServerSocketChannel> listeners = listeners(2);
        List<Address> addresses = addresses(listeners);
        Future<Mesh> first = threads.submit(() -> Mesh.connect(listeners.get(0), member(0, 2), addresses, TIMEOUT));
        try (SocketChannel channel = SocketChannel.open(addresses.getFirst().socket())) {
            new Handshake(member(1, 2)).call(channel, 0, "worker 0");
            Mesh mesh = first.get();
            open.add(mesh);
            Future<float[]> waiting = threads.submit(() -> work(mesh, new AllReduce(mesh, 2, 100, 2), 1, 2, 100));
            byte[] agreed = new byte[24 + 216]; // and then zeros
            ByteBuffer.wrap(agreed)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(0x4e_52_54_31)
                    .putInt(0)
                    .putLong(1)
                    .putLong(216);
            assertThat(flood(channel, agreed)).isLessThan(1 << 26);
            assertThatThrownBy(waiting::get)
                    .hasCauseInstanceOf(PeerException.class)
                    .hasMessageContaining("worker 1 at")
                    .hasMessageContaining("expects frame 1 of step 1 with 200 bytes, got none of a worker");
        }
    }

    @Test
    void aWorkerThatIsSilentIsNamedWhenTheTimeIsOver() throws Exception {
        List<Mesh> meshes = meshes(3, SHORT);
        long start = System.nanoTime();
        List<Future<float[]>> two = new ArrayList<>();
        for (int rank : new int[] {0, 1}) {
            Mesh mesh = meshes.get(rank);
            two.add(threads.submit(() -> work(mesh, new AllReduce(mesh, 4, 99, 2), 1, 4, 99)));
        }
        List<Throwable> causes = new ArrayList<>();
        for (Future<float[]> each : two) {
            try {
                each.get();
            } catch (ExecutionException e) {
                causes.add(e.getCause());
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, SHORT.plusSeconds(5));
        assertThat(causes).hasSize(2).allSatisfy(each -> assertThat(each).isInstanceOf(PeerException.class));
        assertThat(causes)
                .anySatisfy(each -> assertThat(each)
                        .hasMessageContaining("expects an answer within 0.7 s, got none from worker 2 at"));
    }

    @Test
    void aWorkerThatFailsTellsTheOthersWhy() throws Exception {
        List<Mesh> meshes = meshes(3, TIMEOUT);
        Future<float[]> waiting =
                threads.submit(() -> work(meshes.getFirst(), new AllReduce(meshes.getFirst(), 4, 99, 2), 1, 4, 99));
        meshes.get(1).fail("the label of row 12 is 7, and there are 3 classes");
        assertThatThrownBy(waiting::get)
                .cause()
                .isInstanceOfSatisfying(
                        PeerException.class, e -> assertThat(e.isEcho()).isTrue())
                .hasMessageContaining("worker 1 at")
                .hasMessageContaining("has failed: the label of row 12 is 7");
    }

    /// It reads nothing, so that the other one is still sending when the connection breaks.
    @RepeatedTest(20)
    void aWorkerThatFailsTellsWhyAlsoWhoeverIsSending() throws Exception {
        int length = 10_000_000;
        List<ServerSocketChannel> listeners = listeners(2);
        List<Address> addresses = addresses(listeners);
        Future<Mesh> first = threads.submit(() -> Mesh.connect(listeners.get(0), member(0, 2), addresses, TIMEOUT));
        Future<float[]> sending;
        try (SocketChannel channel = SocketChannel.open(addresses.getFirst().socket())) {
            new Handshake(member(1, 2)).call(channel, 0, "worker 0");
            Mesh mesh = first.get();
            open.add(mesh);
            sending = threads.submit(() -> {
                float[] sum = new float[length];
                new AllReduce(mesh, 2, length, 2).sum(1, List.of(sum), new double[2], sum);
                return sum;
            });
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(1); // it sends
            new Peer(0, channel).fail("the label of row 12 is 7");
        }
        assertThatThrownBy(() -> sending.get(5, TimeUnit.SECONDS))
                .hasCauseInstanceOf(PeerException.class)
                .hasMessageContaining("has failed: the label of row 12 is 7");
    }

    @Test
    void aWorkerThatIsGoneIsNoticedAtOnce() throws Exception {
        List<Mesh> meshes = meshes(2, TIMEOUT);
        Future<float[]> waiting =
                threads.submit(() -> work(meshes.getFirst(), new AllReduce(meshes.getFirst(), 4, 99, 2), 1, 4, 99));
        long start = System.nanoTime();
        meshes.get(1).close();
        assertThatThrownBy(waiting::get)
                .cause()
                .isInstanceOfSatisfying(
                        PeerException.class, e -> assertThat(e.isEcho()).isTrue());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void closingFromAnotherThreadEndsAWait() throws Exception {
        List<Mesh> meshes = meshes(2, TIMEOUT);
        Future<float[]> waiting =
                threads.submit(() -> work(meshes.getFirst(), new AllReduce(meshes.getFirst(), 4, 99, 2), 1, 4, 99));
        Thread.sleep(50);
        meshes.getFirst().close();
        assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(PeerException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"step", "length", "huge", "garbage", "text"})
    void aFrameThatWasNotAgreedIsRefusedBeforeItIsRead(String kind) throws Exception {
        List<ServerSocketChannel> listeners = listeners(2);
        List<Address> addresses = addresses(listeners);
        Future<Mesh> first = threads.submit(() -> Mesh.connect(listeners.get(0), member(0, 2), addresses, TIMEOUT));
        try (SocketChannel channel = SocketChannel.open(addresses.getFirst().socket())) {
            new Handshake(member(1, 2)).call(channel, 0, "worker 0");
            Mesh mesh = first.get();
            open.add(mesh);
            Future<float[]> waiting = threads.submit(() -> work(mesh, new AllReduce(mesh, 2, 100, 2), 1, 2, 100));
            ByteBuffer frame = ByteBuffer.allocate(4_000).order(ByteOrder.LITTLE_ENDIAN);
            switch (kind) {
                case "step" -> frame.putInt(0x4e_52_54_31).putInt(0).putLong(2).putLong(216);
                case "length" ->
                    frame.putInt(0x4e_52_54_31).putInt(0).putLong(1).putLong(217);
                case "huge" -> frame.putInt(0x4e_52_54_31).putInt(0).putLong(1).putLong(2L << 30);
                case "text" -> frame.putInt(0x4e_52_54_31).putInt(2).putLong(-1).putLong(1 << 20);
                default -> Arrays.fill(frame.array(), (byte) 0x55);
            }
            frame.clear();
            while (frame.hasRemaining()) channel.write(frame);
            assertThatThrownBy(waiting::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            PeerException.class, e -> assertThat(e.isEcho()).isFalse())
                    .hasMessageContaining("worker 1 at")
                    .hasMessageContaining("expects frame 0 of step 1 with 216 bytes, got");
        }
    }

    @Test
    void secretsAreRandomAndNotShown() {
        assertThat(Secret.random()).isNotEqualTo(Secret.random());
        assertThat(Secret.of(SECRET.text())).isEqualTo(SECRET).hasSameHashCodeAs(SECRET);
        assertThat(SECRET.toString()).doesNotContain(SECRET.text());
        assertThatThrownBy(() -> Secret.of("secret")).hasMessageNotContaining("'secret'");
    }
}

package dev.neurite.spark.mesh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The connections of a worker to all others. Each wait has a deadline: when it is over, all connections
/// are closed, which ends whatever waits for them, and so does [#close], from any thread.
public final class Mesh implements AutoCloseable {
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);
    private static final Duration FAREWELL = Duration.ofSeconds(1);
    private static final int MOST_CALLERS = 64; // that are in a handshake
    private static final Duration BETWEEN_CALLS = Duration.ofMillis(50);
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final int rank;
    private final AtomicReferenceArray<@Nullable Peer> peers;
    private final Duration timeout;
    private final Thread watchdog;
    private volatile long deadline = in(NEVER); // of the present exchange
    private volatile boolean expired;
    private volatile boolean closed;

    private Mesh(int rank, AtomicReferenceArray<@Nullable Peer> peers, Duration timeout) {
        this.rank = rank;
        this.peers = peers;
        this.timeout = timeout;
        this.watchdog =
                Thread.ofPlatform().daemon().name("neurite-mesh-" + rank).start(this::watch);
    }

    /// A time from now, of [System#nanoTime].
    private static long in(Duration time) {
        return System.nanoTime() + time.toNanos();
    }

    // -------------------------------------------------------------------------------------------------------- begin

    /// Listens at a free port, for [#connect].
    /// @param host the address at which others reach this machine
    public static ServerSocketChannel listen(InetAddress host) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.bind(new InetSocketAddress(host, 0), 1_024);
            return listener;
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    /// Connects a worker with all others: it calls those of a lower rank, and is called by the others.
    /// @param listener from [#listen]; stays open
    /// @param addresses those of all workers, by rank
    /// @param timeout how long to wait for a connection, and later for each exchange
    /// @throws PeerException if not all are there in time
    public static Mesh connect(ServerSocketChannel listener, Membership own, List<Address> addresses, Duration timeout)
            throws IOException, InterruptedException {
        return new Gathering(listener, own, addresses, timeout).mesh();
    }

    /// The workers that are being connected.
    private static final class Gathering {
        private final ServerSocketChannel listener;
        private final Membership own;
        private final List<Address> addresses;
        private final Duration timeout;
        private final Duration handshake; // at most
        private final long deadline;
        private final AtomicReferenceArray<@Nullable Peer> peers;
        private final CountDownLatch missing;
        private final ConcurrentLinkedQueue<SocketChannel> open = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();
        private volatile boolean over;

        Gathering(ServerSocketChannel listener, Membership own, List<Address> addresses, Duration timeout) {
            if (addresses.size() != own.size()) {
                throw new IllegalArgumentException(
                        "expects addresses of " + own.size() + " workers, got " + addresses.size());
            }
            this.listener = listener;
            this.own = own;
            this.addresses = addresses;
            this.timeout = timeout;
            Duration half = timeout.dividedBy(2); // strangers that hardly speak leave time for others
            this.handshake = half.compareTo(HANDSHAKE) < 0 ? half : HANDSHAKE;
            this.deadline = in(timeout);
            this.peers = new AtomicReferenceArray<>(own.size());
            this.missing = new CountDownLatch(own.size() - 1);
        }

        Mesh mesh() throws IOException, InterruptedException {
            listener.configureBlocking(false);
            Thread.ofVirtual().name("neurite-mesh-accept").start(this::accept);
            for (int rank = 0; rank < own.rank(); rank++) {
                int other = rank;
                Thread.ofVirtual().name("neurite-mesh-call").start(() -> call(other));
            }
            boolean complete = false;
            try {
                complete = missing.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
                if (!complete) throw new PeerException(incomplete(), false);
                return new Mesh(own.rank(), peers, timeout);
            } finally {
                over = true; // also after an interrupt
                if (!complete) for (SocketChannel each : open) each.close();
            }
        }

        private String incomplete() {
            List<String> absent = new ArrayList<>();
            for (int i = 0; i < own.size(); i++) {
                if (i != own.rank() && peers.get(i) == null) absent.add("worker " + i + " at " + addresses.get(i));
            }
            String refused = refusals.isEmpty() ? "" : "; refused connections: " + String.join("; ", refusals);
            return "worker " + own.rank() + ": expects all workers within " + timeout.toMillis() / 1e3 + " s, "
                    + String.join(", ", absent) + " did not come" + refused;
        }

        private void accept() {
            while (!over) {
                try {
                    SocketChannel channel = listener.accept();
                    if (channel == null) {
                        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
                    } else if (open.size() - own.size() > MOST_CALLERS) {
                        channel.close();
                    } else {
                        Thread.ofVirtual().name("neurite-mesh-answer").start(() -> answer(channel));
                    }
                } catch (IOException e) {
                    note("cannot accept connections: " + e.getMessage());
                    return;
                }
            }
        }

        private void answer(SocketChannel channel) {
            String who = "a caller";
            try (var _ = new Limit(channel, handshake)) {
                begin(channel);
                who = "a caller from " + channel.getRemoteAddress();
                Handshake.Caller caller = new Handshake(own).answer(channel);
                if (caller.verdict() != Handshake.Verdict.WELCOME) {
                    note(who + " " + caller.verdict().text());
                    forget(channel);
                    return;
                }
                join(caller.rank(), channel);
            } catch (IOException | RuntimeException e) {
                note(who + ": " + e.getMessage());
                forget(channel);
            }
        }

        private void call(int other) {
            String who = "worker " + other + " at " + addresses.get(other);
            while (!over && System.nanoTime() - deadline < 0) {
                SocketChannel channel = null;
                try {
                    channel = SocketChannel.open();
                    try (var _ = new Limit(channel, handshake)) {
                        channel.connect(addresses.get(other).socket());
                        begin(channel);
                        new Handshake(own).call(channel, other, who);
                    }
                    join(other, channel);
                    return;
                } catch (IOException | RuntimeException e) { // an unresolved address is no IOException
                    note(e instanceof PeerException ? String.valueOf(e.getMessage()) : who + ": " + e.getMessage());
                    if (channel != null) forget(channel);
                }
                LockSupport.parkNanos(BETWEEN_CALLS.toNanos());
            }
        }

        private void begin(SocketChannel channel) throws IOException {
            open.add(channel);
            channel.configureBlocking(true);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (over) throw new IOException("too late");
        }

        private void join(int other, SocketChannel channel) throws IOException {
            if (!peers.compareAndSet(other, null, new Peer(other, channel))) {
                throw new IOException("worker " + other + " is connected already");
            }
            missing.countDown();
        }

        private void forget(SocketChannel channel) {
            open.remove(channel);
            try {
                channel.close();
            } catch (IOException e) {
                note("cannot close a connection: " + e.getMessage());
            }
        }

        private void note(String problem) {
            if (refusals.size() < 8 && !refusals.contains(problem)) refusals.add(problem);
        }
    }

    /// Closes a channel that takes too long.
    private static final class Limit implements AutoCloseable {
        private final Thread watch;

        Limit(SocketChannel channel, Duration limit) {
            watch = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(limit);
                    channel.close();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt(); // in time
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        @Override
        public void close() {
            watch.interrupt();
        }
    }

    // ----------------------------------------------------------------------------------------------------- exchange

    /// The worker's own rank.
    public int rank() {
        return rank;
    }

    /// The number of workers.
    public int size() {
        return peers.length();
    }

    /// The number of bytes that were sent to other workers.
    public long sent() {
        return others().stream().mapToLong(Peer::sent).sum();
    }

    /// The number of bytes that were received from other workers.
    public long received() {
        return others().stream().mapToLong(Peer::received).sum();
    }

    private List<Peer> others() {
        List<Peer> others = new ArrayList<>();
        for (int i = 1; i < size(); i++) { // each worker begins with another one
            Peer peer = peers.get((rank + i) % size());
            if (peer != null) others.add(peer);
        }
        return others;
    }

    /// What is done with each other worker.
    interface Action {
        void with(Peer peer) throws IOException;
    }

    /// Sends something to each other worker and receives something from each, all at the same time.
    /// @throws PeerException if a worker does not answer in time, has failed, or sends something else; all
    /// connections are closed then
    void exchange(Action send, Action receive) throws IOException {
        List<Peer> others = others();
        deadline = in(timeout);
        LockSupport.unpark(watchdog);
        ConcurrentLinkedQueue<Peer> waiting = new ConcurrentLinkedQueue<>(others);
        ConcurrentLinkedQueue<IOException> problems = new ConcurrentLinkedQueue<>();
        List<Thread> receivers = new ArrayList<>();
        for (Peer peer : others) {
            receivers.add(Thread.ofVirtual().name("neurite-mesh-receive").start(() -> {
                if (attempt(receive, peer, problems)) waiting.remove(peer);
                else closeAll(); // the others would wait for nothing
            }));
        }
        for (int i = 0; i < others.size(); i++) {
            if (attempt(send, others.get(i), problems)) continue;
            hear(receivers.get(i));
            closeAll();
            break;
        }
        join(receivers);
        deadline = in(NEVER);
        if (problems.isEmpty()) return;
        if (expired) {
            throw new PeerException(
                    "worker " + rank + ": expects an answer within " + timeout.toMillis() / 1e3 + " s, got none from "
                            + String.join(
                                    ", ", waiting.stream().map(Peer::toString).toList()),
                    false);
        }
        throw worst(List.copyOf(problems));
    }

    private static boolean attempt(Action action, Peer peer, ConcurrentLinkedQueue<IOException> problems) {
        try {
            action.with(peer);
            return true;
        } catch (IOException e) {
            problems.add(e instanceof PeerException ? e : new PeerException(peer + ": " + e, true));
            return false;
        }
    }

    /// Waits for a worker that takes nothing more, which may have said why before.
    private static void hear(Thread receiver) {
        try {
            receiver.join(FAREWELL);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the task is ended
        }
    }

    /// Waits for threads that end when the connections are closed. An interrupt closes them.
    private void join(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread each : threads) {
            while (each.isAlive()) {
                try {
                    each.join();
                } catch (InterruptedException _) {
                    interrupted = true;
                    closeAll();
                }
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    /// The first problem that is no echo of another; otherwise the first that says why.
    private static IOException worst(List<IOException> problems) {
        for (IOException each : problems) {
            if (each instanceof PeerException peer && !peer.isEcho()) return each;
        }
        for (IOException each : problems) {
            if (String.valueOf(each.getMessage()).contains("has failed")) return each;
        }
        return problems.getFirst();
    }

    private void watch() {
        while (!closed) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                expired = true;
                closeAll();
                return;
            }
            LockSupport.parkNanos(this, Math.min(left, Duration.ofSeconds(1).toNanos()));
        }
    }

    /// Tells the others why this worker fails, and closes the connections.
    public void fail(String reason) {
        if (closed) return;
        deadline = in(FAREWELL);
        LockSupport.unpark(watchdog);
        for (Peer peer : others()) {
            try {
                peer.fail(reason);
            } catch (IOException _) {
                // it is gone itself, and is told by the end of the connection
            }
        }
        closeAll();
    }

    private void closeAll() {
        closed = true;
        for (Peer peer : others()) {
            try {
                peer.close();
            } catch (IOException _) {
                // there is nothing left to do with it
            }
        }
    }

    /// Ends all connections; who waits for them in [AllReduce] gets a [PeerException].
    @Override
    public void close() {
        closeAll();
        LockSupport.unpark(watchdog);
    }
}

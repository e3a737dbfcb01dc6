package dev.neurite.spark.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two workers that introduce themselves to each other, with somebody between them who changes what they say, or
/// ends it.
@Timeout(60)
class HandshakeTest {
    private static final Secret SECRET = Secret.random();
    private static final int TO_LISTENER = 64 + 32; // bytes
    private static final int TO_CALLER = 80 + 4; // bytes, of which the last four are the last message
    private static final int TIMEOUT = 10; // seconds

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(TIMEOUT, TimeUnit.SECONDS)).isTrue();
    }

    /// What is done to the bytes in one direction: bits of one of them are flipped; without bits to flip,
    /// the connection ends before it.
    private record Change(int at, int flipped) {
        static final Change NONE = new Change(Integer.MAX_VALUE, 0);

        /// Whether the connection goes on after these bytes, which it may change.
        boolean goesOn(ByteBuffer bytes, int passed) {
            int index = at - passed;
            if (index < 0 || index >= bytes.remaining()) return true;
            if (flipped == 0) {
                bytes.limit(index);
                return false;
            }
            bytes.put(index, (byte) (bytes.get(index) ^ flipped));
            return true;
        }
    }

    /// What became of it: a side that has not agreed says why.
    private record Outcome(Optional<String> caller, Optional<String> listener) {
        boolean isAgreed() {
            return caller.isEmpty() && listener.isEmpty();
        }
    }

    /// Two ends of a connection.
    private record Ends(SocketChannel one, SocketChannel other) implements AutoCloseable {
        static Ends open() throws IOException {
            try (ServerSocketChannel listener = ServerSocketChannel.open()) {
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel one = SocketChannel.open(listener.getLocalAddress());
                return new Ends(one, listener.accept());
            }
        }

        @Override
        public void close() throws IOException {
            one.close();
            other.close();
        }
    }

    private static Handshake worker(int rank) {
        return new Handshake(new Membership(77, 1, rank, 2, SECRET));
    }

    /// Lets worker 1 call worker 0.
    private Outcome handshake(Change toListener, Change toCaller) throws Exception {
        try (Ends caller = Ends.open();
                Ends listener = Ends.open()) {
            Future<Optional<String>> called = threads.submit(() -> ending(caller.one(), () -> {
                worker(1).call(caller.one(), 0, "worker 0");
                return Optional.empty();
            }));
            Future<Optional<String>> answered = threads.submit(() -> ending(listener.one(), () -> {
                Handshake.Caller found = worker(0).answer(listener.one());
                return found.verdict() == Handshake.Verdict.WELCOME
                        ? Optional.empty()
                        : Optional.of("a caller " + found.verdict().text());
            }));
            var _ = threads.submit(() -> relay(caller.other(), listener.other(), toListener));
            var _ = threads.submit(() -> relay(listener.other(), caller.other(), toCaller));
            return new Outcome(called.get(TIMEOUT, TimeUnit.SECONDS), answered.get(TIMEOUT, TimeUnit.SECONDS));
        }
    }

    /// One side; it ends the connection if it does not agree.
    private static Optional<String> ending(SocketChannel channel, Callable<Optional<String>> side) throws Exception {
        Optional<String> problem;
        try {
            problem = side.call();
        } catch (IOException e) {
            problem = Optional.of(String.valueOf(e.getMessage()));
        }
        if (problem.isPresent()) channel.close();
        return problem;
    }

    private static boolean relay(SocketChannel from, SocketChannel to, Change change) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1_000);
        try (from;
                to) {
            for (int passed = 0; from.read(bytes.clear()) >= 0; ) {
                int count = bytes.flip().remaining();
                boolean goesOn = change.goesOn(bytes, passed);
                while (bytes.hasRemaining()) to.write(bytes);
                if (!goesOn) break;
                passed += count;
            }
        }
        return true;
    }

    @Test
    void twoWorkersThatAreNotDisturbedAgree() throws Exception {
        assertThat(handshake(Change.NONE, Change.NONE).isAgreed()).isTrue();
    }

    @Test
    void aBitThatTheListenerHearsWronglyKeepsBothFromAgreeing() throws Exception {
        for (int at = 0; at < TO_LISTENER; at++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                Outcome outcome = handshake(new Change(at, 1 << bit), Change.NONE);
                assertThat(outcome.caller()).as("bit %d of byte %d", bit, at).isPresent();
                assertThat(outcome.listener()).as("bit %d of byte %d", bit, at).isPresent();
            }
        }
    }

    /// The last message is the listener's: it has agreed by then. The caller has not, and ends the connection.
    @Test
    void aBitThatTheCallerHearsWronglyKeepsItFromAgreeing() throws Exception {
        for (int at = 0; at < TO_CALLER; at++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                Outcome outcome = handshake(Change.NONE, new Change(at, 1 << bit));
                assertThat(outcome.caller()).as("bit %d of byte %d", bit, at).isPresent();
                assertThat(outcome.listener().isPresent())
                        .as("bit %d of byte %d", bit, at)
                        .isEqualTo(at < TO_CALLER - 4);
            }
        }
    }

    @Test
    void aConnectionThatEndsBeforeAnyByteIsNoAgreement() throws Exception {
        for (int at = 0; at < TO_LISTENER; at++) {
            Outcome outcome = handshake(new Change(at, 0), Change.NONE);
            assertThat(outcome.caller()).as("before byte %d", at).isPresent();
            assertThat(outcome.listener()).as("before byte %d", at).isPresent();
        }
        for (int at = 0; at < TO_CALLER; at++) {
            Outcome outcome = handshake(Change.NONE, new Change(at, 0));
            assertThat(outcome.caller()).as("before byte %d", at).isPresent();
            assertThat(outcome.listener().isPresent()).as("before byte %d", at).isEqualTo(at < TO_CALLER - 4);
        }
    }

    /// Who has listened to a worker knows no more than before: the challenge is another one each time.
    @Test
    void whatAWorkerHasSaidIsOfNoUseToAnother() throws Exception {
        ByteBuffer heard = ByteBuffer.allocate(TO_LISTENER);
        try (Ends ends = Ends.open()) {
            Future<Handshake.Caller> answered = threads.submit(() -> worker(0).answer(ends.one()));
            try (Ends caller = Ends.open()) {
                Future<Boolean> called = threads.submit(() -> {
                    worker(1).call(caller.one(), 0, "worker 0");
                    return true;
                });
                pass(caller.other(), ends.other(), 64, heard);
                pass(ends.other(), caller.other(), 80, ByteBuffer.allocate(80));
                pass(caller.other(), ends.other(), 32, heard);
                pass(ends.other(), caller.other(), 4, ByteBuffer.allocate(4));
                assertThat(called.get(TIMEOUT, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(answered.get(TIMEOUT, TimeUnit.SECONDS).verdict()).isEqualTo(Handshake.Verdict.WELCOME);
        }
        try (Ends ends = Ends.open()) {
            Future<Handshake.Caller> answered = threads.submit(() -> worker(0).answer(ends.one()));
            heard.flip();
            while (heard.hasRemaining()) ends.other().write(heard);
            assertThat(answered.get(TIMEOUT, TimeUnit.SECONDS).verdict()).isEqualTo(Handshake.Verdict.WRONG_SECRET);
        }
    }

    /// Passes bytes on, and keeps a copy.
    private static void pass(SocketChannel from, SocketChannel to, int count, ByteBuffer copy) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) assertThat(from.read(bytes)).isNotNegative();
        copy.put(bytes.flip().duplicate());
        while (bytes.hasRemaining()) to.write(bytes);
    }
}

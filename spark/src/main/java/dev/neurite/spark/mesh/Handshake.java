package dev.neurite.spark.mesh;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// How two workers make sure that they belong to the same attempt of the same training: each sends a
/// challenge, and proves that it knows the secret by an HMAC-SHA256 of all that was said. Messages have a
/// fixed length, so that nobody can make the other allocate memory.
///
/// | from | message | bytes |
/// |---|---|---|
/// | caller | magic, version, training, attempt, size, rank, challenge | 64 |
/// | listener | magic, verdict, rank, challenge, proof | 80 |
/// | caller | proof | 32 |
/// | listener | verdict | 4 |
final class Handshake {
    /// The version of the protocol, with the frames of [Peer].
    static final int VERSION = 1;

    private static final long MAGIC = 0x4e_45_55_52_49_54_45_0aL; // "NEURITE\n"
    private static final int HELLO = 64;
    private static final int WELCOME = 80;
    private static final String CALLER = "caller";
    private static final String LISTENER = "listener";

    /// What a listener thinks of a caller.
    enum Verdict {
        WELCOME(0, ""),
        OTHER_PROTOCOL(1, "speaks another version of the protocol"),
        OTHER_TRAINING(2, "belongs to another training"),
        OTHER_ATTEMPT(3, "belongs to another attempt of the training"),
        OTHER_SIZE(4, "knows another number of workers"),
        OTHER_RANK(5, "has a rank that is not expected here"),
        WRONG_SECRET(6, "does not know the secret of the training");

        private final int code;
        private final String text;

        Verdict(int code, String text) {
            this.code = code;
            this.text = text;
        }

        /// What is wrong, as the predicate of a sentence.
        String text() {
            return text;
        }
    }

    private final Membership own;

    Handshake(Membership own) {
        this.own = own;
    }

    /// Introduces this worker to one that listens.
    /// @param expected its rank
    /// @throws PeerException if it is not that worker, or refuses this one
    void call(SocketChannel channel, int expected, String who) throws IOException {
        ByteBuffer hello = ByteBuffer.allocate(HELLO)
                .putLong(MAGIC)
                .putInt(VERSION)
                .putLong(own.training())
                .putInt(own.attempt())
                .putInt(own.size())
                .putInt(own.rank())
                .put(Secret.challenge())
                .flip();
        write(channel, hello);
        ByteBuffer welcome = read(channel, WELCOME);
        if (welcome.getLong() != MAGIC) throw new PeerException(who + ": expects a worker, got another server", false);
        refuse(who, welcome.getInt());
        int rank = welcome.getInt();
        if (rank != expected) {
            throw new PeerException(who + ": expects worker " + expected + ", got worker " + rank, false);
        }
        ByteBuffer said = welcome.duplicate().rewind().limit(WELCOME - Secret.LENGTH);
        byte[] proof = new byte[Secret.LENGTH];
        welcome.get(WELCOME - Secret.LENGTH, proof);
        if (!Secret.equal(proof, own.secret().proof(LISTENER, hello, said))) {
            throw new PeerException(who + ": " + Verdict.WRONG_SECRET.text(), false);
        }
        write(channel, ByteBuffer.wrap(own.secret().proof(CALLER, hello, said)));
        refuse(who, read(channel, Integer.BYTES).getInt());
    }

    private static void refuse(String who, int verdict) throws PeerException {
        if (verdict == Verdict.WELCOME.code) return;
        String reason = "for an unknown reason";
        for (Verdict each : Verdict.values()) {
            if (each.code == verdict) reason = "this worker " + each.text();
        }
        throw new PeerException(who + ": refuses the connection: " + reason, false);
    }

    /// A caller, and what a listener thinks of it.
    record Caller(int rank, Verdict verdict) {}

    /// Receives a worker that calls. The channel stays open only if it is welcome.
    /// @throws IOException if it says something else, or nothing
    Caller answer(SocketChannel channel) throws IOException {
        ByteBuffer hello = read(channel, HELLO);
        if (hello.getLong() != MAGIC) throw new PeerException("a caller that is no worker", false);
        Verdict verdict = judge(hello);
        int rank = hello.getInt(HELLO - Secret.LENGTH - Integer.BYTES);
        ByteBuffer welcome = ByteBuffer.allocate(WELCOME)
                .putLong(MAGIC)
                .putInt(verdict.code)
                .putInt(own.rank())
                .put(Secret.challenge());
        ByteBuffer said = welcome.duplicate().flip();
        if (verdict != Verdict.WELCOME) {
            write(channel, welcome.clear());
            return new Caller(rank, verdict);
        }
        welcome.put(own.secret().proof(LISTENER, hello, said));
        write(channel, welcome.flip());
        byte[] proof = new byte[Secret.LENGTH];
        read(channel, Secret.LENGTH).get(proof);
        Verdict last =
                Secret.equal(proof, own.secret().proof(CALLER, hello, said)) ? Verdict.WELCOME : Verdict.WRONG_SECRET;
        write(channel, ByteBuffer.allocate(Integer.BYTES).putInt(last.code).flip());
        return new Caller(rank, last);
    }

    private Verdict judge(ByteBuffer hello) {
        if (hello.getInt() != VERSION) return Verdict.OTHER_PROTOCOL;
        if (hello.getLong() != own.training()) return Verdict.OTHER_TRAINING;
        if (hello.getInt() != own.attempt()) return Verdict.OTHER_ATTEMPT;
        if (hello.getInt() != own.size()) return Verdict.OTHER_SIZE;
        int rank = hello.getInt();
        return rank > own.rank() && rank < own.size() ? Verdict.WELCOME : Verdict.OTHER_RANK;
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        ByteBuffer rest = bytes.duplicate();
        while (rest.hasRemaining()) channel.write(rest);
    }

    private static ByteBuffer read(SocketChannel channel, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) throw new EOFException("the connection has ended in the handshake");
        }
        return bytes.flip();
    }
}

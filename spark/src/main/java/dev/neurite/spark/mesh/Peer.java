package dev.neurite.spark.mesh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// The connection to another worker. One thread sends and another one receives, at the same time; a third one may
/// call [#fail].
///
/// A frame begins with 24 bytes: a magic number, its kind, the step, and the length of what follows. The
/// receiver knows all of them, and refuses anything else before it reads on.
final class Peer {
    /// The kinds of frames.
    enum Kind {
        /// Numbers of a worker's shards, and the sums of its nodes for a slice.
        PARTS(0),
        /// The sum of all shards for a slice.
        SUM(1),
        /// The sender has failed; a text says why.
        FAILURE(2);

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    private static final int MAGIC = 0x4e_52_54_31; // "NRT1"
    private static final int HEADER = 24;
    private static final int BUFFER = 1 << 18;
    private static final int LONGEST_TEXT = 2_000; // bytes

    private final int rank;
    private final String name;
    private final SocketChannel channel;
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private final AtomicBoolean sending = new AtomicBoolean(); // a frame, of which only a part may be sent
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();

    Peer(int rank, SocketChannel channel) throws IOException {
        this.rank = rank;
        this.channel = channel;
        this.name = "worker " + rank + " at " + channel.getRemoteAddress();
    }

    int rank() {
        return rank;
    }

    @Override
    public String toString() {
        return name;
    }

    /// The number of bytes that were sent.
    long sent() {
        return sent.get();
    }

    /// The number of bytes that were received.
    long received() {
        return received.get();
    }

    void close() throws IOException {
        channel.close();
    }

    // -------------------------------------------------------------------------------------------------------- sending

    /// Begins a frame, unless another thread tells a failure; the bytes that follow are to be sent by [#doubles] and
    /// [#floats], then [#end].
    /// @param bytes their number
    void begin(Kind kind, long step, long bytes) throws IOException {
        if (sending.getAndSet(true)) throw new PeerException(name + " is told that this worker has failed", true);
        header(kind, step, bytes);
    }

    private void header(Kind kind, long step, long bytes) {
        out.clear();
        out.putInt(MAGIC).putInt(kind.code).putLong(step).putLong(bytes);
    }

    void doubles(double[] values) throws IOException {
        for (double each : values) {
            if (out.remaining() < Double.BYTES) flush();
            out.putDouble(each);
        }
    }

    void floats(float[] values, int from, int to) throws IOException {
        for (int at = from; at < to; ) {
            if (out.remaining() < Float.BYTES) flush();
            int count = Math.min(to - at, out.remaining() / Float.BYTES);
            out.asFloatBuffer().put(values, at, count);
            out.position(out.position() + count * Float.BYTES);
            at += count;
        }
    }

    void end() throws IOException {
        flush();
        sending.set(false);
    }

    private void flush() throws IOException {
        out.flip();
        sent.addAndGet(out.remaining());
        while (out.hasRemaining()) channel.write(out);
        out.clear();
    }

    /// Tells the other worker that this one has failed, unless a frame is on its way. Nothing is sent after it.
    void fail(String reason) throws IOException {
        if (sending.getAndSet(true)) return;
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        if (text.length > LONGEST_TEXT) text = Arrays.copyOf(text, LONGEST_TEXT);
        header(Kind.FAILURE, -1, text.length);
        out.put(text);
        flush();
    }

    // ------------------------------------------------------------------------------------------------------ receiving

    /// Receives the beginning of a frame; the bytes that follow are to be received by [#receiveDoubles] and
    /// [#receiveFloats].
    /// @throws PeerException for another frame than this
    void expect(Kind kind, long step, long bytes) throws IOException {
        fill(HEADER);
        int magic = in.getInt();
        int foundKind = in.getInt();
        long foundStep = in.getLong();
        long length = in.getLong();
        if (magic == MAGIC && foundKind == Kind.FAILURE.code && length >= 0 && length <= LONGEST_TEXT) {
            fill((int) length);
            byte[] text = new byte[(int) length];
            in.get(text);
            throw new PeerException(name + " has failed: " + new String(text, StandardCharsets.UTF_8), true);
        }
        if (magic != MAGIC || foundKind != kind.code || foundStep != step || length != bytes) {
            throw new PeerException(
                    name + ": expects frame " + kind.code + " of step " + step + " with " + bytes + " bytes, got "
                            + (magic == MAGIC
                                    ? foundKind + " of step " + foundStep + " with " + length + " bytes"
                                    : "none of a worker"),
                    false);
        }
    }

    void receiveDoubles(double[] values) throws IOException {
        for (int at = 0; at < values.length; ) {
            int count = Math.min(values.length - at, BUFFER / Double.BYTES);
            fill(count * Double.BYTES);
            in.asDoubleBuffer().get(values, at, count);
            at += count;
        }
    }

    void receiveFloats(float[] values, int from, int to) throws IOException {
        for (int at = from; at < to; ) {
            int count = Math.min(to - at, BUFFER / Float.BYTES);
            fill(count * Float.BYTES);
            in.asFloatBuffer().get(values, at, count);
            at += count;
        }
    }

    /// Receives exactly this many bytes into the buffer.
    private void fill(int bytes) throws IOException {
        in.clear().limit(bytes);
        while (in.hasRemaining()) {
            int count = channel.read(in);
            if (count < 0) throw new PeerException(name + " has closed the connection", true);
            received.addAndGet(count);
        }
        in.flip();
    }
}

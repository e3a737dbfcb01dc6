package dev.neurite.http;

import dev.neurite.error.NeuriteException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Texts on their way from a thread of [ComputePool], which makes them, to the thread of an exchange,
/// which sends them. If the client leaves, the next piece ends the computation.
final class PieceStream implements Answer {
    private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int AHEAD = 64; // pieces that the client has not taken
    private static final long TICK = 100; // milliseconds
    private static final int TICKS = 10; // without a piece, then a ping finds out whether the client is there

    /// A piece, or the end.
    private record Item(@Nullable String piece, @Nullable Throwable failure) {}

    private final Answer.Pieces answer;
    private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(AHEAD);
    private @Nullable Item first;
    private volatile boolean left;

    PieceStream(Answer.Pieces answer) {
        this.answer = answer;
    }

    /// Makes all pieces, in the thread that calls.
    @SuppressWarnings("IllegalCatch") // whatever fails is told to the thread that sends
    void make() {
        Throwable failure = null;
        try {
            answer.producer().produce(piece -> put(new Item(piece, null)));
        } catch (CancellationException _) {
            return; // nobody reads any more
        } catch (Throwable e) {
            failure = e;
        }
        try {
            put(new Item(null, failure));
        } catch (CancellationException _) {
            // nobody reads any more
        }
    }

    private void put(Item item) {
        try {
            while (!left) if (items.offer(item, TICK, TimeUnit.MILLISECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new CancellationException("the client has left");
    }

    /// Waits for the first piece. What fails before it is thrown, so that it can be an answer.
    void begin() throws IOException, InterruptedException {
        Item item = items.take();
        first = item;
        switch (item.failure()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IOException(e);
        }
    }

    /// @param log takes an error of the program
    void send(OutputStream out, Watch watch, Limits limits, Consumer<Throwable> log) throws IOException {
        PieceForm form = answer.form();
        int silent = 0;
        for (Item item = first; ; item = next()) {
            if (item == null) {
                if (++silent % TICKS == 0) write(PING, out, watch, limits);
                continue;
            }
            silent = 0;
            if (item.piece() == null) {
                Throwable failure = item.failure();
                write(failure == null ? form.end() : form.failed(told(failure, log)), out, watch, limits);
                return;
            }
            write(form.piece(item.piece()), out, watch, limits);
        }
    }

    private @Nullable Item next() throws InterruptedIOException {
        try {
            return items.poll(TICK, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            throw new InterruptedIOException("the server closes");
        }
    }

    private static String told(Throwable failure, Consumer<Throwable> log) {
        boolean known = failure instanceof NeuriteException || failure instanceof HttpProblem;
        if (known) return String.valueOf(failure.getMessage());
        log.accept(failure);
        return "an error of the program; its log says more";
    }

    private static void write(byte[] bytes, OutputStream out, Watch watch, Limits limits) throws IOException {
        watch.write(limits.write());
        out.write(bytes);
        out.flush();
        watch.work();
    }

    /// Ends the computation, with its next piece.
    void leave() {
        left = true;
    }
}

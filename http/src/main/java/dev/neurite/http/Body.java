package dev.neurite.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The body of a request, read within limits of size and time.
final class Body {
    /// The connection is of no more use: the client is gone or too slow.
    static final class Lost extends IOException {
        private static final long serialVersionUID = 1L;

        Lost(Exception cause) {
            super(cause);
        }
    }

    private static final int PIECE = 8192; // bytes

    private final HttpExchange exchange;
    private final Watch watch;
    private final Limits limits;
    private final Runnable late;
    private final long length; // -1: chunked
    private boolean over;
    private boolean begun;
    private byte @Nullable [] ahead;

    /// The body of a request.
    /// @param late answers that the client was too slow
    Body(HttpExchange exchange, Watch watch, Limits limits, Runnable late) {
        this.exchange = exchange;
        this.watch = watch;
        this.limits = limits;
        this.late = late;
        Headers headers = exchange.getRequestHeaders();
        String text = headers.getFirst("Content-Length");
        boolean chunked = headers.containsKey("Transfer-Encoding");
        this.length = chunked ? -1 : text == null ? 0 : Long.parseLong(text);
        this.over = length == 0;
    }

    /// Whether the connection is where the next request begins, beyond doubt. Never after chunks,
    /// whose parser the JDK's server wrote leniently.
    boolean isOver() {
        return over && length >= 0;
    }

    /// Reads all now, for a handler that is to compute in another thread.
    void readAhead() throws IOException {
        byte[] bytes = take(GivenImages.MOST_BYTES, _ -> {});
        ahead = bytes;
    }

    /// @param came is told of each piece, its bytes; its problems end the reading
    /// @throws HttpProblem 413 if there are more bytes, 400 if it ends early or its chunks are
    /// malformed
    byte[] read(int most, IntConsumer came) throws IOException {
        byte[] bytes = ahead;
        if (bytes == null) return take(most, came);
        if (bytes.length > most) throw tooLarge(most);
        came.accept(bytes.length);
        return bytes;
    }

    private byte[] take(int most, IntConsumer came) throws IOException {
        if (begun) throw new IllegalStateException("expects one reading of a body");
        begun = true;
        if (length > most) throw tooLarge(most);
        int size = length < 0 ? PIECE : (int) Math.min(PIECE, length);
        var bytes = new ByteArrayOutputStream(size);
        try {
            watch.body(limits.body(), late);
            InputStream in = exchange.getRequestBody();
            byte[] piece = new byte[size];
            for (int n = 0; n >= 0; n = in.read(piece)) {
                came.accept(n);
                bytes.write(piece, 0, n);
                if (bytes.size() > most) throw tooLarge(most);
            }
        } catch (IOException | IndexOutOfBoundsException e) { // the latter for a chunk of negative size
            resume(e);
            throw new HttpProblem(400, "body", "", "expects a whole body, got one that ends early or is malformed");
        }
        over = true;
        resume(null);
        return bytes.toByteArray();
    }

    /// Goes on after reading, unless the time is over.
    private void resume(@Nullable Exception problem) throws IOException {
        try {
            watch.work();
        } catch (IOException e) {
            throw new Lost(problem == null ? e : problem);
        }
    }

    private static HttpProblem tooLarge(int most) {
        return new HttpProblem(413, "size", "", "expects a body of at most " + most + " bytes");
    }

    /// Reads on for a while and throws it away, so that a client that still sends gets the answer,
    /// which a closed connection could destroy.
    void discard() throws IOException {
        if (over) return;
        watch.write(limits.linger());
        InputStream in = exchange.getRequestBody();
        byte[] piece = new byte[PIECE];
        long left = Limits.DISCARDED;
        try {
            for (int n = 0; n >= 0 && left > 0; n = in.read(piece)) left -= n;
        } catch (IndexOutOfBoundsException e) {
            throw new IOException("malformed chunks", e);
        }
    }
}

package dev.neurite.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.function.BooleanSupplier;

/// Sends answers. An exception of these methods means that the connection is of no more use; the
/// JDK's server then closes it.
final class Reply {
    private static final String POLICY =
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none';"
                    + " object-src 'none'; img-src 'self' data: blob:";
    private static final int PIECE = 64 << 10;

    private final HttpExchange exchange;
    private final Watch watch;
    private final Limits limits;
    private final BooleanSupplier closing;
    private volatile int status; // another thread answers that a body came too slowly
    private long sent;

    /// @param closing whether the server closes: then connections end with their answer
    Reply(HttpExchange exchange, Watch watch, Limits limits, BooleanSupplier closing) {
        this.exchange = exchange;
        this.watch = watch;
        this.limits = limits;
        this.closing = closing;
    }

    /// The status that was sent; 0 if none was.
    int status() {
        return status;
    }

    /// How many bytes of a body were sent.
    long sent() {
        return sent;
    }

    private void begin(int status, long length) throws IOException {
        exchange.sendResponseHeaders(status, length);
        this.status = status;
    }

    private boolean isHead() {
        return exchange.getRequestMethod().equals("HEAD");
    }

    private Headers headers(String type) {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
        if (!type.isEmpty()) headers.set("Content-Type", type);
        return headers;
    }

    /// Sends bytes. The connection stays open only if the next request begins, beyond doubt, where
    /// this one ended.
    void content(Answer.Content answer, Body body) throws IOException {
        Headers headers = headers(answer.type());
        answer.headers().forEach(headers::set);
        int status = answer.status();
        boolean good = status < 400 || status == 404 || status == 409;
        if (!good || !body.isOver() || closing.getAsBoolean()) headers.set("Connection", "close");
        byte[] bytes = answer.bytes();
        watch.write(limits.write());
        if (isHead() || bytes.length == 0) {
            if (isHead() && status != 204 && status != 304) {
                headers.set("Content-Length", Integer.toString(bytes.length));
            }
            begin(status, -1); // this ends the exchange
            return;
        }
        begin(status, bytes.length);
        OutputStream out = exchange.getResponseBody();
        for (int at = 0; at < bytes.length; at += PIECE) {
            watch.write(limits.write());
            int n = Math.min(PIECE, bytes.length - at);
            out.write(bytes, at, n);
            sent += n;
        }
        out.flush();
        body.discard();
        watch.write(limits.write());
        out.close();
    }

    /// Sends a file.
    void file(Answer.Download answer, Body body) throws IOException {
        try (InputStream in = Files.newInputStream(answer.file())) {
            long size = Files.size(answer.file());
            Headers headers = headers("application/octet-stream");
            headers.set("Content-Disposition", answer.disposition());
            if (!body.isOver() || closing.getAsBoolean()) headers.set("Connection", "close");
            watch.write(limits.write());
            if (isHead() || size == 0) {
                if (isHead()) headers.set("Content-Length", Long.toString(size));
                begin(200, -1);
                return;
            }
            begin(200, size);
            OutputStream out = exchange.getResponseBody();
            byte[] piece = new byte[PIECE];
            for (long left = size; left > 0; ) {
                int n = in.read(piece, 0, (int) Math.min(PIECE, left));
                if (n < 0) throw new IOException("the file has become shorter");
                watch.write(limits.write());
                out.write(piece, 0, n);
                sent += n;
                left -= n;
            }
            out.flush();
            body.discard();
            watch.write(limits.write());
            out.close();
        }
    }

    /// Writes the body of an answer whose length is not known.
    @FunctionalInterface
    interface Writer {
        /// Writes until there is no more.
        void write(OutputStream out) throws IOException;
    }

    /// Sends an event stream. The connection serves nothing else.
    void events(Writer writer) throws IOException {
        Headers headers = headers("text/event-stream; charset=utf-8");
        headers.set("Connection", "close");
        watch.write(limits.write());
        if (isHead()) {
            begin(200, -1);
            return;
        }
        begin(200, 0);
        OutputStream out = exchange.getResponseBody();
        writer.write(out);
        watch.write(limits.write());
        out.close();
    }

    /// Answers, from another thread, that the body came too slowly. The exchange's own thread waits
    /// for the body all the while, and is interrupted afterwards.
    void late(ProblemForm problems) {
        Answer.Content answer =
                Answer.Content.of(new HttpProblem(408, "late", "", "expects the whole body within seconds"), problems);
        try {
            headers(answer.type()).set("Connection", "close");
            begin(answer.status(), answer.bytes().length);
            OutputStream out = exchange.getResponseBody();
            out.write(answer.bytes());
            out.flush();
        } catch (IOException _) {
            // The client is gone, and needs no answer.
        }
    }
}

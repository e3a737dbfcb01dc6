package dev.neurite.cli.serve;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// A connection to a server on this computer, of which a test sees when it ends. Not for more than one thread.
final class RawConnection implements AutoCloseable {
    private static final int DEADLINE = 20_000; // milliseconds

    private final Socket socket;
    private final InputStream in;

    RawConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(DEADLINE);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /// Connects.
    /// @return empty if nobody listens, or no longer: nothing was sent then
    static Optional<RawConnection> open(int port) throws IOException {
        try {
            return Optional.of(new RawConnection(port));
        } catch (SocketException _) {
            return Optional.empty();
        }
    }

    /// An answer.
    /// @param last whether the server closes the connection
    record Reply(int status, boolean last, String body) {}

    /// A request.
    /// @param headers each with an end of line
    static byte[] request(int port, String methodAndPath, String headers, String body) {
        return (methodAndPath + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Length: " + body.length() + "\r\n"
                        + headers + "\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    /// Sends a request and reads its answer.
    /// @return empty if the connection was closed before the first byte of an answer
    /// @throws IOException if it was closed within the answer, or none came in time
    Optional<Reply> ask(byte... request) throws IOException {
        try {
            out().write(request);
        } catch (SocketException _) {
            // it was closed, perhaps after an answer to what had been sent
        }
        return read();
    }

    /// Reads an answer, as [#ask].
    Optional<Reply> read() throws IOException {
        in.mark(1);
        try {
            if (in.read() < 0) return Optional.empty();
        } catch (SocketException _) { // a reset
            return Optional.empty();
        }
        in.reset();
        String status = line();
        boolean last = false;
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.equals("connection: close")) last = true;
            if (line.startsWith("content-length: ")) length = Integer.parseInt(line.substring(16));
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) throw new EOFException("got " + body.length + " of " + length + " bytes");
        int code = Integer.parseInt(status.substring(9, 12));
        return Optional.of(new Reply(code, last, new String(body, StandardCharsets.UTF_8)));
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new EOFException("the connection was closed after '" + line + "'");
            if (c != '\r') line.append((char) c);
        }
        return line.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

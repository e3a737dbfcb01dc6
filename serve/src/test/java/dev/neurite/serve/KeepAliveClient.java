package dev.neurite.serve;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A client of a server on this computer that keeps its connection, and takes less of the processor than the JDK's. Not
/// for more than one thread.
final class KeepAliveClient implements AutoCloseable {
    private static final int DEADLINE = 20_000; // milliseconds

    private final int port;
    private Socket socket = new Socket();
    private InputStream in = InputStream.nullInputStream();

    KeepAliveClient(int port) {
        this.port = port;
    }

    private void connect() throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(DEADLINE);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /// An answer.
    /// @param head status and headers, in small letters
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Reply(int status, String head, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        private boolean isLast() {
            return head.contains("\nconnection: close");
        }
    }

    /// A request for a prediction, or whatever is posted.
    /// @param headers each with an end of line
    static byte[] post(int port, String path, String headers, byte... body) {
        byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Length: " + body.length
                        + "\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }

    /// Sends a request and waits for its answer. The next request has a new connection if the server says so.
    Reply ask(byte... request) throws IOException {
        if (!socket.isConnected() || socket.isClosed()) connect();
        socket.getOutputStream().write(request);
        Reply reply = read();
        if (reply.isLast()) socket.close();
        return reply;
    }

    private Reply read() throws IOException {
        var head = new StringBuilder(512);
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            head.append(line).append('\n');
            if (line.startsWith("content-length: ")) length = Integer.parseInt(line.substring(16));
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) throw new EOFException("got " + body.length + " of " + length + " bytes");
        return new Reply(Integer.parseInt(head.substring(9, 12)), head.toString(), body);
    }

    private String line() throws IOException {
        var line = new StringBuilder(64);
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

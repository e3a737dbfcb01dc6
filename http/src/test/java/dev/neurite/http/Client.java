package dev.neurite.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// A client that sends any bytes, and reads answers with a deadline. Not for more than one thread.
final class Client implements AutoCloseable {
    static final int DEADLINE = 20_000; // milliseconds

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Client(InetAddress address, int port, int receiveBuffer) throws IOException {
        socket = new Socket();
        if (receiveBuffer > 0) socket.setReceiveBufferSize(receiveBuffer);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(address, port), DEADLINE);
        socket.setSoTimeout(DEADLINE);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    Client send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    Client send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /// Sends no more, but still reads.
    Client halfClose() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /// Goes away without a word: the other side sees a reset.
    void vanish() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /// An answer.
    /// @param headers by name in small letters
    record Response(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /// Reads an answer with its body.
    Response read() throws IOException {
        return read(false);
    }

    /// Reads an answer.
    /// @param head whether no body follows, whatever the headers say
    Response read(boolean head) throws IOException {
        Response response = readHead();
        boolean none = head || response.status < 200 || response.status == 204 || response.status == 304;
        if (none) return response;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String length = response.header("content-length");
        if (!length.isEmpty()) {
            body.write(exactly(Integer.parseInt(length)));
        } else if (response.header("transfer-encoding").equals("chunked")) {
            for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) body.write(chunk);
        } else {
            in.transferTo(body);
        }
        return new Response(response.status, response.headers, body.toString(StandardCharsets.UTF_8));
    }

    /// Reads the status and headers.
    Response readHead() throws IOException {
        String status = line();
        if (!status.matches("HTTP/1\\.1 [1-5][0-9][0-9] .*")) throw new IOException("no status: " + status);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(": ");
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 2));
        }
        return new Response(Integer.parseInt(status.substring(9, 12)), headers, "");
    }

    /// The next chunk of a chunked body; empty for the last.
    byte[] chunk() throws IOException {
        byte[] bytes = exactly(Integer.parseInt(line(), 16));
        line();
        return bytes;
    }

    /// Reads the events of a stream until its text contains this.
    String readUntil(String text) throws IOException {
        var all = new StringBuilder();
        long begun = System.nanoTime();
        for (int from = 0; all.indexOf(text, from) < 0; ) {
            byte[] chunk = chunk();
            checkTime(begun);
            if (chunk.length == 0) throw new EOFException("the stream ended after " + all.length() + " characters");
            from = Math.max(0, all.length() - text.length());
            all.append(new String(chunk, StandardCharsets.UTF_8));
        }
        return all.toString();
    }

    /// Reads the events of a stream until its end.
    String readToEnd() throws IOException {
        var all = new StringBuilder();
        long begun = System.nanoTime();
        for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) {
            all.append(new String(chunk, StandardCharsets.UTF_8));
            checkTime(begun);
        }
        return all.toString();
    }

    /// A stream with pings would keep a reader for ever.
    private static void checkTime(long begun) throws IOException {
        if (System.nanoTime() - begun > 1_000_000L * DEADLINE) throw new SocketTimeoutException("it took too long");
    }

    /// Reads so many bytes.
    byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) throw new EOFException("got " + bytes.length + " of " + length + " bytes");
        return bytes;
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new EOFException("the connection was closed after '" + line + "'");
            if (c != '\r') line.append((char) c);
        }
        return line.toString();
    }

    /// Whether the server closes the connection before the deadline, having sent nothing more.
    boolean isClosed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // a reset
        }
    }

    /// Reads whatever comes until the server closes the connection or is silent for a while.
    String readAll(int silence) throws IOException {
        socket.setSoTimeout(silence);
        var all = new ByteArrayOutputStream();
        byte[] piece = new byte[4096];
        try {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) all.write(piece, 0, n);
        } catch (IOException e) {
            // Silence or a reset: what came is all.
        } finally {
            socket.setSoTimeout(DEADLINE);
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

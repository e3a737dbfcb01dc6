package dev.neurite.serve.api;

import dev.neurite.http.HttpService;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Asks a server that a test has started.
final class TestHttp {
    private static final int DEADLINE = 20_000; // milliseconds

    private TestHttp() {}

    /// An answer.
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Reply(int status, Map<String, List<String>> headers, byte[] bytes) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /// A header; empty if it is not there.
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(each -> name.equalsIgnoreCase(each.getKey()))
                    .map(each -> each.getValue().getFirst())
                    .findFirst()
                    .orElse("");
        }
    }

    static Reply get(HttpService server, String path) throws IOException {
        return read(connection(server, path));
    }

    static Reply post(HttpService server, String path, Map<String, String> headers, byte... body) throws IOException {
        HttpURLConnection connection = connection(server, path);
        connection.setRequestMethod("POST");
        headers.forEach(connection::setRequestProperty);
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        try (var out = connection.getOutputStream()) {
            out.write(body);
        }
        return read(connection);
    }

    private static HttpURLConnection connection(HttpService server, String path) throws IOException {
        var connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + server.port() + path).toURL().openConnection();
        connection.setConnectTimeout(DEADLINE);
        connection.setReadTimeout(DEADLINE);
        return connection;
    }

    private static Reply read(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Reply(status, connection.getHeaderFields(), in == null ? new byte[0] : in.readAllBytes());
        }
    }
}

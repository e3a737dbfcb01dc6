package dev.neurite.serve.api;

import dev.neurite.http.Access;
import dev.neurite.http.Assets;
import dev.neurite.http.HttpService;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.serve.model.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A server of models in OpenAI's form, and a client.
final class TextServer implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpService service;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    TextServer(Repository models) {
        service = HttpService.start(
                HttpService.Settings.USUAL.port(0).access(new Access.Everyone(false)),
                OpenAi.routes(models, new RequestMemory(), new TextWriter()),
                Assets.none());
    }

    /// What came back.
    record Reply(int status, String body, HttpResponse<String> response) {
        /// The value at a path such as `data.0.embedding`.
        Json at(String path) {
            Json value = read(body);
            for (String key : path.split("\\.")) {
                value = switch (value) {
                    case JsonObject(var members) -> Objects.requireNonNull(members.get(key), () -> key + " in " + body);
                    case JsonArray(var items) -> items.get(Integer.parseInt(key));
                    default -> throw new IllegalStateException(path + " in " + body);
                };
            }
            return value;
        }

        String text(String path) {
            return TextServer.text(at(path));
        }

        long number(String path) {
            return Long.parseLong(((JsonNumber) at(path)).literal());
        }

        float[] floats(String path) {
            List<Json> items = ((JsonArray) at(path)).list();
            float[] floats = new float[items.size()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = Float.parseFloat(((JsonNumber) items.get(i)).literal());
            }
            return floats;
        }

        /// The JSON of the events of a stream.
        List<Reply> events() {
            List<Reply> events = new ArrayList<>();
            for (String each : body.split("\n\n", -1)) {
                if (each.startsWith("data: {")) events.add(new Reply(status, each.substring(6), response));
            }
            return events;
        }
    }

    static Json read(String json) {
        try {
            return Json.read(json);
        } catch (Json.SyntaxException e) {
            throw new IllegalStateException(json, e);
        }
    }

    static String text(Json value) {
        return ((JsonString) value).value();
    }

    Reply get(String path) {
        return send(request(path).GET());
    }

    /// @param headers names and values by turns
    Reply post(String path, String json, String... headers) {
        HttpRequest.Builder request = request(path).header("Content-Type", "application/json");
        if (headers.length > 0) request.headers(headers);
        return send(request.POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /// The answer to a request whose time is over while its text is written: a time that does that is found by trying.
    /// @param whole the tokens of the text without a limit
    Reply cut(String path, String json, long whole) {
        double seconds = 0.05;
        for (int i = 0; i < 40; i++) {
            Reply reply = post(path, json, "X-Request-Timeout", String.format(Locale.ROOT, "%.6f", seconds));
            boolean late = reply.status() == 504;
            if (!late && reply.number("usage.completion_tokens") < whole) return reply;
            seconds *= late ? 1.7 : 0.5;
        }
        throw new AssertionError("no time ends a text of " + whole + " tokens in between");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + path))
                .timeout(PATIENCE);
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Begins a stream, and reads its first piece. Closing the socket ends it with a reset.
    Socket stream(String json) throws IOException {
        return stream("/v1/completions", json);
    }

    /// [#stream(String)] of another path.
    Socket stream(String path, String json) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.setSoLinger(true, 0);
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + service.port()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body);
        InputStream in = socket.getInputStream();
        var begun = new StringBuilder();
        while (begun.indexOf("data: ") < 0) {
            int next = in.read();
            if (next < 0) throw new IOException("the stream ended: " + begun);
            begun.append((char) next);
        }
        return socket;
    }

    @Override
    public void close() {
        client.close();
        service.close();
    }
}

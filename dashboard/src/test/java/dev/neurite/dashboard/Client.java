package dev.neurite.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// A client of the API, with a session.
public final class Client implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final ClientSession session;

    /// Begins a session.
    /// @param url the address with the token, as it is shown to people
    public Client(URI url) {
        session = ClientSession.begin(http, url);
    }

    public static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// The status of a GET.
    public int status(String path) {
        return session.get(path).statusCode();
    }

    /// The text of a GET.
    public String text(String path) {
        return session.get(path).body();
    }

    public Object get(String path) {
        HttpResponse<String> answer = session.get(path);
        assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
        return value(parsed(answer.body()));
    }

    /// The object that a path answers with.
    @SuppressWarnings("unchecked")
    public Map<String, Object> object(String path) {
        return (Map<String, Object>) get(path);
    }

    /// The object that a POST answers with.
    @SuppressWarnings("unchecked")
    public Map<String, Object> post(String path, Object body, int status) {
        return post(path, Json.of(body).write(), status);
    }

    /// The object that a POST of a text answers with.
    @SuppressWarnings("unchecked")
    public Map<String, Object> post(String path, String body, int status) {
        HttpResponse<String> answer = session.post(path, body);
        assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(status);
        return (Map<String, Object>) value(parsed(answer.body()));
    }

    /// The object that a POST of an image answers with.
    @SuppressWarnings("unchecked")
    public Map<String, Object> postImage(String path, byte[] image) {
        HttpResponse<String> answer = session.post(path, "image/png", HttpRequest.BodyPublishers.ofByteArray(image));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return (Map<String, Object>) value(parsed(answer.body()));
    }

    private static Json parsed(String text) {
        try {
            return Json.read(text, 5_000_000);
        } catch (Json.SyntaxException e) {
            throw new AssertionError(e.problem() + ": " + text, e);
        }
    }

    /// A value as maps, lists, numbers (doubles), texts, booleans; null as the text "null".
    private static Object value(Json json) {
        return switch (json) {
            case JsonObject(Map<String, Json> map) -> {
                Map<String, Object> values = new java.util.LinkedHashMap<>();
                map.forEach((key, each) -> values.put(key, value(each)));
                yield values;
            }
            case JsonArray(List<Json> list) -> list.stream().map(Client::value).toList();
            case JsonNumber(String literal) -> Double.valueOf(literal);
            case JsonString(String text) -> text;
            case Json.JsonBoolean(boolean truth) -> truth;
            case Json.JsonNull _ -> "null";
        };
    }

    /// An event of a stream.
    public record Event(String name, String id, String data) {}

    /// An open stream.
    public static final class Stream implements AutoCloseable {
        private final java.io.InputStream body;
        private final BufferedReader lines;

        Stream(java.io.InputStream body) {
            this.body = body;
            this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        }

        /// The next event; pings are left out.
        public Event next() throws IOException {
            String name = "";
            String id = "";
            var data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) name = line.substring(7);
                else if (line.startsWith("id: ")) id = line.substring(4);
                else if (line.startsWith("data: ")) data.append(line.substring(6));
                else if (line.isEmpty() && data.length() > 0) return new Event(name, id, data.toString());
            }
            throw new IOException("the stream has ended");
        }

        /// The events up to the first one that fits.
        public List<Event> until(Predicate<Event> last) throws IOException {
            List<Event> events = new ArrayList<>();
            do events.add(next());
            while (!last.test(events.getLast()));
            return events;
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /// Opens the event stream that a POST answers with.
    public Stream postStream(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = session.posting(path, "application/json", HttpRequest.BodyPublishers.ofString(body));
        HttpResponse<java.io.InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new Stream(answer.body());
    }

    /// Opens an event stream.
    /// @param lastId the id that the client saw last; empty for none
    public Stream events(String path, String lastId) throws IOException, InterruptedException {
        HttpRequest.Builder builder = session.request(path);
        if (!lastId.isEmpty()) builder.header("Last-Event-ID", lastId);
        HttpResponse<java.io.InputStream> answer = http.send(builder.build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new Stream(answer.body());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

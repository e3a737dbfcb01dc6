package dev.neurite.http;

import com.sun.net.httpserver.Headers;
import dev.neurite.datasets.ImageFile;
import dev.neurite.io.json.Json;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/// What a client asks. The checks of the server have passed; what is in it may still be anything.
/// The methods that read the body may be called once.
public final class Request {
    private final String context;
    private final Map<String, String> path;
    private final Map<String, String> query;
    private final Headers headers;
    private final Body body;

    Request(String context, Map<String, String> path, Map<String, String> query, Headers headers, Body body) {
        this.context = context;
        this.path = path;
        this.query = query;
        this.headers = headers;
        this.body = body;
    }

    /// The path of the context that a handler in another server has, such as `/models`; empty for the whole server.
    public String context() {
        return context;
    }

    /// A parameter of the path, decoded. Never empty, `.` or `..`, and without slashes and control
    /// characters; it may still name nothing that exists.
    /// @throws IllegalArgumentException if the route has no such parameter
    public String path(String name) {
        String value = path.get(name);
        if (value == null) throw new IllegalArgumentException("the route has no parameter '" + name + "'");
        return value;
    }

    /// A part of the query, decoded; empty if it is not there.
    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /// A part of the query, decoded.
    /// @param usual the value if it is not there
    public String query(String name, String usual) {
        return query.getOrDefault(name, usual);
    }

    /// A header, the first of its name; empty if it is not there.
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.getFirst(name));
    }

    /// A whole number of the query.
    /// @param usual the value if it is not there
    /// @throws HttpProblem 400 if it is no whole number from least to most
    public int query(String name, int usual, int least, int most) {
        String text = query.get(name);
        if (text == null) return usual;
        if (text.matches("-?[0-9]{1,10}")) {
            long value = Long.parseLong(text);
            if (least <= value && value <= most) return (int) value;
        }
        throw HttpProblem.bad("?" + name, JsonFields.expects("a whole number from " + least + " to " + most, text));
    }

    /// The id that a client of an event stream saw last, from the header `Last-Event-ID`;
    /// [EventSink#NO_ID] if there is none.
    /// @throws HttpProblem 400 if it is none of this server's ids
    static long lastEventId(Headers headers) {
        String text = headers.getFirst("Last-Event-ID");
        if (text == null || text.isEmpty()) return EventSink.NO_ID;
        if (!text.matches("[0-9]{1,18}")) throw HttpProblem.bad("Last-Event-ID", JsonFields.expects("a number", text));
        return Long.parseLong(text);
    }

    /// The body, as it came.
    /// @param most the largest number of bytes
    /// @param types the media types that it may have; any if there is none
    /// @throws HttpProblem 413 if it is larger, 415 if it has another type, 400 if it ends early
    /// @throws IOException if the client is gone or too slow; let it pass
    public byte[] body(int most, String... types) throws IOException {
        List<String> allowed = List.of(types);
        if (!allowed.isEmpty() && !allowed.contains(type())) {
            throw new HttpProblem(415, "type", "Content-Type", "expects " + String.join(" or ", allowed));
        }
        return body(most, _ -> {});
    }

    /// The body, as it came, of any type.
    /// @param most the largest number of bytes
    /// @param came is told of each piece as it comes, its bytes; a problem that it throws is the answer
    /// @throws HttpProblem 413 if it is larger, 400 if it ends early
    /// @throws IOException if the client is gone or too slow; let it pass
    public byte[] body(int most, IntConsumer came) throws IOException {
        return body.read(most, came);
    }

    /// The media type of the body in small letters, without parameters; empty if the client says none.
    public String type() {
        String type = headers.getFirst("Content-Type");
        if (type == null) return "";
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /// The body, a JSON object of at most a megabyte.
    /// @throws HttpProblem 413 if it is larger, 415 if it is not said to be JSON, 400 if it is no
    /// JSON object, not in UTF-8, has a key twice or more than 64 levels
    /// @throws IOException if the client is gone or too slow; let it pass
    public JsonFields json() throws IOException {
        return json(Limits.JSON);
    }

    /// The body, a JSON object of a limited size.
    /// @param most the largest number of bytes
    /// @throws HttpProblem as in [#json()]
    /// @throws IOException if the client is gone or too slow; let it pass
    public JsonFields json(int most) throws IOException {
        return JsonFields.of(GivenJson.read(GivenJson.text(body(most, "application/json")), Json.MOST_VALUES, ""));
    }

    /// The body, a PNG or JPEG image of at most 8 MB and 4 megapixels. Its size is read before its
    /// pixels.
    /// @throws HttpProblem 413 if it is larger, 415 if it has another type, 400 if it is damaged
    /// @throws IOException if the client is gone or too slow; let it pass
    public BufferedImage image() throws IOException {
        return GivenImages.read(body(GivenImages.MOST_BYTES, "image/png", "image/jpeg"), "", ImageFile::image);
    }
}

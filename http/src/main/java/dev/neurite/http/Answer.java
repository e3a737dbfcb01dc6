package dev.neurite.http;

import dev.neurite.io.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/// What a [Handler] returns.
public sealed interface Answer permits Answer.Content, Answer.Download, Answer.Events, Answer.Pieces, PieceStream {
    /// A JSON value.
    /// @param value what [Json#of(Object)] takes: maps, iterables, numbers, texts, `Json`
    static Content json(Object value) {
        return json(200, value);
    }

    static Content json(int status, Object value) {
        return content(status, Content.JSON, Json.of(value).write());
    }

    /// Bytes.
    /// @param type their media type
    /// @param bytes not copied: they must stay as they are
    static Content bytes(String type, byte[] bytes) {
        return new Content(200, type, bytes, Map.of());
    }

    /// Bytes that the browser saves as a file.
    /// @param name the name of the file
    /// @param type their media type
    /// @param bytes not copied: they must stay as they are
    static Answer download(String name, String type, byte[] bytes) {
        return new Content(200, type, bytes, Map.of("Content-Disposition", attachment(name)));
    }

    /// A file that the browser saves.
    /// @param name its name there
    static Answer file(Path file, String name) {
        return new Download(file, name);
    }

    /// Nothing: 204.
    static Answer none() {
        return new Content(204, "", new byte[0], Map.of());
    }

    /// An event stream.
    /// @param every the time between two looks for new events
    /// @param feeds makes the feed of a client, from the id of the last event that it saw, or
    /// [EventSink#NO_ID]
    static Answer events(Duration every, LongFunction<Feed> feeds) {
        return new Events(every, feeds);
    }

    /// Texts as an event stream, each sent as soon as it is there. What fails before the first piece is
    /// answered as in any other handler.
    /// @param producer makes the texts, in a thread for what computes
    static Answer pieces(PieceForm form, Producer producer) {
        return new Pieces(form, producer);
    }

    private static Content content(int status, String type, String text) {
        return new Content(status, type, text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /// A header with the name of a file: plain letters for old browsers, and all (RFC 6266).
    private static String attachment(String name) {
        var plain = new StringBuilder();
        var all = new StringBuilder();
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            boolean safe = c < 0x80 && (Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0);
            plain.append(safe ? c : '_');
            if (safe) all.append(c);
            else all.append(String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + all;
    }

    /// Bytes with a status and headers of their own.
    /// @param type their media type
    @SuppressWarnings("ArrayRecordComponent") // nobody changes or compares it
    record Content(int status, String type, byte[] bytes, Map<String, String> headers) implements Answer {
        private static final String JSON = "application/json; charset=utf-8";

        /// Keeps a copy of the headers.
        public Content {
            headers = Map.copyOf(headers);
        }

        /// The answer to a request that cannot be answered as asked.
        static Content of(HttpProblem problem, ProblemForm form) {
            Content content = Answer.content(
                    problem.status(), JSON, Json.of(form.body(problem)).write());
            return switch (problem.status()) {
                case 503 -> content.with("Retry-After", "1");
                case 401 -> problem.code().equals("key") ? content.with("WWW-Authenticate", "Bearer") : content;
                default -> content;
            };
        }

        /// This answer with another header.
        public Content with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new Content(status, type, bytes, more);
        }
    }

    /// A file.
    /// @param name its name for the browser
    record Download(Path file, String name) implements Answer {
        String disposition() {
            return attachment(name);
        }
    }

    record Events(Duration every, LongFunction<Feed> feeds) implements Answer {}

    /// Makes texts one after the other.
    @FunctionalInterface
    interface Producer {
        /// Makes all texts.
        /// @param pieces takes each. It throws [java.util.concurrent.CancellationException] if the
        /// client has left, which must pass
        void produce(Consumer<String> pieces);
    }

    /// Texts that are sent as they are made.
    record Pieces(PieceForm form, Producer producer) implements Answer {}
}

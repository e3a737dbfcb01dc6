package dev.neurite.serve.api;

import dev.neurite.http.Answer;
import dev.neurite.http.Handler;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.http.Request;
import dev.neurite.serve.model.Deadline;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The memory that all requests take together: a share of Java's for their bodies, and another one for what is read
/// from these at the same time, which takes more than the bytes do.
final class RequestMemory {
    private static final int SHARE = 8; // each an eighth of the memory that Java may use
    private static final long VALUE = 100; // bytes that a value of JSON, or a cell of CSV, takes
    private static final int LARGE = 64 << 10; // bytes of a body that takes a processor for a while

    /// Large bodies that are read at the same time: these leave processors to small requests and to health.
    private static final int LARGE_READERS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private final int most;
    private final Semaphore bodies; // bytes
    private final Semaphore values; // bytes, estimated
    private final Semaphore readers = new Semaphore(LARGE_READERS, true); // of large bodies

    /// @param most bytes of all bodies, and of all that is read from them
    RequestMemory(int most) {
        this.most = most;
        this.bodies = new Semaphore(most);
        this.values = new Semaphore(most, true);
    }

    /// With the usual shares.
    RequestMemory() {
        this((int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / SHARE));
    }

    /// Answers a request whose body takes memory until it is answered.
    @FunctionalInterface
    interface Use {
        Answer answer(Request request, Held memory) throws IOException;
    }

    /// A handler that gives back the memory of each request.
    Handler holding(Use use) {
        return request -> {
            try (var held = new Held(request)) {
                return use.answer(request, held);
            }
        };
    }

    /// The memory of one request, whose body may be read once.
    final class Held implements AutoCloseable {
        private final Request request;
        private int bytes;

        private Held(Request request) {
            this.request = request;
        }

        /// The body, as it came.
        /// @param longest the largest number of bytes
        /// @param types the media types that it may have; any if there is none
        /// @throws HttpProblem 413 if it is larger, 415 if it has another type, 503 if others take all the
        /// memory
        byte[] body(int longest, List<String> types) throws IOException {
            if (!types.isEmpty() && !types.contains(request.type())) {
                throw new HttpProblem(415, "type", "Content-Type", "expects " + String.join(" or ", types));
            }
            return request.body(Math.min(longest, most), more -> {
                if (!bodies.tryAcquire(more)) throw HttpProblem.busy("there is no memory for more requests at a time");
                bytes += more;
            });
        }

        /// Reads values from a body, when others leave a processor and the memory for them. In this order: large bodies
        /// that wait for memory would have small ones wait behind them.
        /// @throws HttpProblem 503 if they do not before the deadline
        <T> T read(byte[] body, Deadline deadline, Supplier<T> reading) {
            int size = (int) Math.min(most, sizeOfValues(body));
            String busy = "other requests take all the memory for values";
            return parse(body, deadline, () -> taking(size, values, deadline, busy, reading));
        }

        /// Reads what takes little more memory than its body, when others leave a processor for it.
        /// @throws HttpProblem 503 if they do not before the deadline
        <T> T parse(byte[] body, Deadline deadline, Supplier<T> reading) {
            if (body.length < LARGE) return reading.get();
            return taking(1, readers, deadline, "too many large requests at the same time", reading);
        }

        private static <T> T taking(int count, Semaphore places, Deadline deadline, String busy, Supplier<T> reading) {
            try {
                if (!places.tryAcquire(count, deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                    throw HttpProblem.busy(busy);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw HttpProblem.busy("the server closes");
            }
            try {
                return reading.get();
            } finally {
                places.release(count);
            }
        }

        /// The members of the body, a JSON object.
        /// @throws HttpProblem 400 for anything else, and as [#body] and [#read]
        JsonFields json(int longest, Deadline deadline) throws IOException {
            byte[] body = body(longest, List.of(Bodies.JSON));
            return JsonFields.of(read(body, deadline, () -> Bodies.json(body)));
        }

        @Override
        public void close() {
            bodies.release(bytes);
            bytes = 0;
        }
    }

    /// The memory of the values in a body, at most: each is beside a separator.
    private static long sizeOfValues(byte[] body) {
        long separators = 1;
        for (byte each : body) {
            if (each == ',' || each == '[' || each == '{' || each == '\n') separators++;
        }
        return 2L * body.length + VALUE * separators; // texts are copied from the body's text
    }
}

package dev.neurite.dashboard.live;

import dev.neurite.dashboard.view.Lines;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Takes lines from the thread of a training, which neither waits nor wakes another thread: five times a
/// second a thread of the queue parses what came and adds it to the curves. If that falls behind, the oldest
/// lines are lost.
final class LineQueue implements AutoCloseable {
    private static final int MOST = 1_024;
    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final String END = ""; // no line is empty

    private final Queue<String> queue = new ArrayBlockingQueue<>(MOST);
    private final AtomicLong lost = new AtomicLong();

    LineQueue(Lines lines) {
        Thread.ofVirtual().name("neurite-dashboard-lines").start(() -> drain(lines));
    }

    /// Adds a line; never waits.
    void offer(String line) {
        while (!queue.offer(line)) {
            if (queue.poll() != null) lost.incrementAndGet();
        }
    }

    /// The number of lines that were lost.
    long lost() {
        return lost.get();
    }

    private void drain(Lines lines) {
        try {
            for (; ; ) {
                for (String line = queue.poll(); line != null; line = queue.poll()) {
                    if (line.equals(END)) return;
                    if (Json.read(line) instanceof JsonObject object) lines.add(object);
                }
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the JVM ends
        } catch (Json.SyntaxException e) {
            throw new IllegalStateException("a log wrote a line that is no JSON", e);
        }
    }

    /// Ends the thread, after the lines before.
    @Override
    public void close() {
        offer(END);
    }
}

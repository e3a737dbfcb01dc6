package dev.neurite.dashboard.live;

import dev.neurite.dashboard.view.Lines;
import dev.neurite.io.json.Json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Takes lines from the thread of a training, which neither waits nor wakes another thread: five times a
/// second a thread of the queue writes what came as text and adds it to the curves. If that falls behind, the oldest
/// lines are lost.
final class LineQueue implements AutoCloseable {
    private static final int MOST = 1_024;
    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final JsonObject END = new JsonObject(Map.of()); // no line is empty

    private final Queue<JsonObject> queue = new ArrayBlockingQueue<>(MOST);
    private final AtomicLong lost = new AtomicLong();

    LineQueue(Lines lines) {
        Thread.ofPlatform().daemon().name("neurite-dashboard-lines").start(() -> drain(lines));
    }

    /// Adds a line; never waits.
    void offer(JsonObject line) {
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
                for (JsonObject line = queue.poll(); line != null; line = queue.poll()) {
                    if (line.equals(END)) return;
                    lines.add(line);
                }
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the JVM ends
        }
    }

    /// Ends the thread, after the lines before.
    @Override
    public void close() {
        offer(END);
    }
}

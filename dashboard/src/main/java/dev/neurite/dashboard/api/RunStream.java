package dev.neurite.dashboard.api;

import dev.neurite.dashboard.http.Event;
import dev.neurite.dashboard.http.EventHub;
import dev.neurite.dashboard.http.EventSink;
import dev.neurite.dashboard.http.Replay;
import dev.neurite.dashboard.view.Finding;
import dev.neurite.dashboard.view.Histograms;
import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.Note;
import dev.neurite.dashboard.view.RunState;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.io.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The events of one run for all clients that watch it.
///
/// Lines have the number of the last one of an event as its id. A client that comes again with that id
/// is sent the lines after it, each once. `reset` says that the log was begun again, as by a training
/// that was resumed: a client should forget all and connect anew.
final class RunStream implements AutoCloseable {
    private static final int AT_ONCE = 500; // lines of an event
    private static final long HEALTH_INTERVAL = 2_000_000_000; // nanoseconds
    private static final String LINES = "lines";
    private static final String STATE = "state";
    private static final String RESET = "reset";

    private final WatchedRun run;
    private final EventHub hub = new EventHub();
    private volatile long published; // lines
    private volatile FullEvents full = new FullEvents();
    private volatile String state = "";
    private RunState shown = new RunState(Phase.TRAINING, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    private List<Finding> health = List.of();
    private long healthAt;
    private long histograms;
    private @Nullable Note note; // the newest that was published
    private boolean begun;
    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile long used = System.nanoTime();

    RunStream(WatchedRun run) {
        this.run = run;
    }

    WatchedRun run() {
        return run;
    }

    EventHub hub() {
        return hub;
    }

    boolean isWatched() {
        return hub.isWatched();
    }

    /// Notes a failure.
    /// @return whether it is the first
    boolean fails() {
        return !failed.getAndSet(true);
    }

    /// Notes that a client begins, or is there.
    void use() {
        used = System.nanoTime();
    }

    /// Whether there was no client for a time.
    /// @param nanoseconds the time
    boolean isIdle(long nanoseconds) {
        return !isWatched() && System.nanoTime() - used >= nanoseconds;
    }

    /// Publishes what is new.
    synchronized void tick() {
        Lines lines = run.lines();
        if (lines.place().lines() < published) {
            published = 0;
            full = new FullEvents();
            hub.publish(RESET, EventHub.NO_ID, "{}");
        }
        for (List<Lines.Numbered> each = lines.after(published, AT_ONCE);
                !each.isEmpty();
                each = lines.after(published, AT_ONCE)) {
            published = each.getLast().number(); // before it is published: a replay may then send it
            hub.publish(LINES, published, json(each));
        }
        tickState();
        Histograms samples = run.histograms();
        String newest = samples.newest();
        if (begun && samples.count() > histograms && newest != null) {
            hub.publish("histograms", EventHub.NO_ID, newest);
        }
        histograms = samples.count();
        List<Note> all = run.notes();
        if (begun) {
            for (Note each : after(note, all))
                hub.publish("note", EventHub.NO_ID, Json.of(each.json()).write());
        }
        note = all.isEmpty() ? null : all.getLast();
        begun = true;
    }

    /// The notes after one, of which the oldest may be gone by now.
    static List<Note> after(@Nullable Note last, List<Note> all) {
        return last == null ? all : all.subList(all.lastIndexOf(last) + 1, all.size());
    }

    private void tickState() {
        RunState now = run.state();
        boolean moved = now.phase() != shown.phase() || now.step() != shown.step() || now.rate() != shown.rate();
        boolean due = System.nanoTime() - healthAt >= HEALTH_INTERVAL;
        if (!moved && !due) return;
        if (due) {
            health = run.health();
            healthAt = System.nanoTime();
        }
        shown = now;
        Map<String, Object> json = now.json();
        json.put("health", JsonValues.findings(health));
        String text = Json.of(json).write();
        boolean settled = !moved && now.phase() != Phase.TRAINING && now.phase() != Phase.PAUSED;
        if (settled && !state.isEmpty()) return; // only the heap has changed
        state = text;
        hub.publish(STATE, EventHub.NO_ID, text);
    }

    private static String json(List<Lines.Numbered> lines) {
        var text = new StringBuilder("[");
        for (Lines.Numbered each : lines) {
            if (text.length() > 1) text.append(',');
            text.append(each.text());
        }
        return text.append(']').toString();
    }

    /// Sends a client the lines that it has not seen, and the present state.
    /// @param from the number of the line after which a client begins that has seen none
    Replay replay(long from) {
        return (after, sink) -> replay(after == EventHub.NO_ID ? from : after, sink);
    }

    private void replay(long after, EventSink sink) throws IOException {
        long end = published;
        if (after > end) {
            sink.send(RESET, EventHub.NO_ID, "{}");
        } else {
            FullEvents events = full;
            long sent = after;
            while (sent < end) {
                Event lines = events.after(sent, end, run.lines());
                if (lines.id() == sent) break; // the log was begun again
                sink.send(lines);
                sent = lines.id();
            }
        }
        if (!state.isEmpty()) sink.send(STATE, EventHub.NO_ID, state);
    }

    @Override
    public void close() {
        hub.close();
    }

    /// The events of a replay that have as many lines as an event may have: made once, as they are the same
    /// for all clients. The others grow, and are made for each. Thread-safe.
    private static final class FullEvents {
        private static final int KEPT = 4 << 20; // bytes

        private final Map<Long, Event> byFirst = new ConcurrentHashMap<>(); // by the number of the line before
        private final AtomicLong bytes = new AtomicLong();

        /// The next event of a client.
        /// @param seen the number of the last line that it has seen
        /// @param end the number of the last line that it may be sent
        /// @return its id is `seen` if there are no such lines
        Event after(long seen, long end, Lines lines) {
            Event known = byFirst.get(seen);
            if (known != null && known.id() <= end) return known;
            List<Lines.Numbered> part = lines.after(seen, AT_ONCE);
            List<Lines.Numbered> allowed =
                    part.stream().filter(each -> each.number() <= end).toList();
            Event event =
                    Event.of(LINES, allowed.isEmpty() ? seen : allowed.getLast().number(), json(allowed));
            boolean isFull = event.id() < end && !allowed.isEmpty();
            if (isFull && bytes.addAndGet(event.size()) <= KEPT) byFirst.put(seen, event);
            return event;
        }
    }
}

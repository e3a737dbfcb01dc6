package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.HealthFinding;
import dev.neurite.dashboard.view.Histograms;
import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.Note;
import dev.neurite.dashboard.view.RunState;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.http.EventSink;
import dev.neurite.http.Feed;
import dev.neurite.io.json.Json;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The events of a run for one client.
///
/// Lines have the number of the last one of an event as its id. A client that comes again with that id
/// is sent the lines after it, each once. `reset` says that the log was begun again, as by a training
/// that was resumed: a client should forget all and connect anew.
final class RunFeed implements Feed {
    private static final int AT_ONCE = 500; // lines of an event
    private static final long HEALTH_INTERVAL = 2_000_000_000; // nanoseconds

    private final WatchedRun run;
    private final Logger log;
    private long sent; // the number of the last line
    private boolean begun;
    private boolean failed;
    private RunState shown = new RunState(Phase.TRAINING, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    private List<HealthFinding> health = List.of();
    private long healthAt;
    private long histograms;
    private @Nullable Note note; // the newest one when it looked last

    /// @param after the number of the last line that the client has seen
    RunFeed(WatchedRun run, long after, Logger log) {
        this.run = run;
        this.sent = after;
        this.log = log;
    }

    /// Sends what is new. A run that fails in whatever way does not end the stream; the log has its first failure.
    @Override
    @SuppressWarnings("IllegalCatch")
    public boolean send(EventSink sink) throws IOException {
        try {
            sendLines(run.lines(), sink);
            sendState(run.state(), sink);
            sendHistograms(run.histograms(), sink);
            sendNotes(run.notes(), sink);
            begun = true;
        } catch (RuntimeException | Error e) {
            if (!failed) log.log(Level.WARNING, "the run " + run.id() + " cannot be followed", e);
            failed = true;
        }
        return true;
    }

    private void sendLines(Lines lines, EventSink sink) throws IOException {
        long end = lines.place().lines();
        if (end < sent) {
            sent = 0;
            sink.send("reset", EventSink.NO_ID, "{}");
        }
        while (sent < end) {
            List<Lines.Numbered> part = lines.after(sent, AT_ONCE);
            if (part.isEmpty()) return; // the log was begun again
            sent = part.getLast().number();
            sink.send("lines", sent, json(part));
        }
    }

    private static String json(List<Lines.Numbered> lines) {
        var text = new StringBuilder("[");
        for (Lines.Numbered each : lines) {
            if (text.length() > 1) text.append(',');
            text.append(each.text());
        }
        return text.append(']').toString();
    }

    private void sendState(RunState now, EventSink sink) throws IOException {
        boolean moved = now.phase() != shown.phase() || now.step() != shown.step() || now.rate() != shown.rate();
        boolean due = !begun || System.nanoTime() - healthAt >= HEALTH_INTERVAL;
        if (!moved && !due) return;
        if (due) {
            health = run.health();
            healthAt = System.nanoTime();
        }
        shown = now;
        boolean settled = !moved && now.phase() != Phase.TRAINING && now.phase() != Phase.PAUSED;
        if (settled && begun) return; // only the heap has changed
        Map<String, Object> json = now.json();
        json.put("health", JsonValues.findings(health));
        sink.send("state", EventSink.NO_ID, Json.of(json).write());
    }

    private void sendHistograms(Histograms samples, EventSink sink) throws IOException {
        String newest = samples.newest();
        if (begun && samples.count() > histograms && newest != null) {
            sink.send("histograms", EventSink.NO_ID, newest);
        }
        histograms = samples.count();
    }

    private void sendNotes(List<Note> all, EventSink sink) throws IOException {
        if (begun) {
            for (Note each : after(note, all))
                sink.send("note", EventSink.NO_ID, Json.of(each.json()).write());
        }
        note = all.isEmpty() ? null : all.getLast();
    }

    /// The notes after one, of which the oldest may be gone by now.
    static List<Note> after(@Nullable Note last, List<Note> all) {
        return last == null ? all : all.subList(all.lastIndexOf(last) + 1, all.size());
    }
}

package dev.neurite.dashboard.http;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Sends events to the clients of an event stream. Who publishes never waits for them: the events
/// go into a ring of fixed size, from which each client reads at its own pace, in its own thread. The
/// ring holds at most two million characters, and always the newest event. A client that falls behind
/// by more than the ring holds is sent what it missed by its [Replay]. All
/// methods may be called by any thread.
public final class EventHub implements AutoCloseable {
    /// The id of an event without one.
    public static final long NO_ID = -1;

    private static final int USUAL = 256;
    private static final long MOST_TEXT = 1 << 21; // characters

    private final AtomicReferenceArray<@Nullable Frame> ring;
    private final AtomicLong end = new AtomicLong();
    private final AtomicLong held = new AtomicLong(); // characters in the ring
    private final AtomicLong oldest = new AtomicLong(); // the number of the first event that may be held
    private final List<EventStream> clients = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /// A hub that holds the last 256 events.
    public EventHub() {
        this(USUAL);
    }

    /// A hub.
    /// @param kept how many events it holds for clients that are behind, at least 1
    public EventHub(int kept) {
        if (kept < 1) throw new IllegalArgumentException("kept: expects at least 1, got " + kept);
        ring = new AtomicReferenceArray<>(kept);
    }

    /// Sends an event to all clients. Takes no lock and does no input or output. After [#close()]
    /// it does nothing.
    /// @param event its name: small letters and hyphens
    /// @param id its number, larger than those before, by which a client that comes again says what
    /// it saw; or [#NO_ID]
    /// @param data its text, usually JSON
    public void publish(String event, long id, String data) {
        Event.checkName(event);
        if (closed) return;
        long number = end.getAndIncrement();
        var frame = new Frame(number, event, id, data);
        held.addAndGet(frame.size);
        Frame before = ring.getAndAccumulate(place(number), frame, EventHub::newer);
        if (before != null) forget(before.number < number ? before : frame);
        while (held.get() > MOST_TEXT) {
            long at = Math.max(oldest.get(), number - ring.length() + 1);
            if (at >= number) break;
            oldest.accumulateAndGet(at + 1, Math::max);
            Frame old = ring.get(place(at));
            if (old != null && old.number == at) forget(old);
        }
        for (EventStream each : clients) each.wake();
    }

    private void forget(Frame frame) {
        if (frame.drop()) held.addAndGet(-frame.size);
    }

    /// The number of characters of the events that are held.
    long held() {
        return held.get();
    }

    /// Whether there is a client; if not, nothing needs to be published.
    public boolean isWatched() {
        return !clients.isEmpty();
    }

    /// Ends the streams of all clients, after they got what was published.
    @Override
    public void close() {
        closed = true;
        for (EventStream each : clients) each.wake();
    }

    boolean isClosed() {
        return closed;
    }

    void add(EventStream client) {
        clients.add(client);
    }

    void remove(EventStream client) {
        clients.remove(client);
    }

    /// The number of the next event.
    long end() {
        return end.get();
    }

    /// The event of a number, a later one if that is no longer there, or null if it is still to come.
    @Nullable
    Frame at(long number) {
        Frame frame = ring.get(place(number));
        return frame == null || frame.number < number ? null : frame;
    }

    private static @Nullable Frame newer(@Nullable Frame one, @Nullable Frame other) {
        return one == null || (other != null && one.number < other.number) ? other : one;
    }

    private int place(long number) {
        return (int) (number % ring.length());
    }

    /// An event in the ring.
    static final class Frame {
        private final long number;
        private final String event;
        private final long id;
        private final int size;
        private final AtomicReference<@Nullable Object> content; // the data, then its bytes; null if it was dropped

        Frame(long number, String event, long id, String data) {
            this.number = number;
            this.event = event;
            this.id = id;
            this.size = data.length();
            this.content = new AtomicReference<>(data);
        }

        long number() {
            return number;
        }

        long id() {
            return id;
        }

        /// The event as it is sent; null if it was dropped, as the ring held too much.
        byte @Nullable [] bytes() {
            Object now = content.get();
            if (!(now instanceof String data)) return (byte[]) now;
            byte[] made = Event.of(event, id, data).bytes();
            content.compareAndSet(now, made); // for the other clients; not if it was dropped meanwhile
            return made;
        }

        /// Forgets the content.
        /// @return whether it was still there
        boolean drop() {
            return content.getAndSet(null) != null;
        }
    }
}

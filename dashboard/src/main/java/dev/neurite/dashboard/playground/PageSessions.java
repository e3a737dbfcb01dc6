package dev.neurite.dashboard.playground;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What belongs to the open pages, by the id of each: for a few pages, each until it was not used
/// for some minutes.
/// @param <T> what belongs to a page
public final class PageSessions<T> implements AutoCloseable {
    /// The largest number of pages; one more ends the one that was used least recently.
    public static final int MOST = 8;

    /// After this time without use a page ends.
    public static final Duration IDLE = Duration.ofMinutes(15);

    private static final Duration SWEEP = Duration.ofSeconds(30);
    private static final int ID_BYTES = 16;

    private final Map<String, T> pages = new LinkedHashMap<>(); // the least recently used first
    private final Map<String, Instant> uses = new LinkedHashMap<>();
    private final Consumer<T> end;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Thread sweeper;
    private boolean closed;

    /// Begins without pages.
    /// @param end ends what belongs to a page
    /// @param clock the time; tests have their own
    public PageSessions(Consumer<T> end, InstantSource clock) {
        this.end = end;
        this.clock = clock;
        this.sweeper = Thread.ofVirtual().name("neurite-playground-pages").start(this::sweepAgain);
    }

    private void sweepAgain() {
        try {
            while (true) {
                Thread.sleep(SWEEP);
                sweep();
            }
        } catch (InterruptedException _) {
            // closed
        }
    }

    /// Adds a page and returns its id. Ends the least recently used one if there are too many.
    /// @throws IllegalStateException after [#close()]
    public String open(T page) {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        List<T> ended = new ArrayList<>();
        synchronized (this) {
            if (closed) throw new IllegalStateException("the playground has ended");
            while (pages.size() >= MOST)
                ended.add(remove(pages.keySet().iterator().next()));
            put(id, page);
        }
        ended.forEach(end);
        return id;
    }

    /// The page of an id, which counts as a use of it; empty if it has ended.
    public synchronized Optional<T> use(String id) {
        if (!pages.containsKey(id)) return Optional.empty();
        T page = remove(id);
        put(id, page);
        return Optional.of(page);
    }

    private void put(String id, T page) {
        pages.put(id, page);
        uses.put(id, clock.instant());
    }

    private T remove(String id) {
        uses.remove(id);
        T page = pages.remove(id);
        if (page == null) throw new IllegalStateException("no page " + id);
        return page;
    }

    /// Ends a page, if it has not ended yet.
    public void end(String id) {
        T page;
        synchronized (this) {
            if (!pages.containsKey(id)) return;
            page = remove(id);
        }
        end.accept(page);
    }

    /// Ends the pages that were not used for [#IDLE].
    void sweep() {
        List<T> ended = new ArrayList<>();
        synchronized (this) {
            Instant oldest = clock.instant().minus(IDLE);
            List<String> idle = uses.entrySet().stream()
                    .filter(use -> use.getValue().isBefore(oldest))
                    .map(Map.Entry::getKey)
                    .toList();
            for (String id : idle) ended.add(remove(id));
        }
        ended.forEach(end);
    }

    public synchronized int count() {
        return pages.size();
    }

    @Override
    public void close() {
        List<T> ended;
        synchronized (this) {
            closed = true;
            ended = new ArrayList<>(pages.values());
            pages.clear();
            uses.clear();
        }
        sweeper.interrupt();
        ended.forEach(end);
    }
}

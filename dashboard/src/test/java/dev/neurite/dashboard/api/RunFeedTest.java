package dev.neurite.dashboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.dashboard.view.Histograms;
import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.Note;
import dev.neurite.dashboard.view.RunState;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.http.EventSink;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RunFeedTest {
    private static final Pattern STEP = Pattern.compile("\"step\":(\\d+)");

    private final Lines lines = new Lines();

    private WatchedRun run() {
        var state = new RunState(RunState.Phase.TRAINING, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        var histograms = new Histograms();
        return (WatchedRun) Proxy.newProxyInstance(
                WatchedRun.class.getClassLoader(),
                new Class<?>[] {WatchedRun.class},
                (_, method, _) -> switch (method.getName()) {
                    case "lines" -> lines;
                    case "state" -> state;
                    case "histograms" -> histograms;
                    case "health", "notes" -> List.of();
                    default -> throw new IllegalStateException(method.getName());
                });
    }

    private void add(int from, int to) {
        for (int step = from; step < to; step++) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("step", step);
            line.put("epoch", 1);
            line.put("k", "train");
            lines.add((JsonObject) Json.of(line));
        }
    }

    private record Sent(String event, long id, String data) {}

    private RunFeed feed(long seen) {
        return new RunFeed(run(), seen, System.getLogger("test"));
    }

    /// The events that a client is sent next.
    private static List<Sent> next(RunFeed feed) throws IOException {
        List<Sent> events = new ArrayList<>();
        assertThat(feed.send((event, id, data) -> events.add(new Sent(event, id, data))))
                .isTrue();
        return events;
    }

    private static List<Integer> steps(List<Sent> events) {
        return events.stream()
                .filter(each -> each.event().equals("lines"))
                .flatMap(each -> STEP.matcher(each.data()).results())
                .map(each -> Integer.valueOf(each.group(1)))
                .toList();
    }

    private static List<Integer> range(int from, int to) {
        List<Integer> steps = new ArrayList<>();
        for (int step = from; step < to; step++) steps.add(step);
        return steps;
    }

    @Test
    void eachClientIsSentTheLinesThatItHasNotSeenOnce() throws IOException {
        add(0, 1_200);
        RunFeed first = feed(0);
        RunFeed second = feed(700);
        List<Sent> begun = next(first);
        assertThat(begun).extracting(Sent::id).containsExactly(500L, 1_000L, 1_200L, EventSink.NO_ID);
        assertThat(begun.getLast().event()).isEqualTo("state");
        assertThat(steps(begun)).isEqualTo(range(0, 1_200));
        assertThat(steps(next(second))).isEqualTo(range(700, 1_200));
        add(1_200, 1_700);
        assertThat(steps(next(first))).isEqualTo(range(1_200, 1_700));
        assertThat(steps(next(second))).isEqualTo(range(1_200, 1_700));
        assertThat(next(first)).isEmpty(); // nothing has moved
        assertThat(steps(next(feed(1_700)))).isEmpty();
    }

    @Test
    void aLogThatWasBegunAgainIsSentAnew() throws IOException {
        add(0, 1_200);
        RunFeed feed = feed(0);
        assertThat(steps(next(feed))).isEqualTo(range(0, 1_200));
        lines.clear();
        add(5_000, 5_600);
        List<Sent> reset = next(feed);
        assertThat(reset).first().isEqualTo(new Sent("reset", EventSink.NO_ID, "{}"));
        assertThat(steps(reset)).isEqualTo(range(5_000, 5_600));
        assertThat(next(feed(1_200))).first().isEqualTo(new Sent("reset", EventSink.NO_ID, "{}"));
    }

    /// Only the newest notes are kept, so that their number stays the same.
    @Test
    void newNotesAreFoundWhenTheOldestAreGone() {
        var notes = IntStream.range(0, 6)
                .mapToObj(i -> new Note(i, "info", "note " + i))
                .toList();
        assertThat(RunFeed.after(null, notes.subList(0, 2))).isEqualTo(notes.subList(0, 2));
        assertThat(RunFeed.after(notes.get(2), notes.subList(0, 3))).isEmpty();
        assertThat(RunFeed.after(notes.get(2), notes.subList(1, 4))).containsExactly(notes.get(3));
        assertThat(RunFeed.after(notes.get(2), notes.subList(3, 6))).isEqualTo(notes.subList(3, 6));
    }
}

package dev.neurite.dashboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.dashboard.http.Event;
import dev.neurite.dashboard.http.EventHub;
import dev.neurite.dashboard.view.Histograms;
import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.Note;
import dev.neurite.dashboard.view.RunState;
import dev.neurite.dashboard.view.WatchedRun;
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

final class RunStreamTest {
    private static final Pattern STEP = Pattern.compile("\"step\":(\\d+)");

    private final Lines lines = new Lines();
    private final RunStream stream = new RunStream(run());

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
        stream.tick();
    }

    /// The events of lines that a client is sent.
    private List<Event> events(long seen) throws IOException {
        List<Event> events = new ArrayList<>();
        stream.replay(0).replay(seen, events::add);
        return events.stream().filter(each -> each.id() != EventHub.NO_ID).toList();
    }

    private static List<Integer> steps(List<Event> events) {
        return events.stream()
                .flatMap(each -> STEP.matcher(each.toString()).results())
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
        assertThat(steps(events(EventHub.NO_ID))).isEqualTo(range(0, 1_200));
        assertThat(steps(events(700))).isEqualTo(range(700, 1_200));
        add(1_200, 1_700);
        assertThat(steps(events(EventHub.NO_ID))).isEqualTo(range(0, 1_700));
        assertThat(steps(events(700))).isEqualTo(range(700, 1_700));
        assertThat(events(1_700)).isEmpty();
    }

    /// 500 clients that begin at once must not cost 500 times the text.
    @Test
    void clientsShareTheEventsThatNoLongerGrow() throws IOException {
        add(0, 1_200);
        List<Event> first = events(EventHub.NO_ID);
        add(1_200, 1_300);
        List<Event> second = events(EventHub.NO_ID);
        assertThat(first).extracting(Event::id).containsExactly(500L, 1_000L, 1_200L);
        assertThat(second).extracting(Event::id).containsExactly(500L, 1_000L, 1_300L);
        assertThat(second.get(0)).isSameAs(first.get(0));
        assertThat(second.get(1)).isSameAs(first.get(1));
    }

    @Test
    void aLogThatWasBegunAgainIsSentAnew() throws IOException {
        add(0, 1_200);
        assertThat(steps(events(EventHub.NO_ID))).isEqualTo(range(0, 1_200));
        lines.clear();
        add(5_000, 5_600);
        assertThat(steps(events(EventHub.NO_ID))).isEqualTo(range(5_000, 5_600));
        List<String> reset = new ArrayList<>();
        stream.replay(0).replay(1_200, event -> reset.add(event.toString()));
        assertThat(reset).first().isEqualTo("event: reset\ndata: {}\n\n");
    }

    /// Only the newest notes are kept, so that their number stays the same.
    @Test
    void newNotesAreFoundWhenTheOldestAreGone() {
        var notes = IntStream.range(0, 6)
                .mapToObj(i -> new Note(i, "info", "note " + i))
                .toList();
        assertThat(RunStream.after(null, notes.subList(0, 2))).isEqualTo(notes.subList(0, 2));
        assertThat(RunStream.after(notes.get(2), notes.subList(0, 3))).isEmpty();
        assertThat(RunStream.after(notes.get(2), notes.subList(1, 4))).containsExactly(notes.get(3));
        assertThat(RunStream.after(notes.get(2), notes.subList(3, 6))).isEqualTo(notes.subList(3, 6));
    }
}

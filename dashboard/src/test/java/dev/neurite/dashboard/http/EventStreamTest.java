package dev.neurite.dashboard.http;

import static dev.neurite.dashboard.http.TestServer.QUICK;
import static dev.neurite.dashboard.http.TestServer.becomes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.dashboard.http.Client.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventStreamTest {
    private static final Pattern ID = Pattern.compile("^id: (\\d+)$", Pattern.MULTILINE);

    private final EventHub hub = new EventHub(8);
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AtomicInteger replays = new AtomicInteger();
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        Replay replay = (after, sink) -> {
            replays.incrementAndGet();
            for (int i = (int) after + 1; i < lines.size(); i++) sink.send("lines", i, lines.get(i));
            sink.send("state", EventHub.NO_ID, "{\"lines\":" + lines.size() + "}");
        };
        server = TestServer.start(
                QUICK,
                Route.get("/api/events", _ -> Answer.events(hub, replay)),
                Route.get("/api/newest", _ -> Answer.events(hub, Replay.NONE)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /// Stores a line, then publishes it.
    private void line(String text) {
        lines.add(text);
        hub.publish("lines", lines.size() - 1L, text);
    }

    private Client open(String path, String... headers) throws IOException {
        Client client = server.connect();
        client.send(server.get(path, headers));
        assertThat(client.readHead().status()).isEqualTo(200);
        return client;
    }

    private static List<Integer> ids(String text) {
        List<Integer> ids = new ArrayList<>();
        Matcher matcher = ID.matcher(text);
        while (matcher.find()) ids.add(Integer.valueOf(matcher.group(1)));
        return ids;
    }

    private static List<Integer> upTo(int end) {
        return IntStream.range(0, end).boxed().toList();
    }

    @Test
    void eventsAreSentAsTheirFormatSays() throws Exception {
        try (Client client = server.connect()) {
            Response head = client.send(server.get("/api/events")).readHead();
            assertThat(head.header("content-type")).isEqualTo("text/event-stream; charset=utf-8");
            assertThat(head.header("cache-control")).isEqualTo("no-store");
            assertThat(client.readUntil("state\ndata: {\"lines\":0}\n\n"))
                    .isEqualTo("retry: 1000\n\nevent: state\ndata: {\"lines\":0}\n\n");
            hub.publish("note", EventHub.NO_ID, "ä\r\nb\nc");
            hub.publish("note", 7, "");
            hub.close();
            assertThat(client.readToEnd())
                    .isEqualTo("event: note\ndata: ä\ndata: b\ndata: c\n\nevent: note\nid: 7\ndata: \n\n");
        }
    }

    @Test
    void namesThatWouldBreakTheFormatAreRefused() {
        for (String bad : List.of("", "a b", "a\ndata: x", "A", "-")) {
            assertThatThrownBy(() -> hub.publish(bad, 1, "")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new EventHub(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aClientThatComesAgainGetsWhatItMissed() throws Exception {
        for (int i = 0; i < 5; i++) line("a" + i);
        try (Client client = open("/api/events")) {
            assertThat(ids(client.readUntil("{\"lines\":5}"))).isEqualTo(upTo(5));
        }
        for (int i = 5; i < 100; i++) line("a" + i); // more than the hub holds
        try (Client client = open("/api/events", "Last-Event-ID: 4")) {
            assertThat(ids(client.readUntil("{\"lines\":100}")))
                    .isEqualTo(IntStream.range(5, 100).boxed().toList());
        }
        for (String bad : List.of("-1", "x", "1.5", "1".repeat(30))) {
            assertThat(server.ask(server.get("/api/events", "Last-Event-ID: " + bad))
                            .status())
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    /// Lines that are published while a client begins, or faster than it reads, come once each and
    /// in order.
    @Test
    void noEventIsLostOrDoubled() throws Exception {
        int end = 2000;
        var connected = new CountDownLatch(8);
        var publisher = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < end || connected.getCount() > 0; i++) {
                line("{\"i\":" + i + "}");
                if (i % 3 == 0) LockSupport.parkNanos(100_000);
            }
            line("the end");
        });
        List<Thread> readers = new ArrayList<>();
        List<List<Integer>> seen = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 8; i++) {
            readers.add(Thread.ofPlatform().start(() -> {
                try (Client client = open("/api/events")) {
                    connected.countDown();
                    seen.add(ids(client.readUntil("data: the end")));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }));
            Thread.sleep(20); // some begin while lines come
        }
        publisher.join(20_000);
        for (Thread each : readers) each.join(20_000);
        assertThat(seen).hasSize(8).allSatisfy(each -> assertThat(each).isEqualTo(upTo(lines.size())));
    }

    @Test
    void whoFallsBehindIsSentThePastInsteadOfLosingIt() throws Exception {
        try (Client client = open("/api/events")) {
            client.readUntil("{\"lines\":0}");
            assertThat(replays).hasValue(1);
            String large = "x".repeat(100_000); // more than the system takes without a reader
            for (int i = 0; i < 200; i++) line(large);
            line("the end");
            Thread.sleep(100); // less than a client may wait
            assertThat(ids(client.readUntil("data: the end"))).isEqualTo(upTo(201));
            assertThat(replays).hasValueGreaterThan(1);
        }
    }

    @Test
    void withoutAReplayItGoesOnWithTheNewest() throws Exception {
        try (Client client = open("/api/newest")) {
            client.readUntil("retry");
            String large = "x".repeat(100_000);
            for (int i = 0; i < 200; i++) hub.publish("frame", i, large);
            Thread.sleep(100);
            hub.publish("frame", 200, "the end");
            List<Integer> ids = ids(client.readUntil("data: the end"));
            assertThat(ids).isSorted().doesNotHaveDuplicates().hasSizeLessThan(201);
            assertThat(ids.getLast()).isEqualTo(200);
        }
    }

    @Test
    @Tag("measures-time")
    void aSilentStreamIsPinged() throws Exception {
        assertThat(Limits.USUAL.ping()).isEqualTo(Duration.ofSeconds(15));
        try (Client client = open("/api/newest")) {
            long begun = System.nanoTime();
            client.readUntil(": ping\n\n");
            client.readUntil(": ping\n\n");
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isGreaterThan(QUICK.ping().dividedBy(2));
        }
    }

    @Test
    void aClientThatIsGoneIsNoticed() throws Exception {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) clients.add(open("/api/newest"));
        assertThat(becomes(Duration.ofSeconds(10), () -> server.service.streams() == 5))
                .isTrue();
        for (Client each : clients) {
            if (clients.indexOf(each) % 2 == 0) each.vanish();
            else each.close();
        }
        assertThat(becomes(Duration.ofSeconds(10), () -> server.service.streams() == 0 && !hub.isWatched()))
                .isTrue();
        assertThat(becomes(Duration.ofSeconds(10), () -> !server.hasThreads())).isTrue();
    }

    @Test
    void aClientThatTakesNothingIsDropped() throws Exception {
        assertThat(Limits.USUAL.write()).isEqualTo(Duration.ofSeconds(10));
        try (Client client = server.connect(1024)) {
            client.send(server.get("/api/newest"));
            assertThat(becomes(Duration.ofSeconds(10), hub::isWatched)).isTrue();
            String large = "x".repeat(1 << 20);
            for (int i = 0; i < 100; i++) {
                hub.publish("frame", i, large);
                Thread.sleep(2);
            }
            assertThat(becomes(Duration.ofSeconds(10), () -> !hub.isWatched())).isTrue();
        }
        assertThat(becomes(Duration.ofSeconds(10), () -> !server.hasThreads())).isTrue();
    }

    @Test
    void pagesThatAreLoadedAgainAndAgainFindAPlace() throws Exception {
        try (TestServer patient =
                TestServer.start(Limits.USUAL, Route.get("/api/events", _ -> Answer.events(hub, Replay.NONE)))) {
            for (int i = 0; i < 100; i++) { // pings are 15 s apart: nothing else tells that they are gone
                try (Client client = patient.connect()) {
                    client.send(patient.get("/api/events"));
                    assertThat(client.readHead().status()).as("load " + i).isEqualTo(200);
                }
            }
        }
    }

    @Test
    void aStreamThatIsAskedForWithHeadIsNone() throws Exception {
        String request = server.get("/api/events").replaceFirst("GET", "HEAD");
        assertThat(server.ask(request).header("content-type")).startsWith("text/event-stream");
        assertThat(hub.isWatched()).isFalse();
    }

    /// A ring of few but long events is bounded by their length; who was behind gets them by the replay.
    @Test
    void longEventsAreNotKept() throws Exception {
        String text = "x".repeat(500_000);
        try (Client client = open("/api/events")) {
            client.readUntil("{\"lines\":0}");
            for (int i = 0; i < 8; i++) line(text);
            assertThat(hub.held()).isPositive().isLessThanOrEqualTo(1 << 21);
            for (int i = 0; i < 20; i++) line(text);
            assertThat(hub.held()).isPositive().isLessThanOrEqualTo(1 << 21);
            line("the end");
            assertThat(ids(client.readUntil("data: the end\n\n"))).isEqualTo(upTo(29));
        }
        line("y".repeat(1 << 22)); // longer than all that is kept: alone, but there
        assertThat(hub.held()).isEqualTo(1 << 22);
        line("short");
        assertThat(hub.held()).isEqualTo("short".length());
    }
}

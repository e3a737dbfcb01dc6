package dev.neurite.http;

import static dev.neurite.http.TestServer.QUICK;
import static dev.neurite.http.TestServer.becomes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.http.Client.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    private static final Duration OFTEN = Duration.ofMillis(10);

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AtomicInteger clients = new AtomicInteger();
    private volatile boolean ended;
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start(
                QUICK,
                Route.get("/api/events", _ -> Answer.events(OFTEN, LinesFeed::new)),
                Route.get(
                        "/api/silent",
                        _ -> Answer.events(OFTEN, _ -> {
                            clients.incrementAndGet();
                            return _ -> !ended;
                        })));
    }

    /// Sends the lines that the client has not seen.
    private final class LinesFeed implements Feed {
        private long seen;

        LinesFeed(long seen) {
            this.seen = seen;
            clients.incrementAndGet();
        }

        @Override
        public boolean send(EventSink sink) throws IOException {
            boolean last = ended;
            while (seen + 1 < lines.size()) {
                seen++;
                sink.send("lines", seen, lines.get((int) seen));
            }
            return !last;
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void line(String text) {
        lines.add(text);
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
        line("ä\r\nb\nc");
        line("");
        try (Client client = server.connect()) {
            Response head = client.send(server.get("/api/events")).readHead();
            assertThat(head.header("content-type")).isEqualTo("text/event-stream; charset=utf-8");
            assertThat(head.header("cache-control")).isEqualTo("no-store");
            assertThat(client.readUntil("id: 1\ndata: \n\n")).isEqualTo("""
                retry: 1000

                event: lines
                id: 0
                data: ä
                data: b
                data: c

                event: lines
                id: 1
                data:\s

                """);
            line("the end");
            ended = true;
            assertThat(client.readToEnd()).isEqualTo("event: lines\nid: 2\ndata: the end\n\n");
        }
        assertThat(new String(Event.bytes("note", EventSink.NO_ID, "x"), StandardCharsets.UTF_8))
                .isEqualTo("event: note\ndata: x\n\n");
    }

    @Test
    void namesThatWouldBreakTheFormatAreRefused() {
        for (String bad : List.of("", "a b", "a\ndata: x", "A", "-")) {
            assertThatThrownBy(() -> Event.bytes(bad, 1, "")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aClientThatComesAgainGetsWhatItMissed() throws Exception {
        for (int i = 0; i < 5; i++) line("a" + i);
        try (Client client = open("/api/events")) {
            assertThat(ids(client.readUntil("data: a4\n\n"))).isEqualTo(upTo(5));
        }
        for (int i = 5; i < 100; i++) line("a" + i);
        try (Client client = open("/api/events", "Last-Event-ID: 4")) {
            assertThat(ids(client.readUntil("data: a99\n\n")))
                    .isEqualTo(IntStream.range(5, 100).boxed().toList());
        }
        for (String bad : List.of("-1", "x", "1.5", "1".repeat(30))) {
            assertThat(server.ask(server.get("/api/events", "Last-Event-ID: " + bad))
                            .status())
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    /// Lines that come while a client begins, or faster than it reads, are sent once each and in order.
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
    void whoReadsSlowlyLosesNothing() throws Exception {
        try (Client client = open("/api/events")) {
            client.readUntil("retry");
            String large = "x".repeat(100_000); // more than the system takes without a reader
            for (int i = 0; i < 200; i++) line(large);
            line("the end");
            Thread.sleep(100); // less than a client may wait
            assertThat(ids(client.readUntil("data: the end"))).isEqualTo(upTo(201));
        }
    }

    @Test
    @Tag("measures-time")
    void aSilentStreamIsPinged() throws Exception {
        assertThat(Limits.USUAL.ping()).isEqualTo(Duration.ofSeconds(15));
        try (Client client = open("/api/silent")) {
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
        for (int i = 0; i < 5; i++) clients.add(open("/api/silent"));
        assertThat(becomes(Duration.ofSeconds(10), () -> server.service.streams() == 5))
                .isTrue();
        for (Client each : clients) {
            if (clients.indexOf(each) % 2 == 0) each.vanish();
            else each.close();
        }
        assertThat(becomes(Duration.ofSeconds(10), () -> server.service.streams() == 0))
                .isTrue();
        assertThat(becomes(Duration.ofSeconds(10), () -> !server.hasThreads())).isTrue();
    }

    @Test
    void aClientThatTakesNothingIsDropped() throws Exception {
        assertThat(Limits.USUAL.write()).isEqualTo(Duration.ofSeconds(10));
        String large = "x".repeat(1 << 20);
        for (int i = 0; i < 100; i++) line(large);
        try (Client client = server.connect(1024)) {
            client.send(server.get("/api/events"));
            assertThat(becomes(Duration.ofSeconds(10), () -> server.service.streams() == 1))
                    .isTrue();
            assertThat(becomes(Duration.ofSeconds(10), () -> server.service.streams() == 0))
                    .isTrue();
        }
        assertThat(becomes(Duration.ofSeconds(10), () -> !server.hasThreads())).isTrue();
    }

    @Test
    void pagesThatAreLoadedAgainAndAgainFindAPlace() throws Exception {
        try (TestServer patient =
                TestServer.start(Limits.USUAL, Route.get("/api/events", _ -> Answer.events(OFTEN, _ -> _ -> true)))) {
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
        assertThat(clients).hasValue(0);
    }
}

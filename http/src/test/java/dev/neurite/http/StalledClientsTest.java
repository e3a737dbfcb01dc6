package dev.neurite.http;

import static dev.neurite.http.TestServer.QUICK;
import static dev.neurite.http.TestServer.becomes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// 500 clients that stall or vanish: nobody else waits for them, and nothing of them stays.
@Tag("measures-time")
@Timeout(180)
class StalledClientsTest {
    private static final byte[] LARGE = new byte[8 << 20]; // more than the system takes without a reader
    private static final int CLIENTS = 500;

    /// Who takes nothing has longer than usual in tests: a busy machine may need a second for an answer.
    private static final Limits LIMITS = new Limits(
            QUICK.head(),
            QUICK.body(),
            Duration.ofSeconds(4),
            QUICK.ping(),
            QUICK.drain(),
            QUICK.linger(),
            QUICK.exchanges(),
            QUICK.working(),
            QUICK.streams());

    private static Set<String> platformThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("neurite-http") || name.startsWith("HTTP-"))
                .collect(Collectors.toSet());
    }

    @Test
    void theServerAnswersMeanwhileAndNoThreadStays() throws Exception {
        Set<String> before = platformThreads();
        String data = "x".repeat(200_000);
        Feed endless = sink -> {
            sink.send("lines", 1, data);
            return true;
        };
        Route events = Route.get("/api/events", _ -> Answer.events(Duration.ofMillis(5), _ -> endless));
        Route large = Route.get("/api/large", _ -> Answer.bytes("text/plain", LARGE));
        Route text = Route.post(
                "/api/text", request -> Answer.json(Map.of("size", request.body(1000, "text/plain").length)));
        TestServer server = TestServer.start(LIMITS, events, large, text);
        List<Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 32; i++) { // never read
                Client client = server.connect(1024);
                clients.add(client);
                client.send(server.get("/api/events"));
            }
            assertThat(becomes(Duration.ofSeconds(20), () -> server.service.streams() == 32))
                    .isTrue();
            Thread crowd = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 32; i < CLIENTS; i++) clients.add(misbehaved(server, i));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            List<Duration> times = new ArrayList<>();
            for (int asked = 0; crowd.isAlive() || asked < 20; asked++)
                ask(server).ifPresent(times::add);
            assertThat(crowd.join(Duration.ofSeconds(20))).isTrue();
            assertThat(clients).hasSize(CLIENTS);
            // A client that takes nothing is dropped after that time: one that is waited for would show.
            times.sort(null);
            assertThat(times).hasSizeGreaterThan(10);
            assertThat(times.getLast()).isLessThan(LIMITS.write());
            assertThat(times.get(times.size() / 2)).isLessThan(LIMITS.write().dividedBy(10));
            assertThat(becomes(Duration.ofSeconds(30), () -> server.service.streams() == 0))
                    .as("all that stall are dropped, though their sockets are open")
                    .isTrue();
            assertThat(becomes(Duration.ofSeconds(30), () -> !server.hasThreads()))
                    .isTrue();
            assertThat(server.ask(server.get("/api/none")).status()).isEqualTo(404); // all else works
        } finally {
            for (Client each : clients) each.close();
            server.close();
        }
        assertThat(server.service.failures()).isZero();
        assertThat(becomes(Duration.ofSeconds(10), () -> platformThreads().equals(before)))
                .isTrue();
    }

    /// Asks for what is not there: 404, or where too many ask 503. How long an answer takes, from when there is
    /// a connection: if the system's queue of new ones is full, a client tries again after a second, of which
    /// the server knows nothing.
    /// @return empty if the connection was refused or closed
    private static Optional<Duration> ask(TestServer server) {
        try (Client client = server.connect()) {
            long begun = System.nanoTime();
            assertThat(client.send(server.get("/api/none")).read(false).status())
                    .isIn(404, 503);
            return Optional.of(Duration.ofNanos(System.nanoTime() - begun));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Client misbehaved(TestServer server, int i) throws IOException {
        Client client = server.connect(1024);
        switch (i % 6) {
            case 0 -> client.send(server.get("/api/events")); // gets 503, and does not read it
            case 1 -> client.send("GET /api/events HTTP/1.1\r\nHost: "); // no more comes
            case 2 -> client.send(server.get("/api/large")); // does not read
            case 3 -> {
                client.send(server.get("/api/events"));
                client.vanish();
            }
            case 4 -> {
                client.send(server.get("/api/large"));
                client.vanish();
            }
            default ->
                client.send(server.bare(
                        "POST", "/api/text", server.own("Content-Type: text/plain", "Content-Length: 500")));
        }
        return client;
    }
}

package dev.neurite.http;

import static dev.neurite.http.TestServer.ANY_PORT;
import static dev.neurite.http.TestServer.QUICK;
import static dev.neurite.http.TestServer.becomes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Malformed requests without end: the server goes on answering, and its memory stays as it was.
class SoakTest {
    private static final long GROWTH = 2 << 20; // bytes: of 20,000 requests, 100 bytes each would show

    @Test
    @Timeout(180)
    void malformedRequestsForAWhileLeaveNoTrace() throws Exception {
        soak(Duration.ofSeconds(15), 1);
    }

    @Test
    @Tag("thorough")
    @Timeout(900)
    void malformedRequestsForTenMinutesLeaveNoTrace() throws Exception {
        soak(Duration.ofMinutes(10), 2);
    }

    private static void soak(Duration time, long seed) throws Exception {
        List<Route> routes = List.of(
                Route.get("/api/runs/{id}", request -> Answer.json(Map.of("name", request.path("id")))),
                Route.post(
                        "/api/json",
                        request -> Answer.json(Map.of("x", request.json().numbers("x", 100).length))),
                Route.post(
                        "/api/image",
                        request -> Answer.json(Map.of("width", request.image().getWidth()))),
                Route.get("/api/events", _ -> Answer.events(Duration.ofMillis(20), _ -> _ -> true)));
        Assets assets = Assets.of(SoakTest.class::getResourceAsStream).add("/", "page.html");
        try (TestServer server = TestServer.start(ANY_PORT, QUICK, routes, assets)) {
            var random = new Random(seed);
            long begun = System.nanoTime();
            long quarter = time.toNanos() / 4;
            int requests = run(server, random, begun + quarter);
            long before = used(server);
            requests += run(server, random, begun + 4 * quarter);
            long after = used(server);
            assertThat(requests).isGreaterThan(1000);
            assertThat(after - before)
                    .as("growth in bytes after " + requests + " requests")
                    .isLessThan(GROWTH);
            assertThat(server.ask(server.get("/api/runs/a")).body()).isEqualTo("{\"name\":\"a\"}");
            assertThat(server.service.failures()).isZero();
        }
    }

    private static int run(TestServer server, Random random, long end) throws IOException, InterruptedException {
        int requests = 0;
        for (; System.nanoTime() - end < 0; requests++) {
            try (Client client = server.connect()) {
                try {
                    client.send(malformed(server, random));
                    switch (random.nextInt(4)) {
                        case 0 -> client.halfClose().readAll(5);
                        case 1 -> client.readAll(2);
                        default -> {} // goes without reading
                    }
                } catch (IOException e) {
                    // The server may close while the client still sends.
                }
                client.vanish(); // leaves no port in the state TIME_WAIT, of which a computer has only so many
            }
            Thread.sleep(1); // a processor is for others too
            if (requests % 500 == 0) {
                assertThat(becomes(Duration.ofSeconds(20), () -> ask(server) == 200))
                        .as("it still answers after " + requests + " requests")
                        .isTrue();
            }
        }
        return requests;
    }

    private static int ask(TestServer server) {
        try {
            return server.ask(server.bare("GET", "/")).status();
        } catch (IOException e) {
            return 0; // it may have too many connections for a moment
        }
    }

    /// The bytes in use when all clients are gone.
    private static long used(TestServer server) throws InterruptedException {
        assertThat(becomes(Duration.ofSeconds(30), () -> !server.hasThreads())).isTrue();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            Thread.sleep(50);
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    private static byte[] malformed(TestServer server, Random random) {
        String good = switch (random.nextInt(8)) {
            case 0 -> server.get("/api/runs/x");
            case 1 -> server.get("/api/events");
            case 2 -> server.post("/api/json", "{\"x\":[1,2,3]}");
            case 3 -> server.post("/api/json", "{\"x\":" + "[".repeat(random.nextInt(1000)));
            case 4 -> server.post("/api/session", "{\"token\":\"" + "x".repeat(random.nextInt(100)) + "\"}");
            case 5 ->
                server.bare("POST", "/api/image", server.own("Content-Type: image/png", "Content-Length: 50"))
                        + "\u0089PNG\r\n\u001a\n";
            case 6 ->
                server.bare(
                                "POST",
                                "/api/json",
                                server.own("Content-Type: application/json", "Transfer-Encoding: chunked"))
                        + Integer.toHexString(random.nextInt()) + "\r\n{\"x\":[]}\r\n0\r\n\r\n";
            default -> server.bare("GET", "/", "X-" + random.nextInt() + ": " + "y".repeat(random.nextInt(20_000)));
        };
        byte[] bytes = good.getBytes(StandardCharsets.ISO_8859_1);
        switch (random.nextInt(4)) {
            case 0 -> { // cut
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            case 1 -> random.nextBytes(bytes);
            case 2 -> { // a few other bytes
                for (int i = 0; i < 3; i++) bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            default -> {} // as it is
        }
        return bytes;
    }
}

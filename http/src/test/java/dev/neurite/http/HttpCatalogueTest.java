package dev.neurite.http;

import static dev.neurite.http.TestServer.ANY_PORT;
import static dev.neurite.http.TestServer.QUICK;
import static dev.neurite.http.TestServer.becomes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ResourceException;
import dev.neurite.http.Client.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/// The catalogue of bad requests (rows 117 to 130), a case a row, by its number. Each is sent
/// through a socket.
final class HttpCatalogueTest {
    private static final AtomicInteger CHANGES = new AtomicInteger();
    private static final AtomicInteger WAITING = new AtomicInteger();
    private static final CountDownLatch RELEASE = new CountDownLatch(1);
    private static final byte[] LARGE = new byte[16 << 20]; // more than the system takes without a reader
    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        List<Route> routes = List.of(
                Route.get("/api/runs/{id}", request -> Answer.json(Map.of("name", request.path("id")))),
                Route.post("/api/runs/{id}/control", _ -> Answer.json(Map.of("changes", CHANGES.incrementAndGet()))),
                Route.post("/api/predict", request -> {
                    JsonFields fields = request.json().only("inputs", "count", "name");
                    fields.integer("count", 1, 1, 10);
                    fields.text("name", "");
                    return Answer.json(Map.of("inputs", fields.numbers("inputs", 100).length));
                }),
                Route.post(
                        "/api/image",
                        request -> Answer.json(Map.of("width", request.image().getWidth()))),
                Route.get("/api/large", _ -> Answer.bytes("text/plain", LARGE)),
                Route.get("/api/wait", _ -> {
                    WAITING.incrementAndGet();
                    try {
                        assertThat(RELEASE.await(20, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return Answer.none();
                }),
                Route.get("/api/events", _ -> Answer.events(Duration.ofMillis(20), _ -> _ -> true)));
        Assets assets = Assets.of(HttpCatalogueTest.class::getResourceAsStream).add("/", "page.html");
        server = TestServer.start(ANY_PORT, QUICK, routes, assets);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void refused(int status, String code, String request) throws IOException {
        Response response = server.ask(request);
        assertThat(response.status()).as(request).isEqualTo(status);
        assertThat(response.body()).startsWith("{\"error\":{\"code\":\"" + code + "\"");
    }

    private static void refusedJson(String path, String message, String json) throws IOException {
        Response response = server.ask(server.post("/api/predict", json));
        assertThat(response.status()).as(json).isEqualTo(400);
        assertThat(response.body())
                .as(json)
                .contains("\"path\":\"" + path + "\"")
                .contains(message);
    }

    private static Map<Integer, Executable> rows() {
        Map<Integer, Executable> rows = new LinkedHashMap<>();
        rows.put(117, () -> {
            for (String host :
                    List.of("evil", "evil:" + server.service.port(), "127.0.0.1:1", "localhost", "127.0.0.1.")) {
                refused(421, "host", "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            }
            for (String name : List.of("127.0.0.1", "localhost", "LOCALHOST", "[::1]")) {
                String request = "GET / HTTP/1.1\r\nHost: " + name + ":" + server.service.port() + "\r\n\r\n";
                assertThat(server.ask(request).status()).isEqualTo(200);
            }
        });
        rows.put(118, () -> {
            int before = CHANGES.get();
            String path = "/api/runs/live/control";
            String cookie = "Cookie: " + server.cookie;
            String own = "Origin: http://" + server.host();
            refused(403, "origin", server.bare("POST", path, cookie));
            refused(403, "origin", server.bare("POST", path, cookie, "Origin: http://evil"));
            refused(403, "origin", server.bare("POST", path, cookie, "Origin: null"));
            refused(403, "origin", server.bare("POST", path, cookie, "Origin: https://" + server.host()));
            refused(403, "origin", server.bare("POST", path, cookie, "Origin: http://127.0.0.1:1"));
            refused(403, "origin", server.bare("POST", path, cookie, own, "Origin: http://evil"));
            refused(403, "origin", server.bare("POST", path, cookie, own, "Sec-Fetch-Site: cross-site"));
            refused(403, "origin", server.bare("POST", path, cookie, own, "Sec-Fetch-Site: same-site"));
            refused(403, "origin", server.bare("POST", path, cookie, "Sec-Fetch-Site: none"));
            refused(403, "origin", server.get("/api/runs/live", "Sec-Fetch-Site: same-site"));
            refused(401, "session", server.bare("POST", path, own));
            refused(401, "session", server.bare("POST", path, own, "Cookie: " + server.cookie + "x"));
            refused(401, "session", server.bare("GET", "/api/runs/live"));
            refused(401, "session", server.bare("GET", "/%61pi/runs/live"));
            refused(401, "token", server.post("/api/session", "{\"token\":\"0123456789abcdef\"}"));
            assertThat(CHANGES).hasValue(before);
            assertThat(server.ask(server.post(path, "{}")).body()).isEqualTo("{\"changes\":" + (before + 1) + "}");
        });
        rows.put(119, () -> {
            List<String> paths = List.of(
                    "/..%2f",
                    "/..%2f..%2fetc/passwd",
                    "/../../etc/passwd",
                    "/%2e%2e/page.html",
                    "/%00",
                    "/page.html%00.txt",
                    "//evil/",
                    "/a//b",
                    "/./",
                    "/page.html",
                    "/api",
                    "/" + "a".repeat(5000));
            for (String path : paths) {
                int status = server.ask(server.get(path)).status();
                assertThat(status).as(path).isEqualTo(404);
            }
            for (String name : List.of("..", ".", "%2e%2E", "a%2fb", "a%5cb", "%0a", "%c3", "%ed%a0%80", "")) {
                int status = server.ask(server.get("/api/runs/" + name)).status();
                assertThat(status).as(name).isEqualTo(404);
            }
            // Before this server sees them: no addresses at all, for the JDK's.
            for (String path : List.of("//", "/%zz", "/a\\b", "/a|b")) {
                assertThat(server.ask(server.get(path)).status()).as(path).isEqualTo(400);
            }
            refused(
                    404,
                    "missing",
                    "GET http://" + server.host() + "/ HTTP/1.1\r\nHost: " + server.host() + "\r\n\r\n");
        });
        rows.put(120, () -> {
            String[] own = server.own("Content-Type: application/json", "Content-Length: " + ((1 << 20) + 1));
            refused(413, "size", server.bare("POST", "/api/predict", own));
            refused(413, "size", server.post("/api/predict", " ".repeat((1 << 20) + 1)));
            // More than the system takes without a reader: the client has sent all before it reads.
            refused(413, "size", server.post("/api/predict", " ".repeat(12 << 20)));
            String chunked = server.bare(
                    "POST", "/api/predict", server.own("Content-Type: application/json", "Transfer-Encoding: chunked"));
            String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
            refused(413, "size", chunked + chunk.repeat(17));
            try (Client client = server.connect()) { // chunks without end, but slow
                long begun = System.nanoTime();
                client.send(chunked);
                var sender = Thread.startVirtualThread(() -> {
                    try {
                        for (int i = 0; i < 1000; i++) {
                            client.send("1\r\n \r\n");
                            Thread.sleep(20);
                        }
                    } catch (IOException | InterruptedException e) {
                        // The server has closed the connection, as it should.
                    }
                });
                assertThat(client.read().status()).isEqualTo(408);
                // Not at once; that it comes at all is within the client's deadline.
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .isGreaterThan(QUICK.body().dividedBy(2));
                assertThat(client.isClosed()).isTrue();
                assertThat(sender.join(Duration.ofSeconds(20))).isTrue();
            }
            try (Client client = server.connect()) { // a length, but nothing comes
                String[] headers = server.own("Content-Type: application/json", "Content-Length: 100");
                Response response = client.send(server.bare("POST", "/api/predict", headers))
                        .read();
                assertThat(response.status()).isEqualTo(408);
                assertThat(response.body()).contains("\"code\":\"late\"");
                assertThat(client.isClosed()).isTrue();
            }
        });
        rows.put(121, () -> {
            assertThat(Limits.USUAL.head()).isEqualTo(Duration.ofSeconds(10));
            assertThat(System.getProperty("sun.net.httpserver.maxReqTime")).isEqualTo("10");
            try (Client client = server.connect()) {
                long begun = System.nanoTime();
                client.send("GET / HTTP/1.1\r\nHost: " + server.host() + "\r\nX: ");
                assertThat(client.isClosed()).isTrue();
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .isGreaterThan(QUICK.head().dividedBy(2));
            }
        });
        rows.put(122, () -> {
            assertThat(Limits.USUAL.streams()).isEqualTo(32);
            List<Client> clients = new ArrayList<>();
            List<Client> late = new ArrayList<>();
            try {
                for (int i = 0; i < 32; i++) {
                    Client client = server.connect();
                    clients.add(client);
                    client.send(server.get("/api/events"));
                    assertThat(client.readHead().status()).isEqualTo(200);
                }
                for (int i = 0; i < 10; i++) { // at once, as each waits a second for a place
                    Client client = server.connect();
                    late.add(client);
                    client.send(server.get("/api/events"));
                }
                for (Client each : late) {
                    Response response = each.read();
                    assertThat(response.status()).isEqualTo(503);
                    assertThat(response.header("retry-after")).isEqualTo("1");
                }
                clients.removeLast().vanish(); // makes room
                assertThat(becomes(Duration.ofSeconds(20), () -> server.service.streams() == 31))
                        .isTrue();
                Client next = server.connect();
                clients.add(next);
                assertThat(next.send(server.get("/api/events")).readHead().status())
                        .isEqualTo(200);
            } finally {
                for (Client each : clients) each.close();
                for (Client each : late) each.close();
            }
            assertThat(becomes(Duration.ofSeconds(20), () -> server.service.streams() == 0))
                    .isTrue(); // 500 clients are in StalledClientsTest
        });
        rows.put(123, () -> {
            refusedJson("", "expects a JSON object", "[1]");
            refusedJson("", "expects a value, got the end", "");
            refusedJson("inputs[1]", "expects a digit, got 'N'", "{\"inputs\":[1,NaN]}");
            refusedJson("inputs[2]", "expects a finite number, got 1e999", "{\"inputs\":[1,2,1e999]}");
            refusedJson("inputs[0]", "expects a finite number, got -1e999", "{\"inputs\":[-1e999]}");
            refusedJson("inputs[0]", "expects a number, got 'NaN'", "{\"inputs\":[\"NaN\"]}");
            refusedJson("inputs", "expects a list, got 3", "{\"inputs\":3}");
            refusedJson("inputs", "expects a value, got none", "{}");
            refusedJson("inputs", "expects a value, got none", "{\"inputs\":null}");
            refusedJson("count", "expects a whole number from 1 to 10, got 1.5", "{\"inputs\":[],\"count\":1.5}");
            refusedJson("name", "expects a text, got true", "{\"inputs\":[],\"name\":true}");
            refusedJson("inputs", "expects each key once", "{\"inputs\":[],\"inputs\":[]}");
            refusedJson("input", "Did you mean 'inputs'?", "{\"input\":[]}");
            Response deep = server.ask(server.post("/api/predict", "{\"inputs\":" + "[".repeat(100_000)));
            assertThat(deep.status()).isEqualTo(400);
            assertThat(deep.body())
                    .contains("expects at most 64 levels")
                    .contains("\"path\":\"inputs" + "[0]".repeat(64) + "\"");
            refused(415, "type", server.bare("POST", "/api/predict", server.own("Content-Length: 2")) + "{}");
            byte[] latin = "{\"name\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
            try (Client client = server.connect()) {
                String[] own = server.own("Content-Type: application/json", "Content-Length: " + latin.length);
                client.send(server.bare("POST", "/api/predict", own)).send(latin);
                assertThat(client.read().body()).contains("expects UTF-8");
            }
        });
        rows.put(124, () -> {
            byte[] bomb = png(30_000, 30_000);
            assertThat(bomb.length).isLessThan(100);
            Response response = image(bomb);
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body()).contains("got one of 900,000,000 pixels");
        });
        rows.put(125, () -> {
            String name = "<img src=x onerror=alert(1)>";
            Response response = server.ask(server.get("/api/runs/%3Cimg%20src=x%20onerror=alert(1)%3E"));
            assertThat(response.body()).isEqualTo("{\"name\":\"" + name + "\"}");
            assertThat(response.header("content-type")).isEqualTo("application/json; charset=utf-8");
            assertThat(response.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(response.header("content-security-policy"))
                    .startsWith("default-src 'self';")
                    .doesNotContain("unsafe");
        });
        rows.put(
                126,
                () -> assertThatThrownBy(
                                () -> HttpService.start(ANY_PORT.port(server.service.port()), List.of(), Assets.none()))
                        .isInstanceOf(ResourceException.class)
                        .hasMessageMatching("port " + server.service.port()
                                + ": expects a free port, got one that another program uses\\. The next free"
                                + " one is [0-9]+"));
        rows.put(127, () -> {
            int before = CHANGES.get();
            Response response = server.ask(server.get("/api/runs/live/control"));
            assertThat(response.status()).isEqualTo(405);
            assertThat(response.header("allow")).isEqualTo("POST");
            for (String method : List.of("PUT", "DELETE", "PATCH", "OPTIONS", "post")) {
                String request = server.bare(method, "/api/runs/live/control", server.own());
                assertThat(server.ask(request).status()).as(method).isEqualTo(405);
            }
            assertThat(server.ask(server.bare("POST", "/api/runs/live", server.own("Content-Length: 0")))
                            .header("allow"))
                    .isEqualTo("GET, HEAD");
            assertThat(server.ask(server.bare("GET", "/api/session")).header("allow"))
                    .isEqualTo("POST");
            assertThat(CHANGES).hasValue(before);
        });
        rows.put(128, () -> {
            var printed = new ByteArrayOutputStream();
            PrintStream before = System.err;
            System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
            try {
                for (int i = 0; i < 20; i++) {
                    try (Client client = server.connect(1024)) {
                        client.send(server.get("/api/large"));
                        assertThat(client.readHead().status()).isEqualTo(200);
                        client.vanish();
                    }
                }
                assertThat(becomes(Duration.ofSeconds(20), () -> !server.hasThreads()))
                        .isTrue();
            } finally {
                System.setErr(before);
            }
            assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
            assertThat(server.service.failures()).isZero();
        });
        rows.put(129, () -> {
            List<Client> clients = new ArrayList<>();
            try {
                for (int i = 0; i < Limits.USUAL.working(); i++) {
                    Client client = server.connect();
                    clients.add(client);
                    client.send(server.get("/api/wait"));
                }
                assertThat(becomes(Duration.ofSeconds(20), () -> WAITING.get() == Limits.USUAL.working()))
                        .isTrue();
                Response response = server.ask(server.get("/api/runs/x"));
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.header("retry-after")).isEqualTo("1");
                RELEASE.countDown();
                for (Client each : clients) assertThat(each.read().status()).isEqualTo(204);
                assertThat(server.ask(server.get("/api/runs/x")).status()).isEqualTo(200);
            } finally {
                RELEASE.countDown();
                for (Client each : clients) each.close();
            }
        });
        rows.put(130, HttpCatalogueTest::closes);
        return rows;
    }

    /// A server closes within five seconds, whatever its clients do, and answers what it was doing.
    private static void closes() throws Exception {
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        Route slow = Route.get("/api/slow", _ -> {
            begun.countDown();
            try {
                assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Answer.json(Map.of("done", true));
        });
        Route large = Route.get("/api/large", _ -> Answer.bytes("text/plain", LARGE));
        Route events = Route.get("/api/events", _ -> Answer.events(Duration.ofMillis(20), _ -> _ -> true));
        try (TestServer closing = TestServer.start(Limits.USUAL, slow, large, events);
                Client working = closing.connect();
                Client stalled = closing.connect(1024);
                Client half = closing.connect();
                Client idle = closing.connect();
                Client stream = closing.connect()) {
            working.send(closing.get("/api/slow"));
            stalled.send(closing.get("/api/large"));
            assertThat(stalled.readHead().status()).isEqualTo(200);
            half.send("GET / HTTP/1.1\r\nHo");
            stream.send(closing.get("/api/events"));
            assertThat(stream.readHead().status()).isEqualTo(200);
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(300);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                go.countDown();
            });
            long before = System.nanoTime();
            closing.service.close();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
            assertThat(working.read().body()).isEqualTo("{\"done\":true}");
            assertThat(stream.readToEnd()).startsWith("retry: ");
            assertThat(half.isClosed()).isTrue();
            assertThat(idle.isClosed()).isTrue();
            assertThatThrownBy(stalled::read).isInstanceOf(IOException.class);
            assertThat(becomes(Duration.ofSeconds(10), () -> !closing.hasThreads()))
                    .isTrue();
            assertThatThrownBy(closing::connect).isInstanceOf(IOException.class);
            int port = closing.service.port();
            HttpService.start(ANY_PORT.port(port), List.of(), Assets.none()).close(); // the port is free at once
        }
    }

    private static Response image(byte[] bytes) throws IOException {
        try (Client client = server.connect()) {
            String[] own = server.own("Content-Type: image/png", "Content-Length: " + bytes.length);
            return client.send(server.bare("POST", "/api/image", own))
                    .send(bytes)
                    .read();
        }
    }

    /// A PNG of gray pixels that has no more than its header.
    private static byte[] png(int width, int height) {
        var header = ByteBuffer.allocate(17)
                .put("IHDR".getBytes(StandardCharsets.US_ASCII))
                .putInt(width)
                .putInt(height)
                .put(new byte[] {8, 0, 0, 0, 0});
        var crc = new CRC32();
        crc.update(header.array());
        return ByteBuffer.allocate(8 + 4 + 17 + 4)
                .put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
                .putInt(13)
                .put(header.array())
                .putInt((int) crc.getValue())
                .array();
    }

    @TestFactory
    Stream<DynamicTest> eachRowIsMetAsItSays() {
        Map<Integer, Executable> rows = rows();
        assertThat(rows.keySet())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(117, 130).boxed().toList());
        return rows.entrySet().stream().map(each -> DynamicTest.dynamicTest("row " + each.getKey(), each.getValue()));
    }
}

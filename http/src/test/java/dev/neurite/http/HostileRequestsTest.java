package dev.neurite.http;

import static dev.neurite.http.TestServer.ANY_PORT;
import static dev.neurite.http.TestServer.QUICK;
import static dev.neurite.http.TestServer.becomes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.neurite.error.ConfigException;
import dev.neurite.http.Client.Response;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that break the rules of HTTP, or stretch them. What the catalogue has is in
/// [HttpCatalogueTest].
@Timeout(120)
class HostileRequestsTest {
    private final AtomicInteger secrets = new AtomicInteger();
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        List<Route> routes = List.of(
                Route.get("/api/secret", _ -> Answer.json(Map.of("secrets", secrets.incrementAndGet()))),
                Route.post(
                        "/api/text", request -> Answer.json(Map.of("size", request.body(1000, "text/plain").length))));
        server = TestServer.start(
                ANY_PORT,
                QUICK,
                routes,
                Assets.of(getClass()::getResourceAsStream).add("/", "page.html"));
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.close();
        assertThat(becomes(Duration.ofSeconds(10), () -> !server.hasThreads())).isTrue();
        assertThat(server.service.failures()).isZero();
    }

    private String text(String... headers) {
        String[] all = server.own(headers);
        all = Arrays.copyOf(all, all.length + 1);
        all[all.length - 1] = "Content-Type: text/plain";
        return server.bare("POST", "/api/text", all);
    }

    /// Nothing of a second request that hides in the first is answered.
    private void refusedWhole(int status, String request) throws IOException {
        try (Client client = server.connect()) {
            client.send(request + server.get("/api/secret"));
            assertThat(client.read().status()).as(request).isEqualTo(status);
            assertThat(client.isClosed()).as(request).isTrue();
        }
        assertThat(secrets).hasValue(0);
    }

    @Test
    void twoLengthsAreRefused() throws IOException {
        refusedWhole(400, text("Content-Length: 5", "Content-Length: 0") + "hello");
        refusedWhole(400, text("Content-Length: 5", "Content-Length: 5") + "hello");
        refusedWhole(400, text("Content-Length: 5, 0") + "hello");
    }

    @Test
    void aLengthBesideChunksIsRefused() throws IOException {
        refusedWhole(400, text("Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n");
        refusedWhole(400, text("Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+5", "-5", "0x5", "5.0", "", "5 5", "99999999999999999999"})
    void lengthsThatAreNoNumbersAreRefused(String length) throws IOException {
        refusedWhole(400, text("Content-Length: " + length) + "hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "identity", "chunked, chunked", "xchunked", "chunked;q=1"})
    void otherTransferCodingsAreRefused(String coding) throws IOException {
        refusedWhole(501, text("Transfer-Encoding: " + coding) + "0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffffffff", "100000000", "-1", "g", "", " 5", "5 ", "0x5", "7fffffff"})
    void malformedChunksEndTheConnection(String size) throws IOException {
        try (Client client = server.connect()) {
            client.send(
                    text("Transfer-Encoding: chunked") + size + "\r\nhello\r\n0\r\n\r\n" + server.get("/api/secret"));
            client.halfClose();
            // For a chunk whose size the JDK reads as 0, the body is empty; what follows must not be read.
            assertThat(client.read().status()).isIn(200, 400, 413);
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(secrets).hasValue(0);
    }

    @Test
    void goodChunksAreReadAndTheConnectionEnds() throws IOException {
        try (Client client = server.connect()) {
            client.send(text("Transfer-Encoding: chunked") + "3\r\nabc\r\n2;name=value\r\nde\r\n0\r\n\r\n"
                    + server.get("/api/secret"));
            Response response = client.read();
            assertThat(response.body()).isEqualTo("{\"size\":5}");
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(secrets).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length : 5", " Content-Length: 5", "Bad Name: x", "NoColon", ": x", "Na\u0001me: x"})
    void malformedHeadersAreRefused(String header) throws IOException {
        try (Client client = server.connect()) {
            client.send("GET / HTTP/1.1\r\n" + header + "\r\nHost: " + server.host() + "\r\n\r\n");
            int status = client.read().status();
            assertThat(status).isEqualTo(400);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void bodiesOfRequestsThatReadAreRefused() throws IOException {
        refusedWhole(400, server.get("/api/secret", "Content-Length: 5") + "hello");
        refusedWhole(400, server.get("/api/secret", "Transfer-Encoding: chunked") + "0\r\n\r\n");
    }

    @Test
    void aBodyThatNobodyReadsIsNoSecondRequest() throws IOException {
        String hidden = server.get("/api/secret");
        String request = server.bare("POST", "/", server.own("Content-Length: " + hidden.length())) + hidden;
        try (Client client = server.connect()) {
            client.send(request);
            assertThat(client.read().status()).isEqualTo(405);
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(secrets).hasValue(0);
    }

    @Test
    void floodsOfHeadersAreRefused() throws IOException {
        String many = "X-A: b\r\n".repeat(150);
        Response response = server.ask(server.bare("GET", "/", many + "X-B: c"));
        assertThat(response.status()).isEqualTo(431);
        Response large = server.ask(server.bare("GET", "/", "X-A: " + "b".repeat(20_000)));
        assertThat(large.status()).isEqualTo(431);
        for (String flood : List.of("X-A: " + "b".repeat(1 << 20), "X-A: b\r\n".repeat(100_000))) {
            try (Client client = server.connect()) {
                var sender = Thread.startVirtualThread(() -> {
                    try {
                        client.send("GET / HTTP/1.1\r\nHost: x\r\n" + flood);
                    } catch (IOException e) {
                        // Closed, as it should be.
                    }
                });
                assertThat(client.isClosed()).isTrue();
                assertThat(sender.join(Duration.ofSeconds(20))).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        String names =
                IntStream.range(0, 250).mapToObj(i -> "X-" + i + ": b\r\n").collect(Collectors.joining());
        try (Client client = server.connect()) {
            client.send(server.bare("GET", "/", names + "X: y"));
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(server.ask(server.bare("GET", "/")).status()).isEqualTo(200);
    }

    @Test
    void aRequestLineWithoutEndIsClosed() throws IOException, InterruptedException {
        try (Client client = server.connect()) {
            client.send("GET /" + "a".repeat(10_000));
            assertThat(client.isClosed()).isTrue();
        }
        try (Client client = server.connect()) { // blank lines for ever, which the JDK's server skips
            var sent = new AtomicInteger();
            var sender = Thread.startVirtualThread(() -> {
                try {
                    while (sent.getAndIncrement() < 2000) {
                        client.send("\r\n");
                        Thread.sleep(5);
                    }
                } catch (IOException | InterruptedException e) {
                    // Closed, as it should be.
                }
            });
            assertThat(client.isClosed()).isTrue();
            assertThat(sender.join(Duration.ofSeconds(20))).isTrue();
            assertThat(sent)
                    .as("closed before the last of them, ten seconds later")
                    .hasValueLessThan(2000);
        }
    }

    @Test
    void aHalfClosedClientGetsItsAnswer() throws IOException {
        try (Client client = server.connect()) {
            client.send(server.get("/api/secret")).halfClose();
            assertThat(client.read().body()).isEqualTo("{\"secrets\":1}");
            assertThat(client.isClosed()).isTrue();
        }
        try (Client client = server.connect()) { // in its headers
            client.send("GET / HTTP/1.1\r\nHo").halfClose();
            String answer = client.readAll(5000);
            assertThat(answer).doesNotContain("200 OK");
        }
        try (Client client = server.connect()) { // in its body
            client.send(text("Content-Length: 100") + "hello").halfClose();
            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void requestsOneAfterTheOtherAreAnsweredInOrder() throws IOException {
        try (Client client = server.connect()) {
            client.send(server.get("/api/secret") + server.get("/api/secret")
                    + text("Content-Length: 5") + "hello"
                    + server.get("/api/nothing")
                    + server.get("/api/secret"));
            assertThat(client.read().body()).isEqualTo("{\"secrets\":1}");
            assertThat(client.read().body()).isEqualTo("{\"secrets\":2}");
            assertThat(client.read().body()).isEqualTo("{\"size\":5}");
            assertThat(client.read().status()).isEqualTo(404);
            assertThat(client.read().body()).isEqualTo("{\"secrets\":3}");
        }
    }

    @Test
    void oldVersionsAreAnsweredAndOthersRefused() throws IOException {
        String host = "Host: " + server.host() + "\r\n";
        try (Client client = server.connect()) {
            client.send("GET / HTTP/1.0\r\n" + host + "\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.isClosed()).isTrue();
        }
        try (Client client = server.connect()) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n" + host + "\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            client.send("GET / HTTP/1.0\r\n" + host + "\r\n");
            assertThat(client.read().status()).isEqualTo(200);
        }
        for (String version : List.of("HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTQ/1.1", "http/1.1")) {
            assertThat(server.ask("GET / " + version + "\r\n" + host + "\r\n").status())
                    .as(version)
                    .isEqualTo(505);
        }
        for (String line : List.of("GET /", "GET", "", "\u0016\u0003\u0001")) {
            try (Client client = server.connect()) {
                client.send(line + "\r\n\r\n");
                assertThat(client.readAll(5000)).as(line).doesNotContain(" 200 ");
            }
        }
    }

    @Test
    void theHostIsThereOnce() throws IOException {
        String host = "Host: " + server.host() + "\r\n";
        for (String headers : List.of("", host + host, host + "Host: evil\r\n")) {
            assertThat(server.ask("GET / HTTP/1.1\r\n" + headers + "\r\n").status())
                    .as(headers)
                    .isEqualTo(400);
            assertThat(server.ask("GET / HTTP/1.0\r\n" + headers + "\r\n").status())
                    .as(headers)
                    .isEqualTo(400);
        }
        int port = server.service.port();
        List<String> others = List.of(
                "127.0.0.1.:" + port,
                "localhost.:" + port,
                "127.0.0.1:" + port + ".",
                "127.0.0.1:0" + port,
                "127.0.0.1:" + (port + 1),
                "127.0.0.1:",
                "127.1:" + port,
                "0.0.0.0:" + port,
                "user@127.0.0.1:" + port,
                "127.0.0.1:" + port + ", evil",
                "127.0.0.1:" + port + "/",
                "localhost.evil:" + port,
                "[::1%25lo]:" + port,
                "::1:" + port);
        for (String each : others) {
            assertThat(server.ask("GET / HTTP/1.1\r\nHost: " + each + "\r\n\r\n")
                            .status())
                    .as(each)
                    .isEqualTo(421);
        }
    }

    @Test
    void expectationsAreMetBeforeTheBody() throws IOException {
        try (Client client = server.connect()) {
            client.send(text("Content-Length: 5", "Expect: 100-continue"));
            assertThat(client.read().status()).isEqualTo(100);
            client.send("hello");
            assertThat(client.read().body()).isEqualTo("{\"size\":5}");
        }
    }

    @Test
    void headHasHeadersOnly() throws IOException {
        try (Client client = server.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: " + server.host() + "\r\n\r\n");
            Response response = client.read(true);
            assertThat(response.header("content-length")).isNotEqualTo("0");
            assertThat(response.header("etag")).isNotEmpty();
            client.send(server.get("/api/secret").replaceFirst("GET", "HEAD"));
            assertThat(client.read(true).header("content-length")).isEqualTo("13");
            assertThat(client.send(server.get("/api/secret")).read().status()).isEqualTo(200);
        }
    }

    @Test
    void theLoopbackOfIpv6Answers() throws IOException {
        assumeThat(has("::1")).as("this computer has an IPv6 loopback").isTrue();
        try (TestServer six = TestServer.start(
                ANY_PORT.host("::1"),
                QUICK,
                List.of(),
                Assets.of(getClass()::getResourceAsStream).add("/", "page.html"))) {
            int port = six.service.port();
            assertThat(six.service.url().toString()).startsWith("http://[::1]:" + port + "/#token=");
            for (String host : List.of("[::1]", "localhost", "[0:0:0:0:0:0:0:1]")) {
                assertThat(six.ask("GET / HTTP/1.1\r\nHost: " + host + ":" + port + "\r\n\r\n")
                                .status())
                        .as(host)
                        .isEqualTo(200);
            }
            assertThat(six.ask("GET / HTTP/1.1\r\nHost: [::2]:" + port + "\r\n\r\n")
                            .status())
                    .isEqualTo(421);
        }
    }

    private static boolean has(String address) {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void onlyTheLoopbackAddressListens() throws IOException {
        int port = server.service.port();
        assertThat(server.service.isPublic()).isFalse();
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            for (InetAddress address : each.inetAddresses().toList()) {
                if (address.isLoopbackAddress()) continue;
                assertThatThrownBy(() -> new Client(address, port, 0)).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void allAddressesNeedATokenAndAnAddressAsHost() throws IOException {
        assertThatThrownBy(() -> HttpService.start(ANY_PORT.host("0.0.0.0"), List.of(), Assets.none()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a token");
        for (String bad : List.of("", "short", "fifteen-letters", "sixteen letters!!", "0123456789abcde/")) {
            assertThatThrownBy(() -> ANY_PORT.token(bad)).isInstanceOf(ConfigException.class);
        }
        String token = "0123456789abcdef";
        try (TestServer all = TestServer.start(
                ANY_PORT.host("0.0.0.0").token(token),
                QUICK,
                List.of(),
                Assets.of(getClass()::getResourceAsStream).add("/", "page.html"))) {
            int port = all.service.port();
            assertThat(all.service.isPublic()).isTrue();
            assertThat(all.service.url().toString()).isEqualTo("http://127.0.0.1:" + port + "/#token=" + token);
            assertThat(all.cookie).startsWith("neurite_" + port + "=");
            for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
                for (InetAddress address : each.inetAddresses().toList()) {
                    if (address.isLinkLocalAddress() || address.getAddress().length != 4) continue;
                    String host = address.getHostAddress() + ":" + port;
                    try (Client client = new Client(address, port, 0)) {
                        client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
                        assertThat(client.read().status()).as(host).isEqualTo(200);
                        client.send("GET / HTTP/1.1\r\nHost: evil:" + port + "\r\n\r\n");
                        assertThat(client.read().status()).isEqualTo(421);
                    }
                }
            }
            assertThat(all.ask("GET / HTTP/1.1\r\nHost: 192.0.2.1:" + port + "\r\n\r\n")
                            .status())
                    .isEqualTo(421);
        }
    }

    @Test
    void aNameOfThisComputerMayBeGiven() throws IOException {
        try (TestServer named = TestServer.start(
                ANY_PORT.host("localhost"),
                QUICK,
                List.of(),
                Assets.of(getClass()::getResourceAsStream).add("/", "page.html"))) {
            assertThat(named.service.url().getHost()).isEqualTo("localhost");
            assertThat(named.ask(named.bare("GET", "/")).status()).isEqualTo(200);
        }
        assertThatThrownBy(() -> HttpService.start(ANY_PORT.host("[::g]"), List.of(), Assets.none()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("[::g]");
    }

    @Test
    void theTokenIsInNoTextOfItsSettings() {
        assertThat(ANY_PORT.token("0123456789abcdef").toString()).isEqualTo("127.0.0.1:0");
    }

    @Test
    void theCookieIsNotTheTokenAndIsHidden() throws IOException {
        String json = "{\"token\":\"" + server.token + "\"}";
        Response response = server.ask(server.post("/api/session", json));
        assertThat(response.status()).isEqualTo(204);
        assertThat(response.header("set-cookie"))
                .matches("neurite_" + server.service.port() + "=[A-Za-z0-9_-]{22}; Path=/; HttpOnly; SameSite=Strict")
                .doesNotContain(server.token);
        assertThat(server.token).matches("[A-Za-z0-9_-]{22}");
        try (TestServer other = TestServer.start(QUICK)) {
            assertThat(other.token).isNotEqualTo(server.token);
            assertThat(other.cookie.split("=", 2)[1]).isNotEqualTo(server.cookie.split("=", 2)[1]);
        }
        // A cookie of the same name from another server of this host does not lock the page out.
        String name = server.cookie.split("=", 2)[0];
        assertThat(server.ask(server.bare("GET", "/api/secret", "Cookie: " + name + "=x; a=b; " + server.cookie))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void anEventStreamThatWasAskedForInAPipelineEndsTheConnection() throws IOException {
        var ended = new AtomicBoolean();
        try (TestServer streaming = TestServer.start(
                        QUICK,
                        Route.get("/api/events", _ -> Answer.events(Duration.ofMillis(20), _ -> _ -> !ended.get())));
                Client client = streaming.connect()) {
            client.send(streaming.get("/api/events") + streaming.get("/api/events"));
            assertThat(client.readHead().header("connection")).isEqualTo("close");
            client.readUntil("retry:");
            ended.set(true);
            client.readToEnd();
            assertThatThrownBy(client::readHead).isInstanceOfAny(EOFException.class, IOException.class);
        }
    }
}

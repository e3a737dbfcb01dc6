package dev.neurite.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.neurite.error.ConfigException;
import dev.neurite.http.Client.Response;
import dev.neurite.http.ExchangeObserver.Answered;
import dev.neurite.http.HttpService.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/// Servers for programs: keys, everyone, other names, TLS, a context of another server, what observers see.
final class AccessTest {
    private static final String KEY = "correct-horse-battery";
    private static final Settings PROGRAMS =
            TestServer.ANY_PORT.access(new Access.Keys(List.of("another-key-0123456", KEY)));
    private static final Settings EVERYONE = TestServer.ANY_PORT.access(new Access.Everyone(false));
    private static final ProblemForm SHORT = problem -> Map.of("error", problem.code() + ": " + problem.path());

    private static final List<Route> ROUTES = List.of(
            Route.get("/v2/health/live", _ -> Answer.json(Map.of("live", true))).always(),
            Route.get("/v2/models/{name}", request -> Answer.json(Map.of("name", request.path("name")))),
            Route.post("/predict", request -> Answer.bytes("text/plain", request.body(100))),
            Route.post("/wrong", _ -> {
                        throw HttpProblem.bad("inputs[3]", "expects a number");
                    })
                    .problems(SHORT));

    private final Queue<Answered> seen = new ConcurrentLinkedQueue<>();

    private HttpService start(Settings settings) {
        return HttpService.start(settings, ROUTES, Assets.none(), Limits.USUAL, seen::add);
    }

    private static Response ask(HttpService service, String method, String path, String... headers) throws IOException {
        return ask(service.port(), method, path, headers);
    }

    private static Response ask(int port, String method, String path, String... headers) throws IOException {
        String own = List.of(headers).stream().anyMatch(each -> each.startsWith("Host: "))
                ? ""
                : "Host: 127.0.0.1:" + port + "\r\n";
        String text = method + " " + path + " HTTP/1.1\r\n" + own + String.join("\r\n", headers)
                + (headers.length > 0 ? "\r\n" : "") + "\r\n";
        try (var client = new Client(InetAddress.getLoopbackAddress(), port, 0)) {
            return client.send(text).read(method.equals("HEAD"));
        }
    }

    @Test
    void whoKnowsAKeyIsLetIn() throws IOException {
        try (HttpService service = start(PROGRAMS)) {
            Response none = ask(service, "GET", "/v2/models/a");
            assertThat(none.status()).isEqualTo(401);
            assertThat(none.header("www-authenticate")).isEqualTo("Bearer");
            assertThat(none.body()).contains("Authorization").doesNotContain(KEY);
            for (String wrong : List.of(
                    "Authorization: Bearer x",
                    "Authorization: Bearer " + KEY + "y",
                    "Authorization: Basic " + KEY,
                    "Authorization: " + KEY,
                    "X-API-Key: ")) {
                assertThat(ask(service, "GET", "/v2/models/a", wrong).status())
                        .as(wrong)
                        .isEqualTo(401);
            }
            for (String right : List.of(
                    "Authorization: Bearer " + KEY,
                    "authorization: bearer " + KEY,
                    "X-API-Key: " + KEY,
                    "X-API-Key: another-key-0123456")) {
                assertThat(ask(service, "GET", "/v2/models/a", right).body())
                        .as(right)
                        .isEqualTo("{\"name\":\"a\"}");
            }
            assertThat(ask(service, "GET", "/v2/models/a/", "X-API-Key: " + KEY).body())
                    .as("a slash at the end says nothing")
                    .isEqualTo("{\"name\":\"a\"}");
            assertThat(ask(service, "GET", "/v2/models/a//", "X-API-Key: " + KEY)
                            .status())
                    .isEqualTo(404);
            assertThat(ask(service, "GET", "/v2/nothing").status())
                    .as("nothing is said of the routes before")
                    .isEqualTo(401);
            assertThat(ask(service, "GET", "/v2/nothing", "X-API-Key: " + KEY).status())
                    .isEqualTo(404);
            assertThat(ask(service, "GET", "/v2/health/live").status())
                    .as("health is for everyone")
                    .isEqualTo(200);
            assertThat(ask(service, "HEAD", "/v2/health/live").status()).isEqualTo(200);
            assertThat(service.url().toString()).isEqualTo("http://127.0.0.1:" + service.port() + "/");
        }
        assertThat(PROGRAMS.toString() + PROGRAMS.access()).doesNotContain(KEY);
    }

    @Test
    void keysAreLongAndVisible() {
        for (String bad : List.of("", "short", "with a space in it", "x".repeat(201), "sixteen-letters-ä")) {
            assertThatThrownBy(() -> new Access.Keys(List.of(KEY, bad)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("API key");
        }
        assertThatThrownBy(() -> new Access.Keys(List.of())).isInstanceOf(ConfigException.class);
    }

    @Test
    void programsNeedNoOriginButPagesOfOthersAreRefused() throws IOException {
        try (HttpService service = start(EVERYONE)) {
            assertThat(ask(service, "POST", "/predict", "Content-Length: 0").status())
                    .isEqualTo(200);
            String own = "Origin: http://127.0.0.1:" + service.port();
            assertThat(ask(service, "POST", "/predict", own, "Content-Length: 0")
                            .status())
                    .isEqualTo(200);
            for (String other : List.of(
                    "Origin: http://evil", "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site")) {
                assertThat(ask(service, "POST", "/predict", other, "Content-Length: 0")
                                .status())
                        .as(other)
                        .isEqualTo(403);
                assertThat(ask(service, "GET", "/v2/models/a", other).status())
                        .as(other)
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void otherComputersNeedAKeyOrAWord() {
        Settings all = EVERYONE.host("0.0.0.0");
        assertThatThrownBy(() -> start(all))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects an API key");
        start(PROGRAMS.host("0.0.0.0")).close();
        start(all.access(new Access.Everyone(true))).close();
    }

    @Test
    void aServerHasOtherNamesIfTheyAreGiven() throws IOException {
        try (HttpService service = start(EVERYONE.names(List.of("Models.example")))) {
            for (String name : List.of("models.example", "models.example:80", "MODELS.EXAMPLE:1234")) {
                assertThat(ask(service, "GET", "/v2/models/a", "Host: " + name).status())
                        .as(name)
                        .isEqualTo(200);
            }
            for (String proxy : List.of("Origin: https://models.example", "Origin: http://models.example")) {
                assertThat(ask(service, "POST", "/predict", "Host: models.example", proxy, "Content-Length: 0")
                                .status())
                        .as(proxy)
                        .isEqualTo(200);
            }
            for (String name : List.of("evil", "x.models.example", "models.example.evil:80", "[models.example]")) {
                Response refused = ask(service, "GET", "/v2/models/a", "Host: " + name);
                assertThat(refused.status()).as(name).isEqualTo(421);
                assertThat(refused.body()).contains("--allow-host NAME");
            }
        }
        try (HttpService service = start(EVERYONE.names(List.of("*")))) {
            assertThat(ask(service, "GET", "/v2/models/a", "Host: any.thing:1").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void problemsAreInTheFormOfTheirRoute() throws IOException {
        try (HttpService service = start(EVERYONE)) {
            assertThat(ask(service, "POST", "/wrong", "Content-Length: 0").body())
                    .isEqualTo("{\"error\":\"value: inputs[3]\"}");
            Response method = ask(service, "GET", "/wrong");
            assertThat(method.status()).isEqualTo(405);
            assertThat(method.body()).isEqualTo("{\"error\":\"method: \"}");
            assertThat(method.header("allow")).isEqualTo("POST");
            for (String site : List.of("Origin: http://evil", "Sec-Fetch-Site: cross-site")) {
                assertThat(ask(service, "POST", "/wrong", site, "Content-Length: 0")
                                .body())
                        .isEqualTo("{\"error\":\"origin: \"}");
            }
            assertThat(ask(service, "POST", "/predict", "Content-Length: 101").body())
                    .startsWith("{\"error\":{\"code\":\"size\"");
        }
    }

    @Test
    void whoHasNoKeyIsToldInTheFormOfTheRoute() throws IOException {
        try (HttpService service = start(PROGRAMS)) {
            assertThat(ask(service, "POST", "/wrong", "Content-Length: 0").body())
                    .isEqualTo("{\"error\":\"key: \"}");
        }
    }

    @Test
    void healthIsAnsweredWhenAllPlacesAreTaken() throws Exception {
        var free = new CountDownLatch(1);
        var busy = new CountDownLatch(2);
        List<Route> routes = List.of(ROUTES.getFirst(), Route.get("/wait", _ -> {
            busy.countDown();
            try {
                if (!free.await(20, TimeUnit.SECONDS)) throw new IOException("late");
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return Answer.none();
        }));
        Limits two = Limits.USUAL.working(2);
        try (HttpService service = HttpService.start(EVERYONE, routes, Assets.none(), two, seen::add);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = clients.submit(() -> ask(service, "GET", "/wait").status());
            var second = clients.submit(() -> ask(service, "GET", "/wait").status());
            assertThat(busy.await(20, TimeUnit.SECONDS)).isTrue();
            Response refused = ask(service, "GET", "/wait");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("retry-after")).isEqualTo("1");
            assertThat(ask(service, "GET", "/v2/health/live").status()).isEqualTo(200);
            free.countDown();
            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(204);
            assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(204);
            assertThat(ask(service, "GET", "/wait").status())
                    .as("places are given back")
                    .isEqualTo(204);
        }
    }

    @Test
    void observersSeeEachAnswer() throws IOException, InterruptedException {
        try (HttpService service = start(PROGRAMS)) {
            ask(service, "GET", "/v2/models/a?x=1", "X-API-Key: " + KEY);
            awaitSeen(1); // answers are observed after they are sent, on the threads that sent them
            ask(service, "GET", "/v2/models/a");
            awaitSeen(2);
            ask(service, "GET", "/nothing");
        }
        assertThat(seen)
                .extracting(each -> each.method() + " " + each.target() + " " + each.route() + " " + each.status())
                .containsExactly(
                        "GET /v2/models/a?x=1 /v2/models/{name} 200", "GET /v2/models/a  401", "GET /nothing  404");
        assertThat(seen.element().bytes()).isEqualTo("{\"name\":\"a\"}".length());
        assertThat(seen).allSatisfy(each -> {
            assertThat(each.client().isLoopbackAddress()).isTrue();
            assertThat(each.time()).isPositive();
        });
    }

    private void awaitSeen(int answers) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (seen.size() < answers && System.nanoTime() < deadline) Thread.sleep(1);
        assertThat(seen).hasSize(answers);
    }

    @Test
    void whatComesWhileTheServerClosesIsAnswered() throws Exception {
        var begun = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        List<Route> routes = List.of(Route.get("/quick", _ -> Answer.json(Map.of("a", 1))), Route.get("/wait", _ -> {
            begun.countDown();
            try {
                if (!free.await(20, TimeUnit.SECONDS)) throw new IOException("late");
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return Answer.json(Map.of("b", 2));
        }));
        HttpService service = HttpService.start(EVERYONE, routes, Assets.none());
        int port = service.port();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
                var open = new Client(InetAddress.getLoopbackAddress(), port, 0)) {
            String quick = "GET /quick HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n";
            assertThat(open.send(quick).read().header("connection")).isEmpty();
            var waiting = clients.submit(() -> ask(port, "GET", "/wait"));
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            var closing = clients.submit(service::close);
            Response last = askUntilClosing(port);
            assertThat(last.status()).isEqualTo(200);
            assertThat(open.send(quick).read().header("connection"))
                    .as("the connection that was open")
                    .isEqualTo("close");
            free.countDown();
            assertThat(waiting.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
            closing.get(20, TimeUnit.SECONDS);
        }
        assertThatThrownBy(() -> ask(port, "GET", "/quick")).isInstanceOf(IOException.class);
    }

    @Test
    void clientsWhoGoOnAskingLoseNoAnswerAndAreRefusedSoon() throws Exception {
        HttpService service = start(EVERYONE);
        int port = service.port();
        String request = "GET /v2/models/a HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n";
        var lost = new ConcurrentLinkedQueue<String>();
        var begun = new CountDownLatch(4);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) clients.submit(() -> askUntilRefused(port, request, begun, lost));
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            long begin = System.nanoTime();
            service.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
        }
        assertThat(lost).isEmpty();
    }

    /// Asks again and again, on a connection as long as the server keeps it, until it takes no more.
    private static void askUntilRefused(int port, String request, CountDownLatch begun, Queue<String> lost) {
        while (true) {
            Client client;
            try {
                client = new Client(InetAddress.getLoopbackAddress(), port, 0);
            } catch (IOException _) {
                return; // nobody listens
            }
            int answers = 0;
            try (client) {
                for (boolean open = true; open; answers++) {
                    Response each = client.send(request).read();
                    begun.countDown();
                    if (each.status() != 200) lost.add(each.toString());
                    open = !each.header("connection").equals("close");
                }
            } catch (IOException e) {
                if (answers > 0) lost.add(e.toString()); // or else the system had made the connection, not the server
            }
        }
    }

    /// Asks until an answer says that the server closes.
    private static Response askUntilClosing(int port) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            Response each = ask(port, "GET", "/quick");
            if (each.header("connection").equals("close")) return each;
            if (System.nanoTime() - deadline > 0) throw new IOException("the server does not close");
        }
    }

    @Test
    void routesAreAContextOfAnotherServer() throws IOException {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RouteHandler handler = RouteHandler.of(PROGRAMS, ROUTES, Limits.USUAL, seen::add)) {
            other.setExecutor(threads);
            other.createContext("/models", handler);
            other.createContext("/own", exchange -> {
                exchange.sendResponseHeaders(202, -1);
                exchange.close();
            });
            other.start();
            int port = other.getAddress().getPort();
            assertThat(ask(port, "GET", "/own").status()).isEqualTo(202);
            assertThat(ask(port, "GET", "/models/v2/health/live").status()).isEqualTo(200);
            assertThat(ask(port, "GET", "/models/v2/models/a").status()).isEqualTo(401);
            assertThat(ask(port, "GET", "/models/v2/models/a", "X-API-Key: " + KEY)
                            .body())
                    .isEqualTo("{\"name\":\"a\"}");
            assertThat(ask(port, "GET", "/models/..%2fown").status()).isEqualTo(404);
            assertThat(ask(port, "GET", "/modelsv2/health/live").status()).isEqualTo(404);
            assertThat(ask(port, "GET", "/models/v2/health/live", "Host: evil").status())
                    .isEqualTo(421);
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (handler.requests() > 0 && System.nanoTime() - deadline < 0) Thread.onSpinWait();
            assertThat(handler.requests()).isZero();
        } finally {
            other.stop(0);
        }
        assertThatThrownBy(() -> RouteHandler.of(Settings.USUAL, ROUTES, Limits.USUAL, seen::add))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void aKeyStoreMakesItSpeakTls() throws Exception {
        SSLContext tls = tls();
        try (HttpService service = start(PROGRAMS.tls(tls));
                HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
            URI base = service.url();
            assertThat(base.getScheme()).isEqualTo("https");
            HttpRequest request = HttpRequest.newBuilder(base.resolve("/predict"))
                    .header("Authorization", "Bearer " + KEY)
                    .header("Origin", "https://127.0.0.1:" + service.port())
                    .timeout(Duration.ofSeconds(20))
                    .POST(HttpRequest.BodyPublishers.ofString("ä"))
                    .build();
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(request, BodyHandlers.ofString(UTF_8)).body())
                        .isEqualTo("ä");
            }
        }
    }

    /// The key store is its own trust store. Made by `keytool -genkeypair -alias server -keyalg EC -dname CN=localhost
    /// -ext SAN=dns:localhost,ip:127.0.0.1 -validity 36500 -storetype PKCS12`.
    private static SSLContext tls() throws Exception {
        char[] password = "changeit".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = AccessTest.class.getResourceAsStream("localhost.p12")) {
            store.load(in, password);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", store.getCertificate("server"));
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return tls;
    }
}

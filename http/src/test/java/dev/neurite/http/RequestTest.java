package dev.neurite.http;

import static dev.neurite.http.TestServer.ANY_PORT;
import static dev.neurite.http.TestServer.QUICK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.http.Client.Response;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Requests and answers as handlers see them.
@Timeout(120)
class RequestTest {
    private static final String[] HEADERS = {
        "content-security-policy:default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none';"
                + " object-src 'none'; img-src 'self' data: blob:",
        "x-content-type-options:nosniff",
        "referrer-policy:no-referrer",
        "cross-origin-opener-policy:same-origin",
        "cross-origin-resource-policy:same-origin"
    };

    private TestServer server = none();

    private static TestServer none() {
        try {
            return TestServer.start(QUICK);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void start(Route... routes) throws IOException {
        server.close();
        server = TestServer.start(
                ANY_PORT,
                QUICK,
                List.of(routes),
                Assets.of(getClass()::getResourceAsStream).add("/", "page.html"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void hasSafeHeaders(Response response) {
        for (String each : HEADERS) {
            String[] pair = each.split(":", 2);
            assertThat(response.header(pair[0])).isEqualTo(pair[1]);
        }
        assertThat(response.headers().keySet()).noneMatch(each -> each.startsWith("access-control"));
    }

    @Test
    void everyAnswerHasTheHeadersThatKeepThePageSafe() throws IOException {
        start(Route.get("/api/a", _ -> Answer.json(List.of(1))), Route.get("/api/b", _ -> Answer.none()));
        for (String request : List.of(
                server.get("/api/a"),
                server.get("/api/b"),
                server.get("/api/c"),
                server.get("/"),
                server.bare("GET", "/api/a"),
                server.bare("POST", "/"))) {
            Response response = server.ask(request);
            hasSafeHeaders(response);
            boolean page = request.startsWith("GET / ");
            assertThat(response.header("cache-control")).isEqualTo(page ? "no-cache" : "no-store");
        }
    }

    @Test
    void parametersAndQueriesAreDecoded() throws IOException {
        start(
                Route.get(
                        "/api/runs/{id}/files/{name}",
                        request -> Answer.json(List.of(
                                request.path("id"),
                                request.path("name"),
                                request.query("of", "none"),
                                request.query("from", 3, 0, 10),
                                request.query("x").isPresent()))),
                Route.get("/api/runs/{id}/files/all", _ -> Answer.json(List.of("all"))));
        assertThat(server.ask(server.get("/api/runs/a%20b+c/files/%F0%9F%98%80?of=d+e%26%3D&from=10&x"))
                        .body())
                .isEqualTo("[\"a b+c\",\"😀\",\"d e&=\",10,true]");
        assertThat(server.ask(server.get("/api/runs/a/files/b")).body()).isEqualTo("[\"a\",\"b\",\"none\",3,false]");
        assertThat(server.ask(server.get("/api/runs/a/files/all")).body()).isEqualTo("[\"all\"]");
        for (String bad : List.of("11", "-1", "1.5", "", "x", "99999999999999999999", "1e1")) {
            Response response = server.ask(server.get("/api/runs/a/files/b?from=" + bad));
            assertThat(response.status()).as(bad).isEqualTo(400);
            assertThat(response.body())
                    .contains("\"path\":\"?from\"", "expects a whole number from 0 to 10, got " + bad);
        }
        for (String bad : List.of("?a=1&a=2", "?a=%ff", "?a=%", "?%zz=1")) {
            assertThat(server.ask(server.get("/api/runs/a/files/b" + bad)).status())
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    @Test
    void routesOfOtherFormsAreRefused() {
        Handler handler = _ -> Answer.none();
        for (String bad :
                List.of("/", "api/a", "/{a}", "/api/", "/api/a/", "/api/A", "/api/{", "/api/{a}/{a}", "/api/a b")) {
            assertThatThrownBy(() -> Route.get(bad, handler)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        Route one = Route.get("/api/{a}", handler);
        assertThatThrownBy(
                        () -> HttpService.start(ANY_PORT, List.of(one, Route.get("/api/{b}", handler)), Assets.none()))
                .isInstanceOf(IllegalArgumentException.class);
        HttpService.start(ANY_PORT, List.of(one, Route.post("/api/{b}", handler)), Assets.none())
                .close();
    }

    @Test
    void problemsAndExceptionsHaveTheirStatus() throws IOException {
        Map<NeuriteException, Integer> statuses = new LinkedHashMap<>();
        statuses.put(new ConfigException("rate", "expects more"), 400);
        statuses.put(new ShapeException("dense1", "expects less"), 400);
        statuses.put(new DataException("row 3", "expects a number"), 400);
        statuses.put(new ModelFormatException("model", "is damaged"), 409);
        statuses.put(new DivergedException("training", "has ended"), 409);
        statuses.put(new ResourceException("memory", "is full"), 503);
        List<NeuriteException> problems = List.copyOf(statuses.keySet());
        start(
                Route.get("/api/problems/{i}", request -> {
                    throw problems.get(Integer.parseInt(request.path("i")));
                }),
                Route.get("/api/conflict", _ -> {
                    throw HttpProblem.conflict("it has ended");
                }),
                Route.get("/api/missing", _ -> {
                    throw HttpProblem.missing("id", "expects a run");
                }));
        for (int i = 0; i < problems.size(); i++) {
            Response response = server.ask(server.get("/api/problems/" + i));
            assertThat(response.status()).isEqualTo(statuses.get(problems.get(i)));
            assertThat(response.body())
                    .contains("\"message\":\"" + problems.get(i).getMessage() + "\"");
        }
        assertThat(server.ask(server.get("/api/problems/5")).header("retry-after"))
                .isEqualTo("1");
        assertThat(server.ask(server.get("/api/conflict")).body())
                .isEqualTo("{\"error\":{\"code\":\"conflict\",\"path\":\"\",\"message\":\"it has ended\"}}");
        assertThat(server.ask(server.get("/api/missing")).status()).isEqualTo(404);
        assertThat(server.service.failures()).isZero();
        assertThatThrownBy(() -> new HttpProblem(200, "", "", "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void errorsOfTheProgramAreNotShown() throws IOException {
        start(
                Route.get("/api/a", _ -> {
                    throw new IllegalStateException("secret");
                }),
                Route.get("/api/b", _ -> {
                    throw new IOException("secret");
                }),
                Route.get("/api/c", _ -> {
                    throw new OutOfMemoryError("secret");
                }),
                Route.get("/api/d", _ -> {
                    throw new StackOverflowError("secret");
                }),
                Route.get("/api/e", _ -> {
                            throw new IllegalStateException("secret");
                        })
                        .computing());
        Map<String, Integer> statuses = Map.of("a", 500, "b", 500, "c", 503, "d", 500, "e", 500);
        statuses.forEach((path, status) -> {
            try {
                Response response = server.ask(server.get("/api/" + path));
                assertThat(response.status()).as(path).isEqualTo(status);
                assertThat(response.body()).doesNotContain("secret");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(server.service.failures()).isEqualTo(4);
    }

    /// Also of an answer that has begun.
    @Test
    void anErrorOfTheProgramAfterTheFirstPieceIsLogged() throws IOException {
        start(Route.get(
                        "/api/pieces",
                        _ -> Answer.pieces(PieceForm.events("piece"), pieces -> {
                            pieces.accept("a");
                            throw new IllegalStateException("secret");
                        }))
                .computing());
        try (Client client = server.connect()) {
            client.send(server.get("/api/pieces")).readHead();
            assertThat(client.readToEnd())
                    .contains("event: piece\ndata: {\"text\":\"a\"}", "event: failed", "its log says more")
                    .doesNotContain("secret");
        }
        assertThat(server.service.failures()).isEqualTo(1);
    }

    @Test
    void fieldsAreReadWithTheirPaths() throws IOException {
        start(Route.post("/api/fields", request -> {
            JsonFields fields = request.json().only("layers", "mode", "fast", "rate", "data", "names", "inner", "any");
            List<Object> all = new ArrayList<>();
            for (JsonFields layer : fields.objects("layers", 2)) {
                all.add(layer.integer("width", 1, 8) + layer.text("kind", "relu"));
            }
            all.add(fields.choice("mode", "step", "play"));
            all.add(fields.flag("fast", true));
            all.add(fields.number("rate", 0.5, 0, 1));
            all.add(fields.base64("data", 4).length);
            all.add(fields.texts("names", 3));
            all.add(fields.object("inner").number("x", -1, 1));
            all.add(fields.has("any"));
            if (fields.has("any")) all.add(fields.value("any"));
            return Answer.json(all);
        }));
        String good = "{\"layers\":[{\"width\":3},{\"width\":8.0,\"kind\":\"tanh\"}],\"mode\":\"play\",\"fast\":false,"
                + "\"rate\":1e-1,\"data\":\"AAECAw==\",\"names\":[\"a\"],\"inner\":{\"x\":-1},\"any\":[null]}";
        assertThat(server.ask(server.post("/api/fields", good)).body())
                .isEqualTo("[\"3relu\",\"8tanh\",\"play\",false,0.1,4,[\"a\"],-1.0,true,[null]]");
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("\"width\":3", "\"width\":9>layers[0].width>expects a whole number from 1 to 8, got 9");
        bad.put("\"kind\":\"tanh\"", "\"kind\":7>layers[1].kind>expects a text, got 7");
        bad.put("{\"width\":3}", "3>layers[0]>expects an object, got 3");
        bad.put("[{\"width\":3}", "[{},{\"width\":3}>layers>expects at most 2 items, got 3");
        bad.put("\"play\"", "\"pause\">mode>expects one of step, play, got pause");
        bad.put("false", "0>fast>expects true or false, got 0");
        bad.put("1e-1", "1.01>rate>expects a number from 0.0 to 1.0, got 1.01");
        bad.put("AAECAw==", "A*>data>expects base64");
        bad.put("[\"a\"]", "[\"a\",false]>names[1]>expects a text, got false");
        bad.put("{\"x\":-1}", "{\"y\":-1}>inner.x>expects a value, got none");
        bad.put("\"any\"", "\"many\">many>is unknown. Did you mean 'any'?");
        bad.forEach((part, change) -> {
            String[] parts = change.split(">", -1);
            try {
                Response response = server.ask(server.post("/api/fields", good.replace(part, parts[0])));
                assertThat(response.status()).as(change).isEqualTo(400);
                assertThat(response.body()).contains("\"path\":\"" + parts[1] + "\",\"message\":\"" + parts[2]);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        Response large = server.ask(server.post("/api/fields", good.replace("AAECAw==", "AAECAwQ=")));
        assertThat(large.status()).isEqualTo(413);
    }

    @Test
    void downloadsHaveTheirNames(@TempDir Path directory) throws IOException {
        byte[] bytes = new byte[300_000];
        new Random(1).nextBytes(bytes);
        Path file = Files.write(directory.resolve("a"), bytes);
        start(
                Route.get("/api/file", _ -> Answer.file(file, "best \"é\".safetensors")),
                Route.get("/api/empty", _ -> Answer.file(Files.createFile(directory.resolve("b")), "b")),
                Route.get("/api/directory", _ -> Answer.file(directory, "c")),
                Route.get("/api/none", _ -> Answer.file(directory.resolve("d"), "d")),
                Route.get("/api/bytes", _ -> Answer.download("e.csv", "text/csv", new byte[] {65})));
        try (Client client = server.connect()) {
            Response response = client.send(server.get("/api/file")).readHead();
            assertThat(response.header("content-disposition"))
                    .isEqualTo("attachment; filename=\"best_____.safetensors\"; filename*=UTF-8''"
                            + "best%20%22%C3%A9%22.safetensors");
            hasSafeHeaders(response);
            assertThat(client.exactly(bytes.length)).isEqualTo(bytes);
            assertThat(client.send(server.get("/api/empty")).read().header("content-length"))
                    .isEqualTo("0");
        }
        assertThat(server.ask(server.get("/api/directory")).status()).isEqualTo(404);
        assertThat(server.ask(server.get("/api/none")).status()).isEqualTo(404);
        Response csv = server.ask(server.get("/api/bytes"));
        assertThat(csv.body()).isEqualTo("A");
        assertThat(csv.header("content-type")).isEqualTo("text/csv");
        assertThat(csv.header("content-disposition")).startsWith("attachment; filename=\"e.csv\"");
        String head = server.get("/api/file").replaceFirst("GET", "HEAD");
        assertThat(server.ask(head).header("content-length")).isEqualTo("300000");
    }

    @Test
    void assetsAreSentOnceAndAnsweredFromTheCacheThen() throws IOException {
        start();
        Response first = server.ask(server.bare("GET", "/"));
        assertThat(first.body()).contains("<title>A page</title>");
        assertThat(first.header("content-type")).isEqualTo("text/html; charset=utf-8");
        String tag = first.header("etag");
        Response again = server.ask(server.bare("GET", "/", "If-None-Match: \"x\", " + tag));
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.header("etag")).isEqualTo(tag);
        assertThat(server.ask(server.bare("GET", "/", "If-None-Match: \"x\"")).status())
                .isEqualTo(200);
        assertThat(server.ask(server.bare("GET", "/?x=1")).status()).isEqualTo(200);
        Assets assets = Assets.of(getClass()::getResourceAsStream);
        assertThatThrownBy(() -> assets.add("/a", "no.html")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> assets.add("/a", "RequestTest.class")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> assets.add("a", "page.html")).isInstanceOf(IllegalArgumentException.class);
        Assets hidden = assets.add("/api/a", "page.html");
        assertThatThrownBy(() -> HttpService.start(ANY_PORT, List.of(), hidden))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> assets.add("/a", "page.html").add("/a", "page.html"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(assets.addAll("/b/", "", List.of("page.html")).paths()).containsExactly("/b/page.html");
    }

    @Test
    void imagesAreReadWithinLimits() throws IOException {
        start(Route.post("/api/image", request -> {
            BufferedImage image = request.image();
            return Answer.json(List.of(image.getWidth(), image.getHeight()));
        }));
        for (String format : List.of("png", "jpeg")) {
            var out = new ByteArrayOutputStream();
            ImageIO.write(new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB), format, out);
            byte[] bytes = out.toByteArray();
            assertThat(image("image/" + format, bytes).body()).isEqualTo("[30,20]");
            assertThat(image("image/gif", bytes).status()).isEqualTo(415);
            for (int length : new int[] {12, bytes.length / 2}) {
                assertThat(image("image/" + format, Arrays.copyOf(bytes, length))
                                .status())
                        .isEqualTo(400);
            }
        }
        assertThat(image("image/jpeg", turned()).body()).isEqualTo("[20,30]");
        assertThat(image("image/png", "<svg onload=alert(1)>".getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(400);
        var scans = new ByteArrayOutputStream();
        scans.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff});
        for (int i = 0; i < 101; i++) scans.writeBytes(new byte[] {(byte) 0xff, (byte) 0xda, 0, 0});
        assertThat(image("image/jpeg", scans.toByteArray()).status()).isEqualTo(400);
        assertThat(image("image/png", new byte[(8 << 20) + 1]).status()).isEqualTo(413);
        var wide = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(2049, 2048, BufferedImage.TYPE_BYTE_BINARY), "png", wide);
        assertThat(image("image/png", wide.toByteArray()).body()).contains("got one of 4,196,352 pixels");
    }

    @Test
    void inksAreTheColorsThatTheyLeave() throws IOException {
        start(Route.post("/api/image", request -> {
            BufferedImage image = request.image();
            return Answer.json(List.of(image.getWidth(), image.getHeight(), image.getRGB(4, 12) & 0xffffff));
        }));
        try (InputStream inks = Objects.requireNonNull(getClass().getResourceAsStream("cmyk.jpg"))) {
            String[] seen = image("image/jpeg", inks.readAllBytes())
                    .body()
                    .replaceAll("[\\[\\]]", "")
                    .split(",", -1);
            assertThat(seen).hasSize(3).startsWith("16", "16");
            int[] color = {179, 59, 119}; // of the module datasets' cmyk.rgb
            for (int c = 0; c < 3; c++) {
                assertThat(Integer.parseInt(seen[2]) >> (16 - 8 * c) & 255).isCloseTo(color[c], within(3));
            }
        }
    }

    /// A photograph of 30×20 that EXIF turns by a quarter.
    private static byte[] turned() throws IOException {
        var out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB), "jpeg", out);
        byte[] bytes = out.toByteArray();
        byte[] segment = new byte[36];
        ByteBuffer exif = ByteBuffer.wrap(segment).putShort((short) 0xffe1).putShort((short) 34);
        exif.put("Exif\0\0MM".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 42)
                .putInt(8);
        exif.putShort((short) 1)
                .putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putInt(6 << 16);
        var turned = new ByteArrayOutputStream();
        turned.write(bytes, 0, 2);
        turned.writeBytes(segment);
        turned.write(bytes, 2, bytes.length - 2);
        return turned.toByteArray();
    }

    private Response image(String type, byte[] bytes) throws IOException {
        try (Client client = server.connect()) {
            String[] own = server.own("Content-Type: " + type, "Content-Length: " + bytes.length);
            return client.send(server.bare("POST", "/api/image", own))
                    .send(bytes)
                    .read();
        }
    }

    @Test
    void handlersThatComputeAreFewAtATime() throws Exception {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var go = new CountDownLatch(1);
        start(Route.post("/api/compute", request -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    assertThat(Thread.currentThread().isVirtual()).isFalse();
                    try {
                        assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    running.decrementAndGet();
                    return Answer.json(request.json(100).integer("i", 0, 100));
                })
                .computing());
        List<Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 18; i++) {
                Client client = server.connect();
                clients.add(client);
                client.send(server.post("/api/compute", "{\"i\":" + i + "}"));
            }
            assertThat(TestServer.becomes(
                            Duration.ofSeconds(10), () -> server.service.computing() == 18 && running.get() == 2))
                    .isTrue();
            Response more = server.ask(server.post("/api/compute", "{\"i\":18}"));
            assertThat(more.status()).isEqualTo(503);
            assertThat(more.header("retry-after")).isEqualTo("1");
            assertThat(server.ask(server.bare("GET", "/")).status()).isEqualTo(200);
            go.countDown();
            for (int i = 0; i < 18; i++)
                assertThat(clients.get(i).read().body()).isEqualTo("" + i);
            assertThat(most).hasValue(2);
            assertThat(server.ask(server.post("/api/compute", " ".repeat(200))).status())
                    .isEqualTo(413);
        } finally {
            go.countDown();
            for (Client each : clients) each.close();
        }
    }

    @Test
    void requestsThatComputeTheSameTakeTurnsWithoutHoldingThreads() throws Exception {
        var go = new CountDownLatch(1);
        var running = new AtomicInteger();
        var begun = new AtomicInteger();
        start(
                Route.get("/api/slow/{name}", _ -> {
                            begun.incrementAndGet();
                            assertThat(running.incrementAndGet()).isEqualTo(1);
                            try {
                                assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            running.decrementAndGet();
                            return Answer.json("slow");
                        })
                        .computingInTurn(request -> request.path("name")),
                Route.get("/api/quick", _ -> Answer.json("quick")).computing());
        List<Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                Client client = server.connect();
                clients.add(client);
                client.send(server.get("/api/slow/one"));
            }
            assertThat(TestServer.becomes(
                            Duration.ofSeconds(10), () -> server.service.computing() == 4 && begun.get() == 1))
                    .isTrue();
            assertThat(server.ask(server.get("/api/quick")).status()).isEqualTo(200);
            assertThat(begun).hasValue(1);
            go.countDown();
            for (Client each : clients) assertThat(each.read().status()).isEqualTo(200);
            assertThat(begun).hasValue(4);
        } finally {
            go.countDown();
            for (Client each : clients) each.close();
        }
    }

    @Test
    void aServerThatIsADaemonLetsTheJvmEnd() {
        for (boolean daemon : new boolean[] {true, false}) {
            try (HttpService service = HttpService.start(ANY_PORT.daemon(daemon), List.of(), Assets.none())) {
                int port = service.port();
                assertThat(port).isPositive();
                assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(each -> each.getName().equals("HTTP-Dispatcher"))
                        .extracting(Thread::isDaemon)
                        .contains(daemon);
            }
        }
    }
}

package dev.neurite.http;

import dev.neurite.http.Client.Response;
import dev.neurite.http.HttpService.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;

/// A server with a session, and requests to it as its own page makes them.
final class TestServer implements AutoCloseable {
    static final Settings ANY_PORT = Settings.USUAL.port(0).daemon(true);

    /// Limits as usual, but with short times.
    static final Limits QUICK = new Limits(
            Duration.ofMillis(1000),
            Duration.ofMillis(800),
            Duration.ofMillis(1000),
            Duration.ofMillis(300),
            Duration.ofMillis(1500),
            Duration.ofMillis(1000),
            512,
            64,
            32);

    final HttpService service;
    final String token;
    final String cookie;

    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final InetAddress address;

    private TestServer(Settings settings, Limits limits, List<Route> routes, Assets assets) throws IOException {
        ThreadFactory factory = Thread.ofVirtual().name("neurite-http-", 0).factory();
        service = HttpService.start(settings, routes, assets, limits, _ -> {}, task -> {
            Thread thread = factory.newThread(task);
            threads.add(thread);
            return thread;
        });
        address = InetAddress.getByName(settings.host().equals("0.0.0.0") ? "127.0.0.1" : settings.host());
        token = service.url().getFragment().substring("token=".length());
        String json = "{\"token\":\"" + token + "\"}";
        String host = address.getHostAddress().contains(":") ? "[::1]" : "127.0.0.1";
        String request = "POST /api/session HTTP/1.1\r\nHost: " + host + ":" + service.port() + "\r\nOrigin: http://"
                + host
                + ":" + service.port() + "\r\nContent-Type: application/json\r\nContent-Length: " + json.length()
                + "\r\n\r\n" + json;
        try (Client client = new Client(address, service.port(), 0)) {
            cookie = client.send(request).read().header("set-cookie").split(";", -1)[0];
        }
    }

    static TestServer start(Limits limits, Route... routes) throws IOException {
        return start(ANY_PORT, limits, List.of(routes), Assets.none());
    }

    static TestServer start(Settings settings, Limits limits, List<Route> routes, Assets assets) throws IOException {
        return new TestServer(settings, limits, routes, assets);
    }

    Client connect() throws IOException {
        return connect(0);
    }

    Client connect(int receiveBuffer) throws IOException {
        return new Client(address, service.port(), receiveBuffer);
    }

    String host() {
        return "127.0.0.1:" + service.port();
    }

    /// The text of a request with Host, but nothing else that a server could ask for.
    String bare(String method, String path, String... headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: " + host() + "\r\n" + lines(headers) + "\r\n";
    }

    /// The text of a request that reads.
    String get(String path, String... headers) {
        return bare("GET", path, with(headers, "Cookie: " + cookie));
    }

    /// The text of a request of the own page that changes something.
    String post(String path, String json, String... headers) {
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        return bare("POST", path, with(headers, own("Content-Type: application/json", "Content-Length: " + length)))
                + json;
    }

    /// The headers that a browser adds for the own page, and others.
    String[] own(String... headers) {
        return with(headers, "Cookie: " + cookie, "Origin: http://" + host(), "Sec-Fetch-Site: same-origin");
    }

    private static String[] with(String[] some, String... more) {
        String[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    private static String lines(String... headers) {
        var lines = new StringBuilder();
        for (String each : headers) lines.append(each).append("\r\n");
        return lines.toString();
    }

    /// The answer to a text.
    Response ask(String request) throws IOException {
        try (Client client = connect()) {
            return client.send(request).read(request.startsWith("HEAD"));
        }
    }

    /// Whether any thread of an exchange still runs.
    boolean hasThreads() {
        threads.removeIf(each -> !each.isAlive());
        return !threads.isEmpty();
    }

    /// Waits until something is so.
    static boolean becomes(Duration limit, BooleanSupplier so) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!so.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) return false;
            Thread.sleep(5);
        }
        return true;
    }

    @Override
    public void close() {
        service.close();
    }
}

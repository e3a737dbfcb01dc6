package dev.neurite.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.CliProcess;
import dev.neurite.cli.serve.RawConnection.Reply;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The command under loads that nobody sends who means well: it says no, and that it lives.
@Tag("thorough")
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
final class HostileLoadTest {
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String KEY = "a-key-of-20-letters.";
    private static final double SOON = 50; // milliseconds
    private static final int PROBES = 400;
    private static final int SLOW = 64;
    private static final int BOMBS = 64;
    private static final int IDLE = 400;
    private static final int KEYLESS = 16;

    @TempDir
    Path folder;

    private Optional<Process> process = Optional.empty();
    private volatile boolean over;

    @AfterEach
    void end() {
        process.ifPresent(Process::destroyForcibly);
    }

    /// @return its port
    private int start(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("serve", ServeCommandTest.write(folder), "--port", "0"));
        all.addAll(List.of(options));
        Process started = CliProcess.start(folder, List.of(), all.toArray(String[]::new));
        process = Optional.of(started);
        return URI.create(ServeCommandTest.line(started.getInputStream()).split(" +")[1])
                .getPort();
    }

    /// The model waits for more rows than come, so that requests keep their places.
    @Test
    void moreClientsThanPlacesGet503AndHealthIsAnswered() throws Exception {
        int port = start("--no-warm-up", "--batch", "9999", "--delay", "8000");
        byte[] request = RawConnection.request(port, "POST /predict/net", JSON, "[1, 2]");
        List<RawConnection> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 700; i++) {
                var client = new RawConnection(port);
                clients.add(client);
                client.out().write(request);
            }
            check("700 connections", health(port, 100));
            Map<Integer, Integer> answers = new TreeMap<>();
            for (RawConnection each : clients)
                answers.merge(each.read().orElseThrow().status(), 1, Integer::sum);
            assertThat(answers).containsOnlyKeys(200, 503);
            assertThat(answers.get(200)).isGreaterThanOrEqualTo(512);
            assertThat(answers.values().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(clients.size());
        } finally {
            for (RawConnection each : clients) each.close();
        }
    }

    /// Bodies that come byte by byte, large JSON that is no request, connections that say nothing, wrong keys; all at
    /// once.
    @Test
    void healthIsAnsweredAmongHostileClients() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), KEY + "\n");
        int port = start("--api-key-file", keys.toString());
        Map<String, Integer> answers = new ConcurrentHashMap<>();
        List<RawConnection> idle = new ArrayList<>();
        List<byte[]> bombs = bombs(port);
        byte[] keyless = RawConnection.request(
                port, "POST /predict/net", JSON + "X-API-Key: another-key-of-letters\r\n", "[1, 2]");
        List<Future<Integer>> all = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
                Closeable _ = () -> over = true) { // before it waits for the clients
            for (int i = 0; i < IDLE; i++) idle.add(new RawConnection(port));
            for (int i = 0; i < SLOW; i++) all.add(clients.submit(() -> slowly(port, answers)));
            for (int i = 0; i < BOMBS; i++) {
                byte[] bomb = bombs.get(i % bombs.size());
                all.add(clients.submit(() -> again("bomb", port, bomb, answers)));
            }
            for (int i = 0; i < KEYLESS; i++) {
                all.add(clients.submit(() -> again("wrong key", port, keyless, answers)));
            }
            Thread.sleep(1000);
            List<Double> times = health(port, PROBES);
            check(SLOW + " slow bodies, " + BOMBS + " bombs, " + IDLE + " idle, " + KEYLESS + " wrong keys", times);
        } finally {
            for (RawConnection each : idle) each.close();
        }
        System.out.println(new TreeMap<>(answers));
        for (Future<Integer> each : all) each.get(); // none has failed
        assertThat(answers).containsKeys("bomb 400", "slow 408", "wrong key 401");
        assertThat(answers.keySet()).allMatch(each -> each.matches("(bomb|slow|wrong key) (4[0-9][0-9]|503)"));
        byte[] good = RawConnection.request(port, "POST /predict/net", JSON + "X-API-Key: " + KEY + "\r\n", "[1, 2]");
        try (var connection = new RawConnection(port)) {
            assertThat(connection.ask(good).orElseThrow().status()).isEqualTo(200);
        }
    }

    /// Requests of megabytes that are not what a model takes.
    private static List<byte[]> bombs(int port) {
        String key = JSON + "X-API-Key: " + KEY + "\r\n";
        String numbers = "1,".repeat(500_000) + "1";
        String tensor = "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[";
        return List.of(
                RawConnection.request(port, "POST /predict/net", key, "[".repeat(1_000_000)),
                RawConnection.request(port, "POST /predict/net", key, "[" + numbers + "]"),
                RawConnection.request(port, "POST /predict/net", key, "{\"a\":".repeat(200_000)),
                RawConnection.request(port, "POST /v2/models/net/infer", key, "[".repeat(1_000_000)),
                RawConnection.request(port, "POST /v2/models/net/infer", key, tensor + "[".repeat(1_000_000)),
                RawConnection.request(port, "POST /v2/models/net/infer", key, tensor + numbers + "]}]}"));
    }

    /// Sends a request again and again, each over a new connection.
    private int again(String kind, int port, byte[] request, Map<String, Integer> answers) throws Exception {
        while (!over) {
            try (var connection = new RawConnection(port)) {
                count(kind, connection.ask(request), answers);
            }
            Thread.sleep(50);
        }
        return 0;
    }

    /// Sends a byte each tenth of a second until it is told to end.
    private int slowly(int port, Map<String, Integer> answers) throws Exception {
        String headers = JSON + "X-API-Key: " + KEY + "\r\n";
        byte[] request = RawConnection.request(port, "POST /predict/net", headers, " ".repeat(1000));
        while (!over) {
            try (var connection = new RawConnection(port)) {
                connection.out().write(request, 0, request.length - 999);
                long begin = System.nanoTime();
                while (!over && System.nanoTime() - begin < 7_000_000_000L) {
                    connection.out().write(' ');
                    Thread.sleep(100);
                }
                if (!over) count("slow", connection.read(), answers);
            }
        }
        return 0;
    }

    private static void count(String kind, Optional<Reply> reply, Map<String, Integer> answers) {
        String status = reply.map(each -> Integer.toString(each.status())).orElse("closed");
        answers.merge(kind + " " + status, 1, Integer::sum);
        reply.ifPresent(each -> assertThat(each.body()).contains("error"));
    }

    /// Asks whether it lives and is ready, each over a new connection.
    /// @return milliseconds, sorted
    private static List<Double> health(int port, int probes) throws IOException, InterruptedException {
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < probes; i++) {
            String path = i % 2 == 0 ? "GET /v2/health/live" : "GET /v2/health/ready";
            long begin = System.nanoTime();
            try (var connection = new RawConnection(port)) {
                Reply reply = connection
                        .ask(RawConnection.request(port, path, "", ""))
                        .orElseThrow();
                assertThat(reply.status()).isEqualTo(200);
            }
            times.add((System.nanoTime() - begin) / 1e6);
            Thread.sleep(20);
        }
        times.sort(null);
        return times;
    }

    private static void check(String load, List<Double> times) {
        String figures = String.format(
                Locale.ROOT,
                "health among %s: %d probes, p50 %.1f, p90 %.1f, p99 %.1f, at most %.1f ms",
                load,
                times.size(),
                quantile(times, 0.5),
                quantile(times, 0.9),
                quantile(times, 0.99),
                times.getLast());
        System.out.println(figures);
        assertThat(quantile(times, 0.99)).as(figures).isLessThan(SOON);
    }

    private static double quantile(List<Double> times, double part) {
        return times.get((int) (part * (times.size() - 1)));
    }
}

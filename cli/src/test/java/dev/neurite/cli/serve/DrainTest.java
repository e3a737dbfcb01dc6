package dev.neurite.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.CliProcess;
import dev.neurite.cli.serve.RawConnection.Reply;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A signal ends the command while clients ask without a pause, until nobody listens. Who keeps its connection loses no
/// answer. Of new connections, those that wait to be accepted in the moment when the server stops listening are
/// reset by the system: each client may meet that once, at its last request.
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
final class DrainTest {
    private static final String JSON = "Content-Type: application/json\r\n";

    @TempDir
    Path folder;

    /// What happened to requests.
    /// @param answered with 200 and the right answer
    /// @param idle the connection had served requests, and was closed before a byte of the answer came: the client
    /// may ask again (RFC 9112, 9.3.1)
    /// @param unheard the connection was new, and was closed before a byte of the answer came
    /// @param cut the connection was closed within an answer, or the answer was another one
    private record Counts(AtomicInteger answered, AtomicInteger idle, AtomicInteger unheard, AtomicInteger cut) {
        Counts() {
            this(new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
        }

        int lost() {
            return idle.get() + cut.get();
        }
    }

    @Test
    void aSignalEndsItAfterWhatHasCome() throws Exception {
        String err = drain(4);
        assertThat(err)
                .contains("answering what has come")
                .containsPattern("[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} model 'net' version 1 is ready")
                .contains("try    curl http://127.0.0.1:")
                .contains("/predict/net");
    }

    @Test
    void aSignalWhileModelsAreLoadedEndsItAtOnce() throws Exception {
        String file = ServeCommandTest.write(folder);
        String[] words = {"serve", "a=" + file, "b=" + file, "c=" + file, "d=" + file, "--port", "0"};
        Process process = CliProcess.start(folder, List.of(), words); // warms up each, which takes its time
        Path err = folder.resolve("err");
        while (process.isAlive() && !Files.readString(err).contains("loading model 'a' version 1 from " + file)) {
            Thread.sleep(5);
        }
        process.destroy(); // SIGTERM
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(143);
        assertThat(Files.readString(err)).doesNotContain("model 'd' version 1 is ready");
    }

    @RepeatedTest(10)
    @Tag("thorough")
    void sixteenClientsLoseNoAnswerOfAnOpenConnection() throws Exception {
        System.out.println(drain(16).lines().reduce("", (_, last) -> last));
    }

    /// @param number of clients, of which every other one makes a new connection for each request
    /// @return what the command has said, and the counts
    private String drain(int number) throws Exception {
        String model = ServeCommandTest.write(folder);
        Process process = CliProcess.start(folder, List.of(), "serve", model, "--port", "0", "--no-warm-up");
        int port = URI.create(ServeCommandTest.line(process.getInputStream()).split(" +")[1])
                .getPort();
        byte[] request = RawConnection.request(port, "POST /predict/net", JSON, "[1, 2]");
        String expected = answer(port, request);
        var counts = new Counts();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                boolean keeps = i % 2 == 0;
                all.add(clients.submit(() -> ask(port, request, expected, keeps, counts)));
            }
            Future<List<Integer>> ready = clients.submit(() -> ready(port));
            while (counts.answered.get() < 100 * number) Thread.sleep(5);
            process.destroy(); // SIGTERM
            for (Future<?> each : all) each.get();
            String states =
                    String.valueOf(ready.get()).replaceAll("(200, )+200", "200").replaceAll("(503, )+503", "503");
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            String err = Files.readString(folder.resolve("err"));
            assertThat(process.exitValue()).as(err).isEqualTo(143);
            assertThat(states).as("ready").isEqualTo("[200, 503]");
            assertThat(counts.lost()).as(counts.toString()).isZero();
            assertThat(counts.unheard.get()).as(counts.toString()).isLessThanOrEqualTo(number);
            return err + counts;
        }
    }

    private static String answer(int port, byte[] request) throws IOException {
        try (var connection = new RawConnection(port)) {
            return connection.ask(request).orElseThrow().body();
        }
    }

    /// Asks until nobody listens.
    private static int ask(int port, byte[] request, String expected, boolean keeps, Counts counts) throws IOException {
        while (true) {
            Optional<RawConnection> opened = RawConnection.open(port);
            if (opened.isEmpty()) return 0;
            try (RawConnection connection = opened.get()) {
                boolean open = true;
                for (boolean fresh = true; open; fresh = false) {
                    open = ask(connection, request, expected, fresh, counts) && keeps;
                }
            }
        }
    }

    /// @return whether the connection stays open
    private static boolean ask(
            RawConnection connection, byte[] request, String expected, boolean fresh, Counts counts) {
        try {
            Optional<Reply> reply = connection.ask(request);
            if (reply.isEmpty()) {
                (fresh ? counts.unheard : counts.idle).incrementAndGet();
                return false;
            }
            boolean right = reply.get().status() == 200 && reply.get().body().equals(expected);
            (right ? counts.answered : counts.cut).incrementAndGet();
            return !reply.get().last();
        } catch (IOException _) {
            counts.cut.incrementAndGet();
            return false;
        }
    }

    /// What the server says of itself until nobody listens.
    private static List<Integer> ready(int port) throws IOException, InterruptedException {
        List<Integer> states = new ArrayList<>();
        byte[] request = RawConnection.request(port, "GET /v2/health/ready", "Connection: close\r\n", "");
        while (true) {
            Optional<RawConnection> opened = RawConnection.open(port);
            if (opened.isEmpty()) return states;
            try (RawConnection connection = opened.get()) {
                connection.ask(request).ifPresent(each -> states.add(each.status()));
            }
            Thread.sleep(2);
        }
    }
}

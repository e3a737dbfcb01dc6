package dev.neurite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.console.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `train --ui` and `ui`.
@Timeout(60)
final class PageTest {
    private static final Pattern ADDRESS = Pattern.compile("page   (http://127.0.0.1:(\\d+)/)#token=(\\S+)");

    @TempDir
    private Path place;

    /// A command that runs while the test looks at its output.
    private static final class Running {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final CompletableFuture<Integer> code = new CompletableFuture<>();
        private final Thread thread;

        Running(java.io.InputStream in, String... args) {
            var io = new Console(
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    in,
                    Map.of("CI", "true"),
                    false,
                    false,
                    false);
            thread = Thread.ofPlatform().start(() -> code.complete(Main.run(args, io)));
        }

        String output() {
            return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
        }

        Matcher await(Pattern text) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
            while (System.nanoTime() < end) {
                Matcher found = text.matcher(output());
                if (found.find()) return found;
                if (code.isDone()) break;
                Thread.sleep(10);
            }
            throw new AssertionError("no " + text + " in " + output());
        }
    }

    private static HttpResponse<String> get(Matcher address, String path) throws IOException, InterruptedException {
        return answer(address, path, HttpRequest.newBuilder().GET());
    }

    private static HttpResponse<String> control(Matcher address, String run, String action)
            throws IOException, InterruptedException {
        var body = HttpRequest.BodyPublishers.ofString("{\"action\":\"" + action + "\"}");
        return answer(
                address,
                "/api/runs/" + run + "/control",
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(body));
    }

    private static HttpResponse<String> answer(Matcher address, String path, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String origin = "http://127.0.0.1:" + address.group(2);
            HttpResponse<String> session = http.send(
                    HttpRequest.newBuilder(URI.create(origin + "/api/session"))
                            .header("Origin", origin)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"token\":\"" + address.group(3) + "\"}"))
                            .build(),
                    BodyHandlers.ofString());
            String cookie =
                    session.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
            return http.send(
                    request.uri(URI.create(origin + path))
                            .header("Origin", origin)
                            .header("Cookie", cookie)
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    @Test
    void aTrainingWithAPageGivesTheSameWeights() {
        String out = place.resolve("runs/shown").toString();
        Cli shown = Cli.run("train", "iris", "--epochs", "3", "--ui", "--ui-port", "0", "--out", out, "--json");
        Cli plain = Cli.run(
                "train",
                "iris",
                "--epochs",
                "3",
                "--out",
                place.resolve("runs/plain").toString(),
                "--json");
        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(JsonText.object(shown.out()).get("weights"))
                .isEqualTo(JsonText.object(plain.out()).get("weights"));
        assertThat(shown.err()).containsPattern(ADDRESS).contains("stays until you press Enter or Ctrl-C");
        assertThat(Path.of(out, "histograms.jsonl")).isNotEmptyFile();
        assertThat(Path.of(out, "notes.jsonl")).content().contains("The training begins.", "The training has ended.");
        assertThat(place.resolve("runs/plain/histograms.jsonl")).doesNotExist();
        Cli again = Cli.run("train", "iris", "--epochs", "1", "--out", out, "--overwrite");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(Path.of(out, "histograms.jsonl")).doesNotExist();
        assertThat(Path.of(out, "notes.jsonl")).doesNotExist();
    }

    @Test
    void thePageStaysAfterTheTrainingUntilEnter() throws Exception {
        try (var keys = new PipedOutputStream()) {
            var running = new Running(
                    new PipedInputStream(keys),
                    "train",
                    "iris",
                    "--epochs",
                    "2",
                    "--ui-port",
                    "0",
                    "--out",
                    place.resolve("runs/stays").toString());
            running.await(Pattern.compile("stays until you press Enter"));
            Matcher address = running.await(ADDRESS);
            HttpResponse<String> runs = get(address, "/api/runs");
            assertThat(runs.body()).contains("\"live\":\"stays\"", "\"state\":\"finished\"", "\"data\":\"iris\"");
            assertThat(get(address, "/api/runs/stays/errors").body()).contains("\"part\":\"test\"", "versicolor");
            assertThat(get(address, "/api/runs/stays/form").body()).contains("petal");
            assertThat(get(address, "/api/runs/stays/series").body()).contains("test.loss");
            var other = new Running(
                    new ByteArrayInputStream(new byte[0]),
                    "ui",
                    place.resolve("runs").toString(),
                    "--port",
                    "0");
            HttpResponse<String> seen = get(other.await(ADDRESS), "/api/runs");
            assertThat(seen.body()).contains("\"id\":\"stays\"", "\"state\":\"finished\"");
            other.thread.interrupt();
            keys.write('\n');
            keys.flush();
            assertThat(running.code.get(20, TimeUnit.SECONDS)).isZero();
        }
    }

    /// A training that is stopped ends as others do: with the model so far, and the figures of that model.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTrainingThatIsStoppedOnThePageHasAModelAndItsFigures(boolean inFirstEpoch) throws Exception {
        String run = place.resolve("runs/stopped").toString();
        Path log = Path.of(run, "metrics.jsonl");
        try (var keys = new PipedOutputStream()) {
            String[] words = {"train", "digits", "--batch", "1", "--epochs", "100000", "--ui-port", "0", "--out", run};
            List<String> all = new ArrayList<>(List.of(words));
            all.addAll(List.of("--layers", inFirstEpoch ? "1500,1500" : "64,64", "--json"));
            var running = new Running(new PipedInputStream(keys), all.toArray(String[]::new));
            Matcher address = running.await(ADDRESS);
            await(() ->
                    inFirstEpoch || (Files.exists(log) && Files.readString(log).contains("\"epoch\":3")));
            await(() -> control(address, "stopped", "stop").statusCode() == 200); // as soon as it has begun
            running.await(Pattern.compile("stays until you press Enter"));
            keys.write('\n');
            keys.flush();
            assertThat(running.code.get(20, TimeUnit.SECONDS))
                    .as(running.output())
                    .isZero();
            assertThat(running.output()).contains("ended  stopped on the page");
            assertThat(Files.readString(log).contains("\"k\":\"test\"")).isEqualTo(!inFirstEpoch);
            Map<String, Object> trained = JsonText.object(running.out.toString(StandardCharsets.UTF_8));
            Map<String, Object> evaluated =
                    JsonText.object(Cli.run("evaluate", run, "--json").out());
            for (String each : List.of("accuracy", "loss", "weights")) {
                assertThat(trained.get(each)).as(each).isEqualTo(evaluated.get(each));
            }
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (!condition.call()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(20);
        }
    }

    @Test
    void thePageStaysAfterATrainingThatFailed() throws Exception {
        try (var keys = new PipedOutputStream()) {
            var running = new Running(
                    new PipedInputStream(keys),
                    "train",
                    "iris",
                    "--optimizer",
                    "sgd",
                    "--lr",
                    "1e9",
                    "--ui-port",
                    "0",
                    "--out",
                    place.resolve("runs/failed").toString());
            running.await(Pattern.compile("failed training, .*\\R(.*\\R)*.*stays until you press Enter"));
            assertThat(get(running.await(ADDRESS), "/api/runs").body()).contains("\"state\":\"failed\"");
            keys.write('\n');
            keys.flush();
            assertThat(running.code.get(20, TimeUnit.SECONDS)).isEqualTo(5);
            assertThat(running.output()).contains("error");
        }
    }

    @Test
    void finishedRunsAreShown() throws Exception {
        Path runs = place.resolve("runs");
        Path run = runs.resolve("done");
        assertThat(Cli.run("train", "iris", "--epochs", "2", "--out", run.toString())
                        .code())
                .isZero();
        var running = new Running(new ByteArrayInputStream(new byte[0]), "ui", runs.toString(), "--port", "0");
        Matcher address = running.await(ADDRESS);
        assertThat(get(address, "/api/runs").body()).contains("\"id\":\"done\"", "\"state\":\"finished\"");
        assertThat(get(address, "/api/runs/done").body()).contains("\"kind\":\"table\"", "neurite train ");
        assertThat(get(address, "/api/runs/done/errors").body()).contains("\"part\":\"test\"", "virginica");
        assertThat(get(address, "/api/runs/done/control").statusCode()).isEqualTo(405);
        running.thread.interrupt();
        assertThat(running.code.get(20, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void anOnnxModelHasAPageOfItsOwn() throws Exception {
        URL file = Objects.requireNonNull(PageTest.class.getResource("/onnx/dense.onnx"));
        String model = Path.of(file.toURI()).toString();
        var running = new Running(new ByteArrayInputStream(new byte[0]), "ui", model, "--port", "0");
        Matcher address = running.await(ADDRESS);
        assertThat(get(address, "/api/model").body()).contains("\"name\":\"dense.onnx\"", "\"name\":\"x\"");
        assertThat(get(address, "/").body()).contains("js/model.js");
        running.thread.interrupt();
        assertThat(running.code.get(20, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void withoutAPortAFreeOneIsTaken() throws Exception {
        var first = new Running(new ByteArrayInputStream(new byte[0]), "ui", place.toString());
        var second = new Running(new ByteArrayInputStream(new byte[0]), "ui", place.toString());
        assertThat(first.await(ADDRESS).group(2))
                .isNotEqualTo(second.await(ADDRESS).group(2));
        for (Running each : List.of(first, second)) {
            each.thread.interrupt();
            assertThat(each.code.get(20, TimeUnit.SECONDS)).isZero();
        }
    }

    /// Whoever lists the processes of the machine does not see it.
    @ParameterizedTest
    @ValueSource(strings = {"--token=@", "--token @"})
    void theTokenCanComeFromAFile(String option) throws Exception {
        Path file = Files.writeString(place.resolve("secret"), "0123456789abcdef-from-a-file\n");
        List<String> words = new ArrayList<>(List.of("ui", place.toString(), "--port", "0"));
        words.addAll(List.of((option + file).split(" ")));
        var running = new Running(new ByteArrayInputStream(new byte[0]), words.toArray(String[]::new));
        assertThat(running.await(ADDRESS).group(3)).isEqualTo("0123456789abcdef-from-a-file");
        running.thread.interrupt();
        assertThat(running.code.get(20, TimeUnit.SECONDS)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.2"})
    void anAddressThatOnlyThisMachineReachesNeedsNoTokenOfItsOwn(String host) throws Exception {
        var running = new Running(
                new ByteArrayInputStream(new byte[0]), "ui", place.toString(), "--port", "0", "--host", host);
        running.await(Pattern.compile("page   http://" + host + ":\\d+/#token=\\S{20,}"));
        running.thread.interrupt();
        assertThat(running.code.get(20, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void wrongOptions() throws IOException {
        assertThat(Cli.run("train", "iris", "--ui-port", "70000").err()).contains("expects 0 to 65535");
        assertThat(Cli.run("ui", place.resolve("nothing").toString()).code()).isEqualTo(3);
        Path file = Files.writeString(place.resolve("file"), "");
        assertThat(Cli.run("ui", file.toString()).err()).contains("got a file");
        assertThat(Cli.run("ui", place.toString(), "--host", "0.0.0.0").err()).contains("--host: expects a token");
        Cli missing = Cli.run("ui", place.toString(), "--token=@" + place.resolve("missing"));
        assertThat(missing.code()).isEqualTo(3);
        assertThat(missing.err()).contains("expects a file with the token");
        Path poor = Files.writeString(place.resolve("poor"), "short");
        Cli refused = Cli.run("ui", place.toString(), "--token=@" + poor);
        assertThat(refused.err()).contains("--token: expects 16 to 200 letters").doesNotContain("short");
        assertThat(Cli.run("ui", place.toString(), "--port", "-1").code()).isEqualTo(2);
    }

    @Test
    void aTakenPortIsAnErrorOnlyIfItWasAskedFor() throws Exception {
        var running = new Running(new ByteArrayInputStream(new byte[0]), "ui", place.toString(), "--port", "0");
        String port = running.await(ADDRESS).group(2);
        Cli second = Cli.run(
                "train",
                "iris",
                "--epochs",
                "1",
                "--ui-port",
                port,
                "--out",
                place.resolve("x").toString());
        assertThat(second.code()).isEqualTo(6);
        assertThat(second.err()).contains(port).doesNotContain("stays until");
        assertThat(place.resolve("x")).doesNotExist();
        running.thread.interrupt();
        running.code.get(20, TimeUnit.SECONDS);
    }
}

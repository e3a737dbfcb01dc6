package dev.neurite.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.command.TinyLanguageModel;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
final class ServeCommandTest {
    @TempDir
    Path folder;

    private String model;

    @BeforeEach
    void write() {
        model = write(folder);
    }

    /// Writes a model of two numbers.
    /// @return its path
    static String write(Path folder) {
        Path file = folder.resolve("net.safetensors");
        var net = Model.of(Layers.features(2), Layers.dense(2)).initialize(1);
        new ModelFile(net, Map.of()).write(file, Catalog.standard());
        return file.toString();
    }

    @Test
    void itSaysWhereItListensAndAnswersUntilItIsInterrupted() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "the-first-of-two-keys\n\nthe-second-of-two-keys\n");
        var out = new PipedOutputStream();
        try (var lines = new PipedInputStream(out);
                var client = HttpClient.newHttpClient()) {
            var command = new FutureTask<>(() -> Cli.piped(
                    new ByteArrayInputStream(new byte[0]),
                    out,
                    "serve",
                    "net=" + model,
                    "--port",
                    "0",
                    "--no-warm-up",
                    "--batch",
                    "4",
                    "--delay",
                    "0.5",
                    "--queue",
                    "10",
                    "--deadline",
                    "2.5",
                    "--api-key-file",
                    keys.toString()));
            Thread thread = Thread.ofPlatform().start(command);
            String line = line(lines);
            assertThat(line).matches("serve  http://127\\.0\\.0\\.1:[0-9]+/  net");
            URI metrics = URI.create(line.split(" +")[1] + "metrics");
            HttpRequest request = HttpRequest.newBuilder(metrics)
                    .header("X-API-Key", "the-second-of-two-keys")
                    .build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).contains("neurite_model_ready{model=\"net\"} 1.0");
            thread.interrupt();
            assertThat(command.get(30, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void theCommandsToTryTakeTheKeyFromWhereTheServerHasIt() {
        Map<String, String> variable = Map.of("NEURITE_API_KEY", "a-key-of-20-letters.");
        assertThat(key(Map.of(), "--api-key-file", "Ann's keys")).isEqualTo("$(grep -m 1 . 'Ann'\\''s keys')");
        assertThat(key(variable)).isEqualTo("$NEURITE_API_KEY");
        assertThat(key(variable, "--api-key-file", "keys")).isEqualTo("$NEURITE_API_KEY");
    }

    private String key(Map<String, String> environment, String... arguments) {
        var options = new ServeOptions();
        new CommandLine(options)
                .parseArgs(Stream.concat(Stream.of(arguments), Stream.of(model)).toArray(String[]::new));
        return options.keyInShell(environment);
    }

    /// A line that the command has printed.
    static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) line.append((char) c);
        return line.toString();
    }

    @Test
    void wrongOptionsAndFilesAreRefused() throws IOException {
        check(
                3,
                "expects a model, or a directory of models",
                folder.resolve("none").toString());
        check(
                4,
                "damaged",
                Files.writeString(folder.resolve("damaged.safetensors"), "x").toString());
        check(
                2,
                "--host: expects an API key for an address that other computers reach, got 0.0.0.0 without one. Set one"
                        + " in the variable NEURITE_API_KEY or with --api-key-file, or let in everyone: --allow-anyone",
                model,
                "--host",
                "0.0.0.0");
        Path keys = Files.writeString(folder.resolve("short"), "the-first-of-two-keys\n\nshort\n");
        check(2, "short, line 3: expects a key of 16 to 200", model, "--api-key-file", keys.toString());
        Path large = Files.writeString(folder.resolve("large"), "a-key-of-20-letters.\n".repeat(4000));
        check(3, "expects at most 64 KB of keys", model, "--api-key-file", large.toString());
        check(2, "--batch: expects 1 to", model, "--batch", "0");
        check(2, "--deadline: expects", model, "--deadline", "0");
        check(2, "--delay: expects", model, "--delay", "-1");
        check(2, "expects the name of a model, NAME=PATH, got 'other'", model, "--kind", "other=scores");
        check(2, "--kind: expects one of tensors, embeddings, scores, got 'x'", "net=" + model, "--kind", "net=x");
        check(2, "--adapter: expects the name of a model, NAME=PATH, got 'other'", model, "--adapter", "other=a");
        String[] both = {"net=" + model, "--kind", "net=scores", "--adapter", "net=a"};
        check(2, "--kind: expects an ONNX model, got 'net' with --adapter or --context or --cache", both);
        check(
                3,
                "expects a language model for its settings, got a safetensors file",
                "net=" + model,
                "--adapter",
                "net=a");
        check(
                3,
                "expects a language model for its settings, got a safetensors file",
                "net=" + model,
                "--context",
                "net=8");
        check(2, "--context: expects the name of a model, NAME=PATH, got 'other'", model, "--context", "other=8");
        check(2, "--context: expects", "net=" + model, "--context", "net=0");
        check(2, "--cache: expects one of f32, f16, got 'f8'", "net=" + model, "--cache", "net=f8");
        String context = "net=" + TinyLanguageModel.base();
        check(2, "expects a context of at most the 64 tokens", context, "--context", "net=65");
        check(2, "expects each name once", model, model);
        check(2, "--seed", model, "--seed", "1");
        check(3, "expects a key store", model, "--tls-key-store", model);
        check(
                3,
                "expects a key a line",
                model,
                "--api-key-file",
                Files.createFile(folder.resolve("keys")).toString());
    }

    @Test
    void aPortThatIsTakenIsSaidBeforeModelsAreLoaded() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Cli result = Cli.run("serve", model, "--port", Integer.toString(taken.getLocalPort()));
            assertThat(result.code()).as(result.err()).isEqualTo(6);
            assertThat(result.err())
                    .contains("--port " + taken.getLocalPort() + ": expects a free port")
                    .doesNotContain("is ready");
        }
    }

    private static void check(int code, String message, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "serve";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--port";
        all[all.length - 1] = "0";
        Cli result = Cli.run(all);
        assertThat(result.err()).as(String.join(" ", all)).contains(message);
        assertThat(result.code()).as(result.err()).isEqualTo(code);
    }
}

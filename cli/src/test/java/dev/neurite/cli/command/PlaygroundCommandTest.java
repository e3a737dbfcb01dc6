package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import dev.neurite.cli.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class PlaygroundCommandTest {
    @TempDir
    Path temp;

    @Test
    void servesThePageUntilItIsStopped() throws IOException, InterruptedException {
        Process process = CliProcess.start(temp, List.of(), "playground", "--port", "0", "--no-browser", "--json");
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            Map<String, Object> line = JsonText.object(out.readLine());
            URI url = URI.create(String.valueOf(line.get("url")));
            assertThat(url.getPath()).isEqualTo("/playground");
            assertThat(url.getFragment()).startsWith("token=");
            assertThat(url.getHost()).isEqualTo("127.0.0.1");
            URI page = URI.create("http://127.0.0.1:" + url.getPort() + "/playground");
            try (var client = HttpClient.newHttpClient()) {
                var answer = client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).contains("Neurite playground");
            }
        }
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void refusesAPortThatIsTakenAndASeed() throws IOException {
        try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            Cli refused = Cli.run("playground", "--no-browser", "--port", Integer.toString(taken.getLocalPort()));
            assertThat(refused.code()).isEqualTo(6);
            assertThat(refused.err()).contains(Integer.toString(taken.getLocalPort()));
        }
        Cli seeded = Cli.run("playground", "--no-browser", "--seed", "1");
        assertThat(seeded.code()).isEqualTo(2);
        assertThat(seeded.err()).startsWith("error: --seed: is not for the playground");
        assertThat(Cli.run("playground", "--no-browser", "--port", "70000").code())
                .isEqualTo(2);
    }
}

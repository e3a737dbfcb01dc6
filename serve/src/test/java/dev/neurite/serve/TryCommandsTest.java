package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.http.Access;
import dev.neurite.http.HttpService;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextScorer;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.serve.api.Endpoints;
import dev.neurite.serve.model.RawModels;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
final class TryCommandsTest {
    private static final String KEY = "a-key-of-20-letters.";

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theFirstCommandPredictsWhateverTheModel() throws Exception {
        Repository raw = new RawModels().repository();
        Path texts = Models.CROSS_ENCODER;
        TextScorer scorer = TextScorer.load(texts.resolve("model.onnx"), texts.resolve("tokenizer.json"));
        List<Served> all = new ArrayList<>(List.of(
                Served.of("digits", "1", Models.digits()),
                Served.of("mlp", "1", Models.onnx()),
                Served.of(
                        "many numbers",
                        "1",
                        OnnxModel.read(OnnxExport.of(Models.digitsFile()).bytes())),
                Served.of("scores", "1", scorer)));
        raw.names().forEach(name -> all.add(raw.newest(name)));
        var models = new Repository(all);
        var settings = HttpService.Settings.USUAL.port(0).access(new Access.Keys(List.of(KEY)));
        try (HttpService server = HttpService.start(settings, Endpoints.routes(models), Endpoints.page())) {
            List<String> wrong = new ArrayList<>();
            for (String name : models.names()) {
                Served model = models.newest(name);
                String command = TryCommands.of(server.url(), new Repository(List.of(model)), "$NEURITE_API_KEY")
                        .getFirst();
                Process shell = shell(command);
                String answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(shell.waitFor(20, TimeUnit.SECONDS)).isTrue();
                if (!answer.endsWith(" 200")) wrong.add(command + "\n" + answer);
            }
            assertThat(wrong).isEmpty();
        } finally {
            models.close();
        }
    }

    /// With the status at the end of the answer.
    private static Process shell(String command) throws Exception {
        var process = new ProcessBuilder("sh", "-c", command.replace("curl ", "curl -s -w ' %{http_code}' "));
        process.environment().put("NEURITE_API_KEY", KEY);
        return process.start();
    }

    @Test
    void aCommandHasNoKeyWhereNoneIsAskedForAndTakesACertificateOfItsOwn() {
        var none = new Repository(List.of());
        assertThat(TryCommands.of(URI.create("https://127.0.0.1:1/"), none, ""))
                .containsExactly("curl -k https://127.0.0.1:1/metrics");
        assertThat(TryCommands.of(URI.create("http://127.0.0.1:1/"), none, "$(cat key)"))
                .containsExactly("curl -H \"Authorization: Bearer $(cat key)\" http://127.0.0.1:1/metrics");
    }
}

package dev.neurite.dashboard.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TailTest {
    @TempDir
    private Path directory;

    private Path file;
    private final List<String> lines = new ArrayList<>();
    private int restarts;
    private Tail tail;

    @BeforeEach
    void begin() {
        file = directory.resolve("metrics.jsonl");
        tail = new Tail(file, line -> lines.add(line.write()), () -> {
            restarts++;
            lines.clear();
        });
    }

    private void append(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void aFileThatIsNotThereYet() throws IOException {
        tail.read();
        append("{\"a\":1}\n");
        tail.read();
        assertThat(lines).containsExactly("{\"a\":1}");
    }

    @Test
    void aTornLineIsReadWhenItIsComplete() throws IOException {
        append("{\"a\":1}\n{\"b\":\"µ");
        tail.read();
        tail.read();
        assertThat(lines).containsExactly("{\"a\":1}");
        append("\"}\n{");
        tail.read();
        assertThat(lines).hasSize(2);
        append("}\n");
        tail.read();
        assertThat(lines).hasSize(3).endsWith("{}");
        assertThat(restarts).isZero();
    }

    @Test
    void aLineTornWithinACharacter() throws IOException {
        byte[] bytes = "{\"k\":\"δ\"}\n".getBytes(StandardCharsets.UTF_8);
        for (byte each : bytes) {
            Files.write(file, new byte[] {each}, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            tail.read();
        }
        assertThat(lines).containsExactly(new String(bytes, StandardCharsets.UTF_8).strip());
    }

    @Test
    void linesThatAreNoJsonCountAsEmpty() throws IOException {
        append("{\"a\":1}\nnonsense\n[1]\n\n{\"b\":2}\n");
        tail.read();
        assertThat(lines).containsExactly("{\"a\":1}", "{}", "{}", "{}", "{\"b\":2}");
        assertThat(tail.unreadable()).isEqualTo(3);
    }

    @Test
    void aFileThatWasTruncatedIsReadAgain() throws IOException {
        append("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
        tail.read();
        Files.writeString(file, "{\"a\":1}\n{\"a\":9}\n");
        tail.read();
        assertThat(restarts).isEqualTo(1);
        assertThat(lines).containsExactly("{\"a\":1}", "{\"a\":9}");
    }

    @Test
    void aFileThatWasTruncatedAndGrewSinceIsReadAgain() throws IOException {
        append("{\"a\":1}\n{\"a\":2}\n");
        tail.read();
        Files.writeString(file, "{\"a\":1}\n{\"b\":2}\n{\"b\":3}\n"); // longer than before
        tail.read();
        assertThat(restarts).isEqualTo(1);
        assertThat(lines).containsExactly("{\"a\":1}", "{\"b\":2}", "{\"b\":3}");
    }

    @Test
    void aFileThatWasDeletedIsEmpty() throws IOException {
        append("{\"a\":1}\n");
        tail.read();
        Files.delete(file);
        tail.read();
        assertThat(lines).isEmpty();
        tail.read();
        assertThat(restarts).isEqualTo(1);
    }

    @Test
    void longFiles() throws IOException {
        var text = new StringBuilder();
        for (int i = 0; i < 50_000; i++) text.append("{\"step\":").append(i).append("}\n");
        append(text.toString());
        tail.read();
        assertThat(lines).hasSize(50_000).endsWith("{\"step\":49999}");
    }

    @Test
    void aLineThatIsTooLongIsLeftOut() throws IOException {
        append("{\"a\":\"" + "x".repeat(9 << 20) + "\"}\n{\"b\":1}\n");
        tail.read();
        assertThat(lines).containsExactly("{}", "{\"b\":1}");
    }

    @Test
    void linksAreNotFollowed() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "{\"a\":1}\n");
        Files.createSymbolicLink(file, secret);
        tail.read();
        assertThat(lines).isEmpty();
    }

    @Test
    void valuesOfAConfiguration() {
        var values = YamlText.values("""
            # a comment
            data:
              source: fashion-mnist
              columns:
                - a
                - b
            optimizer:
              name: adam
              rate: 0.001
            network:
              layers: [128, 64]
            name: "quoted: \\"text\\""
            other: 'it''s'
            epochs: 5
            loss: {name: cross-entropy, weights: [1, 2], more: {a: 1, b: "x, y"}, text: none,
                reduction: mean}
            """);
        assertThat(values)
                .containsEntry("data.source", "fashion-mnist")
                .containsEntry("data.columns", "a, b")
                .containsEntry("optimizer.rate", "0.001")
                .containsEntry("network.layers", "[128, 64]")
                .containsEntry("name", "quoted: \"text\"")
                .containsEntry("other", "it's")
                .containsEntry("epochs", "5")
                .containsEntry("loss.name", "cross-entropy")
                .containsEntry("loss.weights", "[1, 2]")
                .containsEntry("loss.more.a", "1")
                .containsEntry("loss.more.b", "x, y")
                .containsEntry("loss.reduction", "mean")
                .hasSize(14);
        assertThat(YamlText.values("\n:::\n- x\n\"unclosed: 1\n   - y: z")).isNotNull();
        assertThat(Json.of(YamlText.values("a: <img src=x>")).write()).contains("<img src=x>");
    }
}

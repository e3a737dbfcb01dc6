package dev.neurite.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.io.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchUpdatesTest {
    @TempDir
    Path temp;

    @Test
    void metricsHoldWhatEveryNthStepDidToEachParameter() throws IOException {
        String data = TinyData.directory(temp.resolve("data")).toString();
        Path out = temp.resolve("run");
        Cli trained = Cli.run(
                "train", data, "--batch", "20", "--epochs", "2", "--watch-updates", "3", "--out", out.toString());
        assertThat(trained.code()).isZero();

        List<Map<String, Object>> lines = Files.readAllLines(out.resolve("metrics.jsonl")).stream()
                .map(JsonText::object)
                .filter(line -> "updates".equals(line.get("k")))
                .toList();
        assertThat(lines).extracting(line -> line.get("step")).containsExactly(1.0, 4.0);
        assertThat(lines).extracting(line -> line.get("epoch")).containsExactly(1.0, 2.0);
        Map<String, Object> parameters =
                JsonText.object(Json.of(lines.getFirst().get("m")).write());
        assertThat(parameters.keySet()).containsExactly("dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias");
        Map<String, Object> weight =
                JsonText.object(Json.of(parameters.get("dense1.weight")).write());
        assertThat(weight.keySet())
                .containsExactly("grad_norm", "grad_mean", "grad_zeros", "norm", "update_norm", "ratio");
        double ratio = number(weight, "update_norm") / number(weight, "norm");
        assertThat(number(weight, "ratio")).isEqualTo(ratio);
        assertThat(ratio).isBetween(1e-4, 0.1);
    }

    private static double number(Map<String, Object> json, String name) {
        return Double.parseDouble(String.valueOf(json.get(name)));
    }

    @Test
    void everyZerothStepIsRefused() {
        Cli refused = Cli.run("train", "iris", "--watch-updates", "0");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--watch-updates: expects at least 1, got 0");
    }
}

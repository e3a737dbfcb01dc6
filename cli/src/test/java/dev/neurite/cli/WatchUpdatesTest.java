package dev.neurite.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
        Map<?, ?> parameters = (Map<?, ?>) lines.getFirst().get("m");
        assertThat(parameters.keySet()).hasToString("[dense1.weight, dense1.bias, dense2.weight, dense2.bias]");
        Map<?, ?> weight = (Map<?, ?>) parameters.get("dense1.weight");
        assertThat(weight.keySet()).hasToString("[grad_norm, grad_mean, grad_zeros, norm, update_norm, ratio]");
        double ratio = (Double) weight.get("update_norm") / (Double) weight.get("norm");
        assertThat((Double) weight.get("ratio")).isEqualTo(ratio);
        assertThat(ratio).isBetween(1e-4, 0.1);
    }

    @Test
    void everyZerothStepIsRefused() {
        Cli refused = Cli.run("train", "iris", "--watch-updates", "0");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--watch-updates: expects at least 1, got 0");
    }
}

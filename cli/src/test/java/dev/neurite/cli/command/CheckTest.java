package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.io.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CheckTest {
    private static Map<String, Object> object(Map<String, Object> json, String name) {
        return JsonText.object(Json.of(json.get(name)).write());
    }

    @Test
    void aHealthyNetworkIsFoundHealthyOnAReadablePage() {
        Cli checked = Cli.run("check", "iris");
        assertThat(checked.code()).isZero();
        assertThat(checked.out())
                .startsWith("first loss: ok\n  expected about 1.0986 ")
                .contains("overfitting one batch: ok", "gradient flow: ok", "update ratios: ok", "dead units: ok")
                .endsWith("verdict: ok\n");
    }

    @Test
    void aRegressionIsCheckedOnScaledAnswers() {
        Cli checked = Cli.run("check", "diabetes");
        assertThat(checked.code()).isZero();
        assertThat(checked.out()).startsWith("first loss: ok\n  expected about 1.0000 ");
    }

    @Test
    void jsonHasEveryReportWithItsFiguresAndFindings() {
        Cli checked = Cli.run("check", "iris", "--lr", "1e-9", "--json");
        assertThat(checked.code()).isZero();
        Map<String, Object> json = JsonText.object(checked.out());
        assertThat(json.keySet())
                .containsExactly(
                        "verdict",
                        "first_loss",
                        "overfitting_one_batch",
                        "gradient_flow",
                        "update_ratios",
                        "dead_units");
        assertThat(json).containsEntry("verdict", "problem");
        Map<String, Object> overfit = object(json, "overfitting_one_batch");
        assertThat(overfit).containsEntry("verdict", "problem").containsEntry("needed", null);
        Map<String, Object> ratios = object(json, "update_ratios");
        assertThat(ratios)
                .extractingByKey("findings")
                .asString()
                .startsWith("[{verdict=problem, what=an update changes dense1.weight by only ")
                .contains("causes=[a learning rate that is too low, ");
        assertThat(object(ratios, "parameters")).containsKeys("dense1.weight", "dense2.weight");
    }

    @Test
    void wrongOptionsAreRefusedBeforeAnyCheck() {
        assertThat(Cli.run("check", "iris", "--lr", "-1").code()).isEqualTo(2);
        assertThat(Cli.run("check", "nothing-of-that-name").code()).isEqualTo(2);
        assertThat(Cli.run("check", "iris", "--out", "x").code()).isEqualTo(2);
        for (String command : List.of("check", "lr-range")) {
            assertThat(Cli.run(command, "no/such/directory", "--optimizer", "lbfgs")
                            .err())
                    .contains("--optimizer: expects an optimizer that takes a step for each batch, got lbfgs");
        }
    }
}

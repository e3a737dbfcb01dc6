package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.datasets.Datasets;
import dev.neurite.io.Catalog;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Node;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ListTest {
    @Test
    void withoutAKindItCounts() {
        Map<String, Object> counts = JsonText.object(Cli.run("list", "--json").out());
        assertThat(counts.keySet().toString())
                .isEqualTo("[optimizers, schedules, losses, activations, initializers, layers, augmentations, settings,"
                        + " models, metrics, datasets]");
        assertThat(counts)
                .containsEntry("layers", (double)
                        Catalog.standard().entries(Node.class).size())
                .containsEntry("metrics", (double) Metrics.standard().size())
                .containsEntry("datasets", (double) Datasets.all().size());
        assertThat(Cli.run("list").out().lines())
                .hasSize(11)
                .allMatch(line -> line.matches("\\w+ +\\d+ +neurite list \\w+"));
    }

    @Test
    void runsAreListedByAnotherCommand() {
        Cli runs = Cli.run("list", "runs");
        assertThat(runs.code()).isEqualTo(2);
        assertThat(runs.err()).contains("got 'runs'. 'neurite runs ls' lists runs");
    }

    @Test
    void anEntryHasItsNameItsSentenceAndItsUsualSettings() {
        assertThat(Cli.run("list", "optimizers").out())
                .contains(
                        "adamw     Adam with decoupled weight decay\n",
                        "    rate=0.001 beta1=0.9 beta2=0.999 epsilon=1e-8")
                .contains("\nlbfgs ");
        assertThat(Cli.run("list", "layers").out())
                .contains("units=… activation=identity weights=xavier-uniform biases=zeros");
        assertThat(Cli.run("list", "metrics").out()).contains("top ", "-<k>=5");
        assertThat(Cli.run("list", "datasets").out()).contains("iris ", "150 iris flowers");
        assertThat(Cli.run("list", "schedules", "--json").out())
                .contains(
                        "{\"name\":\"step\",\"settings\":{\"size\":\"\",\"gamma\":\"0.1\",\"per\":\"step\",\"lasting\":\"0\"},\"meaning\":\"times"
                            + " gamma every size steps\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizers",
                "schedules",
                "losses",
                "activations",
                "initializers",
                "layers",
                "augmentations",
                "models",
                "metrics",
                "datasets"
            })
    void everyKindFitsATerminal(String kind) {
        Cli listed = Cli.run("list", kind);
        assertThat(listed.code()).isZero();
        assertThat(listed.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(130));
        assertThat(listed.err()).isEmpty();
    }
}

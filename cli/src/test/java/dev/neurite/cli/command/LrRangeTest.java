package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LrRangeTest {
    @TempDir
    Path temp;

    @Test
    void itDrawsTheLossAndSuggestsARateAndTheNextCommandWhichWorks() {
        Cli tried = Cli.run(
                "lr-range",
                "iris",
                "--layers",
                "16",
                "--optimizer",
                "sgd:momentum=0.9",
                "--no-standardize",
                "--seed",
                "3");
        assertThat(tried.code()).isZero();
        assertThat(tried.out().lines()).hasSizeGreaterThan(12).allMatch(line -> line.matches("[ -~]*")); // ASCII here
        assertThat(tried.out()).contains("smoothed loss over the learning rate", "1e-3", "\nsuggested ");
        String next = tried.err()
                .lines()
                .filter(line -> line.startsWith("next"))
                .findFirst()
                .orElseThrow();
        assertThat(next)
                .matches("next   neurite train iris --layers=16 --optimizer=sgd:momentum=0.9 --no-standardize --seed=3"
                        + " --lr=\\d\\.\\de-\\d\\d");

        List<String> words = new ArrayList<>(
                Arrays.asList(next.replaceFirst("next +neurite ", "").split(" ")));
        words.addAll(List.of("--json", "--out", temp.resolve("run").toString()));
        Cli trained = Cli.run(words.toArray(String[]::new));
        assertThat((Double) JsonText.object(trained.out()).get("accuracy")).isGreaterThan(0.8);
    }

    @Test
    void jsonHasThePointsAndTheSameOnesForAnyNumberOfThreads() {
        Cli one = Cli.run(
                "lr-range", "iris", "--json", "--threads", "1", "--from", "1e-4", "--to", "1e-1", "--steps", "7");
        Map<String, Object> json = JsonText.object(one.out());
        assertThat(json).containsKeys("suggested", "steepest", "tenth_of_lowest");
        List<?> points = (List<?>) json.getOrDefault("points", List.of());
        assertThat(points).hasSize(7);
        assertThat(((Map<?, ?>) points.getFirst()).get("rate")).isEqualTo(1e-4);
        Cli three = Cli.run(
                "lr-range", "iris", "--json", "--threads", "3", "--from", "1e-4", "--to", "1e-1", "--steps", "7");
        assertThat(three.out()).isEqualTo(one.out());
    }

    @Test
    void aLossThatNeverFallsHasNoSuggestion() {
        Cli tried = Cli.run("lr-range", "iris", "--from", "1e-12", "--to", "1e-11", "--steps", "3");
        assertThat(tried.out()).contains("no suggestion: the loss never falls");
        assertThat(tried.err()).doesNotContain("next");
        assertThat(JsonText.object(
                        Cli.run("lr-range", "iris", "--json", "--from", "1e-12", "--to", "1e-11", "--steps", "3")
                                .out()))
                .containsEntry("suggested", null);
    }

    @Test
    void whatHasNoRateIsRefused() {
        Cli refused = Cli.run("lr-range", "iris", "--optimizer", "lbfgs");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--optimizer: expects an optimizer that takes a step for each batch");
    }

    @Test
    void theRateAndTheCourseAreNoneOfItsOptions() {
        for (String option : List.of("--lr", "--schedule", "--epochs", "--ema")) {
            assertThat(Cli.run("lr-range", "iris", option, "1").code()).isEqualTo(2);
        }
    }
}

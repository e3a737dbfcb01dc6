package dev.neurite.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Cross-validation by `train --folds`.
final class FoldsTest {
    private static final String[] IRIS = {"--layers", "8", "--epochs", "5"};

    @TempDir
    Path temp;

    private static Cli iris(String... options) {
        return Cli.run(concat(new String[] {"train", "iris"}, IRIS, options));
    }

    private static String[] concat(String[]... all) {
        return Arrays.stream(all).flatMap(Arrays::stream).toArray(String[]::new);
    }

    @Test
    void eachFoldIsARowAndMeanAndDeviationFollow() {
        Cli result = iris("--folds", "4", "--metrics", "roc-auc");
        assertThat(result.code()).as(result.err()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(7);
        assertThat(lines.getFirst()).matches("fold +rows +loss +accuracy +roc-auc");
        assertThat(lines.get(1)).matches("1 +30 .*");
        assertThat(lines.get(5)).startsWith("mean");
        assertThat(lines.get(6)).startsWith("deviation");
        assertThat(result.err()).contains("4 of the 120 training rows of iris", "fold 4 of 4   accuracy ");
    }

    @Test
    @SuppressWarnings("unchecked")
    void meanAndDeviationAreThoseOfTheFolds() {
        Map<String, Object> json =
                JsonText.object(iris("--folds", "3", "--json").out());
        var folds = (List<Map<String, Object>>) Objects.requireNonNull(json.get("folds"));
        double[] losses = folds.stream()
                .mapToDouble(each -> (Double) Objects.requireNonNull(each.get("loss")))
                .toArray();
        double mean = (losses[0] + losses[1] + losses[2]) / 3;
        double squares = 0;
        for (double each : losses) squares += (each - mean) * (each - mean);
        var means = (Map<String, Object>) Objects.requireNonNull(json.get("mean"));
        var deviations = (Map<String, Object>) Objects.requireNonNull(json.get("deviation"));
        assertThat((Double) Objects.requireNonNull(means.get("loss"))).isCloseTo(mean, within(1e-12));
        assertThat((Double) Objects.requireNonNull(deviations.get("loss")))
                .isCloseTo(Math.sqrt(squares / 2), within(1e-12));
        assertThat(json)
                .isEqualTo(JsonText.object(
                        iris("--folds", "3", "--json", "--threads", "1").out()));
    }

    @Test
    void aConfigurationMaySayFoldsAndASearchMayNot() throws Exception {
        Path file =
                Files.writeString(temp.resolve("c.yaml"), "data: iris\nfolds: 3\nepochs: 2\nnetwork: {layers: 4}\n");
        Cli trained = Cli.run("train", file.toString());
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.out()).contains("mean");
        assertThat(Cli.run("config", "check", file.toString()).out()).contains("folds: 3");
        Cli searched = Cli.run(
                "search",
                file.toString(),
                "--grid",
                "optimizer.rate=0.1",
                "--out",
                temp.resolve("s").toString());
        assertThat(searched.code()).isEqualTo(2);
        assertThat(searched.err()).contains("folds: expects a training, got a search", "in its section search");
    }

    @Test
    void aValueIsJudgedByTheUnitsOfTheData() {
        Cli result = Cli.run("train", "diabetes", "--folds", "2", "--epochs", "2", "--layers", "4", "--metrics", "mae");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out().lines().findFirst().orElseThrow()).matches("fold +rows +loss +mae");
    }

    @Test
    void aScheduleThatWatchesTheLossSplitsEachTrainingPart() {
        Cli result = iris("--folds", "3", "--schedule", "reduce-on-plateau:patience=1", "--validation", "0.2");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).contains("3 of the 120 training rows of iris");
        assertThat(result.out().lines().toList().get(1)).matches("1 +40 .*");
    }

    @ParameterizedTest
    @CsvSource({
        "--folds 1,--folds: expects at least 2",
        "--folds 121,--folds: expects at most the 120 training rows",
        "--folds 3 --out x,--out: expects no --folds",
        "--folds 3 --profile,--profile: expects no --folds",
        "--folds 3 --validation 0.1,--validation: expects no --folds",
        "--folds 3 --schedule reduce-on-plateau,--schedule: expects validation data",
        "--folds 3 --checkpoint-every 5,--checkpoint-every: expects no --folds"
    })
    void whatSaysNothingToFoldsIsRefused(String options, String message) {
        Cli refused = iris(options.split(" "));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains(message);
    }
}

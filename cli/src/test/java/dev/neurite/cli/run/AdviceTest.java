package dev.neurite.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `train` says at the end of a training that went wrong in a known way.
final class AdviceTest {
    @TempDir
    Path temp;

    private String run = "";

    private Cli train(String... words) {
        run = temp.resolve("run").toString();
        List<String> all = new ArrayList<>(List.of("train"));
        all.addAll(List.of(words));
        all.addAll(List.of("--out", run, "--overwrite"));
        Cli trained = Cli.run(all.toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        return trained;
    }

    private static List<String> advice(Cli cli) {
        return cli.err().lines().filter(line -> line.startsWith("advice ")).toList();
    }

    /// Customers of whom about 8 % leave, mostly for reasons that are not in the table.
    private String churn(int rows) throws IOException {
        var random = new Random(8);
        var csv = new StringBuilder("tenure,price,calls,plan,churn\n");
        for (int i = 0; i < rows; i++) {
            int tenure = 1 + random.nextInt(72);
            int price = 10 + random.nextInt(110);
            int calls = (int) Math.min(7, -1.4 * Math.log(random.nextDouble()));
            double z = -3.4 - 0.025 * (tenure - 36) + 0.45 * calls + 0.01 * (price - 60);
            csv.append(tenure).append(',').append(price).append(',').append(calls);
            csv.append(random.nextBoolean() ? ",basic," : ",plus,");
            csv.append(random.nextDouble() < 1 / (1 + Math.exp(-z)) ? "yes\n" : "no\n");
        }
        return Files.writeString(temp.resolve("churn.csv"), csv).toString();
    }

    /// The figure of a sentence.
    private static double figure(String text, String before) {
        Matcher found =
                Pattern.compile(Pattern.quote(before) + " ([0-9.]+[0-9])").matcher(text);
        assertThat(found.find()).as(before + " in " + text).isTrue();
        return Double.parseDouble(found.group(1));
    }

    @Test
    void churnNamesTheThresholdOfHalfTheRecallAndItsPrecision() throws IOException {
        Cli trained = train(churn(2500), "--label", "churn", "--validation", "0.2", "--epochs", "8");
        List<String> lines = advice(trained);
        assertThat(lines).hasSizeBetween(2, 3);
        assertThat(lines.get(0))
                .contains("always answering 'no' has 0.9", " Try: neurite train ", "--class-weights balanced");
        String rare = lines.get(1);
        assertThat(rare)
                .contains(
                        "test rows of 'yes'",
                        "has recall 0.5",
                        "on the validation part",
                        "Try: neurite evaluate " + run + " --threshold recall=0.5");
        double threshold = figure(rare, "The threshold");
        double precision = figure(rare, "precision");
        // The command does what the advice says.
        Cli evaluated = Cli.run("evaluate", run, "--threshold", "recall=0.5", "--json");
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        JsonText.Answer json = JsonText.Answer.of(evaluated.out());
        assertThat(json.number("threshold", "value")).isEqualTo(threshold);
        assertThat(json.number("threshold", "chosen", "precision")).isBetween(precision - 0.006, precision + 0.006);
        assertThat(json.number("threshold", "chosen", "recall")).isBetween(0.5, 0.56);
        // The page and reports read the same.
        assertThat(Files.readString(Path.of(run, "advice.json")))
                .contains(rare.substring("advice ".length(), rare.indexOf(" Try: ")), "neurite evaluate");
        // What it proposes for the accuracy works when it is pasted.
        assertThat(Cli.run(
                                "train",
                                run + "/config.yaml",
                                "--class-weights",
                                "balanced",
                                "--out",
                                temp.resolve("again") + "")
                        .code())
                .isZero();
    }

    @Test
    void quietPrintsNoneAndJsonHasAll() throws IOException {
        String file = churn(600);
        assertThat(train(file, "--label", "churn", "--epochs", "2", "--quiet").err())
                .isEmpty();
        Cli json = train(file, "--label", "churn", "--epochs", "2", "--json");
        assertThat(json.out()).contains("\"advice\":[{\"verdict\":\"", "\"topic\":\"Rare class\"");
        assertThat(json.out()).contains("test part, which it was chosen on");
    }

    @Test
    void aTrainingThatGoesWellHasNone() {
        assertThat(advice(train("iris", "--epochs", "40"))).isEmpty();
    }

    @Test
    void aRateFarTooHigh() {
        List<String> lines = advice(train("iris", "--lr", "100", "--epochs", "3", "--seed", "1"));
        assertThat(lines.getFirst())
                .contains("where a constant prediction has 1.099", "The learning rate is too high.")
                .endsWith("Try: neurite lr-range " + run + "/config.yaml");
        Cli range = Cli.run("lr-range", run + "/config.yaml", "--steps", "10");
        assertThat(range.code()).as(range.err()).isZero();
    }

    @Test
    void oneClassIsNoSuccess() throws IOException {
        var csv = new StringBuilder("x,y,kind\n");
        for (int i = 0; i < 60; i++)
            csv.append(i * 7 % 13).append(',').append(i * 5 % 11).append(",only\n");
        String file = Files.writeString(temp.resolve("one.csv"), csv).toString();
        List<String> lines = advice(train(file, "--label", "kind", "--epochs", "20"));
        assertThat(lines.getFirst())
                .contains("All 12 test rows are of one class, 'only': an accuracy of 1.0000 says nothing.")
                .endsWith("Try: neurite data " + file + " --label kind");
    }

    @Test
    void deadUnits() {
        // Such a rate pushes the inputs of units below 0, for all rows.
        List<String> lines = advice(train("digits", "--lr", "1", "--epochs", "3", "--layers", "64,64"));
        assertThat(lines)
                .anySatisfy(line -> assertThat(line)
                        .contains("64 of 64 units of dense2 give 0 for each of 512 training rows")
                        .endsWith("Try: neurite train " + run + "/config.yaml --activation leaky-relu"));
    }

    @Test
    void fewStepsAndAPredictionNoBetterThanTheMean() {
        List<String> steps = advice(train("digits", "--epochs", "2", "--batch", "512"));
        assertThat(steps)
                .anySatisfy(line -> assertThat(line)
                        .contains("The training took 6 steps, and its loss was still falling")
                        .contains("--batch 16 --epochs 8"));
        List<String> mean = advice(train("diabetes", "--epochs", "2", "--lr", "1e-7"));
        assertThat(mean)
                .anySatisfy(line -> assertThat(line)
                        .contains("R² is", "always predicting their mean has 0.")
                        .endsWith("Try: neurite check " + run + "/config.yaml"));
    }

    @Test
    void overFittingOfFewRowsByALargeNetwork() {
        List<String> lines = advice(
                train("diabetes", "--epochs", "150", "--layers", "256,256", "--validation", "0.2", "--seed", "3"));
        assertThat(lines)
                .anySatisfy(
                        line -> assertThat(line).contains("validation loss", "--validation 0.1 --early-stopping 5"));
        assertThat(lines)
                .anySatisfy(line ->
                        assertThat(line).contains("training rows,", "for each").contains("--layers 128,128"));
        Cli stopped = Cli.run(
                "train",
                run + "/config.yaml",
                "--validation",
                "0.1",
                "--early-stopping",
                "5",
                "--out",
                temp.resolve("stopped").toString());
        assertThat(stopped.code()).as(stopped.err()).isZero();
        assertThat(advice(stopped)).noneMatch(line -> line.contains("has risen"));
        Cli smaller = Cli.run(
                "train",
                run + "/config.yaml",
                "--layers",
                "128,128",
                "--out",
                temp.resolve("smaller").toString());
        assertThat(smaller.code()).as(smaller.err()).isZero();
    }
}

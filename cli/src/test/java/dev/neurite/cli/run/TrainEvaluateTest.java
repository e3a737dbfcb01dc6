package dev.neurite.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import dev.neurite.cli.ConfigText;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.data.DataHash;
import dev.neurite.data.DataSplit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.datasets.DataDirectory;
import dev.neurite.metric.Metrics;
import dev.neurite.metric.Predictions.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainEvaluateTest {
    @TempDir
    Path temp;

    @Test
    void aDirectoryOfIdxFilesTrainsAndEvaluatesWithoutAnyOption() {
        Path data = TinyData.directory(temp.resolve("data"));
        Path out = temp.resolve("run");

        Cli trained = Cli.run("train", data.toString(), "--out", out.toString());
        assertThat(trained.err()).contains("[1×2×3]", "3 classes", "6-128-3 relu", "next   neurite evaluate");
        assertThat(trained.out()).startsWith("test accuracy ");
        assertThat(trained.code()).isZero();

        Cli evaluated = Cli.run("evaluate", out.toString());
        assertThat(evaluated.code()).isZero();
        assertThat(trained.out())
                .isEqualTo("test " + evaluated.out().lines().findFirst().orElseThrow() + "\n");
        assertThat(evaluated.out()).contains("precision", "support");
    }

    @Test
    void progressIsOnePlainLineAnEpochWhereThereIsNoTerminal() {
        Path data = TinyData.directory(temp.resolve("data"));
        Cli trained = Cli.run(
                "train",
                data.toString(),
                "--epochs",
                "3",
                "--out",
                temp.resolve("r").toString());
        List<String> lines =
                trained.err().lines().filter(line -> line.startsWith("epoch")).toList();
        assertThat(lines)
                .hasSize(3)
                .allSatisfy(line -> assertThat(line)
                        .matches("epoch=\\d loss=\\d\\.\\d{4} acc=\\d\\.\\d{4} test_loss=\\d\\.\\d{4}"
                                + " test_acc=\\d\\.\\d{4} sec=\\d+\\.\\d\\d"));
        assertThat(trained.err()).doesNotContain("\r", "\u001b");
    }

    @Test
    void quietSaysNothingButTheResult() {
        Path data = TinyData.directory(temp.resolve("data"));
        Cli trained = Cli.run(
                "-q", "train", data.toString(), "--out", temp.resolve("r").toString());
        assertThat(trained.err()).isEmpty();
        assertThat(trained.out().lines()).hasSize(1);
    }

    private static String hash(Path data, boolean train) {
        DataSplit split = DataDirectory.load(data, ImageInput.USUAL);
        return DataHash.sha256(train ? split.train() : split.test());
    }

    @Test
    void aRunKeepsItsSettingsEnvironmentMetricsAndModel() throws IOException {
        Path data = TinyData.directory(temp.resolve("data"));
        Path out = TinyData.run(data, temp.resolve("run"));
        try (var files = Files.list(out)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(TinyData.RUN_FILES);
        }
        assertThat(ConfigText.flat(out.resolve("config.yaml")))
                .containsEntry("epochs", 60)
                .containsEntry("network.layers", List.of(8));
        assertThat(JsonText.object(Files.readString(out.resolve("env.json"))))
                .containsKeys("java", "engine", "threads")
                .hasEntrySatisfying(
                        "data_sha256",
                        each -> assertThat((Map<?, ?>) each)
                                .hasToString("{train=" + hash(data, true) + ", test=" + hash(data, false) + "}"));

        List<String> metrics = Files.readAllLines(out.resolve("metrics.jsonl"));
        assertThat(metrics).hasSize(120); // an epoch has one batch: a line train and a line val
        Map<String, Object> last = JsonText.object(metrics.getLast());
        assertThat(last).containsKeys("v", "t", "step", "epoch", "k", "m").containsEntry("k", "test");
        assertThat(last).containsEntry("step", 60.0).containsEntry("epoch", 60.0);
    }

    @Test
    void jsonHasEveryFigureAndTheChecksumOfTheWeights() {
        Path data = TinyData.directory(temp.resolve("data"));
        String out = temp.resolve("run").toString();
        Cli trained = Cli.run("train", data.toString(), "--json", "--epochs", "2", "--out", out);
        Map<String, Object> result = JsonText.object(trained.out());
        Map<String, Object> evaluation = JsonText.object(
                Cli.run("evaluate", out, "--json", "--data", data.toString()).out());
        for (String same : List.of("accuracy", "loss", "weights", "rows")) {
            assertThat(evaluation.get(same)).isEqualTo(result.get(same));
        }
        assertThat(evaluation).containsEntry("rows", 15.0).containsKeys("classes", "macro_f1");
        assertThat((List<?>) evaluation.get("confusion"))
                .hasSize(3)
                .allSatisfy(row -> assertThat((List<?>) row).hasSize(3));
        assertThat((String) evaluation.get("weights")).matches("[0-9a-f]{64}");
    }

    @Test
    void profileTellsWhereTheTimeWent() {
        Path data = TinyData.directory(temp.resolve("data"));
        String text = temp.resolve("text").toString();
        Cli trained = Cli.run("train", data.toString(), "--profile", "--epochs", "2", "--out", text);
        List<String> lines = trained.out().lines().toList();
        assertThat(lines.getFirst()).startsWith("test accuracy ");
        assertThat(lines.get(1)).matches("layer +phase +calls +ms +share +GFLOP/s +MB +GB/s");
        assertThat(lines.stream().skip(2).map(line -> line.replaceAll("[\\d.,% ]+$", "")))
                .containsExactly(
                        "          data",
                        "flatten1  forward",
                        "dense1    forward",
                        "dense2    forward",
                        "          loss",
                        "dense2    backward",
                        "dense1    backward",
                        "          update",
                        "          other",
                        lines.getLast());
        assertThat(lines.getLast()).matches("total [\\d.,]+ ms, [\\d.]+ GFLOP/s");
        assertThat(trained.err()).contains("next   neurite evaluate");
    }

    @Test
    void profileIsAnArrayInJsonAndChangesNoWeight() {
        Path data = TinyData.directory(temp.resolve("data"));
        String out = temp.resolve("run").toString();
        Map<String, Object> json = JsonText.object(
                Cli.run("train", data.toString(), "--json", "--profile", "--epochs", "2", "--seed", "7", "--out", out)
                        .out());
        assertThat(json).containsEntry("weights", weights(data, "1", "7"));
        List<?> profile = (List<?>) json.getOrDefault("profile", List.of());
        assertThat(profile)
                .hasSize(9)
                .allSatisfy(row -> assertThat(((Map<?, ?>) row).keySet())
                        .hasToString("[layer, phase, calls, ms, share, flops, gflops, bytes]"));
        Map<?, ?> dense = (Map<?, ?>) profile.get(2);
        assertThat(dense.get("layer")).isEqualTo("dense1");
        assertThat(dense.get("phase")).isEqualTo("forward");
        assertThat(dense.get("calls")).isEqualTo(2.0);
        assertThat(dense.get("flops")).isEqualTo(2.0 * 6 * 128 * 60 * 2);
    }

    @Test
    void weightsDoNotDependOnTheNumberOfThreadsButOnTheSeed() {
        Path data = TinyData.directory(temp.resolve("data"));
        assertThat(weights(data, "1", "7")).isEqualTo(weights(data, "3", "7")).isNotEqualTo(weights(data, "1", "8"));
    }

    private Object weights(Path data, String threads, String seed) {
        String out = temp.resolve("run-" + threads + "-" + seed).toString();
        Cli trained = Cli.run(
                "train",
                data.toString(),
                "--json",
                "--epochs",
                "2",
                "--threads",
                threads,
                "--seed",
                seed,
                "--out",
                out);
        return JsonText.object(trained.out()).getOrDefault("weights", "");
    }

    @Test
    void valuesHaveNoConfusion() {
        Path out = temp.resolve("run");
        Cli.run("train", "diabetes", "--epochs", "1", "--layers", "4", "--out", out.toString());
        Cli refused = Cli.run("evaluate", out.toString(), "--confusion");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--confusion: expects data with classes, got numbers as targets");
    }

    @Test
    void evaluateNamesEveryMetricInItsHelp() {
        String help = Cli.run("evaluate", "--help").out();
        assertThat(Metrics.standard()).allSatisfy(metric -> assertThat(help).contains(metric.name()));
    }

    @Test
    void confusionShowsTheMatrixWithTheTruthInRows() {
        Path data = TinyData.directory(temp.resolve("data"));
        Path out = TinyData.run(data, temp.resolve("run"));
        Cli evaluated = Cli.run("evaluate", out.toString(), "--confusion");
        assertThat(evaluated.out()).contains("accuracy 1.0000 (15/15", "rows: the true class", "0  0  5  0  0");
    }

    /// The directory of a model of 2,001 classes, and a CSV file `t.csv` with two rows of each.
    private String manyClasses() throws IOException {
        var rows = new StringBuilder("x,kind\n");
        for (int i = 0; i < 4002; i++)
            rows.append(i).append(",c").append(i % 2001).append('\n');
        Path data = Files.writeString(temp.resolve("t.csv"), rows);
        String run = temp.resolve("run").toString();
        Cli trained =
                Cli.run("train", data.toString(), "--label", "kind", "--layers", "none", "--epochs", "1", "--out", run);
        assertThat(trained.code()).as(trained.err()).isZero();
        return run;
    }

    @Test
    void aMatrixOfThousandsOfClassesIsRefused() throws IOException {
        String run = manyClasses();
        Cli refused = Cli.run("evaluate", run, "--confusion");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("expects at most 2,000 classes for a confusion matrix, got 2,001");
        Cli evaluated = Cli.run("evaluate", run, "--json");
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        assertThat(JsonText.object(evaluated.out())).containsKey("accuracy").doesNotContainKey("confusion");
    }

    @Test
    void usualMetricsAreLeftOutWhereTheyNeedMuchOfTheHeap() throws Exception {
        String run = manyClasses();
        Path trained = temp.resolve("t.csv");
        Files.writeString(temp.resolve("other.csv"), Files.readString(trained) + "4002,c0\n");
        Process process = CliProcess.start(temp, List.of("-Xmx40m"), "evaluate", run, "--data", "other.csv");
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(temp.resolve("err")).content().contains("note: only loss and accuracy", "30 MB");
        assertThat(process.exitValue()).isZero();
        assertThat(out).startsWith("accuracy 0.");
    }

    @Test
    void aRegressionGivesItsAnswersInTheUnitsOfTheData() {
        String out = temp.resolve("run").toString();
        Cli trained = Cli.run("train", "diabetes", "--layers", "none", "--lr", "0.01", "--json", "--out", out);
        Map<String, Object> result = JsonText.object(trained.out());
        assertThat(result.get("accuracy")).isNull();
        assertThat((Double) result.get("loss")).isBetween(2000.0, 4500.0); // answers from 25 to 346
        assertThat((Double) result.get("r2")).isBetween(0.3, 0.7);
        assertThat(Cli.run("evaluate", out).out())
                .matches("(?s)loss \\d{4}\\.\\d{4}   R² 0\\.\\d{4}\nrmse  \\d\\d\\.\\d{4}\nmae   \\d\\d\\.\\d{4}\n");
    }

    @Test
    void metricsAskedForAreShownLoggedAndTheSameAfterwards() throws IOException {
        Path data = TinyData.directory(temp.resolve("data"));
        Path out = temp.resolve("run");
        String asked = "roc-auc,top-2,f1-class-1";
        Cli trained = Cli.run(
                "train", data.toString(), "--epochs", "2", "--metrics", asked, "--json", "--out", out.toString());
        assertThat(trained.err().lines().filter(line -> line.startsWith("epoch=")))
                .hasSize(2)
                .allMatch(line ->
                        line.matches(".* test_acc=\\S+ test_roc-auc=\\S+ test_top-2=\\S+ test_f1-class-1=\\S+ sec.*"));
        Map<?, ?> figures = (Map<?, ?>) JsonText.object(trained.out()).getOrDefault("metrics", Map.of());
        assertThat(figures.keySet()).hasToString("[roc-auc, top-2, f1-class-1]");
        Map<String, Object> line =
                JsonText.object(Files.readAllLines(out.resolve("metrics.jsonl")).getLast());
        Map<?, ?> logged = (Map<?, ?>) line.getOrDefault("m", Map.of());
        assertThat(logged.keySet()).hasToString("[loss, acc, roc-auc, top-2, f1-class-1]");
        assertThat((Double) logged.get("roc-auc")).isEqualTo((Double) figures.get("roc-auc"), within(1e-6));

        Cli evaluated = Cli.run("evaluate", out.toString(), "--metrics", asked, "--json");
        assertThat(JsonText.object(evaluated.out())).containsEntry("metrics", figures);
        assertThat(Cli.run("evaluate", out.toString(), "--metrics", asked).out().lines())
                .anyMatch(each -> each.matches("roc-auc     [01]\\.\\d{4}"))
                .anyMatch(each -> each.matches("f1-class-1  ([01]\\.\\d{4}|n/a)"));
    }

    @Test
    void aFigureThatCannotBeToldIsNullOrNotAvailable() throws IOException {
        Path data = TinyData.directory(temp.resolve("data"));
        byte[] ones = TinyData.labels(15);
        for (int i = 8; i < ones.length; i++) ones[i] = 1; // the test part has one class
        TinyData.write(data.resolve(TinyData.TEST_LABELS), ones);
        Path out = temp.resolve("run");
        Cli trained =
                Cli.run("train", data.toString(), "--epochs", "1", "--metrics", "roc-auc", "--out", out.toString());
        assertThat(trained.err()).contains(" test_roc-auc=n/a ");
        assertThat(trained.out()).endsWith("\nroc-auc  n/a\n");
        assertThat(Files.readString(out.resolve("metrics.jsonl"))).contains("\"roc-auc\":null}");
        assertThat(Cli.run("evaluate", out.toString(), "--json").out()).contains("\"mcc\":null");
    }

    @Test
    void metricsThatDoNotFitTheDataLeaveNoRun() {
        Path out = temp.resolve("run");
        Cli refused = Cli.run("train", "iris", "--metrics", "r2", "--out", out.toString());
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains("r2: expects probabilities of labels or values, got probabilities of classes");
        assertThat(out).doesNotExist();
    }

    @Test
    void theHelpNamesEveryMetricOfClassesAndOfValues() {
        String help = Cli.run("evaluate", "--help").out();
        assertThat(Metrics.standard())
                .filteredOn(each -> each.metric().measures(Kind.PROBABILITIES)
                        || each.metric().measures(Kind.VALUES))
                .allSatisfy(each -> assertThat(help).containsPattern("[\\s(]" + each.name() + "[-,; \\[.]"));
    }

    @Test
    void aTableLearnsWithTheDefaultSettings() {
        Cli trained =
                Cli.run("train", "iris", "--json", "--out", temp.resolve("run").toString());
        assertThat((Double) JsonText.object(trained.out()).get("accuracy")).isGreaterThan(0.9);
    }

    @Test
    void runsAreNumberedAndNeverOverwritten() {
        Path runs = temp.resolve("runs");
        Path first = RunDirectory.next(runs, "iris").path();
        Path second = RunDirectory.next(runs, "iris").path();
        assertThat(first.toString()).matches(".*\\d{4}-\\d\\d-\\d\\d_iris-1");
        assertThat(second.toString()).endsWith("_iris-2");
    }

    @Test
    void anEmptyDirectoryMayBeTheRunButNotOneWithFiles() {
        TinyData.write(temp.resolve("full/file"), new byte[1]);
        Cli refused = Cli.run("train", "iris", "--out", temp.resolve("full").toString());
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("error: --out", "expects a new or empty directory");
        assertThat(temp.resolve("full")).isDirectoryContaining("glob:**/file");
    }

    @Test
    void aTrainingThatFailsLeavesNoRunThatLooksWhole() {
        String out = temp.resolve("run").toString();
        Cli diverged = Cli.run("train", "iris", "--optimizer", "sgd", "--lr", "1e9", "--out", out);
        assertThat(diverged.code()).isEqualTo(5);
        assertThat(temp.resolve("run/model.safetensors")).doesNotExist();
        Cli evaluated = Cli.run("evaluate", out);
        assertThat(evaluated.code()).isEqualTo(3);
        assertThat(evaluated.err()).contains("whose training has not ended");
    }

    @Test
    void aScheduleDependsOnTheLossOfValidationDataAlone() throws IOException {
        String[] train = {
            "train",
            "iris",
            "--epochs",
            "2",
            "--schedule",
            "reduce-on-plateau",
            "--out",
            temp.resolve("plateau").toString()
        };
        Cli refused = Cli.run(train);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains("--schedule: expects validation data, as reduce-on-plateau depends on its loss")
                .contains("got only training and test data. Add --validation 0.1");
        String[] validated = Arrays.copyOf(train, train.length + 2);
        validated[train.length] = "--validation";
        validated[train.length + 1] = "0.2";
        Cli trained = Cli.run(validated);
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains(" val_loss=").doesNotContain("test_loss=");
        assertThat(Files.readString(temp.resolve("plateau/metrics.jsonl"))).contains("\"k\":\"val\"");
    }

    @Test
    void aScheduleOfHigherValuesWatchesTheAccuracy() {
        String schedule = "reduce-on-plateau:higher-is-better=true,patience=0,threshold=0.9,factor=0.5";
        Cli trained = Cli.run(
                "train",
                "iris",
                "--epochs",
                "3",
                "--schedule",
                schedule,
                "--validation",
                "0.2",
                "--out",
                temp.resolve("higher").toString());
        assertThat(trained.code()).as(trained.err()).isZero();
        Cli unvalidated = Cli.run("train", "iris", "--schedule", schedule);
        assertThat(unvalidated.code()).isEqualTo(2);
        assertThat(unvalidated.err()).contains("--schedule: expects validation data", "depends on its accuracy");
        Cli values = Cli.run("train", "diabetes", "--schedule", schedule, "--validation", "0.2");
        assertThat(values.code()).isEqualTo(2);
        assertThat(values.err())
                .contains("--schedule: expects data with classes, as reduce-on-plateau", "got numbers as targets")
                .contains("Without higher-is-better it depends on the loss");
    }
}

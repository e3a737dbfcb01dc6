package dev.neurite.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.io.Checkpoints;
import dev.neurite.train.cluster.ClusterService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Trainings with `--spark`, whose cluster is [FakeCluster].
final class ClusterRunTest {
    private static final ServiceClasses CLUSTER =
            new ServiceClasses(ClusterService.class, Optional.of(FakeCluster.class));
    private static final ServiceClasses NONE = new ServiceClasses(ClusterService.class, Optional.empty());

    @TempDir
    private Path temp;

    private Path run(String name) {
        return temp.resolve(name);
    }

    private static List<String> words(String options) {
        return options.isEmpty() ? List.of() : Arrays.asList(options.split(" ", -1));
    }

    private Cli train(String name, String data, String options) {
        List<String> all =
                new ArrayList<>(List.of("train", data, "--out", run(name).toString()));
        all.addAll(words(options));
        return CLUSTER.call(() -> Cli.run(all.toArray(String[]::new)));
    }

    private static Cli trained(Cli cli) {
        assertThat(cli.code()).as(cli.err()).isZero();
        return cli;
    }

    private static Map<String, Object> result(Cli cli) {
        Map<String, Object> result = JsonText.object(trained(cli).out());
        result.keySet().removeAll(List.of("run", "seconds", "advice"));
        return result;
    }

    private String config(String name) throws IOException {
        return Files.readString(run(name).resolve("config.yaml"));
    }

    /// The lines of the log without times.
    private List<String> metrics(String name) throws IOException {
        return Files.readAllLines(run(name).resolve("metrics.jsonl")).stream()
                .map(line -> line.replaceFirst("\"t\":[0-9.]+,", ""))
                .toList();
    }

    // --------------------------------------------------------------------------------------------- the same training

    @ParameterizedTest
    @ValueSource(
            strings = {
                "digits --layers 16 --dropout 0.2 --epochs 2",
                "digits --shards 3 --batch 24 --epochs 2 --drop-last --accumulate 2 --optimizer sgd --momentum 0.9"
                        + " --clip-norm 1 --ema 0.9 --warmup 10",
                "images --stack conv2d:channels=2,kernel=2 --stack batch-norm --shards 2 --batch 32 --epochs 2"
                        + " --class-weights balanced --label-smoothing 0.1 --augment crop:padding=1",
                "diabetes --epochs 3 --loss huber:delta=1.5 --l2 0.01 --freeze dense1.bias=1 --metrics mae",
                "iris --epochs 6 --validation 0.2 --schedule reduce-on-plateau:patience=1 --early-stopping 2"
                        + " --shards 4",
                "iris --epochs 3 --swa 2 --balance --reduction sum --lr 0.001 --group dense1.*:rate=0.1",
            })
    void hasTheBitsOfOneMachine(String line) throws IOException {
        String data = line.split(" ", 2)[0];
        String options = line.substring(data.length()).strip();
        String here = options.contains("--shards") ? " --rows-by-shard" : " --rows-by-shard --shards 8";
        String source =
                data.equals("images") ? TinyData.directory(temp.resolve("data")).toString() : data;
        Map<String, Object> alone = result(train("alone", source, options + here + " --json"));
        Map<String, Object> spread = result(train("spread", source, options + " --spark fake --json"));
        assertThat(spread).isEqualTo(alone);
        assertThat(config("spread")).isEqualTo(config("alone")).contains("rows-by-shard: true");
        assertThat(metrics("spread")).isEqualTo(metrics("alone"));
    }

    @Test
    void beginsWithTheWeightsOfAnotherRun() {
        trained(train("first", "digits", "--layers 16 --epochs 1"));
        String from = "--from " + run("first") + " --epochs 1 --shards 4 --json";
        Map<String, Object> alone = result(train("alone", "digits", from + " --rows-by-shard"));
        assertThat(result(train("spread", "digits", from + " --spark fake"))).isEqualTo(alone);
    }

    @Test
    void rowsByShardAreAnotherOrder() {
        String options = "--layers 8 --epochs 1 --shards 8 --json";
        Object cut = result(train("cut", "digits", options)).get("weights");
        assertThat(result(train("belong", "digits", options + " --rows-by-shard"))
                        .get("weights"))
                .isNotEqualTo(cut);
    }

    @ParameterizedTest
    @CsvSource({"'', ' --spark fake'", "' --spark fake', ''"})
    void beginsOnOneAndGoesOnOnTheOther(String begins, String goesOn) throws IOException {
        String options =
                "--layers 16 --dropout 0.2 --epochs 4 --shards 4 --rows-by-shard --checkpoint-epochs 1 --keep 9"
                        + " --json";
        Map<String, Object> whole = result(train("run", "digits", options + begins));
        Path run = run("run");
        Files.delete(run.resolve("model.safetensors"));
        List<Path> checkpoints = Checkpoints.files(run.resolve("checkpoints"));
        assertThat(checkpoints).hasSize(4);
        for (Path each : checkpoints.subList(2, 4)) Files.delete(each);
        List<String> resume = new ArrayList<>(List.of("train", "--resume", run.toString(), "--json"));
        resume.addAll(words(goesOn.strip()));
        Cli resumed = CLUSTER.call(() -> Cli.run(resume.toArray(String[]::new)));
        assertThat(result(resumed)).isEqualTo(whole);
        assertThat(resumed.err()).contains("in epoch 3");
    }

    @Test
    void aPausedRunIsToGoOnOnTheCluster() {
        Cli paused = train("run", "digits", "--epochs 1000 --time-limit 1s --spark fake");
        assertThat(paused.code()).as(paused.err()).isEqualTo(7);
        assertThat(paused.err()).contains("next   neurite train --resume " + run("run") + " --spark fake\n");
    }

    @Test
    void aRunWhoseRowsBelongToNoShardsGoesOnOnlyWhereItBegan() throws IOException {
        trained(train("run", "iris", "--epochs 2 --shards 4"));
        Files.delete(run("run").resolve("model.safetensors"));
        Cli resumed = CLUSTER.call(() -> Cli.run("train", "--resume", run("run").toString(), "--spark", "fake"));
        assertThat(resumed.code()).isEqualTo(2);
        assertThat(resumed.err()).contains("got rows-by-shard true instead of unset");
    }

    @Test
    void aPageShowsIt() {
        List<String> all = List.of(
                "train", "iris", "--epochs", "2", "--spark", "fake", "--ui-port", "0", "--out", run("run") + "");
        Cli shown = CLUSTER.call(() -> Cli.withInput("\n", all.toArray(String[]::new)));
        assertThat(trained(shown).err()).contains("page   http://");
        assertThat(run("run").resolve("histograms.jsonl")).doesNotExist(); // no probe looks into steps elsewhere
    }

    // ------------------------------------------------------------------------------------ what is said and asked

    @Test
    void saysWhoTrains() {
        String err = trained(train("run", "iris", "--epochs 1 --workers 3 --spark fake --spark-conf spark.a=b=c"))
                .err();
        assertThat(err)
                .contains("note: conf {spark.a=b=c} log Optional[" + run("run").resolve("spark.log") + "]\n")
                .contains("\nspark  fake   workers 3\n", "shards 8   rows-by-shard", "\nnote: closed fake\n");
        assertThat(err.indexOf("\nspark  ")).isBetween(err.indexOf("\ntrain  "), err.indexOf("\nepoch=1"));
    }

    @Test
    void theEnvironmentOfARunNamesItsCluster() throws IOException {
        trained(train("run", "iris", "--epochs 1 --workers 3 --spark fake"));
        trained(train("alone", "iris", "--epochs 1"));
        assertThat(environment("run").get("cluster"))
                .isEqualTo(Map.of("software", "a fake", "master", "fake", "workers", 3.0));
        assertThat(environment("alone")).doesNotContainKey("cluster");
    }

    private Map<String, Object> environment(String name) throws IOException {
        return JsonText.object(Files.readString(run(name).resolve("env.json")));
    }

    @Test
    void aTerminalShowsThatAnEpochIsTakenElsewhere() {
        String[] all = {
            "train",
            "iris",
            "--epochs",
            "2",
            "--spark",
            "fake",
            "--out",
            run("run").toString()
        };
        String err = trained(CLUSTER.call(() -> Cli.onTerminal(Map.of(), all))).err();
        assertThat(err)
                .contains("\repoch 1/2  its steps are taken on the cluster", "epoch 2/2  its steps")
                .doesNotContain("ms/step", "epoch 3");
    }

    @Test
    void aClusterThatDoesNotAnswerLeavesNothing() {
        Cli refused = train("run", "iris", "--spark nobody");
        assertThat(refused.code()).isEqualTo(6);
        assertThat(refused.err()).contains("error: nobody: does not answer");
        assertThat(run("run")).doesNotExist();
    }

    @Test
    void theLogOfAClusterThatDoesNotAnswerIsNamedAndKept() throws IOException {
        Files.createDirectories(run("run"));
        Files.writeString(run("run").resolve("spark.log"), "no such host");
        Cli refused = train("run", "iris", "--spark nobody");
        assertThat(refused.err()).contains("log    " + run("run").resolve("spark.log") + "\nerror: nobody: ");
        assertThat(run("run")).isDirectoryContaining("glob:**/spark.log").isDirectoryNotContaining("glob:**/.lock");
    }

    @Test
    void theLogOfATrainingThatFailsIsNamedAndKept() throws IOException {
        Files.createDirectories(run("run"));
        Files.writeString(run("run").resolve("spark.log"), "a worker was lost");
        Cli failed = train("run", "iris", "--optimizer sgd --lr 1e9 --epochs 3 --spark fake");
        assertThat(failed.code()).isPositive();
        assertThat(failed.err()).contains("log    " + run("run").resolve("spark.log") + "\nerror: ");
        assertThat(run("run").resolve("spark.log")).hasContent("a worker was lost");
    }

    @Test
    void whatAClusterSaysBeforeARunBeginsDoesNotKeepItFromBeginning() throws IOException {
        Files.createDirectories(run("run"));
        Files.writeString(run("run").resolve("spark.log"), "no such host");
        trained(train("run", "iris", "--epochs 1 --spark fake"));
        assertThat(run("run").resolve("spark.log")).hasContent("no such host");
        trained(train("run", "iris", "--epochs 1 --overwrite"));
    }

    // --------------------------------------------------------------------------------------------- what is refused

    @ParameterizedTest
    @CsvSource({
        "--folds 3, --folds",
        "--profile, --profile",
        "--watch-updates 5, --watch-updates",
        "--prefetch 2, --prefetch",
        "--validate-every 5, --validate-every",
        "--checkpoint-every 5, --checkpoint-every",
        "--skip-diverged 1, --skip-diverged",
        "--optimizer lbfgs, --optimizer lbfgs",
    })
    void refusesWhatNeedsTheStepsHere(String options, String named) {
        Cli refused = train("run", "iris", options + " --spark fake");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("error: " + named + ": expects no --spark, whose workers take the steps");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--workers 2 | --workers: expects --spark, got none",
                "--spark-conf spark.a=1 | --spark-conf: expects --spark, got none",
                "--spark fake --workers 0 | --workers: expects at least 1, got 0",
                "--spark fake --workers 9 | --workers: expects at most one for each of the 8 shards, got 9",
                "--spark fake --spark-conf a=1 | --spark-conf: expects KEY=VALUE with a key that begins with spark.",
                "--spark fake --spark-conf spark.a | --spark-conf: expects KEY=VALUE",
                "--spark fake --spark-conf spark.driver.memory=lots | --spark-conf: expects no spark.driver.memory, as"
                        + " the driver is this process, which runs already, got 'spark.driver.memory=lots'. Use"
                        + " NEURITE_JAVA_OPTS=-Xmx…",
                "--spark fake --spark-conf spark.master=local | --spark-conf: expects --spark for spark.master",
                "--spark fake --spark-conf spark.a=1 --spark-conf spark.a=2 | got spark.a twice",
                "--spark fake --shards 3 | --shards: expects a divisor of the batch size 16, as rows belong to shards,"
                        + " got 3. Or take --batch 18",
                "--rows-by-shard --shards 5 --batch 24 | --shards: expects a divisor of the batch size 24",
                "--shards 0 | --shards: expects at least 1, got 0",
                "--optimizer lbfgs --shards 2 | --shards: expects an optimizer that takes a step for each batch",
                "--optimizer lbfgs --rows-by-shard | --rows-by-shard: expects an optimizer",
                "--spark fake --augment mixup | --augment: expects augmentations that change each row by itself",
            })
    void refusesByTheNameOfTheOption(String line) {
        String[] parts = line.split(" \\| ", 2);
        Cli refused = train("run", "iris", parts[0]);
        assertThat(refused.code()).as(refused.err()).isEqualTo(2);
        assertThat(refused.err()).contains(parts[1]);
        assertThat(run("run")).doesNotExist();
    }

    @Test
    void theLineOfAConfigurationIsNamed() throws IOException {
        Path file = Files.writeString(run("c.yaml"), "data: iris\nbatch: 16\nshards: 3\n");
        Cli refused = CLUSTER.call(() -> Cli.run("train", file.toString(), "--spark", "fake"));
        assertThat(refused.err()).contains(file + ":3 shards: expects a divisor of the batch size 16");
    }

    @ParameterizedTest
    @ValueSource(strings = {"spark: fake", "workers: 2", "spark-conf: [spark.a=1]"})
    void whereARunComputesIsNoKey(String line) throws IOException {
        Path file = Files.writeString(run("c.yaml"), "data: iris\n" + line + "\n");
        Cli refused = Cli.run("train", file.toString());
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("c.yaml:2");
    }

    // -------------------------------------------------------------------------------------------------------- no Spark

    private static Cli without(Map<String, String> environment) {
        return NONE.call(() -> Cli.onTerminal(environment, "train", "iris", "--spark", "local[2]"));
    }

    @Test
    void withoutSparkItSaysWhatToSet() {
        Cli refused = without(Map.of());
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains(
                        "error: --spark: expects SPARK_HOME, got none. Get Apache Spark 4.2 from spark.apache.org, and"
                                + " set SPARK_HOME to its directory");
    }

    @Test
    void aDirectoryWithoutSparkIsNamed() {
        assertThat(without(Map.of("SPARK_HOME", temp.toString())).err())
                .contains("error: SPARK_HOME: expects a directory with jars/spark-core_*.jar, got " + temp);
    }

    @Test
    void aProgramWithoutSparksModuleNamesTheScript() throws IOException {
        Files.createFile(Files.createDirectory(run("jars")).resolve("spark-core_2.13-4.2.0.jar"));
        assertThat(without(Map.of("SPARK_HOME", temp.toString())).err())
                .contains("expects Apache Spark 4.2, got other classes", "Start the script neurite");
    }

    // ----------------------------------------------------------------------------------------------------------- help

    @Test
    void theHelpAndTheCompletionHaveTheOptions() {
        String help = Cli.run("help", "train", "--all").out();
        assertThat(help).contains("Training on a cluster:", "--spark=MASTER", "--workers=N", "--spark-conf=KEY=VALUE");
        assertThat(Stream.of("check", "lr-range"))
                .allSatisfy(command -> assertThat(Cli.run(command, "--help").out())
                        .contains("--shards=S")
                        .doesNotContain("--spark="));
    }
}

package dev.neurite.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.ConfigText;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.cli.command.InitCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigTest {
    @TempDir
    Path temp;

    private String file(String text) {
        return TinyData.write(temp.resolve("c.yaml"), text.getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private Cli train(String text, String... options) {
        String[] words = Stream.concat(Stream.of("train", file(text)), Stream.of(options))
                .toArray(String[]::new);
        return Cli.run(words);
    }

    private String out(String name) {
        return temp.resolve(name).toString();
    }

    private Map<String, Object> trained(String text, String... options) {
        String[] more = Stream.concat(Stream.of(options), Stream.of("--out", out("run")))
                .toArray(String[]::new);
        Cli trained = train(text, more);
        assertThat(trained.code()).as(trained.err()).isZero();
        return ConfigText.flat(temp.resolve("run/config.yaml"));
    }

    private static final String ALL = """
        data: {source: iris, prefetch: 0}
        network: {layers: [8, 8], activation: {name: leaky-relu, slope: 0.2}, dropout: 0.2, input_noise: 0.1}
        loss: {name: cross-entropy, smoothing: 0.1, class_weights: balanced}
        optimizer: {name: sgd, rate: 0.01, momentum: 0.9, weight_decay: 0.01, no-bias-decay: true, clip_norm: 1}
        schedule: [{name: warmup, length: 3}, 'step:size=5']
        freeze: [dense1.bias=1]
        epochs: 2
        batch: 8
        seed: 7
        """;

    @Test
    void aConfigurationTrainsAsItsOptionsDo() {
        Cli said = train(ALL, "--json", "--out", out("a"));
        Cli typed = Cli.run(("train iris --prefetch 0 --layers 8,8 --activation leaky-relu:slope=0.2 --dropout 0.2"
                        + " --input-noise 0.1 --loss cross-entropy:smoothing=0.1 --class-weights balanced --lr 0.01"
                        + " --optimizer sgd:momentum=0.9 --weight-decay 0.01 --no-bias-decay --clip-norm 1"
                        + " --schedule warmup:length=3+step:size=5 --freeze dense1.bias=1 --epochs 2 --batch 8"
                        + " --seed 7 --json --out " + out("b"))
                .split(" ", -1));
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(JsonText.object(said.out()).get("weights"))
                .isEqualTo(JsonText.object(typed.out()).get("weights"));
        assertThat(temp.resolve("a/config.yaml")).hasSameTextualContentAs(temp.resolve("b/config.yaml"));
    }

    @Test
    void theCommandLineGoesBeforeTheFile() {
        Map<String, Object> config = trained(
                ALL,
                "--lr",
                "0.5",
                "--set",
                "epochs=3",
                "--set",
                "loss.smoothing=0.2",
                "--momentum",
                "0",
                "--layers",
                "4");
        assertThat(config)
                .containsEntry("optimizer.rate", 0.5)
                .containsEntry("optimizer.momentum", 0)
                .containsEntry("epochs", 3)
                .containsEntry("loss.smoothing", 0.2)
                .containsEntry("network.layers", List.of(4))
                .containsEntry("seed", 7);
        Map<String, Object> other =
                ConfigText.flat(checked(ALL.replace("momentum: 0.9, ", ""), "--set", "optimizer=adam"));
        assertThat(other).containsEntry("optimizer.name", "adam").containsEntry("optimizer.rate", 0.001);
    }

    /// The documents by which YamlSettingsTest of module spark trains estimators, with the hash of the
    /// weights.
    @ParameterizedTest
    @ValueSource(strings = {"layers", "stack"})
    void aDocumentTrainsTheWeightsOfTheEstimatorsForSpark(String name) throws IOException {
        String text = Files.readString(Path.of("src", "test", "resources", "estimators", name + ".yaml"));
        String weights = text.substring("# weights ".length(), text.indexOf('\n'));
        Cli trained = train(text, "--json", "--out", out("run"));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(JsonText.object(trained.out()).get("weights")).isEqualTo(weights);
    }

    private Path checked(String text, String... options) {
        Cli checked = Cli.run(Stream.concat(Stream.of("config", "check", file(text)), Stream.of(options))
                .toArray(String[]::new));
        assertThat(checked.code()).as(checked.err()).isZero();
        return TinyData.write(temp.resolve("checked.yaml"), checked.out().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatCheckTellsIsWhatARunKeeps() {
        Path told = checked(ALL);
        trained(ALL);
        assertThat(told).hasSameTextualContentAs(temp.resolve("run/config.yaml"));
    }

    @Test
    void aNetworkIsSaidLayerByLayer() {
        String text = """
            data: %s
            network:
              - conv2d: {channels: 2, kernel: 2, activation: {name: leaky-relu, slope: 0.2}}
              - residual: {body: {name: conv2d, channels: 2, kernel: 1}}
              - flatten
              - dense:
                  units: 4
                  activation: relu
              - dropout: {rate: 0.1}
            epochs: 1
            """.formatted(TinyData.directory(temp.resolve("data")));
        trained(text);
        String layers = Cli.run("summary", out("run")).out();
        assertThat(layers)
                .contains(
                        "conv2d(2, 2×2, leaky-relu(0.2)",
                        "residual",
                        "flatten",
                        "dense(4, relu, weights he-uniform)",
                        "dropout")
                .contains("dense(3, softmax");
        Cli again = Cli.run("train", out("run/config.yaml"), "--out", out("again"));
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(temp.resolve("again/model.safetensors"))
                .hasSameBinaryContentAs(temp.resolve("run/model.safetensors"));
    }

    // ------------------------------------------------------------------------------------------- what is refused

    static Stream<Arguments> refused() {
        String bomb = "a: &a [x, x]\n"
                + IntStream.range(0, 30)
                        .mapToObj(i ->
                                "a%d: &a%d [*a%s, *a%s]\n".formatted(i, i, i == 0 ? "" : i - 1, i == 0 ? "" : i - 1))
                        .collect(Collectors.joining());
        String few = "a: &a [x]\n"
                + IntStream.range(0, 60).mapToObj(i -> "b" + i + ": *a\n").collect(Collectors.joining());
        return Stream.of(
                Arguments.of(
                        "unknown key",
                        "data: iris\noptimizer:\n  name: adam\n  learing_rate: 5\n",
                        "c.yaml:4: expects a known key under optimizer, got 'learing_rate'. Did you mean 'rate'?"),
                Arguments.of(
                        "unknown at the top",
                        "data: iris\nepoch: 5\n",
                        "c.yaml:2: expects a known key, got 'epoch'. Did you mean 'epochs'?"),
                Arguments.of(
                        "in the wrong place",
                        "data: iris\noptimizer: {epochs: 5}\n",
                        "'epochs' belongs to the top level"),
                Arguments.of("in the wrong section", "data: iris\ndropout: 0.5\n", "'dropout' belongs under network"),
                Arguments.of(
                        "unknown setting",
                        "data: iris\nschedule: {name: step, sise: 5}\n",
                        "c.yaml:2: expects a known key under schedule, got 'sise'. Did you mean 'size'?"),
                Arguments.of(
                        "unknown name",
                        "data: iris\nloss: {name: focl}\n",
                        "c.yaml:2 loss: expects one of cross-entropy"),
                Arguments.of(
                        "unknown name in short",
                        "data: iris\n\nloss: focl\n",
                        "c.yaml:3 loss: expects one of cross-entropy"),
                Arguments.of(
                        "duplicate key",
                        "data: iris\nl_r: 1\nl-r: 2\n",
                        "c.yaml:3: expects each key once, got 'l-r' as in "),
                Arguments.of("alias bomb", bomb, "c.yaml:15: expects at most 100000 values, got more"),
                Arguments.of("many aliases", few, "c.yaml:52: expects at most 50 aliases, got more"),
                Arguments.of("unknown alias", "data: *nothing\n", "c.yaml:1: expects an anchor &nothing before"),
                Arguments.of("alias of itself", "data: &a [*a]\n", "c.yaml:1: expects an anchor &a before"),
                Arguments.of(
                        "tag",
                        "data: !!java.lang.Runtime []\n",
                        "c.yaml:1: expects plain values, got the tag !!java.lang.Runtime"),
                Arguments.of("own tag", "data: iris\nseed: !x 5\n", "c.yaml:2: expects plain values, got the tag !x"),
                Arguments.of("depth", "data: " + "[".repeat(60) + "]".repeat(60), "expects at most 50 levels"),
                Arguments.of("depth without an end", "data: " + "[".repeat(100_000), "expects at most 50 levels"),
                Arguments.of("size", "# " + "x".repeat(1 << 20), "expects at most 1 MB of YAML, got more"),
                Arguments.of("two documents", "data: iris\n---\ndata: iris\n", "c.yaml:3: expects one YAML document"),
                Arguments.of("no YAML", "data: iris\nnetwork: [8, 8\nepochs: 3\n", "c.yaml:3: expects YAML: "),
                Arguments.of("a tab", "data:\n\tsource: iris\n", "c.yaml:2: expects YAML: "),
                Arguments.of("a list", "- iris\n", "c.yaml:1: expects keys with values"),
                Arguments.of("nothing", "", "expects data with a source"),
                Arguments.of("no value", "data: iris\nepochs:\n", "c.yaml:2 epochs: expects a value, got nothing"),
                Arguments.of(
                        "a mapping as a number",
                        "data: iris\nepochs: {a: 1}\n",
                        "c.yaml:2 epochs: expects a value, got a mapping"),
                Arguments.of(
                        "no is no truth value",
                        "data: iris\nnetwork: {standardize: no}\n",
                        "c.yaml:2 network.standardize: expects true or false, got 'no'"),
                Arguments.of(
                        "a fraction",
                        "data: iris\nepochs: 1.5\n",
                        "c.yaml:2 epochs: expects a whole number up to 2147483647, got '1.5'"),
                Arguments.of("out of range", "data: iris\nepochs: 0\n", "c.yaml:2 epochs: expects at least 1, got 0"),
                Arguments.of(
                        "rate",
                        "data: iris\noptimizer:\n  name: adam\n  rate: -1\n",
                        "c.yaml:4 optimizer.rate: expects a number above 0 and below 1e10, got -1.0"),
                Arguments.of(
                        "not a number", "data: iris\noptimizer:\n  rate: .nan\n", "c.yaml:3 optimizer.rate: expects"),
                Arguments.of("infinity", "data: iris\noptimizer:\n  rate: 1e30\n", "c.yaml:3 optimizer.rate: expects"),
                Arguments.of(
                        "dropout",
                        "data: iris\nnetwork:\n  layers: 8\n  dropout: 1\n",
                        "c.yaml:4 network.dropout: expects a rate from 0 to below 1, got 1.0"),
                Arguments.of(
                        "momentum",
                        "data: iris\noptimizer: {name: sgd,\n  momentum: 1}\n",
                        "c.yaml:3 optimizer.momentum: expects a number from 0 to below 1, got 1.0"),
                Arguments.of(
                        "where the option is not named",
                        "data: iris\n\n\nema: 1\n",
                        "c.yaml:4 ema: expects a number from 0 to below 1, got 1.0"),
                Arguments.of("text as a number", "data: iris\nbatch: many\n", "c.yaml:2 batch: expects a whole number"),
                Arguments.of(
                        "two networks",
                        "data: iris\nnetwork: {layers: 8, model: lenet5}\n",
                        "c.yaml:2 network.model: expects no --layers"),
                Arguments.of(
                        "comma in a setting",
                        "data: iris\noptimizer: {name: adam, beta1: '0.5,beta2=0.3'}\n",
                        "c.yaml:2 optimizer.beta1: expects one value"),
                Arguments.of("of other data", "data: iris\nloss: bce\n", "c.yaml:2 loss: expects data with 2 classes"),
                Arguments.of("escapes", "data: iris\n\"\\e[31m\": 5\n", "got '\\u001b[31m'"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void whatIsWrongIsRefusedWithItsLine(String name, String text, String message) {
        Cli result = train(text, "--out", out("run"));
        assertThat(result.err()).contains(message).startsWith("error: ");
        assertThat(result.code()).isEqualTo(2);
        assertThat(temp.resolve("run")).doesNotExist();
        assertThat(Cli.run("config", "check", out("c.yaml")).err()).isEqualTo(result.err());
    }

    @Test
    void aChangeToNullTakesAKeyAway() throws IOException {
        String text = "data: iris\ntime-limit: 1s\noptimizer: {name: adam, rate: 0.01}\n";
        assertThat(ConfigText.flat(checked(text))).containsEntry("time-limit", "1s");
        assertThat(ConfigText.flat(checked(text, "--set", "time_limit=null", "--set", "optimizer.rate=null")))
                .doesNotContainKey("time-limit")
                .containsEntry("optimizer.rate", 0.001);
    }

    @Test
    void theCheckLooksAtTheSectionOfASearchToo() {
        String text = "data: iris\nepochs: 1\nsearch:\n  ";
        Cli good = Cli.run("config", "check", file(text + "grid: {optimizer.rate: [0.1, 0.2]}\n"));
        assertThat(good.code()).as(good.err()).isZero();
        assertThat(good.err()).contains("search 2 trials, grid, 5 folds of 120 rows, by accuracy");
        Cli strategy = Cli.run("config", "check", file(text + "strategy: foo\n"));
        assertThat(strategy.code()).isEqualTo(2);
        Cli key = Cli.run("config", "check", file(text + "grid: {optimizer.rat: [0.1]}\n"));
        assertThat(key.code()).isEqualTo(2);
        assertThat(key.err()).contains("Did you mean 'rate'?");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        assertThat(Cli.run("train", out("none.yaml")))
                .returns(3, Cli::code)
                .extracting(Cli::err)
                .asString()
                .contains("none.yaml: expects a YAML file, got none");
        TinyData.write(temp.resolve("dir.yaml/x"), new byte[0]);
        assertThat(Cli.run("train", out("dir.yaml")).err()).contains("expects a YAML file, got a directory");
        Path latin = TinyData.write(temp.resolve("latin.yaml"), new byte[] {'#', (byte) 0xe4, '\n'});
        assertThat(Cli.run("train", latin.toString()).err()).contains("expects YAML in UTF-8");
    }

    @Test
    void whatIsSetIsRefusedByItsKey() {
        assertThat(train("data: iris\n", "--set", "optimizer.bta1=5").err())
                .contains("--set: expects a known key under optimizer, got 'bta1'. Did you mean 'beta1'?");
        assertThat(train("data: iris\n", "--set", "epochs=0").err())
                .contains("--set epochs: expects at least 1, got 0");
        assertThat(train("data: iris\n", "--set", "epochs").err()).contains("--set: expects key=value");
        assertThat(Cli.run("train", "iris", "--set", "epochs=1").err()).contains("--set: expects a configuration");
        assertThat(train("data: iris\nepochs: 1\n", "--epochs", "0").err())
                .contains("error: --epochs: expects at least 1");
    }

    @Test
    void aliasesStandForWhatTheyName() {
        Map<String, Object> config =
                trained("data: iris\nnetwork: {layers: &l [8], dropout: &d 0.1, input_dropout: *d}\nepochs: 010\n");
        assertThat(config).containsEntry("network.input-dropout", 0.1).containsEntry("epochs", 10);
    }

    // -------------------------------------------------------------------------------------------------- templates

    static List<String> templates() {
        return InitCommand.TEMPLATES;
    }

    @ParameterizedTest
    @MethodSource("templates")
    void everyTemplateIsAGoodConfiguration(String name) {
        String text = Cli.run("init", name).out();
        if (name.startsWith("csv-")) {
            assumeThat(Cli.run("help", "train", "--all").out()).containsPattern("--label[= ]");
            boolean values = name.equals("csv-regress");
            String rows = IntStream.range(0, 40)
                    .mapToObj(i -> i + "," + i % 7 + "," + (values ? i * 2 : i % 3 == 0 ? "a" : "b") + "\n")
                    .collect(Collectors.joining("", "x,y," + (values ? "price" : "class") + "\n", ""));
            Path csv = TinyData.write(temp.resolve("train.csv"), rows.getBytes(StandardCharsets.UTF_8));
            text = text.replace("source: train.csv", "source: " + csv);
        }
        assertThat(text)
                .startsWith("# ")
                .contains("neurite train ".replace(name.equals("search") ? "train" : "\0", "search"));
        assertThat(ConfigText.flat(checked(text))).containsKeys("data.source", "epochs", "seed");
        assertThat(ConfigSchemaTest.errors(text)).isEmpty();
    }

    @Test
    void anUnknownTemplateIsRefused() {
        assertThat(Cli.run("init", "irs").err()).contains("init: expects one of iris, digits", "Did you mean 'iris'?");
    }

    @Test
    void otherCommandsThatTrainTakeConfigurationsToo() {
        String text = "data: iris\nepochs: 3\noptimizer: {name: sgd, rate: 0.1}\n";
        Cli range = Cli.run("lr-range", file(text), "--steps", "5", "--set", "batch=8");
        assertThat(range.code()).as(range.err()).isZero();
        assertThat(range.err()).contains("sgd", "batch 8");
        assertThat(Cli.run("check", out("c.yaml")).out()).contains("verdict");
    }
}

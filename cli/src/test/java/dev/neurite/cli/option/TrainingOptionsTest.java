package dev.neurite.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.cli.Cli;
import dev.neurite.cli.ConfigText;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.Diabetes;
import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.ModelFile;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Initializer;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TrainingOptionsTest {
    @TempDir
    Path temp;

    private Cli train(String data, String options) {
        return run(data, "--json " + options);
    }

    private Cli run(String data, String options) {
        List<String> words = new ArrayList<>(List.of("train", data, "--out", out("run")));
        if (!options.isEmpty()) words.addAll(Arrays.asList(options.strip().split(" ")));
        if (!options.contains("--epochs")) words.addAll(List.of("--epochs", "2"));
        if (!options.contains("--layers")) words.addAll(List.of("--layers", "8"));
        return Cli.run(words.toArray(String[]::new));
    }

    private String out(String name) {
        return temp.resolve(name).toString();
    }

    private static Object weights(Cli trained) {
        assertThat(trained.err()).doesNotContain("error");
        return JsonText.object(trained.out()).getOrDefault("weights", "none");
    }

    /// An option for each catalog entry, with settings if some are required.
    static Stream<String> names() {
        Set<String> notHere = Set.of("given"); // its values are those of one shape
        Map<String, String> settings = Map.of(
                "--schedule step", ":size=5",
                "--schedule multi-step", ":milestones=3/6",
                "--schedule exponential", ":gamma=0.99",
                "--schedule inverse-time", ":size=5,decay=0.5",
                "--schedule cosine-restarts", ":first=4",
                "--schedule warmup", ":length=3",
                "--schedule cyclic", ":low=1e-5",
                "--init constant", ":value=0.1",
                "--init recurrent", ":gates=1",
                "--init scaled", ":gain=1.5");
        Map<String, Class<?>> options = Map.of(
                "--optimizer", Optimizer.class,
                "--optimizer ", Lbfgs.class, // stripped below: a map has each key once
                "--schedule", Schedule.class,
                "--activation", Activation.class,
                "--init", Initializer.class);
        return options.entrySet().stream()
                .flatMap(option -> Catalog.standard().entries(option.getValue()).stream()
                        .map(Entry::name)
                        .filter(name -> !notHere.contains(name))
                        .map(name -> option.getKey().strip() + " " + name))
                .map(option -> option + settings.getOrDefault(option, ""))
                .map(option -> option.replace("reduce-on-plateau", "reduce-on-plateau --validation 0.2"))
                .map(option ->
                        option.replace("--activation threshold", "--activation threshold:threshold=0.1,value=0"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyNameOfTheCatalogTrains(String option) throws IOException {
        Cli trained = train("iris", option);
        assertThat(trained.code()).as(trained.err()).isZero();
        String name = option.replaceFirst("--\\S+ ", "").replaceFirst("[: ].*", "");
        assertThat(Files.readString(temp.resolve("run/config.yaml"))).contains(": " + name);
    }

    @ParameterizedTest
    @CsvSource({
        "iris, cross-entropy, p_setosa",
        "iris, focal:gamma=1, p_setosa",
        "iris, nll, p_setosa",
        "iris, kl-divergence, p_setosa",
        "iris, multi-margin:power=2, score_setosa",
        "iris, mse, p_setosa",
        "breast-cancer, bce, p_malignant",
        "breast-cancer, hinge, score_malignant",
        "breast-cancer, squared-hinge, score_malignant",
        "diabetes, mse, prediction",
        "diabetes, mae, prediction",
        "diabetes, huber:delta=2, prediction",
        "diabetes, smooth-l1, prediction",
        "diabetes, log-cosh, prediction",
        "diabetes, quantile:quantiles=0.9, prediction",
        "diabetes, poisson, prediction"
    })
    void aLossDecidesHowTheNetworkEndsAndWhatItSays(String data, String loss, String column) {
        Cli trained = train(data, "--loss " + loss + " --epochs 12 --lr 0.01");
        Map<String, Object> result = JsonText.object(trained.out());
        if (data.equals("diabetes")) assertThat(result).containsKey("r2");
        else assertThat((Double) result.get("accuracy")).isGreaterThan(0.75);

        Map<String, Object> again =
                JsonText.object(Cli.run("evaluate", out("run"), "--json").out());
        assertThat(again.get("loss")).isEqualTo(result.get("loss"));
        assertThat(again.get("accuracy")).isEqualTo(result.get("accuracy"));

        int features = data.equals("iris") ? 4 : data.equals("diabetes") ? 10 : 30;
        Cli predicted = Cli.withInput("1,".repeat(features - 1) + "1\n", "predict", out("run"), "-");
        assertThat(predicted.out().lines().findFirst().orElseThrow().split(",")).contains(column);
    }

    @Test
    void aQuantileIsInTheUnitsOfTheAnswers() {
        train("diabetes", "--loss quantile:quantiles=0.9 --epochs 60");
        Dataset test = Diabetes.load().test();
        var rows = new StringBuilder();
        float[] row = new float[10];
        for (int i = 0; i < test.size(); i++) {
            test.readInput(i, row, 0);
            rows.append(Arrays.toString(row).replaceAll("[\\[\\] ]", "")).append('\n');
        }
        List<String> predicted = Cli.withInput(rows.toString(), "predict", out("run"), "-")
                .out()
                .lines()
                .skip(1)
                .toList();
        float[] answer = new float[1];
        int below = 0;
        for (int i = 0; i < test.size(); i++) {
            test.readTarget(i, answer, 0);
            if (answer[0] < Float.parseFloat(predicted.get(i).replaceFirst(".*,", ""))) below++;
        }
        assertThat((double) below / test.size()).isBetween(0.8, 0.98);
    }

    /// No option is ignored: each leads to other weights.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--layers 9",
                "--activation tanh",
                "--activation prelu",
                "--activation glu",
                "--init orthogonal",
                "--init scaled:fan=in,gain=0.333333,distribution=uniform",
                "--no-standardize",
                "--dropout 0.3",
                "--input-dropout 0.3",
                "--input-noise 0.1",
                "--loss focal",
                "--label-smoothing 0.1",
                "--class-weights 1,2,3",
                "--reduction sum",
                "--optimizer sgd",
                "--optimizer lbfgs",
                "--lr 0.01",
                "--weight-decay 0.1",
                "--l1 0.01",
                "--l2 0.01",
                "--max-norm 0.5",
                "--clip-norm 0.1",
                "--clip-value 0.01",
                "--clip-each 0.1",
                "--unit-norm",
                "--group dense1.*:rate=0.1",
                "--group *.weight:l1=0.01",
                "--group dense2.*:l2=0.1",
                "--group dense1.weight:max-norm=0.1",
                "--bias-init constant:value=0.1",
                "--batch 8",
                "--accumulate 2",
                "--schedule cosine",
                "--warmup 5",
                "--ema 0.9",
                "--swa 1",
                "--freeze dense1.*=1",
                "--augment mixup",
                "--epochs 3",
                "--seed 1"
            })
    void everyOptionChangesWhatIsLearned(String option) {
        Object usual =
                weights(Cli.run("train", "iris", "--json", "--layers", "8", "--epochs", "2", "--out", out("usual")));
        assertThat(weights(train("iris", option))).isNotEqualTo(usual);
    }

    @Test
    void standardizingImagesAndSparingBiasesAndBalancingClassesChangeWhatIsLearned() {
        String images = TinyData.directory(temp.resolve("images")).toString();
        Object plain =
                weights(Cli.run("train", images, "--json", "--layers", "8", "--epochs", "2", "--out", out("plain")));
        assertThat(weights(train(images, "--standardize"))).isNotEqualTo(plain);
        Cli balanced = Cli.run(
                "train", "breast-cancer", "--json", "--class-weights", "balanced", "--epochs", "1", "--out", out("b"));
        assertThat(weights(balanced))
                .isNotEqualTo(weights(
                        Cli.run("train", "breast-cancer", "--json", "--epochs", "1", "--out", out("unbalanced"))));
        assertThat(weights(Cli.run(
                        "train", "iris", "--json", "--weight-decay", "9", "--no-bias-decay", "--out", out("spared"))))
                .isNotEqualTo(
                        weights(Cli.run("train", "iris", "--json", "--weight-decay", "9", "--out", out("decayed"))));
    }

    @Test
    void aRunsConfigurationTrainsTheSameAgain() {
        Object first = weights(train(
                "breast-cancer",
                "--loss cross-entropy:smoothing=0.05 --class-weights balanced --optimizer adamw:beta1=0.85"
                        + " --weight-decay 0.02 --no-bias-decay --warmup 4 --schedule step:size=9,gamma=0.5"
                        + " --activation leaky-relu:slope=0.2 --init orthogonal:gain=1.2 --dropout 0.1"
                        + " --clip-norm 1 --ema 0.9 --accumulate 2 --l1 1e-4 --bias-init normal:deviation=0.01"
                        + " --group dense1.*:rate=0.5,decay=0,l2=1e-3,max-norm=2 --freeze dense2.bias=1"));
        Cli again = Cli.run("train", out("run/config.yaml"), "--json", "--out", out("again"));
        assertThat(weights(again)).isEqualTo(first);
        assertThat(temp.resolve("again/config.yaml")).hasSameTextualContentAs(temp.resolve("run/config.yaml"));
    }

    private static double figure(Map<String, Object> json, String part, String name) {
        return (double) Objects.requireNonNull(
                JsonText.object(Json.of(json.get(part)).write()).get(name));
    }

    @Test
    void metricsOfAnEpochAreInTheUnitsOfTheDataAndConfigJsonNamesThem() throws IOException {
        Map<String, Object> last =
                JsonText.object(train("diabetes", "--metrics rmse,mae,r2").out());
        Map<String, Object> epoch = JsonText.object(
                Files.readAllLines(temp.resolve("run/metrics.jsonl")).getLast());
        for (String name : List.of("rmse", "mae", "r2")) {
            double figure = figure(epoch, "m", name);
            double test = figure(last, "metrics", name);
            assertThat(figure).as(name).isCloseTo(test, within(1e-5 * Math.abs(test)));
        }
        assertThat(ConfigText.flat(temp.resolve("run/config.yaml")))
                .containsEntry("metrics", List.of("rmse", "mae", "r2"));
    }

    @Test
    void rowsThatTheLossIgnoresAreNotCountedInTheHeadline() {
        assertThat(run("iris", "--loss cross-entropy:ignored=0").out())
                .matches("(?s)test accuracy [0-9.]+ \\([0-9]+/20; .*");
    }

    @Test
    void theHeaderSaysWhatWasChosen() {
        Cli trained = Cli.run(
                "train",
                "digits",
                "--layers",
                "16,8",
                "--dropout",
                "0.2,0.1",
                "--activation",
                "gelu",
                "--optimizer",
                "lion",
                "--weight-decay",
                "0.1",
                "--warmup",
                "20",
                "--schedule",
                "cosine",
                "--swa",
                "1",
                "--epochs",
                "1",
                "--out",
                out("run"));
        assertThat(trained.err())
                .contains("model  64-16-8-10 gelu   ", "   dropout 0.2,0.1")
                .contains("train  cross-entropy   lion:decay=0.1   batch 16   lr 1e-4   warmup:length=20+cosine"
                        + "   epochs 1   swa 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--optimizer sgd:momentum=0.5 --momentum 0.9|--momentum: expects momentum to be given once",
                "--optimizer lbfgs --lr 1|--lr: expects --optimizer with a setting rate, got lbfgs",
                "--optimizer lbfgs --schedule cosine|--schedule: expects an optimizer that takes a step for each batch",
                "--optimizer lbfgs --warmup 3|--warmup: expects an optimizer that takes a step for each batch",
                "--optimizer lbfgs --ema 0.9|--ema: expects an optimizer that takes a step for each batch",
                "--optimizer lbfgs --swa 1|--swa: expects an optimizer that takes a step for each batch",
                "--optimizer lbfgs --freeze dense1.*=1|--freeze: expects an optimizer that takes a step for each batch",
                "--optimizer lbfgs --max-norm 1|--max-norm: expects an optimizer that takes a step for each batch",
                "--optimizer lbfgs --l1 0.1|--l1: expects an optimizer that takes a step for each batch",
                "--optimizer lbfgs --accumulate 2|--accumulate: expects an optimizer that takes a step for each batch",
                "--optimizer lbfgs --clip-value 1|--clip-value: expects an optimizer that takes a step for each batch",
                "--optimizer lbfgs --clip-norm 1|--clip-norm: expects an optimizer that takes a step for each batch",
                "--loss focal --label-smoothing 0.1|--label-smoothing: expects --loss with a setting smoothing",
                "--loss focal --class-weights 1,2,3|--class-weights: expects --loss with a setting class-weights",
                "--loss huber|--loss huber: expects to be a loss of classes for this data",
                "--loss triplet-margin|expects to be a loss of classes for this data",
                "--label-smoothing 1|label smoothing: expects a number from 0 to below 1, got 1.0",
                "--class-weights 1,x,2|--class-weights: expects comma-separated numbers, one for each class",
                "--class-weights 1,-1,2|weight of class 1: expects a number from 0",
                "--reduction avg|--reduction: expects one of mean, sum, got 'avg'",
                "--no-bias-decay|--no-bias-decay: expects weight decay, got none",
                "--weight-decay -1|weight decay: expects a number from 0",
                "--l1 -1|L1: expects a number from 0",
                "--l2 NaN|L2: expects a number from 0",
                "--max-norm 0|norm constraint: expects bounds from 0",
                "--clip-norm 0|gradient clipping: expects a limit above 0, got 0.0",
                "--clip-value NaN|gradient clipping: expects a limit above 0, got NaN",
                "--clip-norm 1 --clip-value 1|--clip-norm: expects no --clip-value",
                "--clip-each 0|gradient clipping: expects a limit above 0, got 0.0",
                "--clip-each 1 --clip-value 1|--clip-each: expects no --clip-value",
                "--max-norm 1 --unit-norm|--max-norm: expects no --unit-norm",
                "--group dense1|--group: expects name:setting=value, as in dense1.*:rate=0.1, got 'dense1'",
                "--group dense1.*:rat=2|expects settings of rate, decay, l1, l2, max-norm, min-norm, roles, frozen,"
                        + " until, got 'rat'. Did you mean 'rate'?",
                "--group dense1.*:rate=-1|group dense1.*: expects a rate factor from 0",
                "--group dense1.*:rate=x|--group rate: expects a number, got 'x'",
                "--group dense1.*:decay=0|--group decay: expects weight decay, got none",
                "--group dense9.*:rate=2|group dense9.*: expects to match a trained parameter, matches none",
                "--bias-init xavier-normal|expects a weight of 2 axes or more",
                "--ema 1|EMA decay: expects a number from 0 to below 1, got 1.0",
                "--swa 0|--swa: expects at least 1, got 0",
                "--swa 3|--swa: expects an epoch from 1 to 2, the last one, got 3",
                "--ema 0.9 --swa 1|--ema: expects no --swa",
                "--accumulate 0|--accumulate: expects at least 1, got 0",
                "--group-by-length 0|--group-by-length: expects at least 1, got 0",
                "--group-by-length 2|rows grouped by length: expects rows of different lengths, got rows of one length",
                "--optimizer lbfgs --group-by-length 2|--group-by-length: expects an optimizer that takes a step",
                "--freeze dense1|group dense1: expects to match a trained parameter, matches none",
                "--freeze dense1.*=0|--freeze: expects a name, or name=epochs with at least 1 epoch",
                "--freeze dense1.*=2|--freeze: expects fewer than the 2 epochs",
                "--warmup 0|warm-up: length: expects a whole number from 1",
                "--warmup 3 --schedule reduce-on-plateau|--warmup: expects a schedule that counts steps",
                "--schedule cosine:floor=1|cosine schedule: floor: expects at most the optimizer's rate",
                "--schedule warmup:length=5+cosine:floor=1|cosine schedule: floor: expects at most the optimizer's"
                        + " rate",
                "--schedule cosin|got 'cosin'. Did you mean 'cosine'?",
                "--init heuniform|Did you mean 'he-uniform'?",
                "--init given|--init given: expects given:values=…",
                "--activation relu:slope=1|--activation relu: expects no settings, got 'slope'",
                "--activation glu:axis=x|--activation glu:axis: expects a whole number",
                "--layers none --activation relu|--activation: expects hidden layers, got --layers none",
                "--layers none --dropout 0.1|--dropout: expects a rate for each of 0 hidden layers",
                "--layers 4,4 --dropout 0.1,0.2,0.3|--dropout: expects a rate for each of 2 hidden layers, or one for"
                        + " all, got 3",
                "--dropout x|--dropout: expects comma-separated rates, got 'x'",
                "--dropout 0.1f|--dropout: expects comma-separated rates, got '0.1f'",
                "--lr 1f|expects a number, got '1f'",
                "--lr 0x1p-3|expects a number, got '0x1p-3'",
                "--input-noise -1|gaussian noise: expects a finite deviation from 0, got -1.0"
            })
    void whatMakesNoSenseIsRefusedWithItsRangeAndLeavesNothing(String options, String message) {
        Cli refused = run("iris", options);
        assertThat(refused.err()).contains(message);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(temp.resolve("run")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--loss cross-entropy|expects data with a class for each row, got targets of 1 number",
                "--label-smoothing 0.1|--label-smoothing: expects data with classes, got numbers as targets",
                "--class-weights 1,2|--class-weights: expects data with classes",
                "--class-weights balanced|--class-weights: expects data with classes",
                "--loss quantile:quantiles=0.1/0.9|expects one quantile for each target",
                "--loss poisson:log-input=true|expects log-input=false"
            })
    void whatDoesNotFitValuesIsRefused(String options, String message) {
        Cli refused = run("diabetes", options);
        assertThat(refused.err()).contains(message);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(temp.resolve("run")).doesNotExist();
    }

    static Stream<String> commandsOfTheDocumentation() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "configuration.md"));
        String section = page.substring(page.indexOf("## Names and settings"), page.indexOf("## YAML files"));
        List<String> commands =
                section.lines().filter(line -> line.startsWith("./neurite ")).toList();
        assertThat(commands).hasSizeGreaterThan(4);
        return commands.stream();
    }

    @ParameterizedTest
    @MethodSource("commandsOfTheDocumentation")
    void theCommandsOfTheDocumentationWork(String command) {
        List<String> words = new ArrayList<>(Arrays.asList(
                command.replaceFirst("./neurite ", "").replace("'", "").split(" ")));
        if (words.getFirst().equals("train")) words.addAll(List.of("--out", out("run")));
        Cli result = Cli.run(words.toArray(String[]::new));
        assertThat(result.code()).as(result.err()).isZero();
    }

    @Test
    void helpGroupsTheOptionsByTheme() {
        assertThat(Cli.run("help", "train", "--all").out())
                .containsSubsequence(
                        "The network:", "--layers", "The loss:", "--loss", "Optimizer and batches:", "--lr=RATE")
                .containsSubsequence(
                        "Optimizer and batches:",
                        "--optimizer",
                        "Epochs and learning rate:",
                        "--schedule",
                        "Examples:");
    }

    @Test
    void aLossNamedInAModelFileThatNobodyKnowsIsToldAsAFaultOfTheFile() throws IOException {
        train("iris", "");
        Path model = temp.resolve("run/model.safetensors");
        var content = ModelFile.read(model, Catalog.standard());
        Map<String, String> notes = new LinkedHashMap<>(content.notes());
        notes.put("loss", "guesswork");
        new ModelFile(content.model(), notes, content.signature()).write(model, Catalog.standard());
        Cli evaluated = Cli.run("evaluate", model.toString());
        assertThat(evaluated.code()).isEqualTo(4);
        assertThat(evaluated.err()).contains("note 'loss'", "got 'guesswork'");
    }
}

package dev.neurite.spark.ml;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.alphaDropout;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.datasets.Digits;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Schedules;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class YamlSettingsTest {
    private static final String ALL = """
        data: {source: digits}
        network: {layers: [32, 16], activation: {name: leaky-relu, slope: 0.2}, dropout: 0.1, standardize: false}
        loss: {name: cross-entropy, smoothing: 0.05, class_weights: [1, 2]}
        optimizer: {name: sgd, rate: 0.01, momentum: 0.9, weight-decay: 1e-4}
        schedule: [{name: warmup, length: 10}, 'step:size=5,lasting=50', {cosine: }]
        epochs: 20
        batch: 32
        shards: 4
        rows-by-shard: true
        seed: -7
        metrics: [f1, roc-auc]
        monitor: f1-macro
        early_stopping: 3
        min_delta: 0.01
        """;

    private static SparkSession session;

    @BeforeAll
    static void start() {
        session = Flowers.session();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /// The values that are set, by name.
    private static Map<String, Object> values(TrainingParams<?> estimator) {
        Map<String, Object> values = new TreeMap<>();
        for (Param<?> param : estimator.params()) {
            if (!estimator.isSet(param)) continue;
            values.put(
                    param.name(),
                    switch (estimator.getOrDefault(param)) {
                        case int[] numbers -> Arrays.stream(numbers).boxed().toList();
                        case String[] texts -> List.of(texts);
                        case Object value -> value;
                    });
        }
        return values;
    }

    private static Map<String, Object> values(String yaml) {
        return values(new NeuriteClassifier().configure(yaml));
    }

    /// The network with its initial parameters, for rows of 4 features and 3 classes.
    private static Model model(NeuriteClassifier classifier) {
        return Networks.model(classifier, Flowers.onOneMachine(0), Losses.crossEntropy(), 5);
    }

    private static Model model(String yaml) {
        return model(new NeuriteClassifier().configure(yaml));
    }

    // ------------------------------------------------------------------------------------------------- parameters

    @Test
    void eachKeySetsItsParameter() {
        NeuriteClassifier set = new NeuriteClassifier()
                .setHiddenLayers(32, 16)
                .setActivation("leaky-relu:slope=0.2")
                .setDropout(0.1)
                .setLoss("cross-entropy:smoothing=0.05,class-weights=1/2")
                .setOptimizer("sgd:momentum=0.9,decay=1e-4")
                .setStepSize(0.01)
                .setSchedule("warmup:length=10+step:size=5,lasting=50+cosine")
                .setMaxIter(20)
                .setBatchSize(32)
                .setShards(4)
                .setSeed(-7)
                .setMetrics("f1", "roc-auc")
                .setMonitor("f1-macro")
                .setPatience(3)
                .setTol(0.01);
        assertThat(values(ALL)).isEqualTo(values(set)).hasSize(15);
        assertThat(values(new NeuriteRegressor().configure("loss: huber\nepochs: 2")))
                .isEqualTo(Map.of("loss", "huber", "maxIter", 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | {}",
                "data: iris | {}",
                "network: resnet:depth=20 | {architecture=resnet:depth=20}",
                "network: {model: {name: resnet, depth: 20}} | {architecture=resnet:depth=20}",
                "network: [{dense: {units: 8}}, flatten] | {stack=[dense:units=8, flatten]}",
                "network: {stack: dense:units=8} | {stack=[dense:units=8]}",
                "network: {layers: 8} | {hiddenLayers=[8]}",
                "network: {layers: '8,4', dropout: [0.5]} | {dropout=0.5, hiddenLayers=[8, 4]}",
                "network: {layers: []} | {hiddenLayers=[]}",
                "network: {layers: none} | {hiddenLayers=[]}",
                "network: {activation: selu} | {activation=selu}",
                "loss: focal:gamma=1 | {loss=focal:gamma=1}",
                "loss: {label_smoothing: 0.1} | {loss=cross-entropy:smoothing=0.1}",
                "optimizer: adamw | {optimizer=adamw}",
                "optimizer: sgd:rate=0.5,momentum=0.9 | {optimizer=sgd:momentum=0.9, stepSize=0.5}",
                "optimizer: {rate: 0.5} | {optimizer=adam, stepSize=0.5}",
                "optimizer: {beta1: 0.8} | {optimizer=adam:beta1=0.8}",
                "schedule: cosine | {schedule=cosine}",
                "schedule: [] | {}",
                "metrics: 'f1, brier' | {metrics=[f1, brier]}"
            })
    void shortFormsAreThoseOfTheCommandLine(String yaml, String values) {
        assertThat(values(yaml)).hasToString(values);
    }

    @Test
    void whatADocumentDoesNotSayStays() {
        NeuriteClassifier classifier = new NeuriteClassifier()
                .setIdCol("id")
                .setHiddenLayers(8)
                .setMaxIter(3)
                .setBatchSize(16)
                .configure("epochs: 4\noptimizer: lion");
        assertThat(values(classifier))
                .isEqualTo(Map.of(
                        "idCol", "id", "hiddenLayers", List.of(8), "maxIter", 4, "batchSize", 16, "optimizer", "lion"));
    }

    @Test
    void aNetworkTakesThePlaceOfAnother() {
        Model model = Model.of(features(4), dense(3, SOFTMAX));
        for (NeuriteClassifier each : List.of(
                new NeuriteClassifier().setLayers(4, 8, 3),
                new NeuriteClassifier().setStack("dense:units=8"),
                new NeuriteClassifier().setArchitecture("lenet5"),
                new NeuriteClassifier().setInitialModel(model),
                new NeuriteClassifier().setHiddenLayers(8))) {
            assertThat(values(each.configure("network: {layers: [5]}"))).isEqualTo(Map.of("hiddenLayers", List.of(5)));
        }
    }

    @Test
    void gridsVaryWhatADocumentSays() {
        NeuriteClassifier classifier = new NeuriteClassifier().configure(ALL);
        NeuriteClassifier other =
                classifier.copy(new ParamMap().put(classifier.stepSize().w(0.5)));
        assertThat(optimizer(classifier))
                .isEqualTo(Optimizers.sgd(0.01).withMomentum(0.9).withDecay(WeightDecay.coupled(1e-4)));
        assertThat(optimizer(other))
                .isEqualTo(Optimizers.sgd(0.5).withMomentum(0.9).withDecay(WeightDecay.coupled(1e-4)));
    }

    private static Optimizer optimizer(NeuriteClassifier classifier) {
        return FitSettings.of(classifier, true).preview().optimizer();
    }

    @Test
    void everySettingOfATrainingThatAClusterHasIsAParameter() {
        String yaml = """
            data: {source: iris, augment: none}
            loss: {reduction: sum, label-smoothing: 0.1}
            optimizer: {name: adamw, clip_norm: 1, group: ['dense1.*:rate=0.5'], group-by-length: 2}
            warmup: 5
            schedule: cosine
            ema: 0.9
            freeze: [dense2.*, dense3.*=2]
            no-shuffle: true
            """;
        NeuriteClassifier given = new NeuriteClassifier().configure(yaml);
        Trainer trainer = FitSettings.of(given, true).preview();
        assertThat(trainer.clip()).isEqualTo(Clip.globalNorm(1));
        assertThat(trainer.groups()).hasSize(3);
        assertThat(trainer.averaging()).isEqualTo(Averaging.ema(0.9));
        assertThat(trainer.schedule()).isEqualTo(Schedules.warmup(5).then(Schedules.cosine()));
        assertThat(trainer.loss()).isEqualTo(Losses.crossEntropy().withSmoothing(0.1));
        assertThat(trainer.shuffle()).isFalse();
        NeuriteClassifier set = new NeuriteClassifier()
                .with("reduction", "sum")
                .setLoss("cross-entropy:smoothing=0.1")
                .setOptimizer("adamw")
                .with("clip-norm", 1.0)
                .with("group", new String[] {"dense1.*:rate=0.5"})
                .with("group-by-length", 2)
                .with("augment", "none")
                .with("warmup", 5L)
                .setSchedule("cosine")
                .with("ema", 0.9)
                .with("freeze", new String[] {"dense2.*", "dense3.*=2"})
                .with("no-shuffle", true);
        assertThat(values(given)).isEqualTo(values(set)).containsKeys("clipNorm", "groupByLength", "noShuffle");
        assertThatThrownBy(() -> set.with("clip_norm", 1.0)).hasMessageContaining("Did you mean 'clip-norm'?");
        assertThatThrownBy(() -> set.with("threads", 1)).hasMessageContaining("expects a setting of estimators");
    }

    @Test
    void aConfiguredEstimatorIsSavedAndCopied(@TempDir Path directory) throws IOException {
        NeuriteClassifier classifier = new NeuriteClassifier().configure(ALL);
        String path = directory.resolve("saved").toUri().toString();
        classifier.save(path);
        assertThat(values(NeuriteClassifier.load(path))).isEqualTo(values(classifier));
        assertThat(values(classifier.copy(new ParamMap()))).isEqualTo(values(classifier));
    }

    // -------------------------------------------------------------------------------------------------- the network

    @Test
    void theNetworkAndItsInitialWeightsAreThoseOfSetters() {
        assertThat(model("network: {layers: [8, 5], dropout: 0.2}"))
                .isEqualTo(model(new NeuriteClassifier().setLayers(4, 8, 5, 3).setDropout(0.2)))
                .isEqualTo(Model.of(
                                features(4),
                                dense(8, RELU),
                                dropout(0.2),
                                dense(5, RELU),
                                dropout(0.2),
                                dense(3, SOFTMAX))
                        .initialize(5));
        assertThat(model("network: [dense: {units: 8, activation: relu}]"))
                .isEqualTo(model(new NeuriteClassifier().setStack("dense:units=8,activation=relu")))
                .isEqualTo(model("network: {layers: 8}"))
                .isNotEqualTo(model("network: {layers: 9}"));
        assertThat(model("network: {layers: none}"))
                .isEqualTo(Model.of(features(4), dense(3, SOFTMAX)).initialize(5));
        assertThat(model("epochs: 1")).isEqualTo(model("network: {layers: 128}"));
        Dataset images = Flowers.onOneMachine(0).withInputShape(Shape.of(1, 2, 2));
        String shapes = "network: [{conv2d: {channels: 2, kernel: [2, 1], activation: relu}}]";
        assertThat(Networks.model(new NeuriteClassifier().configure(shapes), images, Losses.crossEntropy(), 5))
                .isEqualTo(Networks.model(
                        new NeuriteClassifier().setStack("conv2d:channels=2,kernel=2/1,activation=relu"),
                        images,
                        Losses.crossEntropy(),
                        5));
    }

    @Test
    void seluHasAlphaDropoutAsOnTheCommandLine() {
        assertThat(model("network: {layers: 8, activation: selu, dropout: 0.2}"))
                .isEqualTo(Model.of(features(4), dense(8, Activation.SELU), alphaDropout(0.2), dense(3, SOFTMAX))
                        .initialize(5));
    }

    @Test
    void unitsOfHiddenLayersAreChecked() {
        NeuriteClassifier none = new NeuriteClassifier().setHiddenLayers(8, 0);
        assertThatThrownBy(() -> model(none))
                .isInstanceOf(ConfigException.class)
                .hasMessage("hiddenLayers: expects units from 1, got [8, 0]");
        NeuriteClassifier both = new NeuriteClassifier().setHiddenLayers(8).setLayers(4, 8, 3);
        assertThatThrownBy(() -> model(both))
                .isInstanceOf(ConfigException.class)
                .hasMessage("hiddenLayers: expects to be the only choice of a network, got also layers");
    }

    // --------------------------------------------------------------------------------------------- the command line

    /// The documents by which ConfigTest of the command line trains, with the hash of the weights.
    @ParameterizedTest
    @ValueSource(strings = {"layers", "stack"})
    void aDocumentTrainsTheWeightsOfTheCommandLine(String name) throws IOException {
        Path documents = Path.of(System.getProperty("basedir", "")) // of this module; tests run elsewhere
                .toAbsolutePath()
                .resolveSibling("cli/src/test/resources/estimators");
        String yaml = Files.readString(documents.resolve(name + ".yaml"));
        String weights = yaml.substring("# weights ".length(), yaml.indexOf('\n'));
        Dataset digits = Digits.load().train();
        StructType schema =
                new StructType().add("id", "int").add("label", "int").add("features", "array<float>");
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < digits.size(); i++) {
            float[] inputs = new float[64];
            digits.readInput(i, inputs, 0);
            rows.add(RowFactory.create(i, digits.label(i), inputs));
        }
        NeuriteClassificationModel model = new NeuriteClassifier()
                .setIdCol("id")
                .setWorkers(2)
                .configure(yaml)
                .fit(session.createDataFrame(rows, schema));
        assertThat(model.summary().weights()).isEqualTo(weights);
    }

    // ------------------------------------------------------------------------------------------- what is refused

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "epochs: 5;optimizer: {name: adam,;  rat_e: 5} | 3: expects one of name, rate, beta1, beta2,"
                        + " epsilon, amsgrad, decay, no-bias-decay, l1, l2, max-norm, unit-norm, group, clip-norm,"
                        + " clip-each, clip-value, drop-last, group-by-length under optimizer, got 'rat_e'. Did you"
                        + " mean 'rate'?",
                "epoch: 5 | 1: expects one of data, network, loss, optimizer, batch, accumulate, shards, no-shuffle,"
                        + " schedule, warmup, schedule-metric, epochs, ema, swa, freeze, early-stopping, monitor,"
                        + " min-delta, metrics, seed, got 'epoch'. Did you mean 'epochs'?",
                ";;threads: 5 | 3: expects one of data, network,",
                "prefetch: 2 | 'prefetch'. Leave it out, or write it as one of these",
                "data: {prefetch: 2} | 1: expects only source and augment under data, got 'prefetch'",
                "ema: yes | 1 ema: expects a number, got 'yes'",
                "no-shuffle: 1 | 1 no-shuffle: expects true or false, got '1'",
                "network: {init: zeros} | 1: expects one of layers, stack, model, activation, dropout, standardize"
                        + " under network, got 'init'",
                "optimizer: {clip_nrm: 1} | got 'clip_nrm'. Did you mean 'clip-norm'?",
                "optimizer: {momentum: 0.9} | under optimizer, got 'momentum'",
                "loss: {reduction: none} | 1 loss.reduction: expects one of mean, sum, got 'none'",
                "schedule: {name: step, sise: 5} | 1: expects one of size, gamma, per",
                "search: {trials: 5} | 1: expects settings of one training, got 'search'. CrossValidator and"
                        + " TrainValidationSplit search",
                "data:;  source: iris;  validation: 0.2 | 3: expects only source and augment under data, got"
                        + " 'validation'. The rows of an estimator are those of its DataFrame",
                "data: [iris] | 1: expects keys with values, as in 'data: iris', got a list",
                "network: {standardize: true} | 1 network.standardize: expects false, got 'true'. Put a StandardScaler",
                "network: {standardize: no} | 1 network.standardize: expects false, got 'no'",
                "rows-by-shard: false | 1 rows-by-shard: expects true, got 'false'. Leave it out",
                "network:;  dropout: [0.1, 0.2] | 2 network.dropout: expects one rate for all layers, got 2. A stack"
                        + " has",
                "network: {dropout: 1} | 1 network.dropout: expects a rate from 0 to below 1, got 1.0",
                "network: {dropout: .nan} | 1 network.dropout: expects a rate from 0 to below 1, got NaN",
                "network:;  layers: 8;  model: lenet5 | 3 network.model: expects to be the only network, got also"
                        + " layers",
                "network: {stack: [flatten], activation: relu} | 1 network.activation: expects a network of layers, got"
                        + " one of stack",
                "network: {dropout: 0.1, model: lenet5} | 1 network.dropout: expects a network of layers, got one of"
                        + " model",
                "network:;  - flatten;  - dens: {units: 5} | 3 network.stack: expects one of",
                "network:;  - flatten;  - dense: {units: 0} | 3 network.stack dense: expects at least 1 unit, got 0",
                "network: {activation: prelu} | 1 network.activation: expects one of identity, relu",
                "network: {layers: [8, 0]} | 1 network.layers: expects at least 1, got 0",
                "network: {layers: [[8]]} | 1 network.layers: expects a value, got a list",
                "network: resnt | 1 network.model: expects one of",
                "loss: focl | 1 loss: expects one of",
                "loss: {class-weights: balanced} | 1 loss cross-entropy:class-weights: expects",
                "optimizer: lbfgs | 1 optimizer: expects one of sgd",
                ";optimizer:;  rate: -1 | 2 optimizer learning rate: expects a number above 0",
                "optimizer: {name: sgd, decay: 0.1, weight-decay: 0.1} | 1 optimizer.weight-decay: expects no decay,"
                        + " got both",
                "schedule: cosin | 1 schedule: expects one of",
                "epochs: 0 | 1 epochs: expects at least 1, got 0",
                "epochs: 1.5 | 1 epochs: expects a whole number up to 2147483647, got '1.5'",
                "epochs: | 1 epochs: expects a value, got nothing",
                "batch: 3000000000 | 1 batch: expects a whole number up to 2147483647, got '3000000000'",
                "seed: x | 1 seed: expects a whole number up to 9223372036854775807, got 'x'",
                "early-stopping: 0 | 1 early-stopping: expects at least 1, got 0",
                "min-delta: 1f | 1 min-delta: expects a number, got '1f'",
                "epochs: 1;epochs: 2 | 2: expects each key once",
                "epochs: !!int 5 | 1: expects plain values, got the tag !!int",
                "epochs: [ | expects YAML"
            })
    void whatDoesNotFitIsRefusedWithItsLine(String lines, String message) {
        NeuriteClassifier classifier = new NeuriteClassifier().setSeed(1);
        String yaml = "shards: 2\n" + lines.replace(';', '\n');
        String expected = message.matches("[1-9].*")
                ? "configuration:" + (message.charAt(0) - '0' + 1) + message.substring(1)
                : message;
        assertThatThrownBy(() -> classifier.configure(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(expected);
        assertThat(values(classifier)).as("nothing is set").isEqualTo(Map.of("seed", 1L));
    }

    @Test
    void onlyKeysWithValuesAreTakenUpToALimitOfLevels() {
        assertThatThrownBy(() -> new NeuriteClassifier().configure("- epochs"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("configuration:1: expects keys with values, as in 'data: iris', got a list");
        String deep = IntStream.range(0, 60).mapToObj(_ -> "[").reduce("network: ", String::concat);
        assertThatThrownBy(() -> new NeuriteClassifier().configure(deep))
                .isInstanceOf(ConfigException.class)
                .hasMessage("configuration:1: expects at most 50 levels, got more");
    }
}

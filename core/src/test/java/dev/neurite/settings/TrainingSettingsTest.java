package dev.neurite.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Losses;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.model.Role;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.Schedules;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Callback;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Reduction;
import dev.neurite.train.TimeLimit;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingControl;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class TrainingSettingsTest {
    private static final Model MODEL =
            Model.of(Shape.of(2), Layers.dense(3), Layers.dense(2)).initialize(1);

    static Stream<Trainer> trainers() {
        Trainer plain = Trainer.of(MODEL);
        return Stream.of(
                plain,
                plain.loss(Losses.crossEntropy().withClassWeights(0.1f, 1 / 3f)).reduction(Reduction.SUM),
                plain.optimizer(Optimizers.sgd(0.1 / 3))
                        .schedule(Schedules.warmup(3).then(Schedules.cosine())),
                plain.minimizer(new Lbfgs()).epochs(7),
                plain.batchSize(24)
                        .dropLast(true)
                        .groupByLength(4)
                        .accumulate(2)
                        .shards(3)
                        .rowsByShard(true),
                plain.shuffle(false)
                        .seed(-5)
                        .threads(3)
                        .prefetch(0)
                        .profile(true)
                        .watchUpdates(9),
                plain.augment(Augmentations.of(Augmentations.flip(), Augmentations.translate(0.1, 0.2))),
                plain.clip(Clip.norm(2)).average(Averaging.swa(3)),
                plain.clip(Clip.value(2)).average(Averaging.ema(0.99)),
                plain.clip(Clip.globalNorm(0.3)).monitor("accuracy"),
                plain.callback(new EarlyStopping("accuracy", 3, 0.25)).callback(new TimeLimit(Duration.ofMinutes(90))),
                plain.validateEvery(3).skipDiverged(2).metrics(Metrics.named("f1"), Metrics.named("top-2")),
                plain.group(ParameterGroup.withoutDecay())
                        .group(ParameterGroup.of(Role.WEIGHT)
                                .withPenalty(new Penalty(0.1, 0.2))
                                .withConstraint(Constraint.unitNorm()))
                        .group(ParameterGroup.matching("dense1.*").withRate(0.5).withDecay(0))
                        .group(ParameterGroup.matching("dense1.*").frozen())
                        .group(ParameterGroup.matching("dense2.*").frozenFor(2)),
                plain.group(ParameterGroup.of(Role.WEIGHT).withConstraint(Constraint.maxNorm(3))),
                plain.group(ParameterGroup.of(Role.WEIGHT).withConstraint(new Constraint(0.5, 2))),
                plain.group(
                        ParameterGroup.of(Role.WEIGHT).withConstraint(new Constraint(0.5, Double.POSITIVE_INFINITY))),
                plain.group(ParameterGroup.matching("a,b=1").frozen()),
                plain.optimizer(Optimizers.sgd(0.5)).minimizer(new Lbfgs()),
                plain.callback(new TimeLimit(Duration.ofMillis(1500))),
                // in another order than options have, and of other roles and epochs
                plain.group(ParameterGroup.matching("dense2.*").frozenFor(2))
                        .group(ParameterGroup.matching("*.bias")
                                .withRoles(Role.BIAS, Role.SCALE)
                                .frozenAfter(4))
                        .group(ParameterGroup.of(Role.WEIGHT).withConstraint(new Constraint(0.5, 2)))
                        .group(ParameterGroup.withoutDecay()));
    }

    @ParameterizedTest
    @MethodSource("trainers")
    void aTrainerBecomesATextThatMakesAnEqualTrainer(Trainer trainer) {
        String text = TrainingSettings.of(trainer).text();
        Trainer again = TrainingSettings.parse("here", text).trainer(MODEL);
        assertThat(again).isEqualTo(trainer).hasSameHashCodeAs(trainer);
        assertThat(TrainingSettings.of(again).text()).isEqualTo(text);
    }

    @Test
    void theTrainersOfThisTestHaveEverySettingInTheirTexts() {
        var seen = new TreeSet<String>();
        trainers().forEach(each -> seen.addAll(TrainingSettings.of(each).given().keySet()));
        assertThat(seen).contains("group", "freeze", "no-bias-decay", "unit-norm", "l1", "min-delta");
        List<String> missing = TrainingTable.all().stream()
                .filter(each -> each.partOf().isEmpty())
                .map(TrainingSetting::name)
                .filter(each -> !seen.contains(each))
                .toList();
        assertThat(missing).isEmpty();
    }

    @Test
    void trainersOfOtherSettingsAreNotEqual() {
        List<Trainer> all = trainers().toList();
        for (int i = 1; i < all.size(); i++) assertThat(all.get(i)).isNotEqualTo(all.get(i - 1));
        assertThat(Trainer.of(MODEL)).isNotEqualTo(Trainer.of(MODEL.initialize(2)));
    }

    @Test
    void partsOfASettingAreWrittenIntoIt() {
        TrainingSettings given = TrainingSettings.of(
                Map.of(
                        "lr", List.of("0.2"),
                        "momentum", List.of("0.9"),
                        "optimizer", List.of("sgd"),
                        "warmup", List.of("5"),
                        "label-smoothing", List.of("0.1")),
                Naming.PLAIN);
        assertThat(given.text())
                .contains("sgd:rate=0.2,momentum=0.9", "warmup:length=5", "smoothing=0.1")
                .doesNotContain("\"lr\"", "\"warmup\"");
        assertThat(given.preview().optimizer().rate()).isEqualTo(0.2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        clip-norm=1 clip-value=2|clipNorm: expects no clipValue, got both
        unit-norm=true max-norm=2|maxNorm: expects no unitNorm, got both
        momentum=0.9|momentum: expects optimizer with a setting momentum, got adam
        optimizer=lbfgs clip-norm=1|clipNorm: expects an optimizer that takes a step for each batch
        no-bias-decay=true|noBiasDecay: expects weight decay, got none. Add weightDecay 0.01
        min-delta=1|minDelta: expects earlyStopping, got none
        early-stopping=2 min-delta=-1|minDelta: expects a number from 0, got -1.0
        schedule-metric=loss|scheduleMetric: expects a schedule that watches a metric
        time-limit=999999999h|time limit: expects at most 106751 days
        epochs=0|epochs: expects at least 1, got 0
        batch=10 shards=3 rows-by-shard=true|shards: expects a divisor of the batch size 10
        epoch=3|epoch: expects a setting of a training, got 'epoch'. Did you mean 'epochs'?
        shards=2000000|shards: expects at most 1,048,576 shards and accumulated batches a step
        """)
    void settingsThatContradictEachOtherAreRefusedInTheNamesOfTheUser(String words, String message) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        for (String word : words.split(" ", -1)) {
            String[] parts = word.split("=", 2);
            given.put(parts[0], List.of(parts[1]));
        }
        assertThatThrownBy(() -> TrainingSettings.of(given, TrainingSettingsTest::camel))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    private static String camel(String name) {
        return Pattern.compile("-(.)")
                .matcher(name)
                .replaceAll(each -> each.group(1).toUpperCase(Locale.ROOT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        [1]|expects a JSON object
        {"epochs": null}|here epochs: expects a text, a number
        {"epochs": "many"}|epochs: expects a whole number
        {|expects a JSON object
        {"min-delta": 0.5}|expects early-stopping, got none
        {"optimizer": "lbfgs", "clip-norm": 1}|clip-norm: expects an optimizer that takes a step
        """)
    void textsThatAreNoSettingsAreRefused(String text, String message) {
        assertThatThrownBy(() -> TrainingSettings.parse("here", text)).hasMessageContaining(message);
    }

    @Test
    void whatTheTextOfATrainerCannotSayIsRefused() {
        Trainer plain = Trainer.of(MODEL);
        for (Trainer each : List.of(
                plain.group(ParameterGroup.matching("a:b").withRate(2)),
                plain.callback(new EarlyStopping(3)).callback(new EarlyStopping(4)),
                plain.callback(new TimeLimit(Duration.ofNanos(5))))) {
            assertThatThrownBy(() -> TrainingSettings.of(each)).isInstanceOf(ConfigException.class);
        }
    }

    @Test
    void groupsMayBeFrozenByTwoSettings() {
        Trainer trainer = TrainingSettings.of(
                        Map.of("group", List.of("dense1.*:frozen=2"), "freeze", List.of("dense2.*")), Naming.PLAIN)
                .preview();
        assertThat(trainer.groups())
                .containsExactlyInAnyOrder(
                        ParameterGroup.matching("dense1.*").frozenFor(2),
                        ParameterGroup.matching("dense2.*").frozen());
    }

    @Test
    void aDescriptionHasWhatDiffersAndWhatReadersLookFor() {
        TrainingSettings given = TrainingSettings.of(
                Map.of("shards", List.of("1"), "ema", List.of("0.5"), "monitor", List.of("accuracy")), Naming.PLAIN);
        assertThat(given.describe(given.preview()))
                .containsEntry("l1", 0.0)
                .containsEntry("l2", 0.0)
                .containsEntry("ema", 0.5)
                .containsEntry("monitor", "accuracy")
                .doesNotContainKeys("shards", "schedule", "drop-last");
        TrainingSettings off =
                TrainingSettings.of(Map.of("unit-norm", List.of("false"), "max-norm", List.of("2")), Naming.PLAIN);
        assertThat(off.has("unit-norm")).isFalse();
    }

    @Test
    void dataDecidesOnLossAndBalancedWeights() {
        Dataset classes = Dataset.of(new float[4][2], new int[] {0, 0, 0, 1}, List.of("a", "b"));
        Dataset numbers = Dataset.of(new float[4][2], new float[4][1]);
        TrainingSettings balanced = TrainingSettings.of(Map.of("class-weights", List.of("balanced")), Naming.OPTIONS);
        assertThat(balanced.forData(classes, Naming.OPTIONS).preview().loss())
                .isEqualTo(Losses.crossEntropy().withClassWeights(2 / 3f, 2));
        assertThat(TrainingSettings.NONE
                        .forData(numbers, Naming.OPTIONS)
                        .preview()
                        .loss())
                .isEqualTo(Losses.meanSquaredError());
        assertThatThrownBy(() -> balanced.trainer(MODEL)).hasMessageContaining("got 'balanced'. forData counts them");
        assertThatThrownBy(() -> balanced.forData(numbers, Naming.OPTIONS))
                .hasMessageContaining("--class-weights: expects data with classes");
    }

    @Test
    void aCallbackOfYourOwnHasNoText() {
        Callback own = new Callback() {
            @Override
            public boolean affectsResult() {
                return true;
            }

            @Override
            public Callback.Observer begin(TrainingControl training) {
                return _ -> {};
            }
        };
        assertThatThrownBy(() -> TrainingSettings.of(Trainer.of(MODEL).callback(own)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("callbacks: expects callbacks that have a setting");
        assertThatThrownBy(() -> TrainingSettings.parse("a file", "nonsense")).isInstanceOf(ModelFormatException.class);
    }
}

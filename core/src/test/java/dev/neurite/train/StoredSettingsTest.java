package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.loss.Losses;
import dev.neurite.loss.PointwiseLoss;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.Schedules;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Setting.User;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// The settings that checkpoints store, and that resuming compares.
class StoredSettingsTest {
    private static final Dataset TABLE =
            Dataset.of(new float[][] {{1, 2}, {3, 4}, {5, 6}, {7, 8}}, new int[] {0, 1, 1, 0});
    private static final Model SMALL = Model.of(features(2), dense(2, SOFTMAX));

    private static Map<String, String> stored(Trainer trainer, Dataset train, Dataset validation) {
        AtomicReference<Map<String, String>> settings = new AtomicReference<>(Map.of());
        trainer.callback(training -> _ -> settings.set(training.state().settings()))
                .fit(train, validation);
        return settings.get();
    }

    private static Map<String, String> texts(String lines) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String line : lines.lines().toList()) {
            int at = line.indexOf(" = ");
            texts.put(line.substring(0, at), line.substring(at + 3));
        }
        return texts;
    }

    private static void assertEqualWhenResumed(String before, Map<String, String> now) {
        Map<String, String> stored = texts(before);
        assertThat(now.keySet()).containsExactlyElementsOf(stored.keySet());
        assertThatCode(() -> new TrainingState(stored, Snapshot.empty()).require(now))
                .doesNotThrowAnyException();
    }

    private static final String ALL = """
        data = b402bb3d44701fe167f95e2de47748495e36679357ff437b668cb3a3bfbb2148
        validation data = b402bb3d44701fe167f95e2de47748495e36679357ff437b668cb3a3bfbb2148
        network = conv2d1=conv2d(2, 1×1, identity, weights xavier-uniform)[Port[application=-1, index=0]]; \
        batchNorm1=batchNorm(momentum 0.1, epsilon 1.0E-5)[Port[application=0, index=0]]; \
        flatten1=flatten()[Port[application=1, index=0]]; \
        dense1=dense(2, softmax, weights xavier-uniform)[Port[application=2, index=0]] [Port[application=3, index=0]]
        rule = Adam[rate=0.01, beta1=0.9, beta2=0.999, epsilon=1.0E-8, amsgrad=false, decay=decoupled 0.1]
        schedule = Sequence[parts=[Warmup[length=3, start=0.01], Cosine[length=0, floor=0.0]]]
        seed = 7
        groups = [ParameterGroup[pattern=dense1.*, roles=[WEIGHT, BIAS, SCALE, STATISTIC], rate=0.5, decay=1.0, \
        penalty=Penalty[l1=0.0, l2=0.0], constraint=Constraint[least=0.0, most=3.0], firstEpoch=1, \
        lastEpoch=2147483647], ParameterGroup[pattern=*, roles=[BIAS, SCALE], rate=1.0, decay=0.0, \
        penalty=Penalty[l1=0.0, l2=0.1], constraint=Constraint[least=0.0, most=Infinity], firstEpoch=1, \
        lastEpoch=2147483647]]
        clip = Clip[kind=GLOBAL_NORM, limit=1.0]
        averaging = Ema[decay=0.9]
        loss = cross-entropy (smoothing 0.1)
        reduction = SUM
        batch size = 4
        shuffle = false
        last batch dropped = true
        shards = 6
        augmentations = HorizontalFlip[chance=0.5], PaddedCrop[padding=1, fill=0.0]
        epochs = 3
        skipped = 2
        callbacks = [EarlyStopping[figure=accuracy, patience=2, minDelta=0.0]]
        """;

    @Test
    void settingsOfACheckpointCompareEqual() {
        Dataset images = TABLE.withInputShape(Shape.of(1, 1, 2));
        Trainer all = Trainer.of(Model.of(image(1, 1, 2), conv2d(2, 1), batchNorm(), flatten(), dense(2, SOFTMAX)))
                .loss(Losses.crossEntropy().withSmoothing(0.1))
                .reduction(Reduction.SUM)
                .optimizer(Optimizers.adamW(0.01, 0.1))
                .schedule(Schedules.warmup(3).then(Schedules.cosine()))
                .epochs(3)
                .batchSize(2)
                .accumulate(2)
                .shards(3)
                .shuffle(false)
                .dropLast(true)
                .seed(7)
                .threads(1)
                .augment(Augmentations.of(Augmentations.flip(), Augmentations.crop(1)))
                .prefetch(3)
                .group(ParameterGroup.matching("dense1.*").withRate(0.5).withConstraint(Constraint.maxNorm(3)))
                .group(ParameterGroup.withoutDecay().withPenalty(Penalty.l2(0.1)))
                .clip(Clip.globalNorm(1))
                .average(Averaging.ema(0.9))
                .profile(true)
                .watchUpdates(2)
                .validateEvery(5)
                .skipDiverged(2)
                .callback(new EarlyStopping(2).withMonitor("accuracy"));
        assertEqualWhenResumed(ALL, stored(all, images, images));
    }

    @Test
    void defaultsAndAMinimizerOfACheckpointCompareEqual() {
        Model model = Model.of(features(2), dense(3, RELU), dropout(0.5), dense(2, SOFTMAX));
        assertEqualWhenResumed("""
            data = ca845b613f07cfe2cd66c4b2f0ffb2a6857587d2fffeb29adfe30a26e4c3fc74
            validation data = ca845b613f07cfe2cd66c4b2f0ffb2a6857587d2fffeb29adfe30a26e4c3fc74
            network = dense1=dense(3, relu, weights he-uniform)[Port[application=-1, index=0]]; \
            dropout1=dropout(0.5)[Port[application=0, index=0]]; \
            dense2=dense(2, softmax, weights xavier-uniform)[Port[application=1, index=0]] \
            [Port[application=2, index=0]]
            rule = Lbfgs[history=10, evaluations=25, gradientTolerance=1.0E-6, changeTolerance=1.0E-9]
            schedule = PerEpoch[schedule=Constant[factor=1.0]]
            seed = 0
            groups = []
            clip = Clip[kind=NONE, limit=Infinity]
            averaging = None[]
            loss = cross-entropy
            reduction = MEAN
            batch size = 32
            shuffle = true
            last batch dropped = false
            shards = 1
            augmentations =\s
            epochs = 1
            skipped = 0
            callbacks = []
            """, stored(Trainer.of(model).minimizer(new Lbfgs()), TABLE, TABLE));
    }

    @Test
    void settingsOfSessionsAndLearnersCompareEqual() {
        String common = """
            seed = 0
            groups = []
            clip = Clip[kind=NONE, limit=Infinity]
            averaging = None[]
            """;
        Trainer plateau = Trainer.of(SMALL).schedule(Schedules.reduceOnPlateau());
        try (var session = plateau.begin(TABLE)) {
            assertEqualWhenResumed("""
                network = dense1=dense(2, softmax, weights xavier-uniform)[Port[application=-1, index=0]] \
                [Port[application=0, index=0]]
                rule = Adam[rate=0.001, beta1=0.9, beta2=0.999, epsilon=1.0E-8, amsgrad=false, decay=none]
                schedule = ReduceOnPlateau[factor=0.1, patience=10, threshold=1.0E-4, absolute=false, cooldown=0, \
                lowest=0.0, higherIsBetter=false]
                """ + common + """
                loss = cross-entropy
                reduction = MEAN
                batch size = 32
                shuffle = true
                last batch dropped = false
                shards = 1
                augmentations =\s
                """, session.state().settings());
        }
        Trainer cycle = Trainer.of(Model.of(features(2), dense(2)))
                .optimizer(Optimizers.sgd(0.1).withMomentum(0.9).withNesterov())
                .schedule(Schedules.oneCycle());
        try (var learner = cycle.learner()) {
            assertEqualWhenResumed("""
                network = dense1=dense(2, identity, weights xavier-uniform)[Port[application=-1, index=0]] \
                [Port[application=0, index=0]]
                rule = Sgd[rate=0.1, momentum=0.9, dampening=0.0, nesterov=true, decay=none]
                schedule = OneCycle[length=0, rise=0.3, linear=false, startDivisor=25.0, endDivisor=10000.0, \
                momentum=MomentumCycle[low=0.85, high=0.95], threePhases=false]
                """ + common, learner.state().settings());
        }
    }

    /// Another value for each setting: a test of a setting that is missing here fails.
    private static <T> TrainerSettings changed(TrainerSettings settings, Setting<T> setting) {
        Map<Setting<?>, Object> others = new LinkedHashMap<>();
        others.put(TrainerSettings.OPTIMIZER, Optimizers.sgd(0.5));
        others.put(TrainerSettings.MINIMIZER, Optional.of(new Lbfgs()));
        others.put(TrainerSettings.SCHEDULE, Schedules.cosine());
        others.put(TrainerSettings.SEED, 5L);
        others.put(TrainerSettings.GROUPS, List.of(ParameterGroup.withoutDecay()));
        others.put(TrainerSettings.CLIP, Clip.value(1));
        others.put(TrainerSettings.AVERAGING, Averaging.ema(0.5));
        others.put(TrainerSettings.LOSS, Losses.meanSquaredError());
        others.put(TrainerSettings.REDUCTION, Reduction.SUM);
        others.put(TrainerSettings.BATCH_SIZE, 3);
        others.put(TrainerSettings.SHUFFLE, false);
        others.put(TrainerSettings.DROP_LAST, true);
        others.put(TrainerSettings.SHARDS, 2);
        others.put(TrainerSettings.ROWS_BY_SHARD, true);
        others.put(TrainerSettings.GROUPED_BY_LENGTH, 4);
        others.put(TrainerSettings.ACCUMULATED, 2);
        others.put(TrainerSettings.AUGMENTATIONS, Augmentations.of(Augmentations.flip()));
        others.put(TrainerSettings.EPOCHS, 9);
        others.put(TrainerSettings.MOST_SKIPPED, 1);
        others.put(TrainerSettings.MONITOR, Optional.of("accuracy"));
        others.put(TrainerSettings.CALLBACKS, List.of(new EarlyStopping(3)));
        others.put(TrainerSettings.THREADS, 3);
        others.put(TrainerSettings.PREFETCH, OptionalInt.of(1));
        others.put(TrainerSettings.PROFILE, true);
        others.put(TrainerSettings.WATCH_UPDATES, 4);
        others.put(TrainerSettings.PROBES, List.<Probe>of(_ -> false));
        others.put(TrainerSettings.VALIDATE_EVERY, 4);
        others.put(TrainerSettings.METRICS, List.of(Metrics.rocAuc()));
        others.put(TrainerSettings.RESUMED, Optional.of(new TrainingState(Map.of(), Snapshot.empty())));
        assertThat(others).as("another value for %s", setting).containsKey(setting);
        @SuppressWarnings("unchecked")
        T other = (T) Objects.requireNonNull(others.get(setting));
        return settings.with(setting, other);
    }

    @Test
    void everySettingIsComparedOrHasAReasonNotToBe() {
        TrainerSettings usual = TrainerSettings.of(SMALL);
        assertThat(TrainerSettings.all()).hasSizeGreaterThan(25);
        for (Setting<?> setting : TrainerSettings.all()) {
            boolean same = changed(usual, setting).compared(User.FIT).equals(usual.compared(User.FIT));
            assertThat(same).as("%s", setting).isEqualTo(setting.name().startsWith("not compared: "));
        }
    }

    // ------------------------------------------------------------------------------------- settings that tell nothing

    /// Without a toString() of its own.
    private static final class Silent implements PointwiseLoss {
        @Override
        public float value(float y, float t) {
            return Math.abs(y - t);
        }

        @Override
        public float slope(float y, float t) {
            return Math.signum(y - t);
        }
    }

    @Test
    void aSettingThatDoesNotTellItsValuesIsRefusedWhereItWouldBeCompared() {
        Trainer silent = Trainer.of(SMALL).loss(new Silent());
        assertThat(silent.fit(TABLE).paused()).isFalse(); // which nobody wants to resume
        assertThatThrownBy(() -> stored(silent, TABLE, TABLE))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("loss: expects a setting whose toString() contains its values")
                .hasMessageContaining("Silent@");
        Trainer lambda = Trainer.of(SMALL).schedule((base, at) -> base / (1 + at.now()));
        assertThat(lambda.fit(TABLE).paused()).isFalse();
        assertThatThrownBy(() -> stored(lambda, TABLE, TABLE))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("schedule: expects a setting whose toString() contains its values")
                .hasMessageContaining("Make it a record, or override toString()");
    }
}

package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.adamW;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.AllocatedBytes;
import dev.neurite.BothEngines;
import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Initializers;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.ReduceOnPlateau;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedules;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a step does beside the optimizer's rule. That its numbers are PyTorch's is in `PytorchUpdateTest`.
@BothEngines
class ParameterUpdateTest {
    private static final ParameterGroup FIRST = ParameterGroup.matching("dense1.*");

    private static Dataset data(int rows, int features, int classes) {
        var random = new KeyedRandom(rows, features);
        float[][] x = new float[rows][features];
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < features; j++) x[i][j] = (float) random.nextGaussian();
            labels[i] = random.below(classes);
        }
        return Dataset.of(x, labels);
    }

    private static final Dataset SMALL = data(30, 5, 3);

    private static Model small() {
        return Model.of(features(5), dense(7, TANH), dense(4, TANH), dense(3, SOFTMAX))
                .initialize(2);
    }

    private static Trainer trainer() {
        return Trainer.of(small()).optimizer(adam(0.02)).batchSize(8).epochs(3).threads(1);
    }

    // -------------------------------------------------------------------------------------------------------- bits

    static Stream<Arguments> clipsAndMeans() {
        return Stream.of(
                Arguments.of(Clip.globalNorm(0.5), Averaging.ema(0.9)),
                Arguments.of(Clip.norm(0.1), Averaging.swa(1)),
                Arguments.of(Clip.value(0.01), Averaging.ema(0.5)));
    }

    @ParameterizedTest
    @MethodSource("clipsAndMeans")
    void theNumberOfThreadsChangesNoBitOfAnythingAtOnce(Clip clip, Averaging averaging) {
        Dataset data = data(40, 300, 10);
        Model model = Model.of(features(300), dense(210, RELU), dense(130, SIGMOID), dense(10, SOFTMAX));
        Trainer trainer = Trainer.of(model)
                .optimizer(adamW(0.01, 0.1))
                .batchSize(7)
                .accumulate(3)
                .shards(2)
                .epochs(2)
                .group(ParameterGroup.withoutDecay())
                .group(ParameterGroup.matching("dense1.*").withRate(0.3).withConstraint(Constraint.maxNorm(1)))
                .group(ParameterGroup.matching("dense2.*").withPenalty(Penalty.elasticNet(1e-4, 1e-3)))
                .group(ParameterGroup.matching("dense3.*").frozenFor(1))
                .clip(clip)
                .average(averaging);
        Run one = trainer.threads(1).fit(data);
        assertThat(one.model()).isNotEqualTo(one.last());
        for (int threads : new int[] {2, 3, 7}) {
            Run run = trainer.threads(threads).fit(data);
            assertThat(run.last()).isEqualTo(one.last());
            assertThat(run.model()).isEqualTo(one.model());
        }
    }

    @Test
    void accumulatedBatchesAreShardsOfALargerBatch() {
        Model accumulated = trainer().batchSize(2).accumulate(4).fit(SMALL).model();
        assertThat(accumulated)
                .isEqualTo(trainer().batchSize(8).shards(4).fit(SMALL).model())
                .isNotEqualTo(trainer().batchSize(2).fit(SMALL).model());
        assertThat(trainer().batchSize(4).accumulate(2).shards(3).fit(SMALL).model())
                .isEqualTo(trainer().batchSize(8).shards(6).fit(SMALL).model());
    }

    @Test
    void sixtyFourShardsTakeSixGradientsMoreThanOne() {
        Model model = Model.of(features(1000), dense(1000, RELU), dense(3, SOFTMAX));
        Batch rows = new Batches(data(64, 1000, 3), 64).batch(0);
        Batch row = new Batches(data(64, 1000, 3), 1).batch(0); // as a shard has it
        long gradient = 4L * model.parameters().size();
        long more = bytesOfASession(model, rows, 64) - bytesOfASession(model, row, 1);
        assertThat((double) more / gradient).isBetween(5.9, 6.1);
    }

    /// Those of a session with a step, once its code is compiled: before, and while it is compiled anew, it allocates
    /// more, and other threads of this JVM may allocate beside it. So the least of many counts.
    private static long bytesOfASession(Model model, Batch batch, int shards) {
        var trainer = Trainer.of(model).optimizer(sgd(0.1)).shards(shards).threads(1);
        Runnable session = () -> {
            try (TrainingSession each = trainer.begin(batch)) {
                each.step(batch);
            }
        };
        var allocated = new AllocatedBytes();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 40; i++) least = Math.min(least, allocated.of(1, session));
        return least;
    }

    @Test
    void severalGroupsOfAParameterAreOneWithTheirProductsAndSums() {
        Trainer trainer = trainer().optimizer(adamW(0.02, 0.1));
        Model many = trainer.group(FIRST.withRate(0.5).withDecay(4))
                .group(ParameterGroup.of(Role.WEIGHT).withPenalty(Penalty.l1(0.01)))
                .group(FIRST.withConstraint(Constraint.maxNorm(0.1)))
                .group(ParameterGroup.matching("*1*")
                        .withRate(0.5)
                        .withDecay(0.5)
                        .withPenalty(Penalty.l2(0.02)))
                .group(FIRST.frozenFor(1))
                .group(FIRST.withConstraint(Constraint.maxNorm(0.9)).frozenAfter(2))
                .fit(SMALL)
                .model();
        ParameterGroup all =
                FIRST.withRate(0.25).withDecay(2).frozenFor(1).frozenAfter(2).withConstraint(Constraint.maxNorm(0.9));
        Model one = trainer.group(ParameterGroup.matching("dense1.weight").withPenalty(Penalty.l1(0.01)))
                .group(all.withPenalty(Penalty.l2(0.02)))
                .group(ParameterGroup.matching("dense2.weight").withPenalty(Penalty.l1(0.01)))
                .group(ParameterGroup.matching("dense3.weight").withPenalty(Penalty.l1(0.01)))
                .fit(SMALL)
                .model();
        assertThat(many).isEqualTo(one);
    }

    @Test
    void groupsThatSayNothingChangeNothing() {
        assertThat(trainer()
                        .group(FIRST)
                        .group(ParameterGroup.of(Role.BIAS))
                        .clip(Clip.globalNorm(1e9))
                        .fit(SMALL)
                        .model())
                .isEqualTo(trainer().fit(SMALL).model());
    }

    // ------------------------------------------------------------------------------------------------------ freezing

    private static void assertFirstLayer(Model model, Model expected, boolean same) {
        for (String name : List.of("dense1.weight", "dense1.bias")) {
            boolean equal =
                    model.parameters().get(name).equals(expected.parameters().get(name));
            assertThat(equal).as(name).isEqualTo(same);
        }
        assertThat(model.parameters().get("dense3.weight"))
                .isNotEqualTo(expected.parameters().get("dense3.weight"));
    }

    static Stream<Optimizer> optimizers() {
        return Stream.of(
                adamW(0.02, 0.5),
                adam(0.02).withDecay(WeightDecay.coupled(0.5)),
                sgd(0.1).withMomentum(0.9).withDecay(WeightDecay.coupled(0.5)));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void nothingChangesWhatIsFrozenByABit(Optimizer optimizer) {
        Trainer trainer = trainer()
                .optimizer(optimizer)
                .group(ParameterGroup.matching("*").withPenalty(Penalty.elasticNet(0.1, 0.1)))
                .group(ParameterGroup.of(Role.WEIGHT).withConstraint(Constraint.unitNorm()))
                .clip(Clip.norm(0.01))
                .average(Averaging.ema(0.5));
        Run frozen = trainer.group(FIRST.frozen()).fit(SMALL);
        assertFirstLayer(frozen.last(), small(), true);
        assertFirstLayer(frozen.model(), small(), true);
        Run until = trainer.group(FIRST.frozenFor(3)).fit(SMALL);
        assertFirstLayer(until.last(), small(), true);
        Run thawed = trainer.group(FIRST.frozenFor(2)).fit(SMALL);
        assertFirstLayer(thawed.last(), small(), false);
        Run after = trainer.epochs(4).group(FIRST.frozenAfter(1)).fit(SMALL);
        assertFirstLayer(after.last(), trainer.epochs(1).fit(SMALL).last(), true);
    }

    @Test
    void aLayerThatIsFrozenByItselfIsAsOneFrozenByItsGroup() {
        Model wrapped = Model.of(features(5), frozen(dense(7, TANH)), dense(4, TANH), dense(3, SOFTMAX));
        float[] values = small().parameters().toArray();
        Model same = wrapped.with(Parameters.of(wrapped.parameters().parts(), values));
        Trainer ofWrapped = Trainer.of(same).optimizer(adam(0.02)).batchSize(8).epochs(3);
        for (Clip clip : List.of(Clip.NONE, Clip.globalNorm(0.1))) {
            assertThat(ofWrapped.clip(clip).fit(SMALL).model().parameters().toArray())
                    .as("a clipped norm is that of what learns")
                    .containsExactly(trainer()
                            .clip(clip)
                            .group(FIRST.frozen())
                            .fit(SMALL)
                            .model()
                            .parameters()
                            .toArray());
        }
    }

    @Test
    void whereEverythingIsFrozenNothingChanges() {
        Trainer trainer = trainer().group(ParameterGroup.matching("*").frozenFor(2));
        assertThat(trainer.epochs(2).fit(SMALL).model()).isEqualTo(small());
        assertThat(trainer.epochs(3).fit(SMALL).model()).isNotEqualTo(small());
    }

    /// y = x ∘ w; notes which gradients it computes.
    private record Noting(String name, List<String> notes) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            declare.parameter("weight", in, Role.WEIGHT, Initializers.constant(1));
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Kernels kernels = pass.kernels();
            Tensor w = pass.parameter("weight");
            Tensor y = pass.output();
            kernels.scaleColumns(x, w, y);
            return pass.backward(x, y, (dy, dx) -> {
                notes.add(name + (pass.wants(x) ? " dx" : "") + (pass.wants("weight") ? " dw" : ""));
                if (pass.wants(x)) kernels.scaleColumns(dy, w, dx);
                if (pass.wants("weight")) {
                    kernels.multiply(dy, x, dy);
                    kernels.columnSums(dy, pass.gradient("weight"));
                }
            });
        }
    }

    @Test
    void noGradientIsComputedForWhatIsFrozen() {
        List<String> notes = new ArrayList<>();
        Model model = Model.of(features(3), new Noting("a", notes), new Noting("b", notes), new Noting("c", notes));
        Dataset rows = data(4, 3, 3);
        Trainer.of(model)
                .optimizer(sgd(0.1))
                .batchSize(4)
                .epochs(5)
                .group(ParameterGroup.matching("noting1.*").frozenFor(1))
                .group(ParameterGroup.matching("noting2.*").frozenFor(2))
                .group(ParameterGroup.matching("noting*").frozenAfter(3))
                .group(ParameterGroup.matching("noting3.*").frozenAfter(2))
                .fit(rows);
        assertThat(notes)
                .containsExactly(
                        "c dw", // epoch 1: a and b do not even go back
                        "c dx dw", // epoch 2: through b to a
                        "b dx", "a dw", "c dx", // epoch 3
                        "b dx dw", "a dw"); // epochs 4 and 5: nothing learns
    }

    // --------------------------------------------------------------------------------------------------------- means

    @Test
    void validationAndTheRunsModelAreThoseOfTheMean() {
        Trainer trainer = trainer().optimizer(sgd(0.5));
        Run plain = trainer.fit(SMALL, SMALL);
        assertThat(plain.model()).isEqualTo(plain.last());
        for (Averaging averaging : List.of(Averaging.ema(0.9), Averaging.swa(2))) {
            Run run = trainer.average(averaging).fit(SMALL, SMALL);
            assertThat(run.last()).isEqualTo(plain.last()).isNotEqualTo(run.model());
            double seen = run.loss();
            assertThat(seen)
                    .isEqualTo(Evaluation.of(run.model(), SMALL, crossEntropy()).loss())
                    .isNotEqualTo(
                            Evaluation.of(run.last(), SMALL, crossEntropy()).loss());
        }
        assertThat(firstLoss(trainer.average(Averaging.swa(2)).fit(SMALL, SMALL)))
                .as("before there is a mean")
                .isEqualTo(firstLoss(plain));
    }

    private static double firstLoss(Run run) {
        return run.history().epochs().getFirst().validation().orElseThrow().loss();
    }

    @Test
    void aMeanOfOneIsItselfToTheBit() {
        Run swa = trainer().average(Averaging.swa(3)).fit(SMALL);
        assertThat(swa.model()).isEqualTo(swa.last());
        Run ema = trainer().average(Averaging.ema(0)).fit(SMALL);
        assertThat(ema.model()).isEqualTo(ema.last());
        Run first =
                trainer().batchSize(30).epochs(1).average(Averaging.ema(0.9)).fit(SMALL);
        assertThat(first.model()).isEqualTo(first.last());
    }

    @Test
    void swaIsTheMeanOfTheEndsOfEpochs() {
        float[] sum = new float[small().parameters().size()];
        for (int epoch = 2; epoch <= 3; epoch++) {
            float[] end =
                    trainer().epochs(epoch).fit(SMALL).model().parameters().toArray();
            for (int i = 0; i < sum.length; i++) sum[i] += end[i] / 2;
        }
        float[] mean = trainer()
                .average(Averaging.swa(2))
                .fit(SMALL)
                .model()
                .parameters()
                .toArray();
        for (int i = 0; i < sum.length; i++) assertThat(mean[i]).isCloseTo(sum[i], within(1e-6f));
    }

    // ---------------------------------------------------------------------------------------------------- constraints

    @Test
    void rowsOfWeightsKeepTheirBoundsAndBiasesHaveNone() {
        Model model = trainer()
                .optimizer(sgd(1))
                .group(ParameterGroup.matching("*").withConstraint(new Constraint(0.2, 0.4)))
                .fit(SMALL)
                .model();
        for (String name : List.of("dense1.weight", "dense2.weight", "dense3.weight")) {
            for (float[] row : model.parameters().get(name).toRows()) {
                assertThat(norm(row)).isBetween(0.2 - 1e-6, 0.4 + 1e-6);
            }
        }
        Model free =
                trainer().optimizer(sgd(1)).batchSize(30).epochs(1).fit(SMALL).model();
        Model bound = trainer()
                .optimizer(sgd(1))
                .batchSize(30)
                .epochs(1)
                .group(ParameterGroup.matching("*").withConstraint(Constraint.maxNorm(0.1)))
                .fit(SMALL)
                .model();
        assertThat(bound.parameters().get("dense1.bias"))
                .isEqualTo(free.parameters().get("dense1.bias"));
    }

    private static double norm(float[] row) {
        double sum = 0;
        for (float each : row) sum += (double) each * each;
        return Math.sqrt(sum);
    }

    // ------------------------------------------------------------------------------------------------------ sessions

    @Test
    void aSessionThatSaysWhenEpochsEndDoesWhatFitDoes() {
        Trainer trainer = trainer()
                .shuffle(false)
                .group(FIRST.frozenFor(1))
                .group(ParameterGroup.matching("dense2.*").frozenAfter(2))
                .average(Averaging.swa(2));
        Run run = trainer.fit(SMALL);
        var batches = new Batches(SMALL, 8);
        try (var session = trainer.begin(batches.batch(0))) {
            for (int epoch = 1; epoch <= 3; epoch++) {
                assertThat(session.epoch()).isEqualTo(epoch);
                for (int i = 0; i < batches.count(); i++) session.step(batches.batch(i));
                if (epoch == 1) assertThat(session.model()).isEqualTo(session.last());
                session.endEpoch();
            }
            assertThat(session.epoch()).isEqualTo(4);
            assertThat(session.model()).isEqualTo(run.model());
            assertThat(session.last()).isEqualTo(run.last());
        }
    }

    @Test
    void aSessionsScheduleCountsItsEpochsAndWatchesTheirLosses() {
        Trainer trainer =
                trainer().optimizer(sgd(0.5)).batchSize(30).shuffle(false).epochs(5);
        var plateau = new ReduceOnPlateau().withPatience(0).withThreshold(0.5);
        Batch batch = new Batches(SMALL, 30).batch(0);
        for (Schedule schedule : List.of(Schedules.step(2).perEpoch(), plateau)) {
            Trainer scheduled = trainer.schedule(schedule);
            List<Double> losses = new ArrayList<>();
            try (var session = scheduled.begin(batch)) {
                for (int epoch = 1; epoch <= 5; epoch++) {
                    losses.add(session.step(batch));
                    session.endEpoch(losses.getLast());
                }
                assertThat(session.model())
                        .isEqualTo(scheduled.fit(SMALL).model())
                        .isNotEqualTo(trainer.fit(SMALL).model());
            }
        }
    }

    @Test
    void aSessionsModelIsTheMean() {
        Batch batch = new Batches(SMALL, 30).batch(0);
        try (var session = trainer().average(Averaging.ema(0.9)).begin(batch)) {
            assertThat(session.model()).isEqualTo(small());
            for (int i = 0; i < 3; i++) session.step(batch);
            Run run = trainer()
                    .batchSize(30)
                    .shuffle(false)
                    .average(Averaging.ema(0.9))
                    .fit(SMALL);
            assertThat(session.model()).isEqualTo(run.model()).isNotEqualTo(session.last());
            assertThat(session.last()).isEqualTo(run.last());
        }
    }

    // ------------------------------------------------------------------------------------------------------ refusals

    /// The largest numbers that settings take train, or are refused.
    @Test
    void theLargestNumbersTrainOrAreRefused() {
        int most = Integer.MAX_VALUE;
        Trainer one = trainer().epochs(1);
        Run run = one.batchSize(most).fit(SMALL);
        assertThat(run.history().epochs()).hasSize(1);
        assertThat(one.batchSize(most)
                        .validateEvery(most)
                        .watchUpdates(most)
                        .fit(SMALL)
                        .model())
                .isEqualTo(run.model());
        assertThat(one.batchSize(most)
                        .shards(Trainer.MOST_SHARDS)
                        .fit(SMALL)
                        .history()
                        .epochs())
                .hasSize(1);
        for (int count : new int[] {most, Trainer.MOST_SHARDS + 1, 0, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> one.shards(count))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("shards: expects a number from 1 to 1048576, got " + count);
            assertThatThrownBy(() -> one.accumulate(count))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("accumulated batches: expects a number from 1 to 1048576, got " + count);
        }
    }

    @Test
    void whatCannotWorkIsRefusedBeforeTheFirstStep() {
        assertThatThrownBy(() -> trainer().average(Averaging.swa(4)).fit(SMALL))
                .isInstanceOf(ConfigException.class)
                .hasMessage("SWA: expects a first epoch from 1 to 3, got 4");
        assertThatThrownBy(
                        () -> trainer().batchSize(1 << 20).accumulate(1 << 11).fit(SMALL))
                .isInstanceOf(ConfigException.class)
                .hasMessage("batch size: expects at most 2147483647 times accumulated batches, got 2147483648");
        assertThatThrownBy(() -> trainer().shards(1 << 20).accumulate(1 << 11).fit(SMALL))
                .isInstanceOf(ConfigException.class)
                .hasMessage("shards: expects at most 1048576 times accumulated batches, got 2147483648");
        assertThatThrownBy(() -> trainer().accumulate(0))
                .isInstanceOf(ConfigException.class)
                .hasMessage("accumulated batches: expects a number from 1 to 1048576, got 0");
        assertThatThrownBy(() -> trainer()
                        .optimizer(adamW(0.1, 1e9))
                        .group(FIRST.withDecay(100))
                        .begin(new Batches(SMALL, 8).batch(0)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("weight decay: expects a number from 0 to below 1e10, got 1.0E11");
    }
}

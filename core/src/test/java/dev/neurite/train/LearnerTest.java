package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.loss.Losses.binaryCrossEntropy;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.lbfgs;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.loss.Targets;
import dev.neurite.loss.Weighted;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.Schedules;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnerTest {
    private static final int[] LABELS = {0, 1, 2, 1, 0, 2};
    private static final int[] LABELS_OF_TWO = {0, 1};

    private static Tensor rows(int rows, int columns, long seed) {
        var random = new KeyedRandom(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) values[i] = (float) (2 * random.nextDouble() - 1);
        return Tensor.of(Shape.of(rows, columns), values);
    }

    private static Model noisy() {
        return Model.of(features(3), dense(8, TANH), batchNorm(RELU), dropout(0.3), dense(3))
                .initialize(5);
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model)
                .optimizer(adam(0.01))
                .clip(Clip.globalNorm(0.5))
                .seed(9);
    }

    private static final Tensor WEIGHTS = Tensor.of(Shape.of(6), new float[] {1, 0.3f, 2, 0, 1.7f, 0.9f});

    @Test
    void aPassAndAStepAreAStepOfTrainingToTheBit() {
        Tensor x = rows(6, 3, 1);
        Trainer trainer = trainer(noisy())
                .average(Averaging.ema(0.9))
                .group(ParameterGroup.matching("dense1.*").withPenalty(Penalty.l2(0.01)));
        for (Tensor weights : List.of(Tensor.EMPTY, WEIGHTS)) {
            var batch = new Batch(x, Targets.labels(LABELS), weights);
            try (var session = trainer.begin(batch);
                    var learner = trainer.learner()) {
                for (int step = 1; step <= 5; step++) {
                    double expected = session.step(batch);
                    learner.forward(x);
                    assertThat(learner.addLoss(0, crossEntropy(), batch.targets(), weights, 1))
                            .isEqualTo(expected);
                    learner.backward();
                    learner.step();
                    assertThat(learner.steps()).isEqualTo(step);
                }
                assertThat(learner.model()).isEqualTo(session.model());
                assertThat(learner.last()).isEqualTo(session.last()).isNotEqualTo(learner.model());
            }
        }
    }

    @Test
    void fitSessionAndLearnerTakeTheSameDataSet() {
        Dataset data = Dataset.of(rows(6, 3, 1), LABELS).withWeights(1, 0.3f, 2, 0, 1.7f, 0.9f);
        Trainer trainer = trainer(noisy()).batchSize(6).shuffle(false).epochs(3);
        Batch batch = Batch.of(data);
        try (var session = trainer.begin(data);
                var learner = trainer.learner()) {
            for (int epoch = 1; epoch <= 3; epoch++) {
                double expected = session.step(batch);
                learner.forward(batch);
                assertThat(learner.addLoss(crossEntropy(), batch)).isEqualTo(expected);
                learner.backward();
                learner.step();
            }
            assertThat(learner.model()).isEqualTo(session.model());
            assertThat(session.model()).isEqualTo(trainer.fit(data).model());
        }
    }

    @Test
    void lossesOfSeveralOutputsAreThoseOfAJointLossToTheBit() {
        Model model = Model.of(List.of(features(3)), Graph.of(1, in -> {
                    var h = in.getFirst().then(dense(5, TANH));
                    return List.of(h.then(dense(3)), h.then(dense(2)));
                }))
                .initialize(4);
        Targets values = Targets.values(rows(6, 2, 7));
        var batch = new Batch(rows(6, 3, 1), Targets.many(Targets.labels(LABELS), values));
        Trainer trainer = Trainer.of(model)
                .optimizer(adam(0.01))
                .loss(Losses.joint(crossEntropy(), new Weighted(0.3, meanSquaredError())));
        try (var session = trainer.begin(batch);
                var learner = trainer.learner()) {
            for (int step = 0; step < 5; step++) {
                double expected = session.step(batch);
                learner.forward(batch.inputs());
                double first = learner.addLoss(0, crossEntropy(), Targets.labels(LABELS), 1);
                assertThat(first + learner.addLoss(1, meanSquaredError(), values, 0.3))
                        .isEqualTo(expected);
                learner.backward();
                learner.step();
            }
            assertThat(learner.model()).isEqualTo(session.model());
        }
    }

    @Test
    void rowsThatCountNothingAreNotLearned() {
        Model model = Model.of(features(3), dense(2)).initialize(1);
        Targets zeros = Targets.values(Tensor.zeros(Shape.of(6, 2)));
        try (var learner = Trainer.of(model).optimizer(sgd(0.1)).learner()) {
            learner.forward(rows(6, 3, 1));
            assertThat(learner.addLoss(0, meanSquaredError(), zeros, Tensor.zeros(Shape.of(6)), 1))
                    .isZero();
            learner.backward();
            learner.step();
            assertThat(learner.model()).isEqualTo(model);
            learner.forward(rows(6, 3, 1));
            assertThatThrownBy(() -> learner.addLoss(0, meanSquaredError(), zeros, WEIGHTS.rows(0, 5), 1))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("a weight for each of 6 rows, got [5]");
            Tensor below = Tensor.of(Shape.of(6), new float[] {1, 1, -1, 1, 1, 1});
            assertThatThrownBy(() -> learner.addLoss(0, meanSquaredError(), zeros, below, 1))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("row 2");
        }
    }

    @Test
    void aStepOfRowsThatCountNothingIsNone() {
        Tensor x = rows(6, 3, 1);
        Trainer trainer = trainer(noisy());
        var counted = new Batch(x, Targets.labels(LABELS), WEIGHTS);
        var nothing = new Batch(x, Targets.labels(LABELS), Tensor.zeros(Shape.of(6)));
        try (var session = trainer.begin(counted);
                var learner = trainer.learner()) {
            for (Batch batch : List.of(counted, nothing)) {
                session.step(batch);
                learner.forward(x);
                learner.addLoss(0, crossEntropy(), batch.targets(), batch.weights(), 1);
                learner.backward();
                learner.step();
            }
            assertThat(learner.steps()).isEqualTo(session.steps()).isOne();
            assertThat(learner.model()).isEqualTo(session.model());
        }
    }

    /// Two passes a step, two steps an epoch.
    private static void learn(Learner learner, int from, int to) {
        for (int step = from; step < to; step++) {
            for (int pass = 0; pass < 2; pass++) {
                learner.forward(rows(6, 3, 2 * step + pass));
                learner.addLoss(0, crossEntropy(), Targets.labels(LABELS), WEIGHTS, 0.5);
                learner.backward();
            }
            learner.step();
            if (step % 2 == 1) learner.endEpoch();
        }
    }

    private static Trainer resumable() {
        return trainer(noisy())
                .average(Averaging.swa(2))
                .schedule(Schedules.exponential(0.9).perEpoch())
                .group(ParameterGroup.matching("dense1.*").frozenFor(1));
    }

    @Test
    void stepsAfterAResumeAreThoseOfAnUnbrokenLearnerToTheBit(@TempDir Path temp) {
        Model whole;
        Model last;
        try (var learner = resumable().learner()) {
            learn(learner, 0, 9);
            whole = learner.model();
            last = learner.last();
        }
        assertThat(whole).isNotEqualTo(last);
        for (int k = 0; k <= 9; k++) {
            Path file = temp.resolve("k" + k);
            try (var learner = resumable().learner()) {
                learn(learner, 0, k);
                new Checkpoint(new ModelFile(learner.model(), Map.of()), learner.state())
                        .write(file, Catalog.standard());
            }
            Trainer resumed =
                    resumable().resume(Checkpoint.read(file, Catalog.standard()).state());
            try (var learner = resumed.learner()) {
                assertThat(learner.steps()).isEqualTo(k);
                assertThat(learner.epoch()).isEqualTo(1 + k / 2);
                learn(learner, k, 9);
                assertThat(learner.model()).as("resumed after step %d", k).isEqualTo(whole);
                assertThat(learner.last()).isEqualTo(last);
            }
        }
    }

    @Test
    void aLearnerOfOtherSettingsDoesNotGoOn() {
        TrainingState state;
        try (var learner = resumable().learner()) {
            state = learner.state();
            learner.forward(rows(6, 3, 1));
            assertThatThrownBy(learner::state)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("End it with step() or forget()");
            learner.forget();
            assertThat(learner.state().settings()).isEqualTo(state.settings());
        }
        assertThatThrownBy(() -> resumable().seed(10).resume(state).learner())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("seed 9 (now 10)");
        Dataset data = Dataset.of(new float[][] {{1, 2, 3}, {3, 2, 1}}, LABELS_OF_TWO, List.of("a", "b", "c"));
        assertThatThrownBy(() -> resumable().epochs(2).resume(state).fit(data))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("loss none");
    }

    @Test
    void whatIsClosedLearnsNoMoreAndKeepsItsModel() {
        Learner learner = trainer(noisy()).learner();
        learner.forward(rows(6, 3, 1));
        learner.addLoss(crossEntropy(), Targets.labels(LABELS));
        learner.backward();
        learner.close();
        for (Runnable call : List.<Runnable>of(
                () -> learner.forward(rows(6, 3, 1)),
                () -> learner.addLoss(crossEntropy(), Targets.labels(LABELS)),
                () -> learner.addGradient(rows(6, 3, 1)),
                learner::backward,
                learner::step,
                learner::forget,
                learner::endEpoch,
                learner::state)) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("learner: expects calls before close(), got one after it");
        }
        assertThat(learner.model()).isEqualTo(noisy());
    }

    @Test
    void passesOfAStepAddUp() {
        Tensor x = rows(6, 3, 1);
        Model model = Model.of(features(3), dense(4, TANH), dense(2)).initialize(1);
        Tensor y = rows(6, 2, 2);
        float[] whole;
        try (var learner = Trainer.of(model).learner()) {
            learner.forward(x);
            learner.addLoss(meanSquaredError(), Targets.values(y));
            learner.backward();
            whole = learner.gradients().toArray();
            learner.forget();
            assertThat(learner.gradients().toArray()).containsOnly(0);
            for (int from = 0; from < 6; from += 3) {
                learner.forward(x.rows(from, from + 3));
                learner.addLoss(0, meanSquaredError(), Targets.values(y.rows(from, from + 3)), 0.5);
                learner.backward();
            }
            assertThat(learner.gradients().toArray()).containsExactly(whole, within(1e-6f));
        }
    }

    @Test
    void lossesOfOneOutputAddUp() {
        Tensor x = rows(5, 3, 1);
        Targets zeros = Targets.values(Tensor.zeros(Shape.of(5, 2)));
        Model model = Model.of(features(3), dense(2)).initialize(1);
        try (var learner = Trainer.of(model).learner()) {
            Tensor y = learner.forward(x);
            double once = learner.addLoss(meanSquaredError(), zeros);
            float[] output = y.toArray();
            learner.backward();
            assertThat(y.toArray()).as("outputs stay until the next forward").isEqualTo(output);
            float[] single = learner.gradients().toArray();
            learner.forget();
            learner.forward(x);
            learner.addLoss(meanSquaredError(), zeros);
            assertThat(learner.addLoss(0, meanSquaredError(), zeros, -3)).isCloseTo(-3 * once, within(1e-6));
            Tensor delta = Tensor.zeros(Shape.of(5, 2));
            for (int i = 0; i < 10; i++) delta.array()[i] = 2 * output[i] / 10 * 4; // four more of them
            learner.addGradient(delta);
            learner.backward();
            float[] twice = learner.gradients().toArray();
            for (int i = 0; i < twice.length; i++) assertThat(twice[i]).isCloseTo(2 * single[i], within(1e-5f));
        }
    }

    @Test
    void theGradientOfTheInputGoesOnThroughAnotherModel() {
        Model first = Model.of(features(2), dense(5, TANH)).initialize(1);
        Model second = Model.of(features(5), dense(4, TANH), dense(1)).initialize(2);
        Model both = Model.of(features(2), dense(5, TANH), dense(4, TANH), dense(1));
        float[] theta = new float[both.parameters().size()];
        System.arraycopy(first.parameters().toArray(), 0, theta, 0, 15);
        System.arraycopy(second.parameters().toArray(), 0, theta, 15, theta.length - 15);
        both = both.with(dev.neurite.model.Parameters.of(both.parameters().parts(), theta));
        Tensor x = rows(8, 2, 3); // a division by 8 is exact, wherever on the way back it is
        Targets y = Targets.values(rows(8, 1, 4));
        try (var a = Trainer.of(first).learner();
                var b = Trainer.of(second).learner();
                var c = Trainer.of(both).learner()) {
            b.forward(a.forward(x));
            b.addLoss(meanSquaredError(), y);
            a.addGradient(b.backward());
            Tensor dx = a.backward();
            c.forward(x);
            c.addLoss(meanSquaredError(), y);
            assertThat(c.backward()).isEqualTo(dx);
            float[] whole = c.gradients().toArray();
            assertThat(a.gradients().toArray()).isEqualTo(java.util.Arrays.copyOf(whole, 15));
            assertThat(b.gradients().toArray()).isEqualTo(java.util.Arrays.copyOfRange(whole, 15, whole.length));
        }
    }

    @Test
    void severalInputsAndOutputsHaveGradientsEach() {
        Model model = Model.of(List.of(features(2), features(3)), Graph.of((p, q) -> p.then(dense(2))));
        try (var learner = Trainer.of(model).learner()) {
            Tensor y = learner.forward(List.of(rows(4, 2, 1), rows(4, 3, 2))).getFirst();
            learner.addGradient(0, y);
            assertThat(learner.backward().shape()).isEqualTo(Shape.of(4, 2));
            assertThatThrownBy(() -> learner.inputGradient(1))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("input 1: expects wantInputGradients(…)");
            learner.wantInputGradients(0, 1);
            learner.addGradient(
                    0, learner.forward(List.of(rows(4, 2, 1), rows(4, 3, 2))).getFirst());
            assertThatThrownBy(() -> learner.wantInputGradients(0))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("got it between them");
            assertThat(learner.backward().shape()).isEqualTo(Shape.of(4, 2));
            assertThat(learner.inputGradient(1).toArray()).hasSize(12).containsOnly(0);
            assertThatThrownBy(() -> learner.inputGradient(2)).isInstanceOf(ConfigException.class);
            assertThatThrownBy(() -> learner.wantInputGradients(2)).isInstanceOf(ConfigException.class);
            learner.wantInputGradients();
            learner.addGradient(
                    0, learner.forward(List.of(rows(4, 2, 1), rows(4, 3, 2))).getFirst());
            assertThat(learner.backward().size()).isZero();
        }
    }

    /// A mask has no gradient. A session, which wants no gradients of inputs, takes the same step.
    @Test
    void aMaskMayBeAnInput() {
        Model model = Model.of(
                List.of(Shape.of(4, 6), Shape.of(4, 4)),
                Graph.of((x, mask) -> x.join(selfAttention(2), mask).then(flatten(), dense(2))));
        Tensor mask = Tensor.zeros(Shape.of(3, 4, 4));
        for (int i = 0; i < mask.size(); i += 3) mask.array()[i] = Float.NEGATIVE_INFINITY;
        List<Tensor> inputs = List.of(rows(12, 6, 5).reshape(Shape.of(3, 4, 6)), mask);
        Targets targets = Targets.values(rows(3, 2, 6));
        Trainer trainer = Trainer.of(model).optimizer(sgd(0.1)).loss(meanSquaredError());
        try (var learner = trainer.learner();
                var session = trainer.begin(new Batch(inputs, targets, Tensor.EMPTY))) {
            learner.forward(inputs);
            learner.addLoss(meanSquaredError(), targets);
            assertThat(learner.backward().shape()).isEqualTo(Shape.of(3, 4, 6));
            learner.step();
            session.step(new Batch(inputs, targets, Tensor.EMPTY));
            assertThat(learner.model()).isEqualTo(session.model()).isNotEqualTo(model);
            learner.wantInputGradients(0, 1);
            assertThatThrownBy(() -> learner.forward(inputs))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("ask for no gradient: wantInputGradients(…)");
        }
    }

    /// A thread that only reads gets parameters of the ends of steps.
    @Test
    void parametersOfOtherThreadsAreOfOneStepEach() throws Exception {
        int steps = 200;
        Model model = Model.of(features(1), dense(100_000));
        float[] zeros = new float[200_000];
        model = model.with(Parameters.of(model.parameters().parts(), zeros));
        List<float[]> seen = new ArrayList<>();
        try (var learner = Trainer.of(model).optimizer(sgd(0.01)).threads(1).learner()) {
            var reader = CompletableFuture.runAsync(() -> {
                while (learner.steps() < steps) {
                    seen.add(ends(learner.parameters()));
                    seen.add(ends(learner.model().parameters()));
                }
            });
            Parameters ones = Parameters.of(model.parameters().parts(), ones(200_000));
            for (int i = 0; i < steps; i++) { // the same for each parameter
                learner.replaceGradients(ones);
                learner.step();
            }
            reader.get(60, TimeUnit.SECONDS);
        }
        assertThat(seen).hasSizeGreaterThan(3);
        assertThat(seen).allSatisfy(each -> assertThat(each[0]).isEqualTo(each[1]));
    }

    /// The least and the greatest.
    private static float[] ends(Parameters of) {
        float least = Float.POSITIVE_INFINITY;
        float greatest = Float.NEGATIVE_INFINITY;
        for (float each : of.toArray()) {
            least = Math.min(least, each);
            greatest = Math.max(greatest, each);
        }
        return new float[] {least, greatest};
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static Model trained(int threads) {
        Tensor x = rows(200, 3, 1);
        try (var learner = trainer(noisy()).threads(threads).learner()) {
            for (int step = 0; step < 3; step++) {
                for (int from = 0; from < 200; from += 100) {
                    Tensor y = learner.forward(x.rows(from, from + 100));
                    learner.addGradient(y);
                    learner.backward();
                }
                learner.step();
                learner.endEpoch();
            }
            return learner.model();
        }
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() {
        assertThat(trained(4)).isEqualTo(trained(1)).isNotEqualTo(noisy());
    }

    @Test
    void aForgottenPassLeavesNoTrace() {
        Tensor x = rows(6, 3, 1);
        Model model = Model.of(features(3), batchNorm(RELU), dense(1)).initialize(1);
        try (var learner = Trainer.of(model).learner();
                var other = Trainer.of(model).learner()) {
            learner.addGradient(learner.forward(rows(6, 3, 8)));
            learner.backward();
            learner.forget();
            for (Learner each : List.of(learner, other)) {
                each.addGradient(each.forward(x));
                each.backward();
                each.step();
            }
            assertThat(learner.model()).isEqualTo(other.model()).isNotEqualTo(model);
        }
    }

    @Test
    void whatIsOutOfTurnIsRefused() {
        Model model = Model.of(features(3), dense(2));
        Tensor x = rows(4, 3, 1);
        try (var learner = Trainer.of(model).learner()) {
            assertThatThrownBy(learner::step)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("backward()");
            assertThatThrownBy(learner::backward).isInstanceOf(ConfigException.class);
            assertThatThrownBy(() -> learner.addGradient(x)).hasMessageContaining("expects forward");
            Tensor y = learner.forward(x);
            assertThatThrownBy(learner::backward).hasMessageContaining("addLoss");
            assertThatThrownBy(() -> learner.addGradient(x))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("expects the shape of the output, [4×2], got [4×3]");
            assertThatThrownBy(() -> learner.addGradient(1, y))
                    .hasMessageContaining("output: expects an index from 0 to 0");
            assertThatThrownBy(() -> learner.addLoss(0, meanSquaredError(), Targets.values(y), Double.NaN))
                    .hasMessageContaining("finite");
            assertThatThrownBy(() -> learner.addLoss(meanSquaredError(), Targets.values(y.rows(0, 2))))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> learner.addLoss(crossEntropy(), Targets.labels(0, 1, 2, 0)))
                    .isInstanceOf(DataException.class);
            learner.addGradient(y);
            learner.backward();
            assertThatThrownBy(learner::backward).isInstanceOf(ConfigException.class);
            learner.step();
            assertThatThrownBy(() -> learner.forward(rows(0, 3, 1))).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> learner.forward(rows(4, 2, 1))).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> learner.addGradient(y)).hasMessageContaining("expects forward");
        }
        assertThatThrownBy(() -> Trainer.of(model).minimizer(lbfgs()).learner()).hasMessageContaining("minimizer");
    }

    @Test
    void aLossThatHasTheActivationInItsFormulaSaysSo() {
        Model model = Model.of(features(3), dense(1, SIGMOID));
        try (var learner = Trainer.of(model).learner()) {
            learner.forward(rows(2, 3, 1));
            Targets ones = Targets.values(Tensor.of(new float[][] {{1}, {1}}));
            assertThatThrownBy(() -> learner.addLoss(binaryCrossEntropy(), ones))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(
                            "expects logits, as it computes sigmoid itself, got a network that ends with it")
                    .hasMessageContaining("identity in place of sigmoid")
                    .hasMessageContaining("Trainer.begin(…)");
            assertThat(learner.addLoss(meanSquaredError(), ones)).isPositive();
        }
    }

    @Test
    void gradientsThatAreNoNumbersChangeNothing() {
        Model model = Model.of(features(3), dense(2));
        try (var learner = Trainer.of(model).optimizer(sgd(1)).learner()) {
            learner.forward(rows(1, 3, 1));
            learner.addGradient(Tensor.of(new float[][] {{Float.POSITIVE_INFINITY, 0}}));
            learner.backward();
            assertThatThrownBy(learner::step).isInstanceOf(DivergedException.class);
            assertThat(learner.model()).isEqualTo(model);
            assertThat(learner.steps()).isZero();
        }
    }

    // ------------------------------------------------------------------------ parameters, gradients, the learning rate

    @Test
    void gradientsAveragedOverTwoLearnersAreThoseOfTheWholeBatch() {
        Model model = Model.of(features(3), dense(4, TANH), dense(3)).initialize(2);
        Tensor x = rows(6, 3, 1);
        try (var whole = trainer(model).learner();
                var left = trainer(model).learner();
                var right = trainer(model).learner()) {
            whole.forward(x);
            whole.addLoss(crossEntropy(), Targets.labels(LABELS));
            whole.backward();
            left.forward(x.rows(0, 3));
            left.addLoss(crossEntropy(), Targets.labels(0, 1, 2));
            left.backward();
            right.forward(x.rows(3, 6));
            right.addLoss(crossEntropy(), Targets.labels(1, 0, 2));
            right.backward();
            float[] mean = left.gradients().toArray();
            float[] others = right.gradients().toArray();
            for (int i = 0; i < mean.length; i++) mean[i] = (mean[i] + others[i]) / 2;
            Parameters averaged = Parameters.of(left.gradients().parts(), mean);
            for (Learner each : List.of(left, right)) {
                each.replaceGradients(averaged);
                assertThat(each.gradients().toArray()).isEqualTo(mean);
                each.step();
            }
            whole.step();
            assertThat(left.parameters().toArray()).isEqualTo(right.parameters().toArray());
            float[] expected = whole.parameters().toArray();
            float[] got = left.parameters().toArray();
            for (int i = 0; i < got.length; i++) assertThat(got[i]).isEqualTo(expected[i], within(1e-6f));
        }
    }

    @Test
    void gradientsFromElsewhereNeedNoPassAndLaterPassesAddToThem() {
        Model model = Model.of(features(3), dense(3)).initialize(2);
        Tensor x = rows(6, 3, 1);
        try (var learner = Trainer.of(model).optimizer(sgd(1)).learner()) {
            learner.forward(x);
            learner.addLoss(crossEntropy(), Targets.labels(LABELS));
            learner.backward();
            float[] once = learner.gradients().toArray();
            learner.forget();
            learner.replaceGradients(Parameters.of(learner.gradients().parts(), once));
            learner.forward(x);
            learner.addLoss(crossEntropy(), Targets.labels(LABELS));
            learner.backward();
            float[] twice = learner.gradients().toArray();
            for (int i = 0; i < twice.length; i++) assertThat(twice[i]).isEqualTo(2 * once[i], within(1e-6f));
            float[] before = learner.parameters().toArray();
            learner.replaceGradients(Parameters.of(learner.gradients().parts(), once));
            learner.step();
            float[] after = learner.parameters().toArray();
            for (int i = 0; i < after.length; i++) assertThat(after[i]).isEqualTo(before[i] - once[i]);
        }
    }

    @Test
    void aTargetNetworkTakesTheParametersOfAnother() {
        Model model = noisy();
        try (var online = trainer(model).learner();
                var target = trainer(model.initialize(77)).learner()) {
            target.replaceParameters(online.parameters());
            assertThat(target.parameters().toArray())
                    .isEqualTo(online.parameters().toArray());
            assertThat(target.model().parameters().toArray())
                    .isEqualTo(model.parameters().toArray());
            target.forward(rows(2, 3, 1));
            assertThatThrownBy(() -> target.replaceParameters(online.parameters()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("before forward(…) or after backward()");
            Parameters other = Model.of(features(2), dense(2)).initialize(1).parameters();
            assertThatThrownBy(() -> online.replaceParameters(other))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("parameters: expects the names and shapes of the learner's");
            assertThatThrownBy(() -> online.replaceGradients(other)).isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void theSumOfLossesIsThatOfASessionToTheBit() {
        Tensor x = rows(6, 3, 1);
        var batch = new Batch(x, Targets.labels(LABELS), WEIGHTS);
        Tensor values = rows(6, 3, 8);
        for (Trainer trainer : List.of(
                trainer(noisy()).optimizer(sgd(0.01)).reduction(Reduction.SUM),
                trainer(noisy()).optimizer(sgd(0.01)).reduction(Reduction.SUM).loss(meanSquaredError()))) {
            boolean classes = !trainer.loss().equals(meanSquaredError());
            Batch each = classes ? batch : new Batch(x, Targets.values(values), WEIGHTS);
            try (var session = trainer.begin(each);
                    var learner = trainer.learner()) {
                for (int step = 0; step < 3; step++) {
                    double expected = session.step(each);
                    learner.forward(x);
                    assertThat(learner.addLoss(0, (Loss) trainer.loss(), each.targets(), WEIGHTS, 1))
                            .isEqualTo(expected);
                    learner.backward();
                    learner.step();
                }
                assertThat(learner.last()).isEqualTo(session.last());
            }
        }
    }

    @Test
    void theLearningRateIsReadAndSetAndPartOfTheState() {
        Model model = Model.of(features(3), dense(3)).initialize(2);
        Trainer trainer = Trainer.of(model).optimizer(sgd(1)).schedule(Schedules.exponential(0.5));
        var batch = new Batch(rows(6, 3, 1), Targets.labels(LABELS));
        try (var session = trainer.begin(batch);
                var learner = trainer.learner()) {
            assertThat(session.learningRate()).isEqualTo(1);
            assertThat(learner.learningRate()).isEqualTo(1);
            session.step(batch);
            session.step(batch);
            assertThat(session.learningRate()).isEqualTo(0.5);
            session.learningRate(8);
            session.step(batch);
            assertThat(session.learningRate()).isEqualTo(2);
            learner.learningRate(3);
            try (var resumed = trainer.resume(session.state()).begin(batch);
                    var other = trainer.resume(learner.state()).learner()) {
                assertThat(resumed.learningRate()).isEqualTo(1); // of the next step
                assertThat(other.learningRate()).isEqualTo(3);
            }
        }
    }

    @Test
    void threadsEndWhereALearnerOrASessionCannotBeMade() {
        Model model = Model.of(features(3), dense(3)).initialize(2);
        Trainer wrong = Trainer.of(model).threads(5).group(ParameterGroup.matching("none"));
        var batch = new Batch(rows(6, 3, 1), Targets.labels(LABELS));
        long before = helpers();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(wrong::learner).isInstanceOf(ConfigException.class);
            assertThatThrownBy(() -> wrong.begin(batch)).isInstanceOf(ConfigException.class);
        }
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (helpers() > before && System.nanoTime() < deadline) Thread.onSpinWait();
        assertThat(helpers()).isLessThanOrEqualTo(before);
    }

    private static long helpers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("neurite-"))
                .count();
    }
}

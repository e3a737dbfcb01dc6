package dev.neurite.train;

import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.softmax;
import static dev.neurite.loss.Losses.binaryCrossEntropy;
import static dev.neurite.loss.Losses.contrastive;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.focal;
import static dev.neurite.loss.Losses.hinge;
import static dev.neurite.loss.Losses.joint;
import static dev.neurite.loss.Losses.kullbackLeibler;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.loss.Losses.negativeLogLikelihood;
import static dev.neurite.loss.Losses.tripletMargin;
import static dev.neurite.loss.Losses.weighted;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.DivergedException;
import dev.neurite.loss.Loss;
import dev.neurite.loss.PointwiseLoss;
import dev.neurite.loss.Targets;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Losses where they are used: weights of rows, sums, several outputs, and what is refused before training.
class LossesInTrainingTest {
    private static final float[][] X = {{1, 0}, {0, 1}, {1, 1}, {-1, 0}, {0, -1}, {-1, -1}};
    private static final int[] LABELS = {0, 1, 0, 2, 1, 2};
    private static final float[][] VALUES = {{1}, {0}, {1}, {-1}, {0}, {-2}};
    private static final List<String> NAMES = List.of("a", "b", "c");

    private static Model classifier() {
        return Model.of(features(2), dense(5, TANH), dense(3, SOFTMAX));
    }

    private static Dataset data() {
        return Dataset.of(X, LABELS, NAMES);
    }

    // ------------------------------------------------------------------------------------------- a loss of one's own

    record Cubic() implements PointwiseLoss {
        @Override
        public float value(float y, float t) {
            return Math.abs((y - t) * (y - t) * (y - t));
        }

        @Override
        public float slope(float y, float t) {
            return 3 * (y - t) * Math.abs(y - t);
        }
    }

    @Test
    void aLossOfOnesOwnTrains() {
        Run run = Trainer.of(Model.of(features(2), dense(8, TANH), dense(1)))
                .loss(new Cubic())
                .optimizer(adam(0.02))
                .epochs(200)
                .fit(Dataset.of(X, VALUES));
        assertThat(run.history().epochs().getFirst().loss()).isGreaterThan(0.3);
        assertThat(run.history().last().loss()).isLessThan(0.01);
    }

    // --------------------------------------------------------------------------------------------- weights of rows

    @Test
    void aBatchInWhichNoRowCountsChangesNothing() {
        Trainer trainer = Trainer.of(classifier()).optimizer(sgd(0.1).withMomentum(0.9));
        var batch = new Batch(Tensor.of(X), Targets.labels(LABELS));
        var unheard = new Batch(batch.inputs(), batch.targets(), Tensor.zeros(Shape.of(6)));
        try (var session = trainer.begin(batch)) {
            session.step(batch);
            Model before = session.model();
            assertThat(session.step(unheard)).isZero();
            assertThat(session.model()).isEqualTo(before);
            assertThat(session.steps()).isEqualTo(1);
            session.step(batch);
            assertThat(session.model()).isNotEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 7})
    void shardsOfWeightedRowsGiveWhatTheWholeGives(int shards) {
        Dataset weighted = data().withWeights(1, 0, 0.5f, 2, 1, 0);
        Trainer trainer = Trainer.of(classifier())
                .loss(crossEntropy().withClassWeights(1, 2, 3))
                .optimizer(sgd(0.5))
                .epochs(3);
        float[] whole = trainer.fit(weighted).model().parameters().toArray();
        float[] cut = trainer.shards(shards).fit(weighted).model().parameters().toArray();
        for (int i = 0; i < whole.length; i++) assertThat(cut[i]).isCloseTo(whole[i], within(2e-6f));
    }

    @Test
    void reportedLossesAreMeansByTheRowsWeights() {
        float[] weights = {1, 0, 0.5f, 2, 1, 0};
        Model model = classifier();
        double sum = 0;
        double total = 0;
        for (int row = 0; row < 6; row++) {
            sum += weights[row]
                    * Evaluation.of(model, data().rows(row), crossEntropy()).loss();
            total += weights[row];
        }
        Evaluation weighted = Evaluation.of(model, data().withWeights(weights), crossEntropy());
        assertThat(weighted.loss()).isCloseTo(sum / total, within(1e-6));
        assertThat(weighted.rows()).isEqualTo(6);
        List<StepEnded> steps = new ArrayList<>();
        Run run = Trainer.of(model)
                .optimizer(sgd(1e-9))
                .batchSize(4)
                .shuffle(false)
                .listener(event -> {
                    if (event instanceof StepEnded step) steps.add(step);
                })
                .fit(data().withWeights(weights));
        assertThat(run.history().last().loss()).isCloseTo(weighted.loss(), within(1e-6));
        assertThat((steps.get(0).loss() * 3.5 + steps.get(1).loss() * 1) / 4.5)
                .isCloseTo(weighted.loss(), within(1e-6));
    }

    @Test
    void sumsAreReportedAsMeans() {
        Trainer trainer = Trainer.of(classifier()).optimizer(sgd(1e-9)).batchSize(6);
        assertThat(trainer.reduction(Reduction.SUM).fit(data()).history().last().loss())
                .isEqualTo(trainer.fit(data()).history().last().loss());
    }

    @Test
    void rowsThatAreIgnoredAreNeitherRightNorWrong() {
        Dataset some = Dataset.of(X, new int[] {0, -1, 0, -1, 0, 0}, NAMES, -1);
        Loss loss = crossEntropy().ignoring(-1);
        Model model = Model.of(features(2), dense(3, SOFTMAX)).with("dense1.bias", Tensor.of(Shape.of(3), 50, 0, 0));
        Evaluation result = Evaluation.of(model, some, loss);
        assertThat(result.accuracy()).hasValue(1);
        assertThat(result.confusion().orElseThrow().support(0)).isEqualTo(4);
        Run run = Trainer.of(model).loss(loss).batchSize(2).fit(some);
        assertThat(run.history().last().accuracy()).hasValue(1);
        assertThatThrownBy(() -> Trainer.of(model).fit(some))
                .hasMessage(
                        "row 1: expects a label from 0 to 2, got -1. " + "A loss with ignoring(-1) skips such rows");
    }

    // ------------------------------------------------------------------------------------------------ thresholds

    @Test
    void aSingleLogitAboveZeroTellsTheSecondClass() {
        Dataset two = Dataset.of(new float[][] {{0.3f}, {-0.3f}}, new int[] {1, 0});
        Model logits = Model.of(features(1), dense(1)).with("dense1.weight", Tensor.of(new float[][] {{1}}));
        Model probabilities =
                Model.of(features(1), dense(1, SIGMOID)).with("dense1.weight", Tensor.of(new float[][] {{1}}));
        assertThat(Evaluation.of(logits, two, binaryCrossEntropy()).accuracy()).hasValue(1);
        assertThat(Evaluation.of(probabilities, two, binaryCrossEntropy()).accuracy())
                .hasValue(1);
        assertThat(Evaluation.of(probabilities, two, focal()).accuracy()).hasValue(1);
        assertThat(Evaluation.of(logits, two, hinge()).accuracy()).hasValue(1);
        assertThat(Evaluation.of(logits, two, meanSquaredError()).accuracy()).hasValue(0.5); // by ½
        Dataset signs = Dataset.of(new float[][] {{0.3f}, {-0.3f}}, new float[][] {{1}, {-1}});
        assertThat(Evaluation.of(logits, signs, hinge()).accuracy()).hasValue(1);
    }

    // --------------------------------------------------------------------------------------------- several outputs

    private static Model twoOutputs() {
        return Model.of(List.of(features(2)), Graph.of(1, x -> {
            var hidden = x.getFirst().then(dense(8, TANH));
            return List.of(hidden.then(dense(3, SOFTMAX)), hidden.then(dense(1)));
        }));
    }

    private static Dataset twoAnswers() {
        return Dataset.joint(data(), Dataset.of(X, VALUES));
    }

    @Test
    void twoOutputsLearnAtOnceAndEachLossIsTold() {
        var both = joint(crossEntropy(), weighted(0.5, meanSquaredError()));
        assertThat(both).hasToString("cross-entropy + 0.5 · mean squared error");
        Run run = Trainer.of(twoOutputs())
                .loss(both)
                .optimizer(adam(0.02))
                .epochs(200)
                .batchSize(3)
                .fit(twoAnswers(), twoAnswers());
        var last = run.history().last();
        assertThat(last.losses()).hasSize(2).allMatch(loss -> loss < 0.05);
        assertThat(last.loss())
                .isCloseTo(last.losses().get(0) + 0.5 * last.losses().get(1), within(1e-12));
        assertThat(last.accuracy()).hasValue(1);
        Evaluation evaluation = last.validation().orElseThrow();
        assertThat(evaluation.losses())
                .isEqualTo(Evaluation.of(run.model(), twoAnswers(), both).losses());
        assertThat(evaluation.losses().get(1))
                .isLessThan(0.05)
                .isNotEqualTo(evaluation.losses().get(0));
        assertThat(evaluation.accuracy()).hasValue(1);
        List<Tensor> outputs = run.model().predict(List.of(Tensor.of(X)));
        assertThat(outputs.get(0).get(0, 0)).isBetween(0.8f, 1f); // the softmax is in its place again
        assertThat(outputs.get(1).get(5, 0)).isCloseTo(-2, within(0.5f));
    }

    @Test
    void aRowWhoseLabelOneOfSeveralLossesIgnoresIsNotJudged() {
        int[] labels = LABELS.clone();
        labels[0] = -1;
        Dataset data = Dataset.joint(Dataset.of(X, labels, NAMES, -1), Dataset.of(X, VALUES));
        EpochResult epoch = Trainer.of(twoOutputs())
                .loss(joint(crossEntropy().ignoring(-1), meanSquaredError()))
                .optimizer(sgd(1e-9))
                .fit(data, data)
                .history()
                .last();
        assertThat(epoch.accuracy()).isEqualTo(epoch.validation().orElseThrow().accuracy());
    }

    @Test
    void sessionsTakeBatchesWithSeveralAnswers() {
        Dataset data = twoAnswers().withWeights(1, 2, 1, 1, 2, 1);
        Batch batch = new Batches(data, 6).batch(0);
        Trainer trainer = Trainer.of(twoOutputs()).loss(joint(crossEntropy(), meanSquaredError()));
        try (var session = trainer.begin(batch)) {
            double loss = session.step(batch);
            Run run = trainer.batchSize(6).shuffle(false).fit(data);
            assertThat(loss).isEqualTo(run.history().last().loss());
            assertThat(session.model()).isEqualTo(run.model());
            assertThat(session.accuracy()).isEqualTo(run.history().last().accuracy());
            assertThatThrownBy(() -> session.step(new Batch(Tensor.of(X), Targets.labels(LABELS))))
                    .hasMessage("batch: expects targets for each of 2 outputs, got 1");
        }
    }

    @Test
    void aStepOfTwoOutputsCanBeLookedInto() {
        var seen = Trainer.of(twoOutputs())
                .loss(joint(crossEntropy(), weighted(0.5, meanSquaredError())))
                .inspectStep(twoAnswers());
        assertThat(seen.layer("dense2").delta().orElseThrow().shape()).isEqualTo(Shape.of(6, 3));
        Tensor output = seen.layer("dense2").output();
        assertThat(output.get(0, 0) + output.get(0, 1) + output.get(0, 2)).isCloseTo(1, within(1e-6f));
        float error = seen.layer("dense3").output().get(0, 0) - 1;
        assertThat(seen.layer("dense3").delta().orElseThrow().get(0, 0)).isCloseTo(0.5f * 2 * error, within(1e-6f));
    }

    @Test
    void aLossOfTwoOutputsThatIsNaNNamesTheLayer() {
        Model broken = twoOutputs().with("dense3.bias", Tensor.of(Shape.of(1), Float.NaN));
        assertThatThrownBy(() -> Trainer.of(broken)
                        .loss(joint(crossEntropy(), meanSquaredError()))
                        .fit(twoAnswers()))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("the first layer whose output is not finite is dense3");
    }

    @Test
    void anOutputWithoutWeightInTheSumIsOnlyWatched() {
        Model model = twoOutputs();
        Run run = Trainer.of(model)
                .loss(joint(crossEntropy(), weighted(0, meanSquaredError())))
                .optimizer(sgd(0.5))
                .fit(twoAnswers());
        assertThat(run.model().parameters().get("dense3.weight"))
                .isEqualTo(model.parameters().get("dense3.weight"));
        assertThat(run.history().last().losses().get(1)).isPositive();
        assertThat(run.history().last().loss())
                .isEqualTo(run.history().last().losses().get(0));
    }

    // ------------------------------------------------------------------------------------------- losses of embeddings

    @Test
    void tripletsNeedNoAnswersAndPairsTheLabelOfSameness() {
        Model encoder = Model.of(features(2), dense(6));
        Run triplets = Trainer.of(encoder)
                .loss(tripletMargin())
                .optimizer(sgd(0.1))
                .epochs(30)
                .fit(Dataset.of(X));
        assertThat(triplets.history().last().loss())
                .isLessThan(triplets.history().epochs().getFirst().loss());
        assertThat(triplets.history().last().accuracy()).isEmpty();
        var batch = new Batch(Tensor.of(X), Targets.labels(0, 1, 0, 1, 0, 1));
        try (var session = Trainer.of(encoder).loss(contrastive()).begin(batch)) {
            double first = session.step(batch);
            for (int i = 0; i < 30; i++) session.step(batch);
            assertThat(session.step(batch)).isLessThan(first);
            assertThat(session.accuracy()).isEmpty();
        }
    }

    // ---------------------------------------------------------------------------------------------------- refusals

    private static Arguments refusal(String message, ThrowingCallable call) {
        return Arguments.of(message, call);
    }

    private static ThrowingCallable fit(Model model, Loss loss) {
        return () -> Trainer.of(model).loss(loss).fit(data());
    }

    static Stream<Arguments> refusals() {
        Model early = Model.of(features(2), dense(3), softmax(), flatten());
        Model earlySigmoid = Model.of(features(2), dense(3), activation(SIGMOID), flatten());
        return Stream.of(
                refusal(
                        "network: expects one softmax at its end, got two. Remove the first of them",
                        () -> Model.of(features(2), dense(3, SOFTMAX), softmax())),
                refusal(
                        "network: expects one softmax at its end, got two. Remove the first of them",
                        () -> Model.of(
                                List.of(features(2)),
                                Graph.of(
                                        1,
                                        x -> List.of(
                                                x.getFirst().then(dense(1)),
                                                x.getFirst()
                                                        .then(dense(3, SOFTMAX))
                                                        .then(softmax()))))),
                refusal(
                        "cross-entropy: expects a softmax only as the last layer, where the loss computes it, got one "
                                + "earlier. Move it to the end, or remove it",
                        fit(early, crossEntropy())),
                refusal(
                        "focal loss (gamma 2.0): expects a sigmoid only as the last layer, where the loss computes it, "
                                + "got one earlier. Move it to the end, or remove it",
                        fit(earlySigmoid, focal())),
                refusal(
                        "negative log likelihood: expects a network that ends without softmax. Remove it",
                        fit(early, negativeLogLikelihood())),
                refusal(
                        "negative log likelihood: expects log-probabilities, as of a last log-softmax, "
                                + "got softmax",
                        fit(classifier(), negativeLogLikelihood())),
                refusal(
                        "Kullback-Leibler divergence: expects log-probabilities, as of a last log-softmax, "
                                + "got softmax",
                        fit(classifier(), kullbackLeibler())),
                refusal("hinge loss: expects scores of any size, got softmax", fit(classifier(), hinge())),
                refusal(
                        "binary cross-entropy: expects a network that ends with sigmoid or nothing, got softmax",
                        fit(classifier(), binaryCrossEntropy())),
                refusal(
                        "binary cross-entropy: expects values for each of 3 sigmoid outputs, got class labels. "
                                + "End with dense(3, SOFTMAX)",
                        fit(Model.of(features(2), dense(3, SIGMOID)), binaryCrossEntropy())),
                refusal(
                        "focal loss (gamma 2.0): expects 3 outputs for 3 classes, got 2",
                        fit(Model.of(features(2), dense(2, SOFTMAX)), focal())),
                refusal(
                        "negative log likelihood: expects 3 outputs for 3 classes, got 2",
                        fit(Model.of(features(2), dense(2)), negativeLogLikelihood())),
                refusal(
                        "cross-entropy (class weights [2] [1.0, 2.0]): expects a weight for each of 3 classes, got 2",
                        fit(classifier(), crossEntropy().withClassWeights(1, 2))),
                refusal(
                        "cross-entropy (smoothing 0.1): expects a network that ends with softmax or nothing, got "
                                + "sigmoid. For weights of sigmoid outputs use binaryCrossEntropy()",
                        fit(
                                Model.of(features(2), dense(1, SIGMOID)),
                                crossEntropy().withSmoothing(0.1))),
                refusal(
                        "loss: expects one for each of the model's 2 outputs, got 1. Losses.joint joins several",
                        () -> Trainer.of(twoOutputs()).fit(twoAnswers())),
                refusal(
                        "targets: expects some for each of the model's 2 outputs, got 1. "
                                + "Dataset.joint and Targets.many join several",
                        () -> Trainer.of(twoOutputs())
                                .loss(joint(crossEntropy(), meanSquaredError()))
                                .fit(data())),
                refusal(
                        "mean squared error: expects outputs [1], got [3]",
                        () -> Trainer.of(twoOutputs())
                                .loss(joint(meanSquaredError(), meanSquaredError()))
                                .fit(Dataset.joint(Dataset.of(X, VALUES), Dataset.of(X, VALUES)))),
                refusal(
                        "targets, row 3: expects probabilities from 0 to 1, got -1.0",
                        () -> Trainer.of(Model.of(features(2), dense(1)))
                                .loss(binaryCrossEntropy())
                                .fit(Dataset.of(X, VALUES))),
                refusal(
                        "targets, row 5: expects −1, 0 or 1, got -2.0",
                        () -> Trainer.of(Model.of(features(2), dense(1)))
                                .loss(hinge())
                                .fit(Dataset.of(X, VALUES))),
                refusal(
                        "targets, row 3: expects counts, at least 0, got -1.0",
                        () -> Trainer.of(Model.of(features(2), dense(1)))
                                .loss(dev.neurite.loss.Losses.poisson())
                                .fit(Dataset.of(X, VALUES))));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatDoesNotFitIsRefusedBeforeTraining(String message, ThrowingCallable call) {
        assertThatThrownBy(call).hasMessage(message);
    }
}

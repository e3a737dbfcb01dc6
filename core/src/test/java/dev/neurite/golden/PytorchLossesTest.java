package dev.neurite.golden;

import static dev.neurite.kernel.Activation.IDENTITY;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.binaryCrossEntropy;
import static dev.neurite.loss.Losses.contrastive;
import static dev.neurite.loss.Losses.cosineDistance;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.focal;
import static dev.neurite.loss.Losses.hinge;
import static dev.neurite.loss.Losses.huber;
import static dev.neurite.loss.Losses.joint;
import static dev.neurite.loss.Losses.kullbackLeibler;
import static dev.neurite.loss.Losses.logCosh;
import static dev.neurite.loss.Losses.meanAbsoluteError;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.loss.Losses.multiMargin;
import static dev.neurite.loss.Losses.negativeLogLikelihood;
import static dev.neurite.loss.Losses.poisson;
import static dev.neurite.loss.Losses.poissonOfRates;
import static dev.neurite.loss.Losses.quantile;
import static dev.neurite.loss.Losses.smoothL1;
import static dev.neurite.loss.Losses.squaredHinge;
import static dev.neurite.loss.Losses.tripletMargin;
import static dev.neurite.loss.Losses.weighted;
import static dev.neurite.train.Reduction.MEAN;
import static dev.neurite.train.Reduction.SUM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Targets;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.optim.Sgd;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Reduction;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each loss with its gradient, and twenty steps of training with it, are PyTorch's, or those of the paper's
/// formula where PyTorch has none (`scripts/golden/losses.py`).
@BothEngines
class PytorchLossesTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("losses.safetensors").tensors();

    private static final float[] WEIGHTS = {1, 2, 0.5f, 0, 3, 0.25f};
    private static final float[] POSITIVE = {1, 2, 0.5f, 4, 3, 0.25f};
    private static final List<String> NAMES = List.of("0", "1", "2", "3", "4", "5");
    private static final CrossEntropy OF_ALL =
            crossEntropy().withClassWeights(WEIGHTS).withSmoothing(0.2).ignoring(-1);

    /// @param end what the network ends with
    /// @param answers which of the answers it is trained with
    record Case(String name, Loss loss, Activation end, String answers) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        var weighted = crossEntropy().withClassWeights(WEIGHTS);
        return Stream.of(
                new Case("cross-entropy", crossEntropy(), SOFTMAX, "labels"),
                new Case("cross-entropy smoothed", crossEntropy().withSmoothing(0.1), SOFTMAX, "labels"),
                new Case("cross-entropy weighted", weighted, IDENTITY, "labels"),
                new Case("cross-entropy of all", OF_ALL, SOFTMAX, "some"),
                new Case("cross-entropy of soft", weighted.withSmoothing(0.2), IDENTITY, "soft"),
                new Case("binary", binaryCrossEntropy(), SIGMOID, "shares"),
                new Case("binary positive", binaryCrossEntropy().withPositiveWeight(POSITIVE), IDENTITY, "bits"),
                new Case("binary positive one", binaryCrossEntropy().withPositiveWeight(3), SIGMOID, "shares"),
                new Case("nll", negativeLogLikelihood(), IDENTITY, "labels"),
                new Case(
                        "nll of all",
                        negativeLogLikelihood().withClassWeights(WEIGHTS).ignoring(-1),
                        IDENTITY,
                        "some"),
                new Case("kl", kullbackLeibler(), IDENTITY, "sparse"),
                new Case("focal softmax", focal(), SOFTMAX, "one-hot"),
                new Case("focal softmax alpha", focal(0.5).withAlpha(WEIGHTS), IDENTITY, "one-hot"),
                new Case("focal softmax soft", focal(3), SOFTMAX, "soft"),
                new Case("focal sigmoid", focal(2), SIGMOID, "bits"),
                new Case("focal sigmoid alpha", focal(0.5).withAlpha(0.25f), SIGMOID, "bits"),
                new Case("focal sigmoid soft", focal(2).withAlpha(0.25f), SIGMOID, "shares"),
                new Case("hinge", hinge(), IDENTITY, "signs"),
                new Case("squared hinge", squaredHinge(), IDENTITY, "bits"),
                new Case("multi-margin", multiMargin(), IDENTITY, "labels"),
                new Case("multi-margin squared", multiMargin(2, 0.5), IDENTITY, "labels"),
                new Case("squared", meanSquaredError(), IDENTITY, "numbers"),
                new Case("absolute", meanAbsoluteError(), IDENTITY, "numbers"),
                new Case("huber", huber(), IDENTITY, "numbers"),
                new Case("huber 0.7", huber(0.7), IDENTITY, "numbers"),
                new Case("smooth l1", smoothL1(), IDENTITY, "numbers"),
                new Case("smooth l1 0.3", smoothL1(0.3), IDENTITY, "numbers"),
                new Case("log-cosh", logCosh(), IDENTITY, "numbers"),
                new Case("log-cosh of near", logCosh(), IDENTITY, "numbers"),
                new Case("quantile", quantile(0.3), IDENTITY, "numbers"),
                new Case("quantiles", quantile(0.1, 0.5, 0.9), IDENTITY, "pairs"),
                new Case("poisson", poisson(), IDENTITY, "counts"),
                new Case("poisson of rates", poissonOfRates(), IDENTITY, "counts"),
                new Case("cosine", cosineDistance(), IDENTITY, "numbers"),
                new Case("triplet", tripletMargin(), IDENTITY, "none"),
                new Case("triplet 0.2", tripletMargin(0.2), IDENTITY, "none"),
                new Case("contrastive", contrastive(), IDENTITY, "same"),
                new Case("contrastive 3", contrastive(3), IDENTITY, "same"));
    }

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    private static int[] labels(Tensor tensor) {
        int[] labels = new int[tensor.size()];
        for (int i = 0; i < labels.length; i++) labels[i] = (int) tensor.get(i);
        return labels;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachRowsLossAndItsGradientAreTheDefinitions(Case each) {
        Tensor y = golden(each.name + ".output");
        Tensor target = golden(each.name + ".target");
        Targets targets = target.shape().rank() > 1 ? Targets.values(target) : Targets.labels(labels(target));
        Model model = Model.of(features(6), Layers.activation(IDENTITY));
        Executor executor = model.network().executor(Kernels.shared(), new float[0], new float[0]);
        Tensor output = executor.forward(Mode.TRAIN, y);
        Tensor losses = Tensor.zeros(Shape.of(y.rows()));
        Tensor delta = Tensor.zeros(y.shape());
        Activation fused = each.loss.fusesWith(each.end) ? each.end : IDENTITY;
        each.loss.compute(fused, output, targets, losses, delta, executor.pass());
        Golden.assertClose(losses, golden(each.name + ".losses"), each.name);
        Golden.assertClose(delta, golden(each.name + ".delta"), each.name + ", δ");
    }

    // ------------------------------------------------------------------------------------------------- training

    @Test
    void negativeLogLikelihoodAfterALogSoftmaxTrainsAsCrossEntropy() {
        Model model = oneOutput(Activation.LOG_SOFTMAX);
        assertTrainsAs("train cross-entropy", model, negativeLogLikelihood(), data("labels"), MEAN, 0.1);
    }

    private static Dataset data(String answers) {
        float[][] x = golden("x").toRows();
        if (answers.equals("none")) return Dataset.of(x);
        Tensor target = golden("answers." + answers);
        if (target.shape().rank() > 1) return Dataset.of(x, target.toRows());
        int[] labels = labels(target);
        if (answers.equals("same")) return Dataset.of(x, labels);
        return answers.equals("some") ? Dataset.of(x, labels, NAMES, -1) : Dataset.of(x, labels, NAMES);
    }

    private static Model oneOutput(Activation end) {
        return initialized(Model.of(features(5), dense(7, TANH), dense(6, end)));
    }

    private static Model initialized(Model model) {
        return Trajectory.initialized(model, GOLDEN);
    }

    private static void assertTrainsAs(
            String key, Model model, Criterion loss, Dataset data, Reduction reduction, double rate) {
        Trainer trainer = Trainer.of(model)
                .loss(loss)
                .reduction(reduction)
                .optimizer(new Sgd(rate).withMomentum(0.5))
                .batchSize(4)
                .epochs(4);
        Run run = Trajectory.assertFollows(trainer, data, 20, GOLDEN, key + ".");
        assertThat(run.model()).isEqualTo(run.last());
    }

    private static Activation trained(Case each) {
        return each.name.equals("poisson of rates") ? SIGMOID : each.end;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void twentyStepsOfTrainingGoAsTheyShould(Case each) {
        Dataset data = data(each.answers);
        assertTrainsAs("train " + each.name, oneOutput(trained(each)), each.loss, data, MEAN, 0.1);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowsWithWeightsCountAsOftenAsTheyWeigh(Case each) {
        Dataset data = data(each.answers).withWeights(golden("weights").toArray());
        String key = "train " + each.name + ", rows weighted";
        assertTrainsAs(key, oneOutput(trained(each)), each.loss, data, MEAN, 0.1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-entropy", "cross-entropy of all", "squared", "huber", "binary", "kl"})
    void sumsAreTakenOverAllTerms(String name) {
        Case each = cases().filter(one -> one.name.equals(name)).findFirst().orElseThrow();
        String key = "train " + name + ", summed";
        assertTrainsAs(key, oneOutput(each.end), each.loss, data(each.answers), SUM, 0.01);
    }

    private static Model twoOutputs() {
        Graph graph = Graph.of(1, x -> {
            var hidden = x.getFirst().then(dense(7, TANH));
            return List.of(hidden.then(dense(6, SOFTMAX)), hidden.then(dense(2)));
        });
        return initialized(Model.of(List.of(features(5)), graph));
    }

    private static Dataset twoAnswers() {
        float[][] x = golden("x").toRows();
        int[] labels = labels(golden("answers.some"));
        labels[labels.length - 1] = -1;
        return Dataset.joint(
                Dataset.of(x, labels, NAMES, -1), Dataset.of(x, golden("second").toRows()));
    }

    private static final Criterion TWO =
            joint(crossEntropy().withClassWeights(WEIGHTS).ignoring(-1), weighted(0.3, meanSquaredError()));

    @Test
    void twoOutputsAreTrainedByTheSumOfTheirLosses() {
        assertTrainsAs("train two heads", twoOutputs(), TWO, twoAnswers(), MEAN, 0.1);
    }

    @Test
    void twoOutputsOfRowsWithWeightsToo() {
        float[] weights = golden("weights").toArray();
        weights[weights.length - 1] = 2;
        Dataset data = twoAnswers().withWeights(weights);
        assertTrainsAs("train two heads, rows weighted", twoOutputs(), TWO, data, MEAN, 0.1);
    }
}

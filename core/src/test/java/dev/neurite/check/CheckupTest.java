package dev.neurite.check;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.metric.Metrics.mcc;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.sgd;
import static dev.neurite.optim.Schedules.cosine;
import static dev.neurite.optim.Schedules.warmup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Healthy trainings pass all checks, and each planted fault is found by the check that is made for it.
class CheckupTest {
    private static final int ROWS = 300;
    private static final int FEATURES = 8;
    private static final int CLASSES = 4;

    /// Rows of mean 0 and deviation about 1, in 4 classes that can be told apart.
    private static Dataset clusters(float scale, boolean shuffled) {
        var random = new KeyedRandom(3);
        float[][] rows = new float[ROWS][FEATURES];
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            labels.add(i % CLASSES);
            for (int j = 0; j < FEATURES; j++) {
                double center = j % CLASSES == labels.get(i) ? 1.5 : -0.5;
                rows[i][j] = (float) (scale * (0.5 * random.nextGaussian() + center));
            }
        }
        if (shuffled) Collections.shuffle(labels, new java.util.Random(5));
        return Dataset.of(rows, labels.stream().mapToInt(i -> i).toArray());
    }

    private static final Dataset DATA = clusters(1, false);

    private static Model network(Elementwise activation, int... units) {
        List<Node> layers = new ArrayList<>();
        for (int width : units) layers.add(dense(width, activation));
        layers.add(dense(CLASSES, SOFTMAX));
        return Model.of(features(FEATURES), layers.toArray(Node[]::new)).initialize(1);
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model).optimizer(adam(1e-3)).batchSize(16).threads(1);
    }

    private static Model changed(Model model, Function<Parameter, Float> value) {
        float[] theta = model.parameters().toArray();
        for (Parameter part : model.parameters().parts()) {
            Float all = value.apply(part);
            if (!all.isNaN()) Arrays.fill(theta, part.offset(), part.offset() + part.size(), all);
        }
        return model.with(Parameters.of(model.parameters().parts(), theta));
    }

    private static List<String> whats(CheckReport report) {
        return report.findings().stream().map(Finding::what).toList();
    }

    // --------------------------------------------------------------------------------------------------- healthy ones

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void healthyNetworksAreFoundHealthy(long seed) {
        for (Elementwise activation : List.of(RELU, TANH)) {
            Model model = network(activation, 64, 32).initialize(seed);
            for (var optimizer : List.of(adam(1e-3), sgd(0.05).withMomentum(0.9))) {
                Checkup checkup = Checkup.of(trainer(model).optimizer(optimizer), DATA);
                assertThat(checkup.verdict()).as("%s", checkup).isEqualTo(Verdict.OK);
            }
        }
    }

    @Test
    void aHealthyRegressionIsFoundHealthyEvenWithDropout() {
        Model model = Model.of(features(FEATURES), dense(64, RELU), dropout(0.2), dense(64, RELU), dense(2))
                .initialize(2);
        Checkup checkup = Checkup.of(trainer(model).loss(meanSquaredError()), regression(0, 1));
        assertThat(checkup.verdict()).as("%s", checkup).isEqualTo(Verdict.OK);
        assertThat(checkup.overfitBatch().accuracy()).isEmpty();
    }

    @Test
    void aTrainerWithMetricsAndAScheduleOfTheWholeRunIsChecked() {
        Trainer whole = trainer(network(RELU, 64, 32))
                .schedule(warmup(10).then(cosine()))
                .metrics(mcc());
        Checkup checkup = Checkup.of(whole, DATA);
        assertThat(checkup.verdict()).as("%s", checkup).isEqualTo(Verdict.OK);
    }

    @Test
    void aPageShowsEveryReportWithItsVerdict() {
        String page = Checkup.of(trainer(network(RELU, 32)), DATA).toString();
        assertThat(page)
                .startsWith("first loss: ok\n  expected about 1.3863 (uninformed prediction)")
                .contains("overfitting one batch: ok\n  32 rows memorized after ")
                .contains("gradient flow: ok\n  medians over 57 steps\n  parameter ")
                .contains("update ratios: ok\n", "dead units: ok\n  on 300 rows\n", "dense1.weight", "dense2.bias")
                .endsWith("verdict: ok");
    }

    @Test
    void checkingChangesNoModelAndTellsTheSameEachTime() {
        Model model = network(RELU, 16);
        float[] before = model.parameters().toArray();
        Checkup first = Checkup.of(trainer(model), DATA);
        assertThat(Checkup.of(trainer(model).threads(2), DATA)).isEqualTo(first);
        assertThat(model.parameters().toArray()).isEqualTo(before);
    }

    // ----------------------------------------------------------------------------------------------------- first loss

    private static Dataset regression(double mean, double deviation) {
        var random = new KeyedRandom(9);
        float[][] rows = new float[ROWS][FEATURES];
        float[][] targets = new float[ROWS][2];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < FEATURES; j++) rows[i][j] = (float) random.nextGaussian();
            targets[i][0] = (float) (mean + deviation * (rows[i][0] - rows[i][1]) / 1.5);
            targets[i][1] = (float) (mean + deviation * rows[i][2]);
        }
        return Dataset.of(rows, targets);
    }

    private static Model zeros(Model model) {
        return changed(model, _ -> 0f);
    }

    @Test
    void anIgnorantAnswerCostsTheLogarithmOfTheClassesAndTheirEntropy() {
        int[] labels = new int[100];
        for (int i = 0; i < 100; i++) labels[i] = i < 70 ? 0 : i < 90 ? 1 : 2;
        Dataset data = Dataset.of(new float[100][FEATURES], labels);
        double entropy = -(0.7 * Math.log(0.7) + 0.2 * Math.log(0.2) + 0.1 * Math.log(0.1));
        for (Node end : List.of(dense(3, SOFTMAX), dense(3))) {
            FirstLoss first = FirstLoss.of(trainer(zeros(Model.of(features(FEATURES), end))), data);
            assertThat(first.expected()).isCloseTo(Math.log(3), within(1e-6));
            assertThat(first.got()).isCloseTo(Math.log(3), within(1e-6));
            assertThat(first.frequencies()).isCloseTo(entropy, within(1e-6));
            assertThat(first.verdict()).isEqualTo(Verdict.OK);
        }
    }

    @Test
    void withOneOutputOfTwoClassesItIsTheLogarithmOfTwo() {
        int[] labels = new int[100];
        Arrays.fill(labels, 0, 80, 1);
        Dataset data = Dataset.of(new float[100][FEATURES], labels);
        Model model = zeros(Model.of(features(FEATURES), dense(1, SIGMOID)));
        FirstLoss first = FirstLoss.of(trainer(model), data);
        assertThat(first.expected()).isCloseTo(Math.log(2), within(1e-6));
        assertThat(first.frequencies()).isCloseTo(-(0.8 * Math.log(0.8) + 0.2 * Math.log(0.2)), within(1e-6));
    }

    @Test
    void ofSquaredErrorsItIsTheVarianceOfTheTargets() {
        Dataset data = regression(5, 2);
        double[] sum = new double[2];
        double[] squares = new double[2];
        float[] target = new float[2];
        for (int i = 0; i < ROWS; i++) {
            data.readTarget(i, target, 0);
            for (int j = 0; j < 2; j++) {
                sum[j] += target[j] / ROWS;
                squares[j] += (double) target[j] * target[j] / ROWS;
            }
        }
        double variance = (squares[0] - sum[0] * sum[0] + squares[1] - sum[1] * sum[1]) / 2;
        Model model = Model.of(features(FEATURES), dense(2));
        FirstLoss first = FirstLoss.of(trainer(model).loss(meanSquaredError()), data);
        assertThat(first.expected()).isCloseTo(variance, within(1e-5));
        assertThat(first.frequencies()).isEqualTo(first.expected());
    }

    @Test
    void uncertainAnswersHaveACostThatNobodyCanAvoid() {
        float[][] targets = new float[64][];
        float[][] rows = new float[64][FEATURES];
        for (int i = 0; i < 64; i++) {
            targets[i] = i % 2 == 0 ? new float[] {0.9f, 0.1f} : new float[] {0.1f, 0.9f};
            Arrays.fill(rows[i], i % 2 == 0 ? 1 : -1);
        }
        Dataset data = Dataset.of(rows, targets);
        double entropy = -(0.9 * Math.log(0.9) + 0.1 * Math.log(0.1));
        Model model = Model.of(features(FEATURES), dense(32, RELU), dense(2, SOFTMAX));
        OverfitBatch overfit = OverfitBatch.of(trainer(model).loss(crossEntropy()), data);
        assertThat(overfit.goal()).isBetween(entropy, entropy + 0.05);
        assertThat(overfit.verdict()).as("%s", overfit).isEqualTo(Verdict.OK);
    }

    @Test
    void inputsThatAreFarTooLargeShowInTheFirstLoss() {
        FirstLoss first = FirstLoss.of(trainer(network(RELU, 32)), clusters(1e4f, false));
        assertThat(first.verdict()).isEqualTo(Verdict.PROBLEM);
        assertThat(first.got()).isGreaterThan(1000);
        assertThat(first.findings().getFirst().causes().getFirst()).startsWith("inputs that are not scaled");
    }

    @Test
    void targetsFarFromZeroShowInTheFirstLoss() {
        Model model = Model.of(features(FEATURES), dense(16, RELU), dense(2));
        Trainer trainer = trainer(model).loss(meanSquaredError());
        assertThat(FirstLoss.of(trainer, regression(150, 77)).verdict()).isEqualTo(Verdict.WARNING);
        assertThat(FirstLoss.of(trainer, regression(150, 1)).verdict()).isEqualTo(Verdict.PROBLEM);
    }

    @Test
    void aTrainedNetworkKnowsTooMuchForTheFirstLoss() {
        Model trained = trainer(network(RELU, 32)).epochs(30).fit(DATA).model();
        FirstLoss first = FirstLoss.of(trainer(trained), DATA);
        assertThat(first.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(whats(first).getFirst()).startsWith("the network predicts better than an untrained one can");
    }

    @Test
    void aLossThatIsNoNumberAndDataWithoutDifferencesAreFound() {
        Model broken = changed(
                network(RELU, 8), part -> part.name().equals("dense2.bias") ? Float.POSITIVE_INFINITY : Float.NaN);
        assertThat(whats(FirstLoss.of(trainer(broken), DATA)).getFirst()).contains("is not a finite number");

        Dataset same = Dataset.of(new float[20][FEATURES], new int[20], List.of("a", "b", "c", "d"));
        assertThat(whats(FirstLoss.of(trainer(network(RELU, 8)), same)).getFirst())
                .startsWith("a constant prediction is right for every row");
    }

    // ------------------------------------------------------------------------------------------- overfitting one batch

    @Test
    void shuffledLabelsAreLearnedByHeartAllTheSame() {
        Dataset shuffled = clusters(1, true);
        Trainer trainer = trainer(network(RELU, 128, 64));
        assertThat(FirstLoss.of(trainer, shuffled).verdict()).isEqualTo(Verdict.OK);
        OverfitBatch overfit = OverfitBatch.of(trainer, shuffled);
        assertThat(overfit.verdict()).as("%s", overfit).isEqualTo(Verdict.OK);
        assertThat(overfit.accuracy()).hasValue(1);
        assertThat(overfit.loss()).isLessThanOrEqualTo(overfit.goal());
        assertThat(overfit.needed().orElseThrow()).isBetween(2, OverfitBatch.STEPS);
    }

    @Test
    void theStepsNeededAreTheFirstThatSuffice() {
        Trainer trainer = trainer(network(RELU, 32));
        OverfitBatch overfit = OverfitBatch.of(trainer, DATA, 16, 500);
        int needed = overfit.needed().orElseThrow();
        assertThat(OverfitBatch.of(trainer, DATA, 16, needed).needed()).hasValue(needed);
        OverfitBatch tooFew = OverfitBatch.of(trainer, DATA, 16, needed - 1);
        assertThat(tooFew.needed()).isEmpty();
        assertThat(tooFew.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(overfit.rows()).isEqualTo(16);
    }

    @Test
    void weightsThatAreAllZeroLearnNothingByHeartAndGetNoGradient() {
        Checkup checkup = Checkup.of(trainer(zeros(network(RELU, 32, 16))), DATA);
        assertThat(checkup.firstLoss().verdict()).isEqualTo(Verdict.OK);
        assertThat(checkup.overfitBatch().verdict()).isEqualTo(Verdict.PROBLEM);
        assertThat(whats(checkup.overfitBatch()).getFirst()).startsWith("32 rows cannot be memorized");
        assertThat(checkup.gradientFlow().verdict()).isEqualTo(Verdict.PROBLEM);
        assertThat(whats(checkup.gradientFlow()).getFirst())
                .isEqualTo("no gradient arrives at dense1.weight, dense1.bias, dense2.weight, dense2.bias,"
                        + " dense3.weight");
        assertThat(checkup.verdict()).isEqualTo(Verdict.PROBLEM);
        assertThat(checkup.toString()).contains("\n    perhaps ").endsWith("verdict: problem");
    }

    @Test
    void whatDivergesIsToldAndDoesNotEndTheCheckup() {
        Model model = Model.of(features(FEATURES), dense(16, RELU), dense(2));
        Trainer trainer = trainer(model).loss(meanSquaredError()).optimizer(sgd(10));
        Checkup checkup = Checkup.of(trainer, regression(0, 1));
        assertThat(whats(checkup.overfitBatch()).getFirst()).startsWith("memorizing 32 rows diverged");
        assertThat(whats(checkup.updateRatios()).getFirst()).startsWith("the training diverged: training, epoch 1");
        assertThat(checkup.updateRatios().steps()).isPositive();
    }

    @Test
    void rowsAndStepsBelowOneAreRefused() {
        Trainer trainer = trainer(network(RELU, 4));
        assertThatThrownBy(() -> OverfitBatch.of(trainer, DATA, 0, 10))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("overfitting: expects 1 row or more, got 0");
        assertThatThrownBy(() -> OverfitBatch.of(trainer, DATA, 10, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("overfitting: expects 1 step or more, got 0");
    }

    // --------------------------------------------------------------------------------------------- gradients, updates

    private static UpdateListener watched(Trainer trainer, Dataset data) {
        var listener = new UpdateListener();
        trainer.watchUpdates(3).listener(listener).epochs(2).fit(data);
        return listener;
    }

    @Test
    void gradientsVanishInAStackOfSaturatingSigmoids() {
        Model deep = network(SIGMOID, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32);
        GradientFlow flow = watched(trainer(deep), DATA).gradientFlow();
        assertThat(flow.verdict()).isEqualTo(Verdict.PROBLEM);
        assertThat(whats(flow).getFirst()).startsWith("the gradient of dense1.weight vanishes");
        assertThat(whats(flow)).noneMatch(what -> what.contains("dense10") || what.contains("dense11"));
    }

    @Test
    void aDeepStackOfReluDoesNotVanish() {
        Model deep = network(RELU, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32);
        assertThat(watched(trainer(deep), DATA).gradientFlow().verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void gradientsExplodeWhereInputsOrWeightsAreFarTooLarge() {
        Trainer trainer = trainer(network(RELU, 32)).optimizer(sgd(1e-9));
        GradientFlow flow = watched(trainer, clusters(1e4f, false)).gradientFlow();
        assertThat(flow.verdict()).isNotEqualTo(Verdict.OK);
        assertThat(whats(flow).getFirst()).startsWith("the gradient of dense1.weight explodes");

        float[] large = network(RELU, 32, 32, 32, 32).parameters().toArray();
        for (int i = 0; i < large.length; i++) large[i] *= 10;
        Model wild = network(RELU, 32, 32, 32, 32);
        wild = wild.with(Parameters.of(wild.parameters().parts(), large));
        assertThat(watched(trainer(wild).optimizer(sgd(1e-9)), DATA)
                        .gradientFlow()
                        .verdict())
                .isEqualTo(Verdict.PROBLEM);
    }

    @Test
    void learningRatesThatAreTooHighOrTooLowShowInTheRatios() {
        Trainer trainer = trainer(network(TANH, 32));
        UpdateRatios high = watched(trainer.optimizer(adam(1)), DATA).updateRatios();
        assertThat(whats(high).getFirst()).startsWith("an update changes dense1.weight by ");
        assertThat(high.findings().getFirst().causes().getFirst()).isEqualTo("a learning rate that is too high");
        assertThat(high.verdict()).isNotEqualTo(Verdict.OK);

        UpdateRatios low = watched(trainer.optimizer(adam(1e-8)), DATA).updateRatios();
        assertThat(whats(low).getFirst()).startsWith("an update changes dense1.weight by only ");
        assertThat(low.findings().getFirst().causes().getFirst()).isEqualTo("a learning rate that is too low");
        assertThat(low.verdict()).isNotEqualTo(Verdict.OK);
        assertThat(watched(trainer, DATA).updateRatios().verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void reportsHaveTheMedianOverTheStepsThatWereMeasured() {
        UpdateListener listener = watched(trainer(network(TANH, 8)), DATA);
        double[] norms = listener.events().stream()
                .mapToDouble(event -> event.parameters().getFirst().gradientNorm())
                .sorted()
                .toArray();
        assertThat(norms).hasSize(13); // steps 1, 4 … 37 of 38
        assertThat(listener.gradientFlow().steps()).isEqualTo(13);
        assertThat(listener.gradientFlow().parameters().getFirst().gradientNorm())
                .isEqualTo(norms[6]);
        assertThat(new UpdateListener().gradientFlow().parameters()).isEmpty();
    }

    // ------------------------------------------------------------------------------------------------------ dead units

    @Test
    void unitsWithBiasesFarBelowZeroAreDead() {
        Model model = changed(network(RELU, 32, 16), part -> part.name().equals("dense2.bias") ? -100f : Float.NaN);
        DeadUnits dead = DeadUnits.of(model, DATA);
        assertThat(dead.layers().get(1)).isEqualTo(new DeadUnits.Layer("dense2", 16, 16));
        assertThat(dead.verdict()).isEqualTo(Verdict.PROBLEM);
        assertThat(whats(dead)).containsExactly("16 of 16 units of dense2 are dead");
        GradientFlow flow = watched(trainer(model), DATA).gradientFlow();
        assertThat(flow.verdict()).isEqualTo(Verdict.PROBLEM);
        assertThat(whats(flow).getFirst()).contains("dense2.weight, dense2.bias, dense3.weight");
    }

    @Test
    void aFewDeadUnitsAreCountedAndLeftAlone() {
        float[] bias = new float[16];
        Arrays.fill(bias, 0, 4, -100);
        Model model = network(RELU, 16).with("dense1.bias", Tensor.of(Shape.of(16), bias));
        DeadUnits dead = DeadUnits.of(model, DATA);
        assertThat(dead.layers()).containsExactly(new DeadUnits.Layer("dense1", 16, 4));
        assertThat(dead.verdict()).isEqualTo(Verdict.OK);

        Arrays.fill(bias, 0, 5, -100);
        assertThat(DeadUnits.of(model.with("dense1.bias", Tensor.of(Shape.of(16), bias)), DATA)
                        .verdict())
                .isEqualTo(Verdict.WARNING);
    }

    @Test
    void whereNothingRectifiesNothingIsDead() {
        DeadUnits dead = DeadUnits.of(network(TANH, 16), DATA);
        assertThat(dead.layers()).isEmpty();
        assertThat(dead.toString()).contains("no layer turns negative numbers into zeros");
    }
}

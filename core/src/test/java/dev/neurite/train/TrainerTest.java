package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.softmax;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Inspection;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.OptimizerState;
import dev.neurite.optim.UpdateRange;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    private static final float[][] EYE = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    private static final Dataset IDENTITY = Dataset.of(EYE, EYE);

    /// 50 rows in 3 classes that can be told apart.
    private static Dataset clusters() {
        var random = new KeyedRandom(11);
        float[][] rows = new float[50][6];
        int[] labels = new int[50];
        for (int i = 0; i < rows.length; i++) {
            labels[i] = i % 3;
            for (int j = 0; j < 6; j++) rows[i][j] = (float) (random.nextGaussian() + (j % 3 == labels[i] ? 2 : 0));
        }
        return Dataset.of(rows, labels);
    }

    private static Model classifier() {
        return Model.of(features(6), dense(33, RELU), dense(20, TANH), dense(3, SOFTMAX))
                .initialize(5);
    }

    @Test
    void theSketchsNetworkLearnsToSayWhatItHears() {
        Model model = Model.of(features(4), dense(4, RELU), dense(4, SOFTMAX)).initialize(1);
        Run run = Trainer.of(model)
                .loss(crossEntropy())
                .optimizer(sgd(0.5))
                .epochs(2000)
                .fit(IDENTITY, IDENTITY);
        for (int i = 0; i < 4; i++) assertThat(run.model().predict(EYE[i])[i]).isGreaterThan(0.99f);
        assertThat(run.history().epochs()).hasSize(2000);
        assertThat(run.validation().accuracy()).hasValue(1);
    }

    @Test
    void aTrainedClassifierTellsItsClassesApart() {
        Run run = Trainer.of(classifier())
                .optimizer(adam(0.01))
                .batchSize(16)
                .epochs(60)
                .fit(clusters());
        assertThat(Evaluation.of(run.model(), clusters(), crossEntropy())
                        .accuracy()
                        .orElseThrow())
                .isGreaterThan(0.95);
        assertThat(run.history().last().loss())
                .isLessThan(run.history().epochs().getFirst().loss() / 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void theNumberOfThreadsChangesNoBit(int threads) {
        Trainer trainer = Trainer.of(classifier())
                .optimizer(adam(0.01))
                .batchSize(16)
                .epochs(3)
                .seed(9);
        Model one = trainer.threads(1).fit(clusters()).model();
        assertThat(trainer.threads(threads).fit(clusters()).model()).isEqualTo(one);
    }

    @Test
    void theNumberOfThreadsChangesNoBitOfANetLargeEnoughToShareWork() {
        var random = new KeyedRandom(3);
        float[][] rows = new float[64][300];
        int[] labels = new int[64];
        for (int i = 0; i < 64; i++) {
            labels[i] = i % 10;
            for (int j = 0; j < 300; j++) rows[i][j] = (float) random.nextGaussian();
        }
        Dataset data = Dataset.of(rows, labels);
        Model model = Model.of(features(300), dense(210, RELU), dense(130, SIGMOID), dense(10, SOFTMAX));
        Trainer trainer = Trainer.of(model).batchSize(64).epochs(2);
        Model one = trainer.threads(1).fit(data).model();
        for (int threads : new int[] {2, 3, 7})
            assertThat(trainer.threads(threads).fit(data).model()).isEqualTo(one);
    }

    @Test
    void anotherSeedGivesAnotherOrder() {
        Trainer trainer = Trainer.of(classifier()).batchSize(16).epochs(1);
        assertThat(trainer.seed(1).fit(clusters()).model())
                .isNotEqualTo(trainer.seed(2).fit(clusters()).model());
        assertThat(trainer.seed(1).fit(clusters()).model())
                .isEqualTo(trainer.seed(1).fit(clusters()).model());
    }

    @Test
    void fourShardsGiveWhatOneGivesUpToRounding() {
        Trainer trainer =
                Trainer.of(classifier()).optimizer(sgd(0.1)).batchSize(18).epochs(2);
        float[] one = trainer.shards(1).fit(clusters()).model().parameters().toArray();
        float[] four = trainer.shards(4).fit(clusters()).model().parameters().toArray();
        for (int i = 0; i < one.length; i++) assertThat(four[i]).isCloseTo(one[i], within(2e-6f));
        assertThat(trainer.shards(4)
                        .threads(3)
                        .fit(clusters())
                        .model()
                        .parameters()
                        .toArray())
                .containsExactly(four);
    }

    @Test
    void moreShardsThanRowsAreNoHarm() {
        Trainer trainer = Trainer.of(classifier())
                .optimizer(sgd(0.1))
                .batchSize(3)
                .epochs(1)
                .shuffle(false);
        float[] one = trainer.shards(1).fit(clusters()).model().parameters().toArray();
        float[] five = trainer.shards(5).fit(clusters()).model().parameters().toArray();
        for (int i = 0; i < one.length; i++) assertThat(five[i]).isCloseTo(one[i], within(2e-6f));
    }

    @Test
    void trainingLeavesItsModelAlone() {
        Model model = classifier();
        float[] before = model.parameters().toArray();
        Trainer.of(model).fit(clusters());
        assertThat(model.parameters().toArray()).containsExactly(before);
    }

    @Test
    void whatIsFrozenStays() {
        Model model = Model.of(features(6), frozen(dense(8, TANH)), dense(3, SOFTMAX));
        Model trained =
                Trainer.of(model).optimizer(adam(0.1)).epochs(3).fit(clusters()).model();
        assertThat(trained.parameters().get("dense1.weight"))
                .isEqualTo(model.parameters().get("dense1.weight"));
        assertThat(trained.parameters().get("dense2.weight"))
                .isNotEqualTo(model.parameters().get("dense2.weight"));
    }

    @Test
    void softmaxAtTheEndAndLogitsTrainAlike() {
        Model withSoftmax = Model.of(features(6), dense(8, TANH), dense(3, SOFTMAX));
        Model withLayer = Model.of(features(6), dense(8, TANH), dense(3), softmax());
        Model logits = Model.of(features(6), dense(8, TANH), dense(3));
        float[] expected =
                Trainer.of(withSoftmax).fit(clusters()).model().parameters().toArray();
        assertThat(Trainer.of(withLayer).fit(clusters()).model().parameters().toArray())
                .containsExactly(expected);
        assertThat(Trainer.of(logits).fit(clusters()).model().parameters().toArray())
                .containsExactly(expected);
    }

    @Test
    void regressionFindsAPlane() {
        var random = new KeyedRandom(4);
        float[][] x = new float[64][2];
        float[][] y = new float[64][1];
        for (int i = 0; i < 64; i++) {
            for (int j = 0; j < 2; j++) x[i][j] = (float) random.nextGaussian();
            y[i][0] = 3 * x[i][0] - 2 * x[i][1] + 0.5f;
        }
        Model model = Model.of(features(2), dense(1));
        Run run = Trainer.of(model)
                .loss(meanSquaredError())
                .optimizer(sgd(0.1))
                .epochs(100)
                .fit(Dataset.of(x, y));
        assertThat(run.model().predict(1, 1)[0]).isCloseTo(1.5f, within(1e-3f));
        assertThat(run.history().last().accuracy()).isEmpty();
    }

    @Test
    void listenersHearEveryStepAndEpochInOrder() {
        List<TrainingEvent> events = new ArrayList<>();
        Trainer.of(classifier()).batchSize(16).epochs(2).listener(events::add).fit(clusters(), clusters());
        assertThat(events).hasSize(1 + 2 * (4 + 1) + 1);
        assertThat(events.getFirst())
                .isEqualTo(new TrainingEvent.Started(
                        2, 4, 50, classifier().parameters().size(), 0, false));
        assertThat(events.subList(1, 5))
                .extracting(event -> ((TrainingEvent.StepEnded) event).rows())
                .containsExactly(16, 16, 16, 2);
        assertThat(events.get(5)).isInstanceOf(TrainingEvent.EpochEnded.class);
        assertThat(events.getLast()).isInstanceOf(TrainingEvent.Ended.class);
    }

    @Test
    void theEpochsLossIsTheMeanOverItsRows() {
        List<TrainingEvent.StepEnded> steps = new ArrayList<>();
        Run run = Trainer.of(classifier())
                .batchSize(16)
                .listener(event -> {
                    if (event instanceof TrainingEvent.StepEnded step) steps.add(step);
                })
                .fit(clusters());
        double mean =
                steps.stream().mapToDouble(step -> step.loss() * step.rows()).sum() / 50;
        assertThat(run.history().last().loss()).isCloseTo(mean, within(1e-9));
    }

    // ------------------------------------------------------------------------------------------------- refusals

    @Test
    void aLossThatIsNaNStopsBeforeTheUpdateAndNamesStepAndLayer() {
        Model broken = classifier().with("dense2.weight", Tensor.of(Shape.of(20, 33), filled(20 * 33, Float.NaN)));
        var spy = new Spy();
        assertThatThrownBy(() -> Trainer.of(broken).optimizer(spy).batchSize(16).fit(clusters()))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("training, epoch 1, batch 1 (step 1): expects a finite loss, got NaN")
                .hasMessageContaining("the first layer whose output is not finite is dense2");
        assertThat(spy.gradient).isEmpty();
    }

    @Test
    void aGradientThatIsInfiniteStopsBeforeTheUpdate() {
        Model model = Model.of(features(1), dense(1).withoutBias())
                .with("dense1.weight", Tensor.of(new float[][] {{1e-10f}}));
        Dataset data = Dataset.of(new float[][] {{1e25f}}, new float[][] {{0}});
        var spy = new Spy();
        assertThatThrownBy(() -> Trainer.of(model)
                        .loss(meanSquaredError())
                        .optimizer(spy)
                        .fit(data))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("expects finite gradients, got infinite ones or NaN");
        assertThat(spy.gradient).isEmpty();
    }

    @Test
    void aStandardizingFirstLayerTrainsAsDataThatWasScaledByHand() {
        Dataset data = clusters();
        var statistics = dev.neurite.data.FeatureStatistics.of(data);
        float[] means = statistics.means().toArray();
        float[] factors = statistics.factors().toArray();
        float[][] scaled = new float[50][6];
        int[] labels = new int[50];
        for (int i = 0; i < 50; i++) {
            data.readInput(i, scaled[i], 0);
            labels[i] = data.label(i);
            for (int j = 0; j < 6; j++) scaled[i][j] = (scaled[i][j] - means[j]) * factors[j];
        }
        var first = new dev.neurite.layer.Standardize(statistics.means(), statistics.factors());
        Model inside = Model.of(features(6), first, dense(6, RELU), dense(6, RELU), dense(3, SOFTMAX));
        Model outside = Model.of(features(6), dense(6, RELU), dense(6, RELU), dense(3, SOFTMAX));
        float[] a = Trainer.of(inside).epochs(20).fit(data).model().parameters().toArray();
        float[] b = Trainer.of(outside)
                .epochs(20)
                .fit(Dataset.of(scaled, labels))
                .model()
                .parameters()
                .toArray();
        assertThat(a).containsExactly(b);
    }

    @Test
    void rowsThatAreNaNCountAsWrongAndAsNoClass() {
        Model broken = classifier().with("dense3.bias", Tensor.of(Shape.of(3), filled(3, Float.NaN)));
        Evaluation result = Evaluation.of(broken, clusters(), crossEntropy());
        assertThat(result.accuracy()).hasValue(0);
        assertThat(result.confusion().orElseThrow().unclassified(0)).isEqualTo(17);
    }

    @Test
    void oneOutputTellsTwoClassesEvenWhereTheDataHasOne() {
        Dataset zeros = Dataset.of(new float[][] {{1}, {2}}, new int[] {0, 0});
        Evaluation result = Evaluation.of(
                Model.of(features(1), dense(1, SIGMOID)).with("dense1.bias", Tensor.of(Shape.of(1), 100)),
                zeros,
                crossEntropy());
        assertThat(result.accuracy()).hasValue(0);
    }

    @Test
    void dataWithoutRowsIsRefused() {
        assertThatThrownBy(() -> Trainer.of(classifier()).fit(clusters().rows()))
                .hasMessage("data: expects at least one row, got none");
    }

    @Test
    void answersThatAreNoProbabilitiesAreRefused() {
        float[][] x = {{1}, {2}};
        assertThatThrownBy(() -> Trainer.of(Model.of(features(1), dense(1, SIGMOID)))
                        .fit(Dataset.of(x, new float[][] {{1}, {2}})))
                .hasMessage("targets, row 1: expects probabilities from 0 to 1, got 2.0");
        assertThatThrownBy(() -> Trainer.of(Model.of(features(1), dense(2, SOFTMAX)))
                        .fit(Dataset.of(x, new float[][] {{0.5f, 0.5f}, {0.5f, 0.6f}})))
                .hasMessageContaining("targets, row 1: expects probabilities that add up to 1, got 1.1");
    }

    @Test
    void activationsAsLayersShowTheirZAndDelta() {
        Model model = Model.of(features(6), dense(3), dev.neurite.layer.Layers.relu(), dense(3), softmax())
                .initialize(3);
        Inspection seen = Trainer.of(model).inspectStep(clusters().rows(0, 1, 2));
        assertThat(seen.layer("relu1").preActivation())
                .isEqualTo(seen.layer("dense1").output());
        assertThat(seen.layer("relu1").delta()).isEqualTo(seen.layer("dense1").delta());
        assertThat(seen.layer("softmax1").output()).isEqualTo(model.predict(inputsOf(clusters(), 3)));
        assertThat(seen.layer("softmax1").delta())
                .isEqualTo(seen.layer("dense2").delta());
    }

    private static Tensor inputsOf(Dataset data, int rows) {
        float[] values = new float[rows * 6];
        for (int i = 0; i < rows; i++) data.readInput(i, values, i * 6);
        return Tensor.of(Shape.of(rows, 6), values);
    }

    private static float[] filled(int n, float value) {
        float[] array = new float[n];
        Arrays.fill(array, value);
        return array;
    }

    @Test
    void aRateThatIsTooLargeIsFoundWhenTheLossIsGone() {
        Model model = Model.of(features(6), dense(8), dense(1));
        float[][] targets = new float[50][1];
        for (int i = 0; i < 50; i++) targets[i][0] = i;
        float[][] rows = new float[50][6];
        for (int i = 0; i < 50; i++) clusters().readInput(i, rows[i], 0);
        assertThatThrownBy(() -> Trainer.of(model)
                        .loss(meanSquaredError())
                        .optimizer(sgd(1e6))
                        .epochs(50)
                        .fit(Dataset.of(rows, targets)))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("Try a smaller learning rate");
    }

    @Test
    void layersThatDoNotFitTheDataAreRefusedBeforeTheFirstStep() {
        assertThatThrownBy(() ->
                        Trainer.of(Model.of(features(6), dense(2, SOFTMAX))).fit(clusters()))
                .isInstanceOf(ShapeException.class)
                .hasMessage("cross-entropy: expects 3 outputs for 3 classes, got 2");
        assertThatThrownBy(() ->
                        Trainer.of(Model.of(features(5), dense(3, SOFTMAX))).fit(clusters()))
                .isInstanceOf(ShapeException.class)
                .hasMessage("input: expects rows of [5], got data of [6]");
        assertThatThrownBy(() -> Trainer.of(Model.of(features(6), dense(3, RELU), softmax(), flatten()))
                        .fit(clusters()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a softmax only as the last layer");
        assertThatThrownBy(() -> Model.of(features(6), dense(3, SOFTMAX), softmax()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects one softmax at its end, got two");
        assertThatThrownBy(() -> Trainer.of(Model.of(image(1, 2, 3), dense(3, SOFTMAX)))
                        .fit(clusters().withInputShape(Shape.of(1, 2, 3))))
                .isInstanceOf(ShapeException.class)
                .hasMessage("cross-entropy: expects outputs [classes], got [1×2×3]. Add flatten()");
        assertThatThrownBy(() -> Model.of(Shape.SCALAR, dense(3)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("dense1: dense(3) expects rows whose last axis is features, got []");
    }

    @Test
    void settingsOutOfRangeAreRefusedWithTheRange() {
        Trainer trainer = Trainer.of(classifier());
        assertThatThrownBy(() -> trainer.epochs(0)).hasMessage("epochs: expects at least 1, got 0");
        assertThatThrownBy(() -> trainer.batchSize(-1)).hasMessage("batch size: expects at least 1, got -1");
        assertThatThrownBy(() -> trainer.threads(0)).hasMessage("threads: expects 1 to 1024, got 0");
        assertThatThrownBy(() -> trainer.shards(0)).hasMessage("shards: expects a number from 1 to 1048576, got 0");
    }

    // ------------------------------------------------------------------------------------------------ inspection

    /// 2 → 2 ReLU → 2 softmax by hand, two rows: the numbers of the formulas, computed beside in double
    /// precision.
    @Test
    void inspectStepShowsTheFormulasNumbers() {
        Model model = Model.of(features(2), dense(2, RELU), dense(2, SOFTMAX))
                .with("dense1.weight", Tensor.of(new float[][] {{1, -1}, {0.5f, 0.25f}}))
                .with("dense1.bias", Tensor.of(Shape.of(2), 0.5f, -0.5f))
                .with("dense2.weight", Tensor.of(new float[][] {{1, 2}, {-1, 0.5f}}))
                .with("dense2.bias", Tensor.of(Shape.of(2), 0, 0.1f));
        Dataset rows = Dataset.of(new float[][] {{1, 2}, {2, 0.5f}}, new int[] {0, 1});
        Inspection seen = Trainer.of(model).inspectStep(rows);
        double[][] z1 = new double[2][2];
        double[][] a1 = new double[2][2];
        double[][] z2 = new double[2][2];
        double[][] p = new double[2][2];
        double[][] x = {{1, 2}, {2, 0.5}};
        double[][] w1 = {{1, -1}, {0.5, 0.25}};
        double[] b1 = {0.5, -0.5};
        double[][] w2 = {{1, 2}, {-1, 0.5}};
        double[] b2 = {0, 0.1};
        for (int n = 0; n < 2; n++) {
            for (int i = 0; i < 2; i++) {
                z1[n][i] = w1[i][0] * x[n][0] + w1[i][1] * x[n][1] + b1[i];
                a1[n][i] = Math.max(0, z1[n][i]);
            }
            for (int i = 0; i < 2; i++) z2[n][i] = w2[i][0] * a1[n][0] + w2[i][1] * a1[n][1] + b2[i];
            double sum = Math.exp(z2[n][0]) + Math.exp(z2[n][1]);
            for (int i = 0; i < 2; i++) p[n][i] = Math.exp(z2[n][i]) / sum;
        }
        double[][] delta2 = {{p[0][0] - 1, p[0][1]}, {p[1][0], p[1][1] - 1}};
        double[][] delta1 = new double[2][2];
        for (int n = 0; n < 2; n++) {
            for (int i = 0; i < 2; i++) {
                delta1[n][i] = (w2[0][i] * delta2[n][0] + w2[1][i] * delta2[n][1]) * (z1[n][i] > 0 ? 1 : 0);
            }
        }
        LayerView first = seen.layer("dense1");
        LayerView second = seen.layer("dense2");
        close(first.input(), x);
        close(first.preActivation(), z1);
        close(first.output(), a1);
        close(second.input(), a1);
        close(second.preActivation(), z2);
        close(second.output(), p);
        close(second.delta().orElseThrow(), delta2);
        close(first.delta().orElseThrow(), delta1);
        close(second.gradient("weight"), weightGradient(delta2, a1));
        close(first.gradient("weight"), weightGradient(delta1, x));
        close(second.gradient("bias").reshape(Shape.of(1, 2)), new double[][] {mean(delta2)});
        close(first.gradient("bias").reshape(Shape.of(1, 2)), new double[][] {mean(delta1)});
    }

    private static double[][] weightGradient(double[][] delta, double[][] input) {
        double[][] gradient = new double[2][2];
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) gradient[i][j] = (delta[0][i] * input[0][j] + delta[1][i] * input[1][j]) / 2;
        }
        return gradient;
    }

    private static double[] mean(double[][] delta) {
        return new double[] {(delta[0][0] + delta[1][0]) / 2, (delta[0][1] + delta[1][1]) / 2};
    }

    private static void close(Tensor tensor, double[][] expected) {
        float[][] rows = tensor.toRows();
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertThat((double) rows[i][j]).isCloseTo(expected[i][j], within(1e-6));
            }
        }
    }

    @Test
    void anInspectedStepHasTheBitsOfTheStepItself() {
        Dataset rows = clusters();
        Model model = classifier();
        Inspection seen = Trainer.of(model).inspectStep(rows);
        var spy = new Spy();
        Trainer.of(model).optimizer(spy).batchSize(50).shuffle(false).fit(rows);
        float[] fromLayers = new float[model.parameters().size()];
        model.parameters().parts().forEach(part -> {
            int dot = part.name().indexOf('.');
            Tensor gradient = seen.layer(part.name().substring(0, dot))
                    .gradient(part.name().substring(dot + 1));
            System.arraycopy(gradient.toArray(), 0, fromLayers, part.offset(), part.size());
        });
        assertThat(spy.gradient.getFirst()).containsExactly(fromLayers);
    }

    /// Notes the gradient it is given, and does nothing.
    private record Spy(List<float[]> gradient) implements Optimizer {
        Spy() {
            this(new ArrayList<>());
        }

        @Override
        public double rate() {
            return 1;
        }

        @Override
        public int slots() {
            return 0;
        }

        @Override
        public void step(UpdateRange range, float[] theta, float[] g, OptimizerState state, Kernels kernels) {
            float[] scaled = g.clone();
            for (int i = 0; i < g.length; i++) scaled[i] *= (float) range.scale();
            gradient.add(scaled);
        }
    }

    @Test
    void inspectingAPredictionShowsEveryLayer() {
        Model model = classifier();
        Tensor x = Tensor.of(new float[][] {{1, 2, 3, 4, 5, 6}});
        Inspection seen = model.inspect(x);
        assertThat(seen.layers()).extracting(LayerView::name).containsExactly("dense1", "dense2", "dense3");
        assertThat(seen.layer("dense3").output()).isEqualTo(model.predict(x));
        assertThat(seen.layer("dense1").delta()).isEmpty();
        assertThatThrownBy(() -> seen.layer("dense9")).hasMessageContaining("It has: dense1, dense2, dense3");
    }
}

package dev.neurite.loss;

import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.binaryCrossEntropy;
import static dev.neurite.loss.Losses.contrastive;
import static dev.neurite.loss.Losses.cosineDistance;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.focal;
import static dev.neurite.loss.Losses.hinge;
import static dev.neurite.loss.Losses.hingeEmbedding;
import static dev.neurite.loss.Losses.huber;
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
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.optim.Sgd;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every loss promises.
@BothEngines
class LossConformanceTest {
    private static final int ROWS = 5;
    private static final int OUTPUTS = 6;
    private static final float[][] BITS = {
        {0, 1, 1, 0, 1, 0}, {1, 0, 0, 0, 1, 1}, {0, 0, 0, 1, 0, 0}, {1, 1, 1, 1, 1, 1}, {0, 1, 0, 1, 0, 1}
    };
    private static final int[] LABELS = {3, 0, 5, 2, 2};
    private static final Shape OUTPUT = Shape.of(OUTPUTS);

    /// A loss of a user's own, in as many lines as its Javadoc says.
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

    /// Another one, of whole rows: half the square of the sum of errors.
    record Balance() implements RowLoss {
        @Override
        public float compute(float[] y, int yo, int n, float[] t, int to, float[] delta, int at) {
            float sum = 0;
            for (int j = 0; j < n; j++) sum += y[yo + j] - t[to + j];
            Arrays.fill(delta, at, at + n, sum);
            return 0.5f * sum * sum;
        }
    }

    /// @param end what the network ends with
    /// @param lowest of the outputs; they are up to 2
    /// @param answers values, or none for labels
    record Case(Loss loss, Activation end, float lowest, Tensor answers) {
        @Override
        public String toString() {
            return loss + " after " + end + (answers.size() == 0 ? " with labels" : "");
        }

        Targets targets() {
            return answers.size() == 0 ? Targets.labels(LABELS) : Targets.values(answers);
        }

        Dataset data(float[][] x) {
            return answers.size() == 0
                    ? Dataset.of(x, LABELS, List.of("a", "b", "c", "d", "e", "f"))
                    : Dataset.of(x, answers.toRows());
        }

        Activation fused() {
            return loss.fusesWith(end) ? end : Activation.IDENTITY;
        }
    }

    private static Case labeled(Loss loss, Activation end) {
        return new Case(loss, end, -2, Tensor.EMPTY);
    }

    private static Case valued(Loss loss, float[][] answers) {
        return new Case(loss, Activation.IDENTITY, -2, Tensor.of(answers));
    }

    private static float[][] numbers() {
        float[][] numbers = new float[ROWS][OUTPUTS];
        var random = new KeyedRandom(77);
        for (float[] row : numbers) {
            for (int j = 0; j < OUTPUTS; j++) row[j] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static float[][] firstColumns(float[][] rows, int n) {
        return Arrays.stream(rows).map(row -> Arrays.copyOf(row, n)).toArray(float[][]::new);
    }

    private static float[][] shares() {
        float[][] shares = new float[ROWS][OUTPUTS];
        for (int i = 0; i < ROWS; i++) {
            float sum = 0;
            for (int j = 0; j < OUTPUTS; j++) sum += BITS[i][j];
            for (int j = 0; j < OUTPUTS; j++) shares[i][j] = BITS[i][j] / sum;
        }
        return shares;
    }

    static Stream<Case> cases() {
        float[] weights = {1, 2, 0.5f, 1, 3, 0.25f};
        return Stream.of(
                labeled(crossEntropy(), Activation.SOFTMAX),
                labeled(
                        crossEntropy()
                                .withSmoothing(0.2)
                                .withClassWeights(weights)
                                .ignoring(5),
                        Activation.IDENTITY),
                new Case(crossEntropy(), Activation.SIGMOID, -2, Tensor.of(BITS)),
                valued(crossEntropy().withSmoothing(0.1), shares()),
                new Case(binaryCrossEntropy(), Activation.SIGMOID, -2, Tensor.of(BITS)),
                valued(binaryCrossEntropy().withPositiveWeight(2), BITS),
                labeled(negativeLogLikelihood(), Activation.IDENTITY),
                labeled(negativeLogLikelihood().withClassWeights(weights).ignoring(3), Activation.IDENTITY),
                valued(kullbackLeibler(), shares()),
                labeled(focal(), Activation.SOFTMAX),
                labeled(focal(0.5).withAlpha(weights), Activation.IDENTITY),
                valued(focal(0), shares()),
                new Case(focal(1.5).withAlpha(0.25f), Activation.SIGMOID, -2, Tensor.of(shares())),
                valued(hinge(), BITS),
                labeled(squaredHinge(), Activation.IDENTITY),
                labeled(multiMargin(), Activation.IDENTITY),
                labeled(multiMargin(2, 0.7), Activation.TANH),
                valued(meanSquaredError(), numbers()),
                labeled(meanAbsoluteError(), Activation.IDENTITY),
                valued(huber(0.5), numbers()),
                valued(smoothL1(0.5), numbers()),
                valued(logCosh(), numbers()),
                valued(quantile(0.2), numbers()),
                valued(quantile(0.1, 0.5, 0.9), firstColumns(numbers(), 2)),
                valued(poisson(), BITS),
                new Case(poissonOfRates(), Activation.IDENTITY, 0.3f, Tensor.of(BITS)),
                valued(cosineDistance(), numbers()),
                valued(tripletMargin(), numbers()),
                valued(hingeEmbedding(0.7), BITS),
                valued(contrastive(3), firstColumns(BITS, 1)),
                valued(new Cubic(), numbers()),
                valued(new Balance(), numbers()));
    }

    @Test
    void everyLossIsAmongThem() {
        Set<String> losses = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.neurite.loss")
                        .stream()
                        .filter(type -> type.isAssignableTo(Loss.class) && !type.isInterface())
                        .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                        .map(JavaClass::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> checked = cases().map(each -> each.loss.getClass().getName())
                .filter(name -> !name.contains("$"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(checked).isEqualTo(losses);
    }

    // ------------------------------------------------------------------------------------------- losses and gradients

    private static float[] outputs(Case each) {
        var random = new KeyedRandom(5);
        float[] y = new float[ROWS * OUTPUTS];
        for (int i = 0; i < y.length; i++) y[i] = each.lowest + (2 - each.lowest) * random.uniform(i);
        return y;
    }

    private record Result(Tensor losses, Tensor delta) {}

    /// What a loss gives, into targets full of NaN.
    private static Result compute(Case each, float[] outputs, Targets targets) {
        int rows = outputs.length / OUTPUTS;
        Network network = Model.of(OUTPUT, activation(Activation.IDENTITY)).network();
        Executor executor = network.executor(Kernels.shared(), new float[0], new float[0]);
        executor.fillBuffersWithNaN();
        Tensor output = executor.forward(Mode.TRAIN, Tensor.of(Shape.of(rows, OUTPUTS), outputs));
        var result = new Result(Tensor.zeros(Shape.of(rows)), Tensor.zeros(Shape.of(rows, OUTPUTS)));
        Kernels.shared().fill(Float.NaN, result.losses);
        Kernels.shared().fill(Float.NaN, result.delta);
        each.loss.compute(each.fused(), output, targets, result.losses, result.delta, executor.pass());
        return result;
    }

    private static Result compute(Case each, float[] outputs) {
        return compute(each, outputs, each.targets());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theGradientIsTheLimitOfDifferences(Case each) {
        float[] y = outputs(each);
        Result at = compute(each, y);
        float h = 1 / 256f;
        double error = 0;
        double size = 0;
        int checked = 0;
        for (int i = 0; i < y.length; i++) {
            int row = i / OUTPUTS;
            double loss = at.losses.get(row);
            double right = (moved(each, y, i, h, row) - loss) / h;
            double left = (loss - moved(each, y, i, -h, row)) / h;
            if (Math.abs(right - left) > 0.02) continue; // a kink
            double slope = (right + left) / 2;
            double delta = at.delta.get(row, i % OUTPUTS);
            error += (delta - slope) * (delta - slope);
            size += slope * slope;
            checked++;
        }
        assertThat(checked).isGreaterThanOrEqualTo(y.length / 2);
        assertThat(size).isGreaterThan(0.01);
        assertThat(Math.sqrt(error / size)).isLessThan(1e-3);
    }

    private static double moved(Case each, float[] y, int i, float by, int row) {
        float[] other = y.clone();
        other[i] += by;
        return compute(each, other).losses.get(row);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRowAloneHasTheBitsThatItHasAmongOthers(Case each) {
        float[] y = outputs(each);
        Result all = compute(each, y);
        for (int row = 0; row < ROWS; row++) {
            float[] alone = Arrays.copyOfRange(y, row * OUTPUTS, (row + 1) * OUTPUTS);
            Result one = compute(each, alone, each.targets().rows(row, row + 1));
            assertThat(one.losses.toArray()[0]).isEqualTo(all.losses.toArray()[row]);
            assertThat(one.delta.toRows()[0]).containsExactly(all.delta.toRows()[row]);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossesAreFiniteAndThoseOfNaNAreNaN(Case each) {
        float[] y = outputs(each);
        assertThat(compute(each, y).losses.isFinite()).isTrue();
        Arrays.fill(y, OUTPUTS, 2 * OUTPUTS, Float.NaN);
        Result broken = compute(each, y);
        assertThat(broken.losses.get(1)).isNaN();
        assertThat(broken.losses.get(0)).isFinite();
        assertThat(broken.losses.get(2)).isFinite();
    }

    @Test
    void aRowWhoseLabelIsIgnoredHasNeitherLossNorGradient() {
        var ignoring = labeled(crossEntropy().withSmoothing(0.2).ignoring(5), Activation.SOFTMAX);
        Result result = compute(ignoring, outputs(ignoring));
        assertThat(result.losses.get(2)).isZero();
        assertThat(result.delta.toRows()[2]).containsOnly(0);
        assertThat(result.losses.get(1)).isPositive();
    }

    // ------------------------------------------------------------------------------------------------- in training

    private static float[][] inputs() {
        float[][] x = new float[ROWS][3];
        var random = new KeyedRandom(8);
        for (float[] row : x) {
            for (int j = 0; j < 3; j++) row[j] = (float) random.nextGaussian();
        }
        return x;
    }

    private static Trainer trainer(Case each) {
        Activation end = each.lowest > 0 ? Activation.SIGMOID : each.end;
        Model model = Model.of(features(3), dense(OUTPUTS, end)).initialize(4);
        return Trainer.of(model)
                .loss(each.loss)
                .optimizer(new Sgd(0.1))
                .batchSize(ROWS)
                .shuffle(false);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRowOfWeightZeroIsARowThatIsNotThere(Case each) {
        Dataset data = each.data(inputs());
        Trainer trainer = trainer(each);
        var without = trainer.fit(data.rows(0, 1, 3));
        var unheard = trainer.fit(data.withWeights(1, 1, 0, 1, 0));
        assertThat(unheard.model().parameters().toArray())
                .containsExactly(without.model().parameters().toArray());
        assertThat(unheard.history().last().loss())
                .isEqualTo(without.history().last().loss());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRowOfWeightTwoIsARowThatIsThereTwice(Case each) {
        Dataset data = each.data(inputs());
        Trainer trainer = trainer(each);
        var twice = trainer.batchSize(ROWS + 1).fit(data.rows(0, 1, 1, 2, 3, 4));
        var heavy = trainer.fit(data.withWeights(1, 2, 1, 1, 1));
        float[] expected = twice.model().parameters().toArray();
        float[] actual = heavy.model().parameters().toArray();
        IntStream.range(0, expected.length)
                .forEach(i -> assertThat((double) actual[i])
                        .isCloseTo(expected[i], org.assertj.core.api.Assertions.within(2e-6)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightsOfOneChangeNoBit(Case each) {
        Dataset data = each.data(inputs());
        assertThat(trainer(each).fit(data.withWeights(1, 1, 1, 1, 1)).model())
                .isEqualTo(trainer(each).fit(data).model());
    }

    // --------------------------------------------------------------------------------------------------- refusals

    @ParameterizedTest
    @MethodSource("cases")
    void itTakesWhatFitsAndRefusesEndsAndShapesThatDoNot(Case each) {
        int classes = each.answers.size() == 0 ? OUTPUTS : 0;
        Shape target = classes > 0 ? Shape.of() : each.answers.shape().row();
        assertThatNoException().isThrownBy(() -> each.loss.check(each.end, OUTPUT, classes, target));
        Shape wrong = Shape.of(7, 11);
        assertThatThrownBy(() -> each.loss.check(each.end, wrong, classes, target))
                .isInstanceOf(ShapeException.class)
                .hasMessageStartingWith(each.loss + ": expects ");
        if (each.loss.wantsLogits() && !each.loss.fusesWith(Activation.SOFTMAX)) {
            assertThatThrownBy(() -> each.loss.check(Activation.SOFTMAX, OUTPUT, classes, target))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith(each.loss + ": expects ")
                    .hasMessageContaining("got softmax");
        }
        assertThat(each.fused() instanceof Identity || each.loss.wantsLogits()).isTrue();
    }

    static Stream<ThrowingCallable> settings() {
        double nan = Double.NaN;
        float none = Float.NaN;
        return Stream.of(
                () -> crossEntropy().withSmoothing(nan),
                () -> crossEntropy().withSmoothing(-0.1),
                () -> crossEntropy().withSmoothing(1),
                () -> crossEntropy().withClassWeights(1, none),
                () -> crossEntropy().withClassWeights(1, -1),
                () -> crossEntropy().withClassWeights(1, Float.POSITIVE_INFINITY),
                () -> crossEntropy().withClassWeights(0, 0),
                () -> negativeLogLikelihood().withClassWeights(1, none),
                () -> binaryCrossEntropy().withPositiveWeight(none),
                () -> binaryCrossEntropy().withPositiveWeight(1, 0),
                () -> focal(nan),
                () -> focal(-0.1),
                () -> focal().withAlpha(none),
                () -> focal().withAlpha(-1),
                () -> huber(nan),
                () -> huber(0),
                () -> smoothL1(nan),
                () -> smoothL1(0),
                () -> quantile(nan),
                () -> quantile(0),
                () -> quantile(0.5, 1),
                () -> quantile(),
                () -> multiMargin(3, 1),
                () -> multiMargin(1, nan),
                () -> tripletMargin(nan),
                () -> tripletMargin(0),
                () -> contrastive(nan),
                () -> contrastive(Double.POSITIVE_INFINITY),
                () -> Losses.weighted(nan, huber()),
                () -> Losses.weighted(-1, huber()),
                () -> Losses.joint(),
                () -> Losses.joint(Losses.weighted(0, huber())));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void settingsOutOfTheirRangeAreRefusedWithIt(ThrowingCallable making) {
        assertThatThrownBy(making)
                .isInstanceOf(NeuriteException.class)
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching(".+: expects .+, got .+");
    }
}
